"""Who can sign in to the demo: families of the stories, and officers of the regency."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts import pins
from portal.accounts.activation import create_account
from portal.accounts.staffing import NewOfficer, create_staff, make_slips
from portal.demo.stories import BANGOREJO, KABAT, Quarter, find, kk_of, nik_of
from portal.extensions import keys

REGENCY = 3510
_WORDS = (
    "padi jagung bambu kelapa mangga salak rambutan cengkih kopi teh sawah ladang sungai gunung pantai hutan "
    "angin hujan bulan bintang"
).split()

_OFFICERS = (
    ("wahyu", "Wahyu Hidayat", "Pendamping sosial", "social_worker", (KABAT[0], KABAT[1])),
    ("ratna", "Ratna Permana", "Pendamping sosial", "social_worker", (KABAT[0], KABAT[2])),
    ("made", "Made Saputra", "Pendamping sosial", "social_worker", (BANGOREJO[0], BANGOREJO[1])),
    ("lestari", "Lestari Nugroho", "Koordinator Kecamatan Kabat", "supervisor", (351014,)),
    ("taufik", "Taufik Ramadhan", "Koordinator Kecamatan Bangorejo", "supervisor", (351002,)),
    ("dinsos", "Hendra Wijaya", "Dinas Sosial Kabupaten Banyuwangi", "regency_office", (REGENCY,)),
    ("dinsos2", "Yuni Hartati", "Dinas Sosial Kabupaten Banyuwangi", "regency_office", (REGENCY,)),
    ("sari", "Sari Utami", "Operator Desa", "village_operator", (KABAT[0],)),
    ("bambang", "Bambang Irawan", "Auditor Inspektorat Kabupaten Banyuwangi", "auditor", (REGENCY,)),
    ("agus", "Agus Setiawan", "Administrator sistem Kabupaten Banyuwangi", "administrator", (REGENCY,)),
    ("indah", "Indah Puspita", "Administrator sistem Kabupaten Banyuwangi", "administrator", (REGENCY,)),
)
HOURS = "Senin-Jumat 08.00-15.00"
#: A worker whose relatives live in the village: nobody decides on the own family.
KIN_OF = ("wahyu", "dead_member_listed")
COMPANION_OF = ("ratna", "paid_on_time")
_NOBODY = text(
    "SELECT n.person_id, m.family_id FROM nik_index n JOIN member m ON m.person_id = n.person_id "
    "AND m.until IS NULL WHERE n.nik_hash = :nik"
)
_KIN = text("INSERT INTO staff_kinship (staff_id, family_id) VALUES (:staff, :family)")
_COMPANION = text("INSERT INTO companion (family_id, staff_id, since) VALUES (:family, :staff, :since)")
_BIND = text(
    "UPDATE slip SET person_id = :person, family_id = :family, bound_by = :staff, bound_at = now(), "
    "expires_at = now() + interval '30 days' WHERE serial = :serial"
)
_SPARE_SLIPS, _SPARE_RESETS = 5, 4


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of ``demo-accounts.json``. Families have a PIN, officers a password and a TOTP secret."""

    role: str
    name: str
    login: str
    about: str
    pin: str | None = None
    password: str | None = None
    totp_secret: str | None = None

    def as_json(self) -> dict[str, str]:
        """Without what does not apply."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class DemoSlip:
    """One line of ``demo-slips.json``: a sealed slip, opened. ``nik`` is empty while no member has it.

    ``purpose`` is activation (a first sign-in) or reset (a new PIN, which two officers give).
    """

    serial: str
    code: str
    name: str = ""
    nik: str = ""
    purpose: str = "activation"

    def as_json(self) -> dict[str, str]:
        """Every field."""
        return asdict(self)


def make_people(session: Session, quarter: Quarter) -> tuple[list[DemoAccount], list[DemoSlip]]:
    """Make officers, families' accounts and slips, as the owner of the database."""
    made: list[DemoAccount] = []
    staff: dict[str, int] = {}
    for login, name, title, role, areas in _OFFICERS:
        password = "-".join(secrets.choice(_WORDS) for _ in range(4))
        officer = NewOfficer(login, name, title, role, areas, HOURS, since=date(2025, 1, 1))
        staff[login], totp = create_staff(session, officer, password)
        made.append(DemoAccount(role, name, login, title, password=password, totp_secret=totp))
    made += _family_accounts(session, quarter)
    session.execute(_KIN, {"staff": staff[KIN_OF[0]], "family": _family(session, quarter, KIN_OF[1])})
    session.execute(
        _COMPANION,
        {
            "staff": staff[COMPANION_OF[0]],
            "family": _family(session, quarter, COMPANION_OF[1]),
            "since": quarter.before,
        },
    )
    return made, list(_sealed_slips(session, quarter, staff["wahyu"]))


def _family_accounts(session: Session, quarter: Quarter) -> Iterator[DemoAccount]:
    for number, story in find(quarter, lambda s: s.login):
        person = next(p for p in story.people if p.facts.get("STATUS_HIDUP") != "MENINGGAL")
        nik = nik_of(number, story.people.index(person), story, person)
        person_id, family_id = _who(session, nik)
        pin = _good_pin(nik, kk_of(number, story), [p.birth for p in story.people])
        create_account(session, person_id, family_id, pin)
        yield DemoAccount("family", person.name, nik, story.key, pin=pin)


def _sealed_slips(session: Session, quarter: Quarter, worker: int) -> Iterator[DemoSlip]:
    """One slip bound to a family that has not used it yet; spare ones for trying the worker's page."""
    slips = make_slips(session, 1 + _SPARE_SLIPS)
    number, story = find(quarter, lambda s: not s.login)[0]
    nik = nik_of(number, 0, story, story.people[0])
    person_id, family_id = _who(session, nik)
    serial, code = slips[0]
    session.execute(_BIND, {"person": person_id, "family": family_id, "staff": worker, "serial": serial})
    yield DemoSlip(serial, code, story.people[0].name, nik)
    for serial, code in slips[1:]:
        yield DemoSlip(serial, code)
    for serial, code in make_slips(session, _SPARE_RESETS, "reset"):
        yield DemoSlip(serial, code, purpose="reset")


def _who(session: Session, nik: str) -> tuple[int, int]:
    row = session.execute(_NOBODY, {"nik": keys.ring.blind_index("nik", nik)}).one()
    return row.person_id, row.family_id


def _family(session: Session, quarter: Quarter, key: str) -> int:
    number, story = find(quarter, lambda s: s.key == key)[0]
    return _who(session, nik_of(number, 0, story, story.people[0]))[1]


def _good_pin(nik: str, kk: str, births: list[date]) -> str:
    while True:
        pin = f"{secrets.randbelow(1_000_000):06d}"
        if pins.refusal(pin, numbers=(nik, kk), births=births) is None:
            return pin
