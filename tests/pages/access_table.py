"""Who may use each address of the portal: the table that the access test walks in its world.

Every object belongs to family A. Whoever is not in the audience of an address must be sent to sign in or get 403 or
404, and must never read a marker: a word that stands in one thing of family A only.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests import factories as make
from tests.pages.access_world import World

VISITOR = frozenset({"visitor", "deactivated"})
FAMILY_A = frozenset({"owner", "partner"})
FAMILIES = FAMILY_A | {"stranger"}
OWNER = frozenset({"owner"})
NEAR = frozenset({"worker", "supervisor", "office"})
OFFICES = frozenset({"office", "other office"})
WORKERS = frozenset({"worker", "far worker", "supervisor", "former"})
BINDERS = WORKERS | {"operator"}  # the counter: who may find a family of the own villages
DESK = WORKERS | OFFICES
OVERSEERS = OFFICES | {"supervisor"}
AUDITOR, ADMINISTRATOR = frozenset({"auditor"}), frozenset({"administrator"})
KIOSK_KEEPERS = OFFICES | ADMINISTRATOR
STAFF = DESK | BINDERS | AUDITOR | ADMINISTRATOR
EVERYBODY = VISITOR | FAMILIES | STAFF
OFFICE = frozenset({"office"})
COUNTER_NEAR = frozenset({"worker", "supervisor", "operator"})
OPERATOR = frozenset({"operator"})

#: A word that stands in one thing of family A, and who may read it.
MARKERS: Mapping[str, frozenset[str]] = {
    "Zulaikhamark": FAMILY_A | NEAR | {"operator"},  # the name of the head
    "Kasusmark": FAMILY_A | NEAR,  # the address in a case that was sent
    "Drafmark": OWNER,  # the address in a draft
    "Catatmark": frozenset({"operator"}),  # the address in a draft that the operator writes down
    "Ucapmark": FAMILY_A | NEAR | {"operator"},  # the address in a case that the operator wrote down
    "Mandatmark": FAMILY_A | COUNTER_NEAR,  # the name of a helper
    "Kunjungmark": FAMILY_A | NEAR,  # what was seen at a visit
    "Segelmark": OWNER | OFFICE,  # words in a sealed case
    "Pungutmark": OWNER,  # words in a sealed case that nobody has opened
    "Usulmark": NEAR | OPERATOR,  # the name in a proposal without a login
    "Tawarmark": OFFICE,  # the name of a course that is not published
    "Langgarmark": OFFICE,  # words in the register of breaches
    "Strangermark": frozenset({"stranger"}) | OFFICES - OFFICE,  # the name of the head of family B
}


@dataclass(frozen=True)
class Target:
    """One address of an endpoint: who may use it, its values, and what a POST there says."""

    who: frozenset[str]
    values: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def table(world: World) -> dict[str, list[Target]]:
    """Every endpoint of the portal. A route that is missing here fails the test."""
    return (
        _public() | _own_login() | _passkeys(world) | _counter(world) | _family(world) | _staff(world) | _helping(world)
    )


def _own_login() -> dict[str, list[Target]]:
    """Everybody who is signed in sees the own sessions; nobody ends another's. Members have a PIN."""
    unknown = {"session_id": uuid.UUID(int=9)}
    village = {"name": "Meja depan", "village": str(make.VILLAGE)}
    return {
        "accounts.own_login": [Target(FAMILIES | STAFF)],
        "accounts.end_session_there": [Target(frozenset(), unknown)],
        "accounts.end_all_sessions": [Target(FAMILIES | STAFF)],
        "accounts.own_pin": [Target(FAMILIES)],
        "accounts.set_own_pin": [Target(FAMILIES)],
        "accounts.kiosks": [Target(KIOSK_KEEPERS)],
        "accounts.register_this_device": [Target(KIOSK_KEEPERS, data=village)],
        "accounts.revoke": [Target(frozenset(), {"kiosk_id": uuid.UUID(int=9)})],
    }


