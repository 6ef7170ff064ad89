"""The DuckDB file behind a store: its layout, how it is opened, and how tables go in and out.

Tables go between polars and DuckDB through the Arrow C stream that both speak, so pyarrow is not needed.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from lynchpin.errors import BadData, LynchpinWarning
from lynchpin.events import SCHEMA
from lynchpin.later import Later

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

LAYOUT = 4  # 2: volume and mentions; 3: known_from; 4: filters
_MARK = "lynchpin store"
_MOST_THREADS = 8
_OLDER = (
    "the store was made by an older Lynchpin and has been brought up to date: every event counts as known from its day "
    "on; ingest the files into a new store for the days that the feeds tell"
)
_CACHE = "512MB"  # of a store that is only looked at

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
        "kind": "VARCHAR",  # "events" or "mentions"
        "read": "BIGINT",
        "accepted": "BIGINT",
        "duplicates": "BIGINT",
        "refused": "BIGINT",
        "reasons": "VARCHAR",  # JSON, as the next three
        "unresolved": "VARCHAR",
        "unknown_places": "VARCHAR",
        "notes": "VARCHAR",
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
    "volume": {
        "dataset": "VARCHAR",
        "file": "VARCHAR",
        "sha256": "VARCHAR",
        "date": "DATE",
        "known_from": "DATE",
        "reports": "BIGINT",
    },
    "filters": {  # of files that were read under one
        "file": "VARCHAR",
        "source": "VARCHAR",
        "sha256": "VARCHAR",
        "states": "VARCHAR[]",
        "since": "DATE",
        "until": "DATE",
    },
    "filtered": {  # good rows that it left out, by day
        "dataset": "VARCHAR",
        "file": "VARCHAR",
        "sha256": "VARCHAR",
        "date": "DATE",
        "known_from": "DATE",
        "status": "VARCHAR",
        "reason": "VARCHAR",
        "reports": "BIGINT",
    },
    "mentions": {
        "event_id": "VARCHAR",
        "date": "DATE",  # of the page
        "outlet": "VARCHAR",
        "url": "VARCHAR",
        "sentence": "BIGINT",  # its place on the page
        "confidence": "DOUBLE",  # 0..100
        "file": "VARCHAR",
        "row": "BIGINT",
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
    if not read_only:
        sweep(path)
    if is_new and not create:
        mend = "check the path; `lynchpin ingest SOURCE PATH --store FILE` makes a store"
        raise BadData("no such store", str(path), mend)
    if is_new and not path.parent.is_dir():
        raise BadData("no such folder", str(path.parent), "make the folder first")
    if is_new:
        make_store(path)
    connection = _open(path, read_only=read_only)
    try:
        layout = _must_be_ours(connection, path)
        if layout < LAYOUT:
            connection.close()
            connection = _open_old(path)
            with border(path):
                _bring_up(connection, layout)
            if layout < 3:
                warnings.warn(f"{path}: {_OLDER}", LynchpinWarning, stacklevel=2)
            if read_only:
                connection.close()
                connection = _open(path, read_only=True)
    except BaseException:
        connection.close()
        raise
    return connection


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = (), *, given: Stream | None = None
) -> list[Any]:
    """Run a statement to its end: DuckDB takes no other while one has rows left.

    The statement may name `given` as a table: DuckDB finds it here by its name. Nothing is registered with it, since
    it keeps what is, and so all rows of a long file, until the end of the transaction.
    """
    return connection.execute(sql, list(values)).fetchall()


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Add rows to a table, column by name."""
    if rows.height:
        run(connection, f"INSERT INTO {table} BY NAME SELECT * FROM given", given=Stream(rows))


def query(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = (), *, given: Stream | None = None
) -> pl.DataFrame:
    """The answer to a query as a frame; `values` stand for its question marks, `given` as in `run`."""
    return pl.DataFrame(Stream(connection.sql(sql, params=list(values))))


class BadStore(BadData):
    """Something is wrong with the store itself, and not with a file that is read into it."""


@contextmanager
def border(path: Path) -> Iterator[None]:
    """Turn what DuckDB says about a file into an error with its place; an interrupt stays one, however it calls it."""
    try:
        yield
    except RuntimeError as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from None
        raise
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if isinstance(error, duckdb.InterruptException) or "KeyboardInterrupt" in str(error):
            raise KeyboardInterrupt from None
        if "not a valid DuckDB" in said:
            mend = "name another file; `lynchpin ingest` makes a store"
            raise BadStore("the file is not a store", str(path), mend) from None
        if any(sign in said for sign in ("No space left", "File too large", "Disk quota", "not enough disk space")):
            mend = "free some room and run the same again: files that are in stay, the others are read anew"
            raise BadStore("the disk is full", str(path), mend) from None
        if "lock" in said or "different configuration" in said:
            raise BadStore("the store is in use", str(path), "close the other program that has it open") from None
        raise BadStore(f"the store cannot be used: {said}", str(path)) from error


