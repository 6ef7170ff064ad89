"""Mentions beside their events: joined by the id of GDELT, as known on a day, and kept when reports are folded."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.errors import BadData
from lynchpin.record.store import REACH, Store
from lynchpin.testing.feeds import event_line, mention_line

PAGES = [  # event, day of the page, paper, confidence
    ("1", "20191024", "a.org", "20"),
    ("1", "20191025", "b.org", "90"),
    ("1", "20191101", "b.org", "50"),
    ("2", "20191026", "c.org", "40"),
    ("9", "20191026", "c.org", "40"),  # of an event that is not there
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gdelt")
    # 1 and 2 are one act told again; 3 is another, and nothing tells of it
    lines = [
        event_line(GLOBALEVENTID=id, SQLDATE=day, DATEADDED=f"{day}120000")
        for id, day in (("1", "20191024"), ("2", "20191026"))
    ]
    lines.append(event_line(GLOBALEVENTID="3", EventCode="112", GoldsteinScale="-2.0"))
    (folder / "20191024143000.export.CSV").write_text("".join(f"{line}\n" for line in lines))
    pages = [
        mention_line(
            GLOBALEVENTID=event,
            MentionTimeDate=f"{day}120000",
            MentionSourceName=paper,
            MentionIdentifier=f"https://{paper}/{at}",
            Confidence=sure,
        )
        for at, (event, day, paper, sure) in enumerate(PAGES)
    ]
    (folder / "20191024143000.mentions.CSV").write_text("".join(f"{page}\n" for page in pages))
    path = folder / "s.duckdb"
    with Store.open(path, create=True) as opened:
        assert opened.ingest(None, folder).accepted == 8
    return path


def told(path: Path, **asked: object) -> dict[str, tuple[object, ...]]:
    with Store.open(path, read_only=True) as opened:
        events = opened.events(reach=True, **asked)  # type: ignore[arg-type]
    return {row["event_id"]: tuple(row[name] for name in REACH) for row in events.iter_rows(named=True)}


def test_reach_counts_pages_and_papers(store: Path) -> None:
    with Store.open(store, read_only=True) as opened:
        assert opened.reach().rows() == [
            ("1", 3, 2, 90.0, date(2019, 11, 1)),
            ("2", 1, 1, 40.0, date(2019, 10, 26)),
            ("9", 1, 1, 40.0, date(2019, 10, 26)),
        ]
        early = opened.reach(before=date(2019, 10, 26), of=pl.Series(["1", "2"]))
        assert early.rows() == [("1", 2, 2, 90.0, date(2019, 10, 25))]


def test_each_event_has_its_own(store: Path) -> None:
    assert told(store) == {
        "1": (3, 2, 90.0, date(2019, 11, 1)),
        "2": (1, 1, 40.0, date(2019, 10, 26)),
        "3": (None, None, None, None),
    }


def test_pages_of_later_days_are_not_known_yet(store: Path) -> None:
    assert told(store, before=date(2019, 10, 25)) == {
        "1": (1, 1, 20.0, date(2019, 10, 24)),
        "3": (None, None, None, None),
    }


def test_an_episode_adds_the_mentions_of_its_reports(store: Path) -> None:
    assert told(store, view="episodes") == {
        "1": (4, 2, 90.0, date(2019, 11, 1)),
        "3": (None, None, None, None),
    }


def test_other_columns_are_as_without(store: Path) -> None:
    with Store.open(store, read_only=True) as opened:
        for view in ("reports", "episodes"):
            plain = opened.events(view=view)
            assert opened.events(view=view, reach=True).select(plain.columns).equals(plain)


def test_a_store_without_mentions_says_so(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.duckdb", create=True) as opened, pytest.raises(BadData, match="no mentions"):
        opened.events(reach=True)


def test_on_the_command_line(store: Path) -> None:
    shown = CliRunner().invoke(app, ["events", "--store", str(store), "--reach", "--episodes"], env={"COLUMNS": "90"})
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()[1:]  # below the case and its record
    assert lines[0].split() == ["date", "to", "reports", "mentions", "confidence", "what", "happened"]
    assert lines[1].split()[:5] == ["2019-10-24", "2019-10-26", "2", "4", "90"]
