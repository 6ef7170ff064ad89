"""Drawing the future: coefficients from the posterior, counts from the rates, traces from the counts, path by path."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky

from lynchpin.answers.simulate import reference
from lynchpin.answers.simulate._kernel import play
from lynchpin.answers.simulate.inflow import placed
from lynchpin.answers.simulate.moves import FlatMoves, Moves, flat, no_moves
from lynchpin.answers.simulate.program import Compiled, Program, compiled, pairs_of
from lynchpin.answers.simulate.ties import Ties, no_ties
from lynchpin.answers.simulate.uniforms import seed_key
from lynchpin.crew import each
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit

#: Paths that a worker takes at a time, and plays side by side.
_CHUNK = 64

#: A path with a step this many times as full as the fullest of the record has run away.
RUNAWAY = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Simulated counts.

    counts : (draws, periods, units), in the order of `design.units`
    edges : (periods + 1,), days from the origin at which periods begin; the last ends there
    held : float, share of all values of statistics that left the range the record has shown, and were held at its end
    runaway : float, share of paths with a step more than RUNAWAY times as full as the fullest of the record
    index : (draws, periods, ties) or None, the relation index at the end of the step in which a period ends
    expected : (draws, periods, units) or None, the means that the counts were drawn from, each path's own
    """

    counts: NDArray[np.int32]
    edges: NDArray[np.int64]
    held: float
    runaway: float
    index: NDArray[np.float32] | None = None
    expected: NDArray[np.float32] | None = None


def simulate(
    fit: Fit,
    steps: int,
    draws: int,
    seed: int,
    *,
    edges: Sequence[int] | None = None,
    moves: Moves | None = None,
    ties: Ties | None = None,
    expected: bool = False,
    coefficients: Floats | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
) -> Paths:
    """Play a fitted case forward from its origin.

    Parameters
    ----------
    fit : Fit
    steps : int, how many steps
    draws : int, how many paths
    seed : int, one seed gives one answer, whatever the number of workers
    edges : days from the origin, ascending from 0, at which periods begin and the last ends; None: a period is a step.
        An act of a step that two periods share falls on any of its days with the same chance
    moves : Moves or None, what is changed; None for nothing
    ties : Ties or None, from `lynchpin.answers.simulate.ties`, where the relation index is wanted
    expected : bool, keep the means too
    coefficients : ndarray (draws, columns) or None, of every path; None to draw them
    workers : int or None, threads that share the paths; None for one for each core
    executor : any concurrent.futures.Executor in their place

    Returns
    -------
    Paths. Each path draws its own coefficients. The two directions of a dyad share what the record shows them to share:
    the part of a class that mutual acts make up is drawn once for both. Every margin is the fitted negative binomial.
    Every number is looked up by path, step and place (`uniforms`), so that two runs of one seed differ only by what
    `moves` moves. A statistic that leaves the range it has had in the record is held at its end: beyond it the model
    has seen nothing, and a chain of acts that feed one another would run away.
    """
    moves = moves or no_moves(fit, steps)
    beta = posterior(fit, draws, seed) if coefficients is None else coefficients
    width = fit.design.steps.step_days
    at = np.arange(steps + 1) * width if edges is None else np.asarray(edges, dtype=np.int64)
    form = compiled(fit)
    if form is None:
        return _slowly(fit, moves, ties, beta, seed, at, expected)
    periods, units = at.size - 1, len(fit.design.units)
    wanted = ties or no_ties(form.program.pair.shape[0], len(fit.case.classes), steps)
    out = _Out(
        np.zeros((draws, periods, units), dtype=np.int32),
        np.zeros(draws, dtype=np.int64),
        np.zeros(draws, dtype=np.int64),
        np.zeros((draws, periods, wanted.net.size), dtype=np.float32),
        np.zeros((draws, periods if expected else 0, units), dtype=np.float32),
    )
    _share_out(form, flat(moves, form), wanted, beta, seed, at, out, workers, executor)
    return _paths(fit, out, at, moves, ties is not None, expected)


class _Out(NamedTuple):
    """What a run fills in, one row for each path."""

    counts: NDArray[np.int32]
    held: NDArray[np.int64]
    peak: NDArray[np.int64]
    warmth: NDArray[np.float32]
    expected: NDArray[np.float32]


