"""The benchmark facts drawn from ICEWS. They are not in this repository; without them these tests are skipped.

They are looked for in the folder that LYNCHPIN_SHARED names, else in `shared` beside the checkout. What is expected
is counted here in plain Python, not with the reader.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from lynchpin.record import sources
from lynchpin.record.ontology import actors, cameo, countries
from lynchpin.record.store import Checked, Store, check

SHARED = Path(os.environ.get("LYNCHPIN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
FEEDS = {name: SHARED / "data" / name / "events.tsv" for name in ("icews_2011_2014", "icews_2018h1")}
ICEWS14 = SHARED / "data" / "icews14_tkg"


def lines_of(path: Path) -> list[list[str]]:
    if not path.exists():
        pytest.skip(f"{path.parent.name} is not at hand")
    return [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]


def checked(path: Path) -> Checked:
    source = sources.detect(path)
    return check(source.read(path), source)


@pytest.fixture(scope="module", params=sorted(FEEDS))
def feed(request: pytest.FixtureRequest) -> tuple[list[list[str]], Checked]:
    path = FEEDS[request.param]
    return lines_of(path), checked(path)


def test_every_line_is_an_event(feed: tuple[list[list[str]], Checked]) -> None:
    lines, found = feed
    assert found.read == found.events.height + found.duplicates.height + found.refused.height == len(lines)
    assert (found.refused.height, found.duplicates.height) == (0, len(lines) - len({tuple(line) for line in lines}))


def test_labels_days_and_names_are_those_of_the_file(feed: tuple[list[list[str]], Checked]) -> None:
    lines, found = feed
    assert Counter(found.events["date"]) == Counter(date.fromisoformat(line[3]) for line in lines)
    codes = {label: cameo.from_label(label).code for label in {line[1] for line in lines}}
    assert Counter(found.events["code"]) == Counter(codes[line[1]] for line in lines)
    assert Counter(found.events["source_name"]) == Counter(line[0] for line in lines)
    for source_name, target_name, row in (
        found.events.select("source_name", "target_name", "row").gather_every(997).rows()
    ):
        assert (lines[row - 1][0], lines[row - 1][2]) == (source_name, target_name)


def test_states_are_those_that_the_resolver_gives_one_by_one(feed: tuple[list[list[str]], Checked]) -> None:
    """The join by spells against a question for each row."""
    _, found = feed
    for name, day, states, sector in (
        found.events.select("source_name", "date", "source", "source_sector").gather_every(331).rows()
    ):
        actor = actors.resolve(name, day)
        assert (states, sector) == ((list(actor.states), actor.sector) if actor else ([], "")), (name, day)


def has_country(name: str) -> bool:
    """Whether a name is a state or ends with something in brackets, be it a country or not: the harder count."""
    return bool(countries.find(name, "name") or re.search(r"\([^()]*\)$", name))


def test_how_many_get_a_pair_of_states(capsys: pytest.CaptureFixture[str]) -> None:
    lines, found = lines_of(FEEDS["icews_2018h1"]), checked(FEEDS["icews_2018h1"])
    known = {name: has_country(name) for line in lines for name in (line[0], line[2])}
    pair = (pl.col("source").list.len() > 0) & (pl.col("target").list.len() > 0)
    marked = found.events.select(
        pair=pair,
        named=pl.Series([known[lines[row - 1][0]] and known[lines[row - 1][2]] for row in found.events["row"]]),
    )
    of_all = marked["pair"].sum() / marked.height
    of_named = marked.filter("named")["pair"].sum() / marked["named"].sum()
    with capsys.disabled():
        print(f"\nicews_2018h1: a pair of states for {of_all:.1%} of all events, {of_named:.1%} of the")
        print(
            f"{marked['named'].sum():,} whose two names are a state or have brackets; largest names that no table knows:"
        )
        print(", ".join(f"{name} ({n})" for name, n in list(found.unknown_places.items())[:12]))
    assert of_named >= 0.97
    assert of_all >= 0.80


def test_icews14_is_accepted_whole(tmp_path: Path) -> None:
    parts = {name: len(lines_of(ICEWS14 / f"{name}.txt")) for name in ("train", "valid", "test")}
    with Store.open(tmp_path / "s", create=True) as store:
        report = store.ingest(None, ICEWS14)
        events = store.events()
    assert {file.file: file.read for file in report.files} == {f"{name}.txt": n for name, n in parts.items()}
    assert (report.read, report.accepted, report.refused) == (90_730, 90_730, 0)
    assert {why for _, why in report.left_out} == {"it is read beside others"}
    days = Counter(
        date(2014, 1, 1) + timedelta(days=int(line[3]) // 24)
        for name in parts
        for line in lines_of(ICEWS14 / f"{name}.txt")
    )
    assert Counter(events["date"]) == days
    names = dict(reversed(line) for line in lines_of(ICEWS14 / "entity2id.txt"))
    assert names[lines_of(ICEWS14 / "train.txt")[0][0]].replace("_", " ") in set(events["source_name"])
    korea_japan = events.filter((pl.col("source") == ["KOR"]) & (pl.col("target") == ["JPN"]))
    assert korea_japan.height > 200
