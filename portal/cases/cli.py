"""``portal staff deactivate``: stands here, above the other commands for officers, because cases are handed on."""

from __future__ import annotations

import click

from portal.accounts import staffing
from portal.accounts.cli import as_owner
from portal.cases.handing_on import hand_on_cases


@click.command("deactivate")
@click.argument("login")
@click.option("--by", required=True, help="Login of the officer who decided it.")
@click.pass_context
def deactivate_staff(context: click.Context, login: str, by: str) -> None:
    """End the work of the officer LOGIN at once: sessions, areas, and open cases go to others."""
    with as_owner(context) as session:
        leaving = staffing.staff_of(session, login)
        staffing.deactivate(session, leaving, staffing.staff_of(session, by))
        handed_on = hand_on_cases(session, leaving)
    click.echo(f"{login} no longer signs in. Cases handed on to others: {handed_on}.")
