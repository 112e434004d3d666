"""Messages leave the portal: sealed for one browser, or to a number, each once; and whom nothing reaches is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import Tag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from flask import Flask
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.cases.kinds import KINDS
from portal.config import Settings
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.outward import Ways, unpadded
from portal.delivery.carrying import deliver, deliver_due
from portal.delivery.rules import rules
from portal.delivery.telling import untold
from portal.extensions import db, keys, outward
from portal.inbox.carried import carried_of_case
from portal.inbox.contacts import PURPOSE
from portal.inbox.service import notify
from tests import factories as make
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.receiving import Phone, Received, Receiver, receiving
from tests.pages.test_walls import make_case

URGENT = "pin_changed"  # at any hour, so that these tests pass at night
NUMBER = "+6281234567890"


@pytest.fixture
def out(app: Flask, settings: Settings) -> Iterator[Receiver]:
    """Push service and gateway of the test, set up as the portal's own."""
    before = outward.ways
    with receiving() as receiver:
        gateways = {
            channel: f"json://{receiver.address}/{channel}?:to={{phone}}&+Idempotency-Key={{id}}"
            for channel in ("sms", "whatsapp")
        }
        outward.bind(Ways(settings.base_url, settings.ways.push_key, gateways, loopback_only=True))
        yield receiver
    outward.bind(before)


def leave(connection: Connection, member: make.TestMember, key: str = URGENT, case: str | None = None) -> None:
    """A message for the member, due by now."""
    with db.begin(Scope("worker", job="test")) as session:
        asked = {"family_id": member.family_id, "person_id": member.person_id}
        notify(session, **asked, key=key, values={"officer": "Wahyu", "title": "Pindah"}, case_reference=case)
    hurry(connection)


def hurry(connection: Connection) -> None:
    """Whatever waits is due."""
    make.as_owner(connection)
    connection.execute(text("UPDATE delivery SET due_at = now() - interval '1 hour' WHERE state = 'waiting'"))


def states(connection: Connection) -> list[tuple[str, str, int]]:
    make.as_owner(connection)
    found = connection.execute(text("SELECT channel, state, attempts FROM delivery ORDER BY id"))
    return [tuple(row) for row in found]


def ask_for_news(browser: Browser, said: dict[str, str]) -> int:
    """What the script sends for a browser; gives the status."""
    token = browser.soup.select_one("input[name=csrf_token]") or family_token(browser)
    return browser.post("/pemberitahuan", said | {"csrf_token": str(token["value"])}).status_code


def family_token(browser: Browser) -> Tag:
    """From a page that has a form for certain."""
    browser.get("/persetujuan")
    return browser.soup.select("input[name=csrf_token]")[0]


def agree(browser: Browser, purpose: str) -> None:
    browser.get("/persetujuan")
    browser.fill(f"/{purpose}/setuju")


def reachable(connection: Connection, member: make.TestMember, **more: object) -> None:
    """The member left a number."""
    values = {"channel": "sms", "whose": "own", "case_reference": "7KQ4-MX9T", "phone_hash": b"x"} | more
    make.insert(
        connection, "contact", person_id=member.person_id, phone_sealed=keys.ring.seal(PURPOSE, NUMBER), **values
    )


