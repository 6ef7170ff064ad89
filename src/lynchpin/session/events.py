"""Filtering, counting and showing the events of a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.account.cases import Case, Theory, case_events, read_known
from lynchpin.days import parse_day
from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.record.ontology import countries, plover

_COUNTS = ("year", "class", "type", "dyad", "status")


def filter_events(
    case: Case,
    store: str | Path | None = None,
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
    episodes: bool | None = False,
    reach: bool = False,
) -> pl.DataFrame:
    """The events of a case's record that fit every filter given.

    Parameters
    ----------
    case, store, as_of : as for `read_known`
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
    chosen = [pl.lit(True)]
    for state in states or ():
        iso3 = _state(state)
        chosen.append(pl.col("source").list.contains(iso3) | pl.col("target").list.contains(iso3))
    if dyad is not None:
        chosen.append(_dyad(dyad))
    if event_class is not None:
        if event_class not in case.class_names:
            raise UnknownName(
                f"no class named {event_class!r}",
                "--class",
                suggest(event_class, case.class_names, noun="class"),
            )
        chosen.append(pl.col("event_class") == event_class)
    if event_type is not None:
        if event_type not in plover.names():
            raise UnknownName(
                f"no event type named {event_type!r}",
                "--type",
                suggest(event_type.upper(), plover.names(), noun="type"),
            )
        chosen.append(pl.col("type") == event_type)
    if since is not None:
        chosen.append(pl.col("date") >= parse_day(since, name="--since"))
    if until is not None:
        chosen.append(pl.col("date") < parse_day(until, name="--until"))
    chosen.append(acted(source, target))
    if agreement is not None:
        chosen.append(pl.col("agreement") == agreement)
    known = read_known(case, store, as_of=as_of, episodes=episodes, reach=reach)
    return known.events.filter(pl.all_horizontal(chosen))


def acted(source: str | None, target: str | None) -> pl.Expr:
    """Whether a state, by its ISO3 code, acted, and whether it was on another; None for any."""
    sides = (("source", source), ("target", target))
    named = [pl.col(side).list.contains(_state(text, f"--{side}")) for side, text in sides if text is not None]
    return pl.all_horizontal(True, *named)


def count_events(events: pl.DataFrame, by: str) -> pl.DataFrame:
    """Number of events by year, class, type, dyad (ordered; a joint act counts in each) or status."""
    if by not in _COUNTS:
        raise UnknownName(f"cannot count by {by!r}", "--count", suggest(by, _COUNTS, noun="counts"))
    if by == "dyad":
        pairs = events.explode("source").explode("target").filter(pl.col("source") != pl.col("target"))
        named = pairs.with_columns(dyad=pl.concat_str("source", pl.lit("->"), "target"))
    else:
        column = {"year": pl.col("date").dt.year(), "class": pl.col("event_class")}.get(by, pl.col(by))
        named = events.with_columns(column.alias(by))
    return named.group_by(by).agg(events=pl.len()).sort(by)


def _state(text: str, option: str = "--state") -> str:
    country = countries.find(text, system="iso3")
    if country is None:
        near = countries.find(text)
        mend = f"{text} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR"
        raise UnknownName(f"no state named {text!r}", option, mend)
    return country.iso3


def _dyad(text: str) -> pl.Expr:
    for arrow in ("->", "--"):
        source, found, target = text.partition(arrow)
        if found:
            i, j = _state(source.strip()), _state(target.strip())
            there = pl.col("source").list.contains(i) & pl.col("target").list.contains(j)
            back = pl.col("source").list.contains(j) & pl.col("target").list.contains(i)
            return there if arrow == "->" else there | back
    raise BadValue(f"{text!r} is not a dyad", "--dyad", 'write it as "KOR -> JPN", or "KOR -- JPN" for either way')


def check_theory(theory: Theory) -> dict[str, Any]:
    """What a theory holds, once it has been read."""
    return {
        "case": theory.name,
        "roles": len(theory.roles),
        "rules": sum(not isinstance(played, tuple) for played in theory.roles.values()),
        "classes": len(theory.text.classes),
        "claims": len(theory.text.claims),
        "mechanisms": len(theory.text.mechanisms),
        "controls": len(theory.text.controls),
        "events": "none: a theory names no states; `lynchpin triads` lists those that fit it",
    }


def check_case(case: Case) -> dict[str, Any]:
    """What a case holds, once it has been read: counts that a user can hold against what they meant."""
    report: dict[str, Any] = {
        "case": case.name,
        "states": len(case.states),
        "sectors": len(case.sectors),
        "classes": len(case.classes),
        "claims": len(case.claims),
        "mechanisms": len(case.mechanisms),
        "controls": len(case.controls),
    }
    if case.events_file is None:
        return report | {"events": "none: the case names no chronology; give --events STORE"}
    events = case_events(case)
    counts = dict(events["event_class"].value_counts().iter_rows())
    return report | {
        "events": events.height,
        "first": events["date"].min(),
        "last": events["date"].max(),
        "by_class": {name: counts.get(name, 0) for name in case.class_names},
        "in_no_class": counts.get(None, 0),
    }
