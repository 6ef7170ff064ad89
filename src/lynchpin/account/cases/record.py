"""The record a case is read against: its own chronology, or a store, cut to the case's states and its classes."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from lynchpin.account.cases.case import Case, EventClass
from lynchpin.errors import BadData, BadValue, LynchpinWarning
from lynchpin.events import VOLUME, before, last_day, volume_rows
from lynchpin.record.sources import get as source
from lynchpin.record.store import NOT_ROWS, NOTES, Filter, Store, check, fold
from lynchpin.record.store.mending import values_and_fix
from lynchpin.tabular import open_table, tell

#: A record that ends more than this many days before `as_of` is taken to have ended, not to have gone quiet.
QUIET_DAYS = 62

_NO_VOLUME = pl.DataFrame(schema={"date": pl.Date, "known_from": pl.Date, VOLUME: pl.Int64})


def case_events(
    case: Case,
    store: str | Path | None = None,
    *,
    as_of: date | None = None,
    episodes: bool | None = None,
    reach: bool = False,
    feed: str | None = None,
    states: Collection[str] | None = None,
) -> pl.DataFrame:
    """The events of a case that were known as of a day, in the columns of the store plus `event_class`.

    Parameters
    ----------
    case : Case
    store : path of a store made by `lynchpin ingest`; None for the case's own chronology
    as_of : date, nothing that happened or became known on or after it is given; None for the whole record
    episodes : bool, whether the reports of one act are folded into one row, with `reports` and `last_date` besides
        (`lynchpin.record.store.folding`); None for episodes where any row was coded by machine, else reports. Rows that
        people wrote are one for an act and stay as they are
    feed : str, only the events of this data set; None for all
    reach : whether each event has the columns of `lynchpin.record.store.REACH` too, as known on that day
    states : ISO3 codes of the states whose acts are wanted; None for those of the case

    Returns
    -------
    DataFrame, by date, from the case's start on; a null class where no class takes the event. Rows that people wrote
    are few, and all of them are in it. Of rows that were coded by machine only those with one of the states on each
    side are; how dense that record is, its daily volume tells (`lynchpin.events.VOLUME`), with a row for each day. So
    memory follows the case, and not the store.

    Raises
    ------
    BadData : the record is empty, a row of the case's own chronology is refused, or there are no mentions
    BadValue : no event was known before `as_of`, or the case's states were chosen by what was known after it
    """
    found = read_reports(case, store, as_of=as_of, reach=reach, feed=feed, states=states)
    return found.told(as_of, episodes)


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What a record holds of a case, as it was read: nothing is folded, and nothing has a class yet.

    Parameters
    ----------
    case : Case
    events : DataFrame in the columns of the store; rows that people wrote, and of those that were coded by machine the
        acts among the states
    volume : DataFrame with `date`, `known_from` and the count of reports that machines coded; may be empty
    first : date, the first day of the record
    where : str, what it was read from, for an error
    store : str, file name of the store; "" for the case's own chronology
    """

    case: Case
    events: pl.DataFrame
    volume: pl.DataFrame
    first: date
    where: str
    store: str = ""

    def before(self, day: date) -> Reports:
        """What was known on a day; where it was read from goes by its name alone."""
        events, volume = before(self.events, day), before(self.volume, day)
        return replace(self, events=events, volume=volume, where=Path(self.where).name)

    def told(self, as_of: date | None, episodes: bool | None = None) -> pl.DataFrame:
        """The events of the case as known on a day: see `case_events`.

        Raises
        ------
        BadValue : no event was known before `as_of`
        """
        known, volume = before(self.events, as_of), before(self.volume, as_of)
        if episodes or (episodes is None and (volume.height or (known["status"] == "coded").any())):
            known = fold(known).events
        if volume.height:
            is_coded = pl.col("status") == "coded"
            known = known.with_columns(pl.when(is_coded).then(0).otherwise(1).cast(pl.Int64).alias(VOLUME))
            known = pl.concat([known, volume_rows(volume)], how="diagonal").sort("date", maintain_order=True)
        known = known.filter(pl.col("date") >= self.case.start)
        if known.is_empty():
            none = f"no event is dated from {self.case.start} on"
            raise BadValue(
                f"no event of the record was known before {as_of}" if as_of else none,
                self.where,
                f"the first event is dated {self.first}; ask for a later day" if as_of else "mend `start` in the case",
            )
        return classify(known, self.case.classes)


def read_reports(
    case: Case,
    store: str | Path | None = None,
    *,
    as_of: date | None = None,
    reach: bool = False,
    feed: str | None = None,
    states: Collection[str] | None = None,
) -> Reports:
    """Read what a record holds of a case; parameters and errors as for `case_events`.

    Of a store nothing is read that was not known before `as_of`.
    """
    if as_of is not None and case.roles_on is not None and case.roles_on > as_of:
        raise BadValue(
            f"the roles of the case were filled by what was known on {case.roles_on}, after {as_of}",
            case.name,
            "bind the theory, or read the case, as of that day or an earlier one",
        )
    if reach and store is None:
        mend = "name a store of GDELT's events and mentions with --events"
        raise BadData("a chronology tells nothing of the reach of its acts", case.name, mend)
    where = str(store) if store is not None else str(case.events_file and case.events_file.name)
    if store is None:
        events, volume = _own_chronology(case), _NO_VOLUME
    else:
        events, volume = _from_store(store, as_of, states=states or case.followed, feed=feed, reach=reach)
    first = min([*events["date"].head(1), *volume["date"].head(1)], default=None)
    if first is None:
        first = None if store is None else _first_day(store)
        if first is None:
            mend = "`lynchpin ingest SOURCE FILE --store STORE` puts some in"
            raise BadData("the record holds no event", where, mend)
    if feed is not None:
        events = events.filter(pl.col("dataset") == feed)
    return Reports(case, events, volume, first, where, "" if store is None else Path(store).name)


