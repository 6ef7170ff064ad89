"""Events expanded to ordered pairs of nodes: a joint act is one event and many pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.account.cases import Case
from lynchpin.events import volume_of


@dataclass(frozen=True, slots=True, eq=False)
class Acts:
    """Ordered pairs of nodes, one row per event and pair, by day.

    A bloc has its pairs with states of the case where any of its members acts; the last `blocs` nodes are such.

    Arrays have shape (pairs,): `event` is the row in the events, `source` and `target` are positions in `nodes`,
    `event_class` is a position in `classes`, -1 where no class takes the event. A state's acts are those of all its
    sectors; a sector that is a node of its own has its pairs besides.
    """

    nodes: tuple[str, ...]
    classes: tuple[str, ...]
    states: int  # the first so many nodes are states
    day: NDArray[np.int64]
    event: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    event_class: NDArray[np.int64]
    contexts: Sequence[frozenset[str]]  # per event, not per pair
    parties: NDArray[np.int64]  # (events,), states that take part in each event, of the case or not
    event_day: NDArray[np.int64]  # (events,), ascending, every row of the record, the case's or not
    volume: NDArray[np.int64]  # (events,), what each row adds to the volume of the record on its day
    blocs: int = 0
    _kept: dict[object, NDArray[np.bool_]] = field(default_factory=dict, init=False, repr=False)  # of `kept`

    @property
    def among_states(self) -> NDArray[np.bool_]:
        """Which pairs are of states and their sectors alone, and of no bloc: (pairs,)."""
        first = len(self.nodes) - self.blocs
        return (self.source < first) & (self.target < first)

    def only(self, chosen: NDArray[np.bool_]) -> Acts:
        """Some of the pairs."""
        columns = ("day", "event", "source", "target", "event_class")
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})

    def kept(self, asked: object, make: Callable[[], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """What was chosen of the pairs before by the same words: made when first asked for, and not to be changed."""
        if asked not in self._kept:
            self._kept[asked] = make()
            self._kept[asked].setflags(write=False)
        return self._kept[asked]

    def fits(self, classes: Sequence[str], contexts: Sequence[str]) -> NDArray[np.bool_]:
        """Which pairs are of one of these classes and, if any are named, on one of these contexts."""
        wanted = np.isin(self.event_class, [self.classes.index(name) for name in classes])
        if contexts:
            asked = tuple(contexts)
            wanted &= self.kept(asked, lambda: self._on(asked)[self.event])
        return wanted

    def _on(self, contexts: Sequence[str]) -> NDArray[np.bool_]:
        """Which events are on one of some contexts: (events,)."""
        return np.array([not tags.isdisjoint(contexts) for tags in self.contexts], dtype=bool)


def expand(events: pl.DataFrame, case: Case) -> Acts:
    """Expand events to ordered pairs of the case's nodes.

    Parameters
    ----------
    events : DataFrame in the columns of the store plus `event_class`, by date
    case : Case

    Returns
    -------
    Acts. A directed act expands source x target, a mutual act (the same set on both sides) to all ordered pairs inside
    it; a state never acts on itself, but one of its sectors acts on another.
    """
    nodes, classes = case.nodes, case.class_names
    sectors = list(case.sectors)

    def nodes_of(state: str, sector: str) -> pl.Expr:
        inner = pl.concat_str([pl.col(state), pl.lit("."), pl.col(sector)])
        return (
            pl.when(inner.is_in(sectors))
            .then(pl.concat_list(pl.col(state), inner))
            .otherwise(pl.concat_list(pl.col(state)))
        )

    ordered = events.with_row_index("event").with_columns(day=pl.col("date").cast(pl.Int32).cast(pl.Int64))
    ends = (
        ordered.select("event", "day", "source", "target", "source_sector", "target_sector", "event_class")
        .explode("source")
        .explode("target")
    )
    pairs = (
        _with_blocs(ends, case)
        .with_columns(s=nodes_of("source", "source_sector"), t=nodes_of("target", "target_sector"))
        .explode("s")
        .explode("t")
        .filter(
            (pl.col("s") != pl.col("t"))
            & ((pl.col("source") != pl.col("target")) | (pl.col("s").is_in(sectors) & pl.col("t").is_in(sectors)))
        )
        .with_columns(
            s=pl.col("s").replace_strict(list(nodes), list(range(len(nodes))), return_dtype=pl.Int64),
            t=pl.col("t").replace_strict(list(nodes), list(range(len(nodes))), return_dtype=pl.Int64),
            c=pl.col("event_class")
            .replace_strict(list(classes), list(range(len(classes))), default=-1, return_dtype=pl.Int64)
            .fill_null(-1),
        )
        .sort("day", "event", "s", "t")
    )
    by_day = ordered.select("day", n=volume_of(events)).sort("day")
    return Acts(
        nodes=nodes,
        classes=classes,
        states=len(case.states),
        day=pairs["day"].to_numpy(),
        event=pairs["event"].cast(pl.Int64).to_numpy(),
        source=pairs["s"].to_numpy(),
        target=pairs["t"].to_numpy(),
        event_class=pairs["c"].to_numpy(),
        contexts=tuple(frozenset(tags or ()) for tags in events["contexts"].to_list()),
        parties=events["source"].list.set_union(events["target"]).list.len().cast(pl.Int64).to_numpy(),
        event_day=by_day["day"].to_numpy(),
        volume=by_day["n"].to_numpy(),
        blocs=len(case.blocs),
    )


def _with_blocs(ends: pl.DataFrame, case: Case) -> pl.DataFrame:
    """The pairs of ends that are of the case: states, and blocs in the place of their members, once for each act."""
    states = list(case.states)
    if not case.blocs:
        return ends.filter(pl.col("source").is_in(states) & pl.col("target").is_in(states))
    members = {state: bloc for bloc, some in case.blocs.items() for state in some}
    known = [*states, *members]
    named = ends.filter(pl.col("source").is_in(known) & pl.col("target").is_in(known)).with_columns(
        pl.col("source").replace(members), pl.col("target").replace(members)
    )
    return named.unique(maintain_order=True).filter(pl.col("source").is_in(states) | pl.col("target").is_in(states))
