"""Papers of a case that was sent: their states, sending one again, and using one again in a later case."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from portal.cases.housekeeping import sweep_blobs
from portal.core.db import Scope
from portal.extensions import blobs, db
from tests.factories import as_owner, make_member
from tests.pages.browsing import Browser, family_browser
from tests.pages.test_cases_pages import moved_until_check, photo, reference_on
from tests.pages.test_desk_pages import Told


@pytest.fixture
def told(app: Flask, connection: Connection) -> Told:
    return Told(app, connection)


def paper(told: Told) -> uuid.UUID:
    found = told.value("SELECT public_id FROM case_file ORDER BY id LIMIT 1")
    assert isinstance(found, uuid.UUID)
    return found


def mark(told: Told, verdict: str) -> None:
    told.desk.get(told.case)
    told.desk.fill(f"/petugas/berkas/{paper(told)}/keadaan", verdict=verdict)


def test_an_unreadable_paper_is_told_once_and_sent_again(told: Told) -> None:
    told.take()
    version = told.value("SELECT version FROM cases")
    mark(told, "dark")
    mark(told, "blurred")
    assert "Tidak terbaca" in told.desk.words and "buram" in told.desk.words
    assert told.value("SELECT count(*) FROM notice WHERE key = 'case_paper_unreadable'") == 1
    assert told.value("SELECT count(*) FROM case_event WHERE event = 'paper_unreadable' AND words_sealed IS NULL") == 1
    assert told.value("SELECT version FROM cases") == version  # the family's own page stays good
    told.phone.get(told.own)
    assert "Buram. Pegang HP" in told.phone.words and "Kirim ulang" in told.phone.words
    small = told.phone.client.get(f"/pengajuan/berkas/{paper(told)}/kecil")
    assert small.mimetype == "image/jpeg" and len(small.data) < 20_000
    as_owner(told.connection)
    told.connection.execute(text("UPDATE case_file SET looked_at = looked_at - interval '1 minute'"))
    add(told.phone, told.own, "rusak", 422)
    add(told.phone, told.own, "baik", 200)
    assert "Berkas ditambahkan" in told.phone.words and "Buram. Pegang HP" not in told.phone.words
    assert told.value("SELECT count(*) FROM case_file WHERE case_id IS NOT NULL") == 2
    stale = told.desk.form("/putusan")[1]["seen"]
    told.desk.fill("/putusan", decision="refused", reason="Berkas tidak terbaca.", seen=stale)
    assert told.desk.page.status_code == 409  # decided without the new paper: not so
    mark(told, "accepted")
    mark(told, "dark")  # a word said anew after a paper came: told anew
    assert told.value("SELECT count(*) FROM notice WHERE key = 'case_paper_unreadable'") == 2
    told.decide("accepted")
    told.phone.get(f"{told.own}/berkas")
    assert told.phone.path == told.own  # it is finished


def add(phone: Browser, own: str, what: str, status: int) -> None:
    phone.get(f"{own}/berkas")
    content = photo() if what == "baik" else ("rusak.jpg", b"\xff\xd8\xff" + b"0" * 1000)
    phone.fill("/berkas/moving_letter", **{"moving_letter-file": content})
    assert phone.page.status_code == status, phone.words


def test_the_same_key_adds_a_file_once(told: Told) -> None:
    key = uuid.uuid4().hex
    for _ in range(2):
        told.phone.get(f"{told.own}/berkas")
        told.phone.fill("/berkas/other", once=key, **{"other-file": photo()})
        assert told.phone.page.status_code == 200
    assert told.value("SELECT count(*) FROM case_file WHERE label = 'other'") == 1


def test_a_paper_is_used_again_and_its_file_stays_while_a_row_names_it(told: Told, app: Flask) -> None:
    later = told.phone
    later.get("/pengajuan/baru/pindah-rumah")
    moved_until_check(later, with_photo=False)
    draft = later.path.replace("/periksa", "/berkas")
    for sealed in (True, False):  # what was sealed is not offered to its own sender either
        as_owner(told.connection)
        told.connection.execute(text("UPDATE cases SET restricted = :sealed"), {"sealed": sealed})
        later.get(draft)
        assert ("Pernah dikirim" in later.words) is not sealed
    for _ in range(2):  # taken over, taken out, taken over: the file is there all the time
        later.fill(f"/pakai/{paper(told)}")
        assert "1 halaman ditambahkan" in later.words and "Pernah dikirim" not in later.words
        assert told.value("SELECT count(DISTINCT blob) FROM case_file") == 1
        [extra] = told.connection.execute(text("SELECT public_id FROM case_file WHERE case_id IS NULL")).scalars()
        assert later.client.get(f"/pengajuan/berkas/{extra}").status_code == 200
        later.fill("/hapus")
    later.fill(f"/pakai/{paper(told)}")
    blob = str(told.value("SELECT blob FROM case_file LIMIT 1"))
    later.get(draft.replace("/berkas", "/periksa"))
    later.fill("/kirim")
    assert reference_on(later) != told.reference
    as_owner(told.connection)
    told.connection.execute(text("DELETE FROM case_file WHERE first_sent_at IS NULL"))
    sweep_blobs()
    assert blob in set(blobs.names())
    told.desk.get(f"/petugas/kasus/{reference_on(later)}")
    assert "Pernah dikirim pada" in told.desk.words


def test_nobody_uses_a_private_paper_of_another_or_of_a_sealed_case(
    told: Told, app: Flask, connection: Connection
) -> None:
    other = make_member(connection, told.family.id, name="Budi Santoso")
    wife = family_browser(app, connection, other)
    wife.get("/pengajuan/baru/pindah-rumah")
    moved_until_check(wife, with_photo=False)
    page = wife.path.replace("/periksa", "/berkas")
    for hidden in ("private", "restricted"):
        wife.get(page)
        assert "Pernah dikirim" in wife.words
        address = wife.form(f"/pakai/{paper(told)}")[0]
        as_owner(connection)
        connection.execute(text(f"UPDATE cases SET {hidden} = true"))
        wife.get(page)
        assert "Pernah dikirim" not in wife.words
        assert wife.client.post(address).status_code in (400, 404)
        as_owner(connection)
        connection.execute(text(f"UPDATE cases SET {hidden} = false"))


def test_the_walls_of_the_states(told: Told) -> None:
    told.take()
    family = Scope("family", person_id=told.family.head.person_id, family_id=told.family.id)
    refusals = [
        (family, "UPDATE case_file SET state = 'accepted'", "permission denied"),
        (told.officer.scope, "UPDATE case_file SET case_id = NULL", "not of this paper"),
        (told.officer.scope, "UPDATE case_file SET label = 'x'", "permission denied"),
    ]
    for scope, statement, words in refusals:
        with pytest.raises(ProgrammingError, match=words), db.begin(scope) as session:
            session.execute(text(statement))
    as_owner(told.connection)
    told.connection.execute(text("UPDATE cases SET assigned_to = NULL"))
    with db.begin(told.officer.scope) as session:  # seen, but another's
        assert session.execute(text("UPDATE case_file SET state = 'accepted' RETURNING id")).all() == []
    as_owner(told.connection)
    told.connection.execute(text("UPDATE cases SET closed_at = now(), state = 'withdrawn'"))
    with pytest.raises(ProgrammingError, match="row-level security"), db.begin(family) as session:
        session.execute(
            text(
                "INSERT INTO case_file (family_id, draft_id, case_id, person_id, label, blob, media_type, size)"
                " SELECT family_id, draft_id, case_id, person_id, label, blob, media_type, size FROM case_file"
            )
        )
