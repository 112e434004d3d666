"""We moved: another village or another address. The official record follows with the next extract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Effect, Elsewhere, Kind, Paper, Row, Shown, Step, World
from portal.cases.kinds.effects import ADDRESS_FOUND, AID_GOES_ON, DESIL_STAYS, only_if
from portal.cases.kinds.offices import ADDRESS_KK
from portal.core.clock import today
from portal.core.messages import N_
from portal.core.wording import Message
from portal.registry.changes import Finding
from portal.registry.queries import Place
from portal.web.forms import BaseForm, DayField, LongTextField, Needed, NeededIf, NumberField, SelectField

_NEIGHBOURHOOD = re.compile(r"[0-9]{1,3}")
_OLDEST_YEAR = 1950
_PLACE = N_("%(village)s, Kecamatan %(kecamatan)s, %(regency)s, %(province)s")


def _area(value: str | int | None) -> int | None:
    """The code of an area; None for «Choose» and for anything that is no code."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else None


class VillageForm(BaseForm):
    """Province, regency, kecamatan, village: each list follows from the one above."""

    province = SelectField(_l("Province"), [Needed(_l("Choose the province."))], coerce=_area)
    regency = SelectField(
        _l("Regency or city"),
        [NeededIf(lambda form: form.province.data, _l("Choose the regency or city."))],
        coerce=_area,
    )
    kecamatan = SelectField(
        _l("Kecamatan"), [NeededIf(lambda form: form.regency.data, _l("Choose the kecamatan."))], coerce=_area
    )
    village = SelectField(
        _l("Village or kelurahan"),
        [NeededIf(lambda form: form.kecamatan.data, _l("Choose the village or kelurahan."))],
        coerce=_area,
    )

    @property
    def levels(self) -> tuple[SelectField, ...]:
        """The four lists, the widest area first."""
        return self.province, self.regency, self.kecamatan, self.village


def _prepare_village(form: VillageForm, world: World) -> None:
    """Fill the lists from the top; what does not lie in the area chosen above is put down."""
    if all(field.data is None for field in form.levels):
        now = world.facts.village_id
        form.province.data, form.regency.data, form.kecamatan.data = now // 10**8, now // 10**6, now // 10**4
    parent: int | None = None
    for place, field in enumerate(form.levels):
        below = world.children(parent) if place == 0 or parent is not None else []
        field.choices = [("", _l("Choose")), *below]
        if field.data not in {area for area, _name in below}:
            field.data = None
        parent = field.data


class AddressForm(BaseForm):
    """Where in the village, and since when."""

    address = LongTextField(
        _l("New address"),
        [Needed(_l("Write the new address."))],
        hint=_l("Street or dusun, and house number if there is one. Without RT, RW and village."),
        limit=200,
        rows=2,
    )
    rt = NumberField(_l("RT"), [Needed(_l("Write the RT."))], width=3)
    rw = NumberField(_l("RW"), [Needed(_l("Write the RW."))], width=3)
    moved_on = DayField(
        _l("Since when do you live there?"),
        [Needed(_l("Write since when you live there."))],
        hint=_l("If you are not sure of the day, write the first day of the month."),
    )

    def validate_rt(self, field: NumberField) -> None:
        """One to three digits."""
        if not _NEIGHBOURHOOD.fullmatch(field.data or ""):
            raise ValidationError(str(_l("Write the number with at most three digits, such as 003.")))

    validate_rw = validate_rt

    def validate_moved_on(self, field: DayField) -> None:
        """A day that has been."""
        if field.data and field.data > today():
            raise ValidationError(str(_l("The day lies in the future. Write since when you live there.")))
        if field.data and field.data.year < _OLDEST_YEAR:
            raise ValidationError(str(_l("Check the year.")))


