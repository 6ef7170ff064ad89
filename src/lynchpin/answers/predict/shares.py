"""How an act is shared out among the actors, small records shrunk: chances that are never nothing and never certain.

What the one asked about did with this act leans on what anyone did with it, and that on what anyone did at all:

    any(o) = (acts of o + 1/2) / sum,    act(o) = (these acts of o + any(o)) / (these acts + 1)
    share(o) = (its own on o + LEAN act(o)) / (its own + LEAN)

its own counting half after HALF_LIFE_DAYS. LEAN and the half-life were chosen on the embedded records by the log score
of the next partner (docs/explanation/numbers.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import betaincinv

from lynchpin.answers.predict.facts import Facts
from lynchpin.engine.statistics.base import Floats, Ints

HALF_LIFE_DAYS, LEAN = 365.0, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The shares of every actor; that of the one asked about is nothing.

    chance, base_rate : (actors,), of the act done by the one asked about, and by anyone; each sums to one
    has_act : (actors,), whether the actor ever was where the act is asked for
    worth : float, acts that the chance rests on
    """

    chance: Floats
    base_rate: Floats
    has_act: NDArray[np.bool_]
    worth: float

    def interval(self, chance: Floats) -> tuple[Floats, Floats]:
        """The 90 % interval of chances: of a beta posterior that is worth as many acts."""
        a, b = chance * self.worth, (1.0 - chance) * self.worth
        lower, upper = betaincinv(a, b, 0.05), betaincinv(a, b, 0.95)
        return np.minimum(lower, chance), np.maximum(upper, chance)


def shares_of(facts: Facts, who: int, relation: int, today: int) -> Shares:
    """The shares on a day, from facts of the days before it.

    Parameters
    ----------
    facts : Facts
    who, relation : positions; the relation counts both ways, as in `Facts.both_ways`
    today : day number; a fact of this day or later is not seen
    """
    day, s, r, o = (column[: np.searchsorted(facts.both_ways()[0], today)] for column in facts.both_ways())
    n = len(facts.actors)
    others = np.arange(n) != who

    def counted(chosen: NDArray[np.bool_], weights: Floats | None = None) -> Floats:
        return np.where(others, np.bincount(o[chosen], weights, minlength=n), 0.0).astype(np.float64)

    anyone = np.where(others, counted(np.ones(o.size, np.bool_)) + 0.5, 0.0)
    anyone /= max(anyone.sum(), 1e-12)
    act = counted(r == relation)
    base = (act + anyone) / (act.sum() + 1.0)
    mine = (r == relation) & (s == who)
    own = counted(mine, 2.0 ** (-(today - day[mine]) / HALF_LIFE_DAYS))
    return Shares((own + LEAN * base) / (own.sum() + LEAN), base, act > 0, float(own.sum() + LEAN))


def descending(chance: Floats, order: Ints) -> Floats:
    """Chances that never rise along an order: neighbours that do share their mean. The sum stays."""
    out = np.empty_like(chance)
    out[order] = isotonic_regression(chance[order], increasing=False).x
    return out


def with_the_act_first(
    scored: Iterator[tuple[int, NDArray[Any], Ints, Ints, Ints]], facts: Facts
) -> Iterator[tuple[int, NDArray[Any], Ints, Ints, Ints]]:
    """Scores in the form of `recurrency`, in which nobody without the act behind it outranks one that has it."""
    n, ways = len(facts.actors), 2 * len(facts.relations)
    day, _, r, o = facts.both_ways()
    seen, done = np.zeros((ways, n), np.bool_), 0
    for today, score, which, answer, relation in scored:
        until = int(np.searchsorted(day, today))
        seen[r[done:until], o[done:until]] = True
        done = until
        asked = np.zeros(score.shape[0], np.int64)
        asked[which] = relation
        wide = score.astype(np.float64)
        finite = np.where(np.isfinite(wide), wide, np.nan)
        span = float(np.nanmax(finite) - np.nanmin(finite)) + 1.0
        yield today, wide + np.where(seen[asked], span, 0.0), which, answer, relation
