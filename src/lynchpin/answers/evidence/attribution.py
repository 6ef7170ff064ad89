"""Attribution: how much of what happened in a period each mechanism accounts for, told in two ways.

History kept: at each step all is remembered as it was and one mechanism is switched off (its statistic is set to none;
a product: to average conditions); the expected number of acts is compared with that of the whole model. What the
missing acts would have led to in turn is not counted. Replayed (`replay`): the period is played anew, so that it is.
Both speak of the effect of the ledger: in a mechanism's own share its coefficient is drawn around its timing effect, as
wide as the ledger's interval, and the others go along as far as they hang on it. So a mechanism whose interval holds no
effect has a share that holds none. Shares of several mechanisms do not add up: their effects multiply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky
from scipy.special import ndtri

from lynchpin.answers.evidence.placebo import draw_lags, placebo
from lynchpin.answers.simulate import simulate
from lynchpin.answers.simulate.moves import past_moves
from lynchpin.days import day_number
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.results import Share, Shares

#: Draws of the coefficients behind an interval; the same for every mechanism.
DRAWS = 1000


def attribution(
    fit: Fit,
    since: date | None = None,
    until: date | None = None,
    *,
    replays: bool = True,
    seed: int | None = None,
    workers: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Shares:
    """What share of the acts that a mechanism moves it accounts for, over a period.

    Parameters
    ----------
    fit : Fit
    since, until : date or None, the period, `until` not in it; None for all that was fitted
    replays : bool, play the period anew too, which takes most of the time
    seed : int or None, of the draws; None for the case's own
    workers : int or None, threads of the replay; the answer is the same with any
    tell : function or None, called with the name of each mechanism as it is replayed

    Returns
    -------
    Shares, a sequence of Share in the order of the mechanisms

    Raises
    ------
    BadValue : no fitted step lies in the period
    """
    used = fit.case.seed if seed is None else seed
    rows = _rows(fit, since, until)
    drawn = _drawn(fit, used)
    names = [m.name for m in fit.case.mechanisms]
    timed = {name: _timed(fit, name, drawn, used) for name in names}
    shares = [_share(fit, name, rows, timed[name]) for name in names]
    if not replays:
        return Shares(tuple(shares), since, until)
    paths = paths_for(rows.size)
    again = replay(fit, names, rows, {n: d[1 : paths + 1] for n, d in timed.items()}, used, workers=workers, tell=tell)
    return Shares(tuple(_with(share, again[share.mechanism]) for share in shares), since, until)


def _rows(fit: Fit, since: date | None, until: date | None) -> NDArray[np.int64]:
    """The fitted rows of a period: steps that begin in it."""
    steps = fit.design.steps
    starts = steps.starts[steps.burn_in : steps.count]
    low = -np.inf if since is None else day_number(since)
    high = np.inf if until is None else day_number(until)
    rows = np.flatnonzero((starts >= low) & (starts < high))
    if rows.size == 0:
        raise BadValue(f"no fitted step lies between {since} and {until}", "--from", "ask for a later or longer period")
    return rows


def _drawn(fit: Fit, seed: int) -> Floats:
    """Coefficients behind the intervals, as wide as the standard errors: shape (DRAWS, columns)."""
    z = np.random.default_rng(seed).standard_normal((DRAWS, fit.estimate.size))
    wider = np.maximum(1.0, np.sqrt(np.diag(fit.clustered) / np.diag(fit.covariance)))
    return np.asarray(fit.estimate + (z @ cholesky(fit.covariance)) * wider)


def _timed(fit: Fit, name: str, drawn: Floats, seed: int) -> Floats:
    """Coefficients of the whole model in which one mechanism has its timing effect: (1 + DRAWS, columns).

    The first row is the estimate. Where nothing is left of the cause once drift is out, its prior is drawn from.
    """
    k = fit.design.position(name)
    found = placebo(fit, name, draw_lags(fit, name, SHIFTS, seed))
    middle, error = (found.effect.estimate, found.effect.standard_error) if found else (0.0, fit.case.prior_sd)
    order = np.random.default_rng([seed, k]).permutation(len(drawn))
    even = ndtri((order + 0.5) / len(drawn))  # a normal's own quantiles, so that the share's ends are the effect's
    effect = np.concatenate([[middle], middle + float(error or 0.0) * even])
    along = fit.covariance[:, k] / fit.covariance[k, k]
    every = np.vstack([fit.estimate, drawn])
    return np.asarray(every + (effect - every[:, k])[:, None] * along)


def _with(share: Share, again: Replayed) -> Share:
    low, high = again.interval
    return replace(
        share,
        replayed=float(again.with_it.mean()),
        replayed_without=float(again.without.mean()),
        replayed_share=again.share,
        replayed_lower=low,
        replayed_upper=high,
    )


def _share(fit: Fit, name: str, rows: NDArray[np.int64], timed: Floats) -> Share:
    design = fit.design
    k = design.position(name)
    with_it, without = np.zeros(len(timed)), np.zeros(len(timed))
    happened = 0
    for unit in design.units:
        if k not in unit.columns:
            continue
        X = unit.X[rows]
        x = X[:, unit.columns == k]
        beta = timed[:, unit.columns]
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


# -- A period of the record played anew, with every mechanism and with each one switched off, on common random
# numbers.

#: Steps of all paths of one run together, and paths at the least and at the most.
_STEPS, FEWEST, MOST = 70_000, 50, 500


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """Expected acts of the dyads and classes that a mechanism moves, over the period.

    with_it, without : (paths,), each path with coefficients of its own, the same in both
    """

    with_it: Floats
    without: Floats

    @property
    def share(self) -> float:
        return float(1.0 - self.without.mean() / self.with_it.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """What holds 90 % of the paths: coefficients and chance."""
        low, high = np.quantile(1.0 - self.without / self.with_it, [0.05, 0.95])
        return float(low), float(high)


def paths_for(steps: int) -> int:
    """How many paths a period of so many steps is played on."""
    return int(np.clip(_STEPS // max(steps, 1), FEWEST, MOST))


def replay(
    fit: Fit,
    mechanisms: Sequence[str],
    rows: NDArray[np.int64],
    coefficients: Mapping[str, Floats],
    seed: int,
    *,
    workers: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Replayed]:
    """Play a period anew with and without each mechanism, on common random numbers and its own coefficients.

    Parameters
    ----------
    fit : Fit
    mechanisms : names
    rows : fitted rows of the period, one after the other
    coefficients : mechanism -> (paths, columns)
    seed : int, of what is drawn
    workers : int or None, threads that share the paths; None for one for each core
    tell : function or None, called with the name of each mechanism as it is done

    Returns
    -------
    dict, by mechanism
    """
    design, steps = fit.design, int(rows.size)
    edges = [0, steps * design.steps.step_days]
    plain = past_moves(fit, int(rows[0]), steps)
    slots = np.array([p for u in design.units for p in u.columns if design.columns[p].kind in ("control", "mechanism")])

    def acts(pull: Floats, coefficients: Floats) -> Floats:
        paths = simulate(
            fit,
            steps,
            len(coefficients),
            seed,
            edges=edges,
            moves=replace(plain, pull=pull),
            expected=True,
            coefficients=coefficients,
            workers=workers,
        )
        assert paths.expected is not None
        return paths.expected[:, 0].astype(np.float64)

    found = {}
    for name in mechanisms:
        k = design.position(name)
        moved = [at for at, unit in enumerate(design.units) if k in unit.columns]
        whole = acts(plain.pull, coefficients[name])
        still = all(not unit.X[rows][:, unit.columns == k].any() for unit in design.units if k in unit.columns)
        off = np.where(slots == k, 0.0, plain.pull)
        other = whole if still else acts(off, coefficients[name])  # a cause that never acts moves nothing
        found[name] = Replayed(whole[:, moved].sum(axis=1), other[:, moved].sum(axis=1))
        if tell is not None:
            tell(name)
    return found
