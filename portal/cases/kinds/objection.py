"""An objection against what the record says of the own family: a programme that ended, a payment label, the desil."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Effect, Group, Kind, Paper, Row, Shown, Step, World
from portal.cases.kinds.effects import AID_GOES_ON, DESIL, DESIL_LATER
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.payment_labels import meaning_of
from portal.programs.stop_reasons import StopExplained, stop_reason
from portal.registry.facts import DisbursementFacts
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, RadiosField
from portal.web.speaking import speaker

_DESIL, _OTHER = "desil", "other"
_MOST_PAYMENTS = 6
_THIS, _WHY = "tentang", "mengapa"

WHY = {
    "wrong_fact": N_("A fact that is recorded about us is wrong"),
    "changed": N_("Something has changed since then"),
    "worse": N_("We are worse off than the record says"),
    "not_us": N_("This is not about us: another person or a wrong NIK"),
    "unknown": N_("I do not know why it is so"),
}
#: Domain notes 1.1: two reports of the same source do not agree, and the trial of Perlinsos had a third rule.
DEADLINES = Effect(
    Message(N_("How long the check may take")),
    Message(
        N_(
            "Sources differ. One says: not checked within 14 days, the objection does not count. Another says: not "
            "checked within 30 days, it counts as right. In the trial of Perlinsos one could object for a month. We do "
            "not know which holds now. So send it soon, and keep your proof with its date."
        )
    ),
    safe=False,
    sure="X",
)


class AboutForm(BaseForm):
    """What is objected to."""

    about = RadiosField(
        _l("What do you not agree with?"),
        [Needed(_l("Choose what you do not agree with."))],
        hint=_l("These are the things that stand in your record."),
    )


class WhyForm(BaseForm):
    """Why it is not right."""

    why = RadiosField(
        _l("Why is it not right?"),
        [Needed(_l("Choose why."))],
        choices=[(key, _l(words)) for key, words in WHY.items()],
    )
    story = LongTextField(
        _l("What should be looked at?"),
        [Needed(_l("Write what should be looked at.")), AtLeast(10)],
        hint=_l("Say how it really is in your family. Do not name other families, and write no NIK."),
        limit=1000,
        rows=5,
    )


def _prepare_about(form: AboutForm, world: World) -> None:
    say = speaker().say
    found: dict[str, str] = {}
    hints: dict[str, str] = {}
    for label, explained in _ended(world).items():
        key = f"p:{label}"
        found[key] = say(_ended_words(label, world))
        hints[key] = say(explained.cause)
    for payment in world.payments[:_MOST_PAYMENTS]:
        if payment.status is not None and payment.paid_on is None:
            found[f"d:{payment.id}"] = say(_payment_words(payment, world))
            hints[f"d:{payment.id}"] = say(meaning_of(payment.status).title)
    if world.facts.desils:
        found[_DESIL] = say(_desil_words(world))
    found[_OTHER] = say(N_("Something else that is not in this list"))
    form.about.choices = list(found.items())
    form.about.item_hints = hints


def _ended(world: World) -> dict[str, StopExplained]:
    """The programmes that ended, with why, as recorded."""
    reasons = {one.program: stop_reason(one) for one in world.facts.participations}
    return {program: reason for program, reason in reasons.items() if reason is not None}


def _ended_words(label: str, world: World) -> Message:
    return Message(N_("%(program)s has ended"), {"program": world.program_name(label)})


def _payment_words(payment: DisbursementFacts, world: World) -> Message:
    values = {"program": world.program_name(payment.program), "stage": payment.stage, "year": payment.year}
    return Message(N_("The payment of %(program)s, stage %(stage)s of %(year)s"), values)


def _desil_words(world: World) -> Message:
    newest = world.facts.desils[0]
    return Message(N_("Our desil: %(desil)s"), {"desil": newest.desil})


class OwnObjection(Kind):
    """The own status, a stop or the desil is looked at anew, the whole way up to the centre."""

    key = "own_objection"
    slug = "sanggah-data-kami"
    icon = "scale"
    group = Group.WRONG
    track = Track.LONG
    may_be_recorded = True
    title = N_("I object to our status, a stop or our desil")
    explanation = N_("Aid was ended, a payment was held back, or your desil does not fit how you live.")
    outcome = N_(
        "The officer looks into it, then the village, the kecamatan and the regency. They send it to the centre, which "
        "decides. Nobody here can promise that aid comes back or that the desil changes. Objecting takes nothing away."
    )
    steps = (
        Step(_THIS, N_("What you object to"), AboutForm, prepare=_prepare_about),
        Step(_WHY, N_("Why you object"), WhyForm),
    )
    papers = (
        Paper(
            "proof",
            N_("Proof, if you have any"),
            (
                N_("photo of the house"),
                N_("letter of the RT or RW"),
                N_("letter of the doctor, the school or the work"),
            ),
            why=N_("You can send it without any proof. The officer looks during a visit."),
        ),
    )

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """The payment, the programme or the desil of the page that led here."""
        if hints.get("bidang") == _DESIL:
            return {"about": _DESIL}
        payment, program = hints.get("penyaluran", ""), hints.get("program", "")
        if payment.isascii() and payment.isdigit():
            return {"about": f"d:{int(payment)}"}
        return {"about": f"p:{program}"} if program else {}

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """What is objected to."""
        return _about_words(answers, world) if answers.get("about") else None

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """The programme, and the payment where one was chosen."""
        payment = _payment_of(answers, world)
        if payment is not None:
            return payment.program, payment.id
        about: str = answers.get("about") or ""
        return (about[2:] or None) if about.startswith("p:") else None, None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """What is objected to with what is recorded of it, then why."""
        return [
            Row(N_("Against"), _about_words(answers, world), _THIS),
            Row(N_("Recorded"), _recorded(answers, world), _THIS),
            Row(N_("Why"), Message(WHY[answers["why"]]), _WHY),
            Row(N_("To be looked at"), shown(answers["story"]), _WHY),
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """What is recorded, with its cause, beside what the family says."""
        said = Message(WHY[answers["why"]])
        return [Compared(N_("Objection"), _recorded(answers, world), said, True)]

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """What is objected to: one objection at a time about one thing."""
        return frozenset({f"objection.{answers.get('about')}"})

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """What it can change, and what nobody can promise."""
        return (AID_GOES_ON, DESIL_LATER if answers.get("about") == _DESIL else _MAY_STAY, DEADLINES)


_MAY_STAY = Effect(
    DESIL,
    Message(N_("An objection alone does not change the desil. If a fact is wrong, also tell us that fact.")),
    safe=True,
)


def _payment_of(answers: Answers, world: World) -> DisbursementFacts | None:
    about: str = answers.get("about") or ""
    return next((one for one in world.payments if about == f"d:{one.id}"), None)


def _about_words(answers: Answers, world: World) -> Shown:
    about: str = answers["about"]
    payment = _payment_of(answers, world)
    if payment is not None:
        return _payment_words(payment, world)
    if about.startswith("p:"):
        return _ended_words(about[2:], world)
    if about == _DESIL:
        return _desil_words(world) if world.facts.desils else DESIL
    return Message(N_("Something else that is not in this list")) if about == _OTHER else NOT_RECORDED


def _recorded(answers: Answers, world: World) -> Shown:
    """What the record gives as the reason; never one of ours."""
    about: str = answers["about"]
    payment = _payment_of(answers, world)
    if payment is not None:
        return meaning_of(payment.status).title
    if about.startswith("p:"):
        explained = _ended(world).get(about[2:])
        return explained.cause if explained else NOT_RECORDED
    if about == _DESIL and world.facts.desils:
        newest = world.facts.desils[0]
        return Message(
            N_("desil %(desil)s, ranked by BPS on %(day)s"), {"desil": newest.desil, "day": newest.ranked_on}
        )
    return NOT_RECORDED


KIND = OwnObjection()
