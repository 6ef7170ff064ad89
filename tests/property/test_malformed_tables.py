"""Whatever stands in a table, a feed, a case or a stream of events gives an answer, or one error that a user can mend.

Tables are made by writing a good one otherwise (separators, encodings, line ends, quotes, lines between) and by spoiling
it; what comes out is the good answer, or told: nothing is silently taken.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lynchpin.account.cases import read_case
from lynchpin.account.cases.record import case_events
from lynchpin.engine.rem.events import read_events
from lynchpin.errors import LynchpinError, LynchpinWarning
from lynchpin.record import sources
from lynchpin.record.store import check
from lynchpin.record.store.rules import DUPLICATES, NOT_ROWS

HEADER = ("when", "sender", "receiver", "act", "score")
ROWS = [(f"2012-06-{day:02}", *pair, code, score) for day, pair, code, score in
        [(20, ("KOR", "JPN"), "120", "-4.0"), (21, ("JPN", "USA"), "040", "1.5"), (22, ("USA", "KOR"), "057", "8.0"),
         (23, ("KOR", "USA"), "111", "-2.0"), (24, ("JPN", "KOR"), "036", "4.25")]]  # fmt: skip
MAPPING = """
name = "mine"
[columns]
date = "when"
source = "sender"
target = "receiver"
code = "act"
magnitude = "score"
"""
CASE = Path(read_case("northeast-asia").path)

many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """The good table, written in one of the ways that tables are written."""
    sign = draw(st.sampled_from([",", ";", "\t", "|"]))
    quoted, comma = draw(st.booleans()), sign != "," and draw(st.booleans())
    lines = [sign.join(_cell(cell, quoted, comma) for cell in row) for row in (HEADER, *ROWS)]
    for _ in range(draw(st.integers(0, 3))):
        extra = draw(st.sampled_from(["", sign * 4, "# a comment", lines[0]]))
        lines.insert(draw(st.integers(1, len(lines))), extra)
    if draw(st.booleans()):
        lines.insert(0, "# made by hand")
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(lines) + end * draw(st.integers(0, 2))
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])))


def _cell(text: str, quoted: bool, comma: bool) -> str:
    shown = text.replace(".", ",") if comma and "." in text else text
    return f'"{shown}"' if quoted else shown


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """The same with some of its bytes cut, doubled or replaced."""
    data = bytearray(draw(written()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.sampled_from([0, 1, 2, 7, 40])))
        data[at:to] = draw(st.sampled_from([b"", b'"', b",", b";", b"\n", b"\r", b"\x00", b"\xe9", b"#", b"NA", b"9" * 30, b"\xff\xfe"]))  # fmt: skip
    return bytes(data)


def feed(folder: Path, data: bytes) -> tuple[pl.DataFrame, dict[str, int]]:
    (folder / "mine.toml").write_text(MAPPING)
    (folder / "mine.csv").write_bytes(data)
    source = sources.detect(folder / "mine.csv")
    found = check(source.read(folder / "mine.csv"), source)
    assert found.read == found.events.height + found.refused.height + found.duplicates.height
    return found.events, found.reasons


@many
@given(written())
def test_a_table_written_otherwise_is_the_same_table(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        events, reasons = feed(Path(name), data)
        assert set(reasons) <= NOT_ROWS
        rows = events.select(pl.col("date").cast(pl.String), pl.col("source").list.first(), pl.col("target").list.first(),
                             "code", "magnitude_shipped").rows()  # fmt: skip
        assert rows == [(*row[:4], float(row[4])) for row in ROWS]
        stream = read_events(_with_time(Path(name), data))
        names = [(stream.actors[i], stream.actors[j]) for i, j in zip(stream.src, stream.dst, strict=True)]
        assert names == [(row[1], row[2]) for row in ROWS]


def _with_time(folder: Path, data: bytes) -> Path:
    """The table as a stream of events, whose first column is called time."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        data = data.replace("when".encode(encoding), "time".encode(encoding))
    (folder / "events.csv").write_bytes(data)
    return folder / "events.csv"


@many
@given(spoilt() | st.binary(max_size=200))
def test_a_spoilt_table_is_an_answer_or_an_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        try:
            events, reasons = feed(Path(name), data)
        except LynchpinError as error:
            assert error.what and error.mend
        else:
            assert events["date"].null_count() == 0 and all(count > 0 for count in reasons.values())
        try:
            stream = read_events(_with_time(Path(name), data))
        except LynchpinError as error:
            assert error.what and error.mend
        else:
            assert stream.count <= data.count(b"\n") + data.count(b"\r") + 1


@settings(many, max_examples=40)
@given(
    st.integers(0, 10**6), st.sampled_from([b'"', b",", b"\n", b"\x00", b"#", b"\xe9", b"", b";"]), st.integers(0, 60)
)
def test_a_spoilt_chronology_is_an_answer_or_an_error(at: int, put: bytes, cut: int) -> None:
    whole = CASE.parent.joinpath("events.csv").read_bytes()
    good = b"\n".join(whole.split(b"\n")[:30]) + b"\n"
    at %= len(good)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.toml").write_bytes(CASE.read_bytes())
        for file in ("agreements.csv", "agreement_stages.csv"):
            (folder / file).write_bytes(CASE.parent.joinpath(file).read_bytes())
        (folder / "events.csv").write_bytes(good[:at] + put + good[at + cut :])
        try:
            with warnings.catch_warnings():  # what was mended in the file is told, and is no fault
                warnings.simplefilter("ignore", LynchpinWarning)
                events = case_events(read_case(folder))
        except LynchpinError as error:
            assert error.what and error.mend
        else:
            source = sources.get("chronology")
            found = check(source.read(folder / "events.csv"), source)
            refused = set(found.reasons) - set(DUPLICATES)
            assert refused <= NOT_ROWS and found.read >= 27, "a row that went is told"
            assert events.height == found.events.height
