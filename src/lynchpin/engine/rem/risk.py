"""Who could have acted: the dyads at risk, and which of them at each instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.engine.rem.events import COLUMN_NAMES, EventStream, Index, column_of
from lynchpin.engine.rem.names import NO_VALUE, meant, read_names
from lynchpin.engine.rem.times import Source, line_at, line_of, place_of
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData, BadValue, UnknownName, suggest

RISK_SETS = ("full", "active", "senders")
_SPELL = {"actor": ("actor", "node", "label", "name"), "from": ("from", "start", "begin"), "to": ("to", "end", "until")}
#: Of a pair that is at risk for a time only: since when, and until when, or through when, itself included.
_PAIR_SPELL = {**{end: COLUMN_NAMES[end] for end in ("sender", "receiver")},
               **{edge: (edge,) for edge in ("since", "until", "through")}}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RiskSet:
    """Ordered pairs that can act, each from `enter` until before `leave`. Sorted by sender, then receiver.

    A pair may stand there several times, with spells that do not overlap. Under "senders" the unit is an actor that may
    act, written as the pair of itself with itself. kinds : where types are at risk, which, ascending: every pair can
    act by each of them, or, with `acted`, by those with which its key is there.
    """

    i: Index
    j: Index
    enter: Floats
    leave: Floats
    n: int
    kinds: Ints | None = None
    acted: Ints | None = None

    @property
    def key(self) -> Ints:
        return self.i.astype(np.int64) * self.n + self.j

    @property
    def types(self) -> int:
        """How many types an alternative can be of."""
        return 1 if self.kinds is None else int(self.kinds.size)

    def alternatives(self, rows: Ints, *, by_sender: bool) -> tuple[Ints, Index, Ints]:
        """What can happen: some of the pairs, each with every type, or with the types that it `acted` by.

        -> pair, type and `key_of` each, by type, then by pair; where `by_sender`, within each sender
        """
        if self.kinds is None:
            return rows, np.zeros(rows.size, np.int32), self.key[rows]
        rows, kind = np.tile(rows, self.types), np.repeat(self.kinds, rows.size)
        if self.acted is not None:
            some = np.isin(self.key_of(self.i[rows], self.j[rows], kind, by_sender=False), self.acted)
            rows, kind = rows[some], kind[some]
        key = self.key_of(self.i[rows], self.j[rows], kind, by_sender=by_sender)
        order = np.argsort(key)
        return rows[order], kind[order].astype(np.int32), key[order]

    def key_of(self, src: Ints | Index, dst: Ints | Index, kind: Ints, *, by_sender: bool) -> Ints:
        """A number for each alternative, in the order of `alternatives`."""
        src, n = src.astype(np.int64), self.n
        if self.kinds is None:
            return src * n + dst
        last = int(self.kinds[-1]) + 1
        key: Ints = (src * last + kind) * n + dst if by_sender else (kind * n + src) * n + dst
        return key

    @property
    def dyads(self) -> int:
        key = self.key  # sorted
        return int(np.count_nonzero(np.diff(key))) + bool(key.size)

    def turns(self) -> Floats:
        """The times at which who is at risk changes, ascending."""
        ends = np.concatenate([self.enter, self.leave])
        return np.unique(ends[np.isfinite(ends)])


def risk_set(
    stream: EventStream,
    kind: str = "full",
    *,
    dyads: Sequence[tuple[str, str]] | pl.DataFrame | None = None,
    presence: pl.DataFrame | None = None,
    notes: list[str] | None = None,
    explained: NDArray[np.bool_] | None = None,
    typed: bool = False,
    undirected: bool = False,
    mutual: bool = False,
) -> RiskSet:
    """Lay down who is at risk.

    Parameters
    ----------
    stream : EventStream
    kind : "full", all ordered pairs of actors; "active", those with an event at some time, of the events that are
        `explained` (looks ahead: it conditions on who ever acts); "senders", the actors, for the rate half of an
        actor-oriented model
    dyads : the pairs at risk, in place of `kind`: a frame with columns sender, receiver, or pairs. With columns since
        and until (or through, which is itself included; empty: open) a pair is at risk for that time only, and may
        stand there several times
    presence : frame with columns actor, from, to (empty: open): when an actor takes part, `to` not included; actors
        that are not listed are always there
    notes : what is to be said of the reading is added
    explained : (events,), which are explained; None: all
    undirected : pairs have no direction, and each is there once, by its first actor; or, where `mutual`, both ways
    typed : types are at risk, those that are explained; under "active" each pair with the types it ever acts by

    Raises
    ------
    BadData, BadValue, UnknownName : a name or a spell is not right
    """
    if kind not in RISK_SETS:
        raise UnknownName(f"no risk set {kind!r}", "risk set", suggest(kind, RISK_SETS))
    notes = [] if notes is None else notes
    n = len(stream.actors)
    spells: tuple[Floats, Floats] | None = None
    if dyads is not None:
        key, spells = _listed(stream, dyads, notes, undirected=undirected, mutual=mutual)
    elif kind == "full":
        key = np.arange(n * n)
        key = key[key // n != key % n]
    elif kind == "active":
        acted = stream.src.astype(np.int64) * n + stream.dst
        key = np.unique(acted if explained is None else acted[explained])
    else:
        key = np.arange(n) * (n + 1)
    if undirected and spells is None:
        key = np.unique(_of_pairs(key, n, mutual))
    if key.size < 2:
        raise BadValue("fewer than two dyads are at risk", "risk set", "give more actors or dyads")
    i, j = (key // n).astype(np.int32), (key % n).astype(np.int32)
    enter, leave = spells or (np.full(i.size, -np.inf), np.full(i.size, np.inf))
    always = RiskSet(i, j, enter, leave, n)
    if typed:
        always = _with_types(always, stream, explained, kind == "active" and dyads is None)
    return always if presence is None else _present(always, read_spells(presence, stream, notes), stream)


def _with_types(risk: RiskSet, stream: EventStream, explained: NDArray[np.bool_] | None, only_acted: bool) -> RiskSet:
    """The same with types at risk.

    Raises
    ------
    BadData : the events are all of one type
    """
    some = slice(None) if explained is None else explained
    src, dst, kind = stream.src[some], stream.dst[some], stream.kind[some].astype(np.int64)
    kinds = np.unique(kind)
    if kinds.size < 2:
        raise BadData("the events are all of one type", "typed", "give a type column with two types or more")
    risk = replace(risk, kinds=kinds)
    return replace(risk, acted=np.unique(risk.key_of(src, dst, kind, by_sender=False))) if only_acted else risk


def _of_pairs(key: Ints, n: int, mutual: bool) -> Ints:
    """Keys of pairs without direction: by the first actor, or, where `mutual`, both ways, one after the other."""
    low, high = np.minimum(key // n, key % n), np.maximum(key // n, key % n)
    return np.concatenate([low * n + high, high * n + low]) if mutual else low * n + high


def _listed(
    stream: EventStream,
    dyads: Sequence[tuple[str, str]] | pl.DataFrame,
    notes: list[str],
    *,
    undirected: bool,
    mutual: bool,
) -> tuple[Ints, tuple[Floats, Floats] | None]:
    """The keys of the pairs of a table, ascending; and when each is at risk, where the table says so."""
    if not isinstance(dyads, pl.DataFrame):
        dyads = pl.DataFrame([pair[:2] for pair in dyads], schema=["sender", "receiver"], orient="row")
    where = place_of(dyads, "dyads at risk", notes)
    columns = [column_of(dyads, end, where, notes, needed=("sender", "receiver")) for end in ("sender", "receiver")]
    edges = {edge: column_of(dyads, edge, where, notes, _PAIR_SPELL, ()) for edge in ("since", "until", "through")}
    names = [read_names(dyads[column], where, end) for column, end in zip(columns, ("sender", "receiver"), strict=True)]
    if (same := names[0] == names[1]).any():
        raise BadData("a pair of an actor with itself", line_of(where, same), "leave it out: a dyad has two actors")
    number = {name: k for k, name in enumerate(stream.actors)}
    here = pl.repeat(True, dyads.height, eager=True)
    for column in names:
        here &= _known(column, stream, number, where)
    n, ends = (
        len(stream.actors),
        [column.filter(here).replace_strict(number, return_dtype=pl.Int64) for column in names],
    )
    key = (ends[0] * n + ends[1]).to_numpy()
    if any(edges.values()):
        return _at_times(stream, dyads, edges, where, key, here.to_numpy(), notes, undirected=undirected, mutual=mutual)
    unique: Ints = np.unique(key)
    if unique.size < key.size:
        notes.append(f"{where}: {key.size - unique.size:,} rows name a pair again and count once")
    return unique, None


def _at_times(
    stream: EventStream,
    dyads: pl.DataFrame,
    edges: Mapping[str, str],
    where: str,
    key: Ints,
    here: NDArray[np.bool_],
    notes: list[str],
    *,
    undirected: bool,
    mutual: bool,
) -> tuple[Ints, tuple[Floats, Floats]]:
    """Pairs that are at risk for a time: key, since when, and until before when; by key, then by time.

    Raises
    ------
    BadValue : both until and through are there, a spell ends before it begins, or two of a pair overlap
    """
    if edges["until"] and edges["through"]:
        raise BadValue("until and through both say when a pair ceases to be at risk", where, "give one of them")
    always = {"since": -np.inf, "until": np.inf, "through": np.inf}
    since, until, through = (
        _edges(dyads[edges[edge]], open_end, stream, where, notes) if edges[edge] else np.full(dyads.height, open_end)
        for edge, open_end in always.items()
    )
    leave = np.minimum(until, np.where(np.isfinite(through), np.nextafter(through, np.inf), np.inf))
    if (wrong := pl.Series(~(since < leave))).any():
        raise BadValue("a pair ceases to be at risk before it begins", line_of(where, wrong), "give since before until")
    lines, since, leave = np.flatnonzero(here), since[here], leave[here]
    if undirected:
        times = 2 if mutual else 1
        key = _of_pairs(key, len(stream.actors), mutual)
        lines, since, leave = (np.tile(column, times) for column in (lines, since, leave))
    order = np.lexsort((since, key))
    key, since, leave, lines = key[order], since[order], leave[order], lines[order]
    over = np.flatnonzero((np.diff(key) == 0) & (since[1:] < np.nextafter(leave[:-1], -np.inf)))
    if over.size:
        k = int(over[0]) + 1
        n = len(stream.actors)
        raise BadValue(
            f"{stream.actors[key[k] // n]} -> {stream.actors[key[k] % n]} is at risk twice at one time",
            f"{where}, lines {line_at(where, int(lines[k - 1]))} and {line_at(where, int(lines[k]))}",
            "give spells of a pair that do not overlap",
        )
    leave[:-1] = np.where(np.diff(key) == 0, np.minimum(leave[:-1], since[1:]), leave[:-1])
    return key, (since, leave)


def _known(names: pl.Series, stream: EventStream, number: Mapping[str, int], where: str) -> pl.Series:
    """Which rows are of actors of the events; those whose events were left out are skipped, others refused."""
    known = names.is_in(pl.Series(list(number), dtype=pl.String).implode())
    strange = ~known & ~names.is_in(pl.Series(list(stream.left_out), dtype=pl.String).implode())
    if strange.any():
        name = names.filter(strange)[0]
        raise UnknownName(
            f"no actor {name!r} in the events",
            line_of(where, strange),
            meant([name], list(number)) or suggest(name, number),
        )
    return known


def read_spells(presence: pl.DataFrame, stream: EventStream, notes: list[str]) -> dict[int, list[tuple[float, float]]]:
    """When each actor takes part: actor -> spells that are apart from each other, by time. Others are always there.

    Raises
    ------
    BadData, BadValue, UnknownName : a column lacks, a spell ends before it begins, a name is no actor
    """
    where = place_of(presence, "presence", notes)
    columns = {need: column_of(presence, need, where, notes, _SPELL, tuple(_SPELL)) for need in _SPELL}
    names = read_names(presence[columns["actor"]], where, "actor")
    number = {name: k for k, name in enumerate(stream.actors)}
    here = _known(names, stream, number, where)
    begin = _edges(presence[columns["from"]], -np.inf, stream, where, notes)
    end = _edges(presence[columns["to"]], np.inf, stream, where, notes)
    if (wrong := pl.Series(~(begin < end))).any():
        actor = names.filter(wrong)[0]
        raise BadValue(f"{actor} leaves before it enters", line_of(where, wrong), "give spells with from before to")
    spells: dict[int, list[tuple[float, float]]] = {}
    united: list[str] = []
    by_begin = np.lexsort((end, begin))
    for k in by_begin[here.to_numpy()[by_begin]].tolist():
        mine = spells.setdefault(number[names[k]], [])
        if mine and begin[k] <= mine[-1][1]:
            mine[-1] = (mine[-1][0], max(mine[-1][1], float(end[k])))
            united.append(f"{names[k]} (line {line_at(where, k)})")
        else:
            mine.append((float(begin[k]), float(end[k])))
    if united:
        shown = ", ".join(united[:3]) + (", ..." if len(united) > 3 else "")
        notes.append(f"{where}: {len(united):,} spells overlap or touch an earlier one and are united with it: {shown}")
    return spells


def _edges(column: pl.Series, empty: float, stream: EventStream, where: str, notes: list[str]) -> Floats:
    """Times of one end of spells; an empty one is open."""
    text = column.cast(pl.String, strict=False).str.strip_chars().str.to_lowercase()
    given = ~text.is_in(sorted(NO_VALUE)).fill_null(True)
    out = np.full(column.len(), empty)
    if given.any():
        lines = pl.Series([line_at(where, row) for row in range(column.len())]).filter(given)
        when, said = stream.clock.read(column.filter(given), Source(where, lines))
        out[given.to_numpy()] = when
        notes += said
    return out


def _present(risk: RiskSet, spells: dict[int, list[tuple[float, float]]], stream: EventStream) -> RiskSet:
    """Every dyad during the spells that its two actors share, of those that are its own."""
    always = [(-np.inf, np.inf)]
    own = zip(risk.i.tolist(), risk.j.tolist(), risk.enter.tolist(), risk.leave.tolist(), strict=True)
    rows = [
        (i, j, max(a, c, enter), min(b, d, leave))
        for i, j, enter, leave in own
        for a, b in spells.get(i, always)
        for c, d in spells.get(j, always)
        if max(a, c, enter) < min(b, d, leave)
    ]
    if not rows:
        raise BadData(
            f"no two actors of the {len(stream.actors):,} are ever present together",
            "presence",
            "an actor is there from `from` until before `to`; one that is not listed is always there",
        )
    i, j, enter, leave = (np.array(column) for column in zip(*rows, strict=True))
    return replace(
        risk, i=i.astype(np.int32), j=j.astype(np.int32), enter=enter.astype(float), leave=leave.astype(float)
    )
