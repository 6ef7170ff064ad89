"""Filtering, counting and showing the events of a record.

Of a store only the rows that are shown leave DuckDB, unless episodes are asked for: they are folded from all reports of
the states that are named, of some pairs of actors at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.account.cases import Case, case_events, classify
from lynchpin.account.cases.record import class_column
from lynchpin.days import optional_day
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.events import empty_events
from lynchpin.record.ontology import countries, plover
from lynchpin.record.store import ORDER, Selection, Store, fold, selected

_COUNTS = {  # what events are counted by -> the columns that tell it
    "year": ("date",),
    "month": ("date",),
    "class": ("event_class",),
    "type": ("type",),
    "dyad": ("source", "target"),
    "actor": ("source", "target"),
    "status": ("status",),
}


@cache
def state_names() -> Mapping[str, str]:
    """The English name of every state by its ISO3 code, the latest where it changed.

    Examples
    --------
    >>> state_names()["RUS"]
    'Russia'
    """
    return {country.iso3: country.name for country in countries.all_countries()}


@dataclass(frozen=True, slots=True, eq=False)
class EventList:
    """Events that were asked for.

    Attributes
    ----------
    rows : DataFrame of events by date, only the newest if there is a limit; or of a value and its number of `events`
    total : int, how many events fit
    back : int, how many more there are from the target to the source; 0 unless both were named
    """

    rows: pl.DataFrame
    total: int
    back: int = 0


@dataclass(frozen=True, slots=True)
class _Question:
    """Which events of which record; `states` are all that its filters name."""

    case: Case
    store: str | Path | None
    as_of: date | None
    selection: Selection
    states: tuple[str, ...]
    episodes: bool
    reach: bool


def list_events(
    case: Case,
    store: str | Path | None = None,
    *,
    limit: int | None = None,
    count: str | None = None,
    source: str | None = None,
    target: str | None = None,
    dyad: str | None = None,
    **filters: Any,
) -> EventList:
    """The events of a case's record that fit every filter, or their number by something.

    Parameters
    ----------
    case, store : as for `case_events`
    limit : int, only so many of the newest; None for all
    count : year, month, class, type, dyad (ordered; a joint act counts in each), actor (on either side; an act
        counts once for each) or status, to count by; None to list
    source, target, dyad, filters : as for `filter_events`; with both sides named, `back` counts the answers

    Raises
    ------
    UnknownName : no such state, class, type or count
    BadValue : a day or a dyad that cannot be read
    """
    if count is not None and count not in _COUNTS:
        raise UnknownName(f"cannot count by {count!r}", "--count", suggest(count, _COUNTS, noun="counts"))
    listed = _answer(_question(case, store, source=source, target=target, dyad=dyad, **filters), limit, count)
    if not (source and target) or dyad or count:
        return listed
    both = _answer(_question(case, store, dyad=f"{source} -- {target}", **filters), 0, None)
    return EventList(listed.rows, listed.total, both.total - listed.total)


def filter_events(case: Case, store: str | Path | None = None, **filters: Any) -> pl.DataFrame:
    """The events of a record that fit every filter given, in the columns of the store plus the case's `event_class`.

    Parameters
    ----------
    case, store, as_of : as for `case_events`; here every event of the record counts, the case's states or not
    states : ISO3 codes; an event has each of them on either side
    dyad : "A -> B" from A to B, "A -- B" either way
    event_class, event_type : a class of the case, a PLOVER type
    since, until : days; from the first on, before the second
    agreement : id
    source, target : ISO3 codes; who acted, and on whom. An act done together has both on both sides
    episodes, reach : as for `case_events`; an episode is dated by its first report

    Raises
    ------
    UnknownName : no such state, class or type
    BadValue : a day or a dyad that cannot be read
    """
    return _answer(_question(case, store, **filters), None, None).rows


def _question(
    case: Case,
    store: str | Path | None,
    *,
    as_of: str | date | None = None,
    states: Sequence[str] | None = None,
    dyad: str | None = None,
    event_class: str | None = None,
    event_type: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    agreement: str | None = None,
    source: str | None = None,
    target: str | None = None,
    episodes: bool = False,
    reach: bool = False,
) -> _Question:
    """The filters, read and checked."""
    named = [_state(state) for state in states or ()]
    selection = Selection().involving(*named)
    if dyad is not None:
        i, j, is_directed = _dyad(dyad)
        selection = selection.side("source", i).side("target", j) if is_directed else selection.between(i, j)
        named += [i, j]
    for side, text in (("source", source), ("target", target)):
        if text is not None:
            named.append(_state(text, f"--{side}"))
            selection = selection.side(side, named[-1])
    if event_class is not None and event_class not in case.class_names:
        near = suggest(event_class, case.class_names, noun="class")
        raise UnknownName(f"no class named {event_class!r}", "--class", near)
    if event_type is not None and event_type not in plover.names():
        near = suggest(event_type.upper(), plover.names(), noun="type")
        raise UnknownName(f"no event type named {event_type!r}", "--type", near)
    selection = selection.equal("event_class", event_class).equal("type", event_type).equal("agreement", agreement)
    selection = selection.since(optional_day(since, name="--since")).before(optional_day(until, name="--until"))
    day = optional_day(as_of, name="as_of")
    return _Question(case, store, day, selection, tuple(named), episodes, reach)


def _answer(asked: _Question, limit: int | None, count: str | None) -> EventList:
    if asked.store is not None:
        answer = _episodes if asked.episodes else _from_store
        return answer(asked, asked.store, limit, count)
    events = case_events(asked.case, as_of=asked.as_of, episodes=asked.episodes, reach=asked.reach)
    found = selected(events, asked.selection)
    rows = count_events(found, count) if count else found if limit is None else found.tail(limit)
    return EventList(rows, found.height)


def _from_store(asked: _Question, path: str | Path, limit: int | None, count: str | None) -> EventList:
    """Report by report: what fits is chosen, counted and cut within DuckDB."""
    wanted = asked.selection.known_before(asked.as_of).since(asked.case.start)
    wanted = wanted.with_column("event_class", *class_column(asked.case.classes))
    with Store.open(path, read_only=True) as store:
        if store.first_day() is None:
            mend = "`lynchpin ingest SOURCE FILE --store STORE` puts some in"
            raise BadData("the record holds no event", str(path), mend)
        total = store.count(wanted)
        if count:
            return EventList(count_events(store.groups(wanted, _COUNTS[count]), count), total)
        return EventList(classify(_reports(store, asked, wanted, limit), asked.case.classes), total)


def _episodes(asked: _Question, path: str | Path, limit: int | None, count: str | None) -> EventList:
    """Episode by episode: the reports of some pairs of actors are folded at a time, and only what is shown is kept."""
    wanted = Selection().known_before(asked.as_of).involving(*asked.states)
    total, shown = 0, list[pl.DataFrame]()
    with Store.open(path, read_only=True) as store:
        for part in store.folded_in_parts(wanted, before=asked.as_of, reach=asked.reach):
            episodes = classify(part.events.filter(pl.col("date") >= asked.case.start), asked.case.classes)
            found = selected(episodes, asked.selection)
            total += found.height
            if count:
                shown.append(count_events(found, count))
            elif limit is None:
                shown.append(found)
            else:
                shown = [pl.concat([*shown, found]).sort(ORDER).tail(limit)]
    if not shown:
        none = classify(fold(empty_events()).events, asked.case.classes)
        return EventList(count_events(none, count) if count else none, 0)
    rows = pl.concat(shown)
    return EventList(rows.group_by(count).agg(pl.col("events").sum()).sort(count) if count else rows.sort(ORDER), total)


def _reports(store: Store, asked: _Question, wanted: Selection, limit: int | None = None) -> pl.DataFrame:
    reports = store.selected(wanted, newest=limit)
    return store.with_reach(reports, before=asked.as_of) if asked.reach else reports


def count_events(events: pl.DataFrame, by: str) -> pl.DataFrame:
    """Number of events by year, month, class, type, dyad (ordered; a joint act counts in each), actor or status.

    A row counts as often as its column `times` says, once where there is none.
    """
    if by not in _COUNTS:
        raise UnknownName(f"cannot count by {by!r}", "--count", suggest(by, _COUNTS, noun="counts"))
    if "times" not in events.columns:
        events = events.with_columns(times=1)
    if by == "dyad":
        pairs = events.explode("source").explode("target").filter(pl.col("source") != pl.col("target"))
        named = pairs.with_columns(dyad=pl.concat_str("source", pl.lit("->"), "target"))
    elif by == "actor":
        either = pl.col("source").list.set_union("target")
        named = events.with_columns(actor=either).explode("actor").filter(pl.col("actor").is_not_null())
    else:
        day = pl.col("date")
        columns = {"year": day.dt.year(), "month": day.dt.strftime("%Y-%m"), "class": pl.col("event_class")}
        column = columns.get(by, pl.col(by))
        named = events.with_columns(column.alias(by))
    return named.group_by(by).agg(events=pl.col("times").sum().cast(pl.Int64)).sort(by)


def _state(text: str, option: str = "--state") -> str:
    country = countries.find(text, system="iso3")
    if country is None:
        near = countries.find(text)
        mend = f"{text} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR"
        raise UnknownName(f"no state named {text!r}", option, mend)
    return country.iso3


def _dyad(text: str) -> tuple[str, str, bool]:
    """The two states of a dyad, and whether only acts of the first on the second are meant."""
    for arrow in ("->", "--"):
        source, found, target = text.partition(arrow)
        if found:
            return _state(source.strip()), _state(target.strip()), arrow == "->"
    raise BadValue(f"{text!r} is not a dyad", "--dyad", 'write it as "KOR -> JPN", or "KOR -- JPN" for either way')
