"""Commands for slips and officers. They work as the owner of the database, on the machine itself."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import segno
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.accounts import passwords, staffing
from portal.accounts.roles import ROLES
from portal.config import load_settings
from portal.core.source import ROOT

_MOST_SLIPS = 10_000
#: Where a slip of that purpose is opened.
_PAGES = {"activation": "/aktivasi", "reset": "/pin-baru"}
#: Asked for and not shown: a number given as an argument would stay in the shell's history.
_KK = click.option("--kk", prompt="No. KK of the family", hide_input=True, help="Asked for when not given.")


@contextmanager
def as_owner(context: click.Context) -> Iterator[Session]:
    """A transaction of the database's owner with keys and hashes bound, from ``main``; complaints end the command."""
    try:
        with context.obj() as session:
            yield session
    except staffing.NotPossible as wrong:
        raise click.ClickException(str(wrong)) from None


@click.group()
def slips() -> None:
    """Sealed slips with which a member signs in for the first time, or gets a new PIN for a lost one."""


@slips.command("make")
@click.argument("count", type=click.IntRange(1, _MOST_SLIPS))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.html to print, or FILE.csv.")
@click.option("--purpose", type=click.Choice(sorted(_PAGES)), default="activation", help="First sign-in, or a new PIN.")
@click.pass_context
def make_slips(context: click.Context, count: int, out: Path, purpose: str) -> None:
    """Make COUNT slips and write serials and codes into a new file, to be printed, sealed and then deleted."""
    if out.exists():
        raise click.ClickException(f"{out} exists already")
    with as_owner(context) as session:
        made = staffing.make_slips(session, count, purpose)
        write_slips(out, made, load_settings().base_url, purpose)
    click.echo(f"{made[0][0]} to {made[-1][0]} are in {out}. Print and seal them, then delete the file.")


def write_slips(out: Path, made: list[tuple[str, str]], address: str, purpose: str = "activation") -> None:
    """Write the file, which only its owner may read; a page to print unless its name ends in .csv."""
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="") as file:
        if out.suffix == ".csv":
            csv.writer(file).writerows([("serial", "code"), *made])
        else:
            file.write(slips_page(made, address, purpose))


def slips_page(made: list[tuple[str, str]], address: str, purpose: str = "activation") -> str:
    """The slips as a page to print, in Indonesian."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    words = Translations.load(ROOT / "translations", ["id"])
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    template = environment.get_template("accounts/slips_to_print.html")
    scanned = {serial: Markup(segno.make(serial).svg_inline(scale=2)) for serial, _code in made}  # noqa: S704 - drawn here
    return template.render(slips=made, address=address + _PAGES[purpose], purpose=purpose, scanned=scanned)


@click.group()
def staff() -> None:
    """Officers: social workers, supervisors, offices."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True)
@click.option("--title", required=True, help="Such as 'Pendamping sosial Desa Kenjo'.")
@click.option("--role", required=True, type=click.Choice(sorted(ROLES)))
@click.option("--area", "areas", type=int, multiple=True, help="Code of an area of any level, digits only.")
@click.option("--hours", help="Working hours, shown to families.")
@click.password_option(help=f"At least {passwords.SHORTEST} characters; asked for when not given.")
@click.pass_context
def add_staff(context: click.Context, /, login: str, password: str, **shown: Any) -> None:
    """Add the officer LOGIN and show the secret of the authenticator once."""
    with as_owner(context) as session:
        officer = staffing.NewOfficer(login, **shown)
        _id, secret = staffing.create_staff(session, officer, password)
    _show_secret(login, secret)


@staff.command("assign")
@click.argument("login")
@click.argument("area", type=int)
@click.pass_context
def assign_staff(context: click.Context, login: str, area: int) -> None:
    """Give the officer LOGIN an AREA from today on."""
    with as_owner(context) as session:
        staffing.assign(session, staffing.staff_of(session, login), area)
    click.echo(f"{login} serves {area} from today on.")


@staff.command("unassign")
@click.argument("login")
@click.argument("area", type=int)
@click.pass_context
def unassign_staff(context: click.Context, login: str, area: int) -> None:
    """Take an AREA from the officer LOGIN, at once."""
    with as_owner(context) as session:
        staffing.unassign(session, staffing.staff_of(session, login), area, staffing.database_day() - timedelta(days=1))
    click.echo(f"{login} no longer serves {area}.")


@staff.command("kin")
@click.argument("login")
@_KK
@click.pass_context
def declare_kin(context: click.Context, login: str, kk: str) -> None:
    """Declare a family as the own or a relative's of the officer LOGIN, who then decides nothing of it."""
    with as_owner(context) as session:
        staffing.declare_kin(session, staffing.staff_of(session, login), staffing.family_of(session, kk))
    click.echo(f"{login} no longer decides on this family.")


@staff.command("accompany")
@click.argument("login")
@_KK
@click.pass_context
def accompany_family(context: click.Context, login: str, kk: str) -> None:
    """Make the officer LOGIN a family's own pendamping, who gets its cases first."""
    with as_owner(context) as session:
        staffing.accompany(session, staffing.staff_of(session, login), staffing.family_of(session, kk))
    click.echo(f"{login} gets the cases of this family first.")


@staff.command("reset-totp")
@click.argument("login")
@click.pass_context
def reset_staff_totp(context: click.Context, login: str) -> None:
    """Give the officer LOGIN a new secret for the authenticator; open sessions end."""
    with as_owner(context) as session:
        secret = staffing.reset_totp(session, staffing.staff_of(session, login))
    _show_secret(login, secret)


@staff.command("password")
@click.argument("login")
@click.pass_context
def set_staff_password(context: click.Context, login: str) -> None:
    """Give the officer LOGIN a new password, which is asked for; open sessions, known devices and locks end."""
    # No option for it: an argument would stay in the shell's history and in the list of processes.
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with as_owner(context) as session:
        staffing.set_password(session, login, password)
    click.echo(f"{login} signs in with the new password from now on.")


def _show_secret(login: str, secret: str) -> None:
    uri = staffing.otpauth_uri(login, secret)
    segno.make(uri).terminal(compact=True)
    click.echo(f"Scan this with the authenticator of {login}, or type the secret {secret}. It is not shown again.")
    click.echo(uri)


groups = [slips, staff]
