"""Files that we are named: regular ones alone, no more than so many bytes, and a case's own beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lynchpin.errors import BadData
from lynchpin.files import allowing_outside, beside, must_be_regular, read_whole


def test_what_a_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"12345")
    assert read_whole(file, "case", 5) == b"12345"
    with pytest.raises(BadData, match="the case is larger than 4 bytes"):
        read_whole(file, "case", 4)


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    refused = {
        tmp_path: "this is a folder",
        tmp_path / "nothing": "no such case",
        tmp_path / "pipe": "a device, a pipe",
        tmp_path / "dangling": "a link to nothing",
        tmp_path / "round": "",
        Path(os.devnull): "a device, a pipe",
        Path("/dev/zero"): "a device, a pipe",
        Path("a" * 5000): "cannot be the path",
        Path("a/" * 5000): "cannot be the path",
        Path("a\0b"): "",
    }
    for path, words in refused.items():
        with pytest.raises(BadData) as caught:
            read_whole(path, "case", 100)
        assert words in caught.value.what
        assert len(caught.value.where) <= 300
    assert must_be_regular(__file__) == Path(__file__)


def test_a_case_names_files_of_its_own_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    for file in (home / "a.csv", home / "data" / "b.csv", tmp_path / "out.csv"):
        file.write_text("x")
    (home / "link.csv").symlink_to(tmp_path / "out.csv")
    (home / "own.csv").symlink_to(home / "a.csv")
    for name in ("a.csv", "data/b.csv", "data/../a.csv", "own.csv", str(home / "a.csv")):
        assert beside(home, name, "case.toml, line 2").read_text() == "x"
    for name in ("../out.csv", str(tmp_path / "out.csv"), "link.csv", "/etc/passwd", "../nothing.csv"):
        with pytest.raises(BadData, match="outside the folder of the case") as caught:
            beside(home, name, "case.toml, line 2")
        assert caught.value.where == "case.toml, line 2"
        assert "--allow-outside" in caught.value.mend
    with allowing_outside():
        assert beside(home, "../out.csv", "").read_text() == "x"
        assert beside(home, "link.csv", "").read_text() == "x"
    with allowing_outside(False), pytest.raises(BadData):
        beside(home, "../out.csv", "")


@pytest.mark.parametrize("name", ["missing.csv", "data", "a" * 5000, "a\0b"])
def test_a_name_with_no_file_behind_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(BadData) as caught:
        beside(tmp_path, name, "case.toml, line 2")
    assert (caught.value.where, len(caught.value.what) < 400) == ("case.toml, line 2", True)
