"""About another household: who said it is hidden from it, what was found is hidden from who said it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import FamilyActor, Helper, StaffActor
from portal.cases.drafts import NotAlone, begin_draft, load_draft, save_step
from portal.cases.following import answer, open_case, withdraw
from portal.cases.kinds import KINDS
from portal.cases.moves import NotPossible
from portal.cases.sending import send
from portal.cases.visit_records import Result, seal_result
from portal.cases.workflow import Move, State
from portal.core.errors import NotFound
from portal.desk import claims, service
from portal.extensions import db
from tests import factories as make
from tests.pages.clients import PortalClient

SAID = {"what": "well_off", "where": "Dusun Krajan dekat balai", "story": "Punya dua mobil dan sawah luas"}
CLAIM = "Apakah keluarga Anda punya kendaraan dan sawah?"
EVERYTHING = "cases case_event case_file notice".split()


def report(actor: FamilyActor) -> str:
    draft_id = begin_draft(actor, KINDS["other_objection"], {})
    save_step(actor, draft_id, "apa", dict(SAID))
    return send(actor, draft_id, load_draft(actor, draft_id).seen).reference


def seen_by(actor: FamilyActor) -> str:
    """Every row that the family can read in raw SQL, as text."""
    with db.begin(actor.scope) as session:
        rows = [
            row for table in EVERYTHING for row in session.execute(text(f"SELECT t::text FROM {table} t")).scalars()
        ]
    return " ".join(rows)


def test_the_household_never_learns_who_and_the_reporter_never_what(app: object, committed: Engine) -> None:
    with committed.begin() as owner:
        mine, theirs = make.make_family(owner), make.make_family(owner)
        worker = make.make_staff(owner, make.VILLAGE)
        office = make.make_staff(owner, make.REGENCY, role="regency_office", name="Ratna")
    reporter, household = make.family_actor(mine.head), make.family_actor(theirs.head)
    with pytest.raises(NotAlone):
        report(replace(reporter, helper=Helper(worker.staff_id, worker.name)))
    reference = report(reporter)
    with pytest.raises(NotFound):  # the village does not find it
        service.open_case(worker, reference)
    with pytest.raises(NotFound):
        claims.claims_of(worker, reference)
    service.take(office, reference, 1)
    assert not claims.open_claim(office, reference, mine.head.nik, CLAIM), "not one's own household"
    assert not claims.open_claim(office, reference, "3510014101909991", CLAIM)
    assert claims.open_claim(office, reference, theirs.head.nik, CLAIM)
    assert not claims.open_claim(office, reference, theirs.head.nik, CLAIM), "asked once"
    (claim,) = claims.claims_of(office, reference)
    view = open_case(household, claim.reference)
    assert view.state is State.NEEDS_MORE and view.answers == {"claim": CLAIM}
    with pytest.raises(NotPossible):  # it cannot be taken back, since it is not the household's
        withdraw(household, claim.reference, view.version)
    with pytest.raises(DBAPIError, match="row-level security"), db.begin(household.scope) as session:
        session.execute(text("UPDATE cases SET state = 'withdrawn' WHERE reference = :r"), {"r": claim.reference})
    for move in (Move.ACCEPT, Move.REFUSE):
        with pytest.raises(NotPossible):  # what is not so is erased, what is so goes to the centre
            service.decide(office, claim.reference, view.version, move, "Sudah diperiksa di rumah.")
    answer(household, claim.reference, view.version, "Tidak punya, itu milik tetangga.")
    known = seen_by(household)
    assert claim.reference in known
    assert reference not in known and mine.head.name not in known
    for table in EVERYTHING:
        with db.begin(household.scope) as session:
            rows = session.execute(text(f"SELECT count(*) FROM {table} WHERE family_id = :f"), {"f": mine.id})
            assert rows.scalar_one() == 0, table
    named = "SELECT count(*) FROM cases WHERE :p IN (person_id, about_person_id, recorded_by, helped_by)"
    with db.begin(household.scope) as session:
        assert session.execute(text(named), {"p": mine.head.person_id}).scalar_one() == 0
    before = seen_by(reporter)
    for actor in (reporter, household):
        for sql in ("SELECT 1 FROM claim_link", "SELECT * FROM claim_open('', '', '', '', '', '', '', now()::date)"):
            with pytest.raises(DBAPIError, match="permission denied"), db.begin(actor.scope) as session:
                session.execute(text(sql))
    with db.begin(worker.scope) as session:
        assert session.execute(text("SELECT count(*) FROM claim_link")).scalar_one() == 0
    claims.erase_claim(office, claim.reference, view.version + 1)
    assert seen_by(reporter) == before, "nothing of what was found reaches the reporter"
    left = seen_by(household)
    assert claim.reference not in left and "claim_erased" in left and "claim_asked" not in left
    with committed.connect() as owner:
        trail = owner.execute(text("SELECT data::text FROM audit_event WHERE event = 'claim_erased'")).scalar_one()
        links = owner.execute(text("SELECT count(*) FROM claim_link")).scalar_one()
    assert trail == "{}" and links == 0
    with pytest.raises(NotPossible):  # no decision that the reporter would read
        service.decide(office, reference, 2, Move.REFUSE, "Tidak terbukti sama sekali.")
    claims.close_report(office, reference, 2)
    end = open_case(reporter, reference)
    assert end.state is State.CHECKED and end.events[-1].words is None and end.events[-1].data == {}


FOUND = "Kami melihat dua mobil dan sawah luas."


def visited(owner: Engine, reference: str) -> None:
    """The household was visited, and that was written down."""
    with owner.begin() as connection:
        seen = {"r": reference, "what": seal_result(Result([], "", "", is_right=True, word_text=""))}
        of_it = "FROM cases c WHERE c.reference = :r AND c.id = visit.case_id AND c.family_id = visit.family_id"
        done = "done_at = now(), done_by = visit.staff_id, result_hash = 'x', result_sealed = :what"
        connection.execute(text(f"UPDATE visit SET {done} {of_it}"), seen)
        connection.execute(text("UPDATE cases SET state = 'visited' WHERE reference = :r"), {"r": reference})


def test_what_is_so_goes_to_the_centre_by_two_and_may_be_appealed(app: object, committed: Engine) -> None:
    with committed.begin() as owner:
        mine, theirs = make.make_family(owner), make.make_family(owner)
        make.make_participation(owner, theirs.id)
        worker = make.make_staff(owner, make.VILLAGE)
        supervisor = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        far = make.make_staff(owner, make.FAR_KECAMATAN, role="supervisor")
        office, second = (make.make_staff(owner, make.REGENCY, role="regency_office") for _ in range(2))
    reporter, household = make.family_actor(mine.head), make.family_actor(theirs.head)
    reference = report(reporter)

    def rows(actor: StaffActor) -> int:
        with db.begin(actor.scope) as session:
            return int(session.execute(text("SELECT count(*) FROM cases")).scalar_one())

    holder = holder_of(office, second, reference)
    service.take(holder, reference, 1)
    assert [rows(one) for one in (worker, supervisor, far)] == [0, 0, 0]
    claims.give_to_kecamatan(holder, reference, 2)
    assert [rows(one) for one in (worker, supervisor, far)] == [0, 1, 0], "no village, and no other kecamatan"
    assert claims.open_claim(supervisor, reference, theirs.head.nik, CLAIM)
    (claim,) = claims.claims_of(supervisor, reference)
    assert [rows(one) for one in (worker, supervisor, far)] == [0, 2, 0]
    answer(household, claim.reference, 1, "Itu mobil kantor, bukan milik kami.")
    with pytest.raises(NotPossible, match="Visit"):
        service.step(supervisor, claim.reference, 2, Move.VERIFY, FOUND)
    service.set_visit(supervisor, claim.reference, 2, date(2026, 12, 1), "morning")
    visited(committed, claim.reference)
    service.step(supervisor, claim.reference, 3, Move.VERIFY, FOUND)
    with pytest.raises(NotFound):  # from here on it is the regency's
        service.step(supervisor, claim.reference, 4, Move.CONFIRM, FOUND)
    view = open_case(household, claim.reference)
    assert view.state is State.FOUND and view.level == "regency" and view.events[-1].words == FOUND
    with pytest.raises(NotFound):  # one officer alone decided nothing yet
        appeal(household, claim.reference)
    service.step(office, claim.reference, 4, Move.CONFIRM, "Benar, sudah kami kirim lewat SIKS-NG.")
    assert open_case(household, claim.reference).state is State.CENTRE
    with pytest.raises(NotPossible):
        claims.erase_claim(holder_of(office, second, claim.reference), claim.reference, 5)
    appealed = appeal(household, claim.reference)
    assert service.open_case(second, appealed).view.officer.id == second.staff_id  # type: ignore[union-attr]
    service.step(office, claim.reference, 5, Move.OUTCOME, "Pusat menghentikan PKH mulai tahap depan.")
    assert open_case(household, claim.reference).state is State.OUTCOME
    with db.begin(household.scope) as session:
        assert session.execute(text("SELECT active FROM participation")).scalar_one(), "the centre alone takes it"
        assert session.execute(text("SELECT count(*) FROM statement")).scalar_one() == 0
    claims.close_report(supervisor, reference, 3)
    end = open_case(reporter, reference)
    assert end.state is State.CHECKED and end.events[-1].words is None
    assert claim.reference not in seen_by(reporter) and reference not in seen_by(household)


def holder_of(one: StaffActor, other: StaffActor, reference: str) -> StaffActor:
    """Which of the two has the case."""
    officer = service.open_case(one, reference).view.officer
    return one if officer is not None and officer.id == one.staff_id else other


def appeal(actor: FamilyActor, reference: str) -> str:
    """Ask that another officer looks at it."""
    draft_id = begin_draft(actor, KINDS["appeal"], {"kasus": reference})
    save_step(actor, draft_id, "mengapa", {"why": "wrong_fact", "story": "Mobil itu milik kantor."})
    save_step(actor, draft_id, "berkas", {"later": True})
    return send(actor, draft_id, load_draft(actor, draft_id).seen).reference


def test_a_report_and_its_claim_on_the_pages(client: PortalClient, connection: Connection) -> None:
    mine, theirs = make.make_family(connection), make.make_family(connection)
    office = make.make_staff(connection, make.REGENCY, role="regency_office", name="Ratna")
    head, other = client.as_(make.family_actor(mine.head)), client.as_(make.family_actor(theirs.head))
    draft = head.send("/pengajuan/baru/sanggah-keluarga-lain").headers["Location"].rsplit("/", 1)[0]
    check = head.get(head.send(f"{draft}/apa", SAID).headers["Location"]).text
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', check)
    assert seen is not None and "tetap berjalan" in check
    reference = head.send(f"{draft}/kirim", {"seen": seen[1]}).headers["Location"].split("/")[2]
    desk, page = client.as_(office), f"/petugas/kasus/{reference}"
    desk.send(f"{page}/ambil", {"seen": "1"})
    assert "Cari keluarganya dan tanyai" in desk.get(page).text
    assert desk.send(f"{page}/keluarga", {"number": "12", "claim": CLAIM}).status_code == 422
    assert desk.send(f"{page}/keluarga", {"number": theirs.head.nik, "claim": CLAIM}).status_code == 303
    claim = re.search(r'/petugas/kasus/([0-9A-Z]{4}-[0-9A-Z]{4})">\1', desk.get(f"{page}/keluarga").text)
    assert claim is not None
    asked = other.get(f"/pengajuan/{claim[1]}").text
    assert CLAIM in asked and "Dusun Krajan" not in asked and "Batalkan" not in asked
    assert other.get("/pengajuan/baru/pertanyaan-tentang-kami").status_code == 404
    assert desk.send(f"/petugas/kasus/{claim[1]}/hapus-tuduhan", {"seen": "1"}).status_code == 303
    assert other.get(f"/pengajuan/{claim[1]}").status_code == 404
    desk.send(f"{page}/sudah-diperiksa", {"seen": "2"})
    assert "Sudah diperiksa" in head.get(f"/pengajuan/{reference}").text
