"""What is on the table: a case is read once while its files stand as they stood, and anew when one changes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from lynchpin.account.cases import Case
from lynchpin.errors import BadData
from lynchpin.web import desk as desks
from lynchpin.web.desk import Asked, Desk, lay


@pytest.fixture
def own(northeast: Case, tmp_path: Path) -> Desk:
    shutil.copytree(northeast.path.parent, tmp_path / "cases/own")
    return lay([], [], tmp_path)


def test_a_case_is_read_once_while_nothing_changes(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "_TICK", -(10**12))  # its files were written just now: take them as settled
    first = own.case(Asked("own"))
    calls: list[Any] = []
    monkeypatch.setattr(desks, "load_case", lambda source: calls.append(source))
    assert own.case(Asked("own")) is first
    assert calls == []


@pytest.mark.parametrize("name", ["case.toml", "events.csv", "agreements.csv", "agreement_stages.csv"])
def test_a_file_that_changes_is_read_anew(own: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Of the same length and with its old time: as a tool that keeps times would leave it."""
    monkeypatch.setattr(desks, "_TICK", -(10**12))
    case = own.case(Asked("own"))
    stamp = own.stamp(Asked("own"))
    file = case.path.parent / name
    assert file in (case.path, case.events_file, case.agreements_file, case.stages_file)
    before = file.stat()
    text = file.read_bytes()
    file.write_bytes(text.replace(b"Japan", b"JAPAN", 1) if b"Japan" in text else text.replace(b"a", b"A", 1))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert own.case(Asked("own")) is not case
    assert own.stamp(Asked("own")) != stamp


def test_a_file_that_was_written_just_now_is_not_taken_as_settled(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change in the same tick of the file system's clock would not show."""
    monkeypatch.setattr(desks, "_TICK", 10**12)
    own.case(Asked("own"))
    assert own._read == {}


def test_a_file_that_goes_is_missed(own: Desk) -> None:
    case = own.case(Asked("own"))
    case.path.unlink()
    with pytest.raises(BadData):
        own.case(Asked("own"))


def test_a_brief_is_begun_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On two threads: agreements and then the outlook beside the ledger."""
    desk = lay([], [], tmp_path)
    begun: list[Any] = []
    asked: list[str] = []
    monkeypatch.setattr(desk.slow, "begin", begun.append)
    for name in ("lives", "ledger", "outlook"):
        monkeypatch.setattr(Desk, name, lambda self, day, name=name: asked.append(name))
    for _ in range(2):
        desk.begin(Asked("northeast-asia"))
    assert len(begun) == 2
    for do in begun:
        do()
    assert asked == ["lives", "outlook", "ledger"]
    desk.close()
