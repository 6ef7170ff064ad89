"""Separation: a direction of the coefficients in which the likelihood never falls, so that it has no top.

A concave log-likelihood runs off along d exactly when no comparison speaks against d and some speak for it:

    ordinal, choice   every dyad that acted has the highest d'x of all that it is compared with; with exact ties, of all
                      that did not act
    interval, rate    d'x <= 0 for everyone at risk, and 0 for every dyad that acted
    type              d'x of the type that happened is the highest of all types

These are linear in d, so that a linear programme finds such a direction or shows that there is none: no estimate needs
to run off first, and an effect that is large and finite is never taken for one that is not. There are too many
comparisons to hand them all over; the programme is given those that the last direction broke worst, until it breaks
none, or until nothing is left to gain. References: Albert and Anderson (1984), Biometrika 71; Konis (2007), Linear
programming algorithms for detecting separated data in binary logistic regression models, DPhil thesis, Oxford.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from lynchpin.engine.likelihoods.likelihood import Needs
from lynchpin.engine.likelihoods.rows import Block
from lynchpin.engine.rem._kernels import ends
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import DidNotConverge

#: A comparison speaks against a direction below minus the first, and for it above the second; in units of a column.
_AGAINST, _FOR = 1e-9, 1e-6

#: Comparisons that each look may add, and looks at most.
_CUTS, _LOOKS = 200, 100


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What all comparisons say of a direction."""

    cuts: Floats  # (cuts, k): rows z with z'd < 0, which no direction of separation may have; the worst ones
    favour: int  # comparisons that speak for it
    compared: int


Look = Callable[[Floats], Verdict]
Found = tuple[Floats, Verdict]


def refuse_separation(look: Look, gradient: Floats, unit: Floats, names: Sequence[str]) -> None:
    """Find a direction in which the likelihood never falls, and name the effects in it.

    Parameters
    ----------
    look : function of a direction, shape (k,)
    gradient : ndarray, shape (k,), of the log-likelihood at any finite coefficients: along a direction of separation it
        is above zero
    unit : ndarray, shape (k,), typical size of each column; where one is zero, that column is for others to refuse
    names : of the columns

    Raises
    ------
    DidNotConverge : there is one
    """
    if not (unit > 0.0).all():
        return
    slope = gradient / unit
    slope = slope / max(float(np.abs(slope).max()), 1e-300)
    found, cuts = _search(look, unit, np.empty((0, slope.size)), lambda known: _steepest(slope, known, ()))
    if found is None:
        return
    direction, verdict = _with_few(look, slope, unit, cuts, found)
    matter = _in_it(direction)
    effects = [names[int(k)] for k in matter]
    share = f"in all {verdict.favour:,} (of {verdict.compared:,}) comparisons in which it makes a difference"
    if len(effects) == 1:
        side = "+" if direction[matter[0]] > 0 else "-"
        what = f"{effects[0]} predicts the events without fail, {share}: its estimate runs off to {side}infinity"
    else:
        listed = " ".join(f"{direction[k] / unit[k]:+.3g} {names[int(k)]}" for k in matter)
        what = f"a sum of effects predicts the events without fail, {share}, and runs off: {listed}"
    raise DidNotConverge(what, ", ".join(effects), f"leave out {effects[-1]}, or give a ridge (ridge=1)")


def _in_it(direction: Floats) -> Ints:
    out: Ints = np.flatnonzero(np.abs(direction) > 1e-6 * np.abs(direction).max())
    return out


def _search(
    look: Look, unit: Floats, cuts: Floats, propose: Callable[[Floats], Floats | None]
) -> tuple[Found | None, Floats]:
    """Propose directions, in units of the columns, until one breaks no comparison. -> it or None, and the cuts."""
    for _ in range(_LOOKS):
        direction = propose(cuts)
        if direction is None:
            break
        verdict = look(direction / unit)
        new = verdict.cuts / unit
        new /= np.abs(new).max(axis=1, keepdims=True)
        new = new[new @ direction < -_AGAINST]  # the rest is rounding
        if not len(new):
            return ((direction, verdict) if verdict.favour else None), cuts
        cuts = np.concatenate([cuts, new])
    return None, cuts


