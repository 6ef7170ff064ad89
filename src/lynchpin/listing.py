"""Filtering, counting and showing the events of a record. May import: everything up to cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from rich.table import Table
from rich.text import Text

from lynchpin.cases import Case, case_events
from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.events import SCHEMA, parse_day
from lynchpin.ontology import countries, plover

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
    case, store, as_of : as for `case_events`
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
    day = None if as_of is None else parse_day(as_of, name="as_of")
    known = case_events(case, store, as_of=day, episodes=episodes, reach=reach)
    return known.filter(pl.all_horizontal(chosen))


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


def events_csv(events: pl.DataFrame) -> str:
    """CSV text: lists joined by `;`, the columns of the store first."""
    lists = [name for name, kind in events.schema.items() if isinstance(kind, pl.List)]
    return events.with_columns(pl.col(name).list.join(";") for name in lists).write_csv()


def events_table(events: pl.DataFrame, limit: int, width: int = 120) -> Table:
    """A table for a terminal: at most `limit` rows (0: all), the newest last.

    Where the terminal has less than 120 signs in a line, an act is one cell that reads as a sentence.
    """
    if limit < 0:
        raise BadValue(f"cannot show {limit} rows", "--limit", "0 shows all")
    if not set(SCHEMA) <= set(events.columns):
        return plain_table(events, limit)
    shown = events.tail(limit) if limit else events
    table = Table(caption=f"{shown.height} of {events.height} rows", caption_justify="left", box=None, pad_edge=False)
    numbers = [name for name in ("reports", "mentions", "confidence") if name in events.columns]
    with_status = not bool((shown["status"] == "coded").all())
    is_narrow = width < _WIDE
    table.add_column("date", no_wrap=True)
    if "last_date" in events.columns:
        table.add_column("to", no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    told = ("what happened",) if is_narrow else ("who", "", "to whom", "type", "class", "what")
    for name in (*told, *(("status",) if with_status and not is_narrow else ())):
        table.add_column(name, overflow="fold", no_wrap=name == "")
    for row in shown.iter_rows(named=True):
        last = row.get("last_date", row["date"])
        days = [str(row["date"])] + (["" if last == row["date"] else str(last)] if "last_date" in row else [])
        cells = [*days, *("" if row[name] is None else f"{row[name]:g}" for name in numbers)]
        status = [row["status"]] if with_status else []
        table.add_row(*map(Text, cells), *(_sentence(row, status) if is_narrow else _in_columns(row, status)))
    return table


_WIDE = 120


def _in_columns(row: dict[str, Any], status: list[str]) -> list[Text]:
    kinds = (row["type"], row["event_class"] or "", row["summary"], *status)
    return [Text(text) for text in (_side(row, "source"), _arrow(row), _side(row, "target"), *kinds)]


def _sentence(row: dict[str, Any], status: list[str]) -> list[Text]:
    who, whom, arrow = _side(row, "source"), _side(row, "target"), _arrow(row)
    pair = who if who == whom and arrow == "--" else f"{who} {arrow} {whom}"
    kinds = ", ".join(text for text in (row["type"], row["event_class"], *status) if text)
    return [Text.assemble(f"{pair}: {row['summary']}\n", (kinds, "dim"))]


def _arrow(row: dict[str, Any]) -> str:
    return "--" if len(row["source"]) > 1 and row["source"] == row["target"] else "->"


def plain_table(rows: pl.DataFrame, limit: int = 0) -> Table:
    """Any frame as a table for a terminal: the first `limit` rows (0: all)."""
    if limit < 0:
        raise BadValue(f"cannot show {limit} rows", "--limit", "0 shows all")
    shown = rows.head(limit) if limit else rows
    table = Table(caption=f"{shown.height} of {rows.height} rows", caption_justify="left", box=None, pad_edge=False)
    for name in shown.columns:
        table.add_column(name)
    for values in shown.iter_rows():
        table.add_row(*(Text("" if value is None else str(value)) for value in values))
    return table


def info_lines(told: Mapping[str, Any]) -> str:
    """What a store holds, as text: `Store.info`, with `folding` beside it where it was asked for."""
    lines = [
        f"{told['store']}: {told['size'] / 1e6:,.1f} MB, layout {told['layout']}",
        f"{told['files']:,} files, {told['read']:,} rows read: {told['events']:,} events, "
        f"{told['duplicates']:,} duplicates, {told['refused']:,} refused; {told['mentions']:,} mentions",
    ]
    lines += [
        f"  {feed['dataset']}: {feed['events']:,} events, {feed['first']} to {feed['last']}, "
        f"{feed['with_state_pair']:,} with a state on both sides"
        for feed in told["datasets"]
    ]
    if "folding" in told:
        folding = told["folding"]
        lines.append(f"{folding['reports']:,} reports make {folding['episodes']:,} episodes")
        lines += [f"  {name:<14}{rows:>10,} folded" for name, rows in folding["folded"].items()]
    return "\n".join(lines)


def _side(row: dict[str, Any], side: str) -> str:
    """Who stands on a side: of a coded act the name as written, which says more than the state."""
    states: str = ";".join(row[side])
    name: str = row[f"{side}_name"]
    return ((name or states) if row["status"] == "coded" else (states or name)) or "(not named)"


def _state(text: str, option: str = "--state") -> str:
    found = countries.find(text, system="iso3")
    if found is None:
        near = countries.find(text)
        mend = f"{text} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR"
        raise UnknownName(f"no state named {text!r}", option, mend)
    return found.iso3


def _dyad(text: str) -> pl.Expr:
    for arrow in ("->", "--"):
        source, found, target = text.partition(arrow)
        if found:
            i, j = _state(source.strip()), _state(target.strip())
            there = pl.col("source").list.contains(i) & pl.col("target").list.contains(j)
            back = pl.col("source").list.contains(j) & pl.col("target").list.contains(i)
            return there if arrow == "->" else there | back
    raise BadValue(f"{text!r} is not a dyad", "--dyad", 'write it as "KOR -> JPN", or "KOR -- JPN" for either way')