def origin_of(known: pl.DataFrame, as_of: date | None) -> date:
    """The day a fit stands on: `as_of`, or the day after the last event where the record had ended long before."""
    last = last_day(known)
    quiet = as_of is not None and (as_of - last).days <= QUIET_DAYS
    return as_of if as_of is not None and quiet else last + timedelta(days=1)


def _own_chronology(case: Case) -> pl.DataFrame:
    if case.events_file is None:
        raise BadData(
            "the case names no chronology",
            str(case.path),
            'add events = "events.csv" to [case], or name a store with --events',
        )
    feed = source("chronology")
    checked = check(feed.read(case.events_file), feed)
    rows = checked.refused.filter(~pl.col("broke").list.eval(pl.element().is_in(list(NOT_ROWS))).list.all())
    if rows.height:
        row = rows.row(0, named=True)
        table = open_table(case.events_file)
        held, fix = values_and_fix(row["raw"], table.header, table.separator, row["broke"])
        raise BadData(
            f"{rows.height} of {checked.read} rows of the chronology are refused; "
            f"the first breaks {', '.join(row['broke'])}{': ' * bool(held)}{held}",
            f"{case.events_file}, line {row['row']}",
            (fix or "mend the row")
            + "; `lynchpin ingest chronology FILE --store new.duckdb` counts the rules that rows break",
        )
    tell(case.events_file, [NOTES[name] for name in checked.notes if name != "dated_long_before"])
    return checked.events


def _from_store(
    path: str | Path, as_of: date | None, *, states: Collection[str], feed: str | None, reach: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that people wrote and the acts among the states, and the daily volume of what machines coded."""
    with Store.open(Path(path), read_only=True) as store:
        events = store.events(before=as_of, among=states, dataset=feed, reach=reach)
        volume = store.daily(before=as_of, dataset=feed)
        _say_what_lacks(path, store.filters(), states)
    return events, volume.rename({"reports": VOLUME})


def _say_what_lacks(path: str | Path, filters: Collection[Filter], states: Collection[str]) -> None:
    """Warn where files were read for some states alone, and those that are asked for are not all among them."""
    lacking = {state for one in filters if one.states for state in states if state not in one.states}
    if lacking:
        warnings.warn(
            f"{path} was filtered when it was made: acts of {', '.join(sorted(lacking))} are missing from it, or from "
            "some of its files (`lynchpin store info` tells)",
            LynchpinWarning,
            stacklevel=2,
        )


def _first_day(path: str | Path) -> date | None:
    with Store.open(Path(path), read_only=True) as store:
        return store.first_day()


# -- Which class an event belongs to: the first class of the case whose rule it fits.


def classify(events: pl.DataFrame, classes: Sequence[EventClass]) -> pl.DataFrame:
    """Add the column `event_class`; null where no class takes the event.

    Parameters
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`
    classes : the case's classes, in order: the first that fits wins

    Returns
    -------
    DataFrame, the same rows in the same order with one column more. A magnitude that is missing has no sign, so it
    fits only classes that do not ask for one.
    """
    rules = [pl.when(_fits(rule)).then(pl.lit(rule.name)) for rule in classes]
    return events.with_columns(event_class=pl.coalesce(*rules, pl.lit(None, dtype=pl.String)))


def class_column(classes: Sequence[EventClass]) -> tuple[str, tuple[object, ...]]:
    """What `classify` does as an expression of SQL, and its values: a store is filtered by class within DuckDB."""
    cases, values = [], list[object]()
    for rule in classes:
        conditions = ["true"]
        if rule.types:
            conditions.append("list_contains(?::VARCHAR[], type)")
            values.append(list(rule.types))
        if rule.contexts:
            conditions.append("list_has_any(contexts, ?::VARCHAR[])")
            values.append(list(rule.contexts))
        if rule.without:
            among = " AND list_contains(?::VARCHAR[], type)" if rule.without_types else ""
            conditions.append(f"NOT (coalesce(list_has_any(contexts, ?::VARCHAR[]), false){among})")
            values += [list(some) for some in (rule.without, rule.without_types) if some]
        if rule.sign:
            conditions.append(f"coalesce(magnitude, 0) {'>' if rule.sign == '+' else '<'} 0")
        cases.append(f"WHEN {' AND '.join(conditions)} THEN ?")
        values.append(rule.name)
    return f"CASE {' '.join(cases)} ELSE NULL END" if cases else "NULL::VARCHAR", tuple(values)


def _fits(rule: EventClass) -> pl.Expr:
    fits = pl.lit(True)
    if rule.types:
        fits = fits & pl.col("type").is_in(rule.types)
    if rule.contexts:
        fits = fits & (pl.col("contexts").list.set_intersection(list(rule.contexts)).list.len() > 0)
    if rule.without:
        barred = pl.col("contexts").list.set_intersection(list(rule.without)).list.len().fill_null(0) > 0
        if rule.without_types:
            barred = barred & pl.col("type").is_in(rule.without_types)
        fits = fits & ~barred
    if rule.sign:
        magnitude = pl.col("magnitude").fill_null(0.0)
        fits = fits & (magnitude > 0 if rule.sign == "+" else magnitude < 0)
    return fits
