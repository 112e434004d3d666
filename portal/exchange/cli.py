"""Commands for the record: ``portal registry`` loads extracts, ``portal areas`` the areas of Indonesia.

They work as the owner of the database, on the machine itself. What they print holds counts and
reasons, never a NIK or a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from getpass import getuser
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.roles import Permission, permissions_of
from portal.accounts.staff_signin import officer_by_code, tidy_login
from portal.config import load_settings
from portal.exchange import loads
from portal.exchange.format import DISBURSEMENTS, FILES
from portal.exchange.importing import BRAKE, Order, Watch, cancel_load, confirm_load, import_extract
from portal.exchange.report import Report
from portal.extensions import keys
from portal.registry.areas_load import AreasRefused, load_areas

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_WORDS = {
    "loaded": "The extract is loaded.",
    "rehearsed": "A rehearsal: the record is as it was.",
    "awaiting_confirmation": "The load waits: it would end the aid of more than {brake:.0%} of the families that "
    "receive something ({losing} of {receiving}).\nA second officer confirms it with: portal registry confirm {run}",
    "refused_older": "Refused: a newer extract is loaded already. The record is as it was.",
    "nothing_to_load": "No row could be loaded. The record is as it was.",
    "staging_lost": "What was checked is no longer there (the database was restarted). Load the extract again.",
}
_WIDE = 140
_FAILED = frozenset(("refused_older", "nothing_to_load", "staging_lost"))


def _owner_url(session: Session) -> str:
    """The URL of the database that the session of ``main`` is bound to."""
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    return engine.url.render_as_string(hide_password=False)


@click.group()
def registry() -> None:
    """Load registry extracts and see what they did."""


@registry.command("import")
@click.argument("folder", type=_FOLDER)
@click.option("--as-of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day the extract was taken.")
@click.option("--full", default="", help="Files that hold everything, for example keluarga,anggota.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Also write it here.")
@click.option("--by", "requested_by", default="", help="Login of the officer who loads.")
@click.pass_context
def import_command(
    context: click.Context,
    folder: Path,
    as_of: datetime,
    full: str,
    dry_run: bool,
    report_file: Path | None,
    requested_by: str,
) -> None:
    """Load the four CSV files in FOLDER."""
    declared = [name.strip().lower() for name in full.split(",") if name.strip()]
    if wrong := [name for name in declared if name not in FILES or name == DISBURSEMENTS]:
        complaint = f"{', '.join(wrong)}: only keluarga, anggota and kepesertaan can be full"
        raise click.BadParameter(complaint, param_hint="--full")
    order = Order(folder, as_of.date(), declared, dry_run, tidy_login(requested_by) or getuser())
    with context.obj() as session, _progress() as watch:
        if loads.hashed_otherwise(session.connection(), keys.ring.index_version):
            raise click.ClickException("The index key is being changed: finish `portal keys rotate --index` first.")
        report = import_extract(_owner_url(session), keys.ring, order, watch)
    _keep(report, report_file)
    _show(report)


@registry.command("confirm")
@click.argument("run", type=int)
@click.option("--login", prompt=True, help="Login of the second officer.")
@click.option("--code", prompt="Code of the authenticator", hide_input=True, help="The six digits shown now.")
@click.pass_context
def confirm_command(context: click.Context, run: int, login: str, code: str) -> None:
    """Confirm the load RUN, which the brake held, as a second officer."""
    with context.obj() as session:
        url = _owner_url(session)
        with loads.owner_engine(url).connect() as connection:
            held = loads.find_load(connection, run)
        if held is None or held.state != "awaiting_confirmation":
            raise click.ClickException(f"No load {run} waits for confirmation.")
        if held.requested_by == tidy_login(login):
            raise click.ClickException("It takes a second officer: this one began the load.")
        officer = officer_by_code(session, login, code)
        session.commit()  # the code is spent, whatever comes
        if officer is None or Permission.CONFIRM_LOAD not in permissions_of(officer[1]):
            raise click.ClickException("The login or the code is wrong, or this officer may not confirm loads.")
        with loads.owner_engine(url).connect() as connection:
            serves = held.regency_id is not None and loads.serves(connection, officer[0], held.regency_id)
        if not serves:
            raise click.ClickException("This officer does not serve the regency of the load.")
        report = confirm_load(url, run, officer[0])
    if report is None:
        raise click.ClickException(f"No load {run} waits for confirmation.")
    _show(report)


@registry.command("cancel")
@click.argument("run", type=int)
@click.pass_context
def cancel_command(context: click.Context, run: int) -> None:
    """Give up the load RUN, which the brake held."""
    with context.obj() as session:
        if not cancel_load(_owner_url(session), run):
            raise click.ClickException(f"No load {run} waits for confirmation.")
    click.echo(f"Load {run} is given up.")


@registry.command("runs")
@click.pass_context
def runs_command(context: click.Context) -> None:
    """List the newest loads."""
    table = Table("run", "regency", "as of", "state", "begun", "by")
    with context.obj() as session, loads.owner_engine(_owner_url(session)).connect() as connection:
        for load in loads.list_loads(connection):
            table.add_row(
                str(load.id),
                str(load.regency_id or ""),
                load.as_of.isoformat(),
                load.state,
                f"{load.created_at:%Y-%m-%d %H:%M} UTC",
                load.requested_by or "",
            )
    _console().print(table)


@click.group()
def areas() -> None:
    """The areas of Indonesia."""


@areas.command("load")
@click.argument("folder", type=_FOLDER)
@click.pass_context
def load_areas_command(context: click.Context, folder: Path) -> None:
    """Load provinces.csv, regencies.csv, districts.csv and villages.csv from FOLDER."""
    try:
        with context.obj() as session:
            counts = load_areas(session.connection(), folder)
    except AreasRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(", ".join(f"{number} {what}" for what, number in counts.items()))


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar on the terminal: bytes read, then steps of the merge. Nothing where nobody looks."""
    console = Console(stderr=True)
    share = TextColumn("{task.percentage:>3.0f}%")
    columns = (TextColumn("{task.description}"), BarColumn(), share, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks = {step: progress.add_task(step, total=None, visible=False) for step in ("reading", "merging")}
        yield lambda step, done, whole: progress.update(tasks[step], completed=done, total=whole, visible=True)


def _console() -> Console:
    """The terminal, or lines wide enough for our tables where the output goes elsewhere."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)


def _keep(report: Report, also: Path | None) -> None:
    """Write report and refused rows into the instance folder, and beside ``also`` where one is named."""
    folder = load_settings().instance / "loads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for target in filter(None, (folder / f"load-{report.run}.json", also)):
        report.write_json(target)
        refused = target.with_name(f"{target.stem}-refused.csv")
        report.write_refused(refused)
        for path in (target, refused):
            path.chmod(0o600)
        click.echo(f"Report: {target}, refused rows: {refused}", err=True)


def _show(report: Report) -> None:
    """Print what a load did; a failed one ends the command with a status."""
    table = Table("what", "rows", title=f"Load {report.run}, as of {report.as_of}")
    for key, number in (*sorted(report.rows.items()), *report.lines(), *sorted(report.changes.items())):
        table.add_row(f"{key}.read" if key in FILES else key, f"{number:,}")
    console = _console()
    console.print(table)
    for problem in report.problems:
        console.print(problem, markup=False)
    click.echo(
        _WORDS[report.status].format(
            run=report.run,
            brake=BRAKE,
            losing=report.changes["families_that_lose_a_program"],
            receiving=report.changes["families_that_received_something_before"],
        )
    )
    if report.status in _FAILED:
        raise SystemExit(1)
