"""The kinds of case, by their stored key and by the word in their address."""

from portal.cases.kinds.aid_missing import KIND as AID_MISSING
from portal.cases.kinds.appeal import KIND as APPEAL
from portal.cases.kinds.base import LATER, PAPERS_PAGE, Compared, Kind, Paper, Row, Step, World
from portal.cases.kinds.complaints import COMPLAINTS
from portal.cases.kinds.data import DATA
from portal.cases.kinds.household import KINDS as HOUSEHOLD
from portal.cases.kinds.leaving import KIND as LEAVE_AID
from portal.cases.kinds.moved import KIND as MOVED
from portal.cases.kinds.objection import KIND as OWN_OBJECTION
from portal.cases.kinds.portal_data import KIND as PORTAL_DATA
from portal.cases.kinds.proposal import KIND as PROPOSAL
from portal.cases.kinds.registration import KIND as REGISTRATION
from portal.cases.kinds.told import KIND as TOLD
from portal.cases.kinds.unknown_look import KIND as UNKNOWN_LOOK
from portal.cases.kinds.urgent import URGENT

#: In the order in which they are offered within their group.
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        *(AID_MISSING, OWN_OBJECTION, PROPOSAL, MOVED, *DATA, LEAVE_AID, *COMPLAINTS, *HOUSEHOLD),
        *(UNKNOWN_LOOK, PORTAL_DATA, *URGENT, TOLD, APPEAL, REGISTRATION),
    )
}
BY_SLUG: dict[str, Kind] = {kind.slug: kind for kind in KINDS.values()}

__all__ = ["BY_SLUG", "KINDS", "LATER", "PAPERS_PAGE", "Compared", "Kind", "Paper", "Row", "Step", "World"]
