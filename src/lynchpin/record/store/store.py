"""The store: one DuckDB file with every report that passed the rules, and a record of those that did not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import polars as pl

from lynchpin.errors import BadData, BadValue
from lynchpin.events import COLUMNS, SCHEMA
from lynchpin.later import Later
from lynchpin.record import sources
from lynchpin.record.ontology.actors import resolve
from lynchpin.record.store import _file, folding, lake, lake_filling, mentions, upkeep
from lynchpin.record.store import upkeep as export
from lynchpin.record.store._file import Stream
from lynchpin.record.store._intake import file_report, take_in, told_of
from lynchpin.record.store.check import EVERY_ROW
from lynchpin.record.store.filters import STATES_REASON, Filter
from lynchpin.record.store.folding import Folded
from lynchpin.record.store.hashing import table_hash
from lynchpin.record.store.mentions import with_reach
from lynchpin.record.store.report import FileReport, IngestReport
from lynchpin.record.store.selection import Selection, order_of

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

#: Called before each file with its name, how many files are done, and how many there are.
Progress = Callable[[str, int, int], None]

#: Every report, or the reports of one act folded into one.
View = Literal["reports", "episodes"]

_LONGEST_LAG = 365
_AT_ONCE = 50_000  # reports that are folded at once


class Store:
    """Events in one file. Open it with `Store.open`, best in a `with` statement, which closes it, and takes away a new
    store that an error left without a file in it.

    Every report is kept; a view folds the reports of one act into an episode. Among rows with the same data
    set, id and date the one that came first stays.
    """

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool, is_new: bool = False
    ) -> None:
        self.path, self.read_only, self._is_new = path, read_only, is_new
        self._connection = connection

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

    def events(
        self,
        *,
        before: date | None = None,
        states: Collection[str] | None = None,
        among: Collection[str] | None = None,
        dataset: str | None = None,
        view: View = "reports",
        fold: Sequence[str] | None = None,
        reach: bool = False,
    ) -> pl.DataFrame:
        """The events, in the columns of `lynchpin.events.SCHEMA`.

        Parameters
        ----------
        before : date, only what happened and was known strictly before it; episodes are made from nothing else
        states : ISO3 codes, only events with at least one of them on either side
        among : ISO3 codes; of events that were coded by machine only those with at least one of them on each side.
            What people wrote is few, and stays
        dataset : name of a feed, only its events
        view : {"reports", "episodes"}, every report, or the reports of one act folded into one row, which has
            `reports` (how many) and `last_date` besides and the first day as its `date`
        fold : names of the folds that make episodes (see `folding`); None for all
        reach : bool, whether each event has the columns of `mentions.REACH` too, from mentions dated before
            `before`; an episode sums the mentions of its reports and has the greatest of their other values

        Returns
        -------
        DataFrame by date, data set, event id, file and line, whatever the order of ingestion

        Raises
        ------
        BadValue : no such view
        UnknownName : no such fold
        BadData : `reach` is asked for, and the store holds no mentions
        """
        if view not in ("reports", "episodes"):
            raise BadValue(f"there is no view {view!r}", "view", 'it is "reports" or "episodes"')
        if view == "episodes":
            return self.folded(
                before=before, states=states, among=among, dataset=dataset, fold=fold, reach=reach
            ).events
        selection = Selection().known_before(before).equal("dataset", dataset)
        if states is not None:
            selection = selection.with_any_of(states)
        if among is not None:
            selection = selection.among(among)
        events = self.selected(selection)
        return self.with_reach(events, before=before) if reach else events

    def selected(self, selection: Selection, *, newest: int | None = None) -> pl.DataFrame:
        """The reports that a selection wants, as `events` gives them; of these only the `newest` so many, or all."""
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        end = order_of() if newest is None else f"{order_of(newest_first=True)} LIMIT {newest:d}"
        found = self._query(selection.sql(columns, "events", end), *selection.all_values).cast(pl.Schema(SCHEMA))
        return found if newest is None else found.reverse()

    def count(self, selection: Selection) -> int:
        """How many reports a selection wants."""
        return int(self._query(selection.sql("count(*) AS n", "events"), *selection.all_values)["n"].item())

    def groups(self, selection: Selection, columns: Sequence[str]) -> pl.DataFrame:
        """The values that some columns have together in the reports that a selection wants, and how many `times`."""
        listed = ", ".join(columns)
        sql = selection.sql(f"{listed}, count(*) AS times", "events", "GROUP BY ALL")
        return self._query(sql, *selection.all_values)

    def with_reach(self, reports: pl.DataFrame, *, before: date | None = None) -> pl.DataFrame:
        """Reports with the columns of `mentions.REACH` beside their own, from pages dated before a day."""
        return with_reach(reports, self.reach(before=before, of=reports["event_id"]))

    def daily(self, *, before: date | None = None, dataset: str | None = None) -> pl.DataFrame:
        """How many reports that were coded by machine each day has, by the day on which they became known; those that
        a filter left out for their states count too, so that it does not matter how far a store was filtered.

        Parameters
        ----------
        before : date, only what happened and was known strictly before it
        dataset : name of a feed, only its reports
        """
        coded = Selection().equal("status", "coded").known_before(before).equal("dataset", dataset)
        days = "date, known_from"
        apart = coded.equal("reason", STATES_REASON)
        sql = (
            f"SELECT {days}, sum(reports) AS reports FROM ({coded.sql(f'{days}, 1 AS reports', 'events')} UNION ALL "
            f"{apart.sql(f'{days}, reports', 'filtered')}) GROUP BY {days} ORDER BY {days}"
        )
        schema = pl.Schema({"date": pl.Date(), "known_from": pl.Date(), "reports": pl.Int64()})
        return self._query(sql, *coded.all_values, *apart.all_values).cast(schema)

    def filters(self) -> dict[Filter, int]:
        """The filters under which the files of events were read, and how many files each; most files first."""
        told = self.info()["filters"]
        return {Filter(tuple(one["states"]), one["since"], one["until"]): one["files"] for one in told}

    def first_day(self, *, before: date | None = None) -> date | None:
        """The day of the first event that was known before a day; None when there is none."""
        known = Selection().known_before(before)
        day: date | None = self._query(known.sql("min(date) AS date", "events"), *known.all_values)["date"].item()
        return day

    def folded(
        self,
        *,
        before: date | None = None,
        states: Collection[str] | None = None,
        among: Collection[str] | None = None,
        dataset: str | None = None,
        fold: Sequence[str] | None = None,
        reach: bool = False,
    ) -> Folded:
        """The episodes, and how many reports each fold took in; parameters as for `events`."""
        folding.chosen(fold)  # a wrong name costs nothing
        reports = self.events(before=before, states=states, among=among, dataset=dataset, reach=reach)
        return folding.fold(reports, fold)

    def folded_in_parts(
        self, selection: Selection, *, before: date | None = None, reach: bool = False, at_once: int = _AT_ONCE
    ) -> Iterator[Folded]:
        """The episodes of the reports that a selection wants, of some actors at a time: about so many reports at once.

        The selection must want all reports of a pair of actors, or none: one report of an act stands for the others.
        """
        parts = -(-self.count(selection) // at_once)
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        if parts > 1:  # laid out once by part, on disk where it does not fit into memory
            parted = selection.sql(f"{columns}, hash({folding.PAIR}) % {parts} AS part", "events", "ORDER BY part")
            self._run(f"CREATE OR REPLACE TEMP TABLE parted AS {parted}", selection.all_values)
        try:
            for part in range(parts):
                if parts == 1:
                    reports = self.selected(selection)
                else:
                    found = self._query(f"SELECT {columns} FROM parted WHERE part = {part} {order_of()}")
                    reports = found.cast(pl.Schema(SCHEMA))
                yield folding.fold(self.with_reach(reports, before=before) if reach else reports)
        finally:
            self._run("DROP TABLE IF EXISTS temp.parted", [])

    def parted(self, at_once: int = _AT_ONCE) -> list[pl.DataFrame]:
        """All reports cut by pair of actors, about so many in each part: what a fold makes of each is its own.

        Each part is in the order of the record; reports that a fold can make one stand in one part.
        """
        parts = max(-(-self.count(Selection()) // at_once), 1)
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        found = self._query(f"SELECT {columns}, hash({folding.PAIR}) % {parts} AS part FROM events {order_of()}")
        cut = found.partition_by("part", as_dict=True, include_key=False, maintain_order=True)
        return [cut[key].cast(pl.Schema(SCHEMA)) for key in sorted(cut)]

    def fold_counts(self) -> dict[str, Any]:
        """What the folds make of all reports, as `Folded.to_dict` tells it."""
        told = [part.to_dict() for part in self.folded_in_parts(Selection())]
        folded = {name: sum(part["folded"][name] for part in told) for name in folding.FOLDS}
        return {**{name: sum(part[name] for part in told) for name in ("reports", "episodes")}, "folded": folded}

    def exposure(self, *, before: date | None = None) -> pl.DataFrame:
        """How much each feed reported on each day, the whole feed and whatever the act.

        Parameters
        ----------
        before : date, only reports of acts that happened and were known strictly before it

        Returns
        -------
        DataFrame, columns of `mentions.EXPOSURE`, by feed and day; days without a report are left out
        """
        known = Selection().known_before(before)
        where = " AND ".join(("true", *known.conditions))
        return self._query(mentions.SUM.format(where=where), *known.values).cast(pl.Schema(mentions.EXPOSURE))

    def reach(self, *, before: date | None = None, of: pl.Series | None = None) -> pl.DataFrame:
        """How far each report of GDELT went: see `lynchpin.record.store.mentions.REACH`.

        Parameters
        ----------
        before : date, only pages dated strictly before it
        of : Series of String, ids of reports; None for all

        Returns
        -------
        DataFrame by `event_id`, with the columns of `REACH`: `mentions` (how many), `outlets` (of how many),
        `confidence` (the greatest, 0 to 100: a reader who finds one clear sentence needs no other) and `last_mention`
        (day of the latest)

        Raises
        ------
        BadData : the store holds no mentions
        """
        if self._query("SELECT 1 FROM mentions LIMIT 1").is_empty():
            mend = "`lynchpin fetch gdelt --kind mentions` and `lynchpin ingest gdelt-mentions` put some in"
            raise BadData("the store holds no mentions", str(self.path), mend)
        wanted = Selection().before(before)
        table = "mentions" if of is None else "(SELECT * FROM mentions SEMI JOIN given USING (event_id))"
        ids = None if of is None else Stream(pl.DataFrame({"event_id": of.unique()}))
        sql = f"{mentions.REACHED} FROM ({wanted.sql('*', table)}) GROUP BY event_id ORDER BY event_id"
        found = self._query(sql, *wanted.all_values, given=ids)
        return found.cast(pl.Schema({"event_id": pl.String(), **mentions.REACH}))

    def states(self) -> pl.DataFrame:
        """States by volume: state, data set, reports in which it stands on either side, first and last day."""
        return self._query(
            "SELECT state, dataset, count(*) AS reports, min(date) AS first, max(date) AS last FROM "
            "(SELECT unnest(list_distinct(source || target)) AS state, dataset, date FROM events) "
            "GROUP BY state, dataset ORDER BY reports DESC, state, dataset"
        )

    def unresolved(self) -> pl.DataFrame:
        """Names without a state by volume: name, data set, reports on either side, first and last day, and `known`.

        That is how our tables know it: "" where none does, else "organisation" or the like for what is no state.
        """
        sides = " UNION ALL ".join(
            f"SELECT {side}_name AS name, dataset, date FROM events WHERE len({side}) = 0"
            for side in ("source", "target")
        )
        found = self._query(
            "SELECT name, dataset, count(*) AS reports, min(date) AS first, max(date) AS last "
            f"FROM ({sides}) WHERE name <> '' GROUP BY name, dataset ORDER BY reports DESC, name, dataset"
        )
        actors = [resolve(name) for name in found["name"]]
        return found.with_columns(known=pl.Series([actor.how if actor else "" for actor in actors], dtype=pl.String))

    def info(self) -> dict[str, Any]:
        """What the store holds, as plain values: files, rows, and each data set with its first and last day."""
        with self._border():
            return upkeep.describe(self._connection, self.path)

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
        with self._border():
            return table_hash(self._connection, "events")

    def _query(self, sql: str, *values: object, given: Stream | None = None) -> pl.DataFrame:
        with self._border():
            return _file.query(self._connection, sql, values, given=given)

    def _run(self, sql: str, values: Sequence[object]) -> None:
        with self._border():
            _file.run(self._connection, sql, values)

    def _border(self) -> AbstractContextManager[None]:
        return _file.border(self.path)


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
