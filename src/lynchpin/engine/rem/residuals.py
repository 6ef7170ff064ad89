"""What happened less what was expected: martingale residuals of actors and dyads, and sums of scores through time.

Therneau, Grambsch and Fleming (1990), Martingale-based residuals for survival models, Biometrika 77, 147-160;
Schoenfeld (1982), Partial residuals for the proportional hazards regression model, Biometrika 69, 239-241; the sums and
what they are held against: Lin, Wei and Ying (1993), Checking the Cox model with cumulative sums of martingale-based
residuals, Biometrika 80, 557-572.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from lynchpin.engine.likelihoods.rows import Block
from lynchpin.engine.rem.checks import everyone_at_risk, predictor, read_parts
from lynchpin.engine.rem.fixed import free_of
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.problem import Problem
from lynchpin.engine.rem.shards import row_numbers
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.results.simulated import Residuals

if TYPE_CHECKING:
    from lynchpin.engine.rem.result import RemFit

#: Sums of a model that holds, which those of the record are held against.
DRAWS = 500


def residuals(fit: RemFit, *, seed: int = 1, draws: int = DRAWS) -> Residuals:
    """Martingale residuals of a fit, everyone at risk.

    Parameters
    ----------
    fit : RemFit of any likelihood of dyads. Simultaneous events share Breslow's denominators
    seed, draws : of the sums that those of the record are held against

    Returns
    -------
    Residuals. z is the residual over the root of what was expected of its square, given the past; the coefficients,
    which were fitted to the same events, draw it a little toward 0

    Raises
    ------
    BadValue : a type model or a choice of coordination, or numbers that are none
    """
    needs = fit.request.needs
    if needs.events_only or needs.mutual:
        what = "a choice of coordination" if needs.mutual else "a type model"
        raise BadValue(f"{what} has no residuals of dyads", "residuals", "use another likelihood")
    if draws < 1 or not 0 <= seed < 2**63:
        raise BadValue(f"{draws} draws of seed {seed}", "residuals", "give whole numbers, draws of 1 or more")
    problem = everyone_at_risk(fit, fit.stream)
    sums = _added_up(fit, problem)
    score, tests = _through_time(fit, problem, sums, seed, draws)
    return Residuals(
        likelihood=fit.request.likelihood,
        actors=_of_actors(fit, problem, sums),
        dyads=_of_dyads(fit, problem, sums),
        score=score,
        tests=tests,
        seed=seed,
        draws=draws,
    )


class _Sums(NamedTuple):
    """Of senders and receivers (2, n), of dyads (n * n,): observed, expected and variance; of time points: scores
    (points, k) and information (points, k, k).
    """

    ends: Floats  # (3, 2, n)
    dyads: Floats  # (3, n * n)
    scores: Floats
    information: Floats


def _added_up(fit: RemFit, problem: Problem) -> _Sums:
    n, k, plan = problem.features.n, problem.features.columns, problem.plan
    points = np.unique(plan.point)
    sums = _Sums(np.zeros((3, 2, n)), np.zeros((3, n * n)), np.zeros((points.size, k)), np.zeros((points.size, k, k)))
    beta = fit.every_estimate[:k]
    has_clock = problem.request.needs.clock
    for part, block in read_parts(problem):
        if not block.X.shape[1]:
            continue
        rows, sizes = row_numbers(part), np.diff(block.ptr)
        group, i, j = np.repeat(np.arange(part.groups), sizes), part.i[rows], part.j[rows]
        y = np.zeros(rows.size)
        np.add.at(y, block.seen_row, block.seen_count)
        expected, events = _expected(fit, part, block, beta, y, has_clock)
        _add_ends(sums.ends, part.groups, group, (i, j), y, expected, events)
        key = i.astype(np.int64) * n + j
        spread = expected if events is None else expected * (1.0 - expected / np.where(events > 0, events, 1.0)[group])
        for row, values in zip(sums.dyads, (y, expected, spread), strict=True):
            np.add.at(row, key, values)
        at = np.searchsorted(points, part.point)
        np.add.at(sums.scores, at, np.add.reduceat(block.X * (y - expected), block.ptr[:-1], axis=1).T)
        np.add.at(sums.information, at, _information(block, expected, events))
    return sums


def _expected(
    fit: RemFit, part: Plan, block: Block, beta: Floats, y: Floats, has_clock: bool
) -> tuple[Floats, Floats | None]:
    """How many events each row was expected to have; and how many each group has, where that is given."""
    eta, sizes = predictor(fit, part, block, beta), np.diff(block.ptr)
    if has_clock:
        return np.exp(eta) * np.repeat(block.exposure, sizes), None
    events = np.add.reduceat(y, block.ptr[:-1])
    weight = np.exp(eta - np.repeat(np.maximum.reduceat(eta, block.ptr[:-1]), sizes))
    whole = np.add.reduceat(weight, block.ptr[:-1])
    return weight * np.repeat(events / whole, sizes), events


def _add_ends(
    ends: Floats, groups: int, group: np.ndarray, who: tuple[np.ndarray, np.ndarray], y: Floats, expected: Floats,
    events: Floats | None,
) -> None:  # fmt: skip
    """What senders, and receivers, did and were expected to do in some groups."""
    n = ends.shape[2]
    for side, actor in enumerate(who):
        expects = np.bincount(group * n + actor, weights=expected, minlength=groups * n)
        own: Floats = np.asarray(expects, float).reshape(groups, n)
        ends[0, side] += np.bincount(actor, weights=y, minlength=n)
        ends[1, side] += own.sum(axis=0)
        if events is not None:
            own = own * (1.0 - own / np.where(events > 0, events, 1.0)[:, None])
        ends[2, side] += own.sum(axis=0)


def _information(block: Block, expected: Floats, events: Floats | None) -> Floats:
    """Of each group: (groups, k, k)."""
    X, begins = block.X, block.ptr[:-1]
    k = X.shape[0]
    out = np.empty((begins.size, k, k))
    for a in range(k):
        for b in range(a, k):
            out[:, a, b] = out[:, b, a] = np.add.reduceat(X[a] * X[b] * expected, begins)
    if events is not None:
        mean = np.add.reduceat(X * expected, begins, axis=1).T
        out -= mean[:, :, None] * mean[:, None, :] / np.where(events > 0, events, 1.0)[:, None, None]
    return out


def _of_actors(fit: RemFit, problem: Problem, sums: _Sums) -> pl.DataFrame:
    names = list(fit.stream.actors)
    observed, expected, spread = sums.ends
    if problem.request.undirected:
        roles = [("member", *(values.sum(axis=0) for values in (observed, expected, spread)))]
    else:
        sides = ("sender", "receiver") if problem.request.risk_set != "senders" else ("sender",)
        # who sends is given where receivers are chosen
        sides = ("receiver",) if problem.request.needs.by_sender else sides
        roles = [
            (side, *(values[("sender", "receiver").index(side)] for values in (observed, expected, spread)))
            for side in sides
        ]
    frames = [
        pl.DataFrame({"actor": names, "role": [role] * len(names), "observed": seen, "expected": mean, "spread": var})
        for role, seen, mean, var in roles
    ]
    return _with_z(pl.concat(frames).filter(pl.col("expected") > 0.0))


def _of_dyads(fit: RemFit, problem: Problem, sums: _Sums) -> pl.DataFrame:
    names, n = np.array(fit.stream.actors), problem.features.n
    there = np.flatnonzero(sums.dyads[1] > 0.0)
    frame = pl.DataFrame(
        {
            "sender": names[there // n],
            "receiver": names[there % n],
            **dict(zip(("observed", "expected", "spread"), sums.dyads[:, there], strict=True)),
        }
    )
    return _with_z(frame)


def _with_z(frame: pl.DataFrame) -> pl.DataFrame:
    """With residual and z in place of the spread; the furthest from 0 first."""
    residual = pl.col("observed") - pl.col("expected")
    root = pl.col("spread").clip(1e-12).sqrt()
    frame = frame.with_columns(residual=residual, z=residual / root).drop("spread")
    return frame.sort(pl.col("z").abs(), descending=True, maintain_order=True)


def _through_time(
    fit: RemFit, problem: Problem, sums: _Sums, seed: int, draws: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sums of scores up to each time point, over the root of the information; and how far they stray."""
    free = [k for k in free_of(len(problem.names), problem.fixed) if k < problem.features.columns]
    names = [problem.names[k] for k in free]
    u, information = sums.scores[:, free], sums.information[:, free][:, :, free].cumsum(axis=0)
    whole, unit = information[-1], np.sqrt(np.diag(information[-1]))
    course = u.cumsum(axis=0) / unit
    shares = np.einsum("tab,bc->tac", information, np.linalg.inv(whole))
    rng = np.random.Generator(np.random.Philox(seed))
    others = np.empty((draws, len(free)))
    for draw in range(draws):
        moved = u * rng.standard_normal((u.shape[0], 1))
        path = moved.cumsum(axis=0)
        others[draw] = np.abs((path - shares @ path[-1]) / unit).max(axis=0)
    largest, where = np.abs(course).max(axis=0), np.abs(course).argmax(axis=0)
    when = _when(fit, problem)
    score = pl.concat(
        [
            pl.DataFrame({"name": [name] * when.len(), "time": when, "value": course[:, k]})
            for k, name in enumerate(names)
        ]
    )
    tests = pl.DataFrame(
        {
            "name": names,
            "largest": largest,
            "at": when.gather(where),
            "bound": np.quantile(others, 0.9, axis=0),
            "p": (1 + (others >= largest).sum(axis=0)) / (draws + 1),
        }
    )
    return score, tests


def _when(fit: RemFit, problem: Problem) -> pl.Series:
    """The time of each time point: the last instant of a wait."""
    plan = problem.plan
    last = np.append(np.diff(plan.point) != 0, True)
    at = plan.at[last]
    if fit.request.clock == "order":
        at = np.unique(fit.stream.when)[at.astype(np.int64) - 1]
    if fit.stream.is_dated:
        return pl.Series((at * 86_400_000_000).round().astype(np.int64)).cast(pl.Datetime("us"))
    return pl.Series(at)