class Moved(Kind):
    """A data change of village, address, RT and RW."""

    key = "moved"
    may_be_recorded = True
    slug = "pindah-rumah"
    icon = "house"
    title = N_("We moved")
    explanation = N_("Your family lives at another address now, in the same village or somewhere else.")
    outcome = N_(
        "When the officer has checked it, the new address stands in your record here at once. The centre (DTSEN) "
        "takes it over later. Your desil is not changed here: BPS ranks the families."
    )
    once_accepted = N_(
        "What was checked stands in your record now. The centre takes it over with its next data. Look whether it "
        "is right."
    )
    steps = (
        Step(
            "desa",
            N_("Where do you live now?"),
            VillageForm,
            note=N_("Choose from above to below. If you moved within your village, choose the same village."),
            template="cases/step_village.html",
            prepare=_prepare_village,
        ),
        Step("alamat", N_("What is your new address?"), AddressForm),
    )
    papers = (
        Paper(
            "moving_letter",
            N_("Letter about the move"),
            (
                N_("moving letter (SKPWNI) of Dukcapil"),
                N_("letter of residence (surat domisili) of the village"),
                N_("letter of the RT or RW"),
                N_("new KK with the new address"),
            ),
            why=N_("The officer sees from it that you live there. With it the answer comes sooner."),
            required=True,
        ),
    )

    def areas_in(self, answers: Answers) -> tuple[int, ...]:
        """The new village."""
        return (answers["village"],) if answers.get("village") else ()

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Village, address and day."""
        return [
            Row(N_("Village now"), _place(world, answers["village"]), "desa"),
            Row(N_("Address now"), shown(answers["address"]), "alamat"),
            Row(N_("RT / RW"), _neighbourhood(answers["rt"], answers["rw"]), "alamat"),
            Row(N_("Living there since"), date.fromisoformat(answers["moved_on"]), "alamat"),
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Old and new, side by side."""
        village = world.facts.village_id
        new_rt, new_rw = _three(answers["rt"]), _three(answers["rw"])
        old_rt, old_rw = world.rt and _three(world.rt), world.rw and _three(world.rw)
        return [
            Compared(
                N_("Village"), _place(world, village), _place(world, answers["village"]), village != answers["village"]
            ),
            Compared(
                N_("Address"),
                shown(world.address) if world.address else NOT_RECORDED,
                shown(answers["address"]),
                _same_words(world.address) != _same_words(answers["address"]),
            ),
            Compared(
                N_("RT / RW"),
                _neighbourhood(old_rt, old_rw),
                _neighbourhood(new_rt, new_rw),
                (old_rt, old_rw) != (new_rt, new_rw),
            ),
        ]

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """A right address keeps the family findable."""
        return [AID_GOES_ON, *only_if(world, "PKH", ADDRESS_FOUND, "B"), DESIL_STAYS]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """KK and KTP bear the address too."""
        return (ADDRESS_KK,)

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """The whole address, also where a part of it stays."""
        return frozenset(f"family.{name}" for name in ("village_id", "address", "rt", "rw"))

    def findings(self, answers: Answers, world: World) -> list[Finding]:
        """The fields that are now otherwise than recorded."""
        recorded = {
            "village_id": str(world.facts.village_id),
            "address": _same_words(world.address),
            "rt": world.rt and _three(world.rt),
            "rw": world.rw and _three(world.rw),
        }
        found = {
            "village_id": str(answers["village"]),
            "address": " ".join(answers["address"].split()),
            "rt": _three(answers["rt"]),
            "rw": _three(answers["rw"]),
        }
        return [
            Finding("family", name, value)
            for name, value in found.items()
            if (_same_words(value) if name == "address" else value) != recorded[name]
        ]


def _place(world: World, village_id: int) -> Shown:
    place: Place | None = world.places.get(village_id)
    if place is None:
        return NOT_RECORDED
    return Message(
        _PLACE,
        {
            "village": place.village,
            "kecamatan": place.kecamatan,
            "regency": place.regency,
            "province": place.province,
        },
    )


def _neighbourhood(rt: str | None, rw: str | None) -> Shown:
    if not rt and not rw:
        return NOT_RECORDED
    return shown(f"{_three(rt or '')} / {_three(rw or '')}")


def _three(number: str) -> str:
    """RT and RW as the record writes them: three digits."""
    return number.strip().zfill(3) if number.strip() else "-"


def _same_words(text: str | None) -> str:
    """For comparing: case and spaces do not matter."""
    return " ".join((text or "").upper().split())


KIND = Moved()
