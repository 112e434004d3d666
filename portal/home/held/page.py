"""Puts together all that is held about the family, in the words of the reader."""

from __future__ import annotations

from portal.core.messages import N_
from portal.core.wording import Speaker
from portal.home.held.reading import Everything
from portal.home.held.record import record_groups
from portal.home.held.shape import Held
from portal.home.held.words import Words
from portal.home.held.written import written_groups

NUMBERS = N_(
    "NIK and No. KK stand here with stars in the middle. A lost phone or paper must not give them to others; you have "
    "them on your KTP and KK."
)
NOTES = (
    N_("Health of another adult is not here, nor sealed submissions and messages of others. Only they see it."),
    N_(
        "The secret parts (PIN, the code of a slip, keys) are kept only as a mark from which nobody can read them back."
    ),
    N_("Which offers fit your family is worked out anew from these facts each time, and is no data of its own."),
    N_(
        "A trail of what was done in the portal is kept to find misuse. It names cases by number and people by mark, "
        "and holds none of these facts."
    ),
)


def held_of(everything: Everything, speaker: Speaker) -> Held:
    """The whole page of this member."""
    words = Words(everything.actor, speaker)
    groups = (*record_groups(everything, words), *written_groups(everything, words))
    return Held(groups, tuple(words.say(note) for note in NOTES), words.say(NUMBERS))
