"""How well a fit tells what happens: the rank of what happened, waiting times, counts; and the same for new events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.stats import kstest

from lynchpin.engine.likelihoods.rows import Block
from lynchpin.engine.rem.events import NO_WEIGHT, EventStream, stream_of
from lynchpin.engine.rem.frames import Frame, as_polars
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.problem import Problem, prepare
from lynchpin.engine.rem.shards import blocks_of, row_numbers
from lynchpin.engine.rem.work import Work
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData, BadValue
from lynchpin.numbers import per_cent

if TYPE_CHECKING:
    from lynchpin.engine.rem.result import RemFit


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """Goodness of fit.

    recall : share of events among the top 1, 5, 10 % of dyads by their predicted chance, and the mean rank (1 best)
        as a share of the risk set; a guess has 0.01, 0.05, 0.10 and 0.5
    surprise : mean of -log chance of what happened; `null_surprise` is that of a guess
    waiting_p : the p-value of Kolmogorov and Smirnov that the total rate, integrated over each wait, is exponential, or
        None
    pit : for counts, the heights of ten bins of the probability integral transform (each 1 when the model is right),
        or None
    """

    recall: dict[str, float]
    surprise: float | None
    null_surprise: float | None
    waiting_p: float | None
    pit: Floats | None

    def summary(self) -> str:
        """For a terminal."""
        cuts = ", ".join(f"{per_cent(self.recall[f'top_{cut}_percent'], 1)} in the first {cut} %" for cut in (1, 5, 10))
        lines = [
            f"Of what happened, ranked by its chance: {cuts}; mean rank {per_cent(self.recall['mean_rank'], 1)} "
            "(0 % first)."
        ]
        if self.surprise is not None and self.null_surprise is not None:
            lines.append(f"Surprise {self.surprise:.3f} for each event; of a guess {self.null_surprise:.3f}.")
        if self.waiting_p is not None:
            lines.append(f"Waits are those of the model: p {self.waiting_p:.3f} (Kolmogorov and Smirnov).")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        return {
            "recall": self.recall,
            "surprise": self.surprise,
            "null_surprise": self.null_surprise,
            "waiting_p": self.waiting_p,
            "pit": None if self.pit is None else self.pit.tolist(),
        }


def check(fit: RemFit, *, seed: int = 1) -> Checks:
    """Goodness of fit on the events that were fitted, everyone at risk.

    Raises
    ------
    BadValue : a type model, which has no dyads to rank
    """
    if fit.request.needs.events_only:
        raise BadValue("a type model ranks no dyads", "check", "use another likelihood")
    problem = everyone_at_risk(fit, fit.stream)
    likelihood = fit.request.model
    beta = fit.every_estimate[: problem.features.columns]
    ranks, pits = [], []
    hazard, ended = np.zeros(int(problem.plan.point[-1]) + 1), problem.plan.point[np.diff(problem.plan.seen_ptr) > 0]
    for part, block in read_parts(problem):
        eta = predictor(fit, part, block, beta)
        ranks.append(_ranks(block, part, eta))
        if likelihood.needs.waits:
            np.add.at(hazard, part.point, part.exposure * np.add.reduceat(np.exp(eta), block.ptr[:-1]))
        if likelihood.cumulative is not None:
            mu = np.exp(eta) * np.repeat(block.exposure, np.diff(block.ptr))
            y = np.zeros(mu.size)
            y[block.seen_row] = block.seen_count
            pits.append(_pit(*likelihood.cumulative(y, mu, fit.every_estimate)))
    table = pl.concat(ranks)
    share = (table["rank"] - 0.5) / table["n_at_risk"]
    recall = {f"top_{cut}_percent": float((share <= cut / 100).mean()) for cut in (1, 5, 10)}  # type: ignore[arg-type]
    recall["mean_rank"] = float(share.mean())  # type: ignore[arg-type]
    return Checks(
        recall=recall,
        surprise=-float(table["probability"].log().mean()),  # type: ignore[arg-type]
        null_surprise=float(table["n_at_risk"].cast(pl.Float64).log().mean()),  # type: ignore[arg-type]
        # the wait at a stop has not ended
        waiting_p=float(kstest(hazard[ended], "expon").pvalue) if likelihood.needs.waits else None,
        pit=None if not pits else 10.0 * np.sum([p for p, _ in pits], axis=0) / sum(c for _, c in pits),
    )


def predict(fit: RemFit, events: EventStream | Frame) -> pl.DataFrame:
    """The chance and the rank of each new event among all that could have happened at its time.

    Parameters
    ----------
    fit : RemFit
    events : new events, all later than those that were fitted; they join the past of one another as time goes on

    Returns
    -------
    DataFrame, one row per event that is explained: time, sender, receiver, probability, rank (1 best, ties shared),
    n_at_risk; and the type, where types are at risk

    Raises
    ------
    BadData : an actor that the fit does not know, an event that is not later, or none that is explained
    """
    if fit.request.needs.events_only:
        raise BadValue("a type model ranks no dyads", "predict", "use another likelihood")
    old = fit.stream
    if not isinstance(events, EventStream):
        events = as_polars(events, "new events")
        weight, unit = old.weighed_by or NO_WEIGHT, None if old.is_dated else old.unit or None
        new = stream_of(events, where="new events", actors=old.actors, weight=weight, time_unit=unit)
    else:
        new = events
    joined = _joined(old, new)
    outcome = fit.request.outcome
    if outcome and not set(outcome) & {new.kinds[kind] for kind in np.unique(new.kind)}:
        raise BadData(f"no event is of type {' or '.join(outcome)}", "new events", "give some that are explained")
    problem = everyone_at_risk(fit, joined, stop=None)
    since = float(problem.stream.when[old.count])
    beta = fit.every_estimate[: problem.features.columns]
    out = [
        _ranks(block, part, predictor(fit, part, block, beta)).with_columns(
            time=part.at[np.repeat(np.arange(part.groups), np.diff(part.seen_ptr))],
            sender=part.i[row_numbers(part)][block.seen_row],
            receiver=part.j[row_numbers(part)][block.seen_row],
            type=0 if part.kind is None else part.kind[row_numbers(part)][block.seen_row],
        )
        for part, block in read_parts(problem)
        if part.at[-1] >= since
    ]
    names, kinds = list(joined.actors), list(joined.kinds)
    table = pl.concat(out).filter(pl.col("time") >= since)
    table = table.with_columns(pl.col("type").replace_strict(list(range(len(kinds))), kinds, return_dtype=pl.String))
    typed = ["type"] if fit.request.typed else []
    if fit.request.clock == "order":
        times = np.unique(joined.when)
        table = table.with_columns(time=times[table["time"].to_numpy().astype(np.int64) - 1])
    return table.with_columns(
        pl.col(side).replace_strict(list(range(len(names))), names, return_dtype=pl.String)
        for side in ("sender", "receiver")
    ).select("time", "sender", "receiver", *typed, "probability", "rank", "n_at_risk")


def everyone_at_risk(fit: RemFit, stream: EventStream, **changed: Any) -> Problem:
    """The problem of a fit without a sample of controls, on a stream."""
    return prepare(replace(fit.request, controls=None, ties="breslow", **changed), stream)  # ties move no predictor


def read_parts(problem: Problem) -> Iterator[tuple[Plan, Block]]:
    """The plan in blocks, each with its columns."""
    work = Work(problem.features, problem.plan, problem.request.model, memory=0)
    for shard in work.shards:
        yield from zip(shard.parts, blocks_of(shard), strict=True)


def predictor(fit: RemFit, part: Plan, block: Block, beta: Floats) -> Floats:
    """Of every row of a block, random effects added."""
    eta = block.eta(beta)
    rows = row_numbers(part) if fit.random else np.empty(0, np.int64)
    for factor in fit.random:
        eta += factor.of_rows(part.i[rows], part.j[rows], len(fit.stream.actors))
    return eta


def _ranks(block: Block, part: Plan, eta: Floats) -> pl.DataFrame:
    rank, chance, size = [], [], []
    for g in range(part.groups):
        mine = eta[block.ptr[g] : block.ptr[g + 1]]
        seen = block.seen_row[block.seen_ptr[g] : block.seen_ptr[g + 1]]
        if not seen.size:
            continue
        ordered, w = np.sort(mine), np.exp(mine - mine.max())
        above = mine.size - np.searchsorted(ordered, eta[seen], side="right")
        equal = mine.size - above - np.searchsorted(ordered, eta[seen], side="left")
        rank.append(above + (equal + 1) / 2)
        chance.append(np.exp(eta[seen] - mine.max()) / w.sum())
        size.append(np.full(seen.size, mine.size))
    joined = [np.concatenate(parts) if parts else np.empty(0) for parts in (rank, chance, size)]
    return pl.DataFrame({"rank": joined[0], "probability": joined[1], "n_at_risk": joined[2].astype(np.int64)})


def _pit(upper: Floats, lower: Floats) -> tuple[Floats, int]:
    """Mass of the transform in ten bins (Czado, Gneiting and Held 2009, Biometrics 65), and how many counts.

    upper, lower : (counts,), the chance of so many or fewer, and of fewer
    """
    edges = np.linspace(0, 1, 11)[:, None]
    inside = np.clip((edges - lower) / np.maximum(upper - lower, 1e-300), 0.0, 1.0)
    return np.diff(inside.sum(axis=1)), upper.size


def _joined(old: EventStream, new: EventStream) -> EventStream:
    if unknown := set(new.actors) - set(old.actors):
        raise BadData(f"the fit does not know {sorted(unknown)[0]}", "new events", "predict among the same actors")
    if new.is_dated != old.is_dated:
        raise BadData(
            f"the times of the fitted events are {old.clock}, those of the new ones {new.clock}",
            "new events",
            "write them as those that were fitted",
        )
    if new.when[0] <= old.when[-1]:
        raise BadData("a new event is not later than the fitted ones", "new events", "give later events only")
    kinds = tuple(sorted({*old.kinds, *new.kinds}))
    actor = np.array([old.actors.index(name) for name in new.actors], np.int32)

    def kind(stream: EventStream) -> Any:
        return np.array([kinds.index(name) for name in stream.kinds], np.int32)[stream.kind]

    return replace(
        old,
        when=np.concatenate([old.when, new.when]),
        src=np.concatenate([old.src, actor[new.src]]),
        dst=np.concatenate([old.dst, actor[new.dst]]),
        kind=np.concatenate([kind(old), kind(new)]),
        weight=np.concatenate([old.weight, new.weight]),
        kinds=kinds,
    )
