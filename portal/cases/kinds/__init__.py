"""The kinds of case, by their stored key and by the word in their address."""

from portal.cases.kinds.aid_missing import KIND as AID_MISSING
from portal.cases.kinds.base import LATER, PAPERS_PAGE, Compared, Kind, Paper, Row, Step, World
from portal.cases.kinds.moved import KIND as MOVED
from portal.cases.kinds.portal_data import KIND as PORTAL_DATA
from portal.cases.kinds.unknown_look import KIND as UNKNOWN_LOOK

KINDS: dict[str, Kind] = {kind.key: kind for kind in (AID_MISSING, MOVED, UNKNOWN_LOOK, PORTAL_DATA)}
BY_SLUG: dict[str, Kind] = {kind.slug: kind for kind in KINDS.values()}

__all__ = ["BY_SLUG", "KINDS", "LATER", "PAPERS_PAGE", "Compared", "Kind", "Paper", "Row", "Step", "World"]
