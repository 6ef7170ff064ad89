"""Exposure, export, and upkeep: what a store says of itself, and that it can be moved and made small without loss."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from lynchpin.errors import BadData, BadValue, LynchpinWarning, UnknownName
from lynchpin.record import sources
from lynchpin.record.store import Store, _file

HEADER = ",".join(sources.get("chronology").columns)
ICEWS = "\t".join(sources.get("icews").columns)


def act(event_id: str, day: str) -> str:
    return f"{event_id},{day},day,KOR,GOV,JPN,GOV,REJECT,postpone,intelligence,-4,,s,,verified"


def consult(event_id: str, day: str, a: str, b: str) -> str:
    return "\t".join([event_id, day, a, "", a, "Consult", "040", "1", b, "", b] + [""] * 9)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    hand, coded = tmp_path / "mine.csv", tmp_path / "e.tab"
    hand.write_text("\n".join([HEADER, act("a", "2012-07-01"), act("b", ""), act("a", "2012-07-01"), ""]))
    days = [
        ("2012-07-01", "Japan", "South Korea"),
        ("2012-07-01", "South Korea", "Japan"),
        ("2012-07-05", "X", "Japan"),
    ]
    coded.write_text("\n".join([ICEWS, *(consult(str(n), *day) for n, day in enumerate(days)), ""]))
    with Store.open(tmp_path / "s.duckdb", create=True) as opened:
        opened.ingest(None, [hand, coded])
    return tmp_path / "s.duckdb"


def test_views_and_exposure(store: Path) -> None:
    with Store.open(store, read_only=True) as opened:
        assert (opened.events().height, opened.events(view="episodes").height) == (4, 3)
        assert opened.events(view="episodes", fold=[]).height == 4
        assert opened.folded().folded["mirrors"] == 1
        volume = [("chronology", date(2012, 7, 1), 1), ("icews", date(2012, 7, 1), 2), ("icews", date(2012, 7, 5), 1)]
        assert opened.exposure().rows() == volume
        assert opened.exposure(before=date(2012, 7, 5)).rows() == volume[:2]
        assert opened.unresolved().rows() == [("X", "icews", 1, date(2012, 7, 5), date(2012, 7, 5), "")]
        assert opened.states().row(0)[:3] == ("JPN", "icews", 3)
        with pytest.raises(BadValue, match="no view 'acts'"):
            opened.events(view="acts")  # type: ignore[arg-type]
        with pytest.raises(UnknownName, match="mirors"):
            opened.events(view="episodes", fold=["mirors"])


def test_info_and_verify(store: Path) -> None:
    with Store.open(store, read_only=True) as opened:
        told = opened.info()
        assert [told[name] for name in ("files", "read", "events", "duplicates", "refused")] == [2, 6, 4, 1, 1]
        assert told["datasets"][1]["first"] == date(2012, 7, 1) and told["datasets"][1]["with_state_pair"] == 2
        assert opened.verify() == []


SPOILED = {
    "DELETE FROM events WHERE event_id = 'a'": "mine.csv: the manifest tells of 1 events, and there are 0",
    "INSERT INTO events SELECT * FROM events WHERE event_id = 'a'": "event a of 2012-07-01 is there 2 times",
    "DELETE FROM refused": "mine.csv: the manifest tells of 1 rows of refused, and there are 0",
    "DELETE FROM duplicates": "mine.csv: the manifest tells of 1 rows of duplicates, and there are 0",
    "UPDATE volume SET reports = 9 WHERE dataset = 'chronology'": "chronology: the volume of 2012-07-01 is 9",
    "UPDATE files SET read = 7 WHERE source = 'icews'": "e.tab: read 7 rows",
}


@pytest.mark.parametrize("sql", SPOILED)
def test_verify_sees_what_is_wrong(store: Path, sql: str) -> None:
    with duckdb.connect(store) as connection:
        connection.execute(sql).fetchall()
    with Store.open(store, read_only=True) as opened:
        assert any(SPOILED[sql] in fault for fault in opened.verify())


def test_an_export_comes_back_whole(tmp_path: Path, store: Path) -> None:
    with Store.open(store, read_only=True) as opened, Store.open(tmp_path / "t.duckdb", create=True) as other:
        told = opened.export(tmp_path / "out")
        report = other.ingest(None, tmp_path / "out")
        assert told["content_hash"] == opened.content_hash() == other.content_hash()
        assert (report.read, report.accepted, [file.already for file in report.files]) == (6, 4, [False, False])
        for ask in ("events", "refused", "duplicates", "exposure", "manifest"):
            assert getattr(opened, ask)().equals(getattr(other, ask)()), ask
        assert other.verify() == []
        again = other.ingest(None, tmp_path / "out")
        assert again.read == 0 and [file.already for file in again.files] == [True, True]
        assert other.ingest(None, tmp_path / "mine.csv").files[0].already
        with pytest.raises(BadData, match="already"):
            opened.export(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_an_export_that_was_spoiled_is_not_taken_in(tmp_path: Path, store: Path) -> None:
    with Store.open(store, read_only=True) as opened:
        opened.export(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "lynchpin-store.json").read_text())
    with Store.open(tmp_path / "t.duckdb", create=True) as other:
        (tmp_path / "out" / "lynchpin-store.json").write_text(json.dumps(told | {"content_hash": "0" * 64}))
        with pytest.raises(BadData, match="changed or cut"):
            other.ingest(None, tmp_path / "out")
        (tmp_path / "out" / "lynchpin-store.json").write_text(json.dumps(told | {"layout": 99}))
        with pytest.raises(BadData, match="newer layout"):
            other.ingest(None, tmp_path / "out")
        (tmp_path / "out" / "lynchpin-store.json").write_text("[]")
        with pytest.raises(BadData, match="no export"):
            other.ingest(None, tmp_path / "out")
        (tmp_path / "out" / "lynchpin-store.json").write_text(json.dumps(told))
        (tmp_path / "out" / "events.parquet").write_bytes(b"PAR1")
        with pytest.raises(BadData, match="changed or cut"):
            other.ingest(None, tmp_path / "out")
        assert other.info()["events"] == 0


def test_an_export_that_overlaps_is_not_mixed_in(tmp_path: Path, store: Path) -> None:
    with Store.open(store, read_only=True) as opened:
        opened.export(tmp_path / "out")
    with Store.open(tmp_path / "t.duckdb", create=True) as other:
        other.ingest(None, tmp_path / "mine.csv")
        with pytest.raises(BadData, match="a part of this export already"):
            other.ingest(None, tmp_path / "out")
        assert other.verify() == []


def test_compact_keeps_every_row(tmp_path: Path, store: Path) -> None:
    asks = ("events", "refused", "duplicates", "exposure", "manifest")
    with Store.open(store, read_only=True) as opened:
        before = [getattr(opened, ask)().rows() for ask in asks]
    assert Store.compact(store)[1] == store.stat().st_size
    with Store.open(store, read_only=True) as opened:
        assert [getattr(opened, ask)().rows() for ask in asks] == before
        assert opened.verify() == []
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    with pytest.raises(BadData, match="no such store"):
        Store.compact(tmp_path / "none")


@pytest.mark.parametrize("read_only", [True, False])
def test_a_store_of_layout_1_is_brought_up(store: Path, read_only: bool) -> None:
    with duckdb.connect(store) as connection:
        for sql in (
            "DROP TABLE volume",
            "DROP TABLE mentions",
            "ALTER TABLE files DROP kind",
            "ALTER TABLE files DROP notes",
        ):
            connection.execute(sql).fetchall()
        connection.execute("UPDATE about SET layout = 1").fetchall()
    with pytest.warns(LynchpinWarning, match="brought up to date"), Store.open(store, read_only=read_only) as opened:
        assert opened.verify() == []
        assert opened.exposure()["reports"].sum() == opened.events().height == 4
    with duckdb.connect(store, read_only=True) as connection:
        assert connection.execute("SELECT layout FROM about").fetchall() == [(_file.LAYOUT,)]
