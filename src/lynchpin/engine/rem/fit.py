"""From a request and a stream to a fit: plan, lay out, climb, and how sure we are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor

from lynchpin.engine.compiled import plainly
from lynchpin.engine.likelihoods.effects import Settled
from lynchpin.engine.likelihoods.newton import NoTop, Top, climb
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.layout import Layout, hold, lay_stream, lay_types
from lynchpin.engine.rem.problem import Problem, prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.result import RemFit
from lynchpin.engine.rem.shards import DEFAULT_MEMORY
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge


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
    with plainly(problem.is_small):
        return _fitted(problem, executor, memory, order, start, began)


def _fitted(
    problem: Problem,
    executor: Executor | None,
    memory: int,
    order: Sequence[int] | None,
    start: Floats | None,
    began: float,
) -> RemFit:
    if problem.request.needs.events_only:
        layout, start = lay_types(problem), None  # of so few rows that a start saves nothing
    else:
        layout = lay_stream(problem, executor=executor, memory=memory, order=order)
    if problem.fixed:
        layout = hold(layout, problem.fixed)
    try:
        try:
            top = _top(layout, start)
        except DidNotConverge:
            if start is None:
                raise
            top = _top(layout, None)  # the start may have been the trouble
        return _fit(problem, layout, top, began)
    finally:
        layout.forget()


def _top(layout: Layout, start: Floats | None) -> Top | Settled:
    """The highest point.

    Raises
    ------
    DidNotConverge : there is none
    """
    try:
        if layout.settle is not None:
            layout.refuse_separation()  # effects of actors would soak up what runs off, and say no more of it
            top: Top | Settled = layout.settle()
        else:
            if start is None:
                start = layout.start if layout.warm is None else layout.warm(layout.start)
            top = climb(
                layout.sums,
                start,
                layout.precision,
                layout.names,
                largest_step=layout.largest_step,
                size=layout.size,
                tolerance=layout.tolerance,
            )
    except NoTop:
        layout.refuse_separation()
        raise
    if top.is_doubtful:
        layout.refuse_separation()
    return top


def _fit(problem: Problem, layout: Layout, top: Top | Settled, began: float) -> RemFit:
    likelihood = problem.request.model
    return RemFit(
        names=layout.names,
        estimate=top.estimate,
        covariance=top.covariance,
        robust=None if layout.robust is None else layout.robust(top.estimate, top.covariance),
        log_likelihood=top.value + likelihood.constant(layout.margins),
        null_log_likelihood=likelihood.null(layout.margins),
        n_events=int(problem.plan.events),
        n_time_points=problem.plan.points,
        n_dyads=layout.n_dyads,
        n_rows=problem.rows,
        passes=top.passes,
        seconds=time.process_time() - began,
        request=problem.request,
        stream=problem.given,
        random=top.random if isinstance(top, Settled) else (),
        notes=problem.notes,
        fixed=dict(problem.fixed),
    )
