"""A problem laid out for the climb: what is added up, where it starts, what holds it, and what it is called.

Streams are laid out over shards; types, with one row for each event, all at once. From there on a fit is one piece of
code, see `fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from lynchpin.engine.likelihoods import multinomial, pooled
from lynchpin.engine.likelihoods._kernels import scores_by_cluster
from lynchpin.engine.likelihoods.effects import Settled, settle
from lynchpin.engine.likelihoods.likelihood import Margins
from lynchpin.engine.likelihoods.multinomial import TypedEvents, block_of
from lynchpin.engine.likelihoods.newton import TOLERANCE, climb
from lynchpin.engine.likelihoods.rows import Block, Sums
from lynchpin.engine.rem.fixed import free_of, full
from lynchpin.engine.rem.problem import Problem, levels_of
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.separation import look_at_blocks, look_at_types, refuse_separation
from lynchpin.engine.rem.shards import Whose, blocks_of, pooled_sums, row_numbers
from lynchpin.engine.rem.work import Work
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData, BadValue, DidNotConverge

#: Rows from which a fit is first brought near its top on every eighth shard.
WARM_ROWS = 200_000

#: With so many events, the curvature is the same to seven digits this near the top: one pass less.
LARGE_EVENTS, LARGE_TOLERANCE = 100_000, 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a fit climbs.

    names, start, precision : of the parameters, (p,); size, largest_step, tolerance : see `climb`
    sums : parameters -> Sums
    settle : the fit with random effects, or None
    refuse_separation : raises DidNotConverge where the likelihood has no top, and names the effects
    warm : parameters -> parameters nearer to the top, at a fraction of the cost
    robust : (estimate, covariance) -> the sandwich, or None
    margins : of the groups; n_dyads : see `RemFit`
    forget : lets go of what is kept
    """

    names: tuple[str, ...]
    start: Floats
    precision: Floats
    sums: Callable[[Floats], Sums]
    settle: Callable[[], Settled] | None
    refuse_separation: Callable[[], None]
    margins: Margins
    n_dyads: int
    size: Floats | None = None
    largest_step: float | Floats = np.inf
    tolerance: float = TOLERANCE
    warm: Callable[[Floats], Floats] | None = None
    robust: Callable[[Floats, Floats], Floats] | None = None
    forget: Callable[[], None] = lambda: None


def lay_stream(
    problem: Problem, *, executor: Executor | None, memory: int, order: Sequence[int] | None = None
) -> Layout:
    """Over shards; parameters as for `fit.fit_request`."""
    request, plan, likelihood = problem.request, problem.plan, problem.request.model
    work = Work(
        problem.features,
        plan,
        likelihood,
        executor=executor,
        memory=memory,
        order=order,
        share_idle=_can_share(request),
        levels=levels_of(problem),
    )
    extra, k = len(likelihood.extra), len(problem.names)
    names = (*problem.names, *likelihood.extra)
    start = np.append(_no_effect(problem), np.zeros(extra))
    precision = np.where(np.arange(start.size) < k, request.ridge, 0.0)
    if request.needs.clock:
        precision[0] = 0.0
    largest_step = np.where(np.arange(start.size) < k, np.inf, 2.0)  # the log size of counts is no concave one
    typical = np.append(work.root_mean_square(), np.ones(extra))
    levels = work.levels
    return Layout(
        names=names,
        start=start,
        precision=precision,
        sums=work.sums,
        settle=None if levels is None else partial(settle, work.pooled, levels, start, precision, names, bool(extra)),
        refuse_separation=lambda: _refuse_stream(problem),
        margins=plan.margins,
        n_dyads=problem.risk.dyads // (2 if request.needs.mutual else 1),
        size=typical * np.where(np.isinf(largest_step), np.sqrt(plan.events), 0.0),
        largest_step=largest_step,
        tolerance=TOLERANCE if plan.events < LARGE_EVENTS else LARGE_TOLERANCE,
        warm=lambda beta: _warm(problem, work, beta, precision, names),
        robust=None if request.cluster == "none" else partial(_sandwich, problem, work),
        forget=work.forget,
    )


