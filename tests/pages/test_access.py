"""Every route times every kind of reader times another family's object: nothing leaks.

The routes come from the url map, the expectations from ``access_table``: a route that stands in no table fails here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, url_for
from sqlalchemy import Engine, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.web.access import unmarked_endpoints
from tests.pages.access_table import EVERYBODY, MARKERS, Target, table
from tests.pages.access_world import World, make_world
from tests.pages.clients import PortalClient
from tests.pages.inspecting import PageFault

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
SIGN_IN = ("/masuk", "/petugas/masuk")
KEPT_TABLES = (
    "family housing desil member member_health participation disbursement record_change statement cases case_event "
    "visit case_file case_draft staff_kinship companion slip notice mandate pin_reset nik_conflict passkey consent "
    "said_right"
).split()


@pytest.fixture
def world(committed: Engine) -> World:
    return make_world(committed)


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and not rule.endpoint.startswith("gallery."):
            yield rule


def addresses(app: Flask, world: World, method: str) -> list[tuple[str, Target, str]]:
    """Endpoint, target and address of everything that answers ``method``."""
    expected = table(world)
    with app.test_request_context():
        return [
            (rule.endpoint, target, url_for(rule.endpoint, **target.values))
            for rule in rules(app, method)
            for target in expected[rule.endpoint]
        ]


def refused(answer: TestResponse) -> bool:
    """Whether the answer says no, or sends the reader to sign in."""
    if answer.status_code in (303, 401):
        return (answer.headers.get("HX-Redirect") or answer.location or "").startswith(SIGN_IN)
    return answer.status_code in (403, 404)


def words_of(answer: TestResponse) -> str:
    """The body in small letters; a picture has no words."""
    return answer.get_data().decode("utf-8", "replace").lower()


def leaks(reader: str, answer: TestResponse) -> list[str]:
    """The markers in the answer that this reader may not read."""
    body = words_of(answer)
    return [word for word, may in MARKERS.items() if reader not in may and word.lower() in body]


def faults(reader: str, target: Target, answer: TestResponse) -> Iterator[str]:
    """What is wrong with this answer to this reader."""
    if target.who == EVERYBODY:
        if answer.status_code in (403, 404) or answer.status_code >= 500:
            yield f"open to everybody, but {answer.status_code}"
    elif reader not in target.who and not refused(answer):
        yield f"should be refused, but {answer.status_code} {answer.location or ''}"
    elif reader in target.who and (refused(answer) or answer.status_code >= 500):
        yield f"may use it, but {answer.status_code} {answer.location or ''}"
    yield from (f"reads {word!r}" for word in leaks(reader, answer))


def test_every_route_stands_in_the_table(app: Flask) -> None:
    known = table(World())
    missing = {rule.endpoint for rule in app.url_map.iter_rules()} - set(known)
    assert not {name for name in missing if not name.startswith("gallery.")}, "add these to tests/pages/access_table.py"
    assert not set(known) - {rule.endpoint for rule in app.url_map.iter_rules()}, "no such routes any more"
    assert unmarked_endpoints(app) == []


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["page", "part"])
def test_nobody_opens_what_is_not_theirs(
    app: Flask, client: PortalClient, world: World, headers: dict[str, str]
) -> None:
    found: list[str] = []
    seen: set[tuple[str, str]] = set()
    for reader, actor in world.readers.items():
        here = client.as_(actor)
        for endpoint, target, address in addresses(app, world, "GET"):
            answer = here.get(address, headers=headers)
            found += [f"{reader} GET {address} ({endpoint}): {fault}" for fault in faults(reader, target, answer)]
            body = words_of(answer)
            seen |= {(word, reader) for word in MARKERS if word.lower() in body}
    assert not found, "\n".join(found)
    expected = {
        ("Zulaikhamark", "worker"),
        ("Kasusmark", "worker"),
        ("Kasusmark", "partner"),
        ("Kunjungmark", "partner"),
        ("Kunjungmark", "worker"),
        ("Drafmark", "owner"),
        ("Segelmark", "office"),
        ("Segelmark", "owner"),
        ("Strangermark", "stranger"),
        ("Catatmark", "operator"),
        ("Ucapmark", "worker"),
        ("Ucapmark", "partner"),
        ("Mandatmark", "partner"),
        ("Mandatmark", "operator"),
    }
    assert expected <= seen, "the markers are not on the pages, so that this test could not fail"


def state(engine: Engine, but: str = "") -> dict[str, str | None]:
    """A digest of every table that a family's record, cases and papers stand in."""
    with engine.connect() as owner:
        return {
            name: owner.execute(text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t")).scalar()
            for name in KEPT_TABLES
            if name != but
        }


def test_nobody_changes_what_is_not_theirs(app: Flask, client: PortalClient, world: World, committed: Engine) -> None:
    found: list[str] = []
    before = state(committed)
    for reader, actor in world.readers.items():
        for endpoint, target, address in addresses(app, world, "POST"):
            if reader in target.who:
                continue
            here = client.as_(actor)  # anew each time: some of these end the session
            with here.allow_nik():
                answer = here.send(address, dict(target.data))
            found += [f"{reader} POST {address} ({endpoint}): {fault}" for fault in faults(reader, target, answer)]
    assert not found, "\n".join(found)
    assert state(committed) == before


def test_those_whom_it_concerns_are_let_in(app: Flask, client: PortalClient, world: World) -> None:
    """The other half: a form gets past the door, so that the refusals above are refusals of the door."""
    found: list[str] = []
    for endpoint, target, address in addresses(app, world, "POST"):
        if endpoint in ("cases.discard_now", "helping.discard_now"):
            continue  # the draft is needed until the end
        for reader in sorted(target.who):
            try:
                here = client.as_(world.readers[reader])
                with here.allow_nik():
                    answer = here.send(address, dict(target.data))
            except PageFault as fault:
                found.append(f"{reader} ({endpoint}): {fault}")
                continue
            found += [f"{reader} POST {address} ({endpoint}): {fault}" for fault in faults(reader, target, answer)]
    assert not found, "\n".join(found)


def test_a_form_without_its_token_changes_nothing(
    app: Flask, client: PortalClient, world: World, committed: Engine
) -> None:
    before = state(committed, but="notice")  # opening one's own case marks its messages as read
    for reader, actor in world.readers.items():
        here = client.as_(actor)
        for _endpoint, target, address in addresses(app, world, "POST"):
            if reader in target.who:
                assert here.post(address, data=dict(target.data)).status_code in (400, 413, 422), address
    assert state(committed, but="notice") == before
