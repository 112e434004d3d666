"""An opportunity that matching found is told: once, in plain words, and only to whom it is about."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from portal.core.clock import today
from portal.core.db import Scope
from portal.extensions import db
from portal.programs import matching, matching_jobs, telling
from portal.programs.models import MATCH_REGENCY
from tests import factories as make
from tests.pages.browsing import signed_in

TEENS = {"kind": "age_between", "lowest": 15, "highest": 18, "sure": "A"}
PREGNANT = {"kind": "pregnant", "sure": "A"}
DISABLED = {"kind": "disability", "severity": [2], "sure": "A"}
WORKER = Scope("worker", job=MATCH_REGENCY)


def publish(owner: Connection, code: str, *criteria: dict[str, Any], days: int = 20, **changed: Any) -> int:
    """A round of the regency's office that takes registrations for so many days; gives its id."""
    day, asked, kind = today(), changed.pop("asked", []), changed.pop("kind", "training")
    regency = changed.pop("regency", make.REGENCY)
    one, two = (make.make_staff(owner, make.REGENCY, role="regency_office").staff_id for _ in range(2))
    words = {"id": f"Kursus {code.lower()}", "en": f"Course {code.lower()}"}
    content = {
        "code": code, "kind": kind, "audience": "member", "name": words, "summary": words, "organiser": words,
        "valid_from": str(day), "valid_until": str(day + timedelta(days=90)), "criteria": criteria,
    }  # fmt: skip
    offering = make.insert(owner, "offering", "id", regency_id=regency, code=code, kind=kind)
    make.insert(
        owner, "offering_version", offering_id=offering, regency_id=regency, number=1, state="published",
        answers={}, content=content, code=code, valid_from=day, quota=20, written_by=one,
        valid_until=day + timedelta(days=90), registration_from=changed.get("registration_from", day),
        registration_until=day + timedelta(days=days), submitted_by=one, submitted_at=day, published_by=two,
        published_at=day, asked=list(asked),
    )  # fmt: skip
    owner.execute(text("UPDATE offering SET state = 'published' WHERE id = :o"), {"o": offering})
    return int(offering)


def born(age: int) -> date:
    return date(today().year - age, 1, 1)


@dataclass
class House:
    """A family without a desil that fits nothing of the portal's own catalogue, and members by name."""

    owner: Connection
    family: make.TestFamily

    def add(self, name: str, age: int, relation: int, *, login: bool = False, **facts: Any) -> make.TestMember:
        member = make.make_member(
            self.owner, self.family.id, name=name, birth=born(age), relation=relation, **{"sex": "L"} | facts
        )
        if login:
            make.make_account(self.owner, member)
        return member


def house(owner: Connection, village: int = make.VILLAGE, *, login: bool = True, **head: Any) -> House:
    made = make.make_family(owner, village_id=village, desil=10, head={"birth": born(40)} | head)
    if login:
        make.make_account(owner, made.head)
    return House(owner, made)


def told(owner: Connection, member: make.TestMember) -> list[tuple[str, dict[str, Any]]]:
    make.as_owner(owner)
    asked = text('SELECT key, "values" FROM notice WHERE person_id = :p ORDER BY id')
    return [(row[0], row[1]) for row in owner.execute(asked, {"p": member.person_id})]


def codes(owner: Connection, member: make.TestMember) -> list[tuple[str, str, str]]:
    """Key, programme and how many more, of each message."""
    return [(key, v["code"], v["rest"].get("with", {}).get("count", "")) for key, v in told(owner, member)]


def untold(owner: Connection, one: House) -> set[tuple[str, bool]]:
    """What members of the family match, and whether it waits to be told."""
    make.as_owner(owner)
    asked = text("SELECT program, told_at IS NULL FROM eligible WHERE family_id = :f AND member_id IS NOT NULL")
    return {(row[0], row[1]) for row in owner.execute(asked, {"f": one.family.id})}


def run() -> None:
    matching_jobs.run_regency(make.REGENCY)


