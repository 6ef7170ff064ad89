"""Chances of each stage without a model: the Aalen-Johansen estimator.

    P(0, t) = product over the times u <= t at which somebody moved of (I + dA(u)),
    dA(u)[a, b] = moves from a to b at u / agreements that stood at a just before u

Aalen and Johansen (1978), An empirical transition matrix for non-homogeneous Markov chains based on censored
observations, Scandinavian Journal of Statistics 5(3). With one way out of one state it
is one less Kaplan and Meier's estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import numpy as np

from lynchpin.answers.agreements.moments import STANDING_STAGES
from lynchpin.answers.agreements.stages import BEFORE, after
from lynchpin.days import day_number
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.results import AgreementLife


def aalen_johansen(start: Floats, stop: Floats, before: Ints, then: Ints, n_states: int, at: Floats) -> Floats:
    """Transition matrices from time 0 to each asked time.

    Parameters
    ----------
    start, stop : ndarray, shape (stays,): each stay in a state is over (start, stop]
    before : ndarray of int, shape (stays,), the state of the stay
    then : ndarray of int, shape (stays,), the state it ends in; -1 where the stay is censored at `stop`
    n_states : int
    at : ndarray, shape (times,), >= 0, ascending

    Returns
    -------
    ndarray, shape (times, n_states, n_states): row a is the chance of each state of who was in a at time 0

    Notes
    -----
    Who is censored at a time is still at risk at that time. A state that nobody is in at a time keeps its weight.
    """
    moved = then >= 0
    times = np.unique(stop[moved])
    whole, out = np.eye(n_states), np.empty((at.size, n_states, n_states))
    done = 0
    for q, asked in enumerate(at):
        while done < times.size and times[done] <= asked:
            whole = whole @ _one_step(start, stop, before, then, n_states, times[done])
            done += 1
        out[q] = whole
    return out


def _one_step(start: Floats, stop: Floats, before: Ints, then: Ints, n_states: int, time: float) -> Floats:
    """I + dA at one time."""
    at_risk = np.bincount(before[(start < time) & (stop >= time)], minlength=n_states)
    now = (stop == time) & (then >= 0)
    step = np.zeros((n_states, n_states))
    np.add.at(step, (before[now], then[now]), 1.0 / at_risk[before[now]])
    step[np.arange(n_states), np.arange(n_states)] += 1.0 - step.sum(axis=1)
    return step


def stays(lives: Sequence[AgreementLife], origin: date) -> tuple[Floats, Floats, Ints, Ints]:
    """The stays of agreements at each of STANDING_STAGES, in days since their first recorded act.

    Moves of one day are one move, to where the day leaves the agreement: a stay has a length.

    Returns
    -------
    start, stop, before, then : as `aalen_johansen` takes them; what goes on at the origin is censored there
    """
    rows: list[tuple[float, float, int, int]] = []
    for life in lives:
        acts = [act for act in life.history if act.date < origin]
        if not acts:
            continue
        first = day_number(acts[0].date)
        standing, since, stop = BEFORE, 0, day_number(origin) - first
        for moment, of_day in groupby(acts, key=lambda act: act.date):
            day, new = day_number(moment) - first, standing
            for act in of_day:
                new = new if new.has_ended else after(new, act.stage)
            if standing is not BEFORE and new.stage != standing.stage:
                rows.append((since, day, _at(standing.stage), _at(new.stage)))
                since = day
            standing = new
            if standing.has_ended:
                break
        if not standing.has_ended and stop > since:
            rows.append((since, stop, _at(standing.stage), -1))
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.int64), table[:, 3].astype(np.int64)


def _at(stage: str) -> int:
    return STANDING_STAGES.index(stage)
