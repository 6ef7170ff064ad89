"""From a record of acts of many parties to a fit: columns of every set that is compared, and the climb."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lynchpin.engine.hyper.effects import HyperEffect, parse_hyper_effects
from lynchpin.engine.hyper.record import Record, read_record
from lynchpin.engine.hyper.sample import draw_sets
from lynchpin.engine.hyper.statistics import Sets, closure, of_values, subset_repetition
from lynchpin.engine.likelihoods.newton import climb, refuse_empty
from lynchpin.engine.likelihoods.ordinal import BRESLOW
from lynchpin.engine.likelihoods.rows import Block
from lynchpin.engine.rem.actors import Actors
from lynchpin.engine.rem.events import column_of, read_table
from lynchpin.engine.rem.names import read_names
from lynchpin.engine.rem.times import place_of, time_of
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.numbers import Z90

_VALUES = {"actor": ("actor", "node", "label", "name"), "value": ("value", "replace"), "time": ("time", "date", "day")}


@dataclass(frozen=True, slots=True, eq=False)
class HyperFit:
    """A relational hyperevent model fitted to a record.

    `covariance` is the inverse of the observed information. `n_sets`: how many sets were compared, the events among
    them. `controls`, `seed`: how many others were drawn for each event, and with which numbers.
    """

    names: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    n_events: int
    n_sets: int
    n_actors: int
    sizes: tuple[int, int]
    controls: int
    seed: int
    notes: tuple[str, ...]
    seconds: float

    @property
    def se(self) -> Floats:
        out: Floats = np.sqrt(np.diag(self.covariance))
        return out

    @property
    def aic(self) -> float:
        return 2.0 * len(self.names) - 2.0 * self.log_likelihood

    def to_frame(self) -> pl.DataFrame:
        """One row per coefficient: name, estimate, se, z, p, lower, upper (90 %)."""
        se, z = self.se, self.estimate / self.se
        return pl.DataFrame(
            {
                "name": self.names,
                "estimate": self.estimate,
                "se": se,
                "z": z,
                "p": [math.erfc(abs(one) / math.sqrt(2.0)) for one in z],
                "lower": self.estimate - Z90 * se,
                "upper": self.estimate + Z90 * se,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """The `--json` answer: numbers whole, not shortened."""
        table = self.to_frame()
        return {
            "names": list(self.names),
            **{name: table[name].to_list() for name in table.columns[1:]},
            "log_likelihood": self.log_likelihood,
            "null_log_likelihood": self.null_log_likelihood,
            "aic": self.aic,
            "n_events": self.n_events,
            "n_sets": self.n_sets,
            "n_actors": self.n_actors,
            "sizes": list(self.sizes),
            "controls": self.controls,
            "seed": self.seed,
            "notes": list(self.notes),
            "seconds": self.seconds,
        }

    def summary(self) -> str:
        """For a terminal: the table, and what its numbers rest on."""
        wide = max(10, *(len(name) for name in self.names))
        head = f"{'':<{wide}}  {'Estimate':>10}  {'Std. Err':>9}  {'z value':>8}  {'90 % interval':>23}"
        rows = [
            f"{name:<{wide}}  {b:>10.5f}  {se:>9.5f}  {z:>8.2f}  {lower:>10.5f} to {upper:>9.5f}"
            for name, b, se, z, _, lower, upper in self.to_frame().iter_rows()
        ]
        low, high = self.sizes
        return "\n".join(
            [
                "Relational hyperevent model, conditional likelihood",
                f"{self.n_events:,} events, each of {low} to {high} of {self.n_actors:,} actors, {self.n_sets:,} sets",
                "",
                head,
                *rows,
                "",
                f"log-likelihood {self.log_likelihood:.4f}   null {self.null_log_likelihood:.4f}   AIC {self.aic:.2f}",
                "",
                f"- each event is compared with {self.controls} other sets of its size (seed {self.seed})",
                "- events of one time share their history: only what is strictly before counts",
                "- standard errors: inverse observed information; intervals are 90 %",
                *(f"- note: {line}" for line in self.notes),
            ]
        )


def hyper(
    events: str | Path | pl.DataFrame | Record,
    effects: str,
    *,
    controls: int = 10,
    actors: Actors | None = None,
    covariates: Mapping[str, pl.DataFrame] | None = None,
    half_life: str | float | None = None,
    start: str | float | None = None,
    time_unit: str | None = None,
    seed: int = 1,
) -> HyperFit:
    """Fit a relational hyperevent model: which set of actors meets, given how many do.

    Parameters
    ----------
    events : a file or a frame of time and participants (apart by `;`), or of time, event and actor: see `read_record`
    effects : `subrep(1, 30d) subrep(2, 30d) closure(30d) average(gdp)`: see `HYPER_STATISTICS`
    controls : other sets of the same size that each event is compared with
    actors : those that could take part, where some never do: a file, a frame of actor, or names
    covariates : name -> frame of actor, value and, if it varies, time; a value counts after its time
    half_life : of effects that name none; None: they do not decay
    start : events before it are history only
    time_unit : of times that are numbers
    seed : of the draw of controls

    Raises
    ------
    LynchpinError : the record or the effects cannot be read, or the record cannot tell what is asked

    References
    ----------
    Lerner and Lomi (2023), Relational hyperevent models for polyadic interaction networks, Journal of the Royal
    Statistical Society A 186(3).

    Examples
    --------
    >>> import polars as pl
    >>> who = ["A;B;C", "A;B", "B;C;D", "A;B;D", "C;D", "A;B;C", "A;B"]
    >>> found = hyper(pl.DataFrame({"time": range(7), "participants": who}), "subrep(1)", controls=2)
    >>> found.names, found.n_events
    (('subrep(1)',), 7)
    """
    began = time.process_time()
    record = events if isinstance(events, Record) else read_record(events, actors=_names(actors), time_unit=time_unit)
    asked = parse_hyper_effects(effects, record.clock, half_life)
    first, notes = 0, list(record.notes)
    if start is not None:
        when, said = time_of(start, "start", record.clock)
        first, notes = int(np.searchsorted(record.when, when)), [*notes, *said]
    refuse_empty(record.count - first)
    sets, ptr = draw_sets(record, first, controls, seed)
    X = columns(record, sets, asked, covariates or {}, notes)
    names = tuple(effect.name(record.clock) for effect in asked)
    groups = np.arange(ptr.size - 1)
    block = Block(X, ptr, np.ones(groups.size), np.append(groups, groups.size), ptr[:-1], np.ones(groups.size))
    size = np.sqrt((X * X).mean(axis=1) * groups.size)
    top = climb(lambda beta: BRESLOW.sums(block, beta), np.zeros(len(names)), np.zeros(len(names)), names, size=size)
    taking_part = np.diff(record.ptr)[first:]
    return HyperFit(
        names=names,
        estimate=top.estimate,
        covariance=top.covariance,
        log_likelihood=top.value,
        null_log_likelihood=-float(np.log(np.diff(ptr)).sum()),
        n_events=groups.size,
        n_sets=int(ptr[-1]),
        n_actors=len(record.actors),
        sizes=(int(taking_part.min()), int(taking_part.max())),
        controls=controls,
        seed=seed,
        notes=tuple(dict.fromkeys(notes)),
        seconds=time.process_time() - began,
    )


def columns(
    record: Record, sets: Sets, effects: Sequence[HyperEffect], covariates: Mapping[str, pl.DataFrame], notes: list[str]
) -> Floats:
    """The statistics of every set that is compared: shape (effects, sets).

    Raises
    ------
    BadData, BadValue, UnknownName : a covariate that is not there, is not used, or has no value for someone
    """
    used = {effect.of for effect in effects} - {""}
    if unused := sorted(set(covariates) - used):
        raise BadValue(
            f"covariate {unused[0]} is in no effect", "covariates", f"leave it out, or say average({unused[0]})"
        )
    for name in sorted(used - set(covariates)):
        raise UnknownName(f"no covariate {name!r}", "effects", suggest(name, covariates, noun="covariate"))
    value = {name: _values(name, table, record, sets, notes) for name, table in covariates.items()}
    if any(effect.statistic == "senderSubrep" for effect in effects) and not record.has_sender:
        raise BadValue("senderSubrep: the events have no sender", "effects", "give a column sender, or use subrep")
    out = np.empty((len(effects), sets.when.size))
    for k, effect in enumerate(effects):
        if effect.statistic == "closure":
            out[k] = closure(record, sets, effect.half_life)
        elif effect.of:
            out[k] = of_values(sets, value[effect.of], spread=effect.statistic == "difference")
        else:
            from_sender = effect.statistic == "senderSubrep"
            out[k] = subset_repetition(record, sets, effect.order, effect.half_life, with_sender=from_sender)
    return out


def _values(name: str, table: pl.DataFrame, record: Record, sets: Sets, notes: list[str]) -> Floats:
    """The value of every actor at every set, strictly before it: shape (sets, actors); nan for those in none."""
    where = place_of(table, f"covariate {name}", notes)
    column = {need: column_of(table, need, where, notes, _VALUES, ("actor", "value")) for need in _VALUES}
    who, number = (
        read_names(table[column["actor"]], where, "actor"),
        dict(zip(record.actors, range(len(record.actors)), strict=True)),
    )
    values = table[column["value"]].cast(pl.Float64, strict=False)
    if (bad := values.is_null() | ~values.is_finite()).any():
        raise BadData(f"{name} is no number: {table[column['value']].filter(bad)[0]!r}", where, "write a number")
    when = np.full(table.height, -np.inf)
    if column["time"]:
        when, said = record.clock.read(table[column["time"]], where)
        notes += said
    others = [one for one in who if one not in number]
    if others:
        notes.append(f"{where}: {len(others):,} names are no actors of the events ({others[0]!r}, ...)")
    out = np.full((sets.when.size, len(record.actors)), np.nan)
    for k in np.argsort(when, kind="stable"):
        if who[int(k)] in number:
            out[int(np.searchsorted(sets.when, when[k], side="right")) :, number[who[int(k)]]] = values[int(k)]
    lacks = np.isnan(out[np.repeat(np.arange(sets.when.size), np.diff(sets.ptr)), sets.who])
    if lacks.any():
        one = record.actors[int(sets.who[int(lacks.argmax())])]
        raise BadData(f"no value for {one}", where, "give every actor a value before it could take part")
    return out


def _names(actors: Actors | None) -> list[str]:
    if actors is None:
        return []
    if isinstance(actors, str | Path):
        actors = read_table(actors)
    if not isinstance(actors, pl.DataFrame):
        return [str(name) for name in actors]
    notes: list[str] = []
    where = place_of(actors, "actors", notes)
    column = column_of(actors, "actor", where, notes, _VALUES, ("actor",))
    return read_names(actors[column], where, "actor").to_list()
