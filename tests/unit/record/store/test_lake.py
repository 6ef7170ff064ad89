"""A store in parts is the store of one file: same rules, same rows, same hash, in whatever order and by whomever filled."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from lynchpin.errors import BadData, BadValue
from lynchpin.record.store import Store, filter_of, lake

MAPPING = """name = "feed"

[columns]
event_id = "id"
date = "when"
source = "who"
target = "whom"
code = "act"
"""
FILES = {
    "a.csv": (
        "1,2012-06-29,KOR,JPN,120",
        "2,2012-06-30,JPN,KOR,040",
        "2,2012-06-30,JPN,KOR,040",
        "3,2012-07-01,JPN,KOR,043",
    ),
    # 2 comes again as it was, 3 with other content; 9 breaks a rule
    "b.csv": (
        "2,2012-06-30,JPN,KOR,040",
        "3,2012-07-01,JPN,KOR,190",
        "4,2012-07-02,USA,KOR,040",
        "9,2012-13-01,JPN,KOR,040",
    ),
    "c.csv": ("3,2012-07-01,JPN,KOR,043", "5,2013-01-01,PRK,KOR,190", "6,2012-07-03,CHN,JPN,120"),
}


def laid(folder: Path) -> Path:
    (folder / "feed.toml").write_text(MAPPING, encoding="utf-8")
    for name, rows in FILES.items():
        (folder / name).write_text("\n".join(["id,when,who,whom,act", *rows, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return laid(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a store in parts says that was filled with all three files at once."""
    folder = laid(tmp_path_factory.mktemp("whole"))
    return told(filled(folder / "many", folder))


def filled(store: Path, folder: Path, *names: str, parts: bool = True, **options) -> Path:
    with Store.open(store, create=True, parts=parts) as opened:
        opened.ingest(str(folder / "feed.toml"), [folder / name for name in names or FILES], **options)
    return store


def told(store: Path) -> dict[str, object]:
    """All that a store says of its rows."""
    with Store.open(store, read_only=True) as opened:
        assert opened.verify() == []
        info = {name: value for name, value in opened.info().items() if name not in ("store", "size")}
        tables = {
            "events": opened.events(),
            "manifest": opened.manifest(),
            "refused": opened.refused(),
            "duplicates": opened.duplicates(),
            "daily": opened.daily(),
            "exposure": opened.exposure(),
            "states": opened.states(),
        }
        rows = {name: sorted(map(repr, table.rows())) for name, table in tables.items()}
        return {"info": info, "hash": opened.content_hash(), **rows}


def test_it_says_what_a_store_of_one_file_says(folder, whole):
    one, many = filled(folder / "one", folder, parts=False), filled(folder / "many", folder)
    assert told(one) == whole
    with Store.open(many) as opened:
        assert opened.manifest().select("file", "accepted", "duplicates", "refused").rows() == [
            ("a.csv", 3, 1, 0), ("b.csv", 1, 2, 1), ("c.csv", 2, 1, 0),
        ]  # fmt: skip
        assert opened.duplicates().select("file", "event_id", "reason").rows() == [
            ("a.csv", "2", "exact_duplicate"), ("b.csv", "2", "exact_duplicate"),
            ("b.csv", "3", "same_key_other_content"), ("c.csv", "3", "exact_duplicate"),
        ]  # fmt: skip


def test_parts_lie_by_feed_and_month(folder):
    many = filled(folder / "many", folder)
    places = sorted({str(file.parent.relative_to(many)) for file in many.rglob("parts/**/*.parquet")})
    assert places == [f"parts/events/feed/{month}" for month in ("2012-06", "2012-07", "2013-01")]
    assert not list((many / ".work").iterdir())


@pytest.mark.parametrize("order", [("c.csv", "b.csv", "a.csv"), ("b.csv", "a.csv", "c.csv")])
def test_the_order_of_arrival_changes_nothing(folder, whole, order):
    late = folder / "late"
    for name in order:
        filled(late, folder, name)
    assert told(late) == whole


def test_whoever_fills_it(folder, whole):
    with ThreadPoolExecutor(3) as pool:
        spread = filled(folder / "spread", folder, executor=pool)
    assert told(spread) == whole


def test_a_second_time_changes_nothing(folder):
    many = filled(folder / "many", folder)
    before = {file: file.stat().st_mtime_ns for file in many.rglob("*") if file.is_file()}
    with Store.open(many) as opened:
        report = opened.ingest(str(folder / "feed.toml"), [folder / name for name in FILES])
    assert all(file.already for file in report.files)
    assert {file: file.stat().st_mtime_ns for file in many.rglob("*") if file.is_file()} == before


def test_a_file_without_its_manifest_is_not_there_and_is_read_anew(folder, whole):
    """Killed after the parts were written and before the rename that counts."""
    many = filled(folder / "many", folder)
    key = next(key for key in lake.keys(many) if (many / "files" / key / "refused.parquet").is_file())
    shutil.rmtree(many / "files" / key)
    (many / ".work" / "1-dead").mkdir(parents=True)
    (many / ".work" / "999999999-dead").mkdir()
    with Store.open(many) as opened:
        assert opened.manifest()["file"].to_list() == ["a.csv", "c.csv"] and opened.verify() == []
        assert opened.events()["event_id"].to_list() == ["1", "2", "3", "6", "5"]
    filled(many, folder)
    assert told(many) == whole
    assert [left.name for left in (many / ".work").iterdir()] == ["1-dead"]  # of a process that lives


