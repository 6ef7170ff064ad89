"""Targets besides counts by month: at least one act of a pattern by a day, and the relation index ahead.

Both stand on the levels of the default forecast (`levels`): of one dyad and class the chance is the very one that the
forecast prints, of several the mechanism model's paths say how far they happen together. The stages of agreements have
a model of their own (`answers.agreements`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from lynchpin.account.theory import CheckedEdge, check_pattern, dyads_of, parse_pattern
from lynchpin.answers.forecast.chances import base_rate, windows_with_any
from lynchpin.answers.forecast.levels import Levels, at_level, levels_of, scaled
from lynchpin.answers.simulate import simulate
from lynchpin.answers.simulate.inflow import placed
from lynchpin.answers.simulate.moves import no_moves
from lynchpin.answers.simulate.program import pairs_of
from lynchpin.answers.simulate.ties import tie_names, ties
from lynchpin.days import day_number, edges, months_ahead
from lynchpin.defaults import DAYS, DRAWS
from lynchpin.engine.scoring.predictive import negative_binomial
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.results import QUANTILES, AnyBy, AnyOf, IndexAhead

LONGEST_DAYS = 1826

#: That none of many dyads acts is held to be no less likely than this, or than that the busiest alone does not.
_LEAST_NONE = 1e-4


def any_by(
    fit: Fit,
    patterns: Sequence[str],
    by: date,
    *,
    draws: int = DRAWS,
    seed: int | None = None,
    workers: int | None = None,
) -> AnyOf:
    """The chance of at least one act of each pattern from the origin to a day.

    Parameters
    ----------
    fit : Fit
    patterns : edges of the theory language between states, as in "PRK -> KOR : material_conflict"
    by : date, the last day that counts
    draws : int, paths, at least 100
    seed : int or None, None for the case's own
    workers : int or None, threads that share the paths

    Returns
    -------
    AnyOf, a sequence of AnyBy, one for each pattern, with what the mechanism model alone says, and with how often
    windows of the same length before the origin held at least one

    Raises
    ------
    BadValue : the day is before the origin, or more than LONGEST_DAYS after it
    BadMechanism : a pattern does not read, or does not fit the case
    """
    case, origin = fit.case, fit.origin
    days = day_number(by) - day_number(origin) + 1
    if not 1 <= days <= LONGEST_DAYS:
        last = origin + timedelta(LONGEST_DAYS - 1)
        mend = f"days count from {origin} on, which is as far as the record and --as-of go"
        raise BadValue(f"{by} is not between {origin} and {last}", "--by", mend)
    read = [check_pattern(parse_pattern(text), case.vocabulary) for text in patterns]
    used = case.seed if seed is None else seed
    steps = -(-days // case.step_days)
    paths = simulate(fit, steps, draws, used, edges=[0, days], workers=workers)
    counts, levels = paths.counts[:, 0], levels_of(fit, [0, days])
    chances = []
    for text, edge in zip(patterns, read, strict=True):
        chosen = _units(fit, edge)
        pmf = _chances(levels, counts[:, chosen], chosen)
        some = counts[:, chosen].sum(axis=1, dtype=np.int64)
        windows_with, windows = windows_with_any(levels.panel, days, chosen)
        low, high = (int((pmf.cumsum() < share - 1e-12).sum()) for share in (0.05, 0.95))
        least, most = (1.0 - _none(levels, counts[:, chosen], chosen, times) for times in levels.doubt(chosen))
        chances.append(
            AnyBy(
                acts=text,
                start=origin,
                by=by,
                p_any=float(1.0 - pmf[0]),
                lower=least,
                upper=most,
                mean=float(levels.mean[chosen].sum()),
                q05=low,
                q95=high,
                draws=draws,
                windows=windows,
                windows_with_any=int(windows_with[0]),
                base_rate=float(base_rate(windows_with, windows)[0]),
                mechanism_p_any=float(((some > 0).sum() + 0.5) / (draws + 1.0)),
                mechanism_mean=float(some.mean()),
                runaway=paths.runaway,
                held=paths.held,
            )
        )
    return AnyOf(tuple(chances))


def index_ahead(
    fit: Fit, *, days: int = DAYS, draws: int = DRAWS, seed: int | None = None, workers: int | None = None
) -> IndexAhead:
    """The relation index of every pair, and the lateral gap, at the end of each month ahead.

    New acts draw their magnitudes from the past acts of their class. The index is read at the end of the step in which
    a month ends, so that the first months of a weekly case can be some days early or late.

    Returns
    -------
    IndexAhead
    """
    months = months_ahead(days)
    case, origin = fit.case, fit.origin
    ahead = edges(origin, 1, months)
    at = [day_number(day) - day_number(origin) for day in ahead]
    steps = -(-at[-1] // case.step_days)
    standing = ties(fit, pairs_of(placed(fit.design)).astype(np.int32), steps)
    used = case.seed if seed is None else seed
    moves = scaled(no_moves(fit, steps), at_level(fit, levels_of(fit, at), steps, used))
    played = simulate(fit, steps, draws, used, edges=at, moves=moves, ties=standing, workers=workers)
    index = played.index
    assert index is not None
    paths = {name: index[:, :, k].astype(np.float64) for k, name in enumerate(tie_names(case))}
    patron, allies = case.roles.get("patron", ()), case.roles.get("ally", ())
    if len(patron) == 1 and len(allies) == 2:
        one, two = (paths["-".join(sorted((patron[0], ally)))] for ally in allies)
        paths["lateral gap"] = paths["-".join(sorted(allies))] - (one + two) / 2.0
    table = pl.concat(
        pl.DataFrame(
            {
                "pair": [name] * months,
                "date": ahead[1:],
                "mean": values.mean(axis=0),
                **{q: np.quantile(values, share, axis=0) for q, share in QUANTILES.items()},
            }
        )
        for name, values in paths.items()
    )
    return IndexAhead(table, draws, played.runaway, played.held)


def _none(levels: Levels, counts: np.ndarray[tuple[int, ...], Any], chosen: list[int], times: float = 1.0) -> float:
    """The chance of no act of any of some units, where the expected counts are multiplied by a number.

    Units that act together fall silent together: the log of the chance is that of units apart times a share, which is
    taken from simulated counts (paths, units); it lies between that of the likeliest unit alone and one.
    """
    apart = np.log(levels.none(times)[chosen])
    if len(chosen) == 1:
        return float(np.exp(apart[0]))
    paths = counts.shape[0]
    alone = np.log(((counts == 0).sum(axis=0) + 0.5) / (paths + 1.0)).sum()
    joint = np.log(((counts == 0).all(axis=1).sum() + 0.5) / (paths + 1.0))
    none = float(np.exp(apart.sum() * np.clip(joint / alone, apart.min() / apart.sum(), 1.0)))
    return max(none, min(_LEAST_NONE, float(np.exp(apart.min()))))  # acts of many dyads are not certain either


def _chances(levels: Levels, counts: np.ndarray[tuple[int, ...], Any], chosen: list[int]) -> Floats:
    """The chance of 0, 1, 2 ... acts of some units together: shape (counts,).

    Of one unit, the default forecast's own. Of several, none has the chance of `_none`; the others are those of a
    negative binomial with the mean of the sum, and the variance that the units and what the paths show them to share
    make.
    """
    forecast = levels.predictive
    if len(chosen) == 1:
        return np.asarray(forecast.pmf[chosen[0]])
    k = np.arange(forecast.top + 1.0)
    mean = forecast.mean[chosen]
    variance = np.maximum(forecast.pmf[chosen] @ k**2 - (forecast.pmf[chosen] @ k) ** 2, 1e-12)
    spread = counts.std(axis=0)
    shared = np.cov(counts.T) / np.maximum(np.outer(spread, spread), 1e-12)
    np.fill_diagonal(shared, 1.0)
    whole, total = float(np.sqrt(variance) @ np.clip(shared, 0.0, 1.0) @ np.sqrt(variance)), float(mean.sum())
    size = total**2 / max(whole - total, 1e-9)
    pmf = negative_binomial(np.array([total]), np.array([size]), int(4 * total + 20 * np.sqrt(whole) + 20)).pmf[0]
    none = _none(levels, counts, chosen)
    return np.concatenate([[none], pmf[1:] * (1.0 - none) / max(pmf[1:].sum(), 1e-12)])


def _units(fit: Fit, edge: CheckedEdge) -> list[int]:
    dyads = set(dyads_of(edge))
    return [
        k for k, u in enumerate(fit.design.units) if (u.source, u.target) in dyads and u.event_class in edge.classes
    ]
