"""The DuckDB file of a track record. Every issued forecast carries a hash over itself and the one before it.

A row that was changed, left out or put in breaks the chain at that row, and the file is refused. Scores are no part of
the chain: they follow from a forecast and a record, which each score names by its hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from lynchpin.errors import BadData

MARK = "lynchpin track"
LAYOUT = 1

#: What is issued, in the order in which it is hashed. `number` counts from 1; `units` is JSON, the dyads and classes
#: that are counted, or {"agreement": id, ...}.
FORECAST: tuple[str, ...] = (
    "number", "issued_at", "case_name", "origin", "horizon_days", "data_hash", "case_hash", "view", "seed", "draws",
    "version", "units", "last_event_date",
)  # fmt: skip

#: The chances of a forecast, one row for each model and period; `pmf` is JSON, a list of chances of 0, 1, ... per unit.
CHANCE: tuple[str, ...] = ("number", "model", "period_start", "period_end", "pmf")

SCORE: tuple[str, ...] = ("number", "model", "period_start", "period_end", "metric", "value", "n", "record_hash")

_TABLES = (
    "CREATE TABLE about (mark VARCHAR, layout INTEGER)",
    f"CREATE TABLE forecasts ({', '.join(f'{name} VARCHAR' for name in FORECAST)}, before VARCHAR, hash VARCHAR)",
    f"CREATE TABLE chances ({', '.join(f'{name} VARCHAR' for name in CHANCE)})",
    f"CREATE TABLE scores ({', '.join(f'{name} VARCHAR' for name in SCORE[:-3])}, value DOUBLE, n BIGINT, "
    "record_hash VARCHAR)",
)


@contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file, its chain checked, in one transaction that is kept when nothing breaks.

    Raises
    ------
    BadData : no such file, not a track record, in use, or a chain that is broken
    """
    is_new = not path.exists()
    if is_new and not create:
        raise BadData("no such track record", str(path), "`lynchpin track issue CASE --file FILE` begins one")
    if path.is_dir() or not path.parent.is_dir():
        raise BadData("a track record is one file in a folder that is there", str(path), "name a file")
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        raise BadData(f"cannot open the track record: {str(error).splitlines()[0]}", str(path), "") from None
    try:
        connection.begin()
        if is_new:
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute("INSERT INTO about VALUES (?, ?)", [MARK, LAYOUT])
        _check(connection, path)
        yield connection
        connection.commit()
    except BaseException:
        connection.close()  # what was not committed is rolled back
        if is_new:
            path.unlink(missing_ok=True)
        raise
    connection.close()


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    return connection.execute(sql, values or []).fetchall()


def chain_hash(before: str, forecast: dict[str, str], chances: Sequence[tuple[str, ...]]) -> str:
    """SHA-256 over the hash before, the forecast's fields and its chances: lengths and texts, so that nothing blurs."""
    digest = hashlib.sha256(f"{MARK} {LAYOUT}\n".encode())
    for text in [before, *(forecast[name] for name in FORECAST), *(cell for row in sorted(chances) for cell in row)]:
        digest.update(f"{len(text)}:{text}\n".encode())
    return digest.hexdigest()


def add(connection: duckdb.DuckDBPyConnection, fields: dict[str, str], chances: Sequence[Sequence[str]]) -> int:
    """Write a forecast down and give its number; one with the same fields that is there already stays the only one.

    Parameters
    ----------
    fields : those of FORECAST, but `number` and `issued_at`
    chances : rows of CHANCE without their number
    """
    same = " AND ".join(f"{name} = ?" for name in fields)
    there = rows(connection, f"SELECT number FROM forecasts WHERE {same}", list(fields.values()))
    if there:
        return int(there[0][0])
    last, before = last_hash(connection)
    number = str(last + 1)
    forecast = {"number": number, "issued_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), **fields}
    numbered = [(number, *row) for row in chances]
    values = [forecast[name] for name in FORECAST]
    marks = ", ".join("?" * (len(values) + 2))
    connection.execute(
        f"INSERT INTO forecasts VALUES ({marks})", [*values, before, chain_hash(before, forecast, numbered)]
    )
    connection.executemany(f"INSERT INTO chances VALUES ({', '.join('?' * len(CHANCE))})", numbered)
    return last + 1


def units(connection: duckdb.DuckDBPyConnection, number: int) -> str:
    """What a forecast is about, as JSON."""
    return str(rows(connection, "SELECT units FROM forecasts WHERE number = ?", [str(number)])[0][0])


def last_hash(connection: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """The number and the hash of the forecast that was issued last; 0 and "" before the first."""
    newest = rows(connection, "SELECT number, hash FROM forecasts ORDER BY number::BIGINT DESC LIMIT 1")
    return (int(newest[0][0]), str(newest[0][1])) if newest else (0, "")


def _check(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        about = rows(connection, "SELECT mark, layout FROM about")
    except duckdb.Error:
        about = []
    if about != [(MARK, LAYOUT)]:
        raise BadData("this is no track record of this version", str(path), "name a file that `lynchpin track` made")
    before = ""
    fields = ", ".join(FORECAST)
    for k, row in enumerate(
        rows(connection, f"SELECT {fields}, before, hash FROM forecasts ORDER BY number::BIGINT"), 1
    ):
        forecast = dict(zip(FORECAST, row, strict=False))
        chances = rows(connection, f"SELECT {', '.join(CHANCE)} FROM chances WHERE number = ?", [forecast["number"]])
        if (
            forecast["number"] != str(k)
            or row[-2] != before
            or row[-1] != chain_hash(before, forecast, [tuple(map(str, one)) for one in chances])
        ):
            raise BadData(
                f"forecast {forecast['number']} is not as it was issued: its hash does not fit",
                str(path),
                "go back to a copy that was not changed",
            )
        before = row[-1]
    strays = rows(connection, "SELECT count(*) FROM chances WHERE number NOT IN (SELECT number FROM forecasts)")
    if strays[0][0]:
        raise BadData("chances that belong to no forecast", str(path), "go back to a copy that was not changed")