def _share_out(
    form: Compiled,
    moves: FlatMoves,
    ties: Ties,
    beta: Floats,
    seed: int,
    edges: NDArray[np.int64],
    out: _Out,
    workers: int | None,
    executor: Executor | None,
) -> None:
    """Let workers play the paths, chunk by chunk: each chunk fills its own rows of `out`."""
    key = seed_key(seed)
    wholes: tuple[NDArray[Any], ...] = out
    shapes, kinds = [array.shape[1:] for array in wholes], [array.dtype for array in wholes]
    tasks = [
        _Chunk(form.program, moves, ties, beta[first : first + _CHUNK], key, first, edges, shapes, kinds)
        for first in range(0, beta.shape[0], _CHUNK)
    ]

    def put(task: _Chunk, lanes: Sequence[NDArray[Any]]) -> None:
        for whole, lane in zip(wholes, lanes, strict=True):
            whole[task.first : task.first + _CHUNK] = np.moveaxis(lane, -1, 0)

    crew = min(workers or os.cpu_count() or 1, len(tasks))
    if executor is not None:
        for task, lanes in zip(tasks, each(_played, tasks, executor), strict=True):
            put(task, lanes)
    elif crew == 1:
        for task in tasks:
            put(task, _played(task))
    else:
        with ThreadPoolExecutor(crew) as pool:
            list(pool.map(lambda task: put(task, _played(task)), tasks))


class _Chunk(NamedTuple):
    """Paths that are played side by side, and all that it takes."""

    program: Program
    moves: FlatMoves
    ties: Ties
    beta: Floats
    key: np.uint64
    first: int
    edges: NDArray[np.int64]
    shapes: list[tuple[int, ...]]
    kinds: list[np.dtype[Any]]


def _played(task: _Chunk) -> list[NDArray[Any]]:
    """Runs on a worker: what a run fills in, the last axis being the path."""
    lanes = [np.zeros((*shape, len(task.beta)), kind) for shape, kind in zip(task.shapes, task.kinds, strict=True)]
    with np.errstate(over="ignore"):  # keys wrap around; only where the kernel runs uncompiled
        beta = np.ascontiguousarray(task.beta.T)
        play(task.program, task.moves, task.ties, beta, task.key, task.first, task.edges, *lanes)
    return lanes


def posterior(fit: Fit, draws: int, seed: int) -> Floats:
    """Coefficients of every path, from Laplace's Gaussian: shape (draws, columns)."""
    z = np.random.default_rng(seed).standard_normal((draws, fit.estimate.size))
    return np.asarray(fit.estimate + z @ cholesky(fit.covariance))


def fullest(fit: Fit) -> int:
    """Most acts, all units together, that a step of the record holds."""
    return int(np.sum([u.y for u in fit.design.units], axis=0).max())


def _slowly(
    fit: Fit, moves: Moves, ties: Ties | None, beta: Floats, seed: int, edges: NDArray[np.int64], expected: bool
) -> Paths:
    """The same by the reference."""
    units = placed(fit.design)
    pairs, width = pairs_of(units), fit.design.steps.step_days
    played = reference.play(fit, moves, beta, seed)
    law = np.array([units[there][0] for there, _ in pairs])
    wanted = ties or no_ties(len(pairs), len(fit.case.classes), moves.steps)
    out = _Out(
        reference.in_periods(played.acts, pairs, seed, edges, width).astype(np.int32),
        played.held,
        reference.by_unit(played.acts, pairs).sum(axis=2).max(axis=1),
        reference.relation_index(played.acts, wanted, law, seed, edges, width).astype(np.float32),
        reference.means_in_periods(played.means, edges, width).astype(np.float32),
    )
    return _paths(fit, out, edges, moves, ties is not None, expected)


def _paths(fit: Fit, out: _Out, edges: NDArray[np.int64], moves: Moves, index: bool, expected: bool) -> Paths:
    values = out.counts.shape[0] * moves.steps * moves.pull.shape[1]
    runaway = float((out.peak > RUNAWAY * max(fullest(fit), 1)).mean())
    held = float(out.held.sum()) / max(values, 1)
    return Paths(out.counts, edges, held, runaway, out.warmth if index else None, out.expected if expected else None)
