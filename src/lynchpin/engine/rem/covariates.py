"""Tables of values of actors or of pairs, as changes of value: whose value it is, since when, and what lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from lynchpin.engine.rem.events import COLUMN_NAMES, EventStream, Index, column_of
from lynchpin.engine.rem.names import NO_VALUE, as_text, composed, meant, read_names
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.risk import RiskSet
from lynchpin.engine.rem.terms import Effect
from lynchpin.engine.rem.times import is_blank, line_at, line_of, place_of, rounding
from lynchpin.engine.statistics import Statistic
from lynchpin.engine.statistics.base import Floats
from lynchpin.engine.statistics.memory import Changes, Memory, changes_of
from lynchpin.errors import BadData, BadValue

#: What a column may be called, in order of preference.
NAMES = {
    "actor": ("actor", "node", "label", "name"),
    "sender": COLUMN_NAMES["sender"],
    "receiver": COLUMN_NAMES["receiver"],
    "value": ("value", "replace"),
    "time": COLUMN_NAMES["time"],
}
_TRUE = {"true": 1.0, "false": 0.0}
#: Before any event: a value that holds from the first.
_ALWAYS = -1e300


@dataclass(frozen=True, slots=True, eq=False)
class Needed:
    """The pairs that are compared, and the instant before which each must have a value: there may be several of one."""

    i: Index
    j: Index
    since: Floats

    def of(self, statistic: Statistic, n: int) -> tuple[np.ndarray, Floats]:
        """Keys that must have a value, ascending (actors, or sender * n + receiver), and since when."""
        if statistic.feed == "dyad values":
            return _first(self.i.astype(np.int64) * n + self.j, self.since)
        if statistic.feed == "events and actor values":  # those of third parties too
            return np.arange(n), np.full(n, self.since.min())
        ends = {"sender": [self.i], "receiver": [self.j]}.get(statistic.about, [self.i, self.j])
        return _first(np.concatenate(ends).astype(np.int64), np.tile(self.since, len(ends)))

    def of_network(self, n: int) -> tuple[np.ndarray, Floats]:
        """The same of a network, which third parties are in too: every pair, since anything is compared."""
        keys = np.arange(n * n)
        keys = keys[keys // n != keys % n]
        return keys, np.full(keys.size, self.since.min())


def needed(plan: Plan, risk: RiskSet, *, events_only: bool, waits: bool) -> Needed:
    """Who is compared in a plan of a full risk set; of waits, from their beginning on."""
    if waits:
        lists, first = np.unique(plan.lo, return_index=True)
        rows = [slice(int(a), int(b)) for a, b in zip(lists, plan.hi[first], strict=True)]
        since = np.where(plan.exposure > 0.0, np.nextafter(plan.since, np.inf), plan.at)[first]
        sizes = plan.hi[first] - lists
        i, j = (np.concatenate([end[some] for some in rows]) for end in (plan.i, plan.j))
        return Needed(i, j, np.repeat(since, sizes))
    if events_only:
        all_rows = slice(int(plan.lo[0]), int(plan.hi[-1]))
        return Needed(plan.i[all_rows], plan.j[all_rows], np.repeat(plan.at, plan.hi - plan.lo))
    group = np.minimum(np.searchsorted(plan.at, risk.enter, side="left"), plan.groups - 1)
    since = plan.at[group]
    there = (risk.enter <= since) & (since < risk.leave)
    return Needed(risk.i[there], risk.j[there], since[there])


def _first(key: np.ndarray, since: Floats) -> tuple[np.ndarray, Floats]:
    order = np.lexsort((since, key))
    keys, at = np.unique(key[order], return_index=True)
    return keys, since[order][at]


def read_covariate(
    effect: Effect,
    statistic: Statistic,
    stream: EventStream,
    table: pl.DataFrame,
    who: Needed,
    notes: list[str],
    *,
    from_then: bool = False,
) -> Changes:
    """A covariate, or a network for a statistic of events, as changes of value.

    A table without times holds for ever; a value counts after its time.

    Parameters
    ----------
    effect, statistic : what asks for it
    table : frame of actor (or sender, receiver), value and, if it varies, time
    who : whose values are needed, and since when
    notes : what is to be said of the reading is added
    from_then : a value counts at its time too

    Raises
    ------
    BadData, BadValue : names that match no actor, keys that stand there twice, a value that lacks or is no number
    """
    where, n = place_of(table, f"covariate {effect.of}", notes), len(stream.actors)
    ends = ["actor"] if statistic.feed.endswith("actor values") else ["sender", "receiver"]
    columns = {need: column_of(table, need, where, notes, NAMES, (*ends, "value")) for need in (*ends, "value", "time")}
    notes += composed([table[columns[end]] for end in ends], where)
    names = [read_names(table[columns[end]], where, end) for end in ends]
    rows = pl.DataFrame(
        {
            "a": names[0],
            "b": names[-1],
            "value": _values(table[columns["value"]], effect, where),
            "time": _times(table, columns["time"], stream, where, notes),
            "line": [line_at(where, row) for row in range(table.height)],
        }
    )
    rows, others = _of_actors(rows, stream, where, notes)
    if statistic.feed == "events" and (own := rows.filter(pl.col("a") == pl.col("b")).height):
        notes.append(f"{where}: {own:,} ties of an actor with itself are not read")
        rows = rows.filter(pl.col("a") != pl.col("b"))
    _refuse_twice(rows, where)
    if effect.symmetric:
        rows = _both_ways(rows, where)
    number = dict(zip(stream.actors, range(n), strict=True))
    src, dst = (rows[end].replace_strict(number, return_dtype=pl.Int64).to_numpy() for end in ("a", "b"))
    key = src if len(ends) == 1 else src * n + dst
    value, when = _filled(rows, effect, where), _on_events(rows["time"].to_numpy(), stream)
    if from_then:  # what counts is strictly before
        when = np.nextafter(when, -np.inf)
    is_network = statistic.feed == "events"
    keys, since = who.of_network(n) if is_network else who.of(statistic, n)
    lacks = _lacking(key, when, keys, since)
    if lacks.size and effect.absent is None:
        raise _absent(effect, stream, others, keys[lacks], since[lacks], key, len(ends) == 2, where, from_then)
    if lacks.size:
        notes.append(
            f"{where}: {lacks.size:,} of {keys.size:,} {'dyads' if len(ends) == 2 else 'actors'} have no value from "
            f"the start and count as {effect.absent:g}"
        )
        key, value = np.append(key, keys[lacks]), np.append(value, np.full(lacks.size, effect.absent))
        when = np.append(when, np.full(lacks.size, _ALWAYS))
    if effect.statistic == "same":  # only whether two are equal counts: numbers of order add up without rounding
        value = np.unique(value, return_inverse=True)[1].astype(float) + 1.0
    return _changes(key, when, value, n, len(ends) == 2)


def _times(table: pl.DataFrame, column: str, stream: EventStream, where: str, notes: list[str]) -> Floats:
    if not column:
        return np.full(table.height, _ALWAYS)
    times = table[column]
    if (empty := is_blank(times)).any():
        raise BadData("no time", line_of(where, empty), "fill it in, or give a table without times")
    if not table.height:
        return np.empty(0)
    when, said = stream.clock.read(times, where)
    notes += said
    return when


def _on_events(when: Floats, stream: EventStream) -> Floats:
    """Times that are those of events but for rounding, as the events'."""
    near = rounding(stream.when)
    if not near:
        return when.copy()
    after = np.searchsorted(stream.when, when).clip(1, stream.count - 1)
    left, right = stream.when[after - 1], stream.when[after]
    event = np.where(when - left < right - when, left, right)
    return np.where(np.abs(event - when) <= near, event, when)