def _passkeys(world: World) -> dict[str, list[Target]]:
    """Everybody who is signed in has passkeys; nobody sees another's."""
    one = {"passkey": world.passkey}
    own = "accounts.passkeys accounts.add_passkey accounts.make_passkey accounts.save_passkey"
    return {endpoint: [Target(FAMILIES | STAFF)] for endpoint in own.split()} | {
        "accounts.passkey": [Target(OWNER, one)],
        "accounts.rename_passkey": [Target(OWNER, one, {"name": "HP saya"})],
        "accounts.remove_passkey": [Target(OWNER, one, {"pin": "111112", "code": "111112"})],
    }


def _counter(world: World) -> dict[str, list[Target]]:
    """The counter of a village, and what a member is asked whose NIK stands in two families."""
    near = (NEAR | {"operator"}) & BINDERS
    untold = {"family": world.family, "person": world.person}  # who is on nobody's list
    member, reset = {"family": world.family, "person": world.person}, {"reset": world.reset}
    crossed = {"family": world.family, "person": world.stranger_person}
    slip = {"here": "y", "serial": "42"}
    return {
        "accounts.staff_home": [Target(FAMILIES | STAFF)],
        "accounts.own_family": [Target(FAMILIES)],
        "accounts.answer_own_family": [Target(FAMILIES)],
        "accounts.intake": [Target(BINDERS)],
        "delivery.untold": [Target(WORKERS)],
        "delivery.letter": [Target(frozenset(), untold)],
        "delivery.told": [Target(frozenset(), untold)],
        "accounts.find_family": [Target(BINDERS, data={"nik": "3510140101809999", "reason": "pin"})],
        "accounts.intake_family": [Target(near, {"family": world.family, "alasan": "pin"})],
        "accounts.start_reset": [Target(near, member), Target(frozenset(), crossed)],
        "accounts.start_reset_now": [Target(near, member, slip), Target(frozenset(), crossed, slip)],
        "accounts.reset_page": [Target(near, reset)],
        "accounts.confirm_reset": [Target(near, reset, {"seen": "y"})],
        "accounts.call_off_reset": [Target(near, reset)],
    }


def _public() -> dict[str, list[Target]]:
    open_to_all = """
        home.programs home.screener home.screened home.glossary home.myths home.check_where
        retention.periods home.landing home.about home.help home.healthz home.readyz home.robots web.set_language
        cases.emergency cases.trace cases.trace_now
        cases.propose cases.follow_proposal cases.followed_proposal cases.answer_proposal
        cases.ask_withdraw_proposal cases.withdraw_proposal cases.add_proposal_photo
        accounts.sign_in accounts.check_sign_in accounts.sign_out accounts.forgotten_pin accounts.resume
        accounts.activate accounts.check_activation accounts.choose_pin accounts.set_pin
        accounts.staff_sign_in accounts.check_staff_password accounts.staff_code accounts.check_staff_code
        accounts.kiosk_start accounts.kiosk_finish accounts.kiosk_timed_out accounts.kiosk_amounts accounts.still_here
        accounts.staff_sign_out accounts.staff_recovery accounts.check_recovery_code
        accounts.new_pin accounts.check_new_pin
        delivery.worker
        accounts.passkey_ask accounts.passkey_sign_in accounts.staff_passkey_sign_in accounts.staff_passkey_code
    """
    village = {"village_id": make.VILLAGE}
    return {endpoint: [Target(EVERYBODY)] for endpoint in open_to_all.split()} | {
        "home.program": [Target(EVERYBODY, {"code": "pkh"})],
        "home.checked": [Target(EVERYBODY, village, {"nik": "3510014101909991", "name": "Zulaikhamark"})],
        **{one: [Target(EVERYBODY, {"area_id": 3510})] for one in ("home.check_in", "cases.propose_in")},
        **{one: [Target(EVERYBODY, village)] for one in ("home.check_who", "cases.propose_who")},
        "cases.propose_send": [Target(EVERYBODY, village)],
        "cases.follow_proposal_of": [Target(EVERYBODY, {"reference": "7KQ4-MX9T"})],
    }


