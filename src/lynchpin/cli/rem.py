"""Relational event models of any CSV: for who comes from goldfish, remverse or eventnet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lynchpin.cli._app import Json, Quiet, Scheduler, app
from lynchpin.cli._terminal import check_picture, print_whole, say, working, write
from lynchpin.errors import BadValue

if TYPE_CHECKING:
    import polars as pl


@app.command(short_help="Fit a relational event model to a CSV of time, sender, receiver.")
def rem(
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="A CSV of time, sender, receiver, type, weight.")],
    effects: Annotated[str, typer.Option(help="What may move who acts on whom: 'inertia(30d) reciprocity otp'.")],
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="TYPES", help="Explain events of these types (a|b); others are history.")
    ] = None,
    typed: Annotated[
        bool, typer.Option("--typed", help="Compare dyads each with every type that is explained.")
    ] = False,
    undirected: Annotated[bool, typer.Option("--undirected", help="Events have no direction: compare pairs.")] = False,
    likelihood: Annotated[str, typer.Option(help="ordinal, interval, choice, rate or type.")] = "ordinal",
    half_life: Annotated[str | None, typer.Option(help="Half-life of effects that name none: 30d, or fit.")] = None,
    scale: Annotated[
        str, typer.Option(help="Of effects that name none: none, std, prop, log1p, sqrt, geometric.")
    ] = "none",
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of actor: who could act, also those that never do.")
    ] = None,
    risk_set: Annotated[str, typer.Option(help="full, active, or senders.")] = "full",
    dyads: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of sender, receiver: who is at risk.")
    ] = None,
    presence: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of actor, from, to: when actors take part.")
    ] = None,
    covariate: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="A CSV of actor (or sender, receiver), value, time.")
    ] = None,
    covariate_from: Annotated[
        str, typer.Option(help="A value dated t counts after t, or at t too: after, at.")
    ] = "after",
    statistics_from: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV of time, sender, receiver and statistics of your own.")
    ] = None,
    controls: Annotated[int | None, typer.Option(help="Draw so many others for each event's dyad.")] = None,
    control_weights: Annotated[str, typer.Option(help="nested, weighted or auto.")] = "auto",
    ties: Annotated[str, typer.Option(help="Of simultaneous events: breslow, efron or exact.")] = "breslow",
    decay_to: Annotated[str, typer.Option(help="Reckon decay to now, or to the previous time point.")] = "now",
    clock: Annotated[str, typer.Option(help="time, or order: count time points, and lengths in them.")] = "time",
    first: Annotated[int | None, typer.Option(help="So many time points at the head are history only.")] = None,
    start: Annotated[str | None, typer.Option(help="Events before it are history; a clock starts here.")] = None,
    stop: Annotated[
        str | None, typer.Option(help="Until when the record was watched; later events are left out.")
    ] = None,
    step: Annotated[str, typer.Option(help="Length of a step (rate).")] = "1",
    counts: Annotated[str, typer.Option(help="poisson or nb2 (rate).")] = "poisson",
    weight: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="How much an event counts; no: each one. By default `weight`.")
    ] = None,
    time_unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Of times that are numbers: ms, s, min, h, d, w, mo or y.")
    ] = None,
    ridge: Annotated[float, typer.Option(help="Precision of a normal prior of every coefficient.")] = 0.0,
    random: Annotated[
        list[str] | None, typer.Option(metavar="FACTOR", help="sender, receiver or dyad: an effect for each, pooled.")
    ] = None,
    pool: Annotated[bool, typer.Option("--pool", help="Short for --random sender --random receiver.")] = False,
    fix: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A coefficient that is given, not estimated.")
    ] = None,
    cluster: Annotated[str, typer.Option(help="Errors that stand dependence within: none, dyad, time.")] = "none",
    seed: Annotated[int, typer.Option(help="Of the draw of controls, and of records.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the estimates do not depend on it.")] = 1,
    scheduler: Scheduler = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the fit, to predict with later.")] = None,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the design, who was compared and how: .parquet, .csv.")
    ] = None,
    smooth: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An effect whose log rate is a curve; repeats.")
    ] = None,
    varying: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An effect that goes with time in a curve; repeats.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="How well it foresees, and what happened less what was expected.")
    ] = False,
    simulate: Annotated[
        int | None, typer.Option(metavar="N", help="Draw N records from the fit; hold the record against them.")
    ] = None,
    simulated: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the drawn events: .parquet, .csv.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw curves, check or draws: .html, .svg or .png.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit a relational event model: who acts on whom, when, or how, given all that came before."""
    from lynchpin.engine.rem.saved import refuse_to_overwrite
    from lynchpin.engine.rem.table import refuse_table
    from lynchpin.session.cluster import hands
    from lynchpin.session.rem import rem as fit_rem

    if save is not None:
        refuse_to_overwrite(save)
    if table is not None:
        refuse_table(table)
    if out is not None:
        _one_picture(bool(smooth or varying), check, simulate is not None)
        check_picture(out)
    if simulated is not None:
        if simulate is None:
            raise BadValue("nothing is drawn", "--simulated", "say how many records: --simulate 100")
        refuse_table(simulated)
    asked: dict[str, Any] = {}
    with working("fitting", quiet or as_json), hands(workers, scheduler) as executor:
        fitted = fit_rem(
            events,
            effects,
            outcome=outcome or (),
            typed=typed,
            undirected=undirected,
            fix=_fixed(fix or []),
            likelihood=likelihood,  # type: ignore[arg-type]
            half_life=half_life,
            scale=scale,  # type: ignore[arg-type]
            actors=actors,
            risk_set=risk_set,
            dyads=table_of(dyads),
            presence=table_of(presence),
            covariates=covariates_of(covariate or []),
            covariate_from=covariate_from,  # type: ignore[arg-type]
            statistics=table_of(statistics_from),
            controls=controls,
            control_weights=control_weights,  # type: ignore[arg-type]
            ties=ties,  # type: ignore[arg-type]
            decay_to=decay_to,  # type: ignore[arg-type]
            clock=clock,
            first=first,
            start=start,
            stop=stop,
            step=step,
            counts=counts,  # type: ignore[arg-type]
            ridge=ridge,
            random=" ".join(random or []),
            pool=pool,
            cluster=cluster,  # type: ignore[arg-type]
            seed=seed,
            weight=weight,
            time_unit=time_unit,
            executor=executor,
        )
        if smooth or varying:
            asked["curves"] = fitted.curves(smooth=smooth or (), varying=varying or ())
        if check:
            asked |= {"check": fitted.check(), "residuals": fitted.residuals(seed=seed)}
        if simulate is not None:
            drawn = fitted.simulate(simulate, seed=seed, executor=executor)
            asked["simulated"] = drawn
            if simulated is not None:
                drawn.write(simulated)
    if save is not None:
        fitted.save(save)
    if table is not None:
        fitted.write_design(table)
    if as_json:
        print_whole(fitted.to_dict() | {name: one.to_dict() for name, one in asked.items()})
    else:
        say("\n\n".join([fitted.summary(), *(one.summary() for one in asked.values())]))
    if out is not None:
        write(out, list(asked.values())[-1])


