"""Makes the demo once: areas, two extracts of 600 invented families, officers, accounts, slips and cases."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import date
from itertools import chain
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from portal.accounts.hashing import hasher
from portal.config import Settings
from portal.core.clock import today
from portal.core.database_roles import web_url
from portal.core.source import ROOT
from portal.demo.people import make_people
from portal.demo.sent import send_cases
from portal.demo.stories import Quarter, households, stories
from portal.exchange.generator import Household, write_extract
from portal.exchange.generator import households as generated
from portal.exchange.importing import Order, confirm_load, import_extract
from portal.extensions import blobs, db, keys
from portal.registry.areas_load import load_areas

FAMILIES = 600
KECAMATAN = (351014, 351002)
AREA_FILES = ROOT / "node_modules" / "idn-area-data" / "data"
_FULL = frozenset({"keluarga", "anggota", "kepesertaan"})
ACCOUNTS_FILE, SLIPS_FILE = "demo-accounts.json", "demo-slips.json"
_VILLAGES = text("SELECT id FROM area WHERE level = 4 AND NOT retired AND parent_id = ANY(:kecamatan) ORDER BY id")


def make_demo(settings: Settings, url: str) -> None:
    """Make the demo in an empty database; where it stands already, only say who can sign in."""
    keys.bind(settings.keyring)
    hasher.bind(settings.pin_pepper.get_secret_value(), settings.hash_memory_kib)
    accounts, slips = settings.instance / ACCOUNTS_FILE, settings.instance / SLIPS_FILE
    engine = create_engine(url, hide_parameters=True)
    try:
        if not _is_made(engine):
            _make(engine, settings, url)
        elif not (accounts.exists() and slips.exists()):
            raise click.ClickException(
                f"{accounts} or {slips} is gone, and nobody knows the PINs: `make demo-reset` begins anew"
            )
    finally:
        engine.dispose()
    _show(json.loads(accounts.read_text(encoding="utf-8")), json.loads(slips.read_text(encoding="utf-8")))


def quarter_of(day: date) -> Quarter:
    """The first days of the quarter before and of the one that holds ``day``."""
    now = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    before = date(now.year - (now.month == 1), (now.month - 4) % 12 + 1, 1)
    return Quarter(before, now)


def _is_made(engine: Engine) -> bool:
    """Whether both quarters are in."""
    return bool(_one(engine, "SELECT count(*) > 1 FROM extract_load WHERE state = 'loaded'"))


def _one(engine: Engine, question: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(question)).scalar_one()


def _make(engine: Engine, settings: Settings, url: str) -> None:
    """The quarter before, the people, then this quarter: whoever can sign in is told what it ends."""
    quarter = quarter_of(today())
    if not _one(engine, "SELECT EXISTS (SELECT FROM staff)"):  # else it was cut off after the people
        click.echo("Making the demo (once): the areas of Indonesia, 600 invented families, two quarters.")
        with engine.begin() as connection:
            load_areas(connection, AREA_FILES)
        _load(engine, url, quarter, before=True)
        with Session(engine) as session, session.begin():
            accounts, slips = make_people(session, quarter)
            _write(settings.instance / SLIPS_FILE, [slip.as_json() for slip in slips])
            _write(settings.instance / ACCOUNTS_FILE, [account.as_json() for account in accounts])
    _load(engine, url, quarter, before=False)
    db.connect(web_url(url, settings.secret_key.get_secret_value()))
    blobs.bind(settings.uploads)
    try:
        with Session(engine) as session:
            send_cases(session, quarter)
    finally:
        db.close()


def _load(engine: Engine, url: str, quarter: Quarter, *, before: bool) -> None:
    with engine.connect() as connection:
        villages = list(connection.execute(_VILLAGES, {"kecamatan": list(KECAMATAN)}).scalars())
    invented = FAMILIES - len(stories(quarter))
    rest = generated(invented, villages, quarter.before, quarter=0 if before else 1, since_year=quarter.now.year - 2)
    with tempfile.TemporaryDirectory(prefix="portal-demo-") as folder:
        rows: chain[Household] = chain(households(quarter, before=before), rest)
        write_extract(Path(folder), rows)
        as_of = quarter.before if before else quarter.now
        order = Order(Path(folder), as_of, full=_FULL, requested_by="demo")
        report = import_extract(url, keys.ring, order)
    if report.status == "awaiting_confirmation" and report.run is not None:
        # The quarter ends more aid than the brake lets pass; in the demo the second officer has looked.
        confirmed = confirm_load(url, report.run, 0)
        report = confirmed or report
    click.echo(f"  extract as of {as_of}: {report.status}")


def _write(file: Path, listing: list[dict[str, str]]) -> None:
    listed = json.dumps(listing, indent=1, ensure_ascii=False)
    part = file.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(listed + "\n")
    part.replace(file)


def _show(accounts: list[dict[str, str]], slips: list[dict[str, str]]) -> None:
    """Print who can sign in, and where."""
    families = Table("Family", "NIK", "PIN", "Story", title="Families: /masuk", title_justify="left")
    officers = Table(
        "Officer", "Login", "Password", "TOTP secret", title="Officers: /petugas/masuk", title_justify="left"
    )
    sealed = Table(
        "Serial", "Code", "For", "Bound to", "NIK", title="Slips: /aktivasi, /pin-baru", title_justify="left"
    )
    for one in accounts:
        if "password" in one:
            officers.add_row(f"{one['name']} ({one['role']})", one["login"], one["password"], one["totp_secret"])
        else:
            families.add_row(one["name"], one["login"], one["pin"], one["about"])
    for slip in slips:
        sealed.add_row(slip["serial"], slip["code"], slip["purpose"], slip["name"] or "nobody yet", slip["nik"])
    console = Console(width=None if Console().is_terminal else 150)
    for table in (families, sealed, officers):
        console.print(table)
    console.print(
        "A code for a TOTP secret: .venv/bin/python -c 'import pyotp,sys; print(pyotp.TOTP(sys.argv[1]).now())' SECRET"
    )
