"""The stacked forecast: a weighted mean of distributions, the weights earned by past log scores.

Members are the level models (one for each memory), the regression, and the best of the baselines; a case adds its
mechanism model as a guest. At every anchor each member gave every unit's count a chance, from what was known there; the
weights (`weights.py`) follow from these. Nothing after the end of the panel is seen.

A guest says who and what; how much follows the counts: its means are scaled, class by class, so that they add up to
those of the other members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lynchpin.answers.forecast.baselines import HISTORY_MONTHS, ewma_parameters
from lynchpin.answers.forecast.memory import HALF_LIVES, levels, remember
from lynchpin.answers.forecast.months import Counts, Panel
from lynchpin.answers.forecast.predictive import EPSILON, negative_binomial, roughened
from lynchpin.answers.forecast.regression import pair_of, regression
from lynchpin.answers.forecast.weights import STRIDE_DAYS, Anchors, DaysAhead, by_pair, lay_anchors, stacked
from lynchpin.days import DAYS_PER_MONTH
from lynchpin.engine.likelihoods.counts import log_chance
from lynchpin.engine.statistics.base import Floats, Ints

Moments = tuple[Floats, Floats]  # mean and size, both (units,)

REGRESSION, EWMA = "regression", "EWMA negative binomial"
LEVELS: tuple[str, ...] = tuple(f"level, {days:.0f} days" for days in HALF_LIVES)

#: Member -> its weight before any score: the levels share half.
PRIOR: dict[str, float] = {**dict.fromkeys(LEVELS, 0.5 / len(LEVELS)), REGRESSION: 0.25, EWMA: 0.25}

#: What a guest weighs before any score.
GUEST_PRIOR = 0.2

#: Half-life of a past answer in the weights (days), and in those of a pair.
SCORE_DAYS, PAIR_DAYS = 730.0, 365.0


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One forecaster at every anchor and now: negative binomials, arrays (anchors + 1, units)."""

    name: str
    mean: Floats
    size: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """A forecaster from outside, whose past is known at a few anchors only: means and sizes of negative binomials.

    said : day number -> what it said on that day of the span ahead
    now : the same of the span to come
    """

    name: str
    said: Mapping[int, Moments]
    now: Moments


