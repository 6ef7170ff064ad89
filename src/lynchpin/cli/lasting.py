"""Events that last: how they start, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Json, Quiet, Scheduler, app
from lynchpin.cli._terminal import print_whole, say, working


@app.command(short_help="Fit how events with a start and an end start, and how they end.")
def lasting(
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="A CSV of start, end, sender, receiver, type.")],
    start_effects: Annotated[str, typer.Option(help="What may move who starts one: 'inertia(30d) tie(border)'.")],
    end_effects: Annotated[str, typer.Option(help="What may move who ends one: 'outdegreeSender(of=ongoing)'.")],
    half_life: Annotated[str | None, typer.Option(help="Half-life of effects that name none: 30d.")] = None,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of actor: who could act, also those that never do.")
    ] = None,
    presence: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of actor, from, to: when actors take part.")
    ] = None,
    covariate: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="A CSV of actor (or sender, receiver), value, time.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="Events before it are history; the clock starts here.")] = None,
    stop: Annotated[str | None, typer.Option(help="Until when the record was watched.")] = None,
    undirected: Annotated[bool, typer.Option("--undirected", help="Events have no direction: compare pairs.")] = False,
    ridge: Annotated[float, typer.Option(help="Precision of a normal prior of every coefficient.")] = 0.0,
    time_unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Of times that are numbers: ms, s, min, h, d, w, mo or y.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the estimates do not depend on it.")] = 1,
    scheduler: Scheduler = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit events that last: which dyads start one, and which of those that are going on end."""
    from lynchpin.cli.rem import covariates_of, table_of
    from lynchpin.session.cluster import hands
    from lynchpin.session.rem import lasting as fit_lasting

    with working("fitting", quiet or as_json), hands(workers, scheduler) as executor:
        fitted = fit_lasting(
            events,
            start_effects,
            end_effects,
            half_life=half_life,
            actors=actors,
            presence=table_of(presence),
            covariates=covariates_of(covariate or []),
            start=start,
            stop=stop,
            undirected=undirected,
            ridge=ridge,
            time_unit=time_unit,
            executor=executor,
        )
    if as_json:
        print_whole(fitted.to_dict())
        return
    say(fitted.summary())
