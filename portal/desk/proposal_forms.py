"""The moves of a proposal that came without a login: the word of each in its address, its form, what it is called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.cases.workflow import Move
from portal.core.messages import N_
from portal.core.nik import NotANumber, parse_nik
from portal.desk.forms import (
    AskForm,
    CentreForm,
    DecideForm,
    DeskForm,
    LookedForm,
    MeetingForm,
    RecommendForm,
    StepForm,
)
from portal.web.forms import AtLeast, LongTextField, Needed, NumberField

TOLD_MOST = 2000


class ToldForm(StepForm):
    """An answer that was told at the counter or on a visit."""

    words = LongTextField(
        _l("What was told"), [Needed(_l("Write what was told.")), AtLeast(5)], limit=TOLD_MOST, rows=3
    )


class NikForm(DeskForm):
    """The NIK that there is now."""

    nik = NumberField(_l("NIK"), [Needed(_l("Write the NIK."))], width=20)

    def validate_nik(self, field: NumberField) -> None:
        """A NIK."""
        try:
            parse_nik(field.data or "")
        except NotANumber:
            raise ValidationError(str(_l("A NIK has 16 digits. Check it."))) from None


#: The moves by the word in their address. A decision says itself which of three it is.
STEPS: dict[str, tuple[frozenset[Move], type[DeskForm], str]] = {
    "ambil": (frozenset({Move.TAKE}), DeskForm, N_("Take this proposal")),
    "ambil-alih": (frozenset({Move.TAKE_OVER}), DeskForm, N_("Take it over")),
    "tanya": (frozenset({Move.ASK}), AskForm, N_("Ask for something")),
    "jawaban": (frozenset({Move.ANSWER}), ToldForm, N_("Write down the answer that was told")),
    "rekomendasi": (frozenset({Move.RECOMMEND}), RecommendForm, N_("Finish looking into it, and recommend")),
    "musdes": (frozenset({Move.MEETING}), MeetingForm, N_("Write down the village meeting")),
    "verifikasi": (frozenset({Move.VERIFY}), LookedForm, N_("Verify for the kecamatan")),
    "kembalikan": (frozenset({Move.SEND_BACK}), LookedForm, N_("Send it back to the village")),
    "konfirmasi": (frozenset({Move.CONFIRM}), LookedForm, N_("Confirm for the regency")),
    "kirim-pusat": (frozenset({Move.SEND_ON}), StepForm, N_("It was sent to the centre")),
    "kata-pusat": (frozenset({Move.CENTRE_SAID}), CentreForm, N_("Write down what SIKS-NG says")),
    "putusan": (frozenset({Move.ACCEPT, Move.PARTLY, Move.REFUSE}), DecideForm, N_("Decide")),
}