def _values(column: pl.Series, effect: Effect, where: str) -> pl.Series:
    """Values as numbers, null where there is none; words of `same` by their number, a level by whether it is that."""
    if effect.level:
        words = as_text(column)
        there = ~words.str.to_lowercase().is_in(list(NO_VALUE))
        return pl.select(pl.when(there).then((words == effect.level).cast(pl.Float64))).to_series()
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        numbers = column.cast(pl.Float64).fill_nan(None)
    else:
        words = as_text(column)
        low = words.str.to_lowercase()
        words = pl.select(pl.when(~low.is_in(list(NO_VALUE))).then(words)).to_series()
        low = words.str.to_lowercase()
        numbers = words.cast(pl.Float64, strict=False)
        if low.drop_nulls().len() and low.drop_nulls().is_in(list(_TRUE)).all():
            numbers = low.replace_strict(_TRUE, default=None, return_dtype=pl.Float64)
        bad = numbers.is_null() & words.is_not_null()
        if bad.any() and effect.statistic == "same":
            if effect.absent is not None:
                raise BadValue(f"{effect.of} is of words: none is {effect.absent:g}", where, "leave absent out")
            numbers, bad = words.rank("dense").cast(pl.Float64), words.is_null() & False
        if bad.any():
            shown = words.filter(bad)[0]
            raise BadValue(
                f"{effect.of} is no number: {shown!r}",
                line_of(where, bad),
                "only same() compares words; factor makes an effect of each",
            )
    if (endless := numbers.is_infinite().fill_null(False)).any():
        raise BadData("a value is not finite", line_of(where, endless), "write a number")
    return numbers


def _of_actors(rows: pl.DataFrame, stream: EventStream, where: str, notes: list[str]) -> tuple[pl.DataFrame, list[str]]:
    """The rows whose names are actors of the events, and the other names."""
    actors = set(stream.actors)
    given = sorted({*rows["a"], *rows["b"]})
    others = [name for name in given if name not in actors and name not in stream.left_out]
    if given and len(others) == len(given):
        raise BadData(
            f"none of its {len(given):,} names is an actor: it has {_some(given)}, "
            f"the events have {_some(stream.actors)}",
            where,
            meant(others, stream.actors) or "write the names as in the events",
        )
    if others:
        notes.append(f"{where}: {len(others):,} of {len(given):,} names are no actors of the events ({_some(others)})")
    known = pl.Series(list(stream.actors), dtype=pl.String).implode()
    return rows.filter(pl.col("a").is_in(known) & pl.col("b").is_in(known)), others


