"""The path of a case as the family reads it: what happened, what is now, what comes. A pure rule module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from portal.cases.workflow import CLOSED, STATES, WAITING_FOR_FAMILY, State
from portal.core.messages import N_
from portal.core.wording import Message

PARTS: Mapping[str, str] = {"morning": N_("in the morning"), "afternoon": N_("in the afternoon")}
LEVELS: Mapping[str, str] = {
    "village": N_("the social worker of your village"),
    "kecamatan": N_("the supervisor of your kecamatan"),
    "regency": N_("the regency office (Dinas Sosial)"),
}
_EVENTS: Mapping[str, str] = {
    "sent": N_("Sent by %(who)s"),
    "recorded": N_("Written down by %(who)s, as the person said it"),
    "told": N_("Written down by %(who)s, as %(helper)s told it with a mandate"),
    "opened": N_("Opened by %(who)s"),
    "opened_by_two": N_("Opened by %(who)s and a second officer of the office"),
    "sorted": N_("Understood by %(who)s"),
    "taken": N_("%(who)s works on it"),
    "taken_over": N_("%(who)s works on it now"),
    "asked": N_("Question of %(who)s"),
    "answered": N_("Answered by %(who)s"),
    "paused": N_("No answer came, so it rests"),
    "resumed": N_("%(who)s asks to go on with it"),
    "checked": N_("Looked into by %(who)s"),
    "listed": N_("The places were given by the published order; %(who)s started it"),
    "place_offered": N_("A place became free, and it is your turn"),
    "place_reminded": N_("Reminder: say whether you come"),
    "place_confirmed": N_("%(who)s: the place is taken"),
    "place_given_back": N_("%(who)s: the place is given back"),
    "place_lapsed": N_("No answer came, so the place is not kept any more"),
    "place_cancelled": N_("The office withdrew it, so the place ended"),
    "place_attended": N_("%(who)s noted: took part"),
    "place_absent": N_("%(who)s noted: did not take part"),
    "place_certificate": N_("%(who)s noted: the certificate was given"),
    "outcome": N_("What the centre did, written down by %(who)s"),
    "to_kecamatan": N_("Given to the supervisor of the kecamatan by %(who)s"),
    "linked": N_("Joined with the family in the record by %(who)s"),
    "nik_came": N_("%(who)s wrote down the NIK"),
    "rest_over": N_("The days to think it over have passed"),
    "reminded": N_("The question was sent once more"),
    "visit_set": N_("%(who)s plans a visit"),
    "visit_agreed": N_("%(who)s agrees to the visit"),
    "visit_other_day": N_("%(who)s asks for another day"),
    "visited": N_("%(who)s was there"),
    "visit_objected": N_("%(who)s says what is not right in what was written down"),
    "recommended": N_("%(who)s has finished looking into it"),
    "meeting_held": N_("The village meeting (musdes) was held, written down by %(who)s"),
    "verified": N_("Verified in the kecamatan by %(who)s"),
    "confirmed": N_("Confirmed for the regency by %(who)s"),
    "sent_back": N_("Sent back to the village by %(who)s"),
    "sent_on": N_("Sent to the centre by %(who)s, as SIKS-NG says"),
    "centre_said": N_("What SIKS-NG says, written down by %(who)s"),
    "accepted": N_("Accepted by %(who)s"),
    "partly": N_("Accepted in part by %(who)s"),
    "refused": N_("Not accepted by %(who)s"),
    "withdrawn": N_("Withdrawn by %(who)s"),
    "disowned": N_("%(who)s says: not the person's own words"),
    "cleared_up": N_("Looked into by %(who)s; it does not count"),
    "raised": N_("No answer came by the promised day"),
    "followed": N_("The family is recorded in another village now"),
    "handed_on": N_("The officer for this has changed"),
    "given": N_("Given to %(to)s by %(who)s"),
    "note": N_("Note of %(who)s"),
    "task_done": N_("%(who)s did this at another office"),
    "paper_added": N_("%(who)s added a paper"),
    "paper_readable": N_("%(who)s looked at a paper: it can be read"),
    "paper_unreadable": N_("%(who)s cannot read a paper"),
    "paper_accepted": N_("%(who)s accepted a paper"),
}
_HIDDEN_NOTE = N_("Note of %(who)s, hidden from the family: it would show who reported")
_ARRIVED: Mapping[str, str] = {
    "sent": N_("Stored, and sent to %(to)s."),
    "recorded": N_("Read aloud, stored, and sent to %(to)s: whoever wrote it down does not answer it."),
    "followed": N_("It is with %(to)s now."),
    "handed_on": N_("It is with %(to)s now."),
}
_URGENT = N_("Stored, and sent to %(to)s. It is urgent, so the regency office sees it at once too.")
_PASSED_ON = N_("Your village has no social worker now, so it went to %(to)s.")
_ABOVE: Mapping[str, str] = {"village": "kecamatan", "kecamatan": "regency"}
_OTHER = N_("Step of %(who)s")
_BAD_ENDS = frozenset({"refused", "withdrawn", "disowned"})
#: What stands beside a step that has no words of anybody: a sentence, and what completes it.
_TOLD: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "opened_by_two": (N_("Together with %(with)s. Nobody else reads it."), lambda data: {"with": data["with"]}),
    "sorted": (N_("It is about: %(kind)s"), lambda data: {"kind": Message(data["title"])}),
    "task_done": (
        N_("%(what)s Done on %(day)s."),
        lambda data: {"what": Message(data["what"]), "day": date.fromisoformat(data["on"])},
    ),
    "listed": (
        N_("Number %(number)s in the order of %(people)s, for %(quota)s places."),
        lambda data: {name: data[name] for name in ("number", "people", "quota")},
    ),
    "raised": (
        N_("It went to %(to)s, who answers at the latest on %(day)s."),
        lambda data: {"to": Message(LEVELS[data["level"]]), "day": date.fromisoformat(data["day"])},
    ),
}


class Happened(Protocol):
    """What a path asks of an event."""

    @property
    def event(self) -> str: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def words(self) -> str | None: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step: ``state`` is done, now, next or stop; ``when`` a moment that was or a day that is promised."""

    word: Message
    when: datetime | date | None
    state: str
    note: Message | None = None


