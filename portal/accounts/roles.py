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
    SEE_PROPOSALS = "see_proposals"  # that came without a login, in the own villages
    OVERSEE_CASES = "oversee_cases"  # see who has how much, and give cases of one officer to another
    VERIFY_CASES = "verify_cases"  # for the kecamatan, what a village has finished
    OPEN_SEALED = "open_sealed"  # together with another officer of the office
    CONFIRM_CASES = "confirm_cases"  # for the regency, what the kecamatan has verified
    BIND_SLIP = "bind_slip"  # having seen KTP and KK in person
    SEE_LOADS = "see_loads"
    CONFIRM_LOAD = "confirm_load"
    SEE_ACTIVATIONS = "see_activations"
    SEE_ALARMS = "see_alarms"  # about officers of the own area who look at many families
    OWN_LOGIN = "own_login"  # the own sessions, devices and passkeys
    OWN_DATA = "own_data"  # what is held about the own family, consents, who looked
    FIND_FAMILY = "find_family"  # by NIK or slip, in the own villages
    REVEAL_NUMBER = "reveal_number"  # see a masked NIK whole, which is traced
    START_RESET = "start_reset"  # of a lost PIN, having seen KTP and KK in person
    CONFIRM_RESET = "confirm_reset"  # that another officer started
    RECORD_FOR_FAMILY = "record_for_family"  # write down what a person says face to face
    HELP_AT_KIOSK = "help_at_kiosk"  # a session of two, with the member's own PIN
    GRANT_MANDATE = "grant_mandate"
    TELL_IN_PERSON = "tell_in_person"  # families whom no message reaches, in the own villages
    MANAGE_STAFF = "manage_staff"
    MANAGE_KIOSKS = "manage_kiosks"
    READ_TRAIL = "read_trail"
    HANDLE_BREACHES = "handle_breaches"
    OFFER_PROGRAMS = "offer_programs"  # of the own regency: courses, repairs; a second officer publishes


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of permissions and who may hold it."""

    key: str
    name: str
    who: str
    permissions: frozenset[Permission]


FAMILY = frozenset(
    {Permission.SEE_OWN_RECORD, Permission.SEND_CASE, Permission.OWN_LOGIN, Permission.OWN_DATA},
)
#: What whoever sits at a counter of a village may do for the person in front of them.
_COUNTER = frozenset(
    {
        Permission.OWN_LOGIN,
        Permission.BIND_SLIP,
        Permission.FIND_FAMILY,
        Permission.START_RESET,
        Permission.CONFIRM_RESET,
        Permission.RECORD_FOR_FAMILY,
        Permission.HELP_AT_KIOSK,
        Permission.GRANT_MANDATE,
        Permission.SEE_PROPOSALS,
    }
)
_CASES = frozenset({Permission.WORK_CASES, Permission.DECIDE_CASES, Permission.REVEAL_NUMBER, Permission.SEE_PROPOSALS})

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "social_worker",
            N_("Social worker"),
            N_("Answers the cases of the villages assigned to them."),
            _COUNTER | _CASES | {Permission.TELL_IN_PERSON},
        ),
        Role(
            "village_operator",
            N_("Village operator"),
            N_("Receives people at the counter of the village: slips, lost PINs, what somebody says."),
            _COUNTER,
        ),
        Role(
            "supervisor",
            N_("Kecamatan supervisor"),
            N_("Answers where a village has no worker, and sees what is late."),
            _COUNTER
            | _CASES
            | {
                Permission.VERIFY_CASES,
                Permission.OVERSEE_CASES,
                Permission.SEE_ALARMS,
                Permission.TELL_IN_PERSON,
            },
        ),
        Role(
            "regency_office",
            N_("Regency office"),
            N_("Answers sealed cases, loads extracts and confirms what the brake held."),
            _CASES
            | {
                Permission.VERIFY_CASES,
                Permission.CONFIRM_CASES,
                Permission.OPEN_SEALED,
                Permission.OVERSEE_CASES,
                Permission.OWN_LOGIN,
                Permission.SEE_LOADS,
                Permission.CONFIRM_LOAD,
                Permission.SEE_ACTIVATIONS,
                Permission.SEE_ALARMS,
                Permission.MANAGE_KIOSKS,
                Permission.HANDLE_BREACHES,
                Permission.OFFER_PROGRAMS,
            },
        ),
        Role(
            "auditor",
            N_("Auditor"),
            N_("Reads the trail of what was done, without the data of families."),
            frozenset({Permission.OWN_LOGIN, Permission.READ_TRAIL}),
        ),
        Role(
            "administrator",
            N_("System administrator"),
            N_("Looks after officers and devices, and sees no family."),
            frozenset({Permission.OWN_LOGIN, Permission.MANAGE_STAFF, Permission.MANAGE_KIOSKS}),
        ),
    )
}


def permissions_of(role_key: str | None) -> frozenset[Permission]:
    """What the holder of that role may do; nothing where the key is unknown."""
    role = ROLES.get(role_key or "")
    return role.permissions if role else frozenset()
