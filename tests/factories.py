"""Makes the rows that tests need, as the owner. All people are invented; NIK serials are 9xxx."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.core.clock import now
from portal.core.ids import new_reference
from portal.extensions import keys

REGENCY, KECAMATAN, VILLAGE, OTHER_VILLAGE = 3510, 351014, 3510142015, 3510142016
FAR_KECAMATAN, FAR_VILLAGE = 351002, 3510022001
OTHER_REGENCY, OTHER_REGENCY_KECAMATAN, OTHER_REGENCY_VILLAGE = 3509, 350901, 3509012001
AS_OF = date(2026, 10, 1)
_serial = itertools.count(1)

_AREAS = [
    (35, 1, None, "Jawa Timur"),
    (REGENCY, 2, 35, "Kabupaten Banyuwangi"),
    (OTHER_REGENCY, 2, 35, "Kabupaten Jember"),
    (KECAMATAN, 3, REGENCY, "Kabat"),
    (FAR_KECAMATAN, 3, REGENCY, "Bangorejo"),
    (OTHER_REGENCY_KECAMATAN, 3, OTHER_REGENCY, "Jombang"),
    (VILLAGE, 4, KECAMATAN, "Pendarungan"),
    (OTHER_VILLAGE, 4, KECAMATAN, "Kalirejo"),
    (FAR_VILLAGE, 4, FAR_KECAMATAN, "Sukorejo"),
    (OTHER_REGENCY_VILLAGE, 4, OTHER_REGENCY_KECAMATAN, "Padomasan"),
]


def seed_areas(connection: Connection) -> None:
    """A small tree of real areas."""
    for area, level, parent, name in _AREAS:
        connection.execute(
            text("INSERT INTO area (id, level, parent_id, name) VALUES (:i, :l, :p, :n)"),
            {"i": area, "l": level, "p": parent, "n": name},
        )


def as_owner(connection: Connection) -> None:
    """Put down the role that the application took in this transaction."""
    connection.execute(text("SELECT set_config('role', 'none', true)"))


def insert(connection: Connection, table: str, returning: str | None = None, **values: Any) -> Any:
    """Insert one row as the owner and give a column of it back."""
    as_owner(connection)
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    tail = f" RETURNING {returning}" if returning else ""
    plain = {n: json.dumps(v) if isinstance(v, dict) else v for n, v in values.items()}
    result = connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks}){tail}"), plain)
    return result.scalar_one() if returning else None


def make_nik(birth: date, sex: str = "P", area: str = "351014") -> str:
    """An invented NIK with a serial of 9xxx."""
    day = birth.day + (40 if sex == "P" else 0)
    return f"{area}{day:02}{birth:%m%y}9{next(_serial) % 1000:03}"


@dataclass
class TestMember:
    """One member made by a test."""

    __test__ = False
    id: int
    person_id: int
    family_id: int
    nik: str
    name: str
    birth_date: date
    relation: int


@dataclass
class TestFamily:
    """One family made by a test. The first member is the head."""

    __test__ = False
    id: int
    public_id: str
    kk: str
    village_id: int
    members: list[TestMember]

    @property
    def head(self) -> TestMember:
        return self.members[0]


def make_member(
    connection: Connection,
    family_id: int,
    *,
    name: str = "SITI AMINAH",
    birth: date = date(1986, 5, 12),
    sex: str = "P",
    relation: int = 1,
    health: dict[str, Any] | None = None,
    **facts: Any,
) -> TestMember:
    """Add a member; ``health`` makes its health row, other facts are columns of ``member``."""
    ring = keys.ring
    nik = make_nik(birth, sex)
    as_owner(connection)
    person = connection.execute(text("INSERT INTO person DEFAULT VALUES RETURNING id")).scalar_one()
    insert(connection, "nik_index", nik_hash=ring.blind_index("nik", nik), person_id=person, key_version=1)
    values = {"alive": True, "marital": 2, "source": "DUKCAPIL", "since": AS_OF} | facts
    member = insert(
        connection,
        "member",
        "id",
        family_id=family_id,
        person_id=person,
        nik_sealed=ring.seal("nik", nik),
        name=name,
        birth_date=birth,
        sex=sex,
        relation=relation,
        **values,
    )
    if health is not None:
        insert(
            connection,
            "member_health",
            family_id=family_id,
            member_id=member,
            person_id=person,
            birth_date=birth,
            **health,
        )
    return TestMember(member, person, family_id, nik, name, birth, relation)


def make_family(
    connection: Connection,
    *,
    village_id: int = VILLAGE,
    desil: int | None = 3,
    housing: dict[str, Any] | None = None,
    head: dict[str, Any] | None = None,
    **facts: Any,
) -> TestFamily:
    """A family with its head, a house and a desil."""
    ring = keys.ring
    kk = f"351014010120{9000 + next(_serial) % 1000}"
    as_owner(connection)
    values = {
        "source": "GROUND CHECK",
        "source_date": date(2025, 8, 1),
        "as_of": AS_OF,
        "rt": "001",
        "rw": "002",
    } | facts
    family = insert(
        connection,
        "family",
        "id",
        kk_hash=ring.blind_index("kk", kk + secrets.token_hex(4)),
        kk_key_version=1,
        kk_sealed=ring.seal("kk", kk),
        village_id=village_id,
        address_sealed=ring.seal("address", "Dusun Krajan No. 1"),
        status="active",
        **values,
    )
    public = connection.execute(text("SELECT public_id FROM family WHERE id = :f"), {"f": family}).scalar_one()
    house = {"tenure": 1, "floor": 6, "wall": 1, "roof": 2, "power_va": 450, "floor_area_m2": 36} | (housing or {})
    insert(connection, "housing", family_id=family, **house)
    if desil is not None:
        insert(connection, "desil", family_id=family, ranked_on=AS_OF, desil=desil)
    made = TestFamily(family, str(public), kk, village_id, [])
    made.members.append(make_member(connection, family, **(head or {})))
    return made


def make_participation(connection: Connection, family_id: int, program: str = "PKH", **values: Any) -> int:
    """The family in a programme, active unless said otherwise."""
    values = {"since": date(2024, 1, 1), "active": True} | values
    return int(insert(connection, "participation", "id", family_id=family_id, program=program, **values))


def make_disbursement(connection: Connection, family_id: int, program: str = "PKH", **values: Any) -> int:
    """A paid stage unless said otherwise; rupiah."""
    values = {
        "year": 2026,
        "stage": 3,
        "amount": 750_000,
        "scheduled_on": date(2026, 7, 20),
        "paid_on": date(2026, 7, 24),
        "status": "SUKSES SPM",
        "channel": "BRI",
    } | values
    return int(insert(connection, "disbursement", "id", family_id=family_id, program=program, **values))


def make_staff(
    connection: Connection, *areas: int, role: str = "social_worker", name: str = "Wahyu Hidayat"
) -> StaffActor:
    """An officer assigned to the areas since 2020; no credential is made."""
    staff = insert(connection, "staff", "id", name=name, title="Pendamping sosial", role=role)
    for area in areas:
        insert(connection, "staff_assignment", staff_id=staff, area_id=area, since=date(2020, 1, 1))
    return StaffActor("", staff, name, "Pendamping sosial", role, "Asia/Jakarta")


def make_account(connection: Connection, member: TestMember, pin_hash: str = "none") -> int:
    """A login for a member, without a PIN that anybody knows unless a hash is given."""
    return int(
        insert(
            connection,
            "account",
            "id",
            person_id=member.person_id,
            family_id=member.family_id,
            pin_hash=pin_hash,
        )
    )


def make_passkey(connection: Connection, **values: Any) -> Any:
    """A passkey that nobody holds, of ``person_id`` or ``staff_id``; gives its public id."""
    values = {
        "credential_id": secrets.token_bytes(16),
        "user_handle": secrets.token_bytes(32),
        "public_key": b"none",
        "sign_count": 0,
        "backup_eligible": False,
        "backed_up": False,
        "transports": ["internal"],
        "name": "HP saya",
    } | values
    return insert(connection, "passkey", "public_id", **values)


def family_actor(member: TestMember, account_id: int = 0, village_id: int = VILLAGE) -> FamilyActor:
    """The member as the services see it when signed in."""
    return FamilyActor(
        token="",
        account_id=account_id,
        person_id=member.person_id,
        family_id=member.family_id,
        member_id=member.id,
        relation=member.relation,
        name=member.name,
        language="id",
        village_id=village_id,
        previous_visit_at=None,
        revisions=(1, 0, 0),
    )


def make_reset(connection: Connection, member: TestMember, started_by: int, code_hash: bytes | None = None) -> Any:
    """A reset of the member's PIN that waits for a second officer; gives its public id."""
    serial = f"S-8{next(_serial):06}"
    values = {"person_id": member.person_id, "family_id": member.family_id}
    insert(
        connection,
        "slip",
        serial=serial,
        code_hash=code_hash or secrets.token_bytes(16),
        purpose="reset",
        bound_by=started_by,
        bound_at=AS_OF,
        **values,
    )
    village = connection.execute(
        text("SELECT village_id FROM family WHERE id = :f"), {"f": member.family_id}
    ).scalar_one()
    return insert(
        connection, "pin_reset", "public_id", serial=serial, village_id=village, started_by=started_by, **values
    )


