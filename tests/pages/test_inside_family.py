"""Inside a family: what is one adult's alone, what goes with who leaves, and what stops for who has died."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from portal.accounts.actor import FamilyActor
from portal.accounts.sessions import find_actor
from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.factories import TestFamily, TestMember, as_owner, insert
from tests.pages.clients import PortalClient
from tests.pages.signing import client_of, make_signing_family, sign_in
from tests.pages.test_jobs_late import make_case

PAGES = ("/beranda", "/bantuan", "/desil", "/peluang", "/peluang/PKH", "/pesan", "/pengajuan")
SECRET = "PIL-KB-9"  # a word that stands in the wife's facts only


@pytest.fixture
def family(connection: Connection) -> TestFamily:
    """A husband, who is the head, a wife and a small child."""
    made = make.make_family(connection, head={"name": "BUDI", "sex": "L"})
    made.members.append(make.make_member(connection, made.id, name="SITI", relation=2, birth=date(1995, 3, 4)))
    child = {"name": "ANI", "relation": 3, "birth": date(2021, 1, 2), "school_participation": 1}
    made.members.append(make.make_member(connection, made.id, health={"disability": 2}, **child))
    make.make_participation(connection, made.id)
    return made


def wife_of(family: TestFamily) -> TestMember:
    return family.members[1]


def becomes_pregnant(connection: Connection, family: TestFamily) -> None:
    """The record, its history and a checked statement say so, and a message tells her."""
    wife = wife_of(family)
    own = {"family_id": family.id, "person_id": wife.person_id}
    health = {"pregnant": True, "pregnancy_no": 2, "disability": 2, "chronic_illness": SECRET}
    insert(connection, "member_health", member_id=wife.id, birth_date=wife.birth_date, **own, **health)
    said = {"subject": "member_health", "subject_id": wife.id}
    insert(connection, "record_change", field="pregnant", old="false", new="true", **said, **own)
    insert(connection, "record_change", field="chronic_illness", old=None, new=SECRET, **said, **own)
    by = {"staff_id": 1, "staff_name": "X", "case_reference": "AAAA-AAAA"}
    insert(connection, "statement", field="disability", value="2", **said, **own, **by)
    insert(connection, "notice", key="case_sent", values={"title": SECRET, "reference": "X", "day": "Y"}, **own)


def pages_of(client: PortalClient, actor: FamilyActor) -> dict[str, str]:
    """What stands on every page of this reader, without what differs each time."""
    reader = client.as_(actor)
    htmls = {path: reader.get(path).get_data(as_text=True) for path in PAGES}
    return {path: re.sub(r'(value|content)="[^"]{20,}"', "", html) for path, html in htmls.items()}


def test_a_husband_reads_the_same_pages_whether_his_wife_is_pregnant_or_not(
    client: PortalClient, connection: Connection, family: TestFamily
) -> None:
    husband = make.family_actor(family.head)
    before = pages_of(client, husband)
    becomes_pregnant(connection, family)
    after = pages_of(client, husband)
    assert [path for path in PAGES if before[path] != after[path]] == []
    assert not any(SECRET in html for html in after.values())
    assert "ibu hamil atau baru melahirkan" not in after["/bantuan"], "not even that it could be, beside her name"


def test_she_herself_reads_it(client: PortalClient, connection: Connection, family: TestFamily) -> None:
    wife = make.family_actor(wife_of(family))
    before = pages_of(client, wife)
    becomes_pregnant(connection, family)
    after = pages_of(client, wife)
    assert SECRET in after["/desil"] and SECRET in after["/pesan"]
    assert before["/bantuan"] != after["/bantuan"], "the line of PKH, or the test above could not fail"


OWN_TABLES = ("member_health", "record_change", "statement", "notice", "case_draft", "kept_home")


def sent_by(family: TestFamily, member: TestMember) -> TestFamily:
    """The family as the factory of cases takes it, whose sender is the first member."""
    return replace(family, members=[member])


def test_the_database_shows_a_members_own_things_to_that_member_alone(committed: Engine) -> None:
    with committed.begin() as owner:
        family = make.make_family(owner, head={"name": "BUDI", "sex": "L"})
        family.members.append(make.make_member(owner, family.id, name="SITI", relation=2))
        becomes_pregnant(owner, family)
        own = {"family_id": family.id, "person_id": wife_of(family).person_id}
        make.make_account(owner, wife_of(family))
        insert(owner, "case_draft", kind="moved", answers_sealed=b"x", **own)
        kept = {"record_revision": 1, "cases_revision": 0, "inbox_revision": 0, "catalogue": "x", "content": {}}
        insert(owner, "kept_home", since=make.AS_OF, until=make.AS_OF, **kept, **own)
        sealed = make_case(owner, sent_by(family, wife_of(family)), restricted=True, level="regency")

    def rows(member: TestMember) -> dict[str, int]:
        """Every row of the family that says whose it is, with every filter forgotten."""
        scope = Scope("family", person_id=member.person_id, family_id=family.id, guardian=True)
        with db.begin(scope) as session:
            counts = {
                table: session.execute(
                    text(f"SELECT count(*) FROM {table} WHERE person_id = :p"), {"p": own["person_id"]}
                ).scalar_one()
                for table in OWN_TABLES
            }
            found = session.execute(text("SELECT count(*) FROM cases WHERE reference = :r"), {"r": sealed})
            return counts | {"cases": found.scalar_one()}

    assert rows(family.head) == dict.fromkeys((*OWN_TABLES, "cases"), 0)
    assert all(rows(wife_of(family)).values())


def test_a_parent_reads_a_small_childs_health_and_a_brother_does_not(
    client: PortalClient, connection: Connection, family: TestFamily
) -> None:
    brother = make.make_member(connection, family.id, name="AGUS", sex="L", relation=3, birth=date(2006, 1, 1))

    def card(member: TestMember) -> str:
        html = client.as_(make.family_actor(member)).get("/desil").get_data(as_text=True)
        return html.split("Ani", 1)[1].split("Agus", 1)[0]

    assert "disabilitas berat" in card(family.head).lower()
    assert "disabilitas berat" in card(wife_of(family)).lower()
    assert "disabilitas berat" not in card(brother).lower()


# Who leaves.


def test_who_leaves_loses_the_later_address_and_cases_and_the_family_theirs(
    app: Flask, client: PortalClient, connection: Connection
) -> None:
    old, _account = make_signing_family(connection, head={"name": "SITI"})
    stays = make.make_member(connection, old.id, name="BUDI", sex="L", relation=2)
    phone = client_of(app)
    assert sign_in(phone, old.head).status_code == 303
    with phone.session_transaction() as cookie:
        token = cookie["_user_id"]
    new = make.make_family(connection, village_id=make.OTHER_VILLAGE, head={"name": "MARYAM"})
    leave(connection, old.head, new.id)
    later = make_case(connection, sent_by(old, stays))
    theirs = make_case(connection, new)

    actor = find_actor(token)
    assert isinstance(actor, FamilyActor) and actor.family_id == new.id
    assert "Kalirejo" in phone.get("/desil").get_data(as_text=True)
    assert "Pendarungan" not in phone.get("/desil").get_data(as_text=True)
    assert phone.get(f"/pengajuan/{later}").status_code == 404
    assert later not in phone.get("/pengajuan").get_data(as_text=True)
    rest = client.as_(make.family_actor(stays))
    assert rest.get(f"/pengajuan/{theirs}").status_code == 404
    assert "Siti" not in rest.get("/desil").get_data(as_text=True).split("<main")[1]
    assert "Kalirejo" not in rest.get("/desil").get_data(as_text=True)


def leave(connection: Connection, member: TestMember, new_family: int | None) -> None:
    """As an extract closes one membership and opens another."""
    as_owner(connection)
    connection.execute(
        text("UPDATE member SET until = current_date WHERE family_id = :f AND person_id = :p"),
        {"f": member.family_id, "p": member.person_id},
    )
    if new_family is not None:
        values = {"name": member.name, "birth_date": member.birth_date, "relation": 2, "since": date(2026, 1, 1)}
        sealed = connection.execute(text("SELECT nik_sealed FROM member WHERE id = :m"), {"m": member.id}).scalar_one()
        insert(connection, "member", family_id=new_family, person_id=member.person_id, nik_sealed=sealed, **values)


def test_who_stands_in_no_family_any_more_is_signed_out_at_once(app: Flask, connection: Connection) -> None:
    family, _account = make_signing_family(connection)
    phone = client_of(app)
    sign_in(phone, family.head)
    with phone.session_transaction() as cookie:
        token = cookie["_user_id"]
    leave(connection, family.head, None)
    assert find_actor(token) is None
    assert phone.get("/beranda").location.startswith("/masuk")


# Who has died.


def test_the_dead_are_not_greeted_and_fit_nothing(
    client: PortalClient, connection: Connection, family: TestFamily
) -> None:
    wife = make.family_actor(wife_of(family))
    becomes_pregnant(connection, family)
    assert "Siti" in pages_of(client, wife)["/beranda"].split("<h1")[1].split("</h1>")[0]
    as_owner(connection)
    connection.execute(text("UPDATE member SET alive = false WHERE id = :m"), {"m": wife.member_id})
    connection.execute(text("UPDATE family SET revision = revision + 1"))
    pages = pages_of(client, wife)
    assert "Siti" not in pages["/beranda"].split("<h1")[1].split("</h1>")[0]
    assert "Siti" not in pages["/peluang"].split("<main")[1]
    assert "Siti" not in pages["/peluang/PKH"].split("<main")[1]


def test_reported_dead_is_enough_before_the_centre_knows(
    client: PortalClient, connection: Connection, family: TestFamily
) -> None:
    pupil = {"name": "RAHMAT", "sex": "L", "relation": 3, "school_participation": 2, "school_level": "SMP"}
    son = make.make_member(connection, family.id, birth=date(2011, 2, 3), **pupil)
    wife = make.family_actor(wife_of(family))
    before = pages_of(client, wife)
    assert "Rahmat" in before["/peluang"]
    by = {"staff_id": 1, "staff_name": "X", "case_reference": "AAAA-AAAA"}
    for member in (son, wife_of(family)):
        said = {"subject": "member", "subject_id": member.id, "field": "alive", "value": "false"}
        insert(connection, "statement", family_id=family.id, **said, **by)
    after = pages_of(client, wife)
    assert "Rahmat" not in after["/peluang"].split("<main")[1]
    assert "Rahmat" not in after["/beranda"].split("<main")[1]
    assert "Siti" not in after["/beranda"].split("<h1")[1].split("</h1>")[0]
    assert "Rahmat" in after["/desil"], "the official record still lists him, with what was checked beside it"
