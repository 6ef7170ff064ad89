"""Any record as facts: a case's chronology, a store, or one feed file; nothing that was not known before the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from lynchpin.account.cases import Case, case_events, classify, read_case
from lynchpin.account.cases.builtin import builtin_cases
from lynchpin.account.cases.record import class_column
from lynchpin.answers.predict.facts import Facts, make_facts
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.events import before
from lynchpin.record.sources import plan, unpacked
from lynchpin.record.store import Selection, Store, check

By = Literal["class", "code"]

#: What an act without a class, or without a code, is called: it is history, and is never asked for.
NO_ACT = {"class": "(no class)", "code": "(no code)"}
_COLUMN = {"class": "event_class", "code": "code"}
_ENDS = {False: ("source", "target"), True: ("source_name", "target_name")}  # by whether actors are as written
_HAS_BOTH = {
    False: "len(source) > 0 AND len(target) > 0",
    True: "source_name <> '' AND target_name <> '' AND source_name <> target_name",
}
_MAGIC = b"DUCK"  # at byte 8 of a store


def read_events(record: str | Path, day: date, case: Case, by: By, *, as_written: bool = False) -> pl.DataFrame:
    """The events of a record that were known before a day.

    Parameters
    ----------
    record : name or path of a case, path of a store, or a feed file that a source knows
    day : date
    case : Case, whose classes the events are put into where the record is no case
    by, as_written : as for `facts_of`: of a store nothing else is read

    Returns
    -------
    DataFrame in the columns of the store plus `event_class`; of a store those that `facts_of` needs, each set of
    values once

    Raises
    ------
    BadData : no such record, or nothing in it can be read
    BadValue : nothing in it was known before the day
    """
    path = Path(record)
    if str(record) in builtin_cases() or path.is_dir() or path.suffix == ".toml":
        return case_events(read_case(record), as_of=day, episodes=False)
    if not path.is_file():
        mend = f"{suggest(str(record), builtin_cases(), noun='case')}, a store or a feed file"
        raise BadData(f"there is no record {str(record)!r}", "", mend)
    with path.open("rb") as head:
        is_store = head.read(12)[8:] == _MAGIC
    if is_store:
        with Store.open(path, read_only=True) as store:
            wanted = Selection().known_before(day).where(_HAS_BOTH[as_written])
            if by == "class":
                wanted = wanted.with_column("event_class", *class_column(case.classes))
            events = store.groups(wanted, ("date", "known_from", *_ENDS[as_written], _COLUMN[by]))
            is_empty = store.first_day(before=day) is None
        known = before(events, day)
    else:
        known = before(_from_feed(path), day)
        is_empty = known.is_empty()
    if is_empty:
        raise BadValue(f"no event of the record was known before {day}", str(record), "ask for a later day")
    return known if is_store else classify(known, case.classes)


def facts_of(events: pl.DataFrame, by: By, *, as_written: bool = False) -> Facts:
    """Facts of events: every ordered pair of a joint act, once a day for each act.

    Parameters
    ----------
    events : DataFrame as `read_events` gives it
    by : {"class", "code"}, what an act is
    as_written : bool, actors by their names instead of their states

    Raises
    ------
    BadData : no event has an actor on both sides
    """
    act = pl.col(_COLUMN[by]).replace("", None).fill_null(NO_ACT[by]).alias("act")
    s_column, o_column = _ENDS[as_written]
    rows = events.select("date", act, s=s_column, o=o_column)
    if as_written:
        pairs = rows.filter(pl.col("s") != "", pl.col("o") != "")
    else:
        pairs = rows.explode("s").explode("o").drop_nulls()
    pairs = pairs.filter(pl.col("s") != pl.col("o")).unique()
    if pairs.is_empty():
        mend = "name actors as written with --names" if not as_written else "look at `lynchpin events`"
        raise BadData("no event has a known actor on both sides", "", mend)
    actors = sorted(set(pairs["s"]) | set(pairs["o"]))
    acts = sorted(set(pairs["act"]))
    s, o, what = (
        pairs[column].replace_strict(known, range(len(known)), return_dtype=pl.Int64).to_numpy()
        for column, known in (("s", actors), ("o", actors), ("act", acts))
    )
    return make_facts(pairs["date"].cast(pl.Int32).to_numpy(), s, what, o, actors, acts)


def find_actor(name: str, facts: Facts) -> int:
    """The position of an actor.

    Raises
    ------
    UnknownName : nobody of that name acts before the day
    """
    if name in facts.actors:
        return facts.actors.index(name)
    raise UnknownName(f"no actor named {name!r} in the record before the day", "--actor", _near(name, facts.actors))


def find_act(name: str, facts: Facts, by: By) -> int:
    """The position of a class or code.

    Raises
    ------
    UnknownName : no act of that class or code before the day
    """
    known = [act for act in facts.relations if act != NO_ACT[by]]
    if name in known:
        return facts.relations.index(name)
    raise UnknownName(f"no act of {by} {name!r} in the record before the day", f"--{by}", _near(name, known, by))


def _near(name: str, known: list[str] | tuple[str, ...], noun: str = "") -> str:
    told = suggest(name, known, noun=noun)
    return told if len(told) <= 300 else f"{told[:297]}..."


def _from_feed(path: Path) -> pl.DataFrame:
    frames = []
    for file, source in plan(None, path).taken:
        if source.kind == "events":
            with unpacked(file) as plain:
                frames.append(check(source.read(plain), source).events)
    if not frames or all(frame.is_empty() for frame in frames):
        raise BadData("the file holds no event that can be used", str(path), "`lynchpin ingest` tells what is wrong")
    return pl.concat(frames)
