"""Any record as facts: a case's chronology, a store, or one feed file; nothing that was not known before the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from lynchpin.account.cases import Case, case_events, classify, read_case
from lynchpin.account.cases.builtin import builtin_cases
from lynchpin.answers.predict.facts import Facts, make_facts
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.events import before
from lynchpin.record.sources import plan, unpacked
from lynchpin.record.store import Store, check

By = Literal["class", "code"]

#: What an act without a class, or without a code, is called: it is history, and is never asked for.
NO_ACT = {"class": "(no class)", "code": "(no code)"}
_COLUMN = {"class": "event_class", "code": "code"}
_MAGIC = b"DUCK"  # at byte 8 of a store


def read_events(record: str | Path, day: date, case: Case) -> pl.DataFrame:
    """The events of a record that were known before a day.

    Parameters
    ----------
    record : name or path of a case, path of a store, or a feed file that a source knows
    day : date
    case : Case, whose classes the events are put into where the record is no case

    Returns
    -------
    DataFrame in the columns of the store plus `event_class`

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
            events = store.events(before=day)
    else:
        events = _from_feed(path)
    known = before(events, day)
    if known.is_empty():
        raise BadValue(f"no event of the record was known before {day}", str(record), "ask for a later day")
    return classify(known, case.classes)


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
    act = pl.col(_COLUMN[by]).replace("", None).fill_null(NO_ACT[by])
    rows = events.select("date", "source", "target", "source_name", "target_name", act=act)
    if as_written:
        pairs = rows.select("date", "act", s="source_name", o="target_name").filter(
            pl.col("s") != "", pl.col("o") != ""
        )
    else:
        pairs = rows.select("date", "act", s="source", o="target").explode("s").explode("o").drop_nulls()
    pairs = pairs.filter(pl.col("s") != pl.col("o")).unique()
    if pairs.is_empty():
        mend = "name actors as written with --names" if not as_written else "look at `lynchpin events`"
        raise BadData("no event has a known actor on both sides", "", mend)
    actors = sorted(set(pairs["s"]) | set(pairs["o"]))
    acts = sorted(set(pairs["act"]))
    place = {name: k for k, name in enumerate(actors)}, {name: k for k, name in enumerate(acts)}
    days = pairs["date"].cast(pl.Int32).to_list()
    s, o = ([place[0][name] for name in pairs[side]] for side in ("s", "o"))
    return make_facts(days, s, [place[1][name] for name in pairs["act"]], o, actors, acts)


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
