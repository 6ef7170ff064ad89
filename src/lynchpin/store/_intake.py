"""One file into the store: read ahead block by block, judged, settled and written, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from lynchpin._version import __version__
from lynchpin.events import SCHEMA, empty_events
from lynchpin.sources import Source
from lynchpin.sources._base import MENTION
from lynchpin.sources._text import encoding

from . import _file
from ._arrow import Stream
from ._waiting import Seen, Waiting, ahead
from .check import KEY, judge, settle
from .exposure import total, volume
from .report import FileReport

_TOLD = ("reasons", "unresolved", "unknown_places", "notes")  # counts that the manifest keeps as JSON
_SIZES = ("read", "accepted", "duplicates", "refused")


def take_in(connection: duckdb.DuckDBPyConnection, path: Path, file: Path, source: Source) -> FileReport:
    """Read one plain file of a source into the store at `path`: whole, with its record, or not at all.

    Raises
    ------
    BadData : the file is not of its source, or the store cannot be written
    """
    with _file.border(path):
        sha256 = _sha256(file)
        seen = _file.query(connection, "SELECT * FROM files WHERE sha256 = ? AND source = ?", (sha256, source.name))
        if seen.height:
            return file_report(seen.row(0, named=True), already=True)
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
            record |= _add(connection, file, source, {"file": pl.lit(file.name), "sha256": pl.lit(sha256)})
            _file.insert(connection, "files", pl.DataFrame([record]))
            connection.commit()
        except BaseException:
            with suppress(duckdb.Error):  # what broke it is what matters; there may be nothing to roll back
                connection.rollback()
            raise
    return file_report(record, already=False)


def file_report(record: dict[str, object], *, already: bool) -> FileReport:
    """The report of a file from its row of the manifest."""
    plain = {name: value for name, value in record.items() if name not in ("code_version", "kind")}
    counts = {name: json.loads(str(plain.pop(name))) for name in _TOLD}
    return FileReport(**plain, **counts, already=already)  # type: ignore[arg-type]


def _add(
    connection: duckdb.DuckDBPyConnection, file: Path, source: Source, origin: dict[str, pl.Expr]
) -> dict[str, object]:
    """Write one file's rows, block by block, within a transaction; its counts."""
    sizes, told = Counter[str](), {name: Counter[str]() for name in _TOLD}
    rows = Waiting(partial(_file.insert, connection, source.kind))
    duplicates = Waiting(partial(_file.insert, connection, "duplicates"))
    volumes = [volume(empty_events())]
    is_first, seen = _is_first(connection, source), Seen()

    def stored(keys: pl.DataFrame) -> pl.DataFrame:
        again = seen.again(keys)
        return pl.concat([_stored(connection, source, again if is_first else keys), *rows.among(again)])

    for judged in ahead(judge(block, source) for block in source.in_blocks(file)):
        checked = settle(judged, source, stored)
        rows.add(checked.events)
        duplicates.add(checked.duplicates.with_columns(**origin))
        _file.insert(connection, "refused", checked.refused.with_columns(**origin))  # these texts are long: no waiting
        if source.kind == "events":
            volumes.append(volume(checked.events))
        counted = (checked.read, checked.events.height, checked.duplicates.height, checked.refused.height)
        sizes.update(dict(zip(_SIZES, counted, strict=True)))
        for name, count in told.items():
            count.update(getattr(checked, name))
    rows.finish()
    duplicates.finish()
    _file.insert(connection, "volume", total(volumes).with_columns(**origin))
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
    sql = f"SELECT held.* FROM {source.kind} AS held SEMI JOIN given ON {on} WHERE {' AND '.join(wanted)}"
    return _file.query(connection, sql, values, given=Stream(keys)).cast(schema)


def _by_volume(counts: Counter[str]) -> Counter[str]:
    return Counter(dict(sorted(counts.items(), key=lambda place: (-place[1], place[0]))))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
