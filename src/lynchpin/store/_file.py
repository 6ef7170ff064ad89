"""The DuckDB file behind a store: its layout, how it is opened, and how tables go in and out.

Tables go between polars and DuckDB through the Arrow C stream that both speak, so pyarrow is not needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from lynchpin.errors import BadData
from lynchpin.events import SCHEMA

from ._arrow import Stream

LAYOUT = 1
_MARK = "lynchpin store"
_MOST_THREADS = 8
_numbers = count()

_SQL_TYPES: dict[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Date(): "DATE",
    pl.List(pl.String()): "VARCHAR[]",
    pl.Float64(): "DOUBLE",
    pl.Int64(): "BIGINT",
}

#: table -> columns with their types
TABLES: dict[str, dict[str, str]] = {
    "about": {"mark": "VARCHAR", "layout": "INTEGER"},
    "files": {
        "file": "VARCHAR",
        "source": "VARCHAR",
        "sha256": "VARCHAR",
        "size": "BIGINT",
        "encoding": "VARCHAR",
        "read": "BIGINT",
        "accepted": "BIGINT",
        "duplicates": "BIGINT",
        "refused": "BIGINT",
        "reasons": "VARCHAR",  # JSON, as the next two
        "unresolved": "VARCHAR",
        "unknown_places": "VARCHAR",
        "code_version": "VARCHAR",
    },
    "events": {name: _SQL_TYPES[dtype] for name, dtype in SCHEMA.items()},
    "refused": {
        "file": "VARCHAR",
        "sha256": "VARCHAR",
        "row": "BIGINT",
        "raw": "VARCHAR",
        "broke": "VARCHAR[]",
    },
    "duplicates": {
        "file": "VARCHAR",
        "sha256": "VARCHAR",
        "row": "BIGINT",
        "event_id": "VARCHAR",
        "date": "DATE",
        "reason": "VARCHAR",
    },
}


def connect(path: Path, *, create: bool, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the file, or make it.

    Raises
    ------
    BadData : no such store, a folder, not a store, a store of a newer layout, or one that is in use
    """
    if path.is_dir():
        raise BadData("a store is one file, and this is a folder", str(path), "name a file in it")
    is_new = not path.exists()
    if is_new and not create:
        mend = "check the path; `lynchpin ingest SOURCE PATH --store FILE` makes a store"
        raise BadData("no such store", str(path), mend)
    if is_new and not path.parent.is_dir():
        raise BadData("no such folder", str(path.parent), "make the folder first")
    with border(path):
        connection = duckdb.connect(path, read_only=read_only and not is_new, config={"threads": _threads()})
    try:
        if is_new:
            _lay_out(connection)
        _must_be_ours(connection, path)
    except BaseException:
        connection.close()
        if is_new:
            path.unlink(missing_ok=True)
        raise
    return connection


def run(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """Run a statement to its end: DuckDB takes no other while one has rows left."""
    return connection.execute(sql, list(values)).fetchall()


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Add rows to a table, column by name."""
    if rows.height:
        with shown(connection, rows) as name:
            run(connection, f"INSERT INTO {table} BY NAME SELECT * FROM {name}")


def query(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> pl.DataFrame:
    """The answer to a query as a frame; `values` stand for its question marks."""
    return pl.DataFrame(Stream(connection.sql(sql, params=list(values))))


@contextmanager
def shown(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> Iterator[str]:
    """Show a frame to DuckDB under a name of its own."""
    name = f"_shown_{next(_numbers)}"
    connection.register(name, Stream(rows))
    try:
        yield name
    except BaseException:
        with suppress(duckdb.Error):  # a broken transaction takes no order; its own error matters
            connection.unregister(name)
        raise
    connection.unregister(name)


@contextmanager
def border(path: Path) -> Iterator[None]:
    """Turn what DuckDB says about a file into an error with its place."""
    try:
        yield
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if "not a valid DuckDB" in said:
            mend = "name another file; `lynchpin ingest` makes a store"
            raise BadData("the file is not a store", str(path), mend) from None
        if "lock" in said or "different configuration" in said:
            raise BadData("the store is in use", str(path), "close the other program that has it open") from None
        raise BadData(f"the store cannot be used: {said}", str(path)) from error


def _threads() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def _lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    connection.begin()
    for table, columns in TABLES.items():
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        run(connection, f"CREATE TABLE {table} ({listed})")
    run(connection, "INSERT INTO about VALUES (?, ?)", [_MARK, LAYOUT])
    connection.commit()


def _must_be_ours(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        found = run(connection, "SELECT mark, layout FROM about")
    except duckdb.Error:
        found = []
    if not found or found[0][0] != _MARK:
        mend = "name another file; `lynchpin ingest` makes a store"
        raise BadData("the file is a DuckDB database, but not a store", str(path), mend)
    layout = found[0][1]
    if layout > LAYOUT:
        raise BadData(
            f"the store was made by a newer Lynchpin (layout {layout}; this one knows {LAYOUT})",
            str(path),
            "update Lynchpin, or ingest the files into a new store",
        )
