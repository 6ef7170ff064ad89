"""The record among records drawn from its fit: degrees, dyads, what is returned and closed, gaps, totals of effects.

Hunter, Goodreau and Handcock (2008), Goodness of fit of social network models, Journal of the American Statistical
Association 103, 248-258, do so for networks.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from lynchpin.engine.rem.checks import everyone_at_risk, read_parts
from lynchpin.engine.rem.problem import Problem
from lynchpin.engine.rem.simulate import Drawn, as_frame, draw_records, explained_events, prepared
from lynchpin.engine.statistics.base import Floats
from lynchpin.numbers import per_cent
from lynchpin.results.simulated import BANDS, Simulated

if TYPE_CHECKING:
    from lynchpin.engine.rem.result import RemFit

#: (measure, part) -> number; nan where the record has none.
Numbers: TypeAlias = dict[tuple[str, str], float]

_RANKS = 12
_CLASSES = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, None))
_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
#: Actors up to which two-paths are looked at.
_MOST_ACTORS = 2_000


def simulate(fit: RemFit, draws: int = 100, *, seed: int = 1, executor: Executor | None = None) -> Simulated:
    """Draw records from a fit, and hold the record itself against them.

    Parameters
    ----------
    fit, draws, seed, executor : as for `draw_records`

    Returns
    -------
    Simulated; the same for the same seed, whoever does the work

    Raises
    ------
    BadValue, DidNotConverge : as for `draw_records`
    """
    drawn = draw_records(fit, draws, seed=seed, executor=executor)
    problem = prepared(fit)
    own = _own(fit, problem)
    observed = numbers_of(own, problem)
    each = [numbers_of(one, problem) for one in drawn]
    rows = [(*key, value, *_among(value, np.array([one[key] for one in each]))) for key, value in observed.items()]
    return Simulated(
        likelihood=fit.request.likelihood,
        draws=draws,
        seed=seed,
        n_events=own.when.size,
        n_drawn=sum(one.when.size for one in drawn),
        events=as_frame(fit, drawn),
        bands=pl.DataFrame(rows, schema=_schema(), orient="row"),
    )


def _schema() -> dict[str, type[pl.DataType]]:
    return {name: pl.String if name in ("measure", "part") else pl.Float64 for name in BANDS}


def _among(value: float, others: Floats) -> tuple[float | None, float | None, float | None, float | None]:
    """Mean and 90 % of the draws, and how rare the value is among them: mean, lower, upper, p."""
    known = others[np.isfinite(others)]
    if not known.size:
        return None, None, None, None
    lower, upper = np.quantile(known, [0.05, 0.95])
    if not np.isfinite(value):
        return float(known.mean()), float(lower), float(upper), None
    nearest = min(int((known <= value).sum()), int((known >= value).sum()))
    p = min(1.0, 2.0 * (nearest + 1) / (known.size + 1))
    return float(known.mean()), float(lower), float(upper), p


def _own(fit: RemFit, problem: Problem) -> Drawn:
    """The record itself, as one that was drawn."""
    stream, mine = problem.stream, explained_events(problem)
    full = everyone_at_risk(fit, fit.stream)
    first = int(full.features.baseline)
    totals = np.zeros(full.features.columns - first)
    for _, block in read_parts(full):
        totals += block.X[first:, block.seen_row] @ block.seen_count
    return Drawn(
        stream.when[mine],
        stream.src[mine].astype(np.int64),
        stream.dst[mine].astype(np.int64),
        stream.kind[mine].astype(np.int64),
        totals,
    )


def numbers_of(record: Drawn, problem: Problem) -> Numbers:
    """All that is held against draws: degrees by rank, dyads by how often they act, shares, gaps, totals of effects."""
    n, undirected = problem.features.n, problem.request.undirected
    sent, received = (np.bincount(end, minlength=n).astype(float) for end in (record.src, record.dst))
    found: Numbers = {}
    if problem.request.needs.waits:
        found["events", "all"] = float(record.when.size)
    degrees = {"events of an actor": sent + received} if undirected else {"sent": sent, "received": received}
    for measure, degree in degrees.items():
        ordered = np.sort(degree)[::-1]
        for rank in np.unique(np.linspace(1, n, min(n, _RANKS)).round().astype(int)).tolist():
            found[measure, f"rank {rank}"] = float(ordered[rank - 1])
    key, often = np.unique(record.src * n + record.dst, return_counts=True)
    for low, high in _CLASSES:
        name = f"{low}" if low == high else f"{low} or more" if high is None else f"{low} to {high}"
        count = int(((often >= low) & (often <= (high or np.inf))).sum()) if low else problem.risk.dyads - key.size
        found["dyads by events", name] = float(count)
    found |= _shapes(key, n, undirected)
    gaps = _gaps(record, n)
    found |= {("gap within a dyad", per_cent(share)): _quantile(gaps, share) for share in _SHARES}
    if problem.request.needs.waits:
        waits = np.diff(record.when)
        found |= {("wait", per_cent(share)): _quantile(waits, share) for share in _SHARES}
    names = problem.names[int(problem.features.baseline) :]
    return found | {("total of an effect", name): float(x) for name, x in zip(names, record.totals, strict=True)}


def _shapes(key: np.ndarray, n: int, undirected: bool) -> Numbers:
    """Shares of dyads that acted that are returned, and of two-paths that are closed."""
    found: Numbers = {}
    if not undirected:
        found["share", "returned"] = float(np.isin(key % n * n + key // n, key).mean()) if key.size else np.nan
    if n > _MOST_ACTORS:
        return found
    A = np.zeros((n, n))
    A[key // n, key % n] = 1.0
    A = np.maximum(A, A.T) if undirected else A
    paths = A @ A
    np.fill_diagonal(paths, 0.0)
    total = float(paths.sum())
    found["share", "two-paths closed"] = float((paths * A).sum()) / total if total else np.nan
    return found


def _gaps(record: Drawn, n: int) -> Floats:
    """Times between one event of a dyad and its next."""
    key = record.src * n + record.dst
    order = np.lexsort((record.when, key))
    same = np.diff(key[order]) == 0
    out: Floats = np.diff(record.when[order])[same]
    return out


def _quantile(values: Floats, share: float) -> float:
    return float(np.quantile(values, share)) if values.size else np.nan