def make_breach(connection: Connection, recorded_by: int, what: str = "Kertas hilang", **values: Any) -> Any:
    """A breach of which the office of the regency has known for an hour; gives its public id."""
    ring = keys.ring
    values = {"known_at": now() - timedelta(hours=1), "people": 12, "kinds": ["numbers"]} | values
    return insert(
        connection,
        "breach",
        "public_id",
        regency_id=REGENCY,
        recorded_by=recorded_by,
        what_sealed=ring.seal("breach", what),
        who_sealed=ring.seal("breach", "Warga satu desa"),
        measures_sealed=ring.seal("breach", "Lemari dikunci"),
        **values,
    )


def make_offering(connection: Connection, written_by: int, name: str = "Kursus menjahit") -> Any:
    """What the office of the regency has begun to write; gives its public id."""
    offering = insert(connection, "offering", "id", regency_id=REGENCY, code="KURSUS-JAHIT", kind="training")
    about = {"code": "KURSUS-JAHIT", "kind": "training", "audience": "member", "name_id": name, "name_en": name}
    values = {"offering_id": offering, "regency_id": REGENCY, "written_by": written_by}
    insert(connection, "offering_version", number=1, answers={"about": about}, **values)
    return connection.execute(text("SELECT public_id FROM offering WHERE id = :o"), {"o": offering}).scalar_one()


def make_proposal(connection: Connection, name: str = "Mbah Surip", **values: Any) -> str:
    """A proposal that came without a login; gives its reference."""
    answers = {"whom": "other", "name": name, "nik": "", "address": "RT 3", "why": "Hidup sendiri", "contact": ""}
    values = {"reference": new_reference(), "village_id": VILLAGE, "for_own": False, "has_nik": False} | values
    values = {"promised_on": date(2099, 1, 1)} | values
    hashes = {one: secrets.token_bytes(16) for one in ("once_hash", "content_hash", "code_hash")}
    sealed = keys.ring.seal("proposal.answers", json.dumps(answers))
    insert(connection, "proposal", **hashes, **values, answers_sealed=sealed)
    return str(values["reference"])


def open_sealed(connection: Connection, reference: str, first: int, second: int) -> None:
    """Two officers have opened a sealed case."""
    as_owner(connection)
    connection.execute(
        text(
            "INSERT INTO sealed_opening (family_id, case_id, reason, asked_by, confirmed_by, confirmed_at)"
            " SELECT family_id, id, 'answer', :first, :second, now() FROM cases WHERE reference = :reference"
        ),
        {"first": first, "second": second, "reference": reference},
    )
