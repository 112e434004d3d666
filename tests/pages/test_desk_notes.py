"""Notes on a case: the family reads them, but never one that would show who reported."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.pages.test_desk_pages import Told
from tests.pages.test_walls import make_case, scope_of


def test_a_note_is_the_familys_to_read_and_a_hidden_one_is_not(app: Flask, connection: Connection) -> None:
    told = Told(app, connection)
    told.take()
    told.desk.get(f"{told.case}/catatan")
    told.desk.fill("/catatan", words="")
    assert told.desk.page.status_code == 422
    told.desk.fill("/catatan", words="Kantor desa tutup sampai Senin.")
    assert "Keluarga sudah diberi tahu" in told.desk.page.text and "Kantor desa tutup" in told.desk.words
    for _twice in range(2):
        told.desk.get(f"{told.case}/catatan")
        told.desk.fill("/catatan", words="Yang melapor: RT sebelah.", protects="y")
    assert "disembunyikan dari keluarga" in told.desk.words and "Yang melapor" in told.desk.words
    assert told.value("SELECT count(*) FROM case_event WHERE event = 'note'") == 2
    assert told.value("SELECT count(*) FROM notice WHERE key = 'case_noted'") == 1
    for page in (told.own, "/data-saya", "/beranda"):
        told.phone.get(page)
        assert "Yang melapor" not in told.phone.page.text and "disembunyikan" not in told.phone.page.text, page
    told.phone.get(told.own)
    assert "Kantor desa tutup" in told.phone.words
    make.insert(connection, "staff_kinship", staff_id=told.officer.staff_id, family_id=told.family.id)
    assert "Yang melapor" not in told.desk.get(told.case).text
    assert told.desk.get(f"{told.case}/catatan").status_code == 403


def test_a_hidden_note_stands_behind_the_wall(committed: Engine) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner)
        case = make_case(owner, family)
        worker = make.make_staff(owner, make.VILLAGE)
        kin = make.make_staff(owner, make.VILLAGE, name="Kerabat")
        operator = make.make_staff(owner, make.VILLAGE, role="village_operator")
        make.insert(owner, "staff_kinship", staff_id=kin.staff_id, family_id=family.id)
        owner.execute(
            text("UPDATE cases SET recorded_by = :o, recorded_at_place = 'counter'"), {"o": operator.staff_id}
        )
        note = {"family_id": family.id, "case_id": case, "actor_kind": "staff", "actor_name": "W", "state": "sent"}
        for hidden in (None, "reporter"):
            make.insert(owner, "case_event", event="note", hidden_for=hidden, staff_id=worker.staff_id, **note)
    with committed.connect() as owner, pytest.raises(IntegrityError):
        make.insert(owner, "case_event", event="asked", hidden_for="reporter", **note)

    def notes(scope: Scope) -> list[str | None]:
        with db.begin(scope) as session:
            return list(
                session.execute(text("SELECT hidden_for FROM case_event WHERE event = 'note' ORDER BY id")).scalars()
            )

    assert notes(scope_of(family)) == [None]
    assert notes(worker.scope) == [None, "reporter"]
    assert notes(kin.scope) == notes(operator.scope) == [None]
