"""Two sets of futures from one seed: the baseline's and the scenario's, compared path by path."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin import limits
from lynchpin.answers.forecast.levels import Levels, at_level, levels_of, scaled
from lynchpin.answers.forecast.months import UnitName
from lynchpin.answers.scenarios import words
from lynchpin.answers.scenarios.apply import Applied, applied
from lynchpin.answers.scenarios.deals import resolved
from lynchpin.answers.scenarios.reading import read_scenario
from lynchpin.answers.scenarios.scenario import Change, Measure, Scenario
from lynchpin.answers.simulate import Paths, simulate
from lynchpin.answers.simulate.inflow import placed
from lynchpin.answers.simulate.moves import Moves, no_moves
from lynchpin.answers.simulate.program import pairs_of
from lynchpin.answers.simulate.ties import tie_names, ties
from lynchpin.days import day_number, edges, months_ahead
from lynchpin.defaults import DAYS, PAIRS
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.results import WhatIf

#: Rows that are shown month by month where a scenario has no yardsticks.
_LARGEST = 4


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The futures without a scenario: the half of every comparison of a fit that does not change with what is asked."""

    fit: Fit
    months: int
    draws: int
    seed: int
    levels: Levels
    height: Floats
    paths: Paths

    def fits(self, fit: Fit, months: int, draws: int, seed: int) -> bool:
        """Whether these are the paths that such a comparison begins with."""
        return self.fit is fit and (self.months, self.draws, self.seed) == (months, draws, seed)


