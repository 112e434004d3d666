"""Aid stopped or not received: about one payment or a whole programme.

Where somebody else holds the card or took a cut, the case goes past the officers of the village to the
regency office, sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Group, Kind, Paper, Row, Shown, Step, World
from portal.core.messages import N_
from portal.core.wording import Message, Money
from portal.programs.payment_labels import meaning_of
from portal.registry.facts import DisbursementFacts
from portal.web.formats import month
from portal.web.forms import BaseForm, LongTextField, Needed, RadiosField, SelectField, TextField
from portal.web.speaking import speaker

#: Programmes that can be chosen although the record does not name them.
ALWAYS_OFFERED = ("PKH", "SEMBAKO", "PBI-JK", "BLTS")
_MOST_PAYMENTS = 8
_MONTHS_BACK = 12
_OLDER, _UNKNOWN = "older", "unknown"

HAPPENED = {
    "never_came": N_("The money or goods did not come"),
    "stopped": N_("The aid stopped"),
    "less": N_("I got less than what is written here"),
    "cannot_take": N_("I cannot take it: card, PIN or account trouble"),
}
YES_NO = {"yes": N_("Yes"), "no": N_("No")}


class AboutForm(BaseForm):
    """Which payment, or which programme."""

    about = RadiosField(_l("Which aid is it about?"), [Needed(_l("Choose the aid."))])


class HappenedForm(BaseForm):
    """What happened and since when."""

    happened = RadiosField(
        _l("What happened?"),
        [Needed(_l("Choose what happened."))],
        choices=[(key, _l(words)) for key, words in HAPPENED.items()],
    )
    since = SelectField(_l("Since when?"), [Needed(_l("Choose since when."))])
    story = LongTextField(
        _l("Tell more"),
        hint=_l("For example what the bank or the agent said. Do not write your PIN."),
        limit=1000,
        rows=4,
        says_optional=True,
    )


class CardForm(BaseForm):
    """Whether somebody profits from it."""

    card_elsewhere = RadiosField(
        _l("Does somebody outside your family keep your KKS card or its PIN?"),
        [Needed(_l("Choose yes or no."))],
        choices=[(key, _l(words)) for key, words in YES_NO.items()],
    )
    cut_taken = RadiosField(
        _l("Did somebody take a part of the aid, or ask for money for it?"),
        [Needed(_l("Choose yes or no."))],
        choices=[(key, _l(words)) for key, words in YES_NO.items()],
    )
    who = TextField(
        _l("Who was it?"),
        hint=_l("Only if you want to say it. A name or a task is enough."),
        says_optional=True,
    )


def _prepare_about(form: AboutForm, world: World) -> None:
    say = speaker().say
    offered = list(world.payments[:_MOST_PAYMENTS])
    offered += [p for p in world.payments[_MOST_PAYMENTS:] if form.about.data == f"d:{p.id}"]  # an older one was named
    payments = [(f"d:{p.id}", say(_payment(p, world))) for p in offered]
    recorded = [p.program for p in world.facts.participations] + [p.program for p in world.payments]
    programs = dict.fromkeys([*recorded, *ALWAYS_OFFERED])
    whole = N_("%(program)s, not one payment alone")
    form.about.choices = [
        *payments,
        *((f"p:{label}", say(Message(whole, {"program": world.program_name(label)}))) for label in programs),
    ]


def _prepare_happened(form: HappenedForm, world: World) -> None:
    say = speaker().say
    form.since.choices = [
        ("", _l("Choose")),
        *((first.isoformat()[:7], month(first)) for first in _months(world.today)),
        (_OLDER, say(N_("more than a year ago"))),
        (_UNKNOWN, say(N_("I do not know"))),
    ]


def _months(day: date) -> list[date]:
    """This month and those before it, as their first days."""
    count = day.year * 12 + day.month - 1
    return [date((count - back) // 12, (count - back) % 12 + 1, 1) for back in range(_MONTHS_BACK)]


def _payment(payment: DisbursementFacts, world: World) -> Message:
    values = {"program": world.program_name(payment.program), "stage": payment.stage, "year": payment.year}
    if payment.amount is None:
        return Message(N_("%(program)s, stage %(stage)s of %(year)s"), values)
    return Message(
        N_("%(program)s, stage %(stage)s of %(year)s, %(amount)s"), values | {"amount": Money(payment.amount)}
    )


class AidMissing(Kind):
    """A question or complaint about money that did not come."""

    key = "aid_missing"
    may_be_recorded = True
    slug = "bantuan-tidak-diterima"
    icon = "coins"
    group = Group.STOPPED
    title = N_("Aid stopped or not received")
    explanation = N_("Aid did not come, stopped, or was less than it should be; or somebody took a part of it.")
    outcome = N_(
        "The officer looks for the cause and tells you what it is and who can mend it. Asking does not reduce "
        "your aid. Nobody may ask you for money for this."
    )
    steps = (
        Step("bantuan", N_("About the aid"), AboutForm, prepare=_prepare_about),
        Step("kejadian", N_("About what happened"), HappenedForm, prepare=_prepare_happened),
        Step(
            "kartu",
            N_("Your card and your money"),
            CardForm,
            alone=True,
            note=N_(
                "If you answer yes, your submission goes straight to the regency office (Dinas Sosial), sealed. "
                "Officers of your village and kecamatan cannot see it."
            ),
        ),
    )
    papers = (
        Paper(
            "proof",
            N_("Proof, if you have any"),
            (
                N_("photo of the bank book or of the slip of the machine"),
                N_("photo of a message about the aid"),
                N_("letter that came with the aid"),
            ),
            why=N_("You can send it without any proof."),
        ),
    )

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """The payment or programme of the page that led here."""
        payment, program = hints.get("penyaluran", ""), hints.get("program", "")
        if payment.isascii() and payment.isdigit():
            return {"about": f"d:{int(payment)}"}
        return {"about": f"p:{program}"} if program else {}

    def is_restricted(self, answers: Answers) -> bool:
        """A card in other hands or a cut: not for the eyes of the village."""
        return "yes" in (answers.get("card_elsewhere"), answers.get("cut_taken"))

    def needs_two(self, answers: Answers) -> bool:
        """The same: who holds the card may sit in any office."""
        return self.is_restricted(answers)

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """The programme, and the payment if one was named."""
        payment = _payment_of(answers, world)
        if payment is not None:
            return payment.program, payment.id
        about: str = answers.get("about", "")
        return (about[2:] or None) if about.startswith("p:") else None, None

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """The payment or the programme."""
        return self._about_words(answers, world) if answers.get("about") else None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Everything that was said."""
        rows = [
            Row(N_("Aid"), self._about_words(answers, world), "bantuan"),
            Row(N_("What happened"), Message(HAPPENED[answers["happened"]]), "kejadian"),
            Row(N_("Since"), _since(answers["since"]), "kejadian"),
        ]
        if answers.get("story"):
            rows.append(Row(N_("The story"), shown(answers["story"]), "kejadian"))
        if answers.get("card_elsewhere"):  # not asked where an officer writes down what is said
            rows += [
                Row(N_("Somebody else keeps the card"), Message(YES_NO[answers["card_elsewhere"]]), "kartu"),
                Row(N_("Somebody took a part or asked for money"), Message(YES_NO[answers["cut_taken"]]), "kartu"),
            ]
        if answers.get("who"):
            rows.append(Row(N_("Who it was"), shown(answers["who"]), "kartu"))
        return rows

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """What the record says of the payment or the programme, beside what the family says."""
        payment = _payment_of(answers, world)
        if payment is not None:
            recorded: Shown = meaning_of(payment.status).title
        else:
            program, _ = self.about(answers, world)
            recorded = _participation_words(program, world)
        agree = recorded == NOT_RECORDED or (recorded == _ENDED and answers["happened"] == "stopped")
        return [Compared(N_("State of the aid"), recorded, Message(HAPPENED[answers["happened"]]), not agree)]

    def _about_words(self, answers: Answers, world: World) -> Shown:
        payment = _payment_of(answers, world)
        if payment is not None:
            return _payment(payment, world)
        program, _ = self.about(answers, world)
        return world.program_name(program) if program else NOT_RECORDED


def _payment_of(answers: Answers, world: World) -> DisbursementFacts | None:
    about: str = answers.get("about") or ""
    return next((p for p in world.payments if about == f"d:{p.id}"), None)


_ENDED = Message(N_("ended"))


def _participation_words(program: str | None, world: World) -> Shown:
    for participation in world.facts.participations:
        if participation.program == program:
            words = {True: Message(N_("receives it")), False: _ENDED, None: Message(N_("not recorded"))}
            return words[participation.active]
    return NOT_RECORDED


def _since(value: str) -> Shown:
    if value == _OLDER:
        return Message(N_("more than a year ago"))
    if value == _UNKNOWN:
        return Message(N_("not known"))
    return Message("%(text)s", {"text": month(date.fromisoformat(f"{value}-01"))})


KIND = AidMissing()
