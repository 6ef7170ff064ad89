"""From a request and a stream to a fit: plan, read, climb, and how sure we are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from lynchpin.engine.likelihoods import interval, kind, ordinal, pooled
from lynchpin.engine.likelihoods.climb import TOLERANCE, NoTop, Top, climb
from lynchpin.engine.likelihoods.effects import Settled, settle
from lynchpin.engine.likelihoods.rows import group_sums
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.problem import Problem, levels_of, likelihood_of, prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.result import RemFit
from lynchpin.engine.rem.separation import look_at_blocks, look_at_types, refuse_separation
from lynchpin.engine.rem.shards import DEFAULT_MEMORY, Likelihood, Whose, blocks_of, pooled_sums
from lynchpin.engine.rem.work import Work
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData, BadValue, DidNotConverge

#: Rows from which a fit is first brought near its top on every eighth shard.
WARM_ROWS = 200_000

#: With so many events, the curvature is the same to seven digits this near the top: one pass less.
LARGE_EVENTS, LARGE_TOLERANCE = 100_000, 1e-4


def fit_request(
    request: Request,
    stream: EventStream,
    *,
    executor: Executor | None = None,
    memory: int = DEFAULT_MEMORY,
    order: Sequence[int] | None = None,
    start: Floats | None = None,
) -> RemFit:
    """Fit a request to a stream.

    Parameters
    ----------
    request, stream : what, to what
    executor : any concurrent.futures.Executor; None: this process. The estimates do not depend on it.
    memory : bytes of columns kept between passes; above it they are computed anew in every pass
    order : the order in which shards are worked on; the estimates do not depend on it
    start : coefficients to start from; None: no effect

    Raises
    ------
    LynchpinError : the request does not fit the stream, or the stream cannot tell what is asked
    """
    began = time.process_time()
    problem = prepare(request, stream)
    request = problem.request
    if request.likelihood == "type":
        return _fit_type(problem, began)
    work = Work(
        problem.features,
        problem.plan,
        likelihood_of(request),
        executor=executor,
        memory=memory,
        order=order,
        share_idle=_can_share(request),
        levels=levels_of(problem),
    )
    try:
        try:
            return _fit_work(problem, work, began, start)
        except DidNotConverge:
            if start is None:
                raise
            return _fit_work(problem, work, began, None)  # the start may have been the trouble
    finally:
        work.forget()


def _can_share(request: Request) -> bool:
    """Whether idle dyads can be summed through their actors: everyone is at risk, and no dyad is asked for alone."""
    everyone = request.risk_set == "full" and request.dyads is None and request.presence is None
    poisson = request.likelihood == "rate" and request.counts == "poisson"
    summed = request.likelihood in ("ordinal", "interval") or poisson
    return everyone and summed and request.controls is None and request.cluster == "none"


def _fit_work(problem: Problem, work: Work, began: float, first: Floats | None) -> RemFit:
    from lynchpin.engine.rem.robust import sandwich

    request, plan, names = problem.request, problem.plan, problem.names
    is_nb2 = work.task.likelihood == "nb2"
    all_names = (*names, "log size") if is_nb2 else names
    start = np.append(_no_effect(problem), [0.0] * is_nb2)
    precision = np.where(np.arange(start.size) < len(names), request.ridge, 0.0)
    if request.has_clock:
        precision[0] = 0.0
    typical = np.append(work.root_mean_square(), [1.0] * is_nb2)
    try:
        if work.levels is not None:
            _refuse_separation(problem)  # effects of actors would soak up what runs off, and say no more of it
            top: Top | Settled = settle(work.pooled, work.levels, start, precision, all_names, with_size=is_nb2)
        else:
            largest = np.where(
                np.arange(start.size) < len(names), np.inf, 2.0
            )  # the log size of counts is no concave one
            size = typical * np.where(np.isinf(largest), np.sqrt(plan.events), 0.0)
            near = TOLERANCE if plan.events < LARGE_EVENTS else LARGE_TOLERANCE
            warm = _warm(work, start, precision, all_names, plan) if first is None else first
            top = climb(work.sums, warm, precision, all_names, largest_step=largest, size=size, tolerance=near)
    except NoTop:
        _refuse_separation(problem)
        raise
    if top.is_doubtful:
        _refuse_separation(problem)
    constant = _constant(problem) if request.likelihood == "rate" and not is_nb2 else 0.0
    robust = sandwich(problem, work, top.estimate, top.covariance) if request.cluster != "none" else None
    return RemFit(
        names=all_names,
        estimate=top.estimate,
        covariance=top.covariance,
        robust=robust,
        log_likelihood=top.value + constant,
        null_log_likelihood=_null(problem, constant),
        n_events=int(plan.events),
        n_time_points=int(np.unique(plan.at).size),
        n_dyads=problem.risk.dyads,
        n_rows=plan.rows,
        passes=top.passes,
        seconds=time.process_time() - began,
        request=request,
        stream=problem.stream,
        random=top.random if isinstance(top, Settled) else (),
    )


def _no_effect(problem: Problem) -> Floats:
    """Coefficients when no effect moves anyone."""
    out = np.zeros(len(problem.names))
    if problem.request.has_clock:
        out[0] = np.log(problem.plan.events / float(problem.plan.exposure @ problem.plan.at_risk))
    return out


def _refuse_separation(problem: Problem) -> None:
    """Name the effects whose estimates run off, if any do: see `separation`. A ridge leaves no such effect.

    Raises
    ------
    DidNotConverge
    """
    request = problem.request
    if request.ridge:
        return
    task = Likelihood("rate" if request.has_clock else request.likelihood, request.ties == "efron")
    every = Work(problem.features, problem.plan, task)
    try:
        sums = every.sums(_no_effect(problem))
        unit = np.sqrt(np.diag(sums.information) / problem.plan.events)
        look = look_at_blocks(
            lambda: (block for shard in every.shards for block in blocks_of(shard)), has_clock=request.has_clock
        )
        refuse_separation(look, sums.gradient, unit, problem.names)
    finally:
        every.forget()


def _warm(work: Work, start: Floats, precision: Floats, names: Sequence[str], plan: Plan) -> Floats:
    """A start near the top from every eighth shard: on a large problem most of the climb costs an eighth."""
    some = range(len(work.shards) // 3 % 8, len(work.shards), 8)
    if plan.rows < WARM_ROWS or len(work.shards) < 16 or plan.events < 400 * start.size:
        return start
    share = sum(part.rows for k in some for part in work.shards[k].parts) / plan.rows
    try:
        return climb(lambda beta: work.sums(beta, some), start, precision * share, names, tolerance=0.1).estimate
    except DidNotConverge:
        return start


def _null(problem: Problem, constant: float) -> float:
    """The log-likelihood when no effect moves anyone."""
    plan, request = problem.plan, problem.request
    events = group_sums(plan.seen_count, plan.seen_ptr)
    if not request.has_clock:
        return ordinal.null_value(plan.hi - plan.lo, events, request.ties == "efron")
    exposure = float(plan.exposure @ plan.at_risk)
    if request.likelihood == "rate" and request.counts == "nb2":
        return null_nb2(plan)
    return interval.null_value(plan.events, exposure, constant)


def _constant(problem: Problem) -> float:
    from scipy.special import gammaln

    plan = problem.plan
    log_exposure = np.repeat(np.log(plan.exposure), np.diff(plan.seen_ptr))
    return float(plan.seen_count @ log_exposure - gammaln(plan.seen_count + 1.0).sum())


def _fit_type(problem: Problem, began: float) -> RemFit:
    """The type model: all events at once, since there is one row for each."""
    stream, plan, request = problem.stream, problem.plan, problem.request
    kinds = stream.kinds
    fitted = stream.when >= plan.at[0]
    of = stream.kind[fitted].astype(np.int64)
    present = np.bincount(of, minlength=len(kinds))
    if (present > 0).sum() < 2:
        raise BadData("the events are all of one type", "type", "give a type column with two types or more")
    shown = np.flatnonzero(present)
    of = np.searchsorted(shown, of)
    X = problem.features.fill(problem.features.start(), plan)
    names = tuple(f"{kinds[c] or '(none)'}: {name}" for c in shown[1:] for name in problem.names)
    start = np.zeros(len(names))
    precision = np.tile(np.array([0.0] + [request.ridge] * (X.shape[0] - 1)), shown.size - 1)
    unit = np.tile(np.sqrt((X * X).mean(axis=1)), shown.size - 1)

    def refuse() -> None:
        if not request.ridge:
            refuse_separation(look_at_types(X, of), kind.sums(X, of, start).gradient, unit, names)

    try:
        if request.random:
            refuse()
            told = [kinds[c] or "(none)" for c in shown[1:]]
            top: Top | Settled = _settle_type(problem, X, of, told, start, precision, names)
        else:
            top = climb(lambda beta: kind.sums(X, of, beta), start, precision, names)
    except NoTop:
        refuse()
        raise
    if top.is_doubtful:
        refuse()
    return RemFit(
        names=names,
        estimate=top.estimate,
        covariance=top.covariance,
        robust=None,
        log_likelihood=top.value,
        null_log_likelihood=kind.null_value(of),
        n_events=int(of.size),
        n_time_points=int(plan.at.size),
        n_dyads=int(np.unique(plan.i.astype(np.int64) * len(stream.actors) + plan.j).size),
        n_rows=int(of.size),
        passes=top.passes,
        seconds=time.process_time() - began,
        request=request,
        stream=stream,
        random=top.random if isinstance(top, Settled) else (),
    )


def _settle_type(
    problem: Problem,
    X: Floats,
    of: Ints,
    kinds: Sequence[str],
    start: Floats,
    precision: Floats,
    names: Sequence[str],
) -> Settled:
    """The type model with random effects: each type but the first has its own, drawn with one standard deviation."""
    levels, plan, n = levels_of(problem), problem.plan, problem.features.n
    assert levels is not None
    if len(kinds) > 1 and levels.has_dyads:
        raise BadValue("effects of dyads go with two types", "random", "use sender and receiver")
    dyad = levels.numbers(plan.i, plan.j)
    block = kind.block_of(X, of, dyad, levels.dyads)
    own = levels.copies(len(kinds))
    task = Likelihood("type" if len(kinds) == 1 else "choice")
    whose = Whose(own, dyad, pooled.VECTORS)
    settled = settle(lambda at, _: pooled_sums([block], task, at, whose), own, start, precision, names)
    return replace(settled, random=tuple(factor.of_types(n, kinds) for factor in settled.random))


# -- The null model of counts: one mean and one size for all.


def null_nb2(plan: Plan) -> float:
    """The highest log-likelihood of NB2 counts at the common rate of events; only the last step may be shorter."""
    cells, y = plan.at_risk.astype(float), plan.seen_count
    means = plan.exposure * plan.events / float(plan.exposure @ cells)
    mean = np.repeat(means, np.diff(plan.seen_ptr))

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        seen = gammaln(y + size) - gammaln(size) - gammaln(y + 1.0) + y * np.log(mean / (size + mean))
        return -float(seen.sum() - size * (cells @ np.log1p(means / size)))

    return -float(minimize_scalar(loss, bounds=(-15.0, 15.0), method="bounded").fun)
