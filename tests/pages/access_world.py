"""The world in which the access test walks: families with all that has an address, officers near and far."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from PIL import Image
from sqlalchemy import Connection, Engine, text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases.drafts import add_paper, begin_draft, load_draft, save_step
from portal.cases.helping.mandates import Grant, grant
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.cases.papers import PaperPage
from portal.cases.sending import send
from portal.cases.visit_records import Result, seal_result
from portal.cases.writing import Writer, recording_for
from portal.core.clock import today
from portal.extensions import keys
from tests import factories as make

Reader = FamilyActor | StaffActor | None


@dataclass
class World:
    """Family A with everything that can have an address, family B, officers near and far."""

    readers: dict[str, Reader] = field(default_factory=dict)
    family: str = ""
    person: str = ""
    stranger_family: str = ""
    stranger_person: str = ""
    draft: uuid.UUID | None = None
    draft_paper: uuid.UUID | None = None
    case: str = ""
    case_paper: uuid.UUID | None = None
    sealed_case: str = ""
    sealed_paper: uuid.UUID | None = None
    unopened_case: str = ""  # sealed, and not opened by two
    told_case: str = ""  # free words
    load: str = ""
    recorded_draft: uuid.UUID | None = None  # that the operator writes down for the owner
    recorded_paper: uuid.UUID | None = None
    recorded_case: str = ""
    mandate: uuid.UUID | None = None
    mandate_paper: uuid.UUID | None = None
    officers: dict[str, str] = field(default_factory=dict)  # the public ids
    proposal: str = ""  # without a login, in the village of family A
    breach: str = ""  # recorded by the office
    offering: str = ""  # that the office writes
    reset: str = ""  # of the owner's PIN, waiting for a second officer
    passkey: str = ""  # of the owner
    change: int = 0  # of a fact of family A


def make_world(engine: Engine) -> World:
    """Make everything, the families' things through the services."""
    world = World()
    with engine.begin() as owner:
        _make_officers(owner, world)
        _make_families(owner, world)
    head = world.readers["owner"]
    assert isinstance(head, FamilyActor)
    world.case, world.case_paper = _sent_moved(engine, head)
    world.sealed_case, world.sealed_paper = _sent_sealed(engine, head)
    _opened_by_two(engine, world)
    _visited(engine, world)
    pages = {"kejadian": {"what": "cut", "story": "Kata Pungutmark dipotong"}, "siapa": {"officer": "somebody"}}
    world.unopened_case = _sent_words(head, "levy", pages)
    told = {"cerita": {"how": "words", "words": "Kami ingin bercerita", "about_officer": "no"}}
    world.told_case = _sent_words(head, "told", told)
    world.draft = _moved_draft(head, "Drafmark")
    world.draft_paper = _paper_of(engine, world.draft)
    _make_helped(engine, world, head)
    return world


def _make_helped(engine: Engine, world: World, head: FamilyActor) -> None:
    """What the operator writes down for the owner, and a named helper."""
    operator = world.readers["operator"]
    assert isinstance(operator, StaffActor)
    writer = recording_for(operator, head.person_id, head.family_id, head.name)
    said = _moved_draft(writer, "Ucapmark", "counter")
    world.recorded_case = send(writer, said, load_draft(writer, said).seen).reference
    world.recorded_draft = _moved_draft(writer, "Catatmark", "visit")
    world.recorded_paper = _paper_of(engine, world.recorded_draft)
    world.mandate = grant(writer, Grant("Mandatmark", "cadre", "cases", today() + timedelta(days=30)), _page())
    world.mandate_paper = _paper_of(engine, world.mandate)


def _make_officers(owner: Connection, world: World) -> None:
    posts: dict[str, tuple[int, str]] = {
        "worker": (make.VILLAGE, "social_worker"),
        "far worker": (make.FAR_VILLAGE, "social_worker"),
        "supervisor": (make.KECAMATAN, "supervisor"),
        "office": (make.REGENCY, "regency_office"),
        "other office": (make.OTHER_REGENCY, "regency_office"),
        "operator": (make.VILLAGE, "village_operator"),
        "auditor": (make.REGENCY, "auditor"),
        "administrator": (make.REGENCY, "administrator"),
        "former": (make.VILLAGE, "social_worker"),
        "deactivated": (make.VILLAGE, "social_worker"),
    }
    for name, (area, role) in posts.items():
        world.readers[name] = make.make_staff(owner, area, role=role, name=f"Petugas {name}")
    for statement, name in (
        ("UPDATE staff_assignment SET until = current_date - 1 WHERE staff_id = :s", "former"),
        ("UPDATE staff SET active = false WHERE id = :s", "deactivated"),
    ):
        officer = world.readers[name]
        assert isinstance(officer, StaffActor)
        owner.execute(text(statement), {"s": officer.staff_id})
    for name, reader in world.readers.items():
        assert isinstance(reader, StaffActor)
        public = owner.execute(text("SELECT public_id FROM staff WHERE id = :s"), {"s": reader.staff_id}).scalar_one()
        world.officers[name] = str(public)
    load = make.insert(owner, "extract_load", "public_id", regency_id=make.REGENCY, as_of=make.AS_OF, state="loaded")
    world.load = str(load)
    office = world.readers["office"]
    assert isinstance(office, StaffActor)
    world.proposal = make.make_proposal(owner, name="Usulmark")
    world.breach = str(make.make_breach(owner, office.staff_id, what="Kertas Langgarmark hilang"))
    world.offering = str(make.make_offering(owner, office.staff_id, name="Kursus Tawarmark"))


