"""The stacked forecast: a weighted mean of distributions, the weights earned by past log scores.

Members are the level models (one for each memory), the regression, and the best of the baselines; a case adds its
mechanism model. At every anchor each member gave every unit's count a chance, from what was known there. The weights
are those under which the pool would have given the answers that are known by now the highest chance (old answers
count less), reached by a fixed number of EM steps from weights that were fixed beforehand: stopping early keeps them
near those. First one set for all classes, then each class's own from there. Nothing after the end of the panel is seen.
Hall and Mitchell (2007), Combining density forecasts, Int. J. Forecasting 23(1); Geweke and Amisano (2011), Optimal
prediction pools, J. Econometrics 164(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lynchpin.forecast.anchors import STRIDE_DAYS, Anchors, Span, lay_anchors
from lynchpin.forecast.baselines import HISTORY_MONTHS, ewma_parameters
from lynchpin.forecast.levels import levels
from lynchpin.forecast.memory import HALF_LIVES, remember
from lynchpin.forecast.panel import Panel
from lynchpin.forecast.predictive import EPSILON, log_negative_binomial, negative_binomial, roughened
from lynchpin.forecast.regression import regression
from lynchpin.statistics._base import Floats

Counts = NDArray[np.int64]
Rows = NDArray[np.int64]

REGRESSION, EWMA = "regression", "EWMA negative binomial"
LEVELS: tuple[str, ...] = tuple(f"level, {days:.0f} days" for days in HALF_LIVES)

#: Member -> its weight before any score: the levels share half.
PRIOR: dict[str, float] = {**dict.fromkeys(LEVELS, 0.5 / len(LEVELS)), REGRESSION: 0.25, EWMA: 0.25}

#: What a guest weighs before any score.
GUEST_PRIOR = 0.2

#: Half-life of a past answer in the weights (days), EM steps for all classes and for each, and what the weights fixed
#: beforehand and the common weights count for, in answers.
SCORE_DAYS = 730.0
_STEPS, _CLASS_STEPS = 60, 40
_PRIOR_WORTH, _COMMON_WORTH = 20.0, 50.0

_MONTH_DAYS = 30.4375


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One forecaster at every anchor and now: negative binomials, arrays (anchors + 1, units)."""

    name: str
    mean: Floats
    size: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """A forecaster from outside, whose past is known at a few anchors only.

    chances : day number -> (units,), the chance it gave on that day to what came in the span ahead
    pmf : (units, K + 1), now
    """

    name: str
    chances: Mapping[int, Floats]
    pmf: Floats


@dataclass(frozen=True, slots=True)
class Past:
    """How the stack would have done at the anchors with the weights that were fixed beforehand, beside the baseline.

    Log scores in nats, means over answers, old ones counting less; NaN where there is no answer yet.
    """

    stack: float
    baseline: float
    anchors: int


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The stacked forecast of one span.

    members : their names, the guest last; mean, size : (members but the guest, units), now
    weight : (members, units), columns on the simplex
    spread : (units,), what is large for each unit
    """

    members: tuple[str, ...]
    span: Span
    mean: Floats
    size: Floats
    weight: Floats
    spread: Floats
    guest: Guest | None
    past: Past

    def pmf(self, rows: Rows, top: int, *, days: int | None = None) -> Floats:
        """The pooled chance of 0 .. top for some units: shape (rows, top + 1).

        Parameters
        ----------
        days : int or None, length of the span, where it differs a little from the pool's own: means grow with it
        """
        scale = 1.0 if days is None else days / self.span.days
        total = np.zeros((rows.size, top + 1))
        for mean, size, weight in zip(self.mean, self.size, self.weight, strict=False):
            total += weight[rows, None] * negative_binomial(mean[rows] * scale, size[rows], top).pmf
        if self.guest is not None:
            shown = self.guest.pmf[rows, : top + 1]
            total[:, : shown.shape[1]] += self.weight[-1, rows, None] * shown
        return roughened(total, self.spread[rows])


def make_pool(past: Panel, span: Span, guest: Guest | None = None) -> Pool:
    """Fit every member to a panel and stack them.

    Parameters
    ----------
    past : Panel, what is known: nothing else is
    span : Span, the days ahead that are counted
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
    chances = np.stack([_chances(anchors, member, spread) for member in members])
    past_scores = _past(anchors, chances, before)
    weight = _weights(anchors, chances, before, past.class_of)
    if guest is not None:
        share = _guest_share(guest, anchors, chances, weight, past.class_of)
        weight = np.concatenate([weight * (1.0 - share), share[None]])
    return Pool(
        members=(*(member.name for member in members), *([guest.name] if guest else [])),
        span=span,
        mean=np.stack([member.mean[-1] for member in members]),
        size=np.stack([member.size[-1] for member in members]),
        weight=weight[:, past.class_of],
        spread=spread,
        guest=guest,
        past=past_scores,
    )


