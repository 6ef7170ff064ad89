"""Who could have acted: the dyads at risk, and which of them at each instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from lynchpin.engine.rem.events import EventStream, Index, _times
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue, UnknownName, suggest

RISK_SETS = ("full", "active", "senders")


@dataclass(frozen=True, slots=True, eq=False)
class RiskSet:
    """Ordered pairs that can act, each from `enter` until before `leave`. Sorted by sender, then receiver.

    A pair may stand there several times, with spells that do not overlap. Under "senders" the unit is an actor that may
    act, written as the pair of itself with itself.
    """

    i: Index
    j: Index
    enter: Floats
    leave: Floats
    n: int

    @property
    def key(self) -> Ints:
        return self.i.astype(np.int64) * self.n + self.j

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
) -> RiskSet:
    """Lay down who is at risk.

    Parameters
    ----------
    stream : EventStream
    kind : "full", all ordered pairs of actors; "active", those with an event at some time (looks ahead: it conditions
        on who ever acts); "senders", the actors, for the rate half of an actor-oriented model
    dyads : the pairs at risk, in place of `kind`
    presence : frame with columns actor, from, to (empty: open): when an actor takes part, `to` not included; actors
        that are not listed are always there

    Raises
    ------
    BadValue, UnknownName : a name or a spell is not right
    """
    n = len(stream.actors)
    number = {name: k for k, name in enumerate(stream.actors)}
    if dyads is not None:
        listed = dyads.rows() if isinstance(dyads, pl.DataFrame) else dyads
        for pair in listed:
            for name in pair[:2]:
                if str(name) not in number:
                    raise UnknownName(f"no actor {name!r} in the events", "dyads at risk", suggest(str(name), number))
        key = np.unique([number[str(a)] * n + number[str(b)] for a, b, *_ in listed if str(a) != str(b)])
    elif kind == "full":
        key = np.arange(n * n)
        key = key[key // n != key % n]
    elif kind == "active":
        key = np.unique(stream.src.astype(np.int64) * n + stream.dst)
    elif kind == "senders":
        key = np.arange(n) * (n + 1)
    else:
        raise UnknownName(f"no risk set {kind!r}", "risk set", suggest(kind, RISK_SETS))
    if key.size < 2:
        raise BadValue("fewer than two dyads are at risk", "risk set", "give more actors or dyads")
    i, j = (key // n).astype(np.int32), (key % n).astype(np.int32)
    always = RiskSet(i, j, np.full(i.size, -np.inf), np.full(i.size, np.inf), n)
    return always if presence is None else _present(always, _spells(presence, number, stream))


def _spells(presence: pl.DataFrame, number: dict[str, int], stream: EventStream) -> list[tuple[int, float, float]]:
    if missing := {"actor", "from", "to"} - set(presence.columns):
        raise BadValue(f"presence has no column {sorted(missing)[0]!r}", "presence", "give actor, from and to")
    spells = []
    for actor, begin, end in presence.select("actor", "from", "to").iter_rows():
        if str(actor) not in number:
            raise UnknownName(f"no actor {actor!r} in the events", "presence", suggest(str(actor), number))
        start, stop = (
            default if value is None else float(_times(pl.Series([value]), "presence")[0][0])
            for value, default in ((begin, -np.inf), (end, np.inf))
        )
        if not start < stop:
            raise BadValue(f"{actor} leaves before it enters", "presence", "give spells with from before to")
        spells.append((number[str(actor)], start, stop))
    listed = {actor for actor, _, _ in spells}
    return spells + [(k, -np.inf, np.inf) for k in range(len(stream.actors)) if k not in listed]


def _present(risk: RiskSet, spells: list[tuple[int, float, float]]) -> RiskSet:
    """Every dyad during the spells that its two actors share."""
    by_actor: dict[int, list[tuple[float, float]]] = {}
    for actor, begin, end in spells:
        by_actor.setdefault(actor, []).append((begin, end))
    rows = [
        (i, j, max(a, c), min(b, d))
        for i, j in zip(risk.i.tolist(), risk.j.tolist(), strict=True)
        for a, b in by_actor[i]
        for c, d in by_actor[j]
        if max(a, c) < min(b, d)
    ]
    i, j, enter, leave = (np.array(column) for column in zip(*rows, strict=True))
    return RiskSet(i.astype(np.int32), j.astype(np.int32), enter.astype(float), leave.astype(float), risk.n)
