"""What a place in the order means for the family, and what comes by itself when nobody answers. A pure rule module.

The days are ours: no law gives them. Silence alone never loses a place: two reminders come first, and a message after.
Where it begins before the days to answer are over, the last day to answer is the day before, and the reminders come
sooner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.core.messages import N_
from portal.core.wording import Message

CONFIRM_DAYS = 7  # by the calendar, from the day that a place is offered
REMIND_AFTER = (3, 6)  # days from then on
_LEFT_BEFORE_LAST = 1  # days between the last reminder and the last day to answer, where there are any
_AFTER_LAST = 2  # days that are left at least after the last reminder, however late it came


class PlaceState(StrEnum):
    """Where somebody stands in the order. The key is stored and never changes."""

    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    GIVEN_BACK = "given_back"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"  # the office withdrew the whole


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """A state in words for the family (message keys); ``%(day)s`` is the last day to answer, ``%(ahead)s`` a count."""

    word: str
    tone: str  # good, wait, stop, info
    meaning: str
    next: str


PLACES: Mapping[PlaceState, PlaceInfo] = {
    PlaceState.WAITING: PlaceInfo(
        N_("On the waiting list"),
        "wait",
        N_("All places are taken for now. Before you in the waiting list: %(ahead)s."),
        N_("If somebody gives a place back, the next one of the list gets it. You get a message then."),
    ),
    PlaceState.OFFERED: PlaceInfo(
        N_("You have a place: say whether you come"),
        "wait",
        N_("A place is kept for you until %(day)s."),
        N_(
            "Say that you come, or give the place back for somebody else. If you say nothing after two reminders, the "
            "place goes to the next one of the waiting list."
        ),
    ),
    PlaceState.CONFIRMED: PlaceInfo(
        N_("Your place is sure"),
        "good",
        N_("You said that you come. The place is yours."),
        N_("If you cannot come after all, give the place back as soon as you know. Somebody else is waiting for it."),
    ),
    PlaceState.GIVEN_BACK: PlaceInfo(
        N_("Place given back"),
        "info",
        N_("You do not take part. Your aid does not change because of it."),
        N_("You can register for the next round."),
    ),
    PlaceState.LAPSED: PlaceInfo(
        N_("Place not kept any more"),
        "stop",
        N_("No answer came after two reminders, so the place is free for the next one of the waiting list."),
        N_("Your aid does not change because of it. You can register for the next round, or ask the regency office."),
    ),
    PlaceState.CANCELLED: PlaceInfo(
        N_("Cancelled by the office"),
        "stop",
        N_("The regency office withdrew it, so nobody takes part. It is not because of you."),
        N_("Your aid does not change because of it. Ask the regency office if you want to know why."),
    ),
}
#: Of these somebody can still give the place (or the number) back.
CAN_GIVE_BACK = frozenset({PlaceState.WAITING, PlaceState.OFFERED, PlaceState.CONFIRMED})


def meaning_of(state: PlaceState, *, day: date | None, ahead: int) -> Message:
    """What the state means, with its values."""
    return Message(PLACES[state].meaning, {"day": day, "ahead": ahead})


def has_begun(starts_on: date | None, day: date) -> bool:
    """Whether it begins on ``day`` or began before: then nobody is called any more."""
    return starts_on is not None and day >= starts_on


def confirm_until(day: date, starts_on: date | None) -> date:
    """The last day to answer what is offered on ``day``: before it begins."""
    return _before(day + timedelta(days=CONFIRM_DAYS), day, starts_on)


def until_after(confirm_by: date, day: date, starts_on: date | None) -> date:
    """The last day to answer after a reminder on ``day``."""
    return _before(max(confirm_by, day + timedelta(days=_AFTER_LAST)), day, starts_on)


def _before(wanted: date, day: date, starts_on: date | None) -> date:
    """The wanted last day, or the day before it begins; never before ``day``."""
    return wanted if starts_on is None else max(day, min(wanted, starts_on - timedelta(days=1)))


class Due(StrEnum):
    """What comes by itself for a place that was offered and not answered."""

    NOTHING = "nothing"
    REMIND = "remind"
    LAPSE = "lapse"


def due(
    offered_on: date, confirm_by: date, reminders: int, reminded_on: date | None, day: date, starts_on: date | None
) -> Due:
    """What is due on ``day``: at most one reminder a day, and nothing lapses before both were sent.

    A worker that did not run for a week sends the reminders late; the family gets the days after the last one all the
    same (:func:`until_after`). Once it has begun nobody is reminded any more.
    """
    if reminded_on is not None and reminded_on >= day:
        return Due.NOTHING
    if reminders < len(REMIND_AFTER):
        if has_begun(starts_on, day):
            return Due.NOTHING
        return Due.REMIND if day >= _remind_on(offered_on, confirm_by, reminders) else Due.NOTHING
    return Due.LAPSE if day > confirm_by else Due.NOTHING


def _remind_on(offered_on: date, confirm_by: date, reminders: int) -> date:
    """The day of the next reminder; sooner where there are fewer days to answer."""
    days = (confirm_by - offered_on).days
    latest = (days // 2, days - _LEFT_BEFORE_LAST)[reminders]
    return offered_on + timedelta(days=min(REMIND_AFTER[reminders], max(reminders + 1, latest)))