def _threads() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def _open(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    with border(path):
        config: dict[str, str | bool | int | float | list[str]]
        config = {"threads": _threads(), "preserve_insertion_order": False}  # every question says its order
        if read_only:  # else what was read stays in memory, as far as there is any
            config["memory_limit"] = _CACHE
        connection = duckdb.connect(path, read_only=read_only, config=config)
        without_progress_bar(connection)
        return connection


def without_progress_bar(connection: duckdb.DuckDBPyConnection) -> None:
    """Draw no bar amid what is printed. A notebook without ipywidgets has none: turning it off fails there."""
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")


def in_memory(scratch: str) -> duckdb.DuckDBPyConnection:
    """A connection without a file; what does not fit into memory goes to `scratch`."""
    config: dict[str, str | bool | int | float | list[str]]
    config = {"threads": _threads(), "preserve_insertion_order": False, "memory_limit": _CACHE}
    connection = duckdb.connect(config=config | {"temp_directory": scratch})
    without_progress_bar(connection)
    return connection


def literal(text: Path | str) -> str:
    """A path or a text as it stands in SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def make_store(path: Path) -> None:
    """Make an empty store beside its place, and put it there whole: a stop on the way leaves no half of one."""
    with beside(path, "new") as new:
        with border(path):
            with duckdb.connect(new) as connection:
                lay_out(connection)
            settle(new)
        try:  # under its name unless another program was faster: its store is as good
            os.link(new, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            new.rename(path)


@contextmanager
def beside(path: Path, kind: str) -> Iterator[Path]:
    """A place beside a store for a file that will bear its name; what is left there goes away, with what belongs to it.

    Raises
    ------
    BadData : it cannot be written there
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.{kind}")
    try:
        _remove(new)
        yield new
    except OSError as error:
        raise BadData(f"the store cannot be made: {error.strerror}", str(path), "choose another place") from None
    finally:
        _remove(new)


def settle(path: Path) -> None:
    """See that a store which was written and closed is whole on the disk: closing alone tells of no full disk.

    Raises
    ------
    duckdb.Error : it is not
    """
    log = path.with_name(f"{path.name}.wal")
    if log.exists():  # its last rows are not in the file
        with duckdb.connect(path) as connection:
            connection.execute("CHECKPOINT")
    with duckdb.connect(path, read_only=True) as connection:
        run(connection, "SELECT mark, layout FROM about")
    if log.exists():
        raise duckdb.IOException("No space left on device")
    with path.open("rb") as written:
        os.fsync(written.fileno())


def sweep(path: Path) -> None:
    """Remove what programs left beside a store when they were killed."""
    pattern = re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.(new|compact)")
    with suppress(OSError):
        for file in list(path.parent.iterdir()):
            left = pattern.fullmatch(file.name)
            if left and not is_alive(int(left[1])):
                _remove(file)


def _remove(path: Path) -> None:
    """A database file and what DuckDB puts beside it."""
    for end in ("", ".wal"):
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
    shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)


def is_alive(process: int) -> bool:
    """Whether another process of this machine has that number."""
    if process == os.getpid():
        return False
    if sys.platform == "win32":  # asking would interrupt it: there signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def discard(path: Path) -> None:
    """Take a store away that holds nothing."""
    _remove(path)


def lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table, empty."""
    connection.begin()
    _make_tables(connection)
    run(connection, "INSERT INTO about VALUES (?, ?)", [_MARK, LAYOUT])
    connection.commit()


def _make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in TABLES.items():
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        run(connection, f"CREATE TABLE IF NOT EXISTS {table} ({listed})")


def _open_old(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return _open(path, read_only=False)
    except BadData as error:
        mend = "make the file writable once, or copy it to a place where it can be written"
        raise BadData(
            f"the store is of an older layout and cannot be brought up: {error.what}", str(path), mend
        ) from None


def _bring_up(connection: duckdb.DuckDBPyConnection, layout: int) -> None:
    """Give a store of an older layout what it lacks, in one transaction."""
    connection.begin()
    _make_tables(connection)
    if layout < 2:
        run(connection, "ALTER TABLE files ADD COLUMN IF NOT EXISTS kind VARCHAR DEFAULT 'events'")
        run(connection, "ALTER TABLE files ADD COLUMN IF NOT EXISTS notes VARCHAR DEFAULT '{}'")
        run(
            connection,
            "INSERT INTO volume BY NAME SELECT dataset, e.file AS file, min(sha256) AS sha256, date, "
            "count(*) AS reports FROM events e "
            "LEFT JOIN (SELECT file, source, min(sha256) AS sha256 FROM files GROUP BY ALL) f "
            "ON f.file = e.file AND f.source = e.dataset GROUP BY dataset, e.file, date",
        )
    for table in ("events", "volume") if layout < 3 else ():
        run(connection, f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS known_from DATE")
        run(connection, f"UPDATE {table} SET known_from = date")
    run(connection, "UPDATE about SET layout = ?", [LAYOUT])
    connection.commit()


def _must_be_ours(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    try:
        found = run(connection, "SELECT mark, layout FROM about")
    except duckdb.Error:
        found = []
    if not found or found[0][0] != _MARK:
        mend = "name another file; `lynchpin ingest` makes a store"
        raise BadData("the file is a DuckDB database, but not a store", str(path), mend)
    layout: int = found[0][1]
    if layout > LAYOUT:
        raise BadData(
            f"the store was made by a newer Lynchpin (layout {layout}; this one knows {LAYOUT})",
            str(path),
            "update Lynchpin, or ingest the files into a new store",
        )
    return layout


# -- Nothing but the Arrow stream of a table, so that DuckDB and polars take each other's without pyarrow.


class HasStream(Protocol):
    """A table of either library."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow C stream, to be read once."""


class Stream:
    """The stream of a table, and nothing else of it."""

    def __init__(self, table: HasStream) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow C stream, to be read once."""
        return self._table.__arrow_c_stream__(requested_schema)
