"""Backtests without a case: the busiest dyads of a store, and the four quad classes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.answers.forecast.months import UnitName, pairs
from lynchpin.errors import BadData, BadValue
from lynchpin.events import before, first_day
from lynchpin.record.ontology import plover, quad
from lynchpin.record.store import Store, fold

#: The classes, in order: PLOVER's quad classes.
CLASSES: tuple[str, ...] = tuple(quad.NAMES[number].replace(" ", "_") for number in (1, 2, 3, 4))

_TOP = re.compile(r"top:([1-9][0-9]{0,3})")


def parse_dyads(text: str) -> int:
    """How many dyads are asked for.

    Examples
    --------
    >>> parse_dyads("top:25")
    25
    """
    found = _TOP.fullmatch(text)
    if found is None:
        raise BadValue(f"cannot read {text!r}", "--dyads", "write top:25 for the 25 busiest ordered pairs")
    return int(found[1])


def quad_events(store: str | Path, *, as_of: date | None = None, episodes: bool | None = None) -> pl.DataFrame:
    """The events of a store with their quad class as `event_class` (null for the type OTHER).

    Parameters
    ----------
    store : path of a store made by `lynchpin ingest`
    as_of : date, only what was known before it; None for the whole record
    episodes : bool, fold the reports of one act into one; None: where any row was coded by machine

    Raises
    ------
    BadData : the store holds no event
    """
    with Store.open(Path(store), read_only=True) as opened:
        events = opened.events(before=as_of)
    if events.is_empty() and as_of is None:
        raise no_event(store)
    if episodes or (episodes is None and (events["status"] == "coded").any()):
        events = fold(events).events
    return with_class(events)


def no_event(store: str | Path) -> BadData:
    """What is said of a store without an event."""
    mend = "`lynchpin ingest SOURCE FILE --store STORE` puts some in"
    return BadData("the record holds no event", str(store), mend)


def with_class(events: pl.DataFrame) -> pl.DataFrame:
    """Events with their quad class as `event_class`, null for the type OTHER."""
    types = events["type"].unique().to_list()
    named = {name: None if name == plover.OTHER else CLASSES[plover.type_of(name).quad - 1] for name in types}
    return events.with_columns(
        event_class=pl.col("type").replace_strict(list(named), list(named.values()), return_dtype=pl.String)
    )


def busiest(events: pl.DataFrame, count: int, known: date) -> list[tuple[str, str]]:
    """The ordered pairs with most events of a class before a day; ties go by name.

    Raises
    ------
    BadValue : there are none
    """
    counted = pairs(before(events, known)).group_by("source", "target").agg(n=pl.len())
    return ranked(counted, count, known, first_day(events))


def ranked(counted: pl.DataFrame, count: int, known: date, first: date) -> list[tuple[str, str]]:
    """The first so many of ordered pairs (source, target, n) that were counted before a day; ties go by name.

    Raises
    ------
    BadValue : there are none
    """
    best = counted.sort(["n", "source", "target"], descending=[True, False, False]).head(count)
    if best.is_empty():
        raise BadValue(
            f"no dyad has an event before {known}", "--from", f"the record begins on {first}; choose a later day"
        )
    return list(best.select("source", "target").iter_rows())


def quad_units(dyads: list[tuple[str, str]]) -> list[UnitName]:
    """Every dyad in every quad class."""
    return [(i, j, c) for c in CLASSES for i, j in dyads]