def _one_picture(*asked: bool) -> None:
    """What is drawn must be one thing.

    Raises
    ------
    BadValue
    """
    if sum(asked) == 1:
        return
    what = "two pictures for one file" if any(asked) else "there is nothing to draw"
    raise BadValue(what, "--out", "ask for one of --smooth or --varying, --check, --simulate")


def _fixed(texts: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = (part.strip() for part in text.rpartition("="))
        try:
            value = float(number)
        except ValueError:
            name = ""
        if not name:
            raise BadValue(f"{text!r} gives no coefficient", "--fix", "write NAME=VALUE, as inertia=0.5")
        if name in found:
            raise BadValue(f"{name} is given twice", "--fix", "give it once")
        found[name] = value
    return found


def covariates_of(texts: list[str]) -> dict[str, pl.DataFrame]:
    tables: dict[str, pl.DataFrame] = {}
    for text in texts:
        name, equals, file = (part.strip() for part in text.partition("="))
        table = table_of(Path(file)) if name and equals and file else None
        if table is None:
            raise BadValue(f"{text!r} is no covariate", "--covariate", "write NAME=FILE")
        if name in tables:
            raise BadValue(f"covariate {name} is there twice", "--covariate", "give each a name of its own")
        tables[name] = table
    return tables


def table_of(file: Path | None) -> pl.DataFrame | None:
    """The table of an option, or None where it was not given."""
    if file is None:
        return None
    from lynchpin.engine.rem.events import read_table

    return read_table(file)
