"""The store: one DuckDB file with every report that passed the rules, and a record of those that did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from lynchpin.errors import BadData, BadValue
from lynchpin.later import Later
from lynchpin.record import sources
from lynchpin.record.store import _file, lake, lake_filling, upkeep
from lynchpin.record.store import upkeep as export
from lynchpin.record.store._intake import file_report, take_in, told_of
from lynchpin.record.store.asked import Asked
from lynchpin.record.store.check import EVERY_ROW
from lynchpin.record.store.filters import Filter
from lynchpin.record.store.report import FileReport, IngestReport

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

#: Called before each file with its name, how many files are done, and how many there are.
Progress = Callable[[str, int, int], None]

_LONGEST_LAG = 365


class Store(Asked):
    """Events in one file. Open it with `Store.open`, best in a `with` statement, which closes it, and takes away a new
    store that an error left without a file in it.

    Every report is kept; a view folds the reports of one act into an episode. Among rows with the same data
    set, id and date the one that came first stays.
    """

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool, is_new: bool = False
    ) -> None:
        super().__init__(path, connection)
        self.read_only, self._is_new = read_only, is_new

    @classmethod
    def open(cls, path: str | Path, create: bool = False, *, read_only: bool = False, parts: bool = False) -> Store:
        """Open a store.

        Parameters
        ----------
        path : str or Path, the file
        create : bool, whether to make the file when there is none
        read_only : bool, whether to look only; several programs can then look at once
        parts : bool, with `create`: whether what is made is a folder of parts by feed and month, for what is larger
            than one file. A store that is there is what it is

        Raises
        ------
        BadData : no such store, a folder, not a store, a store of a newer layout, or one that is in use
        """
        file = Path(path)
        is_new = not file.exists()
        if create and parts and not lake.is_lake(file):
            lake.make(file)
            is_new = True
        if lake.is_lake(file):
            connection = lake.connect(file)
        else:
            connection = _file.connect(file, create=create, read_only=read_only)
        return cls(file, connection, read_only=read_only, is_new=is_new)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._is_new and lake.is_lake(self.path):
            self.close()
            lake.discard(self.path)
        elif error is not None and self._is_new and self._is_empty():
            _file.discard(self.path)  # while it is still ours, so that nobody's rows go with it
            self._connection.close()
            _file.discard(self.path)
        else:
            self.close()

    def close(self) -> None:
        """Close the file. A second time does nothing."""
        self._connection.close()

    def _is_empty(self) -> bool:
        """Whether no file is in it; asked anew where what went wrong has ended the connection."""
        try:
            return not _file.run(self._connection, "SELECT 1 FROM files LIMIT 1")
        except duckdb.Error:
            self._connection.close()
        try:
            self._connection = _file.connect(self.path, create=False, read_only=False)
            return not _file.run(self._connection, "SELECT 1 FROM files LIMIT 1")
        except (duckdb.Error, BadData):  # it says what is wrong when it is opened
            return False

    def ingest(
        self,
        source: str | None,
        paths: str | Path | Iterable[str | Path],
        *,
        progress: Progress | None = None,
        known_lag: int = 0,
        keep: Filter = EVERY_ROW,
        own_actors: Path | None = None,
        executor: Executor | None = None,
    ) -> IngestReport:
        """Read files into the store.

        Each file is one transaction: it is in the store whole, with its record, or not at all. Files are
        taken in the order of their names. A file whose bytes the store has seen changes nothing. All files
        are looked at before the first one is read, so that a wrong path costs nothing.

        Parameters
        ----------
        source : str, name of the source of all files, or None to tell it from each file's first line
        paths : one path, or several: files, plain or packed (.gz, .zip), folders, globs, or folders that `export`
            wrote. What no source knows is an error when it is named, and left out when it lies in a folder
        progress : called before each file with its name, the number of files done and of all files
        known_lag : int, 0 to 365: so many days after its day an act becomes known, where the feed says nothing of it
        keep : Filter, which events the store is to hold; what it leaves out is counted, and the store remembers it.
            An export is taken in as it is, with the filters of its own
        own_actors : path of a table of actors of one's own, where a worker must be told of it
        executor : any concurrent.futures.Executor, for a store in parts: each file is a task

        A file of a folder that turns out to be broken does not stop the others: the report tells of it.

        Raises
        ------
        UnknownName : no such source
        BadValue : a lag that is out of range
        BadData : a file that was named is missing, or is not of its source (files before it stay in the store); of a
            folder no file could be read; a file is in the store under a narrower filter; or the store is open for
            looking only
        """
        if self.read_only:
            raise BadData("the store is open for looking only", str(self.path), "open it without read_only")
        if not 0 <= known_lag <= _LONGEST_LAG:
            raise BadValue(f"a lag of {known_lag} days", "--known-lag", f"ask for 0 to {_LONGEST_LAG} days")
        named = [paths] if isinstance(paths, str | Path) else list(paths)
        exports = [Path(path) for path in named if export.is_export(path)]
        others = [path for path in named if not export.is_export(path)]
        plan = sources.plan(source, others) if others or not exports else sources.Plan((), ())
        if lake.is_lake(self.path):
            if exports:
                mend = "ingest the files themselves, or export into a store of one file"
                raise BadData("a store in parts takes no export", str(exports[0]), mend)
            return self._fill(plan, source, keep, known_lag, own_actors, executor, progress)
        if executor is not None:
            mend = "make a new store with --parts"
            raise BadValue("a store of one file is filled by one worker", "--workers, --scheduler", mend)
        reports = []
        for folder in exports:
            rows = export.take_in(self._connection, self.path, folder)
            for row in rows.to_dicts():
                already = row.pop("already")
                reports.append(file_report(told_of(self._connection, row), already=already))
        left_out, failed = list(plan.left_out), list(plan.failed)
        for done, (found, its_source) in enumerate(plan.taken):
            if progress is not None:
                progress(found.name, done, len(plan.taken))
            try:
                with sources.unpacked(found, remark=partial(_remark, left_out, found.where)) as file:
                    reports.append(
                        take_in(self._connection, self.path, file, its_source, known_lag=known_lag, keep=keep)
                    )
            except BadData as error:
                if isinstance(error, _file.BadStore) or found not in plan.offered:
                    raise
                failed.append((found.where, error.what))
        return _report(reports, left_out, failed)

    def _fill(
        self,
        plan: sources.Plan,
        asked: str | None,
        keep: Filter,
        known_lag: int,
        own_actors: Path | None,
        executor: Executor | None,
        progress: Progress | None,
    ) -> IngestReport:
        """`ingest` of a store in parts."""
        done = lake_filling.fill(
            self.path,
            plan.taken,
            asked,
            known_lag=known_lag,
            keep=keep,
            own_actors=own_actors,
            executor=executor,
            progress=None if progress is None else lambda count, of: progress("files", count, of),
        )
        self._connection.close()
        self._connection = lake.connect(self.path)
        left_out, failed, reports = list(plan.left_out), list(plan.failed), []
        for (found, _), one in zip(plan.taken, done, strict=True):
            left_out += one.remarks
            if one.report is not None:
                reports.append(one.report)
            elif one.error is not None and found not in plan.offered:
                raise one.error
            elif one.error is not None:
                failed.append((found.where, one.error.what))
        return _report(reports, left_out, failed)

    def verify(self) -> list[str]:
        """Where the tables of the store disagree with each other, a sentence each; empty for a sound store."""
        found = list(lake.faults(self._connection, self.path)) if lake.is_lake(self.path) else []
        return found or upkeep.faults(self._connection, self.path)

    def export(self, to: str | Path) -> dict[str, Any]:
        """Write every table as Parquet into a new folder, which `ingest` takes in again.

        Returns
        -------
        dict, as in the folder's `lynchpin-store.json`: version, content hash, rows by table

        Raises
        ------
        BadData : there is something of that name, or it cannot be written
        """
        return export.export(self._connection, self.path, Path(to), self.content_hash())

    @staticmethod
    def compact(path: str | Path) -> tuple[int, int]:
        """Write a store that nobody has open anew, in the order of days; its bytes before and after.

        Raises
        ------
        BadData : no such store, it is in use, or there is no room
        """
        if lake.is_lake(path):
            return lake.compact(Path(path))
        Store.open(path).close()  # brings it up to date, and empties its log
        return upkeep.compact(Path(path))


def _report(
    reports: Sequence[FileReport], left_out: Sequence[tuple[str, str]], failed: Sequence[tuple[str, str]]
) -> IngestReport:
    """What an ingestion did; an error where it could read nothing."""
    if failed and not reports:
        where, why = failed[0]
        raise BadData(f"no file could be read; the first: {why}", where, "fetch it again, or leave it out")
    return IngestReport(tuple(reports), tuple(left_out), tuple(failed))


def _remark(left_out: list[tuple[str, str]], where: str, why: str) -> None:
    left_out.append((where, why))
