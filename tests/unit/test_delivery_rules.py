"""When messages go out, how often they are tried, what they say, and where they may never go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.core.outward import Ways, check_gateway, check_push_key, make_push_key
from portal.delivery.endpoints import NotAllowed, check_endpoint
from portal.delivery.rules import RULES, read_rules, rules
from portal.extensions import outward
from portal.inbox.texts import TEXTS
from portal.web.assets import ROOT

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
GSM = re.compile(r"[A-Za-z0-9 .,:;?!'()/-]*")


@pytest.fixture
def ways() -> Iterator[None]:
    """What a test binds is taken back."""
    before = outward.ways
    yield
    outward.bind(before)


@pytest.mark.parametrize(
    ("moment", "zone", "goes"),
    [
        ("2026-11-23T05:00", JAKARTA, None),  # noon
        ("2026-11-23T12:59", JAKARTA, None),  # 19.59
        ("2026-11-23T13:00", JAKARTA, "2026-11-24T00:00"),  # 20.00 to 7.00
        ("2026-11-23T23:59", JAKARTA, "2026-11-24T00:00"),  # 6.59 to 7.00 of the same day
        ("2026-11-24T00:00", JAKARTA, None),
        ("2026-11-23T11:30", JAYAPURA, "2026-11-23T22:00"),  # 20.30 there, 18.30 in Jakarta
    ],
)
def test_nothing_goes_out_in_the_quiet_hours_of_the_own_zone(moment: str, zone: ZoneInfo, goes: str | None) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    expected = now if goes is None else datetime.fromisoformat(goes).replace(tzinfo=UTC)
    assert rules().not_before("case_taken", now, zone) == expected
    assert rules().not_before("pin_reset_started", now, zone) == now, "urgent"


def test_tries_are_bounded_and_further_and_further_apart() -> None:
    waits = [rules().wait_after(number) for number in range(1, 12)]
    steps = [wait for wait in waits if wait is not None]
    assert steps == sorted(steps) and waits[len(steps) :] == [None] * (11 - len(steps))
    assert timedelta(hours=4) < sum(steps, timedelta()) < timedelta(hours=24)


def test_rules_name_messages_that_there_are_and_are_whole(tmp_path: Path) -> None:
    assert {*rules().tell, *rules().urgent} <= set(TEXTS)
    half = tmp_path / "rules.toml"
    half.write_text(RULES.read_text().replace("[retry]", "[again]"))
    with pytest.raises(ValueError, match="'retry' is missing"):
        read_rules(half)


def test_what_a_message_says_is_neutral_and_short() -> None:
    programs = re.compile(r"pkh|blt|bpnt|bansos|rp|http|www|desil|bantuan", re.IGNORECASE)
    for channel, words in rules().words.items():
        for said in (words.id, words.en):
            assert not programs.search(said) and not re.search(r"\d", said) and GSM.fullmatch(said), channel
            assert channel != "sms" or len(said) <= 160
    script = (ROOT / "assets/js/news-worker.js").read_text()
    shown = re.findall(r"body: '([^']*)'", script)
    assert len(shown) == 4 and not any(programs.search(said) for said in shown)


def test_only_push_services_are_called_and_here_only_this_machine(ways: None) -> None:
    outward.bind(Ways(loopback_only=False))
    for good in ("https://fcm.googleapis.com/fcm/send/x", "https://db5p.notify.windows.com/w/?token=x"):
        check_endpoint(good)
    bad = """
        http://fcm.googleapis.com/x https://fcm.googleapis.com:8443/x https://fcm.googleapis.com@evil.example/x
        https://evil.example/fcm.googleapis.com https://notify.windows.com.evil.example/ https://127.0.0.1/
        https://169.254.169.254/latest https://[::1]/x https://fcm.googleapis.com:x/ ftp://fcm.googleapis.com/
    """
    for one in bad.split():
        with pytest.raises(NotAllowed):
            check_endpoint(one)
    outward.bind(Ways(loopback_only=True))
    check_endpoint("http://127.0.0.1:9/x")
    for one in (*bad.split()[:5], "https://fcm.googleapis.com/fcm/send/x", "http://127.0.0.1.evil.example/"):
        with pytest.raises(NotAllowed):
            check_endpoint(one)


def test_a_gateway_is_refused_that_is_not_this_machine_or_has_no_number() -> None:
    check_gateway("json://127.0.0.1:9/?:to={phone}", loopback_only=True)
    check_gateway("twilio://SID:TOKEN@62/{phone}", loopback_only=False)
    for url in ("json://127.0.0.1:9/", "twilio://SID:TOKEN@62/{phone}", "json://sms.example/{phone}"):
        with pytest.raises(ValueError, match=r"phone|machine") as refused:
            check_gateway(url, loopback_only=True)
        assert "TOKEN" not in str(refused.value)
    check_push_key(make_push_key())
    for key in ("x", "AAAA", "A" * 43):
        with pytest.raises(ValueError, match="web push"):
            check_push_key(key)
