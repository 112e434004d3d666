"""Several people at the same moment, on a database that really commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases.drafts import add_paper, begin_draft, load_draft, remove_paper, save_step
from portal.cases.following import answer, open_case, read_own_paper, withdraw
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.papers import PaperPage
from portal.cases.sending import DraftChanged, NotComplete, Sent, SentOtherwise, send
from portal.cases.workflow import Move
from portal.core.db import Scope
from portal.core.errors import Forbidden, NotFound
from portal.desk import service
from portal.extensions import blobs, db
from portal.inbox.service import notify
from tests.factories import FAR_VILLAGE, KECAMATAN, VILLAGE, family_actor, insert, make_family, make_staff
from tests.pages.browsing import family_browser

ANSWERS = {
    "desa": {"province": 35, "regency": 3510, "kecamatan": 351002, "village": FAR_VILLAGE},
    "alamat": {"address": "Jalan Melati No. 7", "rt": "3", "rw": "12", "moved_on": "2026-09-01"},
}
PAGE = (PaperPage(b"\xff\xd8\xff a picture"),)


class Village:
    """A family and two workers of its village, committed."""

    def __init__(self, owner: Engine) -> None:
        self.owner = owner
        with owner.begin() as connection:
            self.family = make_family(connection)
            self.first: StaffActor = make_staff(connection, VILLAGE, name="Wahyu")
            self.second: StaffActor = make_staff(connection, VILLAGE, name="Dewi")
        self.head: FamilyActor = family_actor(self.family.head)

    def draft(self) -> tuple[Any, str]:
        draft_id = begin_draft(self.head, KINDS["moved"], {})
        for page, answers in ANSWERS.items():
            save_step(self.head, draft_id, page, answers)
        add_paper(self.head, draft_id, "moving_letter", PAGE)
        return draft_id, save_step(self.head, draft_id, PAPERS_PAGE, {LATER: []}).seen

    def case(self) -> str:
        return send(self.head, *self.draft()).reference

    def count(self, sql: str) -> int:
        with self.owner.begin() as connection:
            return int(connection.execute(text(sql)).scalar_one())


@pytest.fixture
def village(app: object, committed: Engine) -> Iterator[Village]:
    yield Village(committed)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls together; give results and exceptions in their order."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = call()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_identical_posts_make_one_case(village: Village) -> None:
    draft_id, seen = village.draft()
    results = at_once(*[lambda: send(village.head, draft_id, seen)] * 6)
    assert all(isinstance(one, Sent) for one in results), results
    assert len({one.reference for one in results}) == 1
    assert [one.again for one in results].count(False) == 1
    assert village.count("SELECT count(*) FROM cases") == 1
    assert village.count("SELECT count(*) FROM case_event WHERE event = 'sent'") == 1
    assert village.count("SELECT count(*) FROM notice") == 1
    assert village.count("SELECT count(*) FROM case_file WHERE case_id IS NOT NULL") == 1
    with pytest.raises(SentOtherwise):
        send(village.head, draft_id, "00" * 16)


def test_begun_twice_at_once_is_one_draft(village: Village) -> None:
    drafts = at_once(*[lambda: begin_draft(village.head, KINDS["aid_missing"], {})] * 4)
    assert len(set(drafts)) == 1


def test_a_draft_that_changed_or_lacks_answers_is_not_sent(village: Village) -> None:
    draft_id, seen = village.draft()
    save_step(village.head, draft_id, "alamat", ANSWERS["alamat"] | {"rt": "9"})
    with pytest.raises(DraftChanged):
        send(village.head, draft_id, seen)
    other = begin_draft(village.head, KINDS["aid_missing"], {"program": "PKH"})
    draft = load_draft(village.head, other)
    assert draft.answers == {"about": "p:PKH"}
    with pytest.raises(NotComplete):
        send(village.head, other, draft.seen)
    assert village.count("SELECT count(*) FROM cases") == 0


def test_of_two_who_take_one_has_it(village: Village) -> None:
    reference = village.case()
    results = at_once(
        lambda: service.take(village.first, reference, 1), lambda: service.take(village.second, reference, 1)
    )
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "StaleCase"]


def test_of_two_who_decide_one_wins(village: Village) -> None:
    reference = village.case()
    service.take(village.first, reference, 1)
    results = at_once(
        lambda: service.decide(village.first, reference, 2, Move.ACCEPT, "Sudah dilihat."),
        lambda: service.decide(village.first, reference, 2, Move.REFUSE, "Tidak benar."),
    )
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "StaleCase"]
    assert village.count("SELECT count(*) FROM case_event WHERE event IN ('accepted', 'refused')") == 1
    accepted = results[0] is None
    assert village.count("SELECT count(*) FROM statement") == (4 if accepted else 0)
    with pytest.raises(NotPossible):
        service.decide(village.first, reference, 3, Move.REFUSE, "Lagi.")
    with pytest.raises(NotPossible):
        withdraw(village.head, reference, 3)


def test_withdrawn_and_decided_at_once(village: Village) -> None:
    reference = village.case()
    service.take(village.first, reference, 1)
    results = at_once(
        lambda: service.decide(village.first, reference, 2, Move.REFUSE, "Tidak benar."),
        lambda: withdraw(village.head, reference, 2),
    )
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "StaleCase"]
    assert village.count("SELECT count(*) FROM cases WHERE closed_at IS NOT NULL AND version = 3") == 1


def test_opened_at_once_by_two_stands_once_on_the_path(village: Village) -> None:
    reference = village.case()
    officers = (village.first, village.second)
    at_once(*[lambda officer=officer: service.open_case(officer, reference) for officer in officers])
    assert village.count("SELECT count(*) FROM case_event WHERE event = 'opened'") == 1


def test_an_answer_given_twice_is_one(village: Village) -> None:
    reference = village.case()
    service.take(village.first, reference, 1)
    service.ask(village.first, reference, 2, "Mohon kirim foto.")
    results = at_once(*[lambda: answer(village.head, reference, 3, "Ini.", PAGE)] * 2)
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "StaleCase"]
    assert len(open_case(village.head, reference).papers) == 2


def test_cases_are_shared_evenly_and_the_own_pendamping_comes_first(village: Village) -> None:
    holders = []
    for _number in range(4):
        holders.append(open_case(village.head, village.case()).officer)
    assert sorted(holder.name for holder in holders if holder) == ["Dewi", "Dewi", "Wahyu", "Wahyu"]
    with village.owner.begin() as connection:
        insert(
            connection, "companion", family_id=village.family.id, staff_id=village.second.staff_id, since="2024-01-01"
        )
    for _number in range(2):
        officer = open_case(village.head, village.case()).officer
        assert officer is not None and officer.name == "Dewi"


def test_the_own_family_goes_to_somebody_else(village: Village) -> None:
    with village.owner.begin() as connection:
        for officer in (village.first, village.second):
            insert(connection, "staff_kinship", staff_id=officer.staff_id, family_id=village.family.id)
        make_staff(connection, KECAMATAN, role="supervisor", name="Ibu Kecamatan")
    view = open_case(village.head, village.case())
    assert view.officer is not None and view.officer.name == "Ibu Kecamatan" and view.level == "kecamatan"
    with pytest.raises(Forbidden):
        service.take(village.first, view.reference, 1)


def test_the_walls_hold_against_raw_sql(village: Village) -> None:
    """A family cannot decide, speak as an officer, or touch the papers of a sent case."""
    reference = village.case()
    forbidden = (
        "UPDATE cases SET state = 'accepted'",
        "UPDATE cases SET decision = 'accepted'",
        "UPDATE cases SET assigned_to = NULL",
        (
            "INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, state)"
            " SELECT family_id, id, 'accepted', 'staff', 'x', 'accepted' FROM cases"
        ),
        (
            "INSERT INTO statement (family_id, subject, field, staff_id, staff_name, case_reference)"
            " VALUES (1, 'family', 'rt', 1, 'x', 'x')"
        ),
    )
    for sql in forbidden:
        with pytest.raises(Exception, match=r"policy|permission"), db.begin(village.head.scope) as session:
            session.execute(text(sql))
    with db.begin(village.head.scope) as session:
        assert session.connection().execute(text("DELETE FROM case_file")).rowcount == 0
        assert session.connection().execute(text("UPDATE case_file SET case_id = case_id")).rowcount == 0
    with db.begin(Scope("family", person_id=0, family_id=0)) as session:
        for table in ("cases", "case_event", "case_file", "case_draft", "notice"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    kin = village.second
    with village.owner.begin() as connection:
        insert(connection, "staff_kinship", staff_id=kin.staff_id, family_id=village.family.id)
    with db.begin(kin.scope) as session:
        assert session.connection().execute(text("UPDATE cases SET state = 'accepted'")).rowcount == 0
    with pytest.raises(Exception, match="policy"), db.begin(kin.scope) as session:
        session.execute(
            text(
                "INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, staff_id, state)"
                " SELECT family_id, id, 'accepted', 'staff', 'x', :s, 'accepted' FROM cases"
            ),
            {"s": kin.staff_id},
        )
    assert open_case(village.head, reference).state == "sent"


def test_files_are_sealed_and_go_with_their_row(village: Village) -> None:
    draft_id, _seen = village.draft()
    with village.owner.begin() as connection:
        names = set(connection.execute(text("SELECT blob FROM case_file")).scalars())
    files = {path.name: path for path in blobs.folder.rglob("*") if path.is_file() and path.name in names}
    assert set(files) == names and all(b"a picture" not in path.read_bytes() for path in files.values())
    paper = load_draft(village.head, draft_id).papers[0]
    remove_paper(village.head, draft_id, paper.public_id)
    assert not any(path.exists() for path in files.values())
    add_paper(village.head, draft_id, "moving_letter", PAGE)
    kept = load_draft(village.head, draft_id).papers[0]
    assert read_own_paper(village.head, kept.public_id)[0] == PAGE[0].content
    with pytest.raises(NotFound):
        add_paper(village.head, draft_id, "no_such_paper", PAGE)


def test_a_message_without_words_is_an_error(village: Village) -> None:
    with pytest.raises(ValueError, match="no words"), db.begin(village.head.scope) as session:
        notify(session, family_id=1, person_id=1, key="no_such_message", values={})


def test_a_load_that_holds_the_family_costs_a_moment_and_no_answers(app: Flask, village: Village) -> None:
    draft_id, seen = village.draft()
    with village.owner.begin() as connection:
        browser = family_browser(app, connection, village.family.head)
    browser.get(f"/pengajuan/draf/{draft_id}/periksa")
    action, answers = browser.form("/kirim")
    with village.owner.begin() as load:
        load.execute(text("SELECT FROM family FOR UPDATE"))
        assert browser.post(action, answers).status_code == 503
        assert browser.page.headers["Retry-After"] == "10"
    assert village.count("SELECT count(*) FROM cases") == 0
    browser.post(action, answers)
    assert browser.path.endswith("/terkirim") and seen == answers["seen"]


def test_a_stale_case_names_the_version_that_was_seen(village: Village) -> None:
    reference = village.case()
    with pytest.raises(StaleCase) as stale:
        withdraw(village.head, reference, 7)
    assert stale.value.seen == 7
