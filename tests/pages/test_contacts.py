"""How a person is reached: told alone it counts at once, written down by others once accepted; nobody else reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import FamilyActor, Helper
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.kinds import KINDS
from portal.cases.sending import send
from portal.cases.workflow import Move
from portal.cases.writing import Writer, recording_for
from portal.config import Settings
from portal.core.db import Scope
from portal.core.phones import parse_phone
from portal.desk import service
from portal.extensions import db
from portal.inbox.contacts import phone_of, set_phone
from tests import factories as make
from tests.conftest import worker_of


def told(writer: Writer, phone: str, how: str = "sms", place: str | None = None) -> str:
    draft_id = begin_draft(writer, KINDS["contact"], {}, place)
    save_step(writer, draft_id, "kontak", {"phone": phone, "whose": "own", "how": how})
    return send(writer, draft_id, load_draft(writer, draft_id).seen).reference


def test_told_alone_at_once_and_written_down_once_accepted(app: object, committed: Engine, settings: Settings) -> None:
    with committed.begin() as owner:
        family, other = make.make_family(owner), make.make_family(owner, village_id=make.FAR_VILLAGE)
        sibling = make.make_member(owner, family.id, relation=2)
        worker, second = make.make_staff(owner, make.VILLAGE), make.make_staff(owner, make.VILLAGE)
        far = make.make_staff(owner, make.FAR_VILLAGE)
        counter = make.make_staff(owner, make.VILLAGE, role="village_operator")
        kin = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        make.insert(owner, "staff_kinship", staff_id=kin.staff_id, family_id=family.id)
    head = make.family_actor(family.head)

    def number(scope: Scope) -> str | None:
        with db.begin(scope) as session:
            rows = session.execute(text("SELECT count(*) FROM contact")).scalar_one()
            found = phone_of(session, head.person_id)
        assert (found is not None) == bool(rows)
        return found.written if found else None

    helped = replace(head, helper=Helper(second.staff_id, second.name))

    def forbid(actor: FamilyActor) -> None:
        """Beside an officer nothing is written, neither anew nor over what is there."""
        with pytest.raises(DBAPIError, match="row-level security"), db.begin(actor.scope) as session:
            set_phone(session, head.person_id, None, channel="visit", whose="own", reference="x", family_id=family.id)

    forbid(helped)
    told(head, "+62 812-3456-7890")
    assert number(head.scope) == number(worker.scope) == "0812 3456 7890"
    hidden = [
        make.family_actor(sibling).scope,
        make.family_actor(other.head).scope,
        far.scope,
        counter.scope,
        kin.scope,
    ]
    assert [number(scope) for scope in hidden] == [None] * len(hidden)
    assert service.open_case(worker, told(head, "0813 1111 2222")).reached is not None
    with worker_of(committed, settings):
        assert number(Scope("worker", job="deliver")) == "0813 1111 2222" and number(Scope("worker")) is None
    told(helped, "0899 9999 0000")
    reference = told(recording_for(worker, head.person_id, family.id, head.name), "0821 4444 5555", place="counter")
    assert number(head.scope) == "0813 1111 2222", "nobody else writes it at once"
    forbid(helped)
    for officer in (worker, second, kin):
        with pytest.raises(DBAPIError, match="row-level security"), db.begin(officer.scope) as session:
            set_phone(session, head.person_id, parse_phone("0899 9999 0000"), channel="sms", whose="own",
                      reference=reference, family_id=family.id)  # fmt: skip
    service.take(second, reference, 1)
    service.decide(second, reference, 2, Move.ACCEPT, "Sudah kami catat nomornya.")
    assert number(head.scope) == "0821 4444 5555"
    told(head, "", how="call")
    with db.begin(head.scope) as session:
        row = session.execute(text("SELECT phone_sealed, channel FROM contact")).one()
    assert tuple(row) == (None, "visit"), "taken back by oneself"
