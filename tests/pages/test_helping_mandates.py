"""Named helpers: signed at the counter, seen and ended by the family, over by themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.core.clock import today
from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.signing import events
from tests.pages.test_cases_pages import photo, reference_on
from tests.pages.test_helping import counter_address, until_read_back

SIGNED = ["identity", "read", "signed"]


def day(days: int) -> list[str]:
    """A day so many days from today, as the three fields of a form."""
    then = today() + timedelta(days=days)
    return [str(then.day), str(then.month), str(then.year)]


def at_counter(app: Flask, connection: Connection, family: make.TestFamily) -> Browser:
    """The operator's page of the family's helpers."""
    operator = make.make_staff(connection, make.VILLAGE, role="village_operator", name="Sri Lestari")
    browser = staff_browser(app, connection, operator)
    browser.get(counter_address(connection, family.head, family).replace("/catat/", "/pendamping/"))
    return browser


def grant(browser: Browser, **other: object) -> int:
    """Fill in the form; gives the status of the answer."""
    answers: dict[str, object] = {
        "helper": "Rahmat Basuki", "relation": "cadre", "topic": "cases", "until": day(90), "signed": SIGNED,
    }  # fmt: skip
    return browser.fill(browser.path, **(answers | other)).status_code


def test_signed_on_paper_recorded_listed_and_ended_in_one_tap(app: Flask, connection: Connection) -> None:
    family = make.make_family(connection)
    browser = at_counter(app, connection, family)
    assert grant(browser, file=photo()) == 200
    assert "Rahmat Basuki" in browser.words
    [granted] = events(connection, "mandate_granted")
    assert granted.family_id == family.id and "Rahmat" not in str(granted.data)
    make.as_owner(connection)
    [paper] = connection.execute(text("SELECT label, person_id, draft_id FROM case_file")).all()
    mandate = connection.execute(text("SELECT public_id FROM mandate")).scalar_one()
    assert (paper.label, paper.person_id, paper.draft_id) == ("mandate", family.head.person_id, mandate)

    link = re.search(r"/petugas/pendamping/berkas/[0-9a-f-]+", browser.page.text)
    assert link and browser.client.get(link.group()).mimetype == "image/jpeg"
    at_home = family_browser(app, connection, family.head)
    assert "Rahmat Basuki" in at_home.get("/pesan").text
    at_home.get("/pendamping-saya")
    assert "Rahmat Basuki" in at_home.words and "Berlaku" in at_home.words and "Sri Lestari" in at_home.words
    link = re.search(r"/pengajuan/berkas/[0-9a-f-]+", at_home.page.text)
    assert link and at_home.client.get(link.group()).mimetype == "image/jpeg"
    assert "datang ke loket" in at_home.words and "Tidak boleh" in at_home.words, "what a helper can do, and what not"
    stranger = make.make_family(connection)
    elsewhere = family_browser(app, connection, stranger.head)
    elsewhere.get("/pendamping-saya")
    assert "Rahmat" not in elsewhere.page.text
    token = {"csrf_token": str(elsewhere.soup.find("input", {"name": "csrf_token"})["value"])}  # type: ignore[index]
    assert elsewhere.post(f"/pendamping-saya/{mandate}/akhiri", token).status_code == 404
    at_home.fill("/akhiri")
    assert (
        "Sudah diakhiri" in at_home.words and "oleh keluarga" in at_home.words and not at_home.soup.select("#main form")
    )
    [ended] = events(connection, "mandate_ended")
    assert ended.data["by"] == "family"


def test_ended_at_the_counter_or_by_itself(app: Flask, connection: Connection) -> None:
    family = make.make_family(connection)
    browser = at_counter(app, connection, family)
    grant(browser)
    grant(browser, helper="Wartini", topic="aid", until=day(0))
    browser.fill("/akhiri")
    make.as_owner(connection)
    left = connection.execute(text("SELECT helper_name FROM mandate WHERE ended_at IS NULL")).scalars().all()
    assert len(left) == 1
    connection.execute(text("UPDATE mandate SET since = since - 9, until = since - 1 WHERE ended_at IS NULL"))
    browser.get(browser.path.rsplit("/akhiri")[0])
    assert "Berlaku" not in browser.words, "it is over by itself"


def test_without_the_whole_paper_or_for_too_long_nobody_becomes_a_helper(app: Flask, connection: Connection) -> None:
    family = make.make_family(connection)
    browser = at_counter(app, connection, family)
    wrong: list[dict[str, object]] = [
        {"signed": SIGNED[:2]},
        {"until": day(366)},
        {"until": day(-1)},
        {"helper": ""},
        {"topic": "everything"},
        {"relation": ""},
        {"file": ("surat.pdf", b"%PDF-broken")},
        {"file": ("surat.jpg", b"x" * (65 * 1024 * 1024))},
    ]
    for answers in wrong:
        assert grant(browser, **answers) in (413, 415, 422), answers.keys()
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM mandate")).scalar_one() == 0
    with pytest.raises(IntegrityError, match="one_year"):
        make.insert(
            connection, "mandate", family_id=family.id, person_id=family.head.person_id, helper_name="X",
            helper_relation="other", topic="aid", until=today() + timedelta(days=400), granted_by=1, officer_name="Y",
        )  # fmt: skip


def test_the_walls_of_mandates_in_sql(connection: Connection) -> None:
    family, other = make.make_family(connection), make.make_family(connection)
    operator = make.make_staff(connection, make.VILLAGE, role="village_operator")
    far = make.make_staff(connection, make.FAR_VILLAGE, role="village_operator")
    make.insert(
        connection, "mandate", family_id=family.id, person_id=family.head.person_id, helper_name="X",
        helper_relation="other", topic="aid", until=today(), granted_by=operator.staff_id, officer_name="Y",
    )  # fmt: skip
    member = Scope("family", person_id=family.head.person_id, family_id=family.id)
    stranger = Scope("family", person_id=other.head.person_id, family_id=other.id)
    seen = {}
    for name, scope in {"own": member, "other": stranger, "near": operator.scope, "far": far.scope}.items():
        with db.begin(scope) as session:
            seen[name] = session.execute(text("SELECT count(*) FROM mandate")).scalar_one()
    assert seen == {"own": 1, "other": 0, "near": 1, "far": 0}
    longer = text("UPDATE mandate SET until = until + 100")
    for scope in (member, operator.scope):
        with pytest.raises(DBAPIError, match="permission denied"), db.begin(scope) as session:
            session.execute(longer)
    granting = text(
        "INSERT INTO mandate (family_id, person_id, helper_name, helper_relation, topic, until, granted_by,"
        " officer_name) VALUES (:f, :p, 'X', 'other', 'aid', current_date, :s, 'Y')"
    )
    for scope, by in ((far.scope, far.staff_id), (operator.scope, far.staff_id), (member, operator.staff_id)):
        values = {"f": family.id, "p": family.head.person_id, "s": by}
        with pytest.raises(DBAPIError, match=r"row-level security|permission denied"), db.begin(scope) as session:
            session.execute(granting, values)


def test_what_a_helper_tells_bears_both_names_and_ends_with_the_mandate(app: Flask, connection: Connection) -> None:
    family = make.make_family(connection)
    browser = at_counter(app, connection, family)
    grant(browser)
    grant(browser, helper="Wartini", topic="aid")
    counter = counter_address(connection, family.head, family)
    browser.get(counter)
    assert "Rahmat Basuki" in browser.words and "Wartini" not in browser.words, "for this topic"
    make.as_owner(connection)
    query = text("SELECT public_id::text FROM mandate WHERE topic = 'cases'")
    mandate = connection.execute(query).scalar_one()
    until_read_back(browser, counter, with_photo=False, speaker=mandate)
    assert "Rahmat Basuki, ini yang Anda sampaikan untuk Siti Aminah" in browser.words
    browser.fill("/kirim", agreed="y")
    reference = reference_on(browser)
    label = "Disampaikan oleh Rahmat Basuki dengan surat kuasa, dicatat oleh Sri Lestari"
    at_home = family_browser(app, connection, family.head)
    for path in ("/pengajuan", f"/pengajuan/{reference}", f"/pengajuan/{reference}/bukan-ucapan-saya"):
        at_home.get(path)
        assert label in at_home.words, path
    at_home.get(f"/pengajuan/{reference}")
    assert "Dicatat oleh Sri Lestari, seperti disampaikan Rahmat Basuki" in at_home.words, "not: as the person said it"
    for path in ("/pesan", f"/pengajuan/{reference}/cetak"):
        assert "Rahmat Basuki" in at_home.get(path).text, path
    desk = staff_browser(app, connection, make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat"))
    assert label in desk.get(f"/petugas/kasus/{reference}").text
    [event] = events(connection, "case_recorded")
    assert event.data["mandate"] == mandate and "Rahmat" not in str(event.data)

    until_read_back(browser, counter, with_photo=False, speaker=mandate)
    action, form = browser.form("/kirim")
    at_home.get("/pendamping-saya")
    at_home.fill(f"/{mandate}/akhiri")
    assert browser.post(action, form | {"agreed": "y"}).status_code == 403
    assert "sudah berakhir" in browser.words
    browser.get(counter)
    assert "Rahmat Basuki, dengan surat kuasa" not in browser.words and "/bacakan" not in browser.page.text
    given = {"kind": "pindah-rumah", "place": "counter", "present": "y"}
    assert browser.fill(speaker=mandate, **given).status_code == 422
    assert browser.fill(speaker="nobody", **given).status_code == 422
    assert "Tanpa surat kuasa" in browser.words
    [discard] = set(re.findall(r"/petugas/catat/draf/[^\"]+/hapus", browser.page.text))
    browser.get(discard)
    browser.fill("/hapus")
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM case_draft")).scalar_one() == 0


def test_in_the_database_nobody_speaks_without_a_mandate_in_force(connection: Connection) -> None:
    family, other = make.make_family(connection), make.make_family(connection)
    partner = make.make_member(connection, family.id, relation=2)
    officer = make.make_staff(connection, make.VILLAGE, role="village_operator")
    signed: dict[str, object] = {
        "family_id": family.id, "person_id": family.head.person_id, "helper_name": "Rahmat", "helper_relation": "other",
        "topic": "cases", "since": today() - timedelta(days=9), "until": today(), "granted_by": officer.staff_id,
        "officer_name": "Y",
    }  # fmt: skip

    def speaks(**otherwise: object) -> str:
        """Begin a draft by such a mandate; gives the name that the database put on it."""
        mandate = make.insert(connection, "mandate", "id", **(signed | otherwise))
        row = text(
            "INSERT INTO case_draft (family_id, person_id, kind, answers_sealed, recorded_by, recorded_at_place,"
            " mandate_id, spoken_by) VALUES (:f, :p, 'moved', '', :s, 'counter', :m, 'Forged') RETURNING spoken_by"
        )
        values = {"f": family.id, "p": family.head.person_id, "s": officer.staff_id, "m": mandate}
        with db.begin(officer.scope) as session:
            return str(session.execute(row, values).scalar_one())

    assert speaks() == "Rahmat"
    for otherwise in (
        {"topic": "aid"},
        {"until": today() - timedelta(days=2)},
        {"ended_at": datetime.now(UTC), "ended_by": "family"},
        {"person_id": partner.person_id},
        {"family_id": other.id, "person_id": other.head.person_id},
    ):
        with pytest.raises(DBAPIError, match="no mandate in force"):
            speaks(**otherwise)
    with pytest.raises(DBAPIError, match="no mandate in force"), db.begin(officer.scope) as session:
        session.execute(text("UPDATE case_draft SET mandate_id = NULL"))
    make.as_owner(connection)
    connection.execute(text("UPDATE mandate SET ended_at = now(), ended_by = 'family' WHERE ended_at IS NULL"))
    for late in ("UPDATE case_draft SET answers_sealed = '1'", INTO_CASES):
        with pytest.raises(DBAPIError, match="no mandate in force"), db.begin(officer.scope) as session:
            session.execute(text(late))


INTO_CASES = (
    "INSERT INTO cases (family_id, reference, draft_id, content_hash, person_id, kind, state, village_id, level,"
    " answers_sealed, promised_on, recorded_by, recorded_at_place, mandate_id) SELECT family_id, '7KQ4-MX9T', id, '',"
    f" person_id, kind, 'sent', {make.VILLAGE}, 'village', '', current_date, recorded_by, 'counter', mandate_id"
    " FROM case_draft"
)
