"""The regression model: one negative binomial regression over all units, on what each unit and its neighbours did.

The log mean starts from the class's rate and adds how far the unit's long memory stands from it, each step from a
longer memory to a shorter one, the same of the opposite direction, of the pair as a whole, of the class, and of the
whole record's volume. The coefficients lean on a prior: a unit's level persists, news fades, and an upswing of a whole
class partly goes back. It was set on the first fifteen months of one machine-coded feed, half a year of another and the
embedded chronology; a long record overrules it.
"""

from __future__ import annotations

import numpy as np

from lynchpin.answers.forecast.memory import CLASS_MEMORY, HALF_LIVES, LATELY, Remembered, decayed
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.weights import STRIDE_DAYS, Anchors
from lynchpin.engine.likelihoods.counts import size_profile
from lynchpin.engine.likelihoods.newton import Penalised, ascend, never
from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.statistics.base import Floats

#: Column -> prior mean and standard deviation of its coefficient.
COLUMNS: dict[str, tuple[float, float]] = {
    "own 1620 days over class": (0.85, 0.15),
    "own 540 over 1620 days": (0.60, 0.20),
    "own 180 over 540 days": (0.50, 0.15),
    "own 60 over 180 days": (0.30, 0.15),
    "own 20 over 60 days": (0.15, 0.10),
    "opposite direction, 60 over 540 days": (0.08, 0.10),
    "opposite direction over own, 540 days": (0.15, 0.10),
    "pair, 60 over 540 days": (0.00, 0.15),
    "pair, 20 over 60 days": (0.30, 0.15),
    "class, 60 over 540 days": (-0.20, 0.20),
    "volume, 60 over 540 days": (-0.10, 0.20),
}
_CLASS_SD = 0.3
_SIZES = np.exp(np.linspace(np.log(0.3), np.log(60.0), 12))
_USUAL_SIZE = 4.0

#: Steps at most in each turn: two before sizes are set, two before they are set again, one, then until it stands.
_STEPS = (2, 2, 1, 7)

#: How long an answer counts (half-life in days), and after how many anchors the coefficients are fitted anew.
CHOICE_DAYS, REFIT_EVERY = 730.0, 8


def regression(past: Panel, anchors: Anchors, memory: Remembered) -> tuple[Floats, Floats]:
    """Mean and size of the count ahead of every anchor.

    The coefficients at an anchor rest on answers known there or at an earlier anchor.

    Returns
    -------
    ndarrays, both (anchors + 1, units)
    """
    class_of = past.class_of
    X = columns(past, anchors, memory)
    classes = int(class_of.max()) + 1
    X = np.concatenate([X, np.broadcast_to(np.eye(classes)[class_of], (*X.shape[:2], classes))], axis=2)
    offset = np.log(memory.class_rate * anchors.span.days)
    prior = np.array([mean for mean, _ in COLUMNS.values()] + [0.0] * classes)
    precision = np.array([sd**-2 for _, sd in COLUMNS.values()] + [_CLASS_SD**-2] * classes)
    weight = anchors.faded(CHOICE_DAYS) * min(1.0, STRIDE_DAYS / anchors.span.days)
    beta, theta = prior.copy(), np.full(classes, _USUAL_SIZE)
    mean, size = np.zeros(offset.shape), np.zeros(offset.shape)
    for k in range(anchors.at.size):
        if (anchors.at.size - 1 - k) % REFIT_EVERY == 0 and anchors.seen[k].any():
            rows = weight[k] > 1e-3
            beta, theta = _fit(
                X[:-1][rows],
                anchors.y[rows],
                offset[:-1][rows],
                weight[k][rows],
                class_of,
                beta,
                theta,
                prior,
                precision,
            )
        mean[k] = np.exp(np.clip(offset[k] + X[k] @ beta, -30.0, 15.0))
        size[k] = theta[class_of]
    return mean, size