def _make_families(owner: Connection, world: World) -> None:
    one = make.make_family(owner, head={"name": "ZULAIKHAMARK SARI"})
    partner = make.make_member(owner, one.id, name="MASHURI", sex="L", relation=2)
    make.make_participation(owner, one.id)
    make.make_disbursement(owner, one.id)
    two = make.make_family(owner, village_id=make.OTHER_REGENCY_VILLAGE, head={"name": "STRANGERMARK DEWI"})
    for family in (one, two):
        make.make_participation(owner, family.id, "SEMBAKO")
    actors = {
        "owner": make.family_actor(one.head, make.make_account(owner, one.head)),
        "partner": make.family_actor(partner, make.make_account(owner, partner)),
        "stranger": make.family_actor(
            two.head, make.make_account(owner, two.head), village_id=make.OTHER_REGENCY_VILLAGE
        ),
    }
    world.readers |= {"visitor": None, **actors}
    starter = world.readers["worker"]
    assert isinstance(starter, StaffActor)
    world.reset = str(make.make_reset(owner, one.head, starter.staff_id))
    world.passkey = str(make.make_passkey(owner, person_id=one.head.person_id))
    floor = {"subject": "housing", "field": "floor", "old": "8", "new": "6"}
    world.change = make.insert(owner, "record_change", "id", family_id=one.id, **floor)
    public = text("SELECT public_id FROM person WHERE id = :p")
    world.family, world.stranger_family = one.public_id, two.public_id
    world.person = str(owner.execute(public, {"p": one.head.person_id}).scalar_one())
    world.stranger_person = str(owner.execute(public, {"p": two.head.person_id}).scalar_one())


def _moved_draft(head: Writer, word: str, place: str | None = None) -> uuid.UUID:
    """A complete draft of a move, with a paper and the word in its address."""
    draft = begin_draft(head, KINDS["moved"], {}, place)
    above = {"province": 35, "regency": make.REGENCY, "kecamatan": make.KECAMATAN}
    save_step(head, draft, "desa", above | {"village": make.OTHER_VILLAGE})
    moved_on = date(2026, 9, 1).isoformat()
    save_step(head, draft, "alamat", {"address": f"Dusun {word} 7", "rt": "3", "rw": "1", "moved_on": moved_on})
    add_paper(head, draft, "moving_letter", _page())
    save_step(head, draft, PAPERS_PAGE, {LATER: []})
    return draft


def _sent_moved(engine: Engine, head: FamilyActor) -> tuple[str, uuid.UUID]:
    draft = _moved_draft(head, "Kasusmark")
    paper = _paper_of(engine, draft)
    return send(head, draft, load_draft(head, draft).seen).reference, paper


def _sent_sealed(engine: Engine, head: FamilyActor) -> tuple[str, uuid.UUID]:
    """A case about a cut that somebody took: the regency office's alone."""
    draft = begin_draft(head, KINDS["aid_missing"], {"program": "PKH"})
    save_step(head, draft, "bantuan", {"about": "p:PKH"})
    save_step(head, draft, "kejadian", {"happened": "less", "since": "2026-07", "story": "Kata Segelmark sudah begitu"})
    save_step(head, draft, "kartu", {"card_elsewhere": "no", "cut_taken": "yes", "who": "Pak Segelmark"})
    add_paper(head, draft, "proof", _page())
    save_step(head, draft, PAPERS_PAGE, {LATER: []})
    paper = _paper_of(engine, draft)
    return send(head, draft, load_draft(head, draft).seen).reference, paper


def _opened_by_two(engine: Engine, world: World) -> None:
    """The office and a colleague have opened what was sent sealed."""
    office = world.readers["office"]
    assert isinstance(office, StaffActor)
    with engine.begin() as owner:
        colleague = make.make_staff(owner, make.REGENCY, role="regency_office", name="Petugas kedua")
        make.open_sealed(owner, world.sealed_case, office.staff_id, colleague.staff_id)


def _visited(engine: Engine, world: World) -> None:
    """The worker has been at the home of family A."""
    worker = world.readers["worker"]
    assert isinstance(worker, StaffActor)
    with engine.begin() as owner:
        find = text("SELECT family_id, id FROM cases WHERE reference = :r")
        family, case = owner.execute(find, {"r": world.case}).one()
        done = {"done_by": worker.staff_id, "done_at": "2026-09-09", "result_hash": b"x"}
        seen = seal_result(Result([], "Kata Kunjungmark", "Zulaikhamark", True, ""))
        code = keys.ring.seal("visit.code", "KUNJNG")
        make.insert(owner, "visit", family_id=family, case_id=case, staff_id=worker.staff_id, code_sealed=code,
                    planned_on="2026-09-09", part="morning", result_sealed=seen, **done)  # fmt: skip


def _sent_words(head: FamilyActor, kind: str, pages: Mapping[str, dict[str, str]]) -> str:
    """A case of words, without papers."""
    draft = begin_draft(head, KINDS[kind], {})
    for page, answers in pages.items():
        save_step(head, draft, page, answers)
    if KINDS[kind].papers:
        save_step(head, draft, PAPERS_PAGE, {LATER: []})
    return send(head, draft, load_draft(head, draft).seen).reference


def _page() -> tuple[PaperPage, ...]:
    picture = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(picture, "JPEG")
    return (PaperPage(picture.getvalue()),)


def _paper_of(engine: Engine, draft: uuid.UUID) -> uuid.UUID:
    with engine.connect() as owner:
        found: uuid.UUID = owner.execute(
            text("SELECT public_id FROM case_file WHERE draft_id = :d"), {"d": draft}
        ).scalar_one()
    return found
