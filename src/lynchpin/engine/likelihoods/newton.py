"""Newton's method: one way up for every height, and what is refused because no data can tell it apart.

`ascend` walks; a `Point` says how high it is and where Newton's step leads; `Penalised` is the point of a concave sum
with a normal prior, `climb` the way to the top of one with all that is said when there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np

from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData, DidNotConverge

#: A fit stops when a full Newton step would move no coefficient by more than this many standard errors.
TOLERANCE = 1e-7

#: How much lower than before, relatively, a step may end: what long sums lose by rounding.
SLACK = 1e-9

#: A climb is doubtful when its last step left this share of the rise that was to come, or when the curvature in some
#: direction is down to this share of what it was at first: the rise may go on for ever.
_SLOW_SHARE, _FLAT_SHARE = 1e-2, 1e-3

#: Columns whose part that is their own is smaller than this share of them are called collinear.
_OWN_SHARE = 1e-9

#: Columns with less than this share of the largest part in a direction are not named for it.
_NAMED_SHARE = 0.1


class NoTop(DidNotConverge):
    """The climb found no top: there may be none."""


class Point(Protocol):
    """A place on the way: its height, and, once it is stood on, the slope and Newton's step."""

    @property
    def value(self) -> float: ...

    def step(self) -> tuple[Floats, Floats]: ...


P = TypeVar("P", bound=Point)


@dataclass(frozen=True, slots=True, eq=False)
class Ascent(Generic[P]):
    """Where a walk ended.

    at, here : the place and its point; solved : the last point whose step was worked out, `here` if it arrived
    step, rise : that step, and slope @ step, twice what it could gain; before : the rise of the step before it
    arrived : it is near enough; stalled : no part of the step leads up
    looks : points looked at
    """

    at: Floats
    here: P
    solved: P
    step: Floats
    rise: float
    before: float
    arrived: bool
    stalled: bool
    looks: int

    @property
    def end(self) -> Floats:
        """The place, with the last step where it arrived: its error is of the order of the step's square."""
        return self.at + self.step if self.arrived else self.at


def ascend(
    look: Callable[[Floats], P],
    at: Floats,
    here: P | None = None,
    *,
    is_near: Callable[[Floats, float], bool],
    steps: int = 1_000,
    looks: float = np.inf,
    longest: float | Floats = np.inf,
    slack: float = SLACK,
    shortest: float = 1e-6,
) -> Ascent[P]:
    """Newton steps uphill, each shortened until it ends higher. The step of a point that is near enough is not taken.

    Parameters
    ----------
    look : place -> Point; at, here : where to begin, and its point if it is known
    is_near : (step, rise) -> whether that is near enough
    steps, looks : at most so many steps, and points
    longest : how far a coordinate may go in one step, one number or one for each
    slack : see `SLACK`
    shortest : smaller parts of a step are not tried
    """
    here = look(at) if here is None else here
    used, before = 1, np.inf
    for _ in range(steps):
        slope, step = here.step()
        rise = float(slope @ step)
        if is_near(step, rise):
            return Ascent(at, here, here, step, rise, before, True, False, used)
        part = min(1.0, float((longest / np.maximum(np.abs(step), 1e-300)).min()))
        floor = here.value - slack * (1.0 + abs(here.value))
        while True:
            if used >= looks or part <= shortest:
                return Ascent(at, here, here, step, rise, before, False, True, used)
            there = look(at + part * step)
            used += 1
            if np.isfinite(there.value) and there.value > floor:
                break
            part *= 0.5 if np.isfinite(there.value) else 0.25
        at, here, solved, before = at + part * step, there, here, rise
    return Ascent(at, here, solved, step, rise, before, False, False, used)


def never(step: Floats, rise: float) -> bool:
    """No point is near enough: all steps are made."""
    return False


