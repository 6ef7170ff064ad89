"""The store: one DuckDB file with every report that passed the rules, and a record of those that did not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl

from lynchpin import sources
from lynchpin._version import __version__
from lynchpin.errors import BadData
from lynchpin.events import COLUMNS, SCHEMA
from lynchpin.sources import Source
from lynchpin.sources._text import encoding, must_be_file

from . import _file
from .check import KEY, Checked, check
from .hashing import data_hash
from .report import FileReport, IngestReport

#: Called before each file with its name, how many files are done, and how many there are.
Progress = Callable[[str, int, int], None]

_ORDER = "date, dataset, event_id, file, row"


class Store:
    """Events in one file. Open it with `Store.open`, best in a `with` statement, which closes it.

    Every report is kept; folding restatements of one act into episodes is done later. Among rows with the
    same data set, id and date the one that came first stays.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        self.path, self.read_only = path, read_only
        self._connection = connection

    @classmethod
    def open(cls, path: str | Path, create: bool = False, *, read_only: bool = False) -> Store:
        """Open a store.

        Parameters
        ----------
        path : str or Path, the file
        create : bool, whether to make the file when there is none
        read_only : bool, whether to look only; several programs can then look at once

        Raises
        ------
        BadData : no such store, a folder, not a store, a store of a newer layout, or one that is in use
        """
        file = Path(path)
        return cls(file, _file.connect(file, create=create, read_only=read_only), read_only=read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. A second time does nothing."""
        self._connection.close()

    def ingest(
        self,
        source: str | None,
        paths: str | Path | Iterable[str | Path],
        *,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read files into the store.

        Each file is one transaction: it is in the store whole, with its record, or not at all. Files are
        taken in the order of their names. A file whose bytes the store has seen changes nothing. All files
        are looked at before the first one is read, so that a wrong path costs nothing.

        Parameters
        ----------
        source : str, name of the source of all files, or None to tell it from each file's first line
        paths : one path, or several
        progress : called before each file with its name, the number of files done and of all files

        Raises
        ------
        UnknownName : no such source
        BadData : a file is missing, or is not of its source (files before it stay in the store); or the store
            is open for looking only
        """
        if self.read_only:
            raise BadData("the store is open for looking only", str(self.path), "open it without read_only")
        named = [paths] if isinstance(paths, str | Path) else list(paths)
        known = sources.get(source) if source is not None else None
        files = sorted((must_be_file(path) for path in named), key=lambda file: (file.name, str(file)))
        plan = [(file, known or sources.detect(file)) for file in files]
        reports = []
        for done, (file, its_source) in enumerate(plan):
            if progress is not None:
                progress(file.name, done, len(plan))
            reports.append(self._ingest_file(file, its_source))
        return IngestReport(tuple(reports))

    def events(self, *, before: date | None = None, states: Collection[str] | None = None) -> pl.DataFrame:
        """The events, in the columns of `lynchpin.events.SCHEMA`.

        Parameters
        ----------
        before : date, only what happened strictly before it
        states : ISO3 codes, only events with at least one of them on either side

        Returns
        -------
        DataFrame by date, data set, event id, file and line, whatever the order of ingestion
        """
        wanted, values = ["true"], list[object]()
        if before is not None:
            wanted.append("date < ?")
            values.append(before)
        if states is not None:
            wanted.append("(list_has_any(source, ?::VARCHAR[]) OR list_has_any(target, ?::VARCHAR[]))")
            values += [sorted(states), sorted(states)]
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        sql = f"SELECT {columns} FROM events WHERE {' AND '.join(wanted)} ORDER BY {_ORDER}"
        return self._query(sql, *values).cast(pl.Schema(SCHEMA))

    def manifest(self) -> pl.DataFrame:
        """One row for each file: name, source, hash, size, counts and reasons (JSON), by name and hash."""
        return self._query("SELECT * FROM files ORDER BY file, sha256, source")

    def refused(self) -> pl.DataFrame:
        """Every refused row: file, line number, text and the rules it broke."""
        return self._query("SELECT file, row, raw, broke FROM refused ORDER BY file, sha256, row")

    def duplicates(self) -> pl.DataFrame:
        """Every row that was left out because its key was read before: file, line number, key and reason."""
        return self._query("SELECT file, row, event_id, date, reason FROM duplicates ORDER BY file, sha256, row")

    def content_hash(self) -> str:
        """The hash of all events, as `data_hash` gives it."""
        return data_hash(self.events())

    def _query(self, sql: str, *values: object) -> pl.DataFrame:
        with self._border():
            return _file.query(self._connection, sql, values)

    def _border(self) -> AbstractContextManager[None]:
        return _file.border(self.path)

    def _ingest_file(self, file: Path, source: Source) -> FileReport:
        sha256 = _sha256(file)
        seen = self._query("SELECT * FROM files WHERE sha256 = ? AND source = ?", sha256, source.name)
        if seen.height:
            return _report(seen.row(0, named=True), already=True)
        checked = check(source.read(file), source, stored=lambda keys: self._stored(source.name, keys))
        record: dict[str, object] = {
            "file": file.name,
            "source": source.name,
            "sha256": sha256,
            "size": file.stat().st_size,
            "encoding": encoding(file),
            "read": checked.read,
            "accepted": checked.events.height,
            "duplicates": checked.duplicates.height,
            "refused": checked.refused.height,
            "reasons": json.dumps(checked.reasons),
            "unresolved": json.dumps(checked.unresolved),
            "unknown_places": json.dumps(checked.unknown_places),
            "code_version": __version__,
        }
        self._add(checked, record)
        return _report(record, already=False)

    def _add(self, checked: Checked, record: dict[str, object]) -> None:
        """Write one file's rows and its record, or nothing."""
        origin = {"file": pl.lit(record["file"]), "sha256": pl.lit(record["sha256"])}
        with self._border():
            self._connection.begin()
            try:
                _file.insert(self._connection, "events", checked.events)
                _file.insert(self._connection, "refused", checked.refused.with_columns(**origin))
                _file.insert(self._connection, "duplicates", checked.duplicates.with_columns(**origin))
                _file.insert(self._connection, "files", pl.DataFrame([record]))
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    def _stored(self, dataset: str, keys: pl.DataFrame) -> pl.DataFrame:
        """The events of a data set that have one of the keys (event id, date)."""
        on = " AND ".join(f"events.{name} = keys.{name}" for name in KEY)
        with self._border(), _file.shown(self._connection, keys) as name:
            return _file.query(
                self._connection,
                f"SELECT events.* FROM events SEMI JOIN {name} AS keys ON {on} WHERE dataset = ?",
                [dataset],
            ).cast(pl.Schema(SCHEMA))


def require_events(events: pl.DataFrame, where: str) -> pl.DataFrame:
    """Give the events back, or say that there are none.

    Parameters
    ----------
    events : DataFrame of events
    where : str, where they should have come from, for the error

    Raises
    ------
    BadData : there are no events
    """
    if events.is_empty():
        mend = "`lynchpin ingest SOURCE PATH --store FILE` reads some, or ask for more days"
        raise BadData("there are no events", where, mend)
    return events


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _report(record: dict[str, object], *, already: bool) -> FileReport:
    plain = {name: value for name, value in record.items() if name != "code_version"}
    counts = {name: json.loads(str(plain.pop(name))) for name in ("reasons", "unresolved", "unknown_places")}
    return FileReport(**plain, **counts, already=already)  # type: ignore[arg-type]
