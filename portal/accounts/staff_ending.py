"""An administrator ends an officer's work, or takes a sign-in away and gives a link for a new one.

Nobody does either to oneself, and one administrator always stays; the database holds both (``staff_end``,
``staff_reset``, ``staff_keeps_an_administrator``). The commands do the same where no administrator can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from portal.accounts import inviting, staff_admin
from portal.accounts.actor import StaffActor
from portal.accounts.staff_admin import OfficerFile
from portal.accounts.staffing import database_day
from portal.audit.trail import Event, record
from portal.core.errors import Conflict, NotFound
from portal.core.ids import new_token
from portal.core.jobs import defer
from portal.core.messages import N_
from portal.extensions import db

#: The job that gives the open cases to others; it belongs to a package above this one.
HAND_ON = "hand_on_left_cases"
REFUSALS: Mapping[str, str] = {
    "oneself": N_("Nobody ends or resets oneself. Another administrator has to do it."),
    "ended_before": N_("This officer's work has ended already."),
    "no_login": N_("This officer has no sign-in. Make a link on the officer's page."),
}
_END = text("SELECT staff_end(:officer, :last_day)")
_RESET = text("SELECT staff_reset(:officer, :token, :hours)")


@dataclass(frozen=True, slots=True)
class NewLink:
    """What a reset gives: the token of the link, or an empty one where a second administrator confirms first."""

    name: str
    login: str
    token: str


def end_work(actor: StaffActor, public_id: UUID) -> OfficerFile:
    """End an officer's work, at once; open cases go to others. Raises ``Conflict`` with the reason, or ``NotFound``."""
    opened = staff_admin.open_officer(actor, public_id)
    officer = opened.officer.id
    with db.begin(actor.scope) as session:
        answer: str = session.execute(_END, {"officer": officer, "last_day": database_day()}).scalar_one()
        _refuse(answer, "ended")
        record(session, Event.STAFF_DEACTIVATED, staff=officer, by=actor.staff_id)
        defer(session, HAND_ON)
    return opened


def reset_sign_in(actor: StaffActor, public_id: UUID) -> NewLink:
    """Take an officer's sign-in away, and make the link for a new one. Raises as :func:`end_work` does.

    Password, authenticator, recovery codes, passkeys and open sessions are gone; the login stays the same.
    """
    officer = staff_admin.open_officer(actor, public_id).officer
    token = new_token()
    values = {"officer": officer.id, "token": inviting.token_hash(token), "hours": inviting.VALID_HOURS}
    with db.begin(actor.scope) as session:
        answer: str = session.execute(_RESET, values).scalar_one()
        _refuse(answer, "made", "proposed")
        record(session, Event.STAFF_CODE_RESET, staff=officer.id, by=actor.staff_id)
        if answer == "proposed":
            record(session, Event.STAFF_ROLE_PROPOSED, staff=officer.id, role=officer.role, by=actor.staff_id)
            return NewLink(officer.name, "", "")
        record(session, Event.STAFF_INVITED, staff=officer.id, by=actor.staff_id)
    opened = staff_admin.open_officer(actor, public_id).officer
    return NewLink(officer.name, opened.invited_login or "", token)


def _refuse(answer: str, *wanted: str) -> None:
    if answer == "unknown":
        raise NotFound
    if answer not in wanted:
        raise Conflict(REFUSALS[answer])
