"""Laws of the readers of feeds: whatever a file holds, each line is one row, and only errors come out that a
user can mend.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lynchpin.errors import BadData, LynchpinError
from lynchpin.record import sources
from lynchpin.record.store import check, data_hash
from lynchpin.record.store.check import Checked
from lynchpin.testing.feeds import SampleFeed, samples

SAMPLES = samples()
NAMES = sorted(SAMPLES)
#: Tables whose fields may run over lines: a quote that is not closed takes in the lines after it, and what no table can
#: be is refused as a file.
RUN_OVER = ("acled", "ucdp")
BY_LINE = [name for name in NAMES if name not in RUN_OVER]
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parts(sample: SampleFeed) -> tuple[bytes, list[bytes]]:
    """The header and the rows, as bytes with their line ends."""
    lines = sample.text.encode("utf-8").splitlines(keepends=True)
    return b"".join(lines[: sample.header]), lines[sample.header :]


def checked(name: str, data: bytes) -> Checked:
    with tempfile.TemporaryDirectory() as folder:
        path = SAMPLES[name].write(Path(folder), data)
        source = sources.get(name)
        return check(source.read(path).collect(), source)


def adds_up(found: Checked, lines: int) -> bool:
    told = found.events.height + found.duplicates.height + found.refused.height
    return found.read == told == lines


def spoilt(line: bytes, chance: random.Random) -> bytes:
    """A line with some of its bytes cut, doubled or replaced, still one line."""
    data = bytearray(line.rstrip(b"\n"))
    for _ in range(chance.randint(1, 5)):
        at = chance.randint(0, len(data))
        to = min(len(data), at + chance.choice([0, 1, 3, 30]))
        pieces = [
            b"",
            b"\t",
            b",",
            b'"',
            b"\x00",
            b"NA",
            b"\xe9",
            b"nan",
            b"-",
            b"9" * 25,
            b"(",
            b"{",
            b"\xff\xfe",
            b"\r",
        ]
        data[at:to] = chance.choice([*pieces, bytes(data[at:to]) * 2, chance.randbytes(3).replace(b"\n", b"")])
    return bytes(data) + b"\n"


@few
@given(st.sampled_from(BY_LINE), st.integers(0, 2**32 - 1))
def test_spoilt_lines_stay_one_row_each(name: str, seed: int) -> None:
    chance = random.Random(seed)
    header, rows = parts(SAMPLES[name])
    data = header + b"".join(spoilt(row, chance) for row in rows)
    assert adds_up(checked(name, data), 10)


@few
@given(st.sampled_from(RUN_OVER), st.integers(0, 2**32 - 1))
def test_spoilt_tables_are_refused_or_add_up(name: str, seed: int) -> None:
    chance = random.Random(seed)
    header, rows = parts(SAMPLES[name])
    try:
        found = checked(name, header + b"".join(spoilt(row, chance) for row in rows))
    except BadData:
        return
    assert found.read <= 10 * 6 and adds_up(found, found.read)  # a carriage return may end a line of such a table


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_LINE)
def test_ten_thousand_spoilt_lines(name: str) -> None:
    chance = random.Random(3)
    header, rows = parts(SAMPLES[name])
    found = checked(name, header + rows[0] + b"".join(spoilt(chance.choice(rows), chance) for _ in range(10_000)))
    assert adds_up(found, 10_001)
    assert found.refused.height > 1_000 and found.events.height > 10  # neither side is idle
    assert found.events["date"].null_count() == 0 and found.events["type"].null_count() == 0


@few
@given(st.sampled_from(NAMES), st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(name: str, data: bytes) -> None:
    header, rows = parts(SAMPLES[name])
    for start in (b"", header or rows[0]):
        try:
            found = checked(name, start + data)
        except LynchpinError as error:
            assert error.what
        else:
            assert found.read == found.events.height + found.duplicates.height + found.refused.height


@settings(few, max_examples=16)
@given(st.sampled_from(NAMES), st.permutations(range(10)))
def test_the_order_of_lines_does_not_change_the_content(name: str, order: list[int]) -> None:
    header, rows = parts(SAMPLES[name])
    mixed = checked(name, header + b"".join(rows[at] for at in order))
    assert data_hash(mixed.events) == data_hash(checked(name, header + b"".join(rows)).events)


@settings(few, max_examples=16)
@given(st.sampled_from(NAMES), st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_a_repeated_line_is_a_duplicate_and_nothing_more(name: str, again: list[int]) -> None:
    header, rows = parts(SAMPLES[name])
    found = checked(name, header + b"".join([*rows, *(rows[at] for at in again)]))
    assert (found.events.height, found.reasons) == (10, {"exact_duplicate": len(again)})


def test_a_reader_that_skips_a_line_is_seen(tmp_path: Path) -> None:
    """A fault planted: the law must see it."""
    for name in NAMES:
        path = SAMPLES[name].write(tmp_path / name)
        source = sources.get(name)
        assert adds_up(check(source.read(path), source), 10)
        assert not adds_up(check(source.read(path).filter(pl.col("row") != 5), source), 10)


def test_a_reader_that_splits_a_line_is_seen(tmp_path: Path) -> None:
    path = SAMPLES["triples"].write(tmp_path)
    source = sources.get("triples")
    frame = source.read(path).collect()
    assert not adds_up(check(pl.concat([frame, frame.head(1)]), source), 10)
