"""Places and days of what an office offers, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for

from portal.cases.kinds.registration import KIND as REGISTRATION
from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.programs.offerings import Offered
from portal.programs.place_order import ORDER_MEANS, ORDER_WORDS


@dataclass(frozen=True, slots=True)
class RoundLines:
    """Places and days of what an office offers, and where one registers."""

    places: int
    word: str  # on registering
    is_open: bool
    takes: str  # from when to when it takes place
    register_url: str
    order: str  # in which places are given
    order_means: str
    seed: str  # of the lot


def round_lines(program: Offered, day: date, speaker: Speaker) -> RoundLines:
    """Its places and days as they stand on ``day``."""
    one, say = program.round, speaker.say
    is_open = one.takes_registrations(day)
    takes = [one.starts_on, one.ends_on]
    return RoundLines(
        places=one.quota,
        word=say(registering(program, day)),
        is_open=is_open,
        takes=" \u2013 ".join(speaker.day(when) for when in takes if when is not None),
        register_url=url_for("cases.begin", slug=REGISTRATION.slug, peluang=program.code) if is_open else "",
        order=say(ORDER_WORDS[one.order]),
        order_means=say(ORDER_MEANS[one.order]),
        seed=one.seed,
    )


def registering(program: Offered, day: date) -> Message:
    """Whether one can register on ``day``, and until when."""
    one = program.round
    words = N_("Register until %(last)s")
    if not one.takes_registrations(day):
        words = N_("Registration begins on %(first)s") if day < one.registration_from else N_("Registration is over")
    if one.closed:
        words = N_("Registration is closed")
    return Message(words, {"first": one.registration_from, "last": one.registration_until})
