"""Attribution: how much of what happened in a period each mechanism accounts for.

History is kept as it was and one mechanism is switched off: its statistic is set to none (a product: to average
conditions), and the expected number of acts is compared with that of the whole model. What the missing acts would have
led to in turn is not counted; `lynchpin whatif --silence` plays that forward. Shares of several mechanisms do not add
up: their effects multiply.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.linalg import cholesky

from lynchpin.errors import BadValue
from lynchpin.events import day_number
from lynchpin.models import Fit
from lynchpin.results import Share
from lynchpin.statistics._base import Floats

#: Draws of the coefficients behind an interval; the same for every mechanism.
DRAWS = 1000


def attribution(
    fit: Fit,
    since: date | None = None,
    until: date | None = None,
    *,
    seed: int | None = None,
) -> tuple[Share, ...]:
    """What share of the acts that a mechanism moves it accounts for, over a period.

    Parameters
    ----------
    fit : Fit
    since, until : date or None, the period, `until` not in it; None for all that was fitted
    seed : int or None, of the draws; None for the case's own

    Returns
    -------
    tuple of Share, in the order of the mechanisms

    Raises
    ------
    BadValue : no fitted step lies in the period
    """
    design = fit.design
    steps = design.steps
    starts = steps.starts[steps.burn_in : steps.count]
    low = -np.inf if since is None else day_number(since)
    high = np.inf if until is None else day_number(until)
    rows = np.flatnonzero((starts >= low) & (starts < high))
    if rows.size == 0:
        raise BadValue(f"no fitted step lies between {since} and {until}", "--period", "ask for a later or longer one")
    z = np.random.default_rng(fit.case.seed if seed is None else seed).standard_normal((DRAWS, fit.estimate.size))
    wider = np.maximum(1.0, np.sqrt(np.diag(fit.clustered) / np.diag(fit.covariance)))
    drawn = fit.estimate + (z @ cholesky(fit.covariance)) * wider
    return tuple(_share(fit, name, rows, drawn) for name in (m.name for m in fit.case.mechanisms))


def _share(fit: Fit, name: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]], drawn: Floats) -> Share:
    design = fit.design
    k = design.position(name)
    with_it, without = np.zeros(len(drawn) + 1), np.zeros(len(drawn) + 1)
    happened = 0
    for unit in design.units:
        if k not in unit.columns:
            continue
        X = unit.X[rows]
        x = X[:, unit.columns == k]
        beta = np.vstack([fit.estimate, drawn])[:, unit.columns]
        eta = design.offset[unit.event_class][rows][:, None] + X @ beta.T
        off = eta - x @ beta[:, unit.columns == k].T
        with_it += np.exp(eta).sum(axis=0)
        without += np.exp(off).sum(axis=0)
        happened += int(unit.y[rows].sum())
    share = 1.0 - without / with_it
    low, high = np.quantile(share[1:], [0.05, 0.95])
    return Share(
        mechanism=name,
        recorded=happened,
        expected=float(with_it[0]),
        expected_without=float(without[0]),
        share=float(share[0]),
        share_lower=float(low),
        share_upper=float(high),
    )


def described(shares: Sequence[Share]) -> str:
    """The shares as text for a terminal."""
    lines = [f"{'':30} {'recorded':>8} {'expected':>8} {'without':>8} {'share':>7} {'90 %':>16}"]
    for s in shares:
        between = f"{s.share_lower:.0%} to {s.share_upper:.0%}"
        lines.append(
            f"{s.mechanism:30} {s.recorded:8d} {s.expected:8.1f} {s.expected_without:8.1f} {s.share:7.0%} {between:>16}"
        )
    return "\n".join(lines)
