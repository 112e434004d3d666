"""``portal keys rotate``: from older keys to the newest, without stopping the portal. Run as the database's owner."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.config import load_settings
from portal.extensions import blobs, keys
from portal.rotation import reindexing, resealing


@click.command("rotate")
@click.option("--index", "step", type=click.Choice(["prepare", "finish"]), help="The index key, in two steps.")
@click.pass_context
def rotate(context: click.Context, step: str | None) -> None:
    """Seal everything with the newest key of PORTAL_SEAL_KEYS, or bring lookups to that of PORTAL_INDEX_KEYS.

    May be stopped and run again at any time. docs/deploying.md says when the portal must be restarted.
    """
    blobs.bind(load_settings().uploads)
    with context.obj() as session:
        engine = _engine(session)
        try:
            whole = _reseal(engine) if step is None else _reindex(engine, step)
        except reindexing.NotNow as wait:
            raise click.ClickException(str(wait)) from None
    if not whole:
        sys.exit(1)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _reseal(engine: Engine) -> bool:
    ring = keys.ring
    with _bar("rows", resealing.count_old(engine, ring)) as done:
        outcomes = [*resealing.reseal_tables(engine, ring, done), resealing.reseal_blobs(blobs, ring)]
    for one in outcomes:
        wrong = f", {one.broken} do not open with any key" if one.broken else ""
        held = f", {one.left} were held by others: run this again" if one.left else ""
        if one.resealed or wrong or held:
            click.echo(f"{one.what}: {one.resealed} sealed anew{wrong}{held}")
    whole = all(one.is_whole for one in outcomes)
    if whole:
        click.echo(f"Everything is sealed with key {ring.current}.{_about_older_keys(engine)}")
    return whole


def _about_older_keys(engine: Engine) -> str:
    """Whether they are needed any more, where there are some."""
    ring = keys.ring
    older = ", ".join(str(n) for n in sorted(ring.seal_keys) if n != ring.current)
    if not older:
        return ""
    if kiosks := resealing.kiosks_left(engine, ring):
        return f" Keep {older} until {kiosks} kiosks were opened once: their cookies are still sealed with it."
    return f" Not needed any more: {older}."


def _reindex(engine: Engine, step: str) -> bool:
    ring = keys.ring
    with _bar("members", reindexing.members(engine)) as done:
        if step == "prepare":
            added = reindexing.prepare(engine, ring, done)
        else:
            left = reindexing.finish(engine, ring, done)
    if step == "prepare":
        click.echo(f"{added} hashes under index key {ring.index_version} stand beside the older ones.")
        click.echo("Now restart every process with both keys, then run this again with --index finish.")
        return True
    click.echo(f"Lookups use index key {ring.index_version}. Still under an older one: {left.families} families, "
               f"{left.niks} NIKs of people in no family.")  # fmt: skip
    click.echo(f"Unused slips: {left.slips}; recovery codes: {left.codes}. Those from before are found by the older "
               "key: keep it among the keys until they are used or replaced.")  # fmt: skip
    return not left.families


@contextmanager
def _bar(what: str, total: int) -> Iterator[resealing.Done]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("", total=total)
        yield lambda number: bar.advance(task, number)
