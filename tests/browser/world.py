"""The people of the browser tests: the families and officers of the demo, and families that are not activated yet."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyotp
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal.accounts.activation import create_account
from portal.accounts.sessions import owner_mark, token_hash
from portal.config import Settings
from portal.core.clock import now, today
from portal.core.database_roles import web_url
from portal.core.ids import new_token
from portal.demo.people import DemoAccount, DemoSlip, make_people
from portal.demo.seed import AREA_FILES, quarter_of
from portal.demo.sent import send_cases
from portal.demo.stories import KABAT, Quarter, households
from portal.exchange.format import FAMILIES, FILES
from portal.exchange.generator import Household, write_extract
from portal.exchange.generator import households as generated
from portal.exchange.importing import Order, confirm_load, import_extract
from portal.extensions import blobs, db, keys
from portal.registry.areas_load import load_areas

#: Where the new families live: a village of one worker only, so that it is known who gets their cases.
VILLAGE, WORKER = KABAT[1], "wahyu"
_NEW_FAMILIES = 8
_REGENCIES = ("3509", "3510", "35.09", "35.10")
_COLUMNS = FILES[FAMILIES].columns


@dataclass
class World:
    """The database of the browser tests, who is in it, and what may happen to it from outside."""

    engine: Engine
    url: str
    quarter: Quarter
    accounts: list[DemoAccount] = field(default_factory=list)
    slips: list[DemoSlip] = field(default_factory=list)
    new_families: list[Household] = field(default_factory=list)
    spent: dict[str, int] = field(default_factory=dict)

    def account(self, about: str) -> DemoAccount:
        """The family of that story, or the officer of that login."""
        return next(one for one in self.accounts if about in (one.about, one.login))

    def spare_slip(self, purpose: str = "activation") -> tuple[str, str]:
        """Serial and code of a slip that nobody has."""
        slip = next(one for one in self.slips if not one.nik and one.purpose == purpose)
        self.slips.remove(slip)
        return slip.serial, slip.code

    def code(self, officer: DemoAccount) -> str:
        """A code of the authenticator that was not used before."""
        assert officer.totp_secret is not None
        step = max(self.spent.get(officer.login, 0) + 1, int(now().timestamp()) // 30)
        self.spent[officer.login] = step
        return pyotp.TOTP(officer.totp_secret).generate_otp(step)

    def load(self, rows: Iterable[Household], as_of: date) -> str:
        """Load an extract with these families; gives the report's status."""
        with tempfile.TemporaryDirectory(prefix="portal-browser-") as folder:
            write_extract(Path(folder), rows)
            report = import_extract(self.url, keys.ring, Order(Path(folder), as_of, requested_by="tests"))
            if report.status == "awaiting_confirmation" and report.run is not None:
                report = confirm_load(self.url, report.run, 0) or report
        return report.status

    def load_as_moved(self, household: Household, **cells: str) -> str:
        """The next extract: the centre has taken over what the family said of its new address."""
        later = copy.deepcopy(household)
        later.family = [cells.get(column, value) for column, value in zip(_COLUMNS, later.family, strict=True)]
        return self.load([later], today())

    def give_login(self, nik: str, pin: str) -> None:
        """Make an account for that member, as a slip would have."""
        with Session(self.engine) as session, session.begin():
            find = (
                "SELECT m.person_id, m.family_id FROM member m JOIN nik_index n USING (person_id) WHERE n.nik_hash = :n"
            )
            person, family = session.execute(text(find), {"n": keys.ring.blind_index("nik", nik)}).one()
            create_account(session, person, family, pin)

    def session_of(self, account: DemoAccount, secret: str) -> str:
        """A signed cookie of a session of this account, as a sign-in leaves it."""
        token = new_token()
        with self.engine.begin() as owner:
            if account.password is None:
                find = "SELECT a.id FROM account a JOIN nik_index n USING (person_id) WHERE n.nik_hash = :key"
                found = owner.execute(text(find), {"key": keys.ring.blind_index("nik", account.login)}).scalar_one()
                column, mark = "account_id", f"family:{found}"
            else:
                find = "SELECT staff_id FROM staff_credential WHERE login = :key"
                found = owner.execute(text(find), {"key": account.login}).scalar_one()
                column, mark = "staff_id", f"staff:{found}"
            owner.execute(
                text(
                    f"INSERT INTO web_session (token_hash, {column}, idle_ends_after, expires_at)"
                    " VALUES (:hash, :who, 30, now() + interval '10 hours')"
                ),
                {"hash": token_hash(token), "who": found},
            )
        return signed_cookie({"_user_id": token, "owner": owner_mark(mark)}, secret)


def signed_cookie(content: dict[str, str], secret: str) -> str:
    """The content as Flask's own session cookie."""
    app = Flask("cookie")
    app.secret_key = secret
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    signed = serializer.dumps(content)
    return signed.decode() if isinstance(signed, bytes) else signed


def _write_areas(folder: Path) -> None:
    """The real areas, but below the provinces only those of two regencies: loading all of them takes seconds."""
    for file in AREA_FILES.glob("*.csv"):
        header, *lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if file.stem == "provinces" or line.startswith(_REGENCIES)]
        (folder / file.name).write_text("\n".join([header, *kept, ""]), encoding="utf-8")


def make_world(engine: Engine, url: str, settings: Settings, uploads: Path) -> World:
    """Areas, two quarters of the demo's stories, officers, accounts, slips, cases, and families without a login."""
    quarter = quarter_of(today())
    world = World(engine, url, quarter)
    with tempfile.TemporaryDirectory(prefix="portal-areas-") as folder, engine.begin() as connection:
        _write_areas(Path(folder))
        load_areas(connection, Path(folder))
    world.new_families = list(generated(_NEW_FAMILIES, [VILLAGE], quarter.before, seed=7))
    assert world.load([*households(quarter, before=True), *world.new_families], quarter.before) == "loaded"
    assert world.load(households(quarter, before=False), quarter.now) == "loaded"
    with Session(engine) as session, session.begin():
        world.accounts, world.slips = make_people(session, quarter)
    db.connect(web_url(url, settings.secret_key.get_secret_value()))
    blobs.bind(uploads)
    with Session(engine) as session:
        send_cases(session, quarter)
    db.close()
    blobs.bind(settings.uploads)
    return world