def test_what_was_not_settled_is_worked_out_when_it_is_read(folder, whole):
    """Killed between the last file and the settling."""
    many = filled(folder / "many", folder)
    shutil.rmtree(many / "settled")
    assert told(many) == whole
    settled = many / "settled" / "events" / "feed" / "2012-07.json"
    filled(many, folder)
    assert told(many) == whole and len(json.loads(settled.read_text())["lost"]) == 2


def test_compacting_changes_no_row_and_more_can_come(folder, whole):
    many = filled(folder / "many", folder, "a.csv", "b.csv")
    before = told(many)
    was, now = Store.compact(many)
    assert was > 0 and now > 0 and told(many) == before
    assert [len(list(month.iterdir())) for month in sorted((many / "parts/events/feed").iterdir())] == [1, 1]
    filled(many, folder, "c.csv")
    assert told(many) == whole
    Store.compact(many)
    Store.compact(many)
    assert told(many) == whole


def test_a_stop_while_compacting_loses_nothing(folder, whole, monkeypatch):
    many = filled(folder / "many", folder)

    def stop(path, value):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lake, "write_json", stop)
        with pytest.raises(KeyboardInterrupt):
            Store.compact(many)
    assert told(many) == whole


def test_it_can_be_exported_into_a_store_of_one_file(folder, whole):
    many = filled(folder / "many", folder)
    with Store.open(many) as opened:
        opened.export(folder / "out")
    with Store.open(folder / "one", create=True) as opened:
        opened.ingest(None, folder / "out")
    assert told(folder / "one") == whole


def test_a_filter_is_kept_and_remembered(folder):
    keep = filter_of("JPN,KOR")
    one = filled(folder / "one", folder, "a.csv", "c.csv", parts=False, keep=keep)
    many = filled(folder / "many", folder, "a.csv", "c.csv", keep=keep)
    assert told(many) == told(one)
    with pytest.raises(BadData, match="under another filter"):
        filled(many, folder, "a.csv")


def test_faults_are_found(folder):
    many = filled(folder / "many", folder)
    part = next((many / "parts/events/feed/2013-01").iterdir())
    with Store.open(many) as opened:
        whole = pl.read_parquet(part)
        whole.clear().write_parquet(part)
        assert opened.verify() == [f"{part.relative_to(many)}: the manifests tell of 1 rows, and there are 0"]
        part.write_bytes(b"nothing")
        assert len(opened.verify()) == 1 and "it cannot be read" in opened.verify()[0]
        part.unlink()
        assert opened.verify() == [f"{part.relative_to(many)}: it is not there"]


def test_what_is_refused(folder, monkeypatch):
    many = filled(folder / "many", folder, "a.csv")
    with Store.open(many) as opened, pytest.raises(BadData, match="takes no export"):
        opened.export(folder / "out")
        opened.ingest(None, folder / "out")
    with (
        Store.open(folder / "one", create=True) as opened,
        ThreadPoolExecutor(1) as pool,
        pytest.raises(BadValue, match="filled by one worker"),
    ):
        opened.ingest(str(folder / "feed.toml"), folder / "a.csv", executor=pool)
    (folder / "there").mkdir()
    Store.open(folder / "there", create=True, parts=True).close()  # an empty folder will do
    with pytest.raises(BadData, match="something of that name"):
        Store.open(folder, create=True, parts=True)
    with pytest.raises(BadData, match="something of that name"):
        Store.open(folder / "one", create=True, parts=True)
    mark = json.loads((many / lake.MARK).read_text())
    (many / lake.MARK).write_text(json.dumps(mark | {"layout": 99}))
    with pytest.raises(BadData, match="newer Lynchpin"):
        Store.open(many)
    (many / lake.MARK).write_text("{")
    with pytest.raises(BadData, match="cannot be read"):
        Store.open(many)


def test_a_first_file_that_is_broken_leaves_no_folder(folder):
    (folder / "bad.csv").write_text("nothing\n")
    with pytest.raises(BadData):
        filled(folder / "many", folder, "bad.csv")
    assert not (folder / "many").exists()


def test_a_worker_that_does_not_see_the_folder_says_so(folder):
    from lynchpin.record.sources import Found
    from lynchpin.record.store import lake_filling
    from lynchpin.record.store.check import EVERY_ROW

    many = filled(folder / "many", folder, "a.csv")
    task = lake_filling.Task(many, Found(folder / "gone.csv"), str(folder / "feed.toml"), 0, EVERY_ROW, None)
    with pytest.raises(BadData, match="does not see the file"):
        lake_filling.filled(task)
    elsewhere = lake_filling.Task(folder / "nowhere", Found(folder / "a.csv"), "gdelt", 0, EVERY_ROW, None)
    with pytest.raises(BadData, match="does not see the store"):
        lake_filling.filled(elsewhere)


def test_two_workers_with_one_file(folder, whole):
    """Both read it; what the second has to add is there."""
    many = filled(folder / "many", folder, "a.csv")
    with ThreadPoolExecutor(2) as pool, Store.open(many) as opened:
        opened.ingest(str(folder / "feed.toml"), [folder / "b.csv"], executor=pool)
        shutil.copy(folder / "b.csv", folder / "b2.csv")
        report = opened.ingest(str(folder / "feed.toml"), [folder / "b2.csv", folder / "c.csv"], executor=pool)
    assert [file.already for file in report.files] == [True, False]
    assert told(many) == whole and not list((many / ".work").iterdir())