def _can_share(request: Request) -> bool:
    """Whether idle dyads can be summed through their actors: everyone is at risk, and no dyad is asked for alone."""
    everyone = request.risk_set == "full" and request.dyads is None and request.presence is None
    mixed = request.typed and bool(request.random)  # effects of pairs are summed for one type alone
    return everyone and request.needs.idle and request.controls is None and request.cluster == "none" and not mixed


def _no_effect(problem: Problem) -> Floats:
    """Coefficients when no effect moves anyone."""
    out = np.zeros(len(problem.names))
    if problem.request.needs.clock:
        out[0] = np.log(problem.plan.events / float(problem.plan.exposure @ problem.plan.at_risk))
    return out


def _refuse_stream(problem: Problem) -> None:
    """Name the effects whose estimates run off, if any do: see `separation`. A ridge leaves no such effect.

    Raises
    ------
    DidNotConverge
    """
    request = problem.request
    if request.ridge or request.needs.mutual:  # the linear programme knows choices that are made alone
        return
    every = Work(problem.features, problem.plan, request.model.plain or request.model)
    try:
        sums = every.sums(_no_effect(problem))
        unit = np.sqrt(np.diag(sums.information) / problem.plan.events)
        free = free_of(len(problem.names), problem.fixed)  # only what is estimated can run off

        def blocks() -> Iterable[Block]:
            for shard in every.shards:
                yield from (block._replace(X=block.X[free]) for block in blocks_of(shard))

        look = look_at_blocks(blocks, request.needs)
        refuse_separation(look, sums.gradient[free], unit[free], [problem.names[k] for k in free])
    finally:
        every.forget()


