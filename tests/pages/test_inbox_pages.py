"""Messages: read marks, pages, the reader's language, and only the own ones."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import Connection, text

from portal.core.wording import Localised, Message
from portal.extensions import db
from portal.inbox.service import notify, unread_count
from tests.factories import as_owner, family_actor, insert, make_family, make_member
from tests.pages.browsing import family_browser


def leave(connection: Connection, member, **more: object) -> None:  # type: ignore[no-untyped-def]
    values = {"officer": "Wahyu", "title": Message("We moved"), "day": date(2026, 12, 4)} | more
    with db.begin(family_actor(member).scope) as session:
        notify(session, family_id=member.family_id, person_id=member.person_id, key="case_taken", values=values)


def test_a_message_is_new_once_and_speaks_the_readers_language(app: Flask, connection: Connection) -> None:
    head = make_family(connection).head
    browser = family_browser(app, connection, head)
    assert "Belum ada pesan" in browser.get("/pesan").text
    leave(connection, head, title=Localised(id="Judul", en="Title"))
    leave(connection, head)
    with db.begin(family_actor(head).scope) as session:
        assert unread_count(session, head.person_id) == 2
    assert "/pesan" in browser.get("/pengajuan").text and "2 pesan baru" in browser.words
    browser.get("/pesan")
    assert "Kami pindah rumah" in browser.words and "Judul" in browser.words
    assert "4 Desember 2026" in browser.words and len(browser.soup.select("main .tag--info")) == 2
    browser.get("/pesan")
    assert not browser.soup.select("main .tag--info")
    browser.client.set_cookie("bahasa", "en")
    browser.get("/pesan")
    assert "We moved" in browser.words and "Title" in browser.words and "4 December 2026" in browser.words


def test_messages_have_pages_and_an_unknown_one_still_shows(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    spouse = make_member(connection, family.id, name="BUDI", birth=date(1984, 1, 2), sex="L", relation=2)
    for _number in range(24):
        leave(connection, family.head)
    insert(
        connection,
        "notice",
        family_id=family.id,
        person_id=family.head.person_id,
        key="from_the_future",
        created_at="2030-01-01",
    )
    browser = family_browser(app, connection, family.head)
    browser.get("/pesan")
    assert len(browser.soup.select("main section.card")) == 20 and "Pesan untuk Anda" in browser.words
    browser.get("/pesan?hal=99")
    assert len(browser.soup.select("main section.card")) == 5
    other = family_browser(app, connection, spouse)
    assert "Wahyu" not in other.get("/pesan").text
    as_owner(connection)
    revision = text("SELECT inbox_revision FROM account WHERE person_id = :p")
    before = connection.execute(revision, {"p": family.head.person_id}).scalar_one()
    leave(connection, family.head)
    as_owner(connection)
    assert connection.execute(revision, {"p": family.head.person_id}).scalar_one() == before + 1
