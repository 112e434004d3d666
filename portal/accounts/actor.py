"""Who is signed in, as the rest of the portal sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_login import AnonymousUserMixin, UserMixin

from portal.accounts.roles import FAMILY, Permission, permissions_of
from portal.core.clock import zone_of_area
from portal.core.db import ANONYMOUS, Scope

_PARENTS = (1, 2)  # head and spouse
#: What is not done while an officer looks on: PIN, contact, passkeys, consents, helpers.
_ALONE = frozenset({Permission.OWN_LOGIN, Permission.OWN_DATA})


@dataclass(frozen=True, slots=True)
class Helper:
    """An officer who helps a member, at a kiosk or by writing down what the member says."""

    staff_id: int
    name: str


@dataclass(frozen=True, slots=True)
class FamilyActor(UserMixin):  # type: ignore[misc]
    """A member signed in, with the revisions that its pages stand on."""

    token: str
    account_id: int
    person_id: int
    family_id: int
    member_id: int
    relation: int | None
    name: str
    language: str
    village_id: int
    previous_visit_at: datetime | None
    revisions: tuple[int, int, int]  # record, cases, inbox
    helper: Helper | None = None  # who is beside the member, in a session of two at a kiosk
    kiosk_id: int | None = None  # where the session began, and the only device on which it works
    catalogue_revision: int = 0  # of what the regency's office offers; 0 where it never published anything

    kind = "family"
    recorder = speaker = None  # a member writes for itself

    def get_id(self) -> str:
        return self.token

    @property
    def display_name(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        return zone_of_area(self.village_id)

    @property
    def scope(self) -> Scope:
        return Scope(
            "family",
            person_id=self.person_id,
            family_id=self.family_id,
            guardian=self.relation in _PARENTS,
            helper_id=self.helper.staff_id if self.helper else None,
        )

    def may(self, permission: Permission) -> bool:
        return permission in FAMILY and not self.must_be_alone_for(permission)

    def must_be_alone_for(self, permission: object) -> bool:
        """Whether this is the member's to do, but not while an officer looks on."""
        return self.helper is not None and permission in _ALONE


@dataclass(frozen=True, slots=True)
class StaffActor(UserMixin):  # type: ignore[misc]
    """An officer signed in."""

    token: str
    staff_id: int
    name: str
    title: str
    role: str
    zone: str
    language: str = "id"
    kiosk_id: int | None = None  # as for a member

    kind = "staff"

    def get_id(self) -> str:
        return self.token

    @property
    def display_name(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        return Scope("staff", staff_id=self.staff_id)

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(self.role)


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody who is not signed in."""

    kind = "visitor"
    display_name = ""
    language = None
    zone = "Asia/Jakarta"
    scope = ANONYMOUS

    def may(self, permission: Permission) -> bool:
        return False