def baseline(
    fit: Fit,
    *,
    days: int = DAYS,
    draws: int = PAIRS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
) -> Baseline:
    """The futures without a scenario, to be kept and given to `what_if`; parameters and errors as there."""
    months = months_ahead(days, verb="play")
    limits.whole("draws", draws)
    limits.optional("seed", seed)
    used = fit.case.seed if seed is None else seed
    at = _edges(fit, months)
    levels = levels_of(fit, at)
    height = at_level(fit, levels, -(-at[-1] // fit.case.step_days), used)
    paths = _play(fit, months, draws, used, height, None, workers, executor)
    return Baseline(fit, months, draws, used, levels, height, paths)


def _edges(fit: Fit, months: int) -> list[int]:
    """The ends of the months that are played, in days from the origin, with the origin itself."""
    return [day_number(day) - day_number(fit.origin) for day in edges(fit.origin, 1, months)]


def _play(
    fit: Fit,
    months: int,
    draws: int,
    seed: int,
    height: Floats,
    differs: Applied | None,
    workers: int | None,
    executor: Executor | None,
) -> Paths:
    at = _edges(fit, months)
    steps = -(-at[-1] // fit.case.step_days)
    pairs = pairs_of(placed(fit.design)).astype(np.int32)
    if differs is None:
        standing, moves = ties(fit, pairs, steps), no_moves(fit, steps)
    else:
        standing, moves = ties(fit, pairs, steps, without=differs.without, put_in=differs.put_in), differs.moves
    moves = scaled(moves, height)
    return simulate(
        fit, steps, draws, seed, edges=at, moves=moves, ties=standing, expected=True, workers=workers, executor=executor
    )


def what_if(
    fit: Fit,
    scenario: Scenario | str | Path | None = None,
    *,
    changes: Sequence[Change] = (),
    days: int = DAYS,
    draws: int = PAIRS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    kept: Baseline | None = None,
) -> WhatIf:
    """Play a fit forward twice, with and without a scenario, on common random numbers.

    Parameters
    ----------
    fit : Fit
    scenario : Scenario, the name of one beside the case, a TOML file, or None
    changes : further changes, from `lynchpin.answers.scenarios.changes_of`
    days : int, how far ahead, rounded to whole months, 1 to 60 of them
    draws : int, pairs of paths, at least 100
    seed : int or None, None for the case's own
    workers : int or None, threads that share the paths; the answer is the same
    executor : any concurrent.futures.Executor in their place
    kept : Baseline or None, of the same fit, days, draws and seed: then only the scenario is played

    Returns
    -------
    WhatIf. The baseline is the default forecast, dyad by dyad and class by class; what the scenario makes of it is the
    mechanism model's

    Raises
    ------
    LynchpinError : the scenario does not read or does not fit; days or draws are out of range
    ValueError : the baseline that was kept is of another fit, or of other days, draws or seed
    """
    months = months_ahead(days, verb="play")
    limits.whole("draws", draws)
    limits.optional("seed", seed)
    read = _whole(fit, scenario, changes)
    read = replace(read, changes=resolved(fit, read.changes))
    origin, used = fit.origin, fit.case.seed if seed is None else seed
    ahead = edges(origin, 1, months)
    at = [day_number(day) - day_number(origin) for day in ahead]
    steps = -(-at[-1] // fit.case.step_days)
    made = applied(fit, read, steps, ahead[-1])
    if kept is None:
        kept = baseline(fit, days=days, draws=draws, seed=used, workers=workers, executor=executor)
    elif not kept.fits(fit, months, draws, used):
        raise ValueError("the baseline is of another fit, or of other days, draws or seed")
    drawn = _play(fit, months, draws, used, kept.height, made, workers, executor)
    base, other = _on(kept.levels, kept.paths, drawn, made.moves, fit.case.step_days)
    table = _table(fit, base, other, made, kept.levels)
    measures = _measures(fit, read.measures, base, other, table)
    index = _index(fit, base, other, ahead[1:])
    answer = WhatIf(
        name=read.name,
        title=read.title,
        assumes=read.assumes,
        claim=read.claim,
        changes=tuple(words.change(change) for change in read.changes),
        origin=origin,
        horizon_days=at[-1],
        draws=draws,
        seed=used,
        table=table,
        measures=measures,
        monthly=_monthly(fit, read.measures or _largest(table), base, other, ahead),
        index=index,
        held_baseline=base.held,
        held_scenario=other.held,
        runaway_baseline=base.runaway,
        runaway_scenario=other.runaway,
        sentences=(),
        note=words.NOTE,
    )
    return replace(answer, sentences=words.sentences(answer))


def _on(levels: Levels, base: Paths, other: Paths, moves: Moves, width: int) -> tuple[Paths, Paths]:
    """Both sides with the little taken off that the baseline's means still differ from the default forecast's.

    What the scenario gives outright stays as it is given.
    """
    assert base.expected is not None and other.expected is not None
    rest = levels.periods / np.maximum(base.expected.mean(axis=0, dtype=np.float64), 1e-9)
    edges, outright = np.array(levels.edges), moves.given * moves.factor
    by_day = np.repeat(np.broadcast_to(outright, (moves.steps, outright.shape[1])), width, axis=0) / width
    run = np.concatenate([np.zeros((1, by_day.shape[1])), by_day.cumsum(axis=0)])
    given = run[edges[1:]] - run[edges[:-1]]
    return (
        replace(base, expected=base.expected * rest),
        replace(other, expected=(other.expected - given) * rest + given),
    )


def _whole(fit: Fit, scenario: Scenario | str | Path | None, changes: Sequence[Change]) -> Scenario:
    if scenario is None:
        return Scenario("changes", "Changes from the command line", "", "", tuple(changes))
    read = scenario if isinstance(scenario, Scenario) else read_scenario(scenario, fit.case)
    return replace(read, changes=(*read.changes, *changes))


def _difference(base: Floats, other: Floats) -> dict[str, Floats]:
    """Of two arrays (paths, things): means, and the mean, the 90 % range and the signs of the differences."""
    apart = other - base
    lower, upper = np.quantile(apart, [0.05, 0.95], axis=0)
    return {
        "baseline": base.mean(axis=0),
        "scenario": other.mean(axis=0),
        "difference": apart.mean(axis=0),
        "lower": lower,
        "upper": upper,
        "p_more": _share(apart > 0),
        "p_fewer": _share(apart < 0),
    }


def _share(holds: NDArray[np.bool_]) -> Floats:
    """Of how many paths something holds, along the first axis; half a path with and half one without added."""
    return np.asarray((holds.sum(axis=0) + 0.5) / (holds.shape[0] + 1.0))


def _whole_horizon(paths: Paths) -> Floats:
    assert paths.expected is not None
    return np.asarray(paths.expected.sum(axis=1, dtype=np.float64))


def _table(fit: Fit, base: Paths, other: Paths, made: Applied, levels: Levels) -> pl.DataFrame:
    units = fit.design.units
    put_in = dict.fromkeys(((u.source, u.target, u.event_class) for u in units), 0)
    for sources, targets, event_class in made.put_in.select("source", "target", "event_class").iter_rows():
        for pair in ((i, j) for i in sources for j in targets if i != j):
            put_in[(*pair, event_class)] += 1
    differences = _difference(_whole_horizon(base), _whole_horizon(other))
    ratio = differences["scenario"] / np.maximum(differences["baseline"], 1e-12)
    beside, given = levels.any_doubt, ratio <= 0.0  # what is silenced is given: it has no chance
    chances = {"any_baseline": 1.0 - levels.none(), "any_lower": beside.lower, "any_upper": beside.upper}
    return pl.DataFrame(
        {
            "source": [u.source for u in units],
            "target": [u.target for u in units],
            "event_class": [u.event_class for u in units],
            **differences,
            "ratio": ratio,
            **chances,
            "base_rate": beside.base_rate,
            "any_scenario": pl.Series(np.where(given, np.nan, 1.0 - levels.none(ratio))).fill_nan(None),
            "put_in": list(put_in.values()),
            "model_alone": [False] * len(units),
        }
    )


def _sums(fit: Fit, measures: Sequence[Measure], paths: Paths) -> NDArray[np.float64]:
    """Expected counts of every yardstick: shape (paths, periods, yardsticks)."""
    assert paths.expected is not None
    units: list[UnitName] = [(u.source, u.target, u.event_class) for u in fit.design.units]
    chosen = [[k for k, unit in enumerate(units) if unit in m.units] for m in measures]
    return np.stack([paths.expected[:, :, some].sum(axis=2, dtype=np.float64) for some in chosen], axis=2)


def _measures(fit: Fit, measures: Sequence[Measure], base: Paths, other: Paths, table: pl.DataFrame) -> pl.DataFrame:
    about = {
        "name": [m.name for m in measures],
        "acts": [m.says for m in measures],
        "good": [m.good for m in measures],
    }
    if not measures:
        numbers = ("baseline", "scenario", "difference", "lower", "upper", "p_more", "p_fewer")
        schema: dict[str, Any] = {**dict.fromkeys(about, pl.String), **dict.fromkeys(numbers, pl.Float64)}
        return pl.DataFrame(schema=schema | {"put_in": pl.Int64, "model_alone": pl.Boolean})
    sums = [_sums(fit, measures, paths).sum(axis=1) for paths in (base, other)]
    units = {(i, j, c): n for i, j, c, n in table.select("source", "target", "event_class", "put_in").iter_rows()}
    put_in = [sum(units[unit] for unit in m.units) for m in measures]
    besides = {"put_in": put_in, "model_alone": [False] * len(measures)}
    return pl.DataFrame(about | _difference(*sums) | besides)


def _largest(table: pl.DataFrame) -> tuple[Measure, ...]:
    """The dyads and classes that differ most, as yardsticks."""
    rows = table.filter(pl.col("difference") != 0.0).sort(pl.col("difference").abs(), descending=True).head(_LARGEST)
    return tuple(
        Measure(words.unit(i, j, c), f"{i} -> {j} : {c}", frozenset({(i, j, c)}), "?")
        for i, j, c in rows.select("source", "target", "event_class").iter_rows()
    )


def _monthly(fit: Fit, measures: Sequence[Measure], base: Paths, other: Paths, ahead: Sequence[object]) -> pl.DataFrame:
    rows = []
    if measures:
        sides = {"baseline": _sums(fit, measures, base), "scenario": _sums(fit, measures, other)}
        for m, measure in enumerate(measures):
            for p in range(len(ahead) - 1):
                row = {"name": measure.name, "month": p + 1, "period_start": ahead[p], "period_end": ahead[p + 1]}
                for side, values in sides.items():
                    low, high = np.quantile(values[:, p, m], [0.05, 0.95])
                    row |= {side: values[:, p, m].mean(), f"{side}_lower": low, f"{side}_upper": high}
                rows.append(row)
    schema: dict[str, Any] = {"name": pl.String, "month": pl.Int64, "period_start": pl.Date, "period_end": pl.Date}
    sides_schema = {f"{side}{end}": pl.Float64 for side in ("baseline", "scenario") for end in ("", "_lower", "_upper")}
    return pl.DataFrame(rows, schema=schema | sides_schema)


def _index(fit: Fit, base: Paths, other: Paths, ends: Sequence[object]) -> pl.DataFrame:
    """The relation index of every pair, and the lateral gap, at the end of each month."""
    assert base.index is not None and other.index is not None
    names = tie_names(fit.case)
    sides = [{name: paths.index[:, :, k].astype(np.float64) for k, name in enumerate(names)} for paths in (base, other)]  # type: ignore[index]
    patron, allies = fit.case.roles.get("patron", ()), fit.case.roles.get("ally", ())
    if len(patron) == 1 and len(allies) == 2:
        lateral = "-".join(sorted(allies))
        one, two = ("-".join(sorted((patron[0], ally))) for ally in allies)
        for side in sides:
            side["lateral gap"] = side[lateral] - (side[one] + side[two]) / 2.0
    frames = []
    for name in sides[0]:
        differences = _difference(sides[0][name], sides[1][name])
        kept = ("baseline", "scenario", "difference", "lower", "upper")
        frames.append(
            pl.DataFrame({"pair": [name] * len(ends), "date": list(ends), **{k: differences[k] for k in kept}})
        )
    return pl.concat(frames)
