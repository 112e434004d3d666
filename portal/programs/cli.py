"""``portal catalog``: look at a folder of programmes before it is used."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.programs.catalog import faults_of


@click.group()
def catalog() -> None:
    """The catalogue of programmes."""


@catalog.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Say what is wrong in the TOML files of FOLDER: file, line and problem. Exit code 1 where anything is."""
    faults = faults_of(folder)
    for fault in faults:
        click.echo(str(fault))
    sys.exit(1 if faults else 0)
