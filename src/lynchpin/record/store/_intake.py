"""One file into the store: read ahead block by block, judged, settled and written, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from lynchpin._version import __version__
from lynchpin.events import SCHEMA, empty_events
from lynchpin.later import Later
from lynchpin.record.sources import Source
from lynchpin.record.sources._base import MENTION
from lynchpin.record.sources._text import encoding
from lynchpin.record.store import _file
from lynchpin.record.store._file import Stream
from lynchpin.record.store.check import EVERY_ROW, KEY, judge, settle
from lynchpin.record.store.filters import LEFT, Filter, summed
from lynchpin.record.store.mentions import far_ahead, total, volume
from lynchpin.record.store.report import FileReport

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

_TOLD = ("reasons", "unresolved", "unknown_places", "notes")  # counts that the manifest keeps as JSON
_SIZES = ("read", "accepted", "duplicates", "refused")


def take_in(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    file: Path,
    source: Source,
    *,
    known_lag: int = 0,
    keep: Filter = EVERY_ROW,
) -> FileReport:
    """Read one plain file of a source into the store at `path`: whole, with its record, or not at all.

    Parameters
    ----------
    known_lag : int, days after which an act becomes known where the feed says nothing of it
    keep : Filter, which of the events are to be in the store

    Raises
    ------
    BadData : the file is not of its source
    BadStore : the store cannot be written, or holds this file under a filter that left out rows which `keep` keeps
    """
    with _file.border(path):
        sha256 = hash_of(file)
        seen = _file.query(connection, "SELECT * FROM files WHERE sha256 = ? AND source = ?", (sha256, source.name))
        if seen.height:
            then = _filter_of(connection, sha256, source)
            if source.kind == "events" and not then.holds(keep):
                raise _file.BadStore(
                    f"the store holds this file as it was read under another filter ({then}); rows that are asked for "
                    f"now ({keep}) were left out",
                    file.name,
                    "read it into a new store, or ask for no more than that filter kept",
                )
            return file_report(told_of(connection, seen.row(0, named=True)), already=True)
        record: dict[str, object] = {
            "file": file.name,
            "source": source.name,
            "sha256": sha256,
            "size": file.stat().st_size,
            "encoding": encoding(file),
            "kind": source.kind,
            "code_version": __version__,
        }
        connection.begin()
        try:
            origin = {"file": pl.lit(file.name), "sha256": pl.lit(sha256)}
            record |= _add(connection, file, source, known_lag, origin, keep)
            _file.insert(connection, "files", pl.DataFrame([record]))
            if keep and source.kind == "events":
                _remember(connection, record, keep)
            connection.commit()
        except BaseException:
            with suppress(duckdb.Error):  # what broke it is what matters; there may be nothing to roll back
                connection.rollback()
            raise
        return file_report(told_of(connection, record), already=False)


def _remember(connection: duckdb.DuckDBPyConnection, record: dict[str, object], keep: Filter) -> None:
    row = {name: record[name] for name in ("file", "source", "sha256")} | keep.to_dict()
    types: dict[str, pl.DataType] = {"states": pl.List(pl.String()), "since": pl.Date(), "until": pl.Date()}
    _file.insert(connection, "filters", pl.DataFrame([row], schema_overrides=types))


def _filter_of(connection: duckdb.DuckDBPyConnection, sha256: str, source: Source) -> Filter:
    """The filter under which a file was read."""
    sql = "SELECT states, since, until FROM filters WHERE sha256 = ? AND source = ?"
    found = _file.run(connection, sql, (sha256, source.name))
    return Filter(tuple(found[0][0]), *found[0][1:]) if found else EVERY_ROW


def told_of(connection: duckdb.DuckDBPyConnection, record: dict[str, object]) -> dict[str, object]:
    """A row of the manifest with what a filter left out of its file."""
    sql = "SELECT reason, sum(reports)::BIGINT FROM filtered WHERE sha256 = ? AND dataset = ? GROUP BY reason"
    return record | {"filtered": dict(_file.run(connection, sql, (record["sha256"], record["source"])))}


def file_report(record: dict[str, object], *, already: bool) -> FileReport:
    """The report of a file from its row of the manifest, with or without `filtered`."""
    plain = {name: value for name, value in record.items() if name not in ("code_version", "kind")}
    counts = {name: json.loads(str(plain.pop(name))) for name in _TOLD}
    return FileReport(**plain, **counts, already=already)  # type: ignore[arg-type]


def _add(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    source: Source,
    known_lag: int,
    origin: dict[str, pl.Expr],
    keep: Filter,
) -> dict[str, object]:
    """Write one file's rows, block by block, within a transaction; its counts."""
    sizes, told = Counter[str](), {name: Counter[str]() for name in _TOLD}
    rows = Waiting(partial(_file.insert, connection, source.kind))
    duplicates = Waiting(partial(_file.insert, connection, "duplicates"))
    volumes = [volume(empty_events())]
    apart = [pl.DataFrame(schema=LEFT)]
    is_first, seen = _is_first(connection, source), Seen()

    def stored(keys: pl.DataFrame) -> pl.DataFrame:
        again = seen.again(keys)
        return pl.concat([_stored(connection, source, again if is_first else keys), *rows.among(again)])

    for judged in ahead(judge(block, source, known_lag=known_lag) for block in source.in_blocks(file)):
        checked = settle(judged, source, stored, keep)
        rows.add(checked.events)
        duplicates.add(checked.duplicates.with_columns(**origin))
        _file.insert(connection, "refused", checked.refused.with_columns(**origin))  # these texts are long: no waiting
        apart.append(checked.filtered)
        if source.kind == "events":
            volumes.append(volume(checked.events))
        counted = (checked.read, checked.events.height, checked.duplicates.height, checked.refused.height)
        sizes.update(dict(zip(_SIZES, counted, strict=True)))
        for name, count in told.items():
            count.update(getattr(checked, name))
    rows.finish()
    duplicates.finish()
    daily = total(volumes)
    _file.insert(connection, "volume", daily.with_columns(**origin))
    _file.insert(connection, "filtered", summed(apart).with_columns(**origin))
    if ahead_of_all := far_ahead(daily):
        told["notes"]["far_ahead"] = ahead_of_all
    told["unknown_places"] = _by_volume(told["unknown_places"])
    return {**{name: sizes[name] for name in _SIZES}, **{name: json.dumps(count) for name, count in told.items()}}


