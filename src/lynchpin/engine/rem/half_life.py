"""The half-life of a model by profile likelihood: each value is fitted, the best is kept, the interval is read off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lynchpin.engine.likelihoods.profile import NOWHERE, crossing, highest
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.result import RemFit
from lynchpin.engine.rem.terms import Term
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue, DidNotConverge
from lynchpin.numbers import DROP90

#: Values tried before the search closes in.
_FIRST_LOOK = 7


def fit_half_life(request: Request, stream: EventStream, fit: Callable[[Request, Floats | None], RemFit]) -> RemFit:
    """Fit the half-life that all effects without a memory of their own share.

    Parameters
    ----------
    request : Request whose effects without half-life and window are to share one
    stream : EventStream; values are searched between a typical gap of time points and twice the length of the stream
    fit : function (request, start) -> RemFit

    Returns
    -------
    RemFit at the best half-life, with the 90 % interval: where the profile has dropped by half the quantile of
    chi-squared(1). An end that the search does not reach is the end of what was searched. Standard errors of the other
    coefficients are given the half-life.

    Raises
    ------
    BadValue : no effect is without a memory of its own
    DidNotConverge : no value can be fitted
    """
    if not any(_is_free(term) for term in request.terms):
        raise BadValue("no effect's half-life is left to fit", "half_life", "take half-lives or windows out of effects")
    times = np.unique(stream.when)
    if request.clock == "order":
        times = np.arange(times.size, dtype=float)
    low, high = np.log(np.median(np.diff(times)) / 2), np.log(2 * (times[-1] - times[0]))
    fits: dict[float, RemFit] = {}
    lost: dict[float, DidNotConverge] = {}  # so short that nothing is remembered, or an effect foretells everything

    def at(log_half_life: float) -> float:
        if log_half_life not in fits and log_half_life not in lost:
            near = min(fits, key=lambda x: abs(x - log_half_life)) if fits else None
            start = None if near is None else fits[near].estimate
            try:
                fits[log_half_life] = fit(with_half_life(request, float(np.exp(log_half_life))), start)
            except DidNotConverge as error:
                lost[log_half_life] = error
        return fits[log_half_life].log_likelihood if log_half_life in fits else NOWHERE

    highest(at, low, high, looks=_FIRST_LOOK, tolerance=1e-3)
    if not fits:
        last = next(reversed(lost.values()))
        raise DidNotConverge(f"no half-life can be fitted: {last.what}", last.where, last.mend)
    top = max(fits, key=at)
    floor = at(top) - DROP90
    ends: list[float] = []
    is_open: list[bool] = []
    for edge in (low, high):
        outside = [x for x in (*fits, *lost) if (x - top) * (edge - top) > 0 and at(x) < floor]
        if outside:
            far = min(outside, key=lambda x: abs(x - top))
            ends.append(float(np.exp(crossing(at, floor, top, far, 5e-3))))
        else:
            ends.append(float(np.exp(edge)))
        is_open.append(not outside)
    return replace(
        fits[top],
        half_life=float(np.exp(top)),
        half_life_interval=(ends[0], ends[1]),
        half_life_open=(is_open[0], is_open[1]),
    )


def with_half_life(request: Request, half_life: float) -> Request:
    """The request with every free half-life set."""

    def one(term: Term) -> Term:
        return Term(tuple(replace(e, half_life=half_life) if _is_free(Term((e,))) else e for e in term.effects))

    return replace(request, terms=tuple(one(term) for term in request.terms))


def _is_free(term: Term) -> bool:
    return any(
        effect.half_life is None
        and effect.window is None
        and effect.row.decays
        and effect.row.feed == "events"
        and not any(effect.networks)
        for effect in term.effects
    )