def _warm(problem: Problem, work: Work, start: Floats, precision: Floats, names: Sequence[str]) -> Floats:
    """A start near the top from every eighth shard: on a large problem most of the climb costs an eighth."""
    plan, some = problem.plan, range(len(work.shards) // 3 % 8, len(work.shards), 8)
    if plan.rows < WARM_ROWS or len(work.shards) < 16 or plan.events < 400 * start.size:
        return start
    share = sum(part.rows for k in some for part in work.shards[k].parts) / plan.rows
    try:
        return climb(lambda beta: work.sums(beta, some), start, precision * share, names, tolerance=0.1).estimate
    except DidNotConverge:
        return start


def _sandwich(problem: Problem, work: Work, parameters: Floats, covariance: Floats) -> Floats:
    """covariance @ (sum over clusters of score score') @ covariance, times clusters / (clusters - 1).

    Clusters are dyads or time points. The size of negative binomial counts keeps its own variance.
    """
    n, k = problem.features.n, problem.features.columns
    by_dyad = problem.request.cluster == "dyad"
    points = np.unique(problem.plan.point)
    scores = np.zeros((n * n if by_dyad else points.size, k))
    for shard in work.shards:
        for part, block in zip(shard.parts, blocks_of(shard), strict=True):
            if by_dyad:
                rows = row_numbers(part)
                cluster = part.i[rows].astype(np.int64) * n + part.j[rows]
            else:
                cluster = np.repeat(np.searchsorted(points, part.point), np.diff(block.ptr))
            scores_by_cluster(block.X, work.likelihood.residual(block, parameters), cluster, scores)
    out = covariance.copy()
    out[:k, :k] = _between(scores, covariance[:k, :k])
    return out


def _between(scores: Floats, covariance: Floats) -> Floats:
    """The sandwich of the scores of clusters: shape (clusters, k)."""
    used = int((scores != 0).any(axis=1).sum())
    out: Floats = covariance @ (scores.T @ scores * used / max(used - 1, 1)) @ covariance
    return out


def _sandwich_types(problem: Problem, typed: TypedEvents, parameters: Floats, covariance: Floats) -> Floats:
    """The same of the type model: every event is of one dyad and of one time point."""
    plan = problem.plan
    if problem.request.cluster == "dyad":
        whose = plan.i.astype(np.int64) * problem.features.n + plan.j
    else:
        whose = np.repeat(np.arange(plan.groups), plan.hi - plan.lo)
    _, cluster = np.unique(whose, return_inverse=True)
    scores = np.zeros((int(cluster.max()) + 1, parameters.size))
    np.add.at(scores, cluster, multinomial.scores(typed, parameters))
    return _between(scores, covariance)


def hold(layout: Layout, fixed: Mapping[int, float]) -> Layout:
    """The same climb over the coefficients that are not given."""
    free = free_of(len(layout.names), fixed)

    def sums(beta: Floats) -> Sums:
        whole = layout.sums(full(beta, fixed))
        return Sums(whole.value, whole.gradient[free], whole.information[np.ix_(free, free)])

    def robust(estimate: Floats, covariance: Floats) -> Floats:
        assert layout.robust is not None
        whole = np.zeros((len(layout.names),) * 2)
        whole[np.ix_(free, free)] = covariance
        out: Floats = layout.robust(full(estimate, fixed), whole)[np.ix_(free, free)]
        return out

    step = layout.largest_step
    return replace(
        layout,
        names=tuple(layout.names[k] for k in free),
        start=layout.start[free],
        precision=layout.precision[free],
        sums=sums,
        size=None if layout.size is None else layout.size[free],
        largest_step=step[free] if isinstance(step, np.ndarray) else step,
        warm=None,
        robust=None if layout.robust is None else robust,
    )


def lay_types(problem: Problem) -> Layout:
    """The type model: all events at once, since there is one row for each.

    Raises
    ------
    BadData : the events are all of one type
    """
    stream, plan, request, features = problem.stream, problem.plan, problem.request, problem.features
    fitted = stream.when >= plan.at[0] if problem.explained is None else problem.explained & (stream.when >= plan.at[0])
    kind = stream.kind[fitted].astype(np.int64)
    present = np.bincount(kind, minlength=len(stream.kinds))
    if (present > 0).sum() < 2:
        what = "events that are explained" if request.outcome else "events"
        raise BadData(f"the {what} are all of one type", "type", "give a type column with two types or more")
    shown = np.flatnonzero(present)
    typed = TypedEvents(features.fill(features.start(), plan), np.searchsorted(shown, kind))
    kinds, sums = [stream.kinds[c] or "(none)" for c in shown[1:]], request.model.sums
    names = tuple(f"{of_kind}: {name}" for of_kind in kinds for name in problem.names)
    start = np.zeros(len(names))
    precision = np.tile(np.array([0.0] + [request.ridge] * (features.columns - 1)), len(kinds))

    def refuse() -> None:
        if not request.ridge:
            unit = np.tile(np.sqrt((typed.X * typed.X).mean(axis=1)), len(kinds))
            refuse_separation(look_at_types(*typed), sums(typed, start).gradient, unit, names)

    return Layout(
        names=names,
        start=start,
        precision=precision,
        sums=lambda beta: sums(typed, beta),
        settle=(lambda: _settle_types(problem, typed, kinds, start, precision, names)) if request.random else None,
        robust=None if request.cluster == "none" else partial(_sandwich_types, problem, typed),
        refuse_separation=refuse,
        margins=plan.margins._replace(seen_count=present[shown].astype(float)),
        n_dyads=int(np.unique(plan.i.astype(np.int64) * len(stream.actors) + plan.j).size),
    )


def _settle_types(
    problem: Problem, typed: TypedEvents, kinds: Sequence[str], start: Floats, precision: Floats, names: Sequence[str]
) -> Settled:
    """The type model with random effects: each type but the first has its own, drawn with one standard deviation."""
    levels, plan, n = levels_of(problem), problem.plan, problem.features.n
    assert levels is not None
    if len(kinds) > 1 and levels.has_dyads:
        raise BadValue("effects of dyads go with two types", "random", "use sender and receiver")
    dyad = levels.numbers(plan.i, plan.j)
    block = block_of(typed, dyad, levels.dyads)
    whose = Whose(levels.copies(len(kinds)), dyad, pooled.VECTORS)
    settled = settle(
        lambda at, _: pooled_sums([block], problem.request.model, at, whose), whose.levels, start, precision, names
    )
    return replace(settled, random=tuple(factor.of_types(n, kinds) for factor in settled.random))
