"""The mechanism model as a forecaster: simulated counts of a fit as probabilities, and what it would have said before.

Its past is asked for at three days, half a year apart: at each the case is fitted anew to what was known by then and
played forward. More days would cost a fit each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lynchpin.answers.forecast.months import Counts, Panel
from lynchpin.answers.forecast.predictive import negative_binomial, roughened
from lynchpin.answers.forecast.weights import STRIDE_DAYS, DaysAhead
from lynchpin.answers.simulate import Paths, simulate
from lynchpin.days import day_of
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.model.fit import fit_earlier

#: How far back the model is asked what it would have said: so many days apart, so many times, with so many draws.
PAST_DAYS, PAST_TIMES, PAST_DRAWS = 12 * STRIDE_DAYS, 3, 200

#: How many draws' worth a negative binomial of the draws' mean and variance counts beside them.
_SMOOTH = 20.0


def simulated(fit: Fit, boundaries: Sequence[int], draws: int, seed: int, *, workers: int | None = None) -> Counts:
    """Counts between neighbouring days ahead of a fit's origin: shape (draws, boundaries - 1, units); see `played`."""
    return played(fit, boundaries, draws, seed, workers=workers).counts.astype(np.int64)


def played(fit: Fit, boundaries: Sequence[int], draws: int, seed: int, *, workers: int | None = None) -> Paths:
    """Paths whose periods lie between neighbouring days ahead of a fit's origin.

    Parameters
    ----------
    boundaries : rising day numbers, the first the fit's origin
    workers : as for `lynchpin.answers.simulate.simulate`
    """
    edges = [day - boundaries[0] for day in boundaries]
    steps = -(-edges[-1] // fit.case.step_days)
    return simulate(fit, steps, draws, seed, edges=edges, workers=workers)


def moments(draws: Counts) -> tuple[Floats, Floats]:
    """Mean and size of the negative binomials with the mean and variance of draws: both (units,).

    Half a count is added to the draws together, so that nothing is held to be impossible.
    """
    mean, variance = draws.mean(axis=0) + 0.5 / draws.shape[0], draws.var(axis=0)
    return mean, np.where(variance > mean, mean**2 / np.maximum(variance - mean, 1e-12), np.inf)


def drawn_pmf(draws: Counts, top: int) -> Floats:
    """Draws as probabilities: their shares, smoothed by a negative binomial of their mean and variance.

    Parameters
    ----------
    draws : ndarray, shape (draws, units)

    Returns
    -------
    ndarray, shape (units, top + 1)
    """
    n, units = draws.shape
    share = np.zeros((units, top + 2))
    np.add.at(share, (np.broadcast_to(np.arange(units), draws.shape), np.minimum(draws, top + 1)), 1.0 / n)
    smooth = negative_binomial(*moments(draws), top).pmf
    pmf = (n * share[:, :-1] + _SMOOTH * smooth) / (n + _SMOOTH)
    return roughened(pmf, draws.max(axis=0).astype(np.float64))


def past_moments(
    fit: Fit, panel: Panel, spans: Sequence[DaysAhead], seed: int
) -> list[dict[int, tuple[Floats, Floats]]]:
    """For each span: day number -> mean and size of what the model, fitted on that day, said of the span ahead.

    Parameters
    ----------
    fit : Fit, for its case and its events; what it found is not used
    panel : Panel, of the fit's units, ending on its origin
    spans : what is counted, sorted or not

    Returns
    -------
    list of dicts, one for each span; days on which the record is too short are left out
    """
    found: list[dict[int, tuple[Floats, Floats]]] = [{} for _ in spans]
    earlier: Fit | None = None
    for times in range(PAST_TIMES, 0, -1):
        day = panel.end - times * PAST_DAYS
        known = [k for k, span in enumerate(spans) if day + span.gap + span.days <= panel.end]
        origin = day_of(day)
        past = replace(fit.known.before(origin), case=fit.case)
        if not known or past.events.is_empty():
            continue
        try:
            earlier = fit_earlier(past, earlier)
        except BadValue:  # the record is too short on that day
            continue
        edges = sorted({day} | {day + e for k in known for e in (spans[k].gap, spans[k].gap + spans[k].days)})
        counts = simulated(earlier, edges, PAST_DRAWS, seed, workers=1)
        for k in known:
            first, last = edges.index(day + spans[k].gap), edges.index(day + spans[k].gap + spans[k].days)
            found[k][day] = moments(counts[:, first:last].sum(axis=1))
    return found
