"""How forecasts would have done: `lynchpin backtest`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Episodes, Events, Json, Quiet, Scheduler, app
from lynchpin.cli._terminal import counting, show, write, write_text
from lynchpin.defaults import CASE, HORIZONS


@app.command(short_help="Score forecasts from many past days, beside the baselines.")
def backtest(
    case: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help=f"A case, as for `lynchpin fit`; {CASE} unless --dyads is given."),
    ] = None,
    dyads: Annotated[
        str | None,
        typer.Option(metavar="top:N", help="Instead of a case: the N dyads of the store busiest before --from."),
    ] = None,
    events: Events = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first origin; 24 months before the last.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="No origin after this day; the record's end.")
    ] = None,
    horizon: Annotated[str, typer.Option(metavar="MONTHS", help="Horizons in months.")] = HORIZONS,
    lag: Annotated[str, typer.Option(metavar="DAYS", help="How late the feed runs, as in 7d.")] = "0d",
    every: Annotated[int, typer.Option(metavar="MONTHS", help="Months between origins.")] = 1,
    episodes: Episodes = None,
    workers: Annotated[int, typer.Option(help="Processes; 0 for one for each core. The answer is the same.")] = 0,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder for scores and a page; or one file, .html or .csv."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast from many past days, each blind to what came after it, and score what was said beside the baselines."""
    from lynchpin.session.backtest import backtest as run
    from lynchpin.session.cluster import hands

    own = workers if workers > 0 or scheduler is not None else os.cpu_count() or 1
    with counting("forecasting from past days", quiet or as_json) as bar, hands(max(own, 1), scheduler) as crew:
        scores = run(
            case,
            events,
            dyads=dyads,
            first=first,
            last=last,
            horizons=horizon,
            lag=lag,
            every=every,
            episodes=episodes,
            executor=crew,
            progress=None if bar is None else lambda done, total: bar("tasks", done, total),
            tell=None if quiet or as_json else lambda line: typer.echo(f"days with data: {line}", err=True),
        )
    files = None
    if out is not None and out.suffix == ".html":
        write(out, scores)
        files = str(out)
    elif out is not None and out.suffix == ".csv":
        write_text(out, scores.to_frame().write_csv())
        files = str(out)
    elif out is not None:
        write_text(out / "backtest.csv", scores.to_frame().write_csv())
        write(out / "backtest.html", scores)
        files = f"{out / 'backtest.csv'} and {out / 'backtest.html'}"
    show(scores, as_json, written=files)