def columns(past: Panel, anchors: Anchors, memory: Remembered) -> Floats:
    """The columns of `COLUMNS` for every anchor and unit: shape (anchors + 1, units, columns)."""
    log_rate = np.log(memory.rate)
    own = [log_rate[-1] - np.log(memory.class_rate)]
    own += [log_rate[h] - log_rate[h + 1] for h in range(len(HALF_LIVES) - 2, -1, -1)]
    back, has_back = _opposite(past)
    news = log_rate[LATELY] - log_rate[CLASS_MEMORY]
    level = log_rate[CLASS_MEMORY]
    opposite = [np.where(has_back, news[:, back], 0.0), np.where(has_back, level[:, back] - level, 0.0)]
    pair, of_class = pair_of(past), past.class_of
    pair_late, pair_latest = _grouped(memory, pair)
    class_late, _ = _grouped(memory, of_class)
    count, days = decayed(past.volume[None, :], past.first, anchors.at, (HALF_LIVES[LATELY], HALF_LIVES[CLASS_MEMORY]))
    density = (count[:, :, 0] + 1.0) / (days[:, :, 0] + 1.0)
    volume = np.broadcast_to(np.log(density[0] / density[1])[:, None], level.shape)
    return np.stack([*own, *opposite, pair_late, pair_latest, class_late, volume], axis=2)


def _grouped(memory: Remembered, group: np.ndarray) -> tuple[Floats, Floats]:
    """Log rates of groups of units, lately over long and very lately over lately: both (anchors + 1, units)."""
    member = np.eye(int(group.max()) + 1)[group]
    long = memory.rate[CLASS_MEMORY] @ member
    late = (memory.count[LATELY] @ member + 1.0) / (memory.days[LATELY] + 1.0 / long)
    latest = (memory.count[0] @ member + 1.0) / (memory.days[0] + 1.0 / late)
    return np.log(late / long) @ member.T, np.log(latest / late) @ member.T


def _opposite(past: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Which unit is the other direction of each, and whether there is one."""
    at = {unit: k for k, unit in enumerate(past.units)}
    back = np.array([at.get((j, i, c), -1) for i, j, c in past.units])
    return back, back >= 0


def pair_of(past: Panel) -> np.ndarray:
    """Which unordered pair each unit is of."""
    seen: dict[tuple[str, ...], int] = {}
    return np.array([seen.setdefault(tuple(sorted((i, j))), len(seen)) for i, j, _ in past.units])


def _fit(
    X: Floats,
    y: np.ndarray,
    offset: Floats,
    weight: Floats,
    class_of: np.ndarray,
    beta: Floats,
    theta: Floats,
    prior: Floats,
    precision: Floats,
) -> tuple[Floats, Floats]:
    """Coefficients and sizes of highest posterior, in turn."""
    rows = X.reshape(-1, X.shape[2])
    count, start = y.ravel().astype(np.float64), offset.ravel()
    w = np.repeat(weight, y.shape[1])
    of_class = np.tile(class_of, y.shape[0])

    def means(away: Floats) -> Floats:
        return np.exp(np.clip(start + rows @ (prior + away), -30.0, 15.0))

    def look(away: Floats) -> Penalised:
        """How far coefficients are from their prior's means; the information is the expected one."""
        mu, size = means(away), theta[of_class]
        damped = w / (1.0 + mu / size)
        value = float(w @ (count * np.log(mu) - (count + size) * np.log(size + mu)))
        information = (rows * (damped * mu)[:, None]).T @ rows
        return Penalised(Sums(value, rows.T @ (damped * (count - mu)), information), away, precision, names)

    names, away = [*COLUMNS, *(f"class {c}" for c in range(theta.size))], beta - prior
    for turn, most in enumerate(_STEPS):
        if turn in (1, 2):
            theta = _sizes(count, means(away), w, of_class, theta)
        is_near = _stands if turn == len(_STEPS) - 1 else never
        away = ascend(look, away, is_near=is_near, steps=most, longest=0.5).end
    return prior + away, theta


def _stands(step: Floats, rise: float) -> bool:
    return bool(np.abs(step).max() < 1e-3)


def _sizes(y: Floats, mu: Floats, w: Floats, of_class: np.ndarray, theta: Floats) -> Floats:
    """The best size of each class on a grid, with a wide prior around the usual one."""
    found = theta.copy()
    prior = -0.5 * np.log(_SIZES / _USUAL_SIZE) ** 2
    for c in range(theta.size):
        inside = of_class == c
        found[c] = _SIZES[int(np.argmax(size_profile(y[inside], mu[inside], w[inside], _SIZES) + prior))]
    return found