def _with_few(look: Look, slope: Floats, unit: Floats, cuts: Floats, found: Found) -> Found:
    """Another direction with few effects in it, none of which can be done without."""
    rise = float(slope @ found[0])
    few, cuts = _search(look, unit, cuts, lambda known: _shortest(slope, known, rise))
    best = few or found
    without = [k for k in range(slope.size) if k not in _in_it(best[0])]
    for k in _in_it(best[0]).tolist():
        less, cuts = _search(look, unit, cuts, lambda known, k=k: _steepest(slope, known, [*without, k]))  # type: ignore[misc]
        if less is not None:
            best = less
            without.append(k)
    return best


def _steepest(slope: Floats, cuts: Floats, without: Sequence[int]) -> Floats | None:
    """The direction of steepest rise within the unit box that no known comparison speaks against; None: none rises."""
    box = np.tile([-1.0, 1.0], (slope.size, 1))
    box[list(without)] = 0.0
    found = linprog(-slope, A_ub=-cuts, b_ub=np.zeros(len(cuts)), bounds=box, options=_EXACT)
    return None if found.x is None or -found.fun <= 1e-9 else found.x


def _shortest(slope: Floats, cuts: Floats, rise: float) -> Floats | None:
    """The direction of the smallest sum of absolute values that has the given rise."""
    k = slope.size
    both = np.concatenate([cuts, -cuts], axis=1)
    rising = np.concatenate([slope, -slope])[None]
    found = linprog(
        np.ones(2 * k),
        A_ub=-both,
        b_ub=np.zeros(len(cuts)),
        A_eq=rising,
        b_eq=[rise],
        bounds=(0.0, None),
        options=_EXACT,
    )
    return None if found.x is None else found.x[:k] - found.x[k:]


_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def look_at_blocks(blocks: Callable[[], Iterable[Block]], needs: Needs) -> Look:
    """The verdict of the groups of a plan: of who acts among those compared, or of when as well (a clock)."""

    def look(direction: Floats) -> Verdict:
        cuts, worst, favour, compared = [np.empty((0, direction.size))], [np.empty(0)], 0, 0
        for block in blocks():
            groups = block.ptr.size - 1
            top, low, bottom = (np.empty(groups, np.int64) for _ in range(3))
            along = direction @ block.X
            ends(along, block.ptr, block.seen_ptr, block.seen_row, needs.subsets, top, low, bottom)
            if needs.clock:
                lasts = block.exposure > 0
                rows = [(-1.0, top[lasts]), (1.0, low[low >= 0])]
                favour += int((along[bottom[lasts]] < -_FOR).sum())
                compared += int(lasts.sum())
                z = np.concatenate([sign * block.X[:, row].T for sign, row in rows])
                against = np.concatenate([sign * along[row] for sign, row in rows])
            else:
                acted = (low >= 0) & (top >= 0)
                top, low, bottom = top[acted], low[acted], bottom[acted]
                favour += int((along[low] - along[bottom] > _FOR).sum())
                compared += int(acted.sum())
                z, against = (block.X[:, low] - block.X[:, top]).T, along[low] - along[top]
            keep = _worst(against)
            cuts.append(z[keep])
            worst.append(against[keep])
        return _verdict(np.concatenate(cuts), np.concatenate(worst), favour, compared)

    return look


def look_at_types(X: Floats, kind: Ints) -> Look:
    """The verdict of events of several types; X: (columns, events), kind: (events,), 0 .. kinds - 1."""
    k, events = X.shape
    every = np.arange(events)

    def look(direction: Floats) -> Verdict:
        others = direction.size // k
        along = np.concatenate([np.zeros((1, events)), direction.reshape(others, k) @ X])
        lead = along[kind, every] - along
        rival = np.argmin(lead, axis=0)
        against = lead[rival, every]
        keep = _worst(against)
        z = np.zeros((keep.size, others + 1, k))
        z[np.arange(keep.size), kind[keep]] += X[:, keep].T
        z[np.arange(keep.size), rival[keep]] -= X[:, keep].T
        favour = int((lead.max(axis=0) > _FOR).sum())
        return _verdict(z[:, 1:].reshape(keep.size, others * k), against[keep], favour, events)

    return look


def _worst(against: Floats) -> Ints:
    """Positions of those that speak against the direction, the worst first, not too many."""
    broken = np.flatnonzero(against < -_AGAINST)
    out: Ints = broken[np.argsort(against[broken], kind="stable")[:_CUTS]]
    return out


def _verdict(cuts: Floats, against: Floats, favour: int, compared: int) -> Verdict:
    return Verdict(cuts[_worst(against)], favour, compared)
