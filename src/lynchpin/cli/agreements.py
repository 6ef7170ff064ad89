"""Where agreements stand and what is likely next: `lynchpin agreements`."""

from __future__ import annotations

from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import console, working


@app.command(short_help="Where agreements stand, and the chance of each stage to come.")
def agreements(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    agreement: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this one, in full: history, chances, forces, analogues.")
    ] = None,
    events: Events = None,
    draws: Annotated[int, typer.Option(help="Draws behind every interval.", min=20)] = 200,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Where agreements stand, the chance of each stage to come, what pushes it, and what became of others like it."""
    from lynchpin.workbench import agreements as look

    with working("fitting", quiet or as_json):
        forces = as_json or agreement is not None  # the table of all does not show them
        found = look(case, events, as_of=as_of, agreement=agreement, draws=draws, forces=forces, episodes=episodes)
    if as_json:
        from lynchpin.contract import agreements_answer, dump

        typer.echo(dump(agreements_answer(found)))
        return
    from lynchpin.agreement_tables import agreement_page, agreements_table

    console().print(agreements_table(found) if agreement is None else agreement_page(found))
