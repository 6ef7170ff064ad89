"""The relation index played forward: what the past of a pair weighs at the origin, and the sizes new acts draw from."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl

from lynchpin.account.cases import Case
from lynchpin.answers.relations.index import DOUBT_ACTS, DOUBT_SIZE, pair_acts
from lynchpin.answers.simulate.program import Ints32
from lynchpin.days import day_number
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit


class Ties(NamedTuple):
    """A tie is an unordered pair of states; none means that no index is wanted."""

    decay: float  # over a step
    within: float  # mean weight of an act of the step at its end
    doubt: float
    net: Floats  # (ties,), decayed magnitude at the origin
    size: Floats  # (ties,), decayed absolute magnitude at the origin
    tie: Ints32  # (pairs,), the tie of each pair of units
    first_size: Ints32  # (classes + 1,)
    sizes: Floats  # magnitudes of past acts, class by class
    added_net: Floats  # (steps, ties), from acts that are put in
    added_size: Floats


def tie_names(case: Case) -> tuple[str, ...]:
    """The pairs of states, named as in the relation index."""
    return tuple("-".join(sorted(pair)) for pair in combinations(case.states, 2))


def no_ties(pairs: int, classes: int, steps: int) -> Ties:
    """No index."""
    none, nobody = np.zeros(0), np.zeros((steps, 0))
    return Ties(
        1.0, 1.0, 1.0, none, none, np.zeros(pairs, np.int32), np.zeros(classes + 1, np.int32), none, nobody, nobody
    )


def ties(
    fit: Fit, pairs: Ints32, steps: int, *, without: frozenset[str] = frozenset(), put_in: pl.DataFrame | None = None
) -> Ties:
    """Where every tie stands at the origin.

    Parameters
    ----------
    fit : Fit
    pairs : ndarray, shape (pairs, 2), units of the two directions
    steps : int
    without : ids of past events that are taken out
    put_in : DataFrame or None, events that are put in, in the columns of the record
    """
    case, origin, width = fit.case, fit.origin, fit.case.step_days
    rate = np.log(2.0) / case.index_half_life_days
    decay = float(np.exp(-rate * width))
    names = {name: k for k, name in enumerate(tie_names(case))}
    past = fit.events.filter(~pl.col("event_id").is_in(list(without))) if without else fit.events
    net, size = _weights(pair_acts(past, case.states), names, origin, case.index_half_life_days)
    added_net, added_size = np.zeros((steps, len(names))), np.zeros((steps, len(names)))
    if put_in is not None and put_in.height:
        for row in pair_acts(put_in, case.states).iter_rows(named=True):
            day = day_number(row["date"]) - day_number(origin)
            step = day // width
            weight = float(np.exp(-rate * ((step + 1) * width - day)))
            added_net[step, names[f"{row['low']}-{row['high']}"]] += weight * row["magnitude"]
            added_size[step, names[f"{row['low']}-{row['high']}"]] += weight * abs(row["magnitude"])
    seen = [
        np.sort(fit.events.filter(pl.col("event_class") == c)["magnitude"].drop_nulls().to_numpy())
        for c in case.class_names
    ]
    units = fit.design.units
    tie = [names["-".join(sorted((units[u].source, units[u].target)))] for u in pairs[:, 0]]
    return Ties(
        decay=decay,
        within=(1.0 - decay) / (rate * width),
        doubt=DOUBT_ACTS * DOUBT_SIZE,
        net=net,
        size=size,
        tie=np.array(tie, dtype=np.int32),
        first_size=np.concatenate([[0], np.cumsum([s.size for s in seen])]).astype(np.int32),
        sizes=np.concatenate(seen).astype(np.float64),
        added_net=added_net,
        added_size=added_size,
    )


def _weights(acts: pl.DataFrame, names: dict[str, int], origin: date, half_life_days: float) -> tuple[Floats, Floats]:
    """Decayed magnitude and decayed absolute magnitude of every tie on a day."""
    age = day_number(origin) - acts["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    kept = np.where(age > 0, 2.0 ** (-age / half_life_days), 0.0)
    where = [names[f"{low}-{high}"] for low, high in acts.select("low", "high").iter_rows()]
    m = acts["magnitude"].to_numpy()
    net, size = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(net, where, kept * m)
    np.add.at(size, where, kept * np.abs(m))
    return net, size
