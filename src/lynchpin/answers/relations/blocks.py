"""Acts of one sign come in runs: how long the runs are, and acts reweighted and moved about in blocks as long."""

from __future__ import annotations

import numpy as np
from scipy.special import gamma

from lynchpin.engine.roots import root_between
from lynchpin.engine.statistics.base import Floats, Ints

#: Signs that persist more than this are taken to persist so much: a block would be most of what the index remembers.
MOST_PERSISTENT = 0.8

#: Where next to nothing is remembered, the variance of blocks is raised by no more than this.
MOST_WIDENED = 2.0


def persistence(magnitude: Floats) -> float:
    """How much the sign of an act tells of the next one's: 0 none, 1 all; at most MOST_PERSISTENT.

    The chance that an act of cooperation is followed by another, plus the same of other acts, less one: the first
    autocorrelation of a chain of two states.

    Examples
    --------
    >>> round(persistence(np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])), 3)
    0.667
    >>> persistence(np.array([1.0, -1.0, 1.0, -1.0]))
    0.0
    """
    warm = magnitude > 0.0
    stays = [float(warm[1:][warm[:-1] == kind].mean()) for kind in (True, False) if (warm[:-1] == kind).any()]
    if len(stays) < 2:
        return 0.0
    return float(np.clip(stays[0] - stays[1], 0.0, MOST_PERSISTENT))


def persistence_within(magnitude: Floats, piece: Ints) -> Floats:
    """How much the sign of an act tells of the next one's within pieces of a record, each about its own mean.

    A turn makes signs persist all by itself; here it does not count. The first autocorrelation of the signs less their
    piece's mean, over acts that stand next to each other in one piece.

    Parameters
    ----------
    magnitude : (records, acts), in the order of time
    piece : (records, acts), a number from 0 for each piece of a record, pieces one after the other

    Returns
    -------
    ndarray, shape (records,); 0 where every piece is of one sign

    Examples
    --------
    >>> persistence_within(np.array([[1.0, 1.0, 1.0, -1.0, -1.0, -1.0]]), np.array([[0, 0, 0, 1, 1, 1]]))
    array([0.])
    """
    signs = np.where(magnitude > 0.0, 1.0, -1.0)
    for number in range(int(piece.max()) + 1):
        here = piece == number
        count = np.maximum(here.sum(axis=1, keepdims=True), 1)
        signs = signs - here * (signs * here).sum(axis=1, keepdims=True) / count
    square = np.square(signs).sum(axis=1)
    next_to = (signs[:, 1:] * signs[:, :-1] * (piece[:, 1:] == piece[:, :-1])).sum(axis=1)
    out: Floats = np.where(square > 1e-9, next_to / np.maximum(square, 1e-9), 0.0)
    return out


def block_length(f: float) -> float:
    """Acts to a block, on the mean, under persistence f: as many as one independent act is worth, (1 + f) / (1 - f).

    Examples
    --------
    >>> round(block_length(0.6), 3)
    4.0
    """
    return (1.0 + f) / (1.0 - f)


def moved_orders(acts: int, length: float, times: int, rng: np.random.Generator) -> Ints:
    """Acts in other orders: cut at random into blocks of a length on the mean, and the blocks shuffled.

    Parameters
    ----------
    acts : int; length : float, acts to a block on the mean, >= 1; times : int, how many orders

    Returns
    -------
    ndarray, shape (times, acts), each row a permutation of the acts that keeps a block's acts together
    """
    shape = (times, acts)
    begins = rng.random(shape) < 1.0 / length
    first = np.maximum.accumulate(np.where(begins, np.arange(acts), 0), axis=1)
    orders: Ints = np.argsort(np.take_along_axis(rng.random(shape), first, axis=1), axis=1, kind="stable")
    return orders


def block_weights(magnitude: Floats, drawn: Floats, begins: Floats, remembered: float) -> Floats:
    """Weights of a pair's acts under each reweighting: acts of one block share theirs. The first row is all ones.

    With persistence f, sums of acts spread by v = (1 + f) / (1 - f) times as much as sums of strangers. Blocks begin
    at random, v acts long on the mean, and catch of that (1 + f q) / (1 - f q) with q = 1 - 1 / v; the weight of a
    block, a power of an exponential variable with mean one, has the variance r that makes up the rest. Weights that are
    divided by their sum spread less, with n independent acts remembered by a factor n / (n + r): so the variance is
    r n / (n - r), at most twice r. Without persistence each act is a block and its weight exponential.

    Parameters
    ----------
    magnitude : (acts,), in the order of time
    drawn, begins : (reweightings + 1, acts), exponential and uniform, the same for an act in whichever pair it stands
    remembered : float, acts that the index remembers on the mean (`remembered_acts`)

    Returns
    -------
    ndarray, shape (reweightings + 1, acts)
    """
    weights = drawn.copy()
    f = persistence(magnitude)
    if f > 0.0:
        v = block_length(f)
        q = 1.0 - 1.0 / v
        caught = (1.0 + f * q) / (1.0 - f * q)
        rest, independent = v / caught, remembered / prior_weight(magnitude)
        power = _power(rest * independent / max(independent - rest, independent / MOST_WIDENED))
        first = np.where(begins < 1.0 / v, np.arange(magnitude.size), 0)
        block = np.maximum.accumulate(first, axis=1)
        weights = np.take_along_axis(drawn, block, axis=1) ** power / gamma(1.0 + power)
    weights[0] = 1.0
    return weights


def remembered_acts(days: Floats, half_life_days: float) -> float:
    """How many acts a decayed sum holds on the mean, over the days from the first to the last of them.

    Examples
    --------
    >>> round(remembered_acts(np.array([0.0, 90.0, 180.0]), 180.0), 2)
    4.33
    """
    span = float(days.max() - days.min()) if days.size else 0.0
    return float(days.size * half_life_days / np.log(2.0) / max(span, half_life_days))


def prior_weight(magnitude: Floats) -> float:
    """What one independent act weighs in a decayed sum, in acts: half a block.

    Acts that halve every half-life spread as twice as many of equal weight would (Kish's effective number: the square
    of the sum of weights over the sum of their squares), and persistence makes one independent act of each block.
    Jeffreys' prior for a share, half an act on either side, is to be of such acts.

    References
    ----------
    Kish (1965), Survey Sampling, sect. 11.2. Brown, Cai and DasGupta (2001), Interval estimation for a binomial
    proportion, Statistical Science 16(2).
    """
    return block_length(persistence(magnitude)) / 2.0


def _power(variance: float) -> float:
    """The power of an exponential variable that, over its mean, has a variance of at least 1."""
    if variance <= 1.0:
        return 1.0
    return root_between(lambda k: float(gamma(1.0 + 2.0 * k) / gamma(1.0 + k) ** 2) - 1.0 - variance, 1.0, 4.0)
