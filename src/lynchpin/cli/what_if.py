"""What would change it: `lynchpin whatif`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import AsOf, CaseArg, Days, Episodes, Events, Json, Quiet, Scheduler, Seed, Workers, app
from lynchpin.cli._terminal import print_json, say, show, working, write
from lynchpin.defaults import CASE, DAYS, PAIRS
from lynchpin.errors import BadValue

Lines = list[str] | None


@app.command(short_help="Futures with and without a scenario, path by path.")
def whatif(
    case: CaseArg = CASE,
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
    days: Days = DAYS,
    draws: Annotated[int, typer.Option(help="Pairs of paths.")] = PAIRS,
    seed: Seed = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write a page with pictures to DIR/CASE/whatif-NAME.html, or to a file .html."
        ),
    ] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Futures with and without a scenario, path by path on common random numbers: what differs, and how surely.

    WHAT is an edge ("PRK -> ally : conflict"), or the name of a state, a class, a group or a mechanism; after it may
    stand "from DATE" and "until DATE", that day left out. Options repeat, and add to the scenario.
    """
    from lynchpin.answers.scenarios import changes_of, read_scenario, scenarios_of
    from lynchpin.session.cluster import hands
    from lynchpin.session.facade import fit, load_case
    from lynchpin.session.what_if import what_if

    read = load_case(case)
    if list_them:
        listed = [{"name": name, "title": read_scenario(name, read).title} for name in scenarios_of(read)]
        if as_json:
            print_json({"case": read.name, "scenarios": listed})
        else:
            lines = [f"{one['name']:28} {one['title']}" for one in listed]
            none = "no scenario stands beside the case: write one to scenarios/NAME.toml, or say what changes"
            say("\n".join(lines) or none)
        return
    given = {"inject": inject, "scale": scale, "silence": silence, "hold": hold, "remove": remove}
    given |= {"sign": sign, "block": block, "postpone": postpone}
    if scenario is None and not any(given.values()):
        mend = "name a scenario (`--list` shows those of the case), or a change, as in --silence PRK"
        raise BadValue("nothing is changed, so nothing can differ", "whatif", mend)
    changes = changes_of(read, **{name: lines or () for name, lines in given.items()})
    whole = scenario if scenario is None else read_scenario(scenario, read)
    with (
        working("fitting and playing", quiet or as_json),
        hands(1 if scheduler is None else workers or 1, scheduler) as crew,
    ):
        fitted = fit(read, events, as_of=as_of, episodes=episodes)
        compared = what_if(
            fitted, whole, changes=changes, days=days, draws=draws, seed=seed, workers=workers, executor=crew
        )
    file = out if out is None or out.suffix == ".html" else out / fitted.made_from.case / f"whatif-{compared.name}.html"
    if file is not None:
        write(file, compared, fitted.made_from)
    show(compared, as_json, fitted.made_from, seed=seed, written=file)