def _is_first(connection: duckdb.DuckDBPyConnection, source: Source) -> bool:
    """Whether the store holds no row yet that one of this source could repeat."""
    where, values = ("dataset = ?", (source.name,)) if source.kind == "events" else ("true", ())
    return _file.query(connection, f"SELECT 1 FROM {source.kind} WHERE {where} LIMIT 1", values).is_empty()


def _stored(connection: duckdb.DuckDBPyConnection, source: Source, keys: pl.DataFrame) -> pl.DataFrame:
    """What a data set holds of rows with one of the keys: events, or mentions of events."""
    schema = pl.Schema(SCHEMA if source.kind == "events" else MENTION)
    if keys.is_empty():
        return pl.DataFrame(schema=schema)
    on = " AND ".join(f"held.{name} IS NOT DISTINCT FROM given.{name}" for name in keys.columns)
    # the ranges let DuckDB pass over the row groups that cannot hold them
    wanted, values = ["event_id BETWEEN ? AND ?", "date BETWEEN ? AND ?"], list[object]()
    for name in KEY:
        values += [keys[name].min(), keys[name].max()]
    if source.kind == "events":
        wanted.append("dataset = ?")
        values.append(source.name)
    listed = ", ".join(f"held.{name}" for name in schema)
    sql = f"SELECT {listed} FROM {source.kind} AS held SEMI JOIN given ON {on} WHERE {' AND '.join(wanted)}"
    return _file.query(connection, sql, values, given=Stream(keys)).cast(schema)


def _by_volume(counts: Counter[str]) -> Counter[str]:
    return Counter(dict(sorted(counts.items(), key=lambda place: (-place[1], place[0]))))


def hash_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# -- Rows on their way into a table: read ahead, known by their keys, and handed over in whole row groups.

T = TypeVar("T")

ROW_GROUP = 122_880

Hashes = npt.NDArray[np.uint64]


class Waiting:
    """Rows that wait; `insert` takes them when there are enough.

    Parameters
    ----------
    insert : function that puts rows into their table
    at_once : int, how many rows it is given at a time
    """

    def __init__(self, insert: Callable[[pl.DataFrame], None], at_once: int = ROW_GROUP) -> None:
        self._insert, self._at_once = insert, at_once
        self._rows: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows over, and hand on what fills groups."""
        self._rows.append(rows)
        if sum(part.height for part in self._rows) < self._at_once:
            return
        held = pl.concat(self._rows, rechunk=True)
        whole = held.height - held.height % self._at_once
        for start in range(0, whole, self._at_once):
            self._insert(held[start : start + self._at_once])
        self._rows = [held[whole:].clone()]

    def among(self, keys: pl.DataFrame) -> list[pl.DataFrame]:
        """The rows still waiting that have one of the keys."""
        return [part.join(keys, on=keys.columns, how="semi") for part in self._rows]

    def finish(self) -> None:
        """Hand on what is left."""
        if self._rows:
            self._insert(pl.concat(self._rows))
        self._rows = []


class Seen:
    """Which keys came by, as hashes; the answer may hold a key too many, never one too few.

    Sorted runs, each at least twice as long as the next, so that n keys cost n log n in all.
    """

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def again(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Those of the keys that came by before; all of them have come by from now on."""
        hashes = keys.hash_rows().to_numpy()
        ordered = np.sort(hashes)
        met = [ordered[_within(run, ordered)] for run in self._runs]
        if ordered.size:
            self._add(ordered)
        return keys.filter(np.isin(hashes, np.concatenate(met))) if any(part.size for part in met) else keys.clear()

    def _add(self, run: Hashes) -> None:
        while self._runs and self._runs[-1].size < 2 * run.size:
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)


def _within(run: Hashes, asked: Hashes) -> npt.NDArray[np.bool_]:
    place = np.searchsorted(run, asked)
    return np.equal(run[np.minimum(place, run.size - 1)], asked)


def ahead(items: Iterator[T], depth: int = 4) -> Iterator[T]:
    """The same items, up to `depth` of the next ones made in a thread of its own while this one is used."""
    pool = ThreadPoolExecutor(1)
    try:
        coming = deque(pool.submit(next, items, None) for _ in range(depth))
        while (item := coming.popleft().result()) is not None:
            coming.append(pool.submit(next, items, None))
            yield item
    finally:
        pool.shutdown(cancel_futures=True)
