"""What an open store is asked: events, counts of them, and what the store tells of itself. Nothing here changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from lynchpin.errors import BadData, BadValue
from lynchpin.events import COLUMNS, SCHEMA
from lynchpin.record.ontology.actors import resolve
from lynchpin.record.store import _file, folding, mentions, upkeep
from lynchpin.record.store._file import Stream
from lynchpin.record.store.filters import STATES_REASON, Filter
from lynchpin.record.store.folding import Folded
from lynchpin.record.store.hashing import table_hash
from lynchpin.record.store.mentions import with_reach
from lynchpin.record.store.selection import Selection, order_of

if TYPE_CHECKING:
    import duckdb

#: Every report, or the reports of one act folded into one.
View = Literal["reports", "episodes"]

_AT_ONCE = 50_000  # reports that are folded at once


class Asked:
    """The questions that a store answers. `Store` is one of these that can be opened, filled and closed too."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path, self._connection = path, connection

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
