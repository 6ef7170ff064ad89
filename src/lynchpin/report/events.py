"""Events as tables and text: for a terminal, for a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.table import Table
from rich.text import Text

from lynchpin.errors import BadValue
from lynchpin.events import SCHEMA


def events_csv(events: pl.DataFrame) -> str:
    """CSV text: lists joined by `;`, the columns of the store first.

    A text that begins with = + - @, a tab or a carriage return gets an apostrophe before it: a spreadsheet would take
    it for a formula, and records come from strangers.
    """
    lists = [name for name, kind in events.schema.items() if isinstance(kind, pl.List)]
    joined = events.with_columns(pl.col(name).list.join(";") for name in lists)
    return joined.with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r])", "'$1")).write_csv()


def events_table(
    events: pl.DataFrame, limit: int, width: int = 120, *, total: int | None = None, title: str = ""
) -> Table:
    """A table for a terminal: at most `limit` rows (0: all), the newest last, of `total` (None: of these).

    Where the terminal has less than 120 signs in a line, an act is one cell that reads as a sentence.
    """
    if limit < 0:
        raise BadValue(f"cannot show {limit} rows", "--limit", "0 shows all")
    if not set(SCHEMA) <= set(events.columns):
        return plain_table(events, limit, title)
    shown = events.tail(limit) if limit else events
    of = events.height if total is None else total
    table = Table(title=title, caption=f"{shown.height} of {of} rows", box=None, pad_edge=False)
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
        table.add_column(name, no_wrap=name == "")
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


def plain_table(rows: pl.DataFrame, limit: int = 0, title: str = "") -> Table:
    """Any frame as a table for a terminal: the first `limit` rows (0: all)."""
    if limit < 0:
        raise BadValue(f"cannot show {limit} rows", "--limit", "0 shows all")
    shown = rows.head(limit) if limit else rows
    table = Table(title=title, caption=f"{shown.height} of {rows.height} rows", box=None, pad_edge=False)
    for name, kind in shown.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left")
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
    if told["filters"]:
        why = ", ".join(f"{count:,} {name}" for name, count in told["filtered_by"].items())
        lines.append(f"{told['filtered']:,} rows left out by a filter at ingestion{f' ({why})' if why else ''}:")
        lines += [f"  {one['kept']}: {one['files']:,} files" for one in told["filters"]]
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
