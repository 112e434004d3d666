"""Named helpers: signed at the counter, seen and ended by the family, over by themselves."""

from __future__ import annotations

import re
from datetime import timedelta

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
from tests.pages.test_cases_pages import photo
from tests.pages.test_helping import counter_address

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
    assert "tidak melihat apa pun" in at_home.words, "it says plainly that a mandate opens nothing"
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