def _family(world: World) -> dict[str, list[Target]]:
    own_pages = """
        home.beranda home.aid home.desil home.opportunities cases.index cases.choose inbox.index
        home.empty_card home.dates_file home.near_dates_file
        home.own_data home.own_data_to_print home.own_data_file privacy.own_consents privacy.who_looked
        delivery.own_devices delivery.switch_on
    """
    plain = {endpoint: [Target(FAMILIES)] for endpoint in own_pages.split()}
    kind = {"slug": "pindah-rumah"}
    draft = {"draft_id": world.draft}
    drafts: dict[str, list[Target]] = {
        endpoint: [Target(OWNER, draft | more)]
        for endpoint, more in {
            "cases.step": {"page": "alamat"},
            "cases.save": {"page": "alamat"},
            "cases.papers": {},
            "cases.papers_done": {},
            "cases.upload": {"label": "moving_letter"},
            "cases.use_earlier": {"label": "moving_letter", "public_id": world.case_paper},
            "cases.check": {},
            "cases.send_now": {},
            "cases.drop_paper": {"public_id": world.draft_paper},
            "cases.ask_discard": {},
            "cases.discard_now": {},
        }.items()
    }
    cases = {
        endpoint: [
            Target(FAMILY_A, {"reference": world.case}),
            Target(OWNER, {"reference": world.sealed_case}),
            Target(OWNER, {"reference": world.unopened_case}),
        ]
        for endpoint in "cases.detail cases.sent cases.slip cases.ask_withdraw cases.more_papers".split()
    }
    data = {"seen": 1, "words": "Ini jawaban saya"}
    for endpoint in ("cases.answer_now", "cases.withdraw_now", "cases.resume_now"):
        readers = ((FAMILY_A, world.case), (OWNER, world.sealed_case))
        cases[endpoint] = [Target(who, {"reference": one}, data) for who, one in readers]
    cases |= {f"cases.{one}": [Target(frozenset(), {"reference": world.case})] for one in ("place", "answer_for_place")}
    change = {"change": world.change}
    cases |= {f"home.{one}": [Target(FAMILY_A, change)] for one in ("say_right", "take_right_back")}
    papers = [
        Target(OWNER, {"public_id": world.draft_paper}),
        Target(FAMILY_A, {"public_id": world.case_paper}),
        Target(OWNER, {"public_id": world.sealed_paper}),
    ]
    return (
        plain
        | drafts
        | cases
        | {
            "privacy.give_consent": [Target(FAMILIES, {"purpose": "helper"}, {"version": 1})],
            "privacy.withdraw_consent": [Target(FAMILIES, {"purpose": "helper"})],
            "delivery.switch_off": [Target(frozenset(), {"device": uuid.UUID(int=9)})],
            "home.opportunity": [Target(FAMILIES, {"code": "PKH"})],
            "home.empty_card_step": [Target(FAMILIES, {"about": "p-SEMBAKO"})],
            "cases.begin": [Target(FAMILIES, kind)],
            "cases.choose_kind": [Target(FAMILIES, {"group": "tolong"})],
            "cases.begin_now": [Target(FAMILIES, kind)],
            "cases.paper": papers,
            "cases.small_paper": papers,
            "cases.add_paper_now": [
                Target(FAMILY_A, {"reference": world.case, "label": "moving_letter"}),
                Target(OWNER, {"reference": world.sealed_case, "label": "proof"}),
            ],
            "cases.ask_task": [Target(FAMILY_A, {"reference": world.case, "task": "address_kk"})],
            "cases.task_done": [
                Target(FAMILY_A, {"reference": world.case, "task": "address_kk"}, {"seen": 1, "on": ["1", "9", "2026"]})
            ],
            "cases.life_events": [Target(FAMILIES)],
            "cases.agree_to_visit": [Target(FAMILY_A, {"reference": world.case})],
            "cases.other_day": [Target(FAMILY_A, {"reference": world.case})],
            "cases.other_day_now": [Target(FAMILY_A, {"reference": world.case}, {"seen": 1, "words": "Hari Sabtu"})],
            "cases.visit_not_right": [Target(FAMILY_A, {"reference": world.case})],
            "cases.visit_not_right_now": [Target(FAMILY_A, {"reference": world.case}, {"words": "Lantainya tanah"})],
            "cases.visitor": [Target(frozenset(), {"reference": world.case})],  # the visit is over
            "cases.life_event": [Target(FAMILIES, {"event": "kelahiran"})],
            "cases.begin_life_event": [Target(FAMILIES, {"event": "kelahiran"})],
        }
    )


