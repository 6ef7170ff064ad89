"""A likelihood as a value: all that a fit has to know of one, so that it needs to know none by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from lynchpin.engine.likelihoods.idle import IdleEffects
from lynchpin.engine.likelihoods.rows import Block, Sums, Terms
from lynchpin.engine.statistics.base import Floats, Ints

#: A likelihood, row by row: of a block, its predictor, and the idle dyads that are not among its rows.
RowTerms = Callable[[Block, Floats, IdleEffects | None], Terms]


class Needs(NamedTuple):
    """What a likelihood is laid out on, and what makes sense with it.

    clock : it says when as well as who: groups have an exposure, and there is a baseline rate
    steps : groups are steps of the calendar, and what is seen are counts
    by_sender : a group is the receivers of one sender
    events_only : events are compared with no other dyad: of which type each is, is what is asked
    ties : simultaneous events share a denominator, in one way or another
    subsets : those of a group are compared as one set with every other set of as many
    mutual : a group holds every choice of everyone, and a pair acts where both choose: rows know their ends
    idle : dyads that are idle can be summed through their actors, see `idle`
    """

    clock: bool = False
    steps: bool = False
    by_sender: bool = False
    events_only: bool = False
    ties: bool = False
    subsets: bool = False
    idle: bool = False
    mutual: bool = False

    @property
    def baseline(self) -> bool:
        """Whether a column of ones says something."""
        return self.clock or self.events_only

    @property
    def waits(self) -> bool:
        """Whether a group is the wait for the next event."""
        return self.clock and not self.steps


class Margins(NamedTuple):
    """What is known of groups without any column.

    compared : (groups,), rows of each, or how many weighted ones stand for
    at_risk : (groups,), dyads at risk before any sampling; exposure : (groups,)
    seen_ptr : (groups + 1,); seen_count : how often each dyad acted, or how often each type happened
    """

    compared: Ints
    at_risk: Ints
    exposure: Floats
    seen_ptr: Ints
    seen_count: Floats


def no_constant(margins: Margins) -> float:
    """The value is the log-likelihood as it stands."""
    return 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """A likelihood; picklable, so that workers can be handed it.

    sums : (block, parameters) -> value, gradient and observed information; parameters: (columns + extra,)
    terms : the same, row by row, given the rows' predictor; None where rows are not told apart
    residual : (block, parameters) -> (rows,), what happened less what was expected: times x it is the score
    null : the log-likelihood when no effect moves anyone
    needs : Needs
    constant : what the sums leave out of the log-likelihood
    cumulative : (counts, means, parameters) -> chance of so many or fewer, and of fewer; None where none are counted
    extra : names of parameters beside the coefficients
    plain : the likelihood of the same means without extra parameters; None: it has none
    """

    sums: Callable[[Any, Floats], Sums]
    terms: Callable[..., Terms] | None
    residual: Callable[[Block, Floats], Floats]
    null: Callable[[Margins], float]
    needs: Needs
    constant: Callable[[Margins], float] = no_constant
    cumulative: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]] | None = None
    extra: tuple[str, ...] = ()
    plain: Likelihood | None = None

    def given(self, extra: float) -> Likelihood:
        """With its extra parameter, if it has one, held at a value in `terms`."""
        if not self.extra:
            return self
        assert self.terms is not None
        return replace(self, terms=partial(self.terms, extra=extra))
