"""What would change it: `lynchpin whatif`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Days, Episodes, Events, Json, Quiet, Workers, app
from lynchpin.cli._terminal import console, working, write_text

Lines = list[str] | None


@app.command(short_help="Futures with and without a scenario, path by path.")
def whatif(
    case: CaseArg = DEFAULT_CASE,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="A scenario beside the case, or a TOML file.")
    ] = None,
    inject: Annotated[Lines, typer.Option(metavar="'DATE ACT'", help="Put an act in.")] = None,
    scale: Annotated[Lines, typer.Option(metavar="'FACTOR WHAT'", help="Multiply rates or a mechanism.")] = None,
    silence: Annotated[Lines, typer.Option(metavar="WHAT", help="Switch rates or a mechanism off.")] = None,
    hold: Annotated[Lines, typer.Option(metavar="STATE", help="Hold a state at its mean rates of last year.")] = None,
    remove: Annotated[Lines, typer.Option(metavar="ID", help="Take a past event out of memory.")] = None,
    sign: Annotated[Lines, typer.Option(metavar="'DATE ID'", help="Sign an agreement.")] = None,
    block: Annotated[Lines, typer.Option(metavar="'DATE ID'", help="Refuse an agreement.")] = None,
    postpone: Annotated[
        Lines, typer.Option(metavar="'DATE ID until DATE'", help="Sign an agreement on the later day.")
    ] = None,
    list_them: Annotated[bool, typer.Option("--list", help="Name the scenarios beside the case, and leave.")] = False,
    as_of: AsOf = None,
    events: Events = None,
    days: Days = 180,
    draws: Annotated[int, typer.Option(help="Pairs of paths.")] = 2000,
    seed: Annotated[int | None, typer.Option(help="Another seed than the case's.")] = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a page with pictures to DIR/CASE/whatif-NAME.html.")
    ] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Futures with and without a scenario, path by path on common random numbers: what differs, and how surely.

    WHAT is an edge ("PRK -> ally : conflict"), or the name of a state, a class, a group or a mechanism; after it may
    stand "from DATE" and "until DATE". Options repeat, and add to the scenario.
    """
    from lynchpin.answers.scenarios import changes_of, read_scenario, scenarios_of, what_if
    from lynchpin.session.facade import fit, load_case

    read = load_case(case)
    if list_them:
        for name in scenarios_of(read):
            typer.echo(f"{name:28} {read_scenario(name, read).title}")
        return
    given = {"inject": inject, "scale": scale, "silence": silence, "hold": hold, "remove": remove}
    given |= {"sign": sign, "block": block, "postpone": postpone}
    changes = changes_of(read, **{name: lines or () for name, lines in given.items()})
    whole = scenario if scenario is None else read_scenario(scenario, read)
    with working("fitting and playing", quiet or as_json):
        found = fit(read, events, as_of=as_of, episodes=episodes)
        compared = what_if(found, whole, changes=changes, days=days, draws=draws, seed=seed, workers=workers)
    if out is not None:
        from lynchpin.report.page.pictures import render_scenario

        file = out / found.made_from.case / f"whatif-{compared.name}.html"
        write_text(file, render_scenario(found.made_from, compared))
    if as_json:
        from lynchpin.report.contract import dump, what_if_answer

        typer.echo(dump(what_if_answer(found.made_from, compared)))
        return
    from lynchpin.report.tables import what_if_table

    shown = console()
    typer.echo("\n".join([compared.title, *(f"  {change}" for change in compared.changes), ""]))
    shown.print(what_if_table(compared))
    typer.echo("\n".join(["", *compared.sentences, "", compared.note]))
    if out is not None:
        typer.echo(f"\nwritten to {file}")