def _staff(world: World) -> dict[str, list[Target]]:
    member = {"family": world.family, "person": world.person}
    #: A member of another family under the address of this one.
    crossed = {"family": world.family, "person": world.stranger_person}
    near_binders = (NEAR | {"operator"}) & BINDERS
    seen = {"seen": 1}
    moves: dict[str, Mapping[str, Any]] = {
        "desk.case": {},
        "desk.take": seen,
        "desk.take_over": seen,
        "desk.ask": seen | {"question": "Tolong kirim foto surat pindah."},
        "desk.set_visit": seen | {"part": "morning"},
        "desk.clear_up": seen | {"found": "Sudah bicara dengan warga."},
        "desk.note": {},
        "desk.write_note": {"words": "Sudah diperiksa di desa."},
        "desk.decide": seen | {"decision": "accepted", "reason": "Sudah diperiksa di rumah."},
    }
    desk = {
        endpoint: [
            Target(NEAR, {"reference": world.case}, data),
            Target(OFFICE, {"reference": world.sealed_case}, data),
            Target(frozenset(), {"reference": world.unopened_case}, data),
        ]
        for endpoint, data in moves.items()
    }
    step = seen | {"words": "Sudah diperiksa di rumah keluarga.", "opinion": "yes"}
    return desk | {
        "desk.make_step": [
            Target(NEAR, {"reference": world.case, "name": "rekomendasi"}, step),
            Target(OFFICE, {"reference": world.sealed_case, "name": "rekomendasi"}, step),
        ],
        "desk.queue": [Target(DESK)],
        "desk.urgent": [Target(OVERSEERS)],
        **_visits(world),
        "desk.sealed": [Target(OFFICES)],
        "desk.sealed_one": [Target(OFFICE, {"reference": world.unopened_case})],
        "desk.ask_sealed": [Target(OFFICE, {"reference": world.unopened_case}, {"reason": "answer"})],
        "desk.confirm_sealed": [Target(OFFICE, {"reference": world.unopened_case})],
        "desk.sorting": [Target(NEAR, {"reference": world.told_case})],
        "desk.sort": [Target(NEAR, {"reference": world.told_case}, seen | {"kind": "no_food"})],
        "desk.fill_ready": [
            Target(NEAR, {"reference": world.case, "name": "tanya"}, {"ready": "photo_of_kk"}),
            Target(OFFICE, {"reference": world.sealed_case, "name": "tanya"}, {"ready": "photo_of_kk"}),
            Target(frozenset(), {"reference": world.unopened_case, "name": "tanya"}, {"ready": "photo_of_kk"}),
        ],
        "desk.search": [Target(DESK)],
        "desk.pace": [Target(DESK)],
        **_proposals(world),
        **_claims(world),
        "desk.counter_today": [Target(BINDERS)],
        "desk.load": [Target(OVERSEERS)],
        "desk.load_of": [
            Target(NEAR - {"worker"}, {"officer": world.officers.get("worker")}),
            Target(OVERSEERS, {"officer": "tanpa-petugas"}),
            Target(frozenset(), {"officer": uuid.UUID(int=9)}),
        ],
        "desk.give": [Target(NEAR - {"worker"}, {"officer": world.officers.get("worker")}, {"case": "X:1"})],
        "desk.bulk": [Target(DESK), Target(DESK, {"jenis": "aid_missing", "program": "PKH"})],
        "desk.answer_all": [Target(DESK, {"jenis": "aid_missing", "program": "PKH"})],
        "desk.find": [Target(DESK, data={"words": "zulaikha"}), Target(DESK, data={"words": world.sealed_case})],
        "desk.paper": [
            Target(NEAR, {"public_id": world.case_paper}),
            Target(OFFICE, {"public_id": world.sealed_paper}),
            Target(frozenset(), {"public_id": world.draft_paper}),
        ],
        "desk.mark_paper_now": [
            Target(NEAR, {"public_id": world.case_paper}, {"verdict": ""}),
            Target(OFFICE, {"public_id": world.sealed_paper}, {"verdict": ""}),
            Target(frozenset(), {"public_id": world.draft_paper}, {"verdict": "readable"}),
        ],
        "accounts.bind_slip": [Target(near_binders, member), Target(frozenset(), crossed)],
        "accounts.give_slip": [
            Target(near_binders, member, {"seen": "y", "serial": "42"}),
            Target(frozenset(), crossed, {"seen": "y", "serial": "42"}),
        ],
        "accounts.activations": [Target(OFFICES)],
        **_administration(world),
        "trail.index": [Target(AUDITOR)],
        **_breaches(world),
        **_offerings(world),
        "office.loads_page": [Target(OFFICES)],
        "office.load_page": [Target(OFFICE, {"load": world.load})],
    }