def path_steps(events: Iterable[Happened], state: State, promised_on: date, level: str | None = None) -> list[PathStep]:
    """What happened in order, then what the case waits for, then the promised answer.

    With ``level`` (who is to act) the path speaks to the family and says what happens without an answer by then;
    without it the path is the desk's.
    """
    steps = [_happened(event) for event in events]
    if state in CLOSED:
        return steps
    info = STATES[state]
    if level is None:
        steps.append(PathStep(Message(info.desk_word), None, "now"))
    else:
        steps.append(PathStep(Message(info.word), None, "now", Message(info.next, {"day": promised_on})))
    if state is State.RESTING:
        steps.append(PathStep(Message(N_("Goes to the officer, if you leave it so")), promised_on, "next"))
        return steps
    otherwise = None if level is None or state in WAITING_FOR_FAMILY else _without_answer(level)
    steps.append(PathStep(Message(N_("Answer, at the latest")), promised_on, "next", otherwise))
    return steps


def _without_answer(level: str) -> Message:
    """What happens when the promised day passes without an answer."""
    above = _ABOVE.get(level)
    if above is None:
        return Message(N_("No answer by then? Call 021-171, day and night, or write to LAPOR (lapor.go.id)."))
    return Message(N_("Without an answer by then it goes to %(to)s by itself."), {"to": Message(LEVELS[above])})


def _happened(event: Happened) -> PathStep:
    hidden = event.event == "note" and event.data.get("hidden")
    values = {"who": event.actor_name} | ({"to": event.data["to"]} if event.event == "given" else {})
    helper = event.data.get("spoken_by")  # told by a named helper, in place of the person
    if helper:
        values["helper"] = helper
    word = Message(_HIDDEN_NOTE if hidden else _EVENTS.get("told" if helper else event.event, _OTHER), values)
    return PathStep(word, event.at, "stop" if event.event in _BAD_ENDS else "done", _with_helper(event))


def _note(event: Happened) -> Message | None:
    """What was said, or what is good to know about the step."""
    data = event.data
    if event.event == "visit_set":
        part = Message(PARTS[data["part"]])
        values: dict[str, Any] = {"day": date.fromisoformat(data["day"]), "part": part}
        if event.words:
            return Message(N_("%(day)s, %(part)s. «%(words)s»"), values | {"words": event.words})
        return Message(N_("%(day)s, %(part)s"), values)
    if event.event in _TOLD:
        words, of = _TOLD[event.event]
        return Message(words, of(data))
    if event.words:
        return Message("«%(words)s»", {"words": event.words})
    if event.event in _ARRIVED:
        words = _PASSED_ON if data.get("passed_on") else _URGENT if data.get("urgent") else _ARRIVED[event.event]
        return Message(words, {"to": Message(LEVELS[event.data["level"]])})
    return None


def _with_helper(event: Happened) -> Message | None:
    """The note, and who helped, where an officer was beside the member."""
    note, helper = _note(event), event.data.get("helped_by")
    if helper is None:
        return note
    if note is None:
        return Message(N_("Helped by %(officer)s."), {"officer": helper})
    return Message(N_("%(note)s Helped by %(officer)s."), {"note": note, "officer": helper})
