"""A family that moved takes its cases along: to officers who see its record, and nobody loses one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests import factories as make
from tests.pages.test_jobs_late import make_case, row

_AREA = text("SELECT village_id FROM cases WHERE reference = :r")


def move(connection: Connection, family: make.TestFamily, village: int = make.FAR_VILLAGE) -> None:
    """What an extract does that names another village."""
    make.as_owner(connection)
    connection.execute(text("UPDATE family SET village_id = :v WHERE id = :f"), {"v": village, "f": family.id})


def test_an_open_case_goes_to_an_officer_of_the_new_village_and_says_so(client: Any, connection: Connection) -> None:
    family = make.make_family(connection)
    near = make.make_staff(connection, make.VILLAGE)
    far = make.make_staff(connection, make.FAR_VILLAGE, name="Ibu Jauh")
    reference = make_case(connection, family, state="with_worker", assigned_to=near.staff_id)
    closed = make_case(connection, family, state="accepted", closed_at="2026-01-01", assigned_to=near.staff_id)
    move(connection, family)
    assert tuple(row(connection, reference))[:2] == ("village", far.staff_id)
    assert row(connection, closed).assigned_to == near.staff_id
    for one in (reference, closed):
        assert client.as_(far).get(f"/petugas/kasus/{one}").status_code == 200
        assert client.as_(near).get(f"/petugas/kasus/{one}").status_code == 404
    page = client.as_(make.family_actor(family.head)).get(f"/pengajuan/{reference}").text
    assert "tercatat di desa lain" in page and "Ibu Jauh" in page
    told = "SELECT count(*) FROM audit_event WHERE event = 'case_followed' AND data->>'reference' = :r"
    make.as_owner(connection)
    assert connection.execute(text(told), {"r": reference}).scalar_one() == 1
    assert connection.execute(text(told), {"r": closed}).scalar_one() == 0


def test_an_officer_of_both_villages_keeps_it(connection: Connection) -> None:
    family = make.make_family(connection)
    both = make.make_staff(connection, make.VILLAGE, make.FAR_VILLAGE)
    make.make_staff(connection, make.FAR_VILLAGE)
    reference = make_case(connection, family, assigned_to=both.staff_id)
    before = row(connection, reference)
    move(connection, family)
    assert row(connection, reference) == before
    assert connection.execute(_AREA, {"r": reference}).scalar_one() == make.FAR_VILLAGE


@pytest.mark.parametrize("restricted", [False, True])
def test_where_nobody_serves_it_waits_for_the_regency(connection: Connection, *, restricted: bool) -> None:
    family = make.make_family(connection)
    make.make_staff(connection, make.FAR_VILLAGE) if restricted else None
    reference = make_case(connection, family, restricted=restricted, level="regency" if restricted else "village")
    move(connection, family)
    assert tuple(row(connection, reference))[:2] == ("regency", None)
