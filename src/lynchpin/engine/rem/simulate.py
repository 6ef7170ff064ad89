"""Records drawn from a fit: what the model holds to be as likely as what happened.

Under `ordinal` and `choice` the time points, and how many events each has (of which sender), are those of the record,
and who acts is drawn, given what was drawn before. Under `interval` the waits are drawn too: the total rate is
integrated from one event on until it has used up a wait of a standard exponential (Daley and Vere-Jones 2003, An
Introduction to the Theory of Point Processes, section 7.4). Coefficients are those of the estimate.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from lynchpin.crew import each
from lynchpin.engine.rem.alive import Alive
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.problem import Problem, history_of, prepare
from lynchpin.engine.rem.shards import row_numbers
from lynchpin.engine.rem.stretches import integral_of, reading, used_up_after
from lynchpin.engine.rem.waits import moves_of
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue, DidNotConverge

if TYPE_CHECKING:
    from lynchpin.engine.rem.result import RemFit

#: The likelihoods that records are drawn from.
KINDS = ("ordinal", "interval", "choice")

#: Within this share of a half-life a total rate is read off so many instants: of a longer stretch, the last.
_STRETCHES, _INSTANTS = (0.01, 0.1, 0.5), (3, 5, 8)
#: What has decayed for so many half-lives since the last jump stands still.
_STILL = 40.0
#: Of how many times the events of the record a draw is given up: its rates run off.
_RUNAWAY = 20
#: Tries at a set of dyads that are all different, for exact ties.
_TRIES = 100_000


class Drawn(NamedTuple):
    """One record.

    when, src, dst, kind : (events,), by time; positions in the actors and types of the stream
    totals : (columns,), the sum of each column over the events, the baseline's left out
    """

    when: Floats
    src: Ints
    dst: Ints
    kind: Ints
    totals: Floats


class _Task(NamedTuple):
    fit: RemFit
    seed: int
    draws: tuple[int, ...]


def draw_records(fit: RemFit, draws: int, *, seed: int = 1, executor: Executor | None = None) -> list[Drawn]:
    """Records from a fit, each with random numbers of its own.

    Parameters
    ----------
    fit : RemFit, ordinal, interval or choice
    draws : how many, 1 or more
    seed : of the random numbers; a draw's are those of the seed and its number, whoever makes it
    executor : any concurrent.futures.Executor, or None for this process

    Raises
    ------
    BadValue : a fit that records are not drawn from, or a number that is none
    DidNotConverge : rates run off: a draw has many times the events of the record
    """
    refuse(fit, draws, seed)
    size = 1 if executor is None else 8
    tasks = [_Task(fit, seed, tuple(range(a, min(a + size, draws)))) for a in range(0, draws, size)]
    if executor is None:
        problem = prepared(fit)
        return [_record(fit, problem, seed, k) for task in tasks for k in task.draws]
    return [one for some in each(_records, tasks, executor) for one in some]


def refuse(fit: RemFit, draws: int, seed: int) -> None:
    """What no record is drawn from.

    Raises
    ------
    BadValue
    """
    request = fit.request
    if draws < 1:
        raise BadValue(f"{draws} draws", "draws", "ask for 1 or more")
    if not 0 <= seed < 2**63:
        raise BadValue(f"seed must be a whole number from 0 to 2^63 - 1, not {seed}", "seed", "mend it")
    if request.likelihood not in KINDS or request.needs.mutual:
        what = "a choice of coordination" if request.needs.mutual else f"the {request.likelihood} likelihood"
        raise BadValue(f"no records are drawn from {what}", "simulate", f"use {', '.join(KINDS)}")
    if request.risk_set == "senders":
        mend = "fit everyone's dyads, or the receivers by --likelihood choice"
        raise BadValue("a model of senders says nothing of receivers", "simulate", mend)
    if request.has_pair_spells:
        raise BadValue("who is at risk follows from the record itself", "simulate", "leave out since and until")
    if request.likelihood == "interval" and request.clock == "order":
        raise BadValue("waits are not counted", "simulate", "leave out clock")


def prepared(fit: RemFit) -> Problem:
    """The problem of a fit, everyone at risk, without the events that are to be drawn."""
    ties = fit.request.ties
    request = replace(fit.request, controls=None, ties="breslow" if ties == "exact" else ties)
    return prepare(request, fit.stream, without_acts=True)


def explained_events(problem: Problem) -> Ints:
    """Which events of the stream a fit explains, those that draws stand for."""
    out: Ints = np.flatnonzero(~history_of(problem.plan, problem.stream, problem.explained))
    return out


def _records(task: _Task) -> list[Drawn]:
    problem = prepared(task.fit)
    return [_record(task.fit, problem, task.seed, k) for k in task.draws]


def _record(fit: RemFit, problem: Problem, seed: int, number: int) -> Drawn:
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, number])))
    making = _Making(fit, problem, rng)
    return making.waits() if problem.request.needs.waits else making.points()


class _Making:
    """A record while it is made."""

    def __init__(self, fit: RemFit, problem: Problem, rng: np.random.Generator) -> None:
        self.fit, self.problem, self.rng = fit, problem, rng
        self.alive = Alive(problem)
        self.beta = fit.every_estimate[: problem.features.columns]
        self.first = int(problem.features.baseline)
        self.like = explained_events(problem)
        self.events: list[tuple[float, int, int, int]] = []
        self.totals = np.zeros(problem.features.columns - self.first)

    def predictor(self, part: Plan, X: Floats) -> Floats:
        """Of every row of a part, by its columns, random effects added."""
        eta: Floats = self.beta @ X
        if self.fit.random:
            rows = row_numbers(part)
            for factor in self.fit.random:
                eta = eta + factor.of_rows(part.i[rows], part.j[rows], self.problem.features.n)
        return eta

    def add(self, when: float, part: Plan, row: int, X: Floats, like: int) -> None:
        """The event of a row: it is told, and remembered."""
        at = int(part.lo[-1]) + row
        kind = int(self.problem.stream.kind[like]) if part.kind is None else int(part.kind[at])
        src, dst = int(part.i[at]), int(part.j[at])
        self.events.append((when, src, dst, kind))
        self.totals += X
        self.alive.remember(when, src, dst, kind, like)

    def made(self) -> Drawn:
        when, src, dst, kind = (np.array(column) for column in zip(*self.events, strict=True)) if self.events else (
            np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
        )  # fmt: skip
        return Drawn(when.astype(float), src, dst, kind, self.totals)

    # -- Who, at the time points of the record.

    def points(self) -> Drawn:
        """As many events at each time point as the record has, of the same senders where receivers are chosen."""
        plan, stream, k = self.problem.plan, self.problem.stream, 0
        like = self._by_group()
        counts = np.add.reduceat(plan.seen_count, plan.seen_ptr[:-1]) if plan.seen_count.size else np.empty(0)
        for g in range(plan.groups):
            count = int(counts[g]) if plan.seen_ptr[g + 1] > plan.seen_ptr[g] else 0
            if not count:
                continue
            part = plan.part(g, g + 1)
            X = self.alive.columns(part)
            eta = self.predictor(part, X)
            for row in self._rows(np.exp(eta - eta.max()), count, float(part.at[0])):
                self.add(float(stream.when[like[k]]), part, row, X[:, row][self.first :], int(like[k]))
                k += 1
        return self.made()

    def _by_group(self) -> Ints:
        """The events of the record in the order of the groups: by time, and by sender where a group is of one."""
        stream, like = self.problem.stream, self.like
        if self.problem.request.needs.by_sender:
            return like[np.lexsort((stream.src[like], stream.when[like]))]
        return like

    def _rows(self, weight: Floats, count: int, when: float) -> Ints:
        """Rows that act at one time, each by its weight; under exact ties no row twice.

        Raises
        ------
        DidNotConverge : so many different rows are not found
        """
        ends = np.cumsum(weight)
        for _ in range(_TRIES if self.fit.request.ties == "exact" else 1):
            rows = np.searchsorted(ends, self.rng.random(count) * ends[-1], side="right").clip(0, weight.size - 1)
            if self.fit.request.ties != "exact" or np.unique(rows).size == count:
                found: Ints = rows.astype(np.int64)
                return found
        what = f"no {count} different dyads at {self.problem.stream.clock.say(when)} were drawn in {_TRIES:,} tries"
        raise DidNotConverge(what, "simulate", "fit with ties=efron: events of one time are then drawn each by itself")

    # -- Who and when.

    def waits(self) -> Drawn:
        """Events from when the clock starts until it stops."""
        plan, risk = self.problem.plan, self.problem.risk
        t, end = float(plan.since[0]), float(plan.at[-1])
        turns = risk.turns()
        jumps = np.unique(np.concatenate([turns, *self.alive.moves_at(), [end]]))
        stays = self.problem.request.decay_to == "previous"
        moves = moves_of(self.problem.features, decay_stays=stays)
        half_lives = moves.half_lives if not stays else ()
        others = np.unique(self.problem.stream.when[history_of(plan, self.problem.stream, self.problem.explained)])
        most = _RUNAWAY * max(self.like.size, 50)
        rows: dict[int, Plan] = {}
        left, jumped, total = float(self.rng.exponential()), t, 0.0
        while t < end:
            nearest = int(np.searchsorted(jumps, t, side="right"))
            until = min(float(jumps[nearest]), self.alive.next_after(t))
            epoch = int(np.searchsorted(turns, t, side="right"))
            if epoch not in rows:
                rows[epoch] = self._everyone(t)
            if not rows[epoch].hi[0]:  # nobody is at risk
                t, jumped = until, until
                continue
            scales = [h for h in half_lives if t - jumped < _STILL * h]
            scales += [1.0 + t - jumped] if moves.has_ages else []
            scale = min(scales, default=np.inf)
            if np.isfinite(scale):
                until = min(until, t + _STRETCHES[-1] * scale, t + 3.0 * left / total if total > 0.0 else np.inf)
                until = max(until, float(np.nextafter(t, np.inf)))
            k = 1 if not np.isfinite(scale) else _INSTANTS[int(np.searchsorted(_STRETCHES[:-1], (until - t) / scale))]
            x, _ = reading(k)
            at = np.minimum(t + (until - t) * x, until)
            back = self._previous(t, others) if stays else None
            part = _at(rows[epoch], at, back)
            X = self.alive.columns(part)
            eta = self.predictor(part, X)
            with np.errstate(over="ignore"):
                rates = np.exp(eta).reshape(k, -1)
            totals = rates.sum(axis=1)
            if not np.isfinite(totals).all():
                raise _ran_off(len(self.events))
            total = float(totals[-1])
            went = used_up_after(totals, left, until - t)
            if went is None:
                left -= integral_of(totals, until - t)
                if until == float(jumps[nearest]) or self.alive.next_after(t) == until:
                    jumped = until
                t = until
                continue
            t = min(max(t + went, float(np.nextafter(t, np.inf))), end)
            if k > 1:  # whose event it is goes by the rates of its instant
                part = _at(rows[epoch], np.array([t]), back)
                X = self.alive.columns(part)
                rates = np.exp(self.predictor(part, X))[None]
            row = int(self._rows(rates[-1], 1, t)[0])
            column = X.reshape(X.shape[0], -1, rates.shape[1])[self.first :, -1, row]
            self.add(t, part, row, column, int(self.like[self.rng.integers(self.like.size)]))
            if len(self.events) > most:
                raise _ran_off(len(self.events))
            left, jumped = float(self.rng.exponential()), t
        return self.made()

    def _previous(self, t: float, others: Floats) -> float:
        """The time point that decay is held at: that of the last event of any kind, not after t."""
        before = int(np.searchsorted(others, t, side="right"))
        last = float(others[before - 1]) if before else float(self.problem.plan.decay_to[0])
        return max(last, self.events[-1][0]) if self.events else last

    def _everyone(self, t: float) -> Plan:
        """Everyone at risk just after t, as a plan of one instant."""
        risk = self.problem.risk
        rows = np.flatnonzero((risk.enter <= t) & (t < risk.leave))
        rows, kind, _ = risk.alternatives(rows, by_sender=False)
        one, none = np.zeros(1), np.zeros(1, np.int64)
        size = np.array([rows.size])
        kind_of = None if risk.kinds is None else kind
        return Plan(
            one, one, np.ones(1), none, size, risk.i[rows], risk.j[rows], None, np.zeros(2, np.int64), none[:0],
            one[:0], size, one, none, kind_of,
        )  # fmt: skip


def _ran_off(events: int) -> DidNotConverge:
    what = f"the rates of a draw run off: {events:,} events and more"
    return DidNotConverge(
        what, "simulate", "let effects decay, or take scale=log1p: what feeds on itself grows for ever"
    )


def _at(everyone: Plan, at: Floats, decay_to: float | None) -> Plan:
    """The same rows at other instants."""
    k = at.size
    decay = at if decay_to is None else np.full(k, decay_to)
    lo, hi = np.zeros(k, np.int64), np.repeat(everyone.hi, k)
    i, j, kind = everyone.i, everyone.j, everyone.kind
    if kind is not None:  # rows of a type are found by where they stand in one list
        i, j, kind = np.tile(i, k), np.tile(j, k), np.tile(kind, k)
        lo = np.arange(k) * everyone.hi[0]
        hi = lo + everyone.hi[0]
    return replace(everyone, at=at, decay_to=decay, lo=lo, hi=hi, i=i, j=j, kind=kind)


def as_frame(fit: RemFit, drawn: list[Drawn]) -> pl.DataFrame:
    """The events of every record: draw (from 1), time, sender, receiver, and type where events have any."""
    stream = fit.stream
    actors, kinds = (pl.Series(names, dtype=pl.String) for names in (stream.actors, stream.kinds))
    sizes = [one.when.size for one in drawn]

    def column(name: str) -> Floats:
        return np.concatenate([getattr(one, name) for one in drawn])

    frame = pl.DataFrame(
        {
            "draw": np.repeat(np.arange(1, len(drawn) + 1), sizes),
            "time": column("when"),
            "sender": actors[column("src").astype(np.int64)],
            "receiver": actors[column("dst").astype(np.int64)],
        }
    )
    if any(stream.kinds):
        frame = frame.with_columns(type=kinds[column("kind").astype(np.int64)])
    if fit.request.clock == "order":
        times = np.unique(stream.when)
        frame = frame.with_columns(time=times[frame["time"].to_numpy().astype(np.int64) - 1])
    if stream.is_dated:
        day = 86_400_000_000
        frame = frame.with_columns((pl.col("time") * day).round().cast(pl.Int64).cast(pl.Datetime("us")))
    return frame
