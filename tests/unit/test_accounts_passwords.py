"""Which passwords an officer may choose, the acts that need two people, and the limits of looking around."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from portal.accounts import four_eyes, passwords
from portal.accounts.browsing_alarm import FILE, Limits, read_limits
from portal.accounts.four_eyes import Act, Second
from portal.accounts.roles import ROLES, Permission


def refusal(password: str) -> str | None:
    return passwords.refusal(password, login="ratna.p", name="Ratna Permana")


@pytest.mark.parametrize(
    "good", ["kuda lumping hijau", "satukan hati kita", "tujuh-belas-ekor-angsa", "4829 1837 2291 x"]
)
def test_length_is_enough(good: str) -> None:
    assert refusal(good) is None


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("short", passwords.TOO_SHORT),
        ("elevensigns", passwords.TOO_SHORT),
        ("x" * 201, passwords.TOO_LONG),
        ("permana di sawah", passwords.TOO_NEAR),
        ("RATNA yang baik", passwords.TOO_NEAR),
        ("masuk ratna.p 2026", passwords.TOO_NEAR),
        ("bismillah123456", passwords.TOO_COMMON),
        ("Indonesia2026!!", passwords.TOO_COMMON),
        ("passwordpassword", passwords.TOO_COMMON),
        ("leavemealone", passwords.TOO_COMMON),
        ("abcabcabcabcabc", passwords.TOO_COMMON),
        ("qwertyuiopasdf", passwords.TOO_COMMON),
        ("123456789012", passwords.TOO_COMMON),
        ("abababababab", passwords.TOO_COMMON),
    ],
)
def test_what_is_tried_first_is_refused(bad: str, why: str) -> None:
    assert refusal(bad) == why


def test_the_list_of_common_ones_is_there() -> None:
    assert len(passwords.common()) > 20_000
    assert {"password", "sayangku", "bismillah"} <= passwords.common()


ADMIN = ROLES["administrator"].permissions


@pytest.mark.parametrize(
    ("second", "days", "expected"),
    [
        (Second(2, ADMIN), 1, None),
        (Second(1, ADMIN), 1, four_eyes.SAME_PERSON),
        (Second(9, ADMIN), 1, four_eyes.ABOUT_ONESELF),
        (Second(2, ROLES["supervisor"].permissions), 1, four_eyes.NOT_ALLOWED),
        (Second(2, ADMIN), 8, four_eyes.TOO_LATE),
    ],
)
def test_two_people_make_an_administrator(second: Second, days: int, expected: str | None) -> None:
    ago = timedelta(days=days)
    assert four_eyes.refusal(Act.MAKE_ADMINISTRATOR, second, begun_by=1, begun_ago=ago, about=9) == expected


def test_every_act_for_two_can_be_done_by_two_roles_or_people() -> None:
    assert set(four_eyes.ACTS) == set(Act)
    for rule in four_eyes.ACTS.values():
        assert [role for role in ROLES.values() if rule.first in role.permissions]
        assert [role for role in ROLES.values() if rule.second in role.permissions]


def test_who_looks_after_officers_sees_no_family() -> None:
    families = {
        Permission.FIND_FAMILY,
        Permission.WORK_CASES,
        Permission.DECIDE_CASES,
        Permission.REVEAL_NUMBER,
        Permission.BIND_SLIP,
    }
    assert not families & ADMIN
    assert not families & ROLES["auditor"].permissions


def test_the_limits_are_read_and_checked(tmp_path: Path) -> None:
    limits = read_limits(FILE)
    assert not limits.are_passed(limits.hour, limits.day)
    assert limits.are_passed(limits.hour + 1, limits.hour + 1)
    assert limits.are_passed(0, limits.day + 1)
    wrong = tmp_path / "limits.toml"
    for text in (
        "hour = 30",
        "hour = 0\nday = 80",
        "hour = 90\nday = 80",
        'hour = "3"\nday = 80',
        "hour=1\nday=2\nx=1",
    ):
        wrong.write_text(text)
        with pytest.raises(ValueError, match=r"limits\.toml"):
            read_limits(wrong)
    wrong.write_text("hour = 2\nday = 5")
    assert read_limits(wrong) == Limits(2, 5)
