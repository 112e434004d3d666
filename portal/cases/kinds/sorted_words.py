"""Free words that an officer has sorted: read as they were told, and on the way of what they are."""

from __future__ import annotations

from portal.cases.kinds.base import Kind
from portal.cases.kinds.told import Told
from portal.cases.workflow import Track


class SortedWords(Told):
    """The answers are those of free words; name, track, promise and papers those of the kind that was found in them."""

    def __init__(self, meant: Kind, *, sealed: bool) -> None:
        self.meant = meant
        self.key = meant.key
        self.title = meant.title
        self.icon = meant.icon
        self.urgent = meant.urgent
        self.numbers = meant.numbers
        self.papers = (*Told.papers, *meant.papers)
        # Village and kecamatan see nothing of what is sealed: whoever opened it decides.
        self.track = Track.SHORT if sealed and meant.track is Track.LONG else meant.track
