"""Two feeds with the same ids, the same bytes or the same file name: nothing is lost, folded or counted across them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lynchpin.events import SCHEMA
from lynchpin.record.store import REACH, Store, fold
from lynchpin.record.store.mentions import with_reach

MAPPING = """name = "{name}"

[columns]
event_id = "id"
date = "when"
source = "who"
target = "whom"
code = "act"
"""
HEADER = "id,when,who,whom,act"
ROWS = ("1,2012-06-29,KOR,JPN,120", "2,2012-06-30,JPN,KOR,040", "2,2012-06-30,JPN,KOR,040", "3,2012-13-01,JPN,KOR,040")
DAYS = (date(2012, 6, 29), date(2012, 6, 30))


def feed(folder: Path, name: str, *rows: str) -> tuple[str, Path]:
    """A mapped feed of this name in a folder of its own; its source, and its file, which is called the same in each."""
    folder.mkdir()
    (folder / "feed.toml").write_text(MAPPING.format(name=name), encoding="utf-8")
    file = folder / "acts.csv"
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return str(folder / "feed.toml"), file


def filled(store: Path, *feeds: tuple[str, Path]) -> Path:
    with Store.open(store, create=True) as opened:
        for source, file in feeds:
            opened.ingest(source, file)
    return store


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids=["a first", "b first"])
def test_the_same_bytes_under_the_same_name_are_read_for_each_feed(tmp_path: Path, order: tuple[str, str]) -> None:
    feeds = {name: feed(tmp_path / name, name, *ROWS) for name in order}
    path = filled(tmp_path / "s.duckdb", *feeds.values())
    with Store.open(path) as opened:
        manifest = opened.manifest()
        assert manifest.select("file", "source").sort("source").rows() == [("acts.csv", "a"), ("acts.csv", "b")]
        assert manifest["sha256"].n_unique() == 1
        assert manifest.select("read", "accepted", "duplicates", "refused").rows() == [(4, 2, 1, 1)] * 2
        events = opened.events().select("dataset", "event_id", "date").sort("dataset", "event_id")
        assert events.rows() == [(name, str(n), DAYS[n - 1]) for name in "ab" for n in (1, 2)]
        assert opened.exposure().rows() == [(name, day, 1) for name in "ab" for day in DAYS]
        assert opened.duplicates().select("event_id", "reason").rows() == [("2", "exact_duplicate")] * 2
        assert opened.refused()["broke"].to_list() == [["bad_date"]] * 2
        assert opened.verify() == []
        for source, file in feeds.values():  # and once for each
            assert opened.ingest(source, file).files[0].already
        assert opened.events().height == 4


@pytest.mark.parametrize("second", ["a", "z"])
def test_an_id_that_another_feed_has_on_the_same_day_is_no_duplicate(tmp_path: Path, second: str) -> None:
    """Whichever of the two names comes first, and with rows of its own in the store already."""
    own = feed(tmp_path / "own", second, "9,2012-06-29,KOR,JPN,120")
    other = feed(tmp_path / "other", "m", *ROWS[:2])
    again = feed(tmp_path / "again", second, ROWS[0], "2,2012-06-30,USA,KOR,112")
    path = filled(tmp_path / "s.duckdb", own, other)
    with Store.open(path) as opened:
        report = opened.ingest(*again)
        assert (report.accepted, report.duplicates, report.reasons) == (2, 0, {})
        events = opened.events()
        assert dict(events["dataset"].value_counts().iter_rows()) == {"m": 2, second: 3}
        assert events.filter(pl.col("event_id") == "2").sort("dataset")["source"].to_list() == (
            [["USA"], ["JPN"]] if second == "a" else [["JPN"], ["USA"]]
        )
        assert opened.verify() == []


def test_two_files_of_one_name_and_other_bytes_are_both_there(tmp_path: Path) -> None:
    feeds = [feed(tmp_path / "a", "a", *ROWS[:1]), feed(tmp_path / "b", "b", ROWS[1])]
    path = filled(tmp_path / "s.duckdb", *feeds)
    with Store.open(path, read_only=True) as opened:
        assert opened.manifest().select("source", "accepted").sort("source").rows() == [("a", 1), ("b", 1)]
        assert opened.exposure().rows() == [("a", DAYS[0], 1), ("b", DAYS[1], 1)]
        opened.export(tmp_path / "out")
        content = opened.content_hash()
    with Store.open(tmp_path / "t.duckdb", create=True) as other:
        other.ingest(None, tmp_path / "out")
        assert (other.content_hash(), other.manifest().height, other.verify()) == (content, 2, [])


def report(number: int, dataset: str, who: str, whom: str, code: str, day: int = 0) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMA, "")
    row |= {"event_id": str(number), "row": number, "date": date(2012, 8, 10) + timedelta(days=day), "code": code}
    row["known_from"] = row["date"]
    row |= {"source": [who], "source_name": who, "target": [whom], "target_name": whom, "contexts": []}
    row |= {"type": "CONSULT", "code_scheme": "cameo-1.1", "status": "coded", "dataset": dataset}
    return row | {"magnitude": 1.0, "magnitude_shipped": 1.0}


TWICE = {  # fold -> two tellings of one act: who, whom, code, day
    "repeats": (("KOR", "JPN", "112", 0), ("KOR", "JPN", "112", 0)),
    "mirrors": (("KOR", "JPN", "040", 0), ("JPN", "KOR", "040", 0)),
    "visits": (("KOR", "JPN", "042", 0), ("JPN", "KOR", "043", 0)),
    "restatements": (("KOR", "JPN", "112", 0), ("KOR", "JPN", "112", 3)),
}


@pytest.mark.parametrize("name", TWICE)
def test_no_act_is_folded_across_feeds(name: str) -> None:
    for datasets, left in ((("a", "a"), 1), (("a", "b"), 2)):
        rows = [report(n, feed, *act) for n, (feed, act) in enumerate(zip(datasets, TWICE[name], strict=True))]
        folded = fold(pl.DataFrame(rows, schema=SCHEMA), [name])
        assert (folded.events.height, folded.folded[name]) == (left, 2 - left)


def test_mentions_are_of_the_feed_that_they_tell_of() -> None:
    events = pl.DataFrame({"dataset": ["gdelt", "icews"], "event_id": ["7", "7"]})
    numbers = {"mentions": [2], "outlets": [1], "confidence": [80.0], "last_mention": [date(2017, 7, 3)]}
    reached = pl.DataFrame({"event_id": ["7"]} | numbers)
    told = with_reach(events, reached)
    assert told.select(*REACH).rows() == [(2, 1, 80.0, date(2017, 7, 3)), (None,) * 4]
