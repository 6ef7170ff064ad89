"""Newton's method with step control, for any concave sum; and the refusals of what no data can tell apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData, DidNotConverge

#: A fit stops when a full Newton step would move no coefficient by more than this many standard errors.
TOLERANCE = 1e-7

#: A climb is doubtful when its last step left this share of the rise that was to come, or when the curvature in some
#: direction is down to this share of what it was at first: the rise may go on for ever.
_SLOW_SHARE, _FLAT_SHARE = 1e-2, 1e-3

#: Columns whose part that is their own is smaller than this share of them are called collinear.
_OWN_SHARE = 1e-9


class NoTop(DidNotConverge):
    """The climb found no top: there may be none."""


@dataclass(frozen=True, slots=True, eq=False)
class Top:
    """Where the climb ended; `is_doubtful`: it looks like one that has no top, see `separation`."""

    estimate: Floats
    sums: Sums
    covariance: Floats
    converged: bool
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
    largest_step: Floats | None = None,
    size: Floats | None = None,
) -> Top:
    """Maximise a log-likelihood less half of precision * beta ** 2.

    Newton steps, halved until the value does not fall. After the last evaluation one more step is taken, whose error is
    of the order of its square. `size`: see `refuse_collinear`. `largest_step`: how far a coefficient may go in one
    step, where it is not concave in it.

    Raises
    ------
    DidNotConverge : collinear columns
    NoTop : separation, or no top within the passes
    """
    beta = start.copy()
    at = sums(beta)
    used = 1
    refuse_collinear(at.information + np.diag(precision), names, size)
    first, before = at.information, np.inf
    free = np.flatnonzero(precision == 0.0 if largest_step is None else (precision == 0.0) & np.isinf(largest_step))
    while True:
        value = at.value - 0.5 * float(precision @ beta**2)
        gradient = at.gradient - precision * beta
        step, covariance = _newton(at.information + np.diag(precision), gradient, names)
        decrement = float(gradient @ step)
        if decrement < tolerance**2:
            final = Sums(at.value + 0.5 * decrement, at.gradient, at.information)
            is_slow = bool(free.size) and decrement > _SLOW_SHARE * before
            return Top(beta + step, final, covariance, True, used, is_slow or is_flat(first, covariance, free))
        before = decrement
        part = 1.0 if largest_step is None else min(1.0, float((largest_step / np.maximum(np.abs(step), 1e-300)).min()))
        while True:
            if used >= passes:
                raise NoTop(
                    f"no top within {passes} passes",
                    f"furthest from it: {names[int(np.argmax(np.abs(step) / np.sqrt(np.diag(covariance))))]}",
                    "use scale=log1p or a ridge; check for an effect that predicts the events without fail",
                )
            tried = sums(beta + part * step)
            used += 1
            risen = tried.value - 0.5 * float(precision @ (beta + part * step) ** 2)
            if np.isfinite(risen) and risen >= value - 1e-9 * (1.0 + abs(value)) and _is_curved(tried):
                break
            part *= 0.5 if np.isfinite(risen) else 0.25
        beta, at = beta + part * step, tried


def is_flat(first: Floats, covariance: Floats, free: Ints) -> bool:
    """Whether the curvature in some direction of the free coefficients is down to a small share of what it was."""
    lost = float((covariance * first)[np.ix_(free, free)].sum())  # at least the largest of their ratios
    return lost > 1.0 / _FLAT_SHARE


def _is_curved(sums: Sums) -> bool:
    return bool(np.isfinite(sums.information).all() and (np.diag(sums.information) > 0).all())


def _newton(information: Floats, gradient: Floats, names: Sequence[str]) -> tuple[Floats, Floats]:
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    try:
        factor = cho_factor(information / np.outer(scale, scale))
    except (LinAlgError, ValueError):
        flat = names[int(np.argmin(np.linalg.eigvalsh(information / np.outer(scale, scale))[:1]))]
        raise NoTop(
            "the likelihood has no top: it rises for ever in some direction",
            f"near {flat}",
            "an effect predicts the events without fail (separation); leave it out or give a ridge",
        ) from None
    covariance = cho_solve(factor, np.eye(gradient.size)) / np.outer(scale, scale)
    return covariance @ gradient, covariance


def refuse_collinear(information: Floats, names: Sequence[str], size: Floats | None = None) -> None:
    """Name the columns that add nothing to those before them.

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
    for name, mine, whole in zip(names, own, most, strict=True):
        if not mine > 1e-5 * whole or mine == 0.0:
            raise DidNotConverge(
                f"{name} is the same for everyone who could act", name, "leave it out: nothing can be learnt about it"
            )
    left = information / np.outer(own, own)
    for k in range(len(names)):
        if left[k, k] < _OWN_SHARE:
            raise DidNotConverge(
                f"{names[k]} is a combination of {', '.join(names[:k])}",
                names[k],
                "leave one of them out: the record cannot tell them apart",
            )
        left = left - np.outer(left[:, k], left[k]) / left[k, k]


def refuse_empty(count: float) -> None:
    if count < 2:
        raise BadData("fewer than two events are left to fit", "events", "give more events")