class Factor:
    """An information matrix, scaled to ones on its diagonal and factored.

    Raises
    ------
    NoTop : it is not positive in some direction, whose columns are named
    """

    def __init__(self, information: Floats, names: Sequence[str]) -> None:
        self._scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
        self._units = np.outer(self._scale, self._scale)
        scaled = information / self._units
        try:
            if not np.isfinite(scaled).all():
                raise np.linalg.LinAlgError
            self._root = np.linalg.cholesky(scaled)
        except np.linalg.LinAlgError:
            raise NoTop(
                "the likelihood has no top: it rises for ever in some direction",
                f"near {', '.join(_in_direction(scaled, names))}",
                "an effect predicts the events without fail (separation); leave it out or give a ridge",
            ) from None

    @cached_property
    def _inverse_root(self) -> Floats:
        return lower_inverse(self._root)

    def solve(self, right: Floats) -> Floats:
        """The inverse times a vector."""
        out: Floats = self._inverse_root.T @ (self._inverse_root @ (right / self._scale)) / self._scale
        return out

    @cached_property
    def covariance(self) -> Floats:
        """The inverse."""
        out: Floats = self._inverse_root.T @ self._inverse_root / self._units
        return out

    @property
    def log_det(self) -> float:
        """Of the information."""
        return 2.0 * float(np.log(np.diag(self._root)).sum() + np.log(self._scale).sum())


#: Rows up to which a triangular matrix is inverted as any other.
_FEW_ROWS = 40


def lower_inverse(root: Floats) -> Floats:
    """The inverse of a lower triangular matrix, half by half: a sixth of the work that any other matrix takes.

    Parameters
    ----------
    root : (n, n), lower triangular, nothing zero on its diagonal

    Examples
    --------
    >>> lower_inverse(np.array([[2.0, 0.0], [1.0, 4.0]]))
    array([[ 0.5  ,  0.   ],
           [-0.125,  0.25 ]])
    """
    n = len(root)
    if n <= _FEW_ROWS:
        return np.asarray(np.linalg.inv(root))
    half, out = n // 2, np.zeros_like(root)
    out[:half, :half] = first = lower_inverse(root[:half, :half])
    out[half:, half:] = second = lower_inverse(root[half:, half:])
    out[half:, :half] = -(second @ (root[half:, :half] @ first))
    return out


def _in_direction(scaled: Floats, names: Sequence[str]) -> list[str]:
    """The columns that make up the direction in which a matrix is least positive."""
    if not np.isfinite(scaled).all():
        part = (~np.isfinite(np.diag(scaled))).astype(float)
    else:
        part = np.abs(np.linalg.eigh(scaled)[1][:, 0])
    return [name for name, share in zip(names, part, strict=True) if share >= _NAMED_SHARE * part.max()]


class Penalised:
    """A point of sums less half of precision * at ** 2.

    Parameters
    ----------
    sums : Sums at the place, without the penalty
    at, precision, names : (p,), of the coefficients
    by_inverse : make steps with the inverse, which then costs nothing more; with many columns that is slow
    """

    def __init__(
        self, sums: Sums, at: Floats, precision: Floats, names: Sequence[str], *, by_inverse: bool = False
    ) -> None:
        self.sums, self._at, self._precision, self._names, self._by_inverse = sums, at, precision, names, by_inverse
        value = sums.value - 0.5 * float(precision @ at**2)
        is_curved = np.isfinite(sums.information).all() and (np.diag(sums.information) + precision > 0).all()
        self.value = value if is_curved else -np.inf

    @property
    def curvature(self) -> Floats:
        """The information with the prior's."""
        out = self.sums.information.copy()
        np.einsum("kk->k", out)[:] += self._precision
        return out

    @cached_property
    def factor(self) -> Factor:
        return Factor(self.curvature, self._names)

    @property
    def covariance(self) -> Floats:
        """The inverse of the curvature: Laplace's approximation."""
        return self.factor.covariance

    def step(self) -> tuple[Floats, Floats]:
        """Slope and Newton's step."""
        slope = self.sums.gradient - self._precision * self._at
        return slope, self.factor.covariance @ slope if self._by_inverse else self.factor.solve(slope)


