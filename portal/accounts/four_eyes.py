"""The acts that need two people: who may begin one and who may end it. Whoever began an act never ends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from portal.accounts.roles import Permission
from portal.core.messages import N_


class Act(StrEnum):
    """An act that one person alone may not do. The key is stored and never changes."""

    RESET = "reset"
    PUBLISH_PROGRAM = "publish_program"
    MERGE_FAMILIES = "merge_families"
    OPEN_SEALED_CASE = "open_sealed_case"
    MAKE_ADMINISTRATOR = "make_administrator"
    CLOSE_BREACH = "close_breach"


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """What the first and the second person must be allowed to do, and how long the first one's word holds."""

    first: Permission
    second: Permission
    holds: timedelta


ACTS: dict[Act, TwoPeople] = {
    Act.RESET: TwoPeople(Permission.START_RESET, Permission.CONFIRM_RESET, timedelta(hours=24)),
    Act.PUBLISH_PROGRAM: TwoPeople(Permission.OFFER_PROGRAMS, Permission.OFFER_PROGRAMS, timedelta(days=7)),
    Act.MERGE_FAMILIES: TwoPeople(Permission.DECIDE_CASES, Permission.DECIDE_CASES, timedelta(days=7)),
    Act.OPEN_SEALED_CASE: TwoPeople(Permission.OPEN_SEALED, Permission.OPEN_SEALED, timedelta(days=1)),
    Act.MAKE_ADMINISTRATOR: TwoPeople(Permission.MANAGE_STAFF, Permission.MANAGE_STAFF, timedelta(days=7)),
    Act.CLOSE_BREACH: TwoPeople(Permission.HANDLE_BREACHES, Permission.HANDLE_BREACHES, timedelta(days=7)),
}

SAME_PERSON = N_("You began this yourself. Somebody else has to confirm it.")
ABOUT_ONESELF = N_("This is about you. Somebody else has to confirm it.")
NOT_ALLOWED = N_("You may not confirm this.")
TOO_LATE = N_("This was begun too long ago. It has to be begun anew.")


@dataclass(frozen=True, slots=True)
class Second:
    """The person who wants to end the act."""

    staff_id: int
    permissions: Collection[Permission]


def refusal(act: Act, second: Second, *, begun_by: int, begun_ago: timedelta, about: int | None = None) -> str | None:
    """Why that person may not end the act (a message key), or None. ``about`` is the officer whom the act concerns."""
    rule = ACTS[act]
    if second.staff_id == begun_by:
        return SAME_PERSON
    if second.staff_id == about:
        return ABOUT_ONESELF
    if rule.second not in second.permissions:
        return NOT_ALLOWED
    return TOO_LATE if begun_ago > rule.holds else None


def role_needs_two(role: str) -> bool:
    """Whether giving this role is an act for two people."""
    return role == "administrator"