@dataclass(frozen=True, slots=True)
class PastScores:
    """How the stack would have done at the anchors with the weights that were fixed beforehand, beside the baseline.

    Log scores in nats, means over answers, old ones counting less; NaN where there is no answer yet.
    """

    stack: float
    baseline: float
    anchors: int


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The stacked forecast of one span.

    members : their names, the guest last; mean, size : (members, units), now
    weight : (members, units), columns on the simplex
    spread : (units,), what is large for each unit; class_of : (units,)
    """

    members: tuple[str, ...]
    span: DaysAhead
    mean: Floats
    size: Floats
    weight: Floats
    spread: Floats
    class_of: Counts
    past: PastScores

    def pmf(self, rows: Ints, top: int, *, days: int | None = None) -> Floats:
        """The pooled chance of 0 .. top for some units: shape (rows, top + 1).

        Parameters
        ----------
        days : int or None, length of the span, where it differs a little from the pool's own: means grow with it
        """
        scale = 1.0 if days is None else days / self.span.days
        total = np.zeros((rows.size, top + 1))
        for mean, size, weight in zip(self.mean, self.size, self.weight, strict=True):
            total += weight[rows, None] * negative_binomial(mean[rows] * scale, size[rows], top).pmf
        return roughened(total, self.spread[rows])

    def with_guest(self, now: Moments) -> Pool:
        """The same pool, its guest saying something else; a pool without one is left as it is."""
        if len(self.members) == len(PRIOR):
            return self
        mean, size = now
        rest = (self.weight[:-1] * self.mean[:-1]).sum(axis=0) / np.maximum(self.weight[:-1].sum(axis=0), 1e-12)
        said = scaled(mean, rest, self.class_of)
        return replace(
            self,
            mean=np.concatenate([self.mean[:-1], said[None]]),
            size=np.concatenate([self.size[:-1], size[None]]),
        )


def make_pool(past: Panel, span: DaysAhead, guest: Guest | None = None) -> Pool:
    """Fit every member to a panel and stack them.

    Parameters
    ----------
    past : Panel, what is known: nothing else is
    span : DaysAhead, the days ahead that are counted
    guest : Guest or None, a further member

    Returns
    -------
    Pool
    """
    anchors = lay_anchors(past, span)
    memory = remember(past, anchors.at)
    members = [Member(name, *levels(anchors, memory, k, past.class_of)) for k, name in enumerate(LEVELS)]
    members += [Member(REGRESSION, *regression(past, anchors, memory)), Member(EWMA, *_ewma(past, anchors))]
    before = np.array([PRIOR[member.name] for member in members])
    spread = anchors.y.max(axis=0, initial=0).astype(np.float64)
    chances = np.stack([_chances(anchors.y, member.mean[:-1], member.size[:-1], spread) for member in members])
    weight = _weights(anchors, chances, before, past)
    pool = Pool(
        members=tuple(member.name for member in members),
        span=span,
        mean=np.stack([member.mean[-1] for member in members]),
        size=np.stack([member.size[-1] for member in members]),
        weight=weight,
        spread=spread,
        class_of=past.class_of,
        past=_past(anchors, chances, before),
    )
    if guest is None:
        return pool
    share = _guest_share(guest, anchors, members, chances, pool)
    return replace(
        pool,
        members=(*pool.members, guest.name),
        mean=np.concatenate([pool.mean, np.zeros((1, share.size))]),
        size=np.concatenate([pool.size, np.ones((1, share.size))]),
        weight=np.concatenate([weight * (1.0 - share), share[None]]),
    ).with_guest(guest.now)


def scaled(mean: Floats, total: Floats, class_of: Counts) -> Floats:
    """Means that add up to others, class by class; an act is added to both sums, so that silence scales nothing.

    Parameters
    ----------
    mean, total : ndarrays, shape (units,), what is scaled, and what it shall add up to
    class_of : ndarray, shape (units,)
    """
    ours, theirs = (np.bincount(class_of, weights=of) + 1.0 for of in (mean, total))
    return np.asarray(mean * (theirs / ours)[class_of])


def _chances(y: Counts, mean: Floats, size: Floats, spread: Floats) -> Floats:
    """The chance given to each answer, a little of it spread wide: shape of y, (..., units)."""
    chance = np.exp(log_chance(y, mean, size))
    wide = 1.0 / (2.0 + spread)
    return np.asarray((1.0 - EPSILON) * chance + EPSILON * wide * (1.0 - wide) ** y)


def _guest_share(guest: Guest, anchors: Anchors, members: Sequence[Member], chances: Floats, pool: Pool) -> Floats:
    """What the guest weighs beside the stack of the others, from the few answers it gave: shape (units,)."""
    known = np.array([k for k, day in enumerate(anchors.at[:-1]) if int(day) in guest.said], dtype=np.int64)
    if not known.size:
        return np.full(pool.class_of.size, GUEST_PRIOR)
    rest = np.einsum("mu,mau->au", pool.weight, chances[:, known])
    said = np.zeros(rest.shape)
    for row, k in enumerate(known):
        mean, size = guest.said[int(anchors.at[k])]
        expected = sum(weight * member.mean[k] for weight, member in zip(pool.weight, members, strict=True))
        said[row] = _chances(anchors.y[k], scaled(mean, np.asarray(expected), pool.class_of), size, pool.spread)
    before = np.array([1.0 - GUEST_PRIOR, GUEST_PRIOR])
    share = stacked(np.stack([rest, said]), anchors.faded(SCORE_DAYS)[-1][known], pool.class_of, before)[1]
    return np.asarray(share[pool.class_of])


def _worth(anchors: Anchors, half_life_days: float = SCORE_DAYS) -> Floats:
    """What each answer counts for, shape (anchors,); nothing where members had none to learn from yet."""
    taught = anchors.seen[:-1].sum(axis=1) > 0
    overlap = min(1.0, STRIDE_DAYS / anchors.span.days)  # spans of neighbouring anchors share days
    return np.asarray(anchors.faded(half_life_days)[-1] * taught * overlap)


def _past(anchors: Anchors, chances: Floats, before: Floats) -> PastScores:
    worth = _worth(anchors)
    if not worth.any():
        return PastScores(float("nan"), float("nan"), 0)
    stack = -np.log(np.tensordot(before, chances, axes=1)).mean(axis=1)
    baseline = -np.log(chances[-1]).mean(axis=1)  # the baseline is the last of our own members
    return PastScores(float(stack @ worth / worth.sum()), float(baseline @ worth / worth.sum()), int((worth > 0).sum()))


def _weights(anchors: Anchors, chances: Floats, before: Floats, past: Panel) -> Floats:
    """Weights by unit: shape (members, units)."""
    worth = _worth(anchors)
    if not worth.any():
        return np.repeat(before[:, None], len(past.units), axis=1)
    relative = chances / np.maximum(chances.max(axis=0), 1e-300)
    of_class = stacked(relative, worth, past.class_of, before)
    return by_pair(relative, _worth(anchors, PAIR_DAYS), pair_of(past), of_class[:, past.class_of])


def _ewma(past: Panel, anchors: Anchors) -> tuple[Floats, Floats]:
    """The baseline at every anchor, on months of equal length counted back from it."""
    months = anchors.span.days / DAYS_PER_MONTH
    mean, size = (np.zeros((anchors.at.size, len(past.units))) for _ in range(2))
    for k, day in enumerate(anchors.at):
        kept = min(max(int((day - past.first) / DAYS_PER_MONTH), 1), HISTORY_MONTHS)
        boundaries = np.round(day - np.arange(kept, -1, -1) * DAYS_PER_MONTH).astype(np.int64)
        one_mean, one_size = ewma_parameters(past.at(boundaries.tolist()))
        mean[k], size[k] = one_mean * months, one_size * months
    return mean, size
