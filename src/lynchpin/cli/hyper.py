"""Acts of many parties at once, each one event: relational hyperevent models of any CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Json, Quiet, app
from lynchpin.cli._terminal import print_whole, say, working


@app.command(short_help="Fit a hyperevent model to a CSV of time and participants.")
def hyper(
    events: Annotated[
        Path, typer.Argument(metavar="EVENTS", help="A CSV of time, participants (A;B;C), or of time, event, actor.")
    ],
    effects: Annotated[str, typer.Option(help="What may make a set meet: 'subrep(1, 30d) subrep(2, 30d) closure'.")],
    controls: Annotated[int, typer.Option(help="Draw so many other sets of its size for each event.")] = 10,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of actor: who could take part, also those that never do.")
    ] = None,
    covariate: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="A CSV of actor, value, time.")
    ] = None,
    half_life: Annotated[str | None, typer.Option(help="Half-life of effects that name none: 30d.")] = None,
    start: Annotated[str | None, typer.Option(help="Events before it are history.")] = None,
    time_unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Of times that are numbers: ms, s, min, h, d, w, mo or y.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw of sets.")] = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit a relational hyperevent model: which set of actors meets, given how many do."""
    from lynchpin.cli.rem import covariates_of
    from lynchpin.engine.hyper import hyper as fit_hyper

    with working("fitting", quiet or as_json):
        fitted = fit_hyper(
            events,
            effects,
            controls=controls,
            actors=actors,
            covariates=covariates_of(covariate or []),
            half_life=half_life,
            start=start,
            time_unit=time_unit,
            seed=seed,
        )
    if as_json:
        print_whole(fitted.to_dict())
        return
    say(fitted.summary())
