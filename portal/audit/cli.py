"""``portal audit``: whether the trail is whole, and its head of the day. Run as the owner of the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection, text

from portal.audit import verifying
from portal.core.clock import today

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The trail of what was done."""


@contextmanager
def _snapshot(context: click.Context) -> Iterator[Connection]:
    """A connection of the owner that sees one moment, so that events written meanwhile are no findings."""
    with context.obj() as session:
        connection = session.connection()
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(text("SET LOCAL jit = off"))  # compiling costs more than a chain takes
        yield connection


@audit.command("verify")
@click.option("--shard", type=click.IntRange(0, verifying.SHARDS - 1), help="Only this chain of the 256.")
@click.option("--since-head", "published", type=_FILE, help="A published head: the chains must still hold it.")
@click.pass_context
def verify_command(context: click.Context, shard: int | None, published: Path | None) -> None:
    """Recompute the chains; exit code 1 and the shard and number of each find where one is not whole."""
    since = _read(published) if published else None
    columns = (TextColumn("events"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _snapshot(context) as connection, Progress(*columns) as bar:
        shards = verifying.shards_of(connection) if shard is None else [shard]
        events = verifying.events_in(connection, shards)
        task = bar.add_task("", total=events)
        found = list(verifying.verify_shards(connection, shards, lambda count: bar.advance(task, count)))
        found += verifying.verify_kept(connection) if shard is None else []
        found += verifying.verify_since(connection, since) if since else []
        removed = sum(seq for one, (seq, _) in verifying.cuts(connection).items() if one in shards)
    for finding in found:
        click.echo(str(finding))
    if found:
        sys.exit(1)
    held = f", and they hold the head of {since.day}" if since else ""
    click.echo(f"{events} events in {len(shards)} chains are whole{held}.")
    if removed:
        click.echo(f"{removed} older events were removed by the period that the office gave; the rest stands on them.")


@audit.command("head")
@click.option("--out", type=_FILE, help="Also write it, with all chains, into this new file to publish.")
@click.pass_context
def head_command(context: click.Context, out: Path | None) -> None:
    """Print the head of the trail as it is now: one hash over all chains, to be kept outside."""
    with _snapshot(context) as connection:
        head = verifying.current_head(connection, today())
    if out:
        if out.exists():
            raise click.ClickException(f"{out} exists already")
        out.write_text(head.to_json() + "\n", encoding="utf-8")
    click.echo(f"{head.day} {head.mark.hex()}")


def _read(path: Path) -> verifying.Head:
    try:
        return verifying.Head.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise click.ClickException(f"{path}: {wrong}") from None
