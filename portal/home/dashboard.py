"""The home page: four answers in order, and first of all what became worse since the last visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.accounts.actor import FamilyActor
from portal.cases.kinds import KINDS
from portal.cases.workflow import STATES, State
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message, Speaker
from portal.home.kept_home import OpenOne
from portal.home.news import Alert, news_for, told_before
from portal.home.reading import HomeRead, SentCase
from portal.home.short import short_name
from portal.programs.catalog import CatalogDay, Program
from portal.programs.offerings import Offered
from portal.programs.payment_labels import Step
from portal.programs.payments import NextKind, NextPayment, next_payments
from portal.registry.facts import DesilFacts
from portal.web.formats import short_day

_SHOWN_OFFERS = 1
_SHOWN_NAMES = 2


@dataclass(frozen=True, slots=True)
class PayCard:
    """What is paid next and where it is now."""

    amount: int | None
    tag: str
    tag_kind: str
    line: str
    note: str
    others: str


@dataclass(frozen=True, slots=True)
class DesilCard:
    """The rank, since when, and the one before."""

    desil: int | None
    previous: int | None
    since: str
    before: str


@dataclass(frozen=True, slots=True)
class OffersCard:
    """What is open to the family: a few lines, and what more there is."""

    lines: tuple[str, ...]
    more: str
    any_fits: bool


@dataclass(frozen=True, slots=True)
class SentCard:
    """What happens with what the family sent."""

    title: str
    tag: str
    tag_kind: str
    line: str
    more: str


@dataclass(frozen=True, slots=True)
class Home:
    """The whole page, ready to be drawn."""

    greeting: str
    messages: str  # how many are new, in words; empty where none is
    alerts: tuple[Alert, ...]
    pay: PayCard | None
    stopped: str  # aid that ended some time ago, no news any more; empty where none did
    desil: DesilCard
    offers: OffersCard
    sent: SentCard | None


def home_of(read: HomeRead, actor: FamilyActor, day: date, catalog: CatalogDay, speaker: Speaker) -> Home:
    """The home page of this member on ``day``."""
    record, alive, say = read.history, read.alive, speaker.say
    alerts = news_for(record, actor, alive, day, catalog, speaker)
    stopped = told_before(record, actor, day, catalog, speaker)
    return Home(
        greeting=say(Message(N_("Hello, %(name)s"), {"name": written_name(actor.name)}) if alive else N_("Hello")),
        messages=say(Message(N_("%(count)s new"), {"count": read.unread})) if read.unread else "",
        alerts=alerts,
        pay=_pay(next_payments(record.payments, record.participations, day, catalog), day, catalog, speaker),
        stopped=stopped,
        desil=desil_card(record.desils, speaker),
        offers=_offers(read.open, day, catalog, speaker, steps_first=bool(alerts or stopped)),
        sent=_sent(read.cases, speaker),
    )


_PAY_TAGS = {NextKind.ON_THE_WAY: "wait", NextKind.UNCLEAR: "wait", NextKind.STUCK: "stop", NextKind.EXPECTED: "info"}


_SHORT_STEPS = {
    Step.FINAL_LIST: N_("On the list"),
    Step.ACCOUNT_CHECK: N_("Account check"),
    Step.SPM: N_("Being sent"),
    Step.SP2D: N_("At the treasury"),
    Step.SI: N_("At the bank"),
    Step.CREDITED: N_("Paid"),
}


_PLANNED = N_("planned %(day)s")


def _pay(coming: tuple[NextPayment, ...], day: date, catalog: CatalogDay, speaker: Speaker) -> PayCard | None:
    if not coming:
        return None
    first, say = coming[0], speaker.say
    others = tuple(dict.fromkeys(short_name(one.program, catalog, speaker) for one in coming[1:]))
    values = {"program": short_name(first.program, catalog, speaker), "stage": first.stage.number}
    stage = say(Message(N_("%(program)s stage %(stage)s"), values))
    planned = first.explained.disbursement.scheduled_on if first.explained else None
    when = say(_PLANNED) % {"day": short_day(planned)} if planned else str(first.stage.year)
    return PayCard(
        amount=first.amount,
        tag=say(_where(first)),
        tag_kind=_PAY_TAGS[first.kind],
        line=f"{stage} · {when}",
        note=_pay_note(first, day, speaker),
        others=say(Message(N_("Also: %(programs)s"), {"programs": others})) if others else "",
    )


def _where(payment: NextPayment) -> str:
    """Where the money is, in two words."""
    if payment.kind is NextKind.EXPECTED:
        return N_("Estimate")
    if payment.kind is NextKind.STUCK:
        return N_("Held up")
    step = payment.explained.meaning.step if payment.explained else None
    return _SHORT_STEPS[step] if step else N_("Not clear")


_LATE = N_("The planned day has passed: see what you can do.")


def _pay_note(payment: NextPayment, day: date, speaker: Speaker) -> str:
    """What the state means; of a stopped payment also what to do."""
    explained, say = payment.explained, speaker.say
    if explained is None:
        place = say(Message(N_("Through %(place)s"), {"place": payment.channel})) + ". " if payment.channel else ""
        return place + say(N_("An estimate from the last stage; it can change."))
    if payment.kind is NextKind.ON_THE_WAY:
        planned = explained.disbursement.scheduled_on
        title = f"{say(explained.meaning.title)}."
        return f"{title} {say(_LATE)}" if planned and planned < day else title
    first_thing_to_do = say(explained.todo).partition(". ")[0].rstrip(".")  # all of it stands on the aid page
    return f"{say(explained.meaning.title)}. {first_thing_to_do}."


_SINCE = N_("since %(day)s")


def desil_card(
    desils: tuple[DesilFacts, ...], speaker: Speaker, written: Callable[[date], str] = short_day
) -> DesilCard:
    """The rank now, since when it holds, and the last different one."""
    if not desils:
        return DesilCard(None, None, "", "")
    now = desils[0]
    since = now.ranked_on
    before: DesilFacts | None = None
    for older in desils[1:]:
        if older.desil != now.desil:
            before = older
            break
        since = older.ranked_on
    return DesilCard(
        now.desil,
        before.desil if before else None,
        speaker.say(_SINCE) % {"day": written(since)},
        speaker.say(Message(N_("before: %(desil)s"), {"desil": before.desil})) if before else "",
    )


_STEPS = frozenset({"business", "training"})


def _offers(found: list[OpenOne], day: date, catalog: CatalogDay, speaker: Speaker, *, steps_first: bool) -> OffersCard:
    """What fits and is not received yet: first what is for one member, then what is for the family.

    Where aid ended (``steps_first``), what helps a family to stand by itself comes before the rest. For what nobody
    can register any more, home does not send a family anywhere.
    """
    answers = [answer for answer in found if not _is_over(catalog.by_code[answer.code], day)]
    new = [answer for answer in answers if answer.fits]
    if steps_first:
        new.sort(key=lambda answer: catalog.by_code[answer.code].kind not in _STEPS)
    lines = [_member_line(answer, catalog, speaker) for answer in new if answer.name]
    lines += [speaker.say(catalog.by_code[answer.code].name) for answer in new if not answer.name]
    open_ones = len(answers) - len(new)
    more = []
    if len(lines) > _SHOWN_OFFERS:
        more.append(speaker.say(Message(N_("%(count)s more fit"), {"count": len(lines) - _SHOWN_OFFERS})))
    if open_ones:
        more.append(speaker.say(Message(N_("%(count)s not certain yet"), {"count": open_ones})))
    return OffersCard(tuple(lines[:_SHOWN_OFFERS]), ", ".join(more), bool(lines))


def _is_over(program: Program, day: date) -> bool:
    return isinstance(program, Offered) and program.round.is_over(day)


def _member_line(answer: OpenOne, catalog: CatalogDay, speaker: Speaker) -> str:
    name = " ".join((answer.name or "").split()[:_SHOWN_NAMES])
    values: dict[str, object] = {"name": name, "program": catalog.by_code[answer.code].name, "age": answer.age}
    if answer.age is None:
        return speaker.say(Message(N_("%(name)s: %(program)s"), values))
    return speaker.say(Message(N_("%(name)s (%(age)s years old): %(program)s"), values))


def _sent(cases: list[SentCase], speaker: Speaker) -> SentCard | None:
    if not cases:
        return None
    newest, say = cases[0], speaker.say
    info = STATES[State(newest.state)]
    line = Message(info.next, {"day": newest.promised_on})
    if newest.visit_on is not None and newest.state == State.VISIT_SET:
        values = {"officer": newest.officer or say(N_("The officer")), "day": newest.visit_on}
        line = Message(N_("%(officer)s visits you on %(day)s."), values)
    more = newest.open_in_all - 1
    return SentCard(
        title=say(KINDS[newest.kind].title if newest.kind in KINDS else newest.kind),
        tag=say(info.word),
        tag_kind=info.tone,
        line=say(line),
        more=say(Message(N_("%(count)s more without an answer yet"), {"count": more})) if more > 0 else "",
    )