@dataclass(frozen=True, slots=True, eq=False)
class Top:
    """Where the climb ended; `is_doubtful`: it looks like one that has no top, see `separation`."""

    estimate: Floats
    sums: Sums
    covariance: Floats
    passes: int
    is_doubtful: bool = False

    @property
    def value(self) -> float:
        """The log-likelihood."""
        return self.sums.value


def climb(
    sums: Callable[[Floats], Sums],
    start: Floats,
    precision: Floats,
    names: Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    passes: int = 60,
    largest_step: float | Floats = np.inf,
    size: Floats | None = None,
) -> Top:
    """Maximise a log-likelihood less half of precision * beta ** 2.

    `size`: see `refuse_collinear`. `largest_step`: how far a coefficient may go in one step, where it is not concave in
    it.

    Raises
    ------
    DidNotConverge : collinear columns
    NoTop : separation, or no top within the passes
    """

    def look(beta: Floats) -> Penalised:
        return Penalised(sums(beta), beta, precision, names, by_inverse=True)

    first = look(start)
    refuse_collinear(first.curvature, names, size)

    def is_near(step: Floats, rise: float) -> bool:
        return rise < tolerance**2

    ascent = ascend(look, start, first, is_near=is_near, looks=passes, longest=largest_step, shortest=0.0)
    covariance = ascent.solved.covariance
    if not ascent.arrived:
        raise NoTop(
            f"no top within {passes} passes",
            f"furthest from it: {names[int(np.argmax(np.abs(ascent.step) / np.sqrt(np.diag(covariance))))]}",
            "use scale=log1p or a ridge; check for an effect that predicts the events without fail",
        )
    at = ascent.here.sums
    final = Sums(at.value + 0.5 * ascent.rise, at.gradient, at.information)
    free = np.flatnonzero((precision == 0.0) & np.isinf(largest_step))
    is_slow = bool(free.size) and ascent.rise > _SLOW_SHARE * ascent.before
    is_doubtful = is_slow or is_flat(first.sums.information, covariance, free)
    return Top(ascent.end, final, covariance, ascent.looks, is_doubtful)


def is_flat(first: Floats, covariance: Floats, free: Ints) -> bool:
    """Whether the curvature in some direction of the free coefficients is down to a small share of what it was."""
    lost = float((covariance * first)[np.ix_(free, free)].sum())  # at least the largest of their ratios
    return lost > 1.0 / _FLAT_SHARE


def refuse_collinear(information: Floats, names: Sequence[str], size: Floats | None = None) -> None:
    """Name the columns that add nothing to those before them, and what they are made of.

    Parameters
    ----------
    information : ndarray, shape (columns, columns)
    names : of the columns
    size : root mean square of each column times the root of the number of events: what its information would be if
        all of its size were difference; None: as large as the information

    Raises
    ------
    DidNotConverge : a column never varies, or is a sum of others
    """
    own = np.sqrt(np.maximum(np.diag(information), 0.0))
    most = own if size is None else size
    for name, mine, all_of_it in zip(names, own, most, strict=True):
        if not mine > 1e-5 * all_of_it or mine == 0.0:
            raise DidNotConverge(
                f"{name} is the same for everyone who could act", name, "leave it out: nothing can be learnt about it"
            )
    whole = information / np.outer(own, own)
    left = whole
    for k in range(len(names)):
        if left[k, k] < _OWN_SHARE:
            raise DidNotConverge(
                f"{names[k]} is a combination of {', '.join(_made_of(whole, k, names))}",
                names[k],
                "leave one of them out: the record cannot tell them apart",
            )
        left = left - np.outer(left[:, k], left[k]) / left[k, k]


def _made_of(scaled: Floats, k: int, names: Sequence[str]) -> list[str]:
    """The columns before the k-th that it is a sum of."""
    share = np.abs(np.linalg.solve(scaled[:k, :k], scaled[:k, k]))
    return [name for name, part in zip(names, share, strict=False) if part >= 1e-3 * share.max()]


def refuse_empty(count: float) -> None:
    if count < 2:
        raise BadData("fewer than two events are left to fit", "events", "give more events")