def test_a_child_is_told_of_once_in_plain_words(app: Flask, connection: Connection) -> None:
    """From publishing to the message and its ways on; again and again, and one family alone, tell nothing more."""
    near, outside = house(connection), house(connection, make.OTHER_VILLAGE)
    for one in (near, outside):
        one.add("RAHMAT HIDAYAT", 15, 3)
    ayah = near.add("BUDI", 42, 2, login=True)
    agreed = {"person_id": ayah.person_id, "family_id": ayah.family_id, "purpose": "sms", "given": True, "version": 1}
    make.insert(connection, "consent", language="id", by_name="Budi", **agreed)
    publish(connection, "JAHIT", TEENS, asked=[make.VILLAGE])
    publish(connection, "LAS", TEENS, days=30)
    publish(connection, "UANG", TEENS, kind="cash")
    late = publish(connection, "NANTI", TEENS, registration_from=today() + timedelta(days=5))
    run()
    assert codes(connection, near.family.head) == codes(connection, ayah) == [("chance_child", "JAHIT", "1")]
    assert codes(connection, outside.family.head) == [("chance_child", "LAS", "")], "the village is not asked"
    matches = {("JAHIT", False), ("LAS", False), ("UANG", True), ("NANTI", True), ("KURSUS-KODING", True)}
    assert untold(connection, near) == matches
    assert untold(connection, outside) == matches - {("JAHIT", False)}
    for one in (near, outside):
        assert matching_jobs.run_family(one.family.id) == 0, "one family is matched as all are"
    run()
    assert len(told(connection, ayah)) == 1
    assert connection.execute(text("SELECT person_id, channel FROM delivery")).all() == [(ayah.person_id, "sms")]

    make.as_owner(connection)
    opens = text("UPDATE offering_version SET registration_from = :d WHERE offering_id = :o")
    connection.execute(opens, {"d": today(), "o": late})
    run()
    assert codes(connection, ayah)[1:] == [("chance_child", "NANTI", "")], "told when one can register"
    make.as_owner(connection)
    mine = text("SELECT id FROM account WHERE person_id = :p")
    account = connection.execute(mine, {"p": near.family.head.person_id}).scalar_one()
    reader = signed_in(app, connection, f"account:{account}", account_id=account)
    reader.get("/pesan")
    assert "Anak Anda Rahmat Hidayat, 15 tahun, memenuhi syarat dasar untuk: Kursus jahit." in reader.words
    assert "Ini bukan janji" in reader.words and "Masih ada 1 lagi" in reader.words
    ways = {str(link["href"]) for link in reader.soup.select(".ways a")}
    assert {"/peluang/JAHIT", "/peluang"} < ways
    assert "Kursus jahit" in reader.get("/peluang/JAHIT").text
    assert any("daftar-peluang" in way and "JAHIT" in way for way in ways)


def test_what_rests_on_health_is_told_to_whoever_may_read_it(connection: Connection) -> None:
    """A pregnancy to her alone, a small child's disability to its parents, and neither is counted for anybody else."""
    pregnant = {"health": {"disability": 0, "pregnant": True}}
    one = house(connection, login=False, **pregnant)
    husband = one.add("BUDI", 42, 2, login=True)
    two = house(connection)
    grandmother = two.add("MBAH", 70, 6, login=True)
    two.add("ADIK", 3, 3, health={"disability": 2, "pregnant": False})
    two.add("KAKAK", 16, 3, health={"disability": 2, "pregnant": False})
    publish(connection, "HAMIL", PREGNANT)
    publish(connection, "TERAPI", DISABLED)
    run()
    assert told(connection, husband) == told(connection, grandmother) == []
    assert codes(connection, two.family.head) == [("chance_child", "TERAPI", "")]
    assert told(connection, two.family.head)[0][1]["who"]["with"]["name"] == "Adik"
    make.make_account(connection, one.family.head)
    run()
    run()
    assert codes(connection, one.family.head) == [("chance_own", "HAMIL", "")]
    assert told(connection, husband) == []


def test_runs_at_once_tell_each_once(as_worker: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A regency that was loaded for the first time: one message a person, however many tell it at the same moment."""
    monkeypatch.setattr(telling, "_AT_ONCE", 5)
    with as_worker.begin() as owner:
        houses = [house(owner) for _ in range(20)]
        for one in houses:
            one.add("RAHMAT", 15, 3)
            one.add("DEWI", 16, 3)
        for code in ("JAHIT", "LAS", "MEBEL"):
            publish(owner, code, TEENS)
    with db.begin(WORKER) as session:
        matching.match_regency(session, make.REGENCY, today())
    with ThreadPoolExecutor(3) as together:
        counts = list(together.map(lambda _: telling.tell_regency(make.REGENCY, today()), range(3)))
    assert sum(counts) == len(houses)
    run()
    with as_worker.connect() as owner:
        for one in houses:
            assert codes(owner, one.family.head) == [("chance_child", "JAHIT", "5")]
