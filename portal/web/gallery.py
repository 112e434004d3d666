"""``/_komponen``: every component on one page, to look at and to test. In the demo and in development only."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response
from flask_babel import lazy_gettext as _l

from portal.web.access import public
from portal.web.components import Bar
from portal.web.formats import rupiah, short_rupiah
from portal.web.forms import (
    BaseForm,
    ChecksField,
    DayField,
    FileField,
    LongTextField,
    Needed,
    NumberField,
    PinField,
    RadiosField,
    SelectField,
    SentOnce,
    TextField,
    TickField,
)
from portal.web.icons import ICONS
from portal.web.render import render

blueprint = Blueprint("gallery", __name__)


class GalleryForm(SentOnce, BaseForm):
    """One field of each kind."""

    name = TextField(_l("Name"), [Needed(_l("Write your name."))], hint=_l("As on the KTP"), autocomplete="name")
    nik = NumberField("NIK", [Needed(_l("Write your NIK."))], width=20)
    pin = PinField("PIN", [Needed(_l("Write your PIN."))])
    village = SelectField(_l("Village"), choices=[("", "-"), ("1", "Kenjo"), ("2", "Kampunganyar")])
    reason = RadiosField(
        _l("What happened?"),
        [Needed()],
        choices=[("moved", _l("We moved")), ("stopped", _l("The aid stopped"))],
        item_hints={"moved": _l("To another house or village")},
    )
    proof = ChecksField(_l("What do you have?"), choices=[("letter", _l("A letter")), ("photo", _l("A photo"))])
    since = DayField(_l("Since when?"), [Needed()], hint=_l("For example 24 11 2026"))
    story = LongTextField(_l("Tell us more"), limit=500, says_optional=True)
    letter = FileField(_l("Photo of the letter"), hint=_l("JPEG, PNG or PDF, at most 10 MB"))
    agreed = TickField(_l("What I wrote is true"), [Needed()])


def _samples() -> dict[str, Any]:
    """Invented values for the pictures."""
    paid = {"2023": 2_700_000, "2024": 3_600_000, "2025": 5_550_000, "2026": 1_950_000}
    path = [
        {"word": "Diterima", "when": "12 Nov 2026, 09.14", "state": "done", "note": "Terkirim ke petugas"},
        {"word": "Surat RT dibaca", "when": "12 Nov 2026", "state": "done", "tag": "jelas", "tag_kind": "good"},
        {"word": "Kunjungan", "when": "24 Nov 2026, pagi", "state": "now", "note": "Kode kunjungan: 4821"},
        {"word": "Diperiksa kecamatan", "when": "", "state": "next"},
    ]
    return {
        "series": [Bar(year, sum_, short_rupiah(sum_), rupiah(sum_)) for year, sum_ in paid.items()],
        "steps": path,
        "today": date(2026, 11, 12),
        "icon_names": sorted(ICONS),
    }


@blueprint.get("/_komponen")
@public
def show() -> Response:
    """The gallery with an untouched form."""
    return render("web/gallery.html", form=GalleryForm(), **_samples())


@blueprint.post("/_komponen")
@public
def check() -> Response:
    """The gallery with the form's errors."""
    form = GalleryForm()
    form.validate()
    return render("web/gallery.html", form=form, status=422, **_samples())
