"""Permissions, and roles as named lists of them. Views ask for permissions, never for roles.

A role is stored by its key; the key never changes. A person with an unknown key may do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.core.messages import N_


class Permission(StrEnum):
    """One thing that somebody may do."""

    SEE_OWN_RECORD = "own_record"  # a family's own aid, desil, opportunities
    SEND_CASE = "send_case"
    WORK_CASES = "work_cases"  # read the queue, take, ask, set visits
    DECIDE_CASES = "decide_cases"
    BIND_SLIP = "bind_slip"  # having seen KTP and KK in person
    SEE_LOADS = "see_loads"
    CONFIRM_LOAD = "confirm_load"
    SEE_ACTIVATIONS = "see_activations"


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of permissions and who may hold it."""

    key: str
    name: str
    who: str
    permissions: frozenset[Permission]


FAMILY = frozenset({Permission.SEE_OWN_RECORD, Permission.SEND_CASE})

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "social_worker",
            N_("Social worker"),
            N_("Answers the cases of the villages assigned to them."),
            frozenset({Permission.WORK_CASES, Permission.DECIDE_CASES, Permission.BIND_SLIP}),
        ),
        Role(
            "supervisor",
            N_("Kecamatan supervisor"),
            N_("Answers where a village has no worker, and sees what is late."),
            frozenset({Permission.WORK_CASES, Permission.DECIDE_CASES, Permission.BIND_SLIP}),
        ),
        Role(
            "regency_office",
            N_("Regency office"),
            N_("Answers sealed cases, loads extracts and confirms what the brake held."),
            frozenset(
                {
                    Permission.WORK_CASES,
                    Permission.DECIDE_CASES,
                    Permission.SEE_LOADS,
                    Permission.CONFIRM_LOAD,
                    Permission.SEE_ACTIVATIONS,
                }
            ),
        ),
    )
}


def permissions_of(role_key: str | None) -> frozenset[Permission]:
    """What the holder of that role may do; nothing where the key is unknown."""
    role = ROLES.get(role_key or "")
    return role.permissions if role else frozenset()
