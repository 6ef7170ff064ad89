"""What version 0.1.0 wrote: its stores and exports are brought up to date, once and in one transaction, and it is said."""

from __future__ import annotations

import json
import warnings
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from lynchpin.errors import BadData, LynchpinWarning
from lynchpin.events import SCHEMA
from lynchpin.record.store import Store, _file
from lynchpin.record.store.hashing import data_hash

#: The tables of layout 2, column by column, as 0.1.0 made them.
EVENTS = (
    "event_id VARCHAR, date DATE, precision VARCHAR, source VARCHAR[], source_sector VARCHAR, source_name VARCHAR, "
    "target VARCHAR[], target_sector VARCHAR, target_name VARCHAR, type VARCHAR, mode VARCHAR, contexts VARCHAR[], "
    "code VARCHAR, code_scheme VARCHAR, magnitude_shipped DOUBLE, magnitude DOUBLE, scale VARCHAR, agreement VARCHAR, "
    "summary VARCHAR, url VARCHAR, status VARCHAR, dataset VARCHAR, file VARCHAR, row BIGINT"
)
TABLES = {
    "about": "mark VARCHAR, layout INTEGER",
    "files": "file VARCHAR, source VARCHAR, sha256 VARCHAR, size BIGINT, encoding VARCHAR, kind VARCHAR, read BIGINT, "
    "accepted BIGINT, duplicates BIGINT, refused BIGINT, reasons VARCHAR, unresolved VARCHAR, unknown_places VARCHAR, "
    "notes VARCHAR, code_version VARCHAR",
    "events": EVENTS,
    "refused": "file VARCHAR, sha256 VARCHAR, row BIGINT, raw VARCHAR, broke VARCHAR[]",
    "duplicates": "file VARCHAR, sha256 VARCHAR, row BIGINT, event_id VARCHAR, date DATE, reason VARCHAR",
    "volume": "dataset VARCHAR, file VARCHAR, sha256 VARCHAR, date DATE, reports BIGINT",
    "mentions": "event_id VARCHAR, date DATE, outlet VARCHAR, url VARCHAR, sentence BIGINT, confidence DOUBLE, "
    "file VARCHAR, row BIGINT",
}
DAYS = (date(2012, 6, 29), date(2012, 7, 4))
FILE = ("mine.csv", "chronology", "ab" * 32, 9, "utf-8", "events", 2, 2, 0, 0, "{}", "{}", "{}", "{}", "0.1.0")


def act(event_id: str, day: date) -> tuple[object, ...]:
    sides = (["KOR"], "GOV", "KOR", ["JPN"], "GOV", "JPN")
    what = ("REJECT", "postpone", ["intelligence"], "", "", -4.0, -4.0, "chronology-2026", "", "s", "", "recalled")
    return (event_id, day, "day", *sides, *what, "chronology", "mine.csv", 2 + DAYS.index(day))


def rows_of(table: str) -> list[tuple[object, ...]]:
    rows: dict[str, list[tuple[object, ...]]] = {
        "about": [("lynchpin store", 2)],
        "files": [FILE],
        "events": [act(f"a{k}", day) for k, day in enumerate(DAYS)],
        "volume": [("chronology", "mine.csv", "ab" * 32, day, 1) for day in DAYS],
    }
    return rows.get(table, [])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(path) as connection:
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})").fetchall()
            for row in rows_of(table):
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row)).fetchall()
    return path


@pytest.mark.parametrize("read_only", [True, False])
def test_a_store_is_brought_up_and_says_so_once(old: Path, read_only: bool) -> None:
    with pytest.warns(LynchpinWarning, match="older Lynchpin and has been brought up to date"):
        Store.open(old, read_only=read_only).close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Store.open(old, read_only=read_only) as store:
            assert store.verify() == []
            events = store.events()
            assert dict(events.schema) == SCHEMA
            assert events["known_from"].to_list() == events["date"].to_list() == list(DAYS)
            assert store.exposure(before=DAYS[1])["reports"].to_list() == [1]
            assert store.info()["layout"] == _file.LAYOUT


def test_new_files_go_into_a_store_that_was_brought_up(old: Path, tmp_path: Path) -> None:
    header = (
        "event_id,date,known_from,precision,source,source_sector,target,target_sector,event_type,mode,contexts,magnitude,"
        "agreement,summary,source_url,status"
    )
    rest = "day,KOR,GOV,JPN,GOV,REJECT,postpone,intelligence,-4,,s,,recalled"
    file = tmp_path / "more.csv"
    file.write_text(f"{header}\na0,2012-06-29,,{rest}\nb,2012-07-01,2012-07-08,{rest}\n", encoding="utf-8")
    with pytest.warns(LynchpinWarning), Store.open(old) as store:
        report = store.ingest("chronology", file)
        assert (report.accepted, report.duplicates) == (1, 1)
        assert report.reasons == {"exact_duplicate": 1}
        assert store.verify() == []
        assert store.events(before=date(2012, 7, 8))["event_id"].to_list() == ["a0", "a1"]
        assert store.events(before=date(2012, 7, 9))["event_id"].to_list() == ["a0", "b", "a1"]
    Store.compact(old)
    with Store.open(old, read_only=True) as store:
        assert store.verify() == [] and store.events()["known_from"][1] == date(2012, 7, 8)


def test_a_stop_on_the_way_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last statement fails: what came before it is undone, and the next opening brings the store up."""
    run = _file.run

    def failing(connection: duckdb.DuckDBPyConnection, sql: str, values: object = (), **more: object) -> object:
        if sql.startswith("UPDATE about"):
            raise duckdb.IOException("No space left on device")
        return run(connection, sql, values, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(_file, "run", failing)
        with pytest.raises(BadData, match="the disk is full"):
            Store.open(old)
    with duckdb.connect(old, read_only=True) as connection:
        names = [row[0] for row in connection.execute("DESCRIBE events").fetchall()]
        assert "known_from" not in names
        assert connection.execute("SELECT layout FROM about").fetchall() == [(2,)]
    with pytest.warns(LynchpinWarning), Store.open(old) as store:
        assert store.verify() == []


@pytest.fixture
def old_export(old: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    with duckdb.connect(old, read_only=True) as connection:
        for table in TABLES:
            if table != "about":
                connection.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)").fetchall()
    without = ["known_from"]
    content = data_hash(pl.read_parquet(folder / "events.parquet"), without=without)
    about = {"mark": "lynchpin export", "layout": 2, "version": "0.1.0", "content_hash": content, "rows": {"events": 2}}
    (folder / "lynchpin-store.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_an_export_is_taken_in(old_export: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "new.duckdb", create=True) as store:
        assert store.ingest(None, old_export).accepted == 2
        assert store.events()["known_from"].to_list() == list(DAYS)
        assert store.exposure(before=DAYS[1])["reports"].to_list() == [1] and store.verify() == []


def test_the_hash_of_an_old_record_is_the_one_that_it_had(old_export: Path) -> None:
    """What 0.1.0 itself said of these two acts."""
    assert data_hash(pl.read_parquet(old_export / "events.parquet"), without=["known_from"]) == HASH


HASH = "3c8cce7afceecf668ce0cf5a53c0fdd0a9d6ce03d953f4ec580564e0bdcfd26d"