def _chances(anchors: Anchors, member: Member, spread: Floats) -> Floats:
    """The chance that a member gave to each answer, a little of it spread wide: shape (anchors, units)."""
    chance = np.exp(log_negative_binomial(anchors.y, member.mean[:-1], member.size[:-1]))
    wide = 1.0 / (2.0 + spread)
    return np.asarray((1.0 - EPSILON) * chance + EPSILON * wide * (1.0 - wide) ** anchors.y)


def _guest_share(guest: Guest, anchors: Anchors, chances: Floats, weight: Floats, class_of: Counts) -> Floats:
    """What the guest weighs beside the stack of the others, from the few answers it gave: shape (classes,)."""
    known = np.array([k for k, day in enumerate(anchors.at[:-1]) if int(day) in guest.chances], dtype=np.int64)
    before = np.array([1.0 - GUEST_PRIOR, GUEST_PRIOR])
    if not known.size:
        return np.full(weight.shape[1], GUEST_PRIOR)
    rest = np.einsum("mu,mau->au", weight[:, class_of], chances[:, known])
    said = np.stack([np.maximum(guest.chances[int(anchors.at[k])], 1e-12) for k in known])
    return np.asarray(stacked(np.stack([rest, said]), anchors.faded(SCORE_DAYS)[-1][known], class_of, before)[1])


def stacked(chances: Floats, worth: Floats, class_of: Counts, before: Floats) -> Floats:
    """Weights of highest past log score, by EM steps from weights fixed beforehand.

    Parameters
    ----------
    chances : ndarray, shape (members, anchors, units), > 0
    worth : ndarray, shape (anchors,), what each answer counts for
    class_of : ndarray, shape (units,)
    before : ndarray, shape (members,), on the simplex

    Returns
    -------
    ndarray, shape (members, classes), columns on the simplex
    """
    common = _em(chances, worth, before, before * _PRIOR_WORTH, _STEPS)
    found = [
        _em(chances[:, :, class_of == c], worth, common, common * _COMMON_WORTH, _CLASS_STEPS)
        for c in range(int(class_of.max()) + 1)
    ]
    return np.stack(found, axis=1)


def _em(chances: Floats, worth: Floats, start: Floats, prior: Floats, steps: int) -> Floats:
    weight, flat = start, chances.reshape(chances.shape[0], -1)
    each = np.repeat(worth, chances.shape[2])
    for _ in range(steps):
        credit = flat @ (each / (weight @ flat)) * weight + prior
        weight = credit / credit.sum()
    return weight


def _worth(anchors: Anchors) -> Floats:
    """What each answer counts for, shape (anchors,); nothing where members had none to learn from yet."""
    taught = anchors.seen[:-1].sum(axis=1) > 0
    return np.asarray(anchors.faded(SCORE_DAYS)[-1] * taught * min(1.0, STRIDE_DAYS / anchors.span.days))


def _past(anchors: Anchors, chances: Floats, before: Floats) -> Past:
    worth = _worth(anchors)
    if not worth.any():
        return Past(float("nan"), float("nan"), 0)
    stack = -np.log(np.tensordot(before, chances, axes=1)).mean(axis=1)
    baseline = -np.log(chances[-1]).mean(axis=1)  # the baseline is the last of our own members
    return Past(float(stack @ worth / worth.sum()), float(baseline @ worth / worth.sum()), int((worth > 0).sum()))


def _weights(anchors: Anchors, chances: Floats, before: Floats, class_of: Counts) -> Floats:
    """Weights by class: shape (members, classes)."""
    worth = _worth(anchors)
    if not worth.any():
        return np.repeat(before[:, None], int(class_of.max()) + 1, axis=1)
    return stacked(chances / np.maximum(chances.max(axis=0), 1e-300), worth, class_of, before)


def _ewma(past: Panel, anchors: Anchors) -> tuple[Floats, Floats]:
    """The baseline at every anchor, on months of equal length counted back from it."""
    months = anchors.span.days / _MONTH_DAYS
    mean, size = (np.zeros((anchors.at.size, len(past.units))) for _ in range(2))
    for k, day in enumerate(anchors.at):
        kept = min(max(int((day - past.first) / _MONTH_DAYS), 1), HISTORY_MONTHS)
        boundaries = np.round(day - np.arange(kept, -1, -1) * _MONTH_DAYS).astype(np.int64)
        one_mean, one_size = ewma_parameters(past.at(boundaries.tolist()))
        mean[k], size[k] = one_mean * months, one_size * months
    return mean, size