def _visits(world: World) -> dict[str, list[Target]]:
    """Visits of officers, and the photo that each has for oneself alone."""
    near, hidden = {"reference": world.case}, Target(frozenset(), {"reference": world.unopened_case})
    of_case = """
        desk.visit_form desk.save_visit desk.finish_visit desk.visit_photos desk.add_visit_photo desk.visit_result
        desk.weigh_visit desk.visit_paper desk.siks_copy
    """
    return {endpoint: [Target(NEAR, near), hidden] for endpoint in of_case.split()} | {
        "desk.drop_visit_photo": [Target(NEAR, near | {"photo": uuid.UUID(int=9)})],
        "desk.visits_today": [Target(DESK)],
        "desk.own_photo_page": [Target(DESK)],
        "desk.put_own_photo": [Target(DESK)],
        "desk.drop_own_photo": [Target(DESK)],
        "desk.own_photo": [Target(frozenset())],  # there is none
    }


def _administration(world: World) -> dict[str, list[Target]]:
    """Looking after officers, step-up, relatives and alarms; an administrator of the regency, and its officers."""
    officer = {"officer": world.officers.get("worker")}
    left = {"officer": world.officers.get("deactivated")}  # nothing is left to end, so that nobody loses anything
    #: Nobody works on oneself, nor on an officer of another regency.
    others = [
        Target(frozenset(), {"officer": world.officers.get("administrator")}),
        Target(frozenset(), {"officer": world.officers.get("other office")}),
    ]
    acts: dict[str, Mapping[str, Any]] = {
        "staff_officer": {},
        "staff_invite": {"login": "petugas.baru"},
        "staff_revoke": {},
        "staff_role": {"role": "social_worker"},
        "staff_confirm_administrator": {},
        "staff_add_area": {"area": "Kalirejo"},
        "staff_end_area": {"area_id": make.FAR_VILLAGE, "began": "2020-01-01"},
        "staff_leave": {},
        "staff_end_leave": {"leave": 999_999},
    }
    number = {"family": world.family, "person": world.person}
    why = {"reason": "bank"}
    link = {"token": "x" * 43}
    return (
        {
            f"accounts.{name}": [Target(ADMINISTRATOR, officer, data), *(Target(o.who, o.values, data) for o in others)]
            for name, data in acts.items()
        }
        | {
            f"accounts.{name}": [Target(ADMINISTRATOR, left), *others]
            for name in ("staff_end", "end_staff", "staff_reset", "reset_staff")
        }
        | {
            "accounts.staff_list": [Target(ADMINISTRATOR)],
            "accounts.staff_new": [Target(ADMINISTRATOR)],
            "accounts.staff_create": [Target(ADMINISTRATOR)],
            "accounts.step_up": [Target(STAFF)],
            "accounts.check_step_up": [Target(STAFF)],
            "accounts.recovery_codes": [Target(STAFF)],
            "accounts.new_recovery_codes": [Target(STAFF)],
            "accounts.own_kin": [Target(STAFF)],
            "accounts.declare_kin": [Target(STAFF, data={"whose": "relative", "kk": "3510140101809999"})],
            "accounts.declare_kin_of": [Target(NEAR - {"worker"}, data={"their_kk": "3510140101809999"})],
            "accounts.alarms": [Target(NEAR - {"worker"})],
            "accounts.reveal_number": [
                Target(NEAR, number, why),
                Target(frozenset(), number | {"person": world.stranger_person}, why),
            ],
            "accounts.invitation": [Target(frozenset(), link)],
            "accounts.choose_password": [Target(frozenset(), link)],
            "accounts.invitation_code": [Target(EVERYBODY, link)],
            "accounts.use_invitation": [Target(EVERYBODY, link)],
        }
    )