def check_signature(one: Received, address: str) -> None:
    """The request proves that it comes from this portal, as RFC 8292 has it."""
    scheme, _, parts = one.headers["authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in parts.split(","))
    assert scheme == "vapid" and given["k"] == outward.push_public_key
    signed, _, signature = given["t"].rpartition(".")
    raw = unpadded(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpadded(given["k"]))
    whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point.verify(whole, signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(unpadded(signed.split(".")[1]))["aud"] == f"http://{address}"


def test_a_push_message_arrives_sealed_once_and_a_device_that_is_gone_is_told_of(
    app: Flask, connection: Connection, out: Receiver
) -> None:
    head, phone = make.make_family(connection).head, Phone()
    browser = family_browser(app, connection, head)
    browser.get("/pemberitahuan")
    assert "Persetujuan saya" in browser.words and not browser.soup.select("[data-news]"), "not before it is agreed to"
    form = phone.form(f"http://{out.address}/push/abc")
    assert ask_for_news(browser, form) == 404
    agree(browser, "web_push")
    browser.get("/pemberitahuan")
    assert browser.soup.select_one("[data-news]")["data-news"] == outward.push_public_key  # type: ignore[index]
    for endpoint in ("https://evil.example/x", "http://169.254.169.254/x"):
        assert ask_for_news(browser, form | {"endpoint": endpoint}) == 409
    assert [ask_for_news(browser, form) for _twice in range(2)] == [200, 200]
    assert len(browser.soup.select("form[action$=matikan]")) == 1, "one device, however often"
    make.as_owner(connection)
    kept = connection.execute(text("SELECT push_subscription::text FROM push_subscription")).scalar_one()
    assert out.address.encode().hex() not in kept and form["auth"] not in kept

    assert "HP yang menerima kabar" in browser.get("/data-saya").text and "alamatnya, tersegel" in browser.words
    leave(connection, head, case="AAAA-AAAA")
    leave(connection, head, case="AAAA-AAAA")
    assert deliver(head.person_id) == 1 and deliver(head.person_id) == 0, "two of one case go as one, once"
    (one,) = out.got
    assert one.path == "/push/abc" and phone.open(one.body) == {"language": "id"}
    assert one.headers["content-encoding"] == "aes128gcm" and int(one.headers["ttl"]) == 2 * 24 * 3600
    assert one.headers["urgency"] == "high" and len(one.headers["topic"]) == 32
    check_signature(one, out.address)
    assert states(connection) == [("web_push", "sent", 1)] * 2
    browser.get("/pesan")
    assert len([card for card in browser.soup.select("section.card") if "HP Anda diberi tahu" in card.text]) == 2

    out.answers += [503, 410]
    leave(connection, head)
    assert deliver(head.person_id) == 1
    assert states(connection)[-1] == ("web_push", "waiting", 1)
    hurry(connection)
    assert deliver(head.person_id) == 1
    assert states(connection)[-1] == ("web_push", "gone", 2)
    assert "tidak lagi menerima kabar" in browser.get("/pesan").text
    assert not browser.get("/pemberitahuan").text.count("/matikan")
    leave(connection, head)
    assert len(states(connection)) == 3 and len(out.got) == 3, "nothing is asked for where nothing arrives"


def test_a_gateway_that_fails_for_a_while_gets_each_message_once_and_may_refuse_a_number(
    app: Flask, connection: Connection, out: Receiver
) -> None:
    head = make.make_family(connection).head
    browser = family_browser(app, connection, head)
    reachable(connection, head)
    for channel in ("sms", "whatsapp"):
        agree(browser, channel)
    leave(connection, head)
    out.answers += [500] * 8  # four tries on each of the two
    for _try in range(5):
        deliver(head.person_id)
        assert deliver(head.person_id) == 0, "not again before its time"
        hurry(connection)
    assert states(connection) == [("whatsapp", "sent", 5), ("sms", "sent", 5)]
    assert sorted(one.path for one in out.taken) == ["/sms", "/whatsapp"]
    tries = {one.headers["idempotency-key"] for one in out.got if one.path == "/sms"}
    said = [json.loads(one.body) for one in out.taken]
    assert len(tries) == 1 and {one["to"] for one in said} == {NUMBER}
    assert {one["message"] for one in said} == {rules().words[channel].id for channel in ("sms", "whatsapp")}
    browser.get("/pesan")
    assert "SMS terkirim" in browser.words and "WhatsApp terkirim" in browser.words

    out.answers += [422, 201]
    leave(connection, head)
    deliver(head.person_id)
    assert [state for _, state, _ in states(connection)][2:4] == ["gone", "sent"]
    assert "tidak lagi menerima pesan WhatsApp" in browser.get("/pesan").text
    assert browser.get("/persetujuan").text.count("/tarik") == 1, "switched off: only SMS is left"
    # A gateway that is down for as long as we try: the message stays in the inbox, and the family is told.
    out.answers += [500] * 20
    leave(connection, head)
    while deliver(head.person_id):
        hurry(connection)
    assert ("sms", "failed", len(rules().retry) + 1) in states(connection)
    assert "SMS tidak bisa dikirim" in browser.get("/pesan").text


def test_what_is_taken_back_read_or_quiet_does_not_go_out(app: Flask, connection: Connection, out: Receiver) -> None:
    head = make.make_family(connection).head
    browser = family_browser(app, connection, head)
    reachable(connection, head, whose="other")
    agree(browser, "sms")
    leave(connection, head)
    deliver(head.person_id)
    assert states(connection) == [("sms", "stopped", 0)], "the phone of a neighbour"
    make.as_owner(connection)
    connection.execute(text("UPDATE contact SET whose = 'own'"))
    with time_machine.travel(datetime(2026, 11, 23, 14, 0, tzinfo=UTC), tick=False):  # 21.00
        leave(connection, head, "case_noted")
        connection.execute(text("UPDATE delivery SET due_at = '2026-11-23' WHERE state = 'waiting'"))
        assert deliver(head.person_id) == 0
    make.as_owner(connection)
    asked = "SELECT scheduled_at FROM jobs.procrastinate_jobs WHERE task_name = 'deliver' ORDER BY id DESC LIMIT 1"
    for query in ("SELECT due_at FROM delivery WHERE state = 'waiting'", asked):
        assert connection.execute(text(query)).scalar_one() == datetime(2026, 11, 24, tzinfo=UTC)
    browser.get("/pesan")
    hurry(connection)
    deliver(head.person_id)
    leave(connection, head)
    browser.get("/persetujuan")
    browser.fill("/sms/tarik")
    hurry(connection)
    deliver(head.person_id)
    assert [state for _, state, _ in states(connection)] == ["stopped", "seen", "stopped"] and out.got == []


def test_what_was_in_flight_is_never_sent_again(app: Flask, connection: Connection, out: Receiver) -> None:
    head = make.make_family(connection).head
    browser = family_browser(app, connection, head)
    reachable(connection, head)
    agree(browser, "sms")
    leave(connection, head)
    connection.execute(text("UPDATE delivery SET state = 'sending', changed_at = now() - interval '9 minutes'"))
    assert deliver_due() == 0 and deliver(head.person_id) == 0
    make.as_owner(connection)
    connection.execute(text("UPDATE delivery SET changed_at = now() - interval '11 minutes'"))
    assert deliver_due() == 1 and deliver(head.person_id) == 0
    assert states(connection) == [("sms", "unsure", 0)] and out.got == []
    assert "SMS mungkin terkirim" in browser.get("/pesan").text
    leave(connection, head)
    assert deliver_due() == 1, "what no job took up is carried too"
    assert len(out.taken) == 1


def test_a_gateway_that_gives_no_answer_takes_one_message_and_not_all(
    app: Flask, connection: Connection, out: Receiver, settings: Settings
) -> None:
    people = [make.make_family(connection).head for _ in range(3)]
    url = f"json://{out.address}/sms?:to={{phone}}&rto=0.1"
    outward.bind(Ways(settings.base_url, settings.ways.push_key, {"sms": url}, loopback_only=True))
    out.slow_s = 0.4
    for head in people:
        reachable(connection, head)
        agree(family_browser(app, connection, head), "sms")
        leave(connection, head)
    assert [deliver(head.person_id) for head in people] == [1, 0, 0] and len(out.got) == 1
    assert states(connection) == [("sms", "unsure", 1), ("sms", "waiting", 0), ("sms", "waiting", 0)]
    out.slow_s = 0
    with time_machine.travel(now() + timedelta(minutes=6)):
        hurry(connection)
        assert [deliver(head.person_id) for head in people] == [0, 1, 1] and len(out.got) == 3


def test_asking_for_delivery_costs_no_statement(app: Flask, connection: Connection, out: Receiver) -> None:
    head = make.make_family(connection).head
    browser = family_browser(app, connection, head)
    for channel in ("sms", "whatsapp"):
        agree(browser, channel)
    said: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        with db.begin(make.family_actor(head).scope) as session:
            notify(session, family_id=head.family_id, person_id=head.person_id, key=URGENT, values={})
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    assert len([one for one in said if "notice" in one or "delivery" in one]) == 1
    assert len(states(connection)) == 2
    make.as_owner(connection)
    jobs = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'deliver'")
    assert connection.execute(jobs).scalar_one() == 1


def test_whom_nothing_reaches_is_told_in_person_by_the_own_officer(
    app: Flask, connection: Connection, out: Receiver
) -> None:
    near, far = make.make_family(connection), make.make_family(connection, village_id=make.FAR_VILLAGE)
    reached = make.make_family(connection, head={"name": "TERJANGKAU"}).head
    reachable(connection, reached)
    agree(family_browser(app, connection, reached), "sms")
    for member in (near.head, far.head, reached):
        leave(connection, member, "case_asked")
        leave(connection, member, "case_noted")  # nothing that has a day
    deliver(reached.person_id)
    worker = make.make_staff(connection, make.VILLAGE)
    browser = staff_browser(app, connection, worker)
    browser.get("/petugas/sampaikan")
    assert "Tidak ada" in browser.words, "a day is left to read it"
    make.as_owner(connection)
    connection.execute(text("UPDATE notice SET created_at = now() - interval '25 hours'"))
    browser.get("/petugas/sampaikan")
    assert browser.words.count("Siti Aminah") == 3 and "Terjangkau" not in browser.words  # once, and twice for readers
    assert "1 pesan" in browser.words and "Sukorejo" not in browser.words
    paper = next(str(a["href"]) for a in browser.soup.select("a") if str(a["href"]).endswith("/surat"))
    browser.get(paper)
    assert "Dusun Krajan" in browser.words and "Ada pesan untuk Anda" in browser.words
    assert "bantuan" not in browser.words.lower()
    other = staff_browser(app, connection, make.make_staff(connection, make.FAR_VILLAGE))
    assert other.get(paper).status_code == 404
    browser.get("/petugas/sampaikan")
    browser.fill("/sudah")
    assert "Tidak ada" in browser.words
    home = family_browser(app, connection, near.head)
    assert "Wahyu Hidayat memberi tahu Anda langsung" in home.get("/pesan").text
    assert "memberi tahu Anda tentang pesan" in home.get("/siapa-melihat").text
    make.as_owner(connection)
    told = text("SELECT data->>'count' FROM audit_event WHERE event = 'notice_told' AND family_id = :f")
    assert connection.execute(told, {"f": near.id}).scalar_one() == "1"


def test_what_home_must_not_know_of_is_kept_in_and_the_officer_reads_of_the_rest(
    app: Flask, connection: Connection, out: Receiver
) -> None:
    family = make.make_family(connection)
    near, far = (make.make_staff(connection, area) for area in (make.VILLAGE, make.FAR_VILLAGE))
    browser = family_browser(app, connection, family.head)
    reachable(connection, family.head)
    agree(browser, "sms")
    silent = next(key for key, kind in KINDS.items() if kind.quick_exit)
    plain, hidden = make_case(connection, family), make_case(connection, family, restricted=True)
    kind_of = text("UPDATE cases SET kind = :kind WHERE id = :id")
    connection.execute(kind_of, {"kind": silent, "id": hidden})
    found = connection.execute(text("SELECT id, reference FROM cases ORDER BY id")).all()
    reference = {row.id: row.reference for row in found}
    for case in (plain, hidden):
        leave(connection, family.head, case=reference[case])
    assert deliver(family.head.person_id) == 1 and len(out.got) == 1
    assert states(connection) == [("sms", "sent", 1), ("sms", "kept", 0)]

    def read_by(officer: StaffActor, case: int) -> list[str]:
        with db.begin(officer.scope) as session:
            return [way.channel for way in carried_of_case(session, reference[case])]

    assert [read_by(near, plain), read_by(far, plain), read_by(near, hidden)] == [["SMS"], [], []]
    # Nobody tells in person of a sealed case either.
    make.as_owner(connection)
    connection.execute(text("UPDATE notice SET created_at = now() - interval '2 days'"))
    connection.execute(text("UPDATE delivery SET state = 'failed'"))
    assert [(name, len(people)) for name, people in untold(near)] == [("Pendarungan", 1)]
    assert untold(near)[0][1][0].count == 1 and untold(far) == []
    # Another family, and a helper beside the member, have nothing to do with devices and what was sent.
    other = make.make_family(connection).head
    for scope in (make.family_actor(other).scope, near.scope):
        with db.begin(scope) as session:
            for table in ("delivery", "push_subscription"):
                assert seen(session, table) == 0, table


def seen(session: Session, table: str) -> int:
    """How many rows the scope sees; none where it may not even ask."""
    try:
        with session.begin_nested():
            return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    except ProgrammingError:
        return 0
