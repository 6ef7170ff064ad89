"""A case's own part of a store: what is left in DuckDB changes no episode, and the daily volume is that of the whole."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from lynchpin.account.cases import Case, case_events, classify
from lynchpin.account.cases.record import class_column
from lynchpin.errors import LynchpinWarning
from lynchpin.events import VOLUME, acts_of, volume_of
from lynchpin.model.design import expand
from lynchpin.record.sources import get as source
from lynchpin.record.store import Selection, Store, filter_of, fold, selected

STATES = ("Japan", "South Korea", "United States", "France", "Kenya", "")
CODES = ("Consult\t040", "Criticize or denounce\t111", "Make a visit\t042", "Host a visit\t043", "Use tactics\t112")
OURS = {"JPN", "KOR", "USA", "PRK", "CHN"}
ROWS = 600


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, northeast: Case) -> Path:
    """Some states of the case and some others, coded by machine; and the chronology, which people wrote."""
    folder, draw = tmp_path_factory.mktemp("record"), random.Random(5)
    lines = ["\t".join(source("icews").columns)]
    for n in range(ROWS):
        day = date(2012, 6, 1) + timedelta(days=draw.randrange(40))
        a, b = draw.choice(STATES), draw.choice(STATES)
        text, code = draw.choice(CODES[:4]).split("\t")
        lines.append("\t".join([f"{n:04}", str(day), a, "", a, text, code, "1", b, "", b] + [""] * 9))
    (folder / "feed.tab").write_text("\n".join([*lines, ""]), encoding="utf-8")
    with Store.open(folder / "s", create=True) as opened:
        report = opened.ingest("icews", folder / "feed.tab")
        assert report.accepted == ROWS
    return folder / "s"


def whole(path: Path) -> pl.DataFrame:
    with Store.open(path, read_only=True) as opened:
        return opened.events()


def among(events: pl.DataFrame) -> pl.DataFrame:
    """Acts among the states, or of one with itself; what one does together with a stranger is neither."""
    ours = [pl.col(side).list.set_intersection(sorted(OURS)) for side in ("source", "target")]
    both = pl.all_horizontal(side.list.len() > 0 for side in ours)
    with_stranger = (pl.col("source").list.len() > 1) & (ours[0].list.set_union(ours[1]).list.len() == 1)
    return events.filter(both & ~with_stranger)


@pytest.mark.parametrize("episodes", [True, False])
def test_the_acts_are_those_of_the_whole_store_among_the_states(store: Path, northeast: Case, episodes: bool) -> None:
    known = acts_of(case_events(northeast, store, episodes=episodes))
    everything = whole(store)
    expected = among(fold(everything).events if episodes else everything)
    assert among(known).drop("event_class").equals(expected)
    assert 0 < known.height < everything.height / 2


def test_the_volume_of_each_day_is_that_of_the_whole_store(store: Path, northeast: Case) -> None:
    known = case_events(northeast, store)
    daily = known.select("date", n=volume_of(known)).group_by("date").agg(pl.col("n").sum()).sort("date")
    counted = whole(store).group_by("date").agg(n=pl.len().cast(pl.Int64)).sort("date")
    assert daily.equals(counted) and counted["n"].sum() == ROWS
    acts = expand(known, northeast)
    assert acts.volume.sum() == ROWS and acts.event_day.size == acts.volume.size == known.height


def test_only_one_feed(store: Path, northeast: Case) -> None:
    assert case_events(northeast, store, feed="icews").equals(case_events(northeast, store))
    with pytest.raises(Exception, match="no event"):
        case_events(northeast, store, feed="gdelt")


def test_what_people_wrote_is_few_and_whole(store: Path, northeast: Case, tmp_path: Path) -> None:
    """A store of the chronology is the chronology, and no row weighs other than one."""
    assert northeast.events_file is not None
    with Store.open(tmp_path / "hand", create=True) as opened:
        opened.ingest("chronology", northeast.events_file)
    hand = case_events(northeast, tmp_path / "hand")
    assert VOLUME not in hand.columns and hand.equals(case_events(northeast))
    with Store.open(tmp_path / "hand") as opened:
        opened.ingest("icews", store.parent / "feed.tab")
    both = case_events(northeast, tmp_path / "hand")
    assert both[VOLUME].sum() == hand.height + ROWS
    assert both.filter(pl.col("dataset") == "chronology").height == hand.height


def test_a_class_is_one_thing_in_sql_and_in_polars(northeast: Case) -> None:
    events = case_events(northeast)
    missing = events.head(3).with_columns(magnitude=pl.lit(None, pl.Float64))
    events = pl.concat([events, missing]).drop("event_class")
    expected = classify(events, northeast.classes)["event_class"]
    name, values = class_column(northeast.classes)
    for wanted in northeast.class_names:
        chosen = selected(events, Selection().with_column("event_class", name, values).equal("event_class", wanted))
        assert chosen.equals(events.filter(expected == wanted)) and chosen.height


def test_a_store_that_was_filtered_to_the_states_is_read_as_the_whole_one(
    store: Path, northeast: Case, tmp_path: Path
) -> None:
    """Its days are as dense as ever; what lacks a state of the case says so."""
    for name, states in (("all", northeast.followed), ("three", {"JPN", "KOR", "USA"})):
        with Store.open(tmp_path / name, create=True) as opened:
            opened.ingest("icews", store.parent / "feed.tab", keep=filter_of(sorted(states)))
    every = case_events(northeast, store)
    assert case_events(northeast, tmp_path / "all").equals(every)
    with pytest.warns(LynchpinWarning, match=r"acts of .*\bCHN, .* are missing from it"):
        assert case_events(northeast, tmp_path / "three").equals(every)  # of the others there were none in the feed
