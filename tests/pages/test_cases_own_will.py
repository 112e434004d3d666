"""Leaving aid: with the own PIN, with nobody beside, thirty days at rest, and taken back by one tap."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import Helper
from portal.accounts.hashing import hasher
from portal.cases import resting
from portal.cases.drafts import NotAlone, begin_draft, load_draft, save_step
from portal.cases.following import open_case, withdraw
from portal.cases.kinds import KINDS
from portal.cases.sending import send
from portal.cases.workflow import State
from portal.cases.writing import recording_for
from portal.config import Settings
from portal.core.clock import now
from portal.core.errors import PortalError
from portal.desk import service
from portal.extensions import db
from tests import factories as make
from tests.conftest import worker_of
from tests.pages.clients import PortalClient

LEAVE = KINDS["leave_aid"]
PIN = "481516"
SAID = {"bantuan": {"programs": ["PKH"]}, "mengapa": {"why": "able", "story": ""}}


def test_own_pin_sends_it_and_one_tap_takes_it_back(client: PortalClient, connection: Connection) -> None:
    family = make.make_family(connection)
    make.make_participation(connection, family.id, "PKH")
    account = make.make_account(connection, family.head, hasher.hash(PIN))
    head = client.as_(make.family_actor(family.head, account))
    begun = head.send("/pengajuan/baru/keluar-dari-bantuan")
    draft = begun.headers["Location"].rsplit("/", 1)[0]
    head.send(f"{draft}/bantuan", {"programs": "PKH"})
    check = head.get(head.send(f"{draft}/mengapa", {"why": "able", "story": ""}).headers["Location"]).text
    assert "PENA" in check and 'name="pin"' in check and "30 hari" in check
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', check)
    assert seen is not None
    wrong = head.send(f"{draft}/kirim", {"seen": seen[1], "pin": "111111"})
    assert wrong.status_code == 422 and "Ini bukan PIN Anda" in wrong.text
    assert head.send(f"{draft}/kirim", {"seen": seen[1]}).status_code == 422
    sent = head.send(f"{draft}/kirim", {"seen": seen[1], "pin": PIN})
    assert sent.status_code == 303, sent.text
    page = sent.headers["Location"].removesuffix("/terkirim")
    shown = head.get(page).text
    assert "Saya tetap mau bantuan" in shown and "Tulis ulang" not in shown
    desk = client.as_(make.make_staff(connection, make.VILLAGE))
    reference = page.rsplit("/", 1)[1]
    assert desk.send(f"/petugas/kasus/{reference}/ambil", {"seen": "1"}).status_code in (403, 409)
    head.send(f"{page}/batalkan", {"seen": "1"})
    assert "Dibatalkan" in head.get(page).text


def test_not_beside_an_officer_nor_by_one_and_no_day_earlier(
    app: object, committed: Engine, settings: Settings
) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner)
        make.make_participation(owner, family.id, "PKH")
        worker = make.make_staff(owner, make.VILLAGE)
    head = make.family_actor(family.head)
    helped = replace(head, helper=Helper(worker.staff_id, worker.name))
    recorded = recording_for(worker, head.person_id, family.id, head.name)
    for writer in (helped, recorded):
        place = "counter" if writer is recorded else None
        with pytest.raises((NotAlone, DBAPIError, PortalError)):
            draft_id = begin_draft(writer, LEAVE, {}, place)
            for page, given in SAID.items():
                save_step(writer, draft_id, page, given)
            send(writer, draft_id, load_draft(writer, draft_id).seen)
    draft_id = begin_draft(head, LEAVE, {})
    for page, given in SAID.items():
        save_step(head, draft_id, page, given)
    reference = send(head, draft_id, load_draft(head, draft_id).seen).reference
    view = open_case(head, reference)
    assert view.state is State.RESTING and (view.promised_on - now().date()).days in (30, 31)
    assert not service.open_case(worker, reference).moves
    for scope in (worker.scope, helped.scope):  # whatever the web believes
        with db.begin(scope) as session:
            moved = session.connection().execute(
                text(
                    "UPDATE cases SET state = 'answered', version = 9 WHERE reference = :r AND state = 'resting'"
                    " AND current_staff() IS NOT NULL"
                ),
                {"r": reference},
            )
            assert moved.rowcount == 0
    copy = text(
        "INSERT INTO cases (family_id, reference, draft_id, content_hash, person_id, kind, state, village_id, level,"
        " answers_sealed, promised_on, helped_by) SELECT family_id, 'AAAA-CCCC', gen_random_uuid(), content_hash,"
        " person_id, kind, :state, village_id, level, answers_sealed, promised_on + :days, :helper FROM cases"
        " WHERE reference = :r"
    )
    tries = (
        (helped.scope, "resting", 0, worker.staff_id),
        (head.scope, "sent", 0, None),
        (head.scope, "resting", -9, None),
    )
    for scope, state, days, helper in tries:
        with pytest.raises(DBAPIError, match="row-level security"), db.begin(scope) as session:
            session.execute(copy, {"state": state, "days": days, "helper": helper, "r": reference})
    with time_machine.travel(now() + timedelta(days=29), tick=False), worker_of(committed, settings):
        assert resting.end_rests() == 0
    with time_machine.travel(now() + timedelta(days=32), tick=False), worker_of(committed, settings):
        assert (resting.end_rests(), resting.end_rests()) == (1, 0)
    view = open_case(head, reference)
    assert view.state is State.SENT and view.promised_on > now().date() + timedelta(days=32)
    withdraw(head, reference, view.version)
