"""`store verify` of a broken store: the JSON says so, and so does the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.record import sources
from lynchpin.record.store import Store

ROW = "{},2012-06-29,day,KOR,GOV,JPN,GOV,REJECT,postpone,intelligence,-4,,s,,verified"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    file = tmp_path / "mine.csv"
    rows = [",".join(sources.get("chronology").columns), ROW.format("a"), ROW.format("b"), ""]
    file.write_text("\n".join(rows), encoding="utf-8")
    with Store.open(tmp_path / "s.duckdb", create=True) as opened:
        opened.ingest("chronology", file)
    return tmp_path / "s.duckdb"


def content(store: Path) -> str:
    with Store.open(store, read_only=True) as opened:
        return opened.content_hash()


def test_a_sound_store(store: Path) -> None:
    run = CliRunner().invoke(app, ["store", "verify", str(store), "--json"])
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    assert told == {"store": "s.duckdb", "sound": True, "faults": [], "content_hash": content(store)}
    run = CliRunner().invoke(app, ["store", "verify", str(store)])
    assert (run.exit_code, run.stdout) == (0, f"sound; content {content(store)}\n")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_broken_store_is_no_success(store: Path, as_json: bool) -> None:
    before = content(store)
    with duckdb.connect(store) as connection:
        connection.execute("DELETE FROM events WHERE event_id = 'a'").fetchall()
    run = CliRunner().invoke(app, ["store", "verify", str(store), *(["--json"] if as_json else [])])
    assert run.exit_code != 0 and run.exception is not None
    fault = "mine.csv: the manifest tells of 2 events, and there are 1"
    if not as_json:
        assert "sound; content" not in run.stdout
        assert fault in str(run.exception.where)  # type: ignore[attr-defined]
        return
    told = json.loads(run.stdout)
    assert told["sound"] is False and fault in told["faults"]
    assert told["content_hash"] == content(store) != before