def _helping(world: World) -> dict[str, list[Target]]:
    member = {"family": world.family, "person": world.person}
    crossed = {"family": world.family, "person": world.stranger_person}
    draft = {"draft_id": world.recorded_draft}
    own_draft = {
        f"helping.{name}": [Target(OPERATOR, draft | more), Target(frozenset(), {"draft_id": world.draft} | more)]
        for name, more in {
            "person_of_draft": {},
            "step": {"page": "alamat"},
            "save": {"page": "alamat"},
            "papers": {},
            "papers_done": {},
            "upload": {"label": "moving_letter"},
            "check": {},
            "send_now": {},
            "drop_paper": {"public_id": world.recorded_paper},
            "ask_discard": {},
            "discard_now": {},
        }.items()
    }
    reason = {"seen": 1, "reason": "Saya tidak bilang begitu."}
    case, other_case = {"reference": world.recorded_case}, {"reference": world.case}
    denying = COUNTER_NEAR - OPERATOR
    begin = {"kind": "pindah-rumah", "place": "counter"}
    told = {"event": "kelahiran", "di": "counter"}
    return own_draft | {
        "helping.record_start": [Target(COUNTER_NEAR, member), Target(frozenset(), crossed)],
        "helping.record_begin": [Target(COUNTER_NEAR, member, begin), Target(frozenset(), crossed, begin)],
        "helping.record_event": [Target(COUNTER_NEAR, member | told), Target(frozenset(), crossed | told)],
        "helping.record_event_begin": [Target(COUNTER_NEAR, member | told), Target(frozenset(), crossed | told)],
        "helping.paper": [
            Target(OPERATOR, {"public_id": world.recorded_paper}),
            Target(frozenset(), {"public_id": world.draft_paper}),
        ],
        "helping.recorded": [Target(COUNTER_NEAR, case), Target(frozenset(), other_case)],
        "helping.slip": [Target(COUNTER_NEAR, case), Target(frozenset(), other_case)],
        "helping.ask_disown": [Target(OWNER, case), Target(OWNER, other_case)],
        "helping.disown_now": [Target(OWNER, case, {"seen": 1})],
        "helping.ask_disown_at_counter": [Target(denying, case), Target(frozenset(), other_case)],
        "helping.disown_at_counter_now": [Target(denying, case, reason), Target(frozenset(), other_case, reason)],
        "helping.my_helpers": [Target(FAMILIES)],
        "helping.end_own": [Target(FAMILY_A, {"mandate": world.mandate})],
        "helping.mandates": [Target(COUNTER_NEAR, member), Target(frozenset(), crossed)],
        "helping.grant_mandate": [Target(COUNTER_NEAR, member), Target(frozenset(), crossed)],
        "helping.mandate_paper": [
            Target(COUNTER_NEAR, {"public_id": world.mandate_paper}),
            Target(frozenset(), {"public_id": world.case_paper}),
        ],
        "helping.end_at_counter": [
            Target(COUNTER_NEAR, member | {"mandate": world.mandate}),
            Target(frozenset(), crossed | {"mandate": world.mandate}),
        ],
        # On a kiosk only: the readers of this table sit elsewhere.
        "helping.sit_together": [Target(frozenset())],
        "helping.check_together": [Target(frozenset(), data={"nik": "3510140101809999", "pin": "483917"})],
        "helping.show_code": [Target(frozenset())],
        "helping.begin_together": [Target(frozenset())],
        "helping.pair": [Target(BINDERS)],
        "helping.find_pair": [Target(BINDERS, data={"code": "CCCCCC"})],
        "helping.confirm_again": [Target(BINDERS)],
        "helping.confirm_pair": [Target(BINDERS, data={"code": "CCCCCC", "beside": "y"})],
    }


