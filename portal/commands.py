"""The ``portal`` command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from portal.accounts.cli import groups as account_groups
from portal.accounts.cli import staff
from portal.accounts.hashing import hasher
from portal.audit.cli import audit
from portal.cases.cli import deactivate_staff
from portal.config import Settings, SettingsError, fresh_environment, load_settings
from portal.core.embedded import DatabaseNotStarted
from portal.demo.seed import make_demo
from portal.exchange.cli import areas, registry
from portal.extensions import keys
from portal.privacy.purging import count_due, purge, without_period
from portal.privacy.retention import keep_always, keep_for, kinds_of_office
from portal.programs.cli import catalog
from portal.rotation.cli import rotate
from portal.serving import database, serve
from portal.working import jobs_by_name, ready, run_now, work, worker_beside


@contextmanager
def owner_session() -> Iterator[Session]:
    """A transaction of the database's owner, with the keys bound; the database runs meanwhile."""
    settings = _settings()
    keys.bind(settings.keyring)
    hasher.bind(settings.pin_pepper.get_secret_value(), settings.hash_memory_kib)
    with database(settings) as url:
        engine = create_engine(url, hide_parameters=True)
        try:
            with Session(engine) as session, session.begin():
                yield session
        finally:
            engine.dispose()


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Portal Keluarga: social aid explained to the family, and an answer by a promised day."""
    context.obj = owner_session


for group in (*account_groups, areas, registry, audit, catalog):
    main.add_command(group)
staff.add_command(deactivate_staff)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as wrong:
        sys.exit(str(wrong))


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", type=int, help="Web processes; one per core when not said.")
def serve_command(host: str, port: int, processes: int | None) -> None:
    """Serve the portal; without DATABASE_URL the embedded database runs with it."""
    with _database():
        serve(host, port, processes)


@main.command("demo")
@click.option("--port", default=8000, show_default=True)
def demo_command(port: int) -> None:
    """Serve the portal on loopback with invented families, made at the first start."""
    os.environ["PORTAL_DEMO"] = "1"  # the web processes read it too
    os.environ.setdefault("PORTAL_BASE_URL", f"http://localhost:{port}")
    settings = _settings()
    with _database() as url:
        make_demo(settings, url)
        click.echo(f"\nOpen http://localhost:{port} (Ctrl-C stops it).")
        with worker_beside():
            serve("127.0.0.1", port)


@main.command("worker")
@click.option("--tied", is_flag=True, hidden=True, help="Stop when the process that started this one is gone.")
def worker_command(tied: bool) -> None:
    """Run the work for later: late answers go up, what nobody needs is swept. Stops on SIGTERM or Ctrl-C."""
    with _explained():
        work(_settings(), tied=tied)


@main.group("jobs")
def jobs_group() -> None:
    """The jobs that the worker runs by the clock."""


@jobs_group.command("list")
def jobs_list() -> None:
    """Print their names."""
    click.echo("\n".join(sorted(jobs_by_name())))


@jobs_group.command("run")
@click.argument("name")
def jobs_run(name: str) -> None:
    """Run the job NAME now, in this process."""
    if name not in (known := sorted(jobs_by_name())):
        raise click.UsageError(f"there is no job {name!r}; there are: {', '.join(known)}")
    with _explained():
        click.echo(f"{name}: {run_now(_settings(), name)} done")


@main.group("privacy")
def privacy_group() -> None:
    """Duties towards the people whose data are kept."""


@privacy_group.command("purge")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
def purge_command(dry_run: bool) -> None:
    """Remove what the register of keeping says (portal/privacy/retention.toml), as the worker, in batches."""
    with _explained(), ready(_settings()):
        kept = without_period()
        for kind, number in count_due().items() if dry_run else purge():
            if kind not in kept:
                click.echo(f"{kind}: {number}{' would go' if dry_run else ''}")
        for kind in kept:
            click.echo(f"{kind}: nothing goes, the office has set no period (portal privacy keep {kind})")


@privacy_group.command("keep")
@click.argument("kind", type=click.Choice(kinds_of_office()))
@click.option("--days", type=click.IntRange(365), help="Remove what is older, every night from now on.")
@click.option("--decision", help="By which decision of the office, such as 'SK Kepala Dinas 12/2026'.")
@click.option("--always", is_flag=True, help="Take the period back: nothing of this kind is removed.")
@click.pass_context
def keep_command(context: click.Context, kind: str, days: int | None, decision: str | None, always: bool) -> None:
    """Say how long KIND is kept: no law that we know does, so the office decides. Look with --dry-run first."""
    if always is (days is not None) or (not always and not (decision or "").strip()):
        raise click.ClickException("Give --days with --decision, or --always.")
    with context.obj() as session:
        if days is None:
            keep_always(session, kind)
        else:
            keep_for(session, kind, days, (decision or "").strip()[:200])
    click.echo(f"{kind}: " + (f"removed after {days} days, every night." if days else "kept for ever."))


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database up to what this version needs."""
    with _database():
        click.echo("The database is up to date.")


@main.group("keys")
def keys_group() -> None:
    """Secrets of the portal."""


@keys_group.command("new")
def keys_new() -> None:
    """Print fresh secrets as lines for an environment file."""
    for name, value in fresh_environment().items():
        click.echo(f"{name}={value}")


keys_group.add_command(rotate)


@contextmanager
def _database() -> Iterator[str]:
    with _explained(), database(_settings()) as url:
        yield url


@contextmanager
def _explained() -> Iterator[None]:
    """A database that does not start is told in one sentence."""
    try:
        yield
    except DatabaseNotStarted as reason:
        sys.exit(str(reason))
