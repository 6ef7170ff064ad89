"""The store as one file: ingest, ask, and every way in which it is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from lynchpin.errors import BadData, UnknownName
from lynchpin.events import SCHEMA, empty_events
from lynchpin.record import sources
from lynchpin.record.store import Store, _file, require_events

HEADER = ",".join(sources.get("chronology").columns)
ICEWS = "\t".join(sources.get("icews").columns)


def act(event_id: str, day: str = "2012-06-29", source: str = "KOR", target: str = "JPN", note: str = "s") -> str:
    return f"{event_id},{day},day,{source},GOV,{target},GOV,REJECT,postpone,intelligence,-4,,{note},,verified"


def chronology(path: Path, *acts: str) -> Path:
    path.write_text("\n".join([HEADER, *acts, ""]), encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "events.duckdb"


def test_a_file_goes_in_and_comes_out(tmp_path: Path, store: Path) -> None:
    path = chronology(tmp_path / "mine.csv", act("a"), act("b", day="2012-06-31"), act("a"), act("c"))
    with Store.open(store, create=True) as opened:
        report = opened.ingest("chronology", path)
        assert (report.read, report.accepted, report.duplicates, report.refused) == (4, 2, 1, 1)
        assert report.reasons == {"bad_date": 1, "exact_duplicate": 1}
        events = opened.events()
        assert dict(events.schema) == SCHEMA
        assert events["event_id"].to_list() == ["a", "c"]
        assert events["source"].to_list() == [["KOR"], ["KOR"]]
        assert opened.refused().rows() == [("mine.csv", 3, act("b", day="2012-06-31"), ["bad_date"])]
        assert opened.duplicates().rows() == [("mine.csv", 4, "a", date(2012, 6, 29), "exact_duplicate")]


def test_the_report_in_json_and_in_words(tmp_path: Path, store: Path) -> None:
    path = chronology(tmp_path / "mine.csv", act("a"), act("b", source="Korea"))
    with Store.open(store, create=True) as opened:
        report = opened.ingest(None, [path])
    told = json.loads(json.dumps(report.to_dict()))
    assert list(told) == [
        "read",
        "accepted",
        "duplicates",
        "refused",
        "filtered",
        "reasons",
        "unresolved",
        "unknown_places",
        "notes",
        "files",
        "left_out",
        "failed",
    ]
    assert told["unresolved"] == {"source": 0, "target": 0}
    assert told["files"][0]["file"] == "mine.csv" and told["files"][0]["already"] is False
    said = report.summary()
    assert "read 2 = accepted 1 + refused 1 + duplicates 0" in said
    assert "unknown_actor" in said and "no state on that day" in said


def test_the_same_file_again_changes_nothing(tmp_path: Path, store: Path) -> None:
    path = chronology(tmp_path / "mine.csv", act("a"), act("b", day=""))
    copy = chronology(tmp_path / "copy.csv", act("a"), act("b", day=""))
    with Store.open(store, create=True) as opened:
        opened.ingest(None, path)
        before = (opened.content_hash(), opened.manifest().rows(), opened.refused().rows())
        again = opened.ingest(None, [path, copy])
        assert (opened.content_hash(), opened.manifest().rows(), opened.refused().rows()) == before
    assert (again.read, again.accepted, again.duplicates, again.refused) == (0, 0, 0, 0)
    assert [file.already for file in again.files] == [True, True]
    assert [file.read for file in again.files] == [2, 2]
    assert "already in the store, nothing changed" in again.summary()


def test_rows_of_another_file_are_duplicates(tmp_path: Path, store: Path) -> None:
    one = chronology(tmp_path / "1.csv", act("a"), act("b"))
    two = chronology(tmp_path / "2.csv", act("a"), act("b", note="t"), act("c"))
    with Store.open(store, create=True) as opened:
        opened.ingest(None, one)
        report = opened.ingest(None, two)
        assert report.reasons == {"exact_duplicate": 1, "same_key_other_content": 1}
        assert (report.read, report.accepted) == (3, 1)
        assert opened.events()["summary"].to_list() == ["s", "s", "s"]


def test_keys_of_other_data_sets_do_not_meet(tmp_path: Path, store: Path) -> None:
    coded = tmp_path / "e.tab"
    cells = ["a", "2012-06-29", "Japan", "", "Japan", "Reject", "120", "-4", "South Korea", "", "South Korea"]
    coded.write_text(f"{ICEWS}\n" + "\t".join(cells + [""] * 9) + "\n", encoding="utf-8")
    hand = chronology(tmp_path / "1.csv", act("a"))
    with Store.open(store, create=True) as opened:
        report = opened.ingest(None, [coded, hand])
        assert (report.accepted, report.duplicates) == (2, 0)
        assert opened.events()["dataset"].to_list() == ["chronology", "icews"]


def test_the_order_of_ingestion_does_not_matter(tmp_path: Path) -> None:
    one = chronology(tmp_path / "1.csv", act("b"), act("a", day="2012-07-01"))
    two = chronology(tmp_path / "2.csv", act("c", day="2012-01-01"), act("d"))
    answers = []
    for name, order in (("x", [one, two]), ("y", [two, one])):
        with Store.open(tmp_path / name, create=True) as opened:
            for path in order:
                opened.ingest(None, path)
            answers.append((opened.events().rows(), opened.content_hash(), opened.manifest().rows()))
    assert answers[0] == answers[1]
    assert [row[0] for row in answers[0][0]] == ["c", "b", "d", "a"]


def test_events_by_day_and_state(tmp_path: Path, store: Path) -> None:
    acts = [
        act("a", day="2012-07-08"),
        act("b", day="2012-07-09"),
        act("c", day="2012-07-08", source="CHN", target="USA"),
        act("d", day="2012-07-08", source="PRK", target="JPN;USA"),
    ]
    with Store.open(store, create=True) as opened:
        opened.ingest(None, chronology(tmp_path / "1.csv", *acts))
        asked = {
            "before": opened.events(before=date(2012, 7, 9)),
            "states": opened.events(states={"USA", "RUS"}),
            "both": opened.events(before=date(2012, 7, 9), states=["JPN"]),
            "none": opened.events(states=[]),
        }
    got = {name: frame["event_id"].to_list() for name, frame in asked.items()}
    assert got == {"before": ["a", "c", "d"], "states": ["c", "d"], "both": ["a", "d"], "none": []}
    assert dict(asked["none"].schema) == SCHEMA


def test_a_hostile_state_is_only_a_value(tmp_path: Path, store: Path) -> None:
    with Store.open(store, create=True) as opened:
        opened.ingest(None, chronology(tmp_path / "1.csv", act("a")))
        assert opened.events(states=["'; DROP TABLE events; --"]).height == 0
        assert opened.events().height == 1


def test_the_manifest_has_no_clock(tmp_path: Path, store: Path) -> None:
    path = chronology(tmp_path / "1.csv", act("a"))
    with Store.open(store, create=True) as opened:
        opened.ingest(None, path)
        row = opened.manifest().row(0, named=True)
    assert row["size"] == path.stat().st_size and len(row["sha256"]) == 64 and row["encoding"] == "utf-8"
    assert json.loads(row["reasons"]) == {} and row["code_version"]
    assert not {"time", "date", "when"} & set(row)


def test_latin_1_is_recorded(tmp_path: Path, store: Path) -> None:
    path = tmp_path / "e.tab"
    path.write_bytes(f"{ICEWS}\n{'José'}\n".encode("latin-1"))
    with Store.open(store, create=True) as opened:
        report = opened.ingest(None, path)
        assert opened.refused()["raw"].to_list() == ["José"]
    assert report.files[0].encoding == "utf-8, 1 bytes read as latin-1"
    assert "latin-1" in report.summary()


def test_progress_is_told(tmp_path: Path, store: Path) -> None:
    paths = [chronology(tmp_path / f"{name}.csv", act(name)) for name in "ba"]
    told: list[tuple[str, int, int]] = []
    with Store.open(store, create=True) as opened:
        opened.ingest(None, paths, progress=lambda *step: told.append(step))
    assert told == [("a.csv", 0, 2), ("b.csv", 1, 2)]


def test_a_wrong_path_costs_nothing(tmp_path: Path, store: Path) -> None:
    good = chronology(tmp_path / "1.csv", act("a"))
    with Store.open(store, create=True) as opened:
        with pytest.raises(BadData, match="no such file"):
            opened.ingest(None, [good, tmp_path / "none.csv"])
        with pytest.raises(UnknownName, match="chronologi"):
            opened.ingest("chronologi", good)
        assert opened.manifest().height == 0


def test_a_file_is_in_whole_or_not_at_all(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = chronology(tmp_path / "1.csv", act("a"), act("b", day=""))
    insert = _file.insert

    def failing(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
        if table == "files":
            raise KeyboardInterrupt
        insert(connection, table, rows)

    with Store.open(store, create=True) as opened:
        monkeypatch.setattr(_file, "insert", failing)
        with pytest.raises(KeyboardInterrupt):
            opened.ingest(None, path)
        assert (opened.events().height, opened.refused().height) == (0, 0)
        monkeypatch.undo()
        assert opened.ingest(None, path).accepted == 1


def test_what_breaks_a_transaction_is_what_is_said(tmp_path: Path, store: Path) -> None:
    path = chronology(tmp_path / "1.csv", act("a"), act("b", day=""))
    with Store.open(store, create=True) as opened:
        opened._connection.execute("ALTER TABLE refused DROP COLUMN raw").fetchall()
        with pytest.raises(BadData, match="raw"):
            opened.ingest(None, path)
        assert (opened.manifest().height, opened.events().height) == (0, 0)


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no such store") as caught:
        Store.open(tmp_path / "none")
    assert "lynchpin ingest" in caught.value.mend
    assert not (tmp_path / "none").exists()
    with pytest.raises(BadData, match="this is a folder"):
        Store.open(tmp_path, create=True)
    with pytest.raises(BadData, match="no such folder"):
        Store.open(tmp_path / "a" / "b", create=True)


@pytest.mark.parametrize("content", [b"", b"event_id,date\n" * 100])
@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_store_stays_as_it_is(tmp_path: Path, content: bytes, create: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BadData, match="not a store"):
        Store.open(path, create=create)
    assert path.read_bytes() == content


def test_a_database_of_someone_else(store: Path) -> None:
    with duckdb.connect(store) as connection:
        connection.execute("CREATE TABLE about (mark VARCHAR, layout INTEGER)").fetchall()
    with pytest.raises(BadData, match="a DuckDB database, but not a store"):
        Store.open(store, create=True)


def test_a_store_of_a_newer_layout(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(_file, "LAYOUT", 99)
        Store.open(store, create=True).close()
    with pytest.raises(BadData, match="newer Lynchpin \\(layout 99; this one knows 4\\)"):
        Store.open(store)


def test_a_store_in_use_by_another_program(store: Path) -> None:
    code = "from lynchpin.record.store import Store; import sys; Store.open(sys.argv[1])"
    with Store.open(store, create=True):
        done = subprocess.run([sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the store is in use" in done.stderr


def test_looking_only(tmp_path: Path, store: Path) -> None:
    path = chronology(tmp_path / "1.csv", act("a"))
    Store.open(store, create=True).close()
    with Store.open(store, read_only=True) as one, Store.open(store, read_only=True) as two:
        assert one.events().height == two.events().height == 0
        with pytest.raises(BadData, match="looking only"):
            one.ingest(None, path)


def test_a_closed_store_says_so(store: Path) -> None:
    opened = Store.open(store, create=True)
    opened.close()
    opened.close()
    with pytest.raises(BadData, match="closed"):
        opened.events()


def test_a_store_leaves_no_noise_at_exit(tmp_path: Path, store: Path) -> None:
    """DuckDB prints leaks at exit when polars has kept one of its types."""
    path = chronology(tmp_path / "1.csv", act("a"))
    code = (
        "import sys; from lynchpin.record.store import Store\n"
        "with Store.open(sys.argv[1], create=True) as s: s.ingest(None, sys.argv[2]); print(s.events().height)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store), str(path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_no_events_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(BadData, match="there are no events") as caught:
        require_events(empty_events(), "store s, before 2012-07-09")
    assert caught.value.where == "store s, before 2012-07-09"
    some = pl.DataFrame({"event_id": ["a"]})
    assert require_events(some, "here") is some


def test_a_notebook_without_widgets_can_open_a_store() -> None:
    """There DuckDB has no bar to turn off, and says so with an error; what it meant is done anyway."""
    asked: list[str] = []

    class Bare:
        def execute(self, text: str) -> None:
            asked.append(text)
            raise duckdb.InvalidInputException(
                "Could not change the progress bar setting because: 'ipywidgets' is missing"
            )

    _file.without_progress_bar(Bare())  # type: ignore[arg-type]
    assert asked == ["SET enable_progress_bar = false"]
    with duckdb.connect() as connection:
        _file.without_progress_bar(connection)
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]