def _some(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:3]) + (", ..." if len(names) > 3 else "")


def _refuse_twice(rows: pl.DataFrame, where: str) -> None:
    """No key may have two values at one time, not even equal ones: a row too many is a row misnamed."""
    twice = rows.group_by("a", "b", "time").agg(pl.col("line").sort()).filter(pl.col("line").list.len() > 1)
    if twice.height:
        a, b, _, lines = twice.sort(pl.col("line").list.first(), "a", "b").row(0)
        raise BadData(
            f"{a if a == b else f'{a} -> {b}'} is there twice"
            + ("" if rows["time"].n_unique() < 2 else " at one time"),
            f"{where}, lines {lines[0]} and {lines[1]}",
            "leave one of them out",
        )


def _both_ways(rows: pl.DataFrame, where: str) -> pl.DataFrame:
    """Every row for its pair in both directions."""
    turned = rows.select(pl.col("b").alias("a"), pl.col("a").alias("b"), "value", "time", "line")
    both = pl.concat([rows, turned]).unique(["a", "b", "time", "value"], keep="first", maintain_order=True)
    twice = both.group_by("a", "b", "time").agg(pl.col("line").unique().sort()).filter(pl.col("line").list.len() > 1)
    if twice.height:
        a, b, _, lines = twice.sort(pl.col("line").list.first(), "a", "b").row(0)
        raise BadData(
            f"{a} and {b} have two values in a table that is to be symmetric",
            f"{where}, lines {lines[0]} and {lines[1]}",
            "leave one of them out, or leave out symmetric",
        )
    return both


def _filled(rows: pl.DataFrame, effect: Effect, where: str) -> Floats:
    lacks = rows["value"].is_null()
    if lacks.any() and effect.absent is None:
        line = rows["line"].filter(lacks)[0]
        raise BadData("no value", f"{where}, line {line}", f"fill it in, or say what it is: {_with_absent(effect)}")
    values = rows["value"] if effect.absent is None else rows["value"].fill_null(effect.absent)
    return values.to_numpy().astype(float)


def _lacking(key: np.ndarray, when: Floats, keys: np.ndarray, since: Floats) -> np.ndarray:
    """Positions in `keys` of those without a value strictly before they are first compared."""
    first_keys, first = _first(key, when)
    at = np.minimum(np.searchsorted(first_keys, keys), max(first_keys.size - 1, 0))
    if not first_keys.size:
        return np.arange(keys.size)
    return np.flatnonzero((first_keys[at] != keys) | ~(first[at] < since))


def _absent(
    effect: Effect,
    stream: EventStream,
    others: Sequence[str],
    lacks: np.ndarray,
    since: Floats,
    key: np.ndarray,
    of_pairs: bool,
    where: str,
    from_then: bool,
) -> BadData:
    """What to say of the first who has no value."""
    n = len(stream.actors)
    one = int(lacks[0])
    name = f"{stream.actors[one // n]} -> {stream.actors[one % n]}" if of_pairs else stream.actors[one]
    kind = "dyad" if of_pairs else "actor"
    more = f" and {lacks.size - 1:,} other {kind}{'s' * (lacks.size > 2)}" if lacks.size > 1 else ""
    late = bool(np.isin(one, key))
    first = stream.clock.say(round(float(since[0]), 12))  # without the last digit, by which a wait begins after itself
    when = f" before {first}, when it is first compared" if late else ""
    mend = f"give every {kind} a value, or say what it is: {_with_absent(effect)}"
    if late:
        mend += "; a value counts after its time, at it too with covariate-from at" * (not from_then)
    elif of_pairs and not effect.symmetric and np.isin(lacks % n * n + lacks // n, key).any():
        mend += "; if a row is for both directions, add symmetric"
    else:
        spelled = meant(others, [stream.actors[one // n] if of_pairs else "", stream.actors[one % n]])
        mend = f"{spelled}; or {mend}" if spelled else mend
    return BadData(f"no value for {name}{more}{when}", where, mend)


def _with_absent(effect: Effect) -> str:
    return "add absent=0" if effect.row.feed == "events" else f"{effect.statistic}({effect.of}, absent=0)"


def _changes(key: np.ndarray, when: Floats, value: Floats, n: int, of_pairs: bool) -> Changes:
    order = np.lexsort((when, key))
    key, when, value = key[order], when[order], value[order]
    is_first = np.diff(key, prepend=key[:1] - 1) != 0
    amount = np.where(is_first, value, np.diff(value, prepend=0.0))
    by_time = np.argsort(when, kind="stable")
    key = key[by_time]
    src, dst = (key // n, key % n) if of_pairs else (key, key)
    return changes_of(when[by_time], src.astype(np.int32), dst.astype(np.int32), amount[by_time], Memory())
