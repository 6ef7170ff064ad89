"""Laws of reading: whatever the file holds, rows add up, and only errors a user can mend come out."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lynchpin.errors import LynchpinError
from lynchpin.record import sources
from lynchpin.record.store import Store, check, data_hash, rules

HAND = ",".join(sources.get("chronology").columns)
ACTS = [
    f"e{n},2012-06-{n:02},day,{a},GOV,{b},MIL,{kind},,nuclear;trade,{size},x,word é,https://e.org,verified"
    for n, (a, b, kind, size) in enumerate(
        [("KOR", "JPN", "REJECT", -4), ("USA;JPN", "USA;JPN", "AGREE", 8), ("PRK", "KOR", "MOBILIZE", -7.2)] * 3, 1
    )
]
CODED = "\t".join(sources.get("icews").columns)
REPORTS = [
    "\t".join([str(n), f"2018-06-{n:02}", "é", sector, a, label, code, size, "y", "", b] + ["NA"] * 9)
    for n, (a, b, label, code, size, sector) in enumerate(
        [
            ("Japan", "South Korea", "Consult", "040", "1", "Government,Military"),
            ("NA", "United States", "Make statement", "010", "0", "NA"),
            ("North Korea", "Japan", "Threaten", "130", "-4.4", '"Executive,Government"'),
        ]
        * 3,
        1,
    )
]
SAMPLES = {
    "chronology": "\n".join([HAND, *ACTS, ""]).encode(),
    "icews": "\n".join([CODED, *REPORTS, ""]).encode(),
}
NAMES = sorted(SAMPLES)

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sample with some of its bytes cut, repeated, or replaced, after the header."""
    name = draw(st.sampled_from(NAMES))
    data = bytearray(SAMPLES[name])
    start = data.index(b"\n") + 1
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(start, len(data)))
        to = min(len(data), at + draw(st.integers(0, 40)))
        piece = draw(
            st.one_of(
                st.binary(max_size=6),
                st.sampled_from([b"\n", b"\t", b",", b'"', b"\r\n", b"\n\n", b"\x00", b"NA", b"\xe9", b"nan"]),
                st.just(bytes(data[at:to]) * 2),
            )
        )
        data[at:to] = piece
    return name, bytes(data)


def ingest(name: str | None, data: bytes) -> tuple[dict[str, int], pl.DataFrame, pl.DataFrame]:
    """What a store would take in: the counts, the events, the refused rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        source = sources.get(name) if name else sources.detect(path)
        checked = check(source.read(path), source)
    tables = {"accepted": checked.events, "duplicates": checked.duplicates, "refused": checked.refused}
    counts = {"read": checked.read, **{table: frame.height for table, frame in tables.items()}}
    return counts, checked.events, checked.refused


def adds_up(counts: dict[str, int]) -> bool:
    return counts["read"] == counts["accepted"] + counts["duplicates"] + counts["refused"]


def lines_of(data: bytes) -> int:
    """Lines after the header, counted without any of the readers."""
    return len(data.removesuffix(b"\n").split(b"\n")) - 1


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_are_whole(name: str) -> None:
    counts, events, _ = ingest(None, SAMPLES[name])
    assert counts == {"read": 9, "accepted": 9, "duplicates": 0, "refused": 0}
    assert events.height == 9


@few
@given(spoiled())
def test_a_spoiled_file_adds_up_or_is_one_error(case: tuple[str, bytes]) -> None:
    name, data = case
    try:
        counts, events, refused = ingest(name, data)
    except LynchpinError as error:
        assert error.what and error.where
        assert name == "chronology"  # a coded feed is never refused as a whole once its header is right
        return
    assert adds_up(counts)
    assert (events.height, refused.height) == (counts["accepted"], counts["refused"])
    assert (refused["broke"].list.len() > 0).all()
    assert events.select("event_id", "date").n_unique() == events.height
    assert events.drop("magnitude_shipped", "magnitude").null_count().sum_horizontal().sum() == 0
    if name == "icews":
        assert counts["read"] == lines_of(data)


@settings(few, max_examples=6)
@given(spoiled())
def test_a_store_takes_in_what_the_rules_let_through(case: tuple[str, bytes]) -> None:
    name, data = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        with Store.open(Path(folder) / "store", create=True) as store:
            try:
                report = store.ingest(name, path)
            except LynchpinError:
                assert store.manifest().height == 0 and store.events().height == 0
                return
            assert report.read == report.accepted + report.duplicates + report.refused
            counts, events, refused = ingest(name, data)
            assert [report.read, report.accepted, report.duplicates, report.refused] == list(counts.values())
            assert store.content_hash() == data_hash(events)
            assert store.refused().drop("file").rows() == refused.rows()


@few
@given(st.sampled_from(NAMES), st.binary(max_size=200))
def test_random_bytes_raise_nothing_else(name: str, data: bytes) -> None:
    for header in (b"", SAMPLES[name].split(b"\n")[0] + b"\n"):
        for asked in (name, None):
            try:
                counts, _, _ = ingest(asked, header + data)
            except LynchpinError as error:
                assert error.what
            else:
                assert adds_up(counts)


@settings(few, max_examples=12)
@given(st.sampled_from(NAMES), st.permutations(range(9)))
def test_the_order_of_lines_does_not_change_the_content(name: str, order: list[int]) -> None:
    header, *lines = SAMPLES[name].decode().splitlines()
    mixed = "\n".join([header, *(lines[at] for at in order)]).encode()
    assert data_hash(ingest(name, mixed)[1]) == data_hash(ingest(name, SAMPLES[name])[1])


@settings(few, max_examples=12)
@given(st.sampled_from(NAMES), st.lists(st.integers(0, 8), min_size=1, max_size=6))
def test_a_repeated_line_is_a_duplicate_and_nothing_more(name: str, again: list[int]) -> None:
    header, *lines = SAMPLES[name].decode().splitlines()
    more = "\n".join([header, *lines, *(lines[at] for at in again)]).encode()
    counts, events, _ = ingest(name, more)
    assert counts == {"read": 9 + len(again), "accepted": 9, "duplicates": len(again), "refused": 0}
    assert data_hash(events) == data_hash(ingest(name, SAMPLES[name])[1])


# A fault planted for each law, and seen.


def test_a_lost_row_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that drops what it refuses no longer counts as many rows as there are lines."""
    data = SAMPLES["icews"].replace(b"2018-06-01", b"2018-06-99")
    assert ingest("icews", data)[0]["read"] == lines_of(data)
    module = sys.modules["lynchpin.record.store.check"]
    refuse = module._refused
    monkeypatch.setattr(module, "_refused", lambda bad, names: refuse(bad.clear(), names))
    assert ingest("icews", data)[0]["read"] != lines_of(data)


def test_a_rule_that_lets_the_missing_pass_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    data = SAMPLES["icews"].replace(b"2018-06-01", b"2018-06-99")
    assert ingest("icews", data)[0]["refused"] == 1
    kept = tuple(rule for rule in rules() if rule.name != "bad_date")
    monkeypatch.setattr(sys.modules["lynchpin.record.store.check"], "rules", lambda: kept)
    _, events, _ = ingest("icews", data)
    assert events["date"].null_count() == 1


def test_a_reader_that_skips_a_line_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "e.tab"
    path.write_bytes(SAMPLES["icews"])
    source = sources.get("icews")
    assert check(source.read(path).filter(pl.col("row") != 5), source).read != lines_of(SAMPLES["icews"])
