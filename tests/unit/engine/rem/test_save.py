"""Where a fit may be saved: nothing but a saved fit is ever replaced."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

import lynchpin
from lynchpin.cli import app
from lynchpin.errors import LynchpinError

TABLE = "time,sender,receiver\n1,a,b\n2,b,a\n3,a,c\n4,c,b\n5,b,c\n6,a,b\n"


@pytest.fixture
def csv(tmp_path):
    (tmp_path / "mine.csv").write_text(TABLE)
    return tmp_path / "mine.csv"


def save(csv, to):
    return CliRunner().invoke(app, ["rem", str(csv), "--effects", "", "--save", str(to)])


def test_an_input_is_not_overwritten(csv):
    done = save(csv, csv)
    assert isinstance(done.exception, LynchpinError) and "is no saved fit" in str(done.exception)
    assert csv.read_text() == TABLE


def test_no_other_file_is_replaced(csv, tmp_path):
    import numpy as np

    np.savez(tmp_path / "other.npz", about=np.arange(3))
    before = (tmp_path / "other.npz").read_bytes()
    fit = lynchpin.rem(csv, "")
    for name in ("other.npz", "."):
        with pytest.raises(LynchpinError, match="is no saved fit"):
            fit.save(tmp_path / name)
    assert (tmp_path / "other.npz").read_bytes() == before


def test_a_saved_fit_is_replaced_by_a_whole_one(csv, tmp_path):
    assert save(csv, tmp_path / "fit").exit_code == 0
    lynchpin.rem(csv, "", start=3).save(tmp_path / "fit")
    assert lynchpin.load_rem(tmp_path / "fit").n_events == 4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["fit", "mine.csv"]


def test_pipes_and_devices_and_no_folder(csv, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for to in (tmp_path / "pipe", "/dev/full", "/dev/null", tmp_path / "no" / "such", "x" * 5000, "a\0b"):
        with pytest.raises(LynchpinError):
            lynchpin.rem(csv, "").save(to)
    with pytest.raises(LynchpinError, match="not a file"):
        lynchpin.rem(tmp_path / "pipe", "")
    with pytest.raises(LynchpinError, match="not a saved fit"):
        lynchpin.load_rem(tmp_path / "pipe")


def test_a_write_that_fails_leaves_what_was_there(csv, tmp_path, monkeypatch):
    import numpy as np

    fit = lynchpin.rem(csv, "")
    fit.save(tmp_path / "fit")
    before = (tmp_path / "fit").read_bytes()

    def full(out, **_):
        out.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(LynchpinError, match="No space left"):
        fit.save(tmp_path / "fit")
    assert (tmp_path / "fit").read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["fit", "mine.csv"]
