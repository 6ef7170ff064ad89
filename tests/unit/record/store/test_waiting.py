"""Rows on their way: read ahead, known by their keys, handed over whole."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lynchpin.record.store import Store, _file
from lynchpin.record.store._file import Stream
from lynchpin.record.store._intake import Seen, Waiting, ahead


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), max_size=20), max_size=12))
def test_seen_tells_every_key_that_came_by(blocks: list[list[tuple[int, int]]]) -> None:
    seen, before = Seen(), set[tuple[int, int]]()
    for block in blocks:
        keys = pl.DataFrame(block, schema={"event_id": pl.Int64, "date": pl.Int64}, orient="row")
        assert seen.again(keys).rows() == [key for key in block if key in before]
        before |= set(block)


def test_waiting_hands_over_whole_groups_and_keeps_the_order() -> None:
    parts: list[pl.DataFrame] = []
    waiting = Waiting(parts.append, at_once=10)
    for start in range(0, 47, 4):
        waiting.add(pl.DataFrame({"row": list(range(start, min(start + 4, 47)))}))
    assert {part.height for part in parts} == {10}
    held = pl.DataFrame({"row": [3, 45, 46]})
    assert sorted(row for part in waiting.among(held) for row in part["row"]) == [45, 46]
    waiting.finish()
    assert pl.concat(parts)["row"].to_list() == list(range(47))


def test_ahead_gives_the_same_items_and_the_same_error() -> None:
    def items() -> Iterator[int]:
        yield from range(10)
        raise ValueError("the eleventh")

    got = []
    with pytest.raises(ValueError, match="the eleventh"):
        for item in ahead(items()):
            got.append(item)
    assert got == list(range(10))
    assert list(ahead(iter([]))) == []


def test_ahead_makes_no_more_than_it_was_told_to() -> None:
    made = []

    def items() -> Iterator[int]:
        for item in range(100):
            made.append(item)
            yield item

    coming = ahead(items(), depth=2)
    assert next(coming) == 0
    coming.close()  # type: ignore[attr-defined]
    assert len(made) <= 4


def test_rows_are_let_go_before_the_transaction_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that was registered would hold them: a file of two million rows took twice the memory."""
    held = [0]

    class Counted(Stream):
        def __init__(self, table: pl.DataFrame) -> None:
            super().__init__(table)
            held[0] += 1

        def __del__(self) -> None:
            held[0] -= 1

    monkeypatch.setattr(_file, "Stream", Counted)
    row = {"dataset": "a", "file": "f", "sha256": "0", "date": date(2012, 7, 9), "reports": 1}
    with Store.open(tmp_path / "s.duckdb", create=True) as store:
        store._connection.begin()
        for _ in range(3):
            _file.insert(store._connection, "volume", pl.DataFrame([row]))
        gc.collect()
        assert held == [0]
        store._connection.commit()