def _claims(world: World) -> dict[str, list[Target]]:
    """What was said of a household: the office alone; another case has none of these pages."""
    sealed = {"reference": world.sealed_case}
    return {
        "desk.claims": [Target(frozenset(), sealed)],
        "desk.open_claim": [Target(frozenset(), sealed, {"number": "3510014101909991", "claim": "Benarkah begitu?"})],
        "desk.erase_claim": [Target(frozenset(), sealed, {"seen": "1"})],
        "desk.close_report": [Target(OFFICE, sealed, {"seen": "1"})],
        "desk.give_report": [Target(OFFICE, sealed, {"seen": "1"})],
    }


def _proposals(world: World) -> dict[str, list[Target]]:
    """Proposals without a login: the officers of the village, its counter looks on."""
    one, seen = {"reference": world.proposal}, {"seen": "1"}
    looks, works = NEAR | OPERATOR, NEAR
    return {
        "desk.proposals": [Target(DESK | BINDERS)],
        "desk.proposal": [Target(looks, one)],
        "desk.proposal_photo": [Target(frozenset(), {"public_id": world.draft_paper})],  # none of a proposal
        "desk.move_proposal": [Target(works, one | {"name": "ambil"}, seen)],
        "desk.proposal_nik_came": [Target(works, one, seen | {"nik": "3510014101909991"})],
        "desk.link_proposal": [Target(looks, one)],
        "desk.show_proposal_nik": [Target(works, one)],
    }


def _offerings(world: World) -> dict[str, list[Target]]:
    writing = "one about save_about conditions add_condition remove_condition terms save_terms counted"
    own = f"{writing} submit give_back publish change close withdraw".split()
    one = [Target(OFFICE, {"offering": world.offering}, {"seen": "0", "pick": "age"})]
    everybody = {"home.regency_programs": [Target(EVERYBODY, {"regency": make.REGENCY})]}
    everybody["home.regency_program"] = [Target(frozenset(), {"regency": make.REGENCY, "code": "KURSUS-JAHIT"})]
    unpublished = [Target(frozenset(), {"offering": world.offering, "number": 1})]
    everybody |= {f"places.{name}": unpublished for name in ("book", "give", "note")}
    every = {f"offerings.{name}": [Target(OFFICES)] for name in ("index", "new", "create")} | everybody
    return every | {f"offerings.{name}": one for name in own}


def _breaches(world: World) -> dict[str, list[Target]]:
    """The register of breaches: each office its own."""
    one, sent = {"breach": world.breach}, {"version": "0"}
    letters = [Target(OFFICE, one | {"notice": notice}) for notice in ("orang", "lembaga")]
    return {f"breaches.{name}": [Target(OFFICES)] for name in ("index", "new", "create")} | {
        **{f"breaches.{name}": [Target(OFFICE, one, sent)] for name in ("breach", "edit", "save", "ask_close")},
        "breaches.told": [Target(OFFICE, one | {"notice": "orang"}, sent)],
        "breaches.close": [Target(OFFICE, one, sent)],
        "breaches.letter": letters,
    }
