"""What an officer established about somebody's body: in the record, for that person alone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases.answers import Answers
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.kinds import KINDS
from portal.cases.sending import send
from portal.cases.workflow import Move
from portal.core.db import Scope
from portal.desk import service
from portal.extensions import db
from tests import factories as make
from tests.pages.clients import PortalClient

ILL = {"siapa": {"illnesses": ["asthma"], "treated": "regular", "told": ""}}
PREGNANT = {"hamil": {"how": "pregnant", "pregnancy_no": "2", "due_on": None}}


def approved(actor: FamilyActor, officer: StaffActor, kind: str, pages: dict[str, Answers], member: int) -> str:
    """A case of this kind, sent and accepted."""
    draft_id = begin_draft(actor, KINDS[kind], {})
    first = {"who": str(member)}
    for page, answers in pages.items():
        save_step(actor, draft_id, page, first | answers)
        first = {}
    save_step(actor, draft_id, "berkas", {"later": True})
    reference = send(actor, draft_id, load_draft(actor, draft_id).seen).reference
    service.take(officer, reference, 1)
    service.decide(officer, reference, 2, Move.ACCEPT, "Sudah kami periksa.")
    return reference


def stated(scope: Scope) -> set[tuple[str, str]]:
    """What this scope reads of bodies in statements and in the history, with every filter forgotten."""
    with db.begin(scope) as session:
        rows = session.execute(
            text(
                "SELECT field, value FROM statement WHERE subject = 'member_health' UNION"
                " SELECT field, new FROM record_change WHERE subject = 'member_health'"
            )
        ).all()
    return {(row[0], row[1]) for row in rows}


def test_an_accepted_case_is_stated_for_that_person_alone(client: PortalClient, connection: Connection) -> None:
    family = make.make_family(connection, head={"name": "BUDI", "sex": "L"})
    wife = make.make_member(connection, family.id, name="SITI", relation=2, birth=date(1995, 3, 4))
    small = make.make_member(connection, family.id, name="ANI", relation=3, birth=date(2015, 1, 2))
    teen = make.make_member(connection, family.id, name="EKO", relation=3, birth=date(2011, 1, 2))
    make.make_participation(connection, family.id)
    worker = make.make_staff(connection, make.VILLAGE)
    counter = make.make_staff(connection, make.VILLAGE, role="village_operator")
    others = [make.make_staff(connection, make.FAR_VILLAGE), counter]
    husband, she = make.family_actor(family.head), make.family_actor(wife)
    pages = ("/beranda", "/bantuan", "/desil", "/peluang", "/peluang/PKH")
    before = {page: bare(client.as_(husband).get(page).text) for page in pages}
    reference = approved(she, worker, "pregnancy", PREGNANT, wife.id)
    hers = {("pregnant", "True"), ("pregnancy_no", "2")}
    assert stated(she.scope) == hers == stated(worker.scope)
    assert not any(stated(scope) for scope in (husband.scope, *(one.scope for one in others)))
    after = {page: bare(client.as_(husband).get(page).text) for page in pages}
    assert [page for page in pages if before[page] != after[page]] == []
    assert reference not in client.as_(husband).get("/data-saya").text
    assert reference in client.as_(she).get("/data-saya").text
    shown = client.as_(she).get("/desil").text
    assert "kehamilan" in shown and "belum diterima pusat" in shown
    assert "Diperiksa petugas" in client.as_(she).get("/peluang/PKH").text, "what acceptance would change"
    assert len(service.open_case(worker, reference).statements) == 2
    approved(she, worker, "illness", ILL, small.id)
    of_child = {("chronic_illness", "Asma")}
    assert stated(she.scope) == hers | of_child and stated(husband.scope) == of_child, "a small child's guardians"
    assert stated(Scope("family", person_id=teen.person_id, family_id=family.id)) == set()
    approved(she, worker, "illness", ILL | {"siapa": ILL["siapa"] | {"illnesses": ["stroke"]}}, teen.id)
    assert stated(Scope("family", person_id=teen.person_id, family_id=family.id)) == {("chronic_illness", "Stroke")}
    assert stated(husband.scope) == of_child and stated(she.scope) == hers | of_child
    nameless = text(
        "INSERT INTO statement (family_id, subject, field, value, staff_id, staff_name, case_reference)"
        " VALUES (:f, 'member_health', 'pregnant', 'True', :s, 'x', 'x')"
    )
    with pytest.raises(IntegrityError, match="health_names_its_person"), db.begin(worker.scope) as session:
        session.execute(nameless, {"f": family.id, "s": worker.staff_id})


def bare(html: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'(value|content)="[^"]{20,}"', "", html)
