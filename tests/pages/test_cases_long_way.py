"""The whole way of a case that families are ranked by: six officers' desks, three pairs of eyes, and the silence of a
family that ends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases import waiting
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.following import answer, open_case, resume, withdraw
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.cases.moves import NotPossible
from portal.cases.sending import send
from portal.cases.workflow import Move, State
from portal.config import Settings
from portal.core.clock import now
from portal.core.errors import Forbidden, NotFound
from portal.core.workdays import add_workdays
from portal.desk import service
from tests import factories as make
from tests.conftest import worker_of

LOOKED = "Sudah dilihat di rumah keluarga."


class Regency:
    """A family, the officers of its village, kecamatan and regency, and a case about its house."""

    def __init__(self, owner: Engine) -> None:
        self.owner = owner
        with owner.begin() as connection:
            self.family = make.make_family(connection)
            self.worker = make.make_staff(connection, make.VILLAGE, name="Wahyu")
            self.above = make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Sri")
            self.office = make.make_staff(connection, make.REGENCY, role="regency_office", name="Ratna")
        self.head: FamilyActor = make.family_actor(self.family.head)

    def send(self, kind: str = "house", answers: dict[str, dict[str, object]] | None = None, **hints: str) -> str:
        draft_id = begin_draft(self.head, KINDS[kind], hints)
        self.fill(draft_id, answers or {"apa": {"changed": ["floor"]}, "floor": {"floor": "2"}, "cerita": {"more": ""}})
        return send(self.head, draft_id, load_draft(self.head, draft_id).seen).reference

    def fill(self, draft_id: UUID, answers: dict[str, dict[str, object]]) -> None:
        for page, given in answers.items():
            save_step(self.head, draft_id, page, dict(given))
        if KINDS[load_draft(self.head, draft_id).kind.key].papers:
            save_step(self.head, draft_id, PAPERS_PAGE, {LATER: []})

    def version(self, reference: str) -> int:
        with self.owner.begin() as connection:
            return int(
                connection.execute(
                    text("SELECT version FROM cases WHERE reference = :r"), {"r": reference}
                ).scalar_one()
            )

    def step(self, actor: StaffActor, reference: str, move: Move) -> None:
        service.step(actor, reference, self.version(reference), move, LOOKED)

    def one(self, sql: str, **values: object) -> object:
        with self.owner.begin() as connection:
            return connection.execute(text(sql), values).scalar_one()


@pytest.fixture
def regency(app: object, committed: Engine) -> Iterator[Regency]:
    yield Regency(committed)


def test_from_the_house_to_the_centre_with_a_promise_at_each_stage(regency: Regency) -> None:
    reference = regency.send()
    service.take(regency.worker, reference, 1)
    with pytest.raises(Forbidden):  # the village alone decides nothing that families are ranked by
        service.decide(regency.worker, reference, 2, Move.ACCEPT, LOOKED)
    with pytest.raises(Forbidden):  # and nobody above comes before it
        regency.step(regency.worker, reference, Move.CONFIRM)
    with pytest.raises(NotPossible):
        regency.step(regency.office, reference, Move.CONFIRM)
    ways = (
        (regency.worker, Move.RECOMMEND, State.VILLAGE, "village"),
        (regency.worker, Move.MEETING, State.KECAMATAN, "kecamatan"),
        (regency.above, Move.VERIFY, State.REGENCY, "regency"),
        (regency.office, Move.CONFIRM, State.CONFIRMED, "regency"),
        (regency.office, Move.SEND_ON, State.CENTRE, "regency"),
    )
    for actor, move, state, level in ways:
        regency.step(actor, reference, move)
        view = open_case(regency.head, reference)
        assert (view.state, view.level) == (state, level)
        assert view.promised_on > now().date() and view.officer is not None
        stated = regency.one("SELECT count(*) FROM statement WHERE case_reference = :r", r=reference)
        assert stated == (state in (State.CONFIRMED, State.CENTRE))
    regency.step(regency.office, reference, Move.CENTRE_SAID)
    service.decide(regency.office, reference, regency.version(reference), Move.ACCEPT, LOOKED)
    assert open_case(regency.head, reference).state is State.ACCEPTED
    notices = regency.one("SELECT count(*) FROM notice WHERE case_reference = :r", r=reference)
    assert notices == 9  # sent, taken, and one for each step of an officer


def test_one_officer_in_two_places_does_one_step_only_and_the_database_says_so_too(regency: Regency) -> None:
    reference = regency.send()
    service.take(regency.above, reference, 1)  # stands in where the village has no worker
    regency.step(regency.above, reference, Move.RECOMMEND)
    regency.step(regency.above, reference, Move.MEETING)
    with pytest.raises(Forbidden, match="earlier step"):
        regency.step(regency.above, reference, Move.VERIFY)
    assert regency.one("SELECT assigned_to FROM cases WHERE reference = :r", r=reference) == regency.office.staff_id
    with pytest.raises(DBAPIError, match="one officer, two steps"), regency.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, staff_id, state)"
                " SELECT family_id, id, 'verified', 'staff', 'Sri', :s, 'regency' FROM cases WHERE reference = :r"
            ),
            {"s": regency.above.staff_id, "r": reference},
        )


def test_sent_back_it_returns_to_who_recommended_it(regency: Regency) -> None:
    reference = regency.send()
    service.take(regency.worker, reference, 1)
    regency.step(regency.worker, reference, Move.RECOMMEND)
    regency.step(regency.worker, reference, Move.MEETING)
    regency.step(regency.above, reference, Move.SEND_BACK)
    view = open_case(regency.head, reference)
    assert (view.state, view.level) == (State.WITH_WORKER, "village")
    assert view.officer is not None and view.officer.id == regency.worker.staff_id
    withdraw(regency.head, reference, view.version)


def test_silence_brings_two_reminders_then_rest_and_one_tap_goes_on(regency: Regency, settings: Settings) -> None:
    reference = regency.send()
    service.take(regency.worker, reference, 1)
    service.ask(regency.worker, reference, 2, "Tolong kirim foto lantai rumah.")
    asked = now().date()
    seen: list[tuple[int, str]] = []
    day = asked
    for _again in range(30):
        day += timedelta(days=1)
        with time_machine.travel(datetime(day.year, day.month, day.day, 3, tzinfo=UTC), tick=False):
            with worker_of(regency.owner, settings):
                done, again = waiting.remind_families(), waiting.remind_families()
            assert again == 0  # a second run of the day does nothing
            if done:
                state = regency.one("SELECT state FROM cases WHERE reference = :r", r=reference)
                seen.append((len(seen) + 1, str(state)))
    assert seen == [(1, "needs_more"), (2, "needs_more"), (3, "paused")]
    keys = regency.one("SELECT string_agg(key, ' ' ORDER BY id) FROM notice WHERE case_reference = :r", r=reference)
    assert str(keys).endswith("case_asked case_reminder case_reminder case_paused")
    resume(regency.head, reference, regency.version(reference))
    view = open_case(regency.head, reference)
    assert view.state is State.WITH_WORKER and view.promised_on >= add_workdays(asked, 5)
    with pytest.raises(NotPossible):
        answer(regency.head, reference, view.version, "Terlambat")


def test_an_appeal_names_the_first_case_and_never_comes_to_who_decided_it(regency: Regency) -> None:
    told = {"mengapa": {"why": "not_looked", "story": "Petugas tidak datang melihat."}}
    moved = regency.send("moved", {
        "desa": {"province": 35, "regency": 3510, "kecamatan": 351002, "village": make.FAR_VILLAGE},
        "alamat": {"address": "Jalan Melati No. 7", "rt": "3", "rw": "12", "moved_on": "2026-09-01"},
    })  # fmt: skip
    with pytest.raises(NotFound):
        regency.send("appeal", told, kasus=moved)  # nothing is decided yet
    service.take(regency.worker, moved, 1)
    service.decide(regency.worker, moved, 2, Move.REFUSE, LOOKED)
    appeal = regency.send("appeal", told, kasus=moved)
    view = open_case(regency.head, appeal)
    assert view.officer is not None and view.officer.id == regency.above.staff_id
    with pytest.raises(Forbidden, match="own decision"):
        service.take(regency.worker, appeal, 1)
    service.take(regency.above, appeal, 1)
    service.decide(regency.above, appeal, 2, Move.ACCEPT, LOOKED)


@pytest.mark.parametrize("sealed", [True, False])
def test_an_appeal_stays_behind_the_walls_of_the_first_case_and_goes_no_level_down(
    regency: Regency, sealed: bool
) -> None:
    told = {"mengapa": {"why": "not_looked", "story": "Petugas tidak datang melihat."}}
    first = regency.send()
    with regency.owner.begin() as connection:
        second = make.make_staff(connection, make.REGENCY, role="regency_office", name="Tuti")
        state = "state = 'refused', decision = 'refused', closed_at = now(), level = 'regency', private = true"
        connection.execute(
            text(f"UPDATE cases SET {state}, restricted = :s WHERE reference = :r"), {"r": first, "s": sealed}
        )
        connection.execute(
            text(
                "INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, staff_id, state)"
                " SELECT family_id, id, 'refused', 'staff', 'Ratna', :s, 'refused' FROM cases WHERE reference = :r"
            ),
            {"s": regency.office.staff_id, "r": first},
        )
    appeal = regency.send("appeal", told, kasus=first)
    view = open_case(regency.head, appeal)
    assert (view.level, view.restricted, view.events[0].data["level"]) == ("regency", sealed, "regency")
    assert view.officer is not None and view.officer.id == second.staff_id
    assert regency.one("SELECT private FROM cases WHERE reference = :r", r=appeal) is True
    if sealed:
        with pytest.raises(NotFound):
            service.open_case(regency.worker, appeal)


def test_what_is_private_is_not_for_the_other_adults(regency: Regency) -> None:
    reference = regency.send()
    with regency.owner.begin() as connection:
        connection.execute(text("UPDATE cases SET private = true WHERE reference = :r"), {"r": reference})
        wife = make.family_actor(make.make_member(connection, regency.family.id, birth=date(1985, 1, 1)))
    assert open_case(regency.head, reference)
    with pytest.raises(NotFound):
        open_case(wife, reference)
