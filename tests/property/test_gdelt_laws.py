"""Whatever becomes of a file of GDELT, each line is one row, refused rows keep their text, and nothing else is raised."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lynchpin.errors import LynchpinError
from lynchpin.record import sources
from lynchpin.record.sources import _text
from lynchpin.record.store import check, data_hash
from lynchpin.record.store.check import Checked
from lynchpin.testing.feeds import REDUCED_LINE, event_line, mention_line
from lynchpin.textfile import STRAYS

STATES = ["KOR", "JPN", "USA", "RUS", "EUR", ""]


def line(name: str, at: int) -> str:
    here, there = STATES[at % 6], STATES[(at + 1) % 6]
    if name == "gdelt-reduced":
        return REDUCED_LINE.replace("KOR", here).replace("1979", str(1000 + at))
    if name == "gdelt-mentions":
        return mention_line(SentenceID=str(at))
    told = {"GLOBALEVENTID": str(at), "Actor1CountryCode": here, "Actor2CountryCode": there, "Actor2Name": "é"}
    return event_line(61 if name == "gdelt" else 58 - at % 2, **told)


NAMES = ["gdelt", "gdelt-v1", "gdelt-reduced", "gdelt-mentions"]
SAMPLES = {name: "".join(line(name, at) + "\n" for at in range(9)).encode() for name in NAMES}
PIECES = [b"\n", b"\t", b"\x01", b'"', b"\r\n", b"\n\n", b"\x00", b"NA", b"\xe9", b"nan", b"\r", b"\t\t", b";"]
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def taken_in(name: str, data: bytes) -> Checked:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        source = sources.get(name)
        return check(source.read(path), source)


def texts_of(data: bytes) -> list[str]:
    """The lines as `_text` promises them, by plain Python."""
    plain = data.removeprefix(b"\xef\xbb\xbf")
    parts = plain.removesuffix(b"\n").split(b"\n")
    return [part.decode("utf-8", errors=STRAYS).replace("\x00", "\ufffd").removesuffix("\r") for part in parts]


def keeps_its_laws(name: str, data: bytes) -> None:
    try:
        checked = taken_in(name, data)
    except LynchpinError as error:
        assert error.what and error.where
        assert "spreadsheet" in error.what or "empty" in error.what
        return
    texts = texts_of(data)
    assert checked.read == len(texts)
    kept = pl.concat([part.select("row") for part in (checked.events, checked.refused, checked.duplicates)])
    assert sorted(kept["row"]) == list(range(1, len(texts) + 1))
    assert [texts[row - 1] for row in checked.refused["row"]] == checked.refused["raw"].to_list()
    assert (checked.refused["broke"].list.len() > 0).all()


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(NAMES))
    data = bytearray(SAMPLES[name])
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 30)))
        data[at:to] = draw(st.one_of(st.binary(max_size=5), st.sampled_from(PIECES)))
    return name, bytes(data)


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_are_whole(name: str) -> None:
    checked = taken_in(name, SAMPLES[name])
    assert (checked.read, checked.events.height) == (9, 9)


@few
@given(spoiled())
def test_a_spoiled_file_adds_up(case: tuple[str, bytes]) -> None:
    name, data = case
    keeps_its_laws(name, data)
    assert name in NAMES


@few
@given(st.sampled_from(NAMES), st.binary(max_size=200))
def test_any_bytes_at_all(name: str, data: bytes) -> None:
    keeps_its_laws(name, data)
    keeps_its_laws(name, SAMPLES[name] + data)
    assert name in NAMES


@pytest.mark.parametrize("name", NAMES[:3])
def test_blocks_do_not_change_what_is_read(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = data_hash(taken_in(name, SAMPLES[name]).events)
    plain = _text.blocks
    monkeypatch.setattr("lynchpin.record.sources._text.blocks", lambda path: plain(path, 64))
    assert data_hash(taken_in(name, SAMPLES[name]).events) == whole


def test_a_block_counted_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted fault: were a block to start one line late, the texts of refused rows would not be theirs."""
    data = SAMPLES["gdelt"].replace(b"0314", b"9999")
    keeps_its_laws("gdelt", data)
    plain = _text._block
    monkeypatch.setattr(_text, "_block", lambda data, first: plain(data, first + 1))
    with pytest.raises(AssertionError):
        keeps_its_laws("gdelt", data)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_mutated_lines(name: str) -> None:
    """Half of the lines spoiled; in files of a thousand, so that clean blocks and spoiled ones occur."""
    chance = random.Random(name)
    spoilt = 0
    for start in range(0, 20_000, 1000):
        lines = []
        for at in range(start, start + 1000):
            text = bytearray(line(name, at).encode())
            if at % 2:
                spoilt += 1
                for _ in range(chance.randint(1, 3)):
                    place = chance.randrange(len(text) + 1)
                    piece = chance.choice([*PIECES, bytes([chance.randrange(256)])])
                    text[place : place + chance.randint(0, 4)] = piece
            lines.append(bytes(text) + b"\n")
        keeps_its_laws(name, b"".join(lines))
    assert spoilt == 10_000
