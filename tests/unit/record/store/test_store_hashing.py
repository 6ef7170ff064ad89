"""One hash for the content of events: any change is seen, order and origin are not."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import polars as pl
import pytest

from lynchpin.errors import BadValue
from lynchpin.events import SCHEMA, empty_events
from lynchpin.record.store import data_hash
from lynchpin.record.store.hashing import CONTENT

ROW: dict[str, Any] = {
    name: {pl.String(): "x", pl.Date(): date(2012, 7, 9), pl.Float64(): 1.5, pl.Int64(): 3}.get(dtype, ["a", "b"])
    for name, dtype in SCHEMA.items()
}


def frame(*changes: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **change} for change in changes], schema=SCHEMA)


def test_the_text_form_is_as_written_in_the_docstring() -> None:
    """By hand, without polars: the form may never change without a new number in its first line."""

    def text(name: str) -> str:
        value = ROW[name]
        if value == "x":
            return "1:x"
        if value == ["a", "b"]:
            return "2[1:a1:b]"
        return f"{(value - date(1970, 1, 1)).days};" if isinstance(value, date) else f"{round(value * 1e6)};"

    whole = f"lynchpin events 1\n{','.join(CONTENT)}\n" + "".join(text(name) for name in CONTENT) + "\n"
    assert data_hash(frame({})) == hashlib.sha256(whole.encode()).hexdigest()


def test_order_and_origin_do_not_matter() -> None:
    one = frame({"event_id": "a"}, {"event_id": "b"}, {"event_id": "c"})
    assert data_hash(one) == data_hash(one.reverse())
    assert data_hash(one) == data_hash(one.with_columns(file=pl.lit("renamed"), row=pl.lit(1, pl.Int64)))
    assert data_hash(one) == data_hash(one.drop("file", "row"))


CHANGES: list[dict[str, Any]] = [
    {name: {"x": "y", 1.5: 1.25, 3: 4}.get(ROW[name], date(2012, 7, 10)) if not isinstance(ROW[name], list) else ["a"]}
    for name in CONTENT
] + [
    {"mode": None},
    {"mode": ""},
    {"magnitude": None},
    {"date": None},
    {"contexts": None},
    {"contexts": []},
    {"contexts": [None]},
    {"contexts": [""]},
    {"contexts": ["a1:b"]},
    {"contexts": ["b", "a"]},
    {"event_id": "x1:"},
    {"event_id": "é"},
]


def test_every_change_is_seen() -> None:
    hashes = [data_hash(frame(change)) for change in [{}, *CHANGES]]
    assert len(set(hashes)) == len(hashes)


def test_a_row_twice_is_another_record() -> None:
    assert data_hash(frame({}, {})) != data_hash(frame({}))
    assert data_hash(empty_events()) != data_hash(frame({}))


def test_many_rows_hash_as_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    events = frame(*({"event_id": str(number)} for number in range(25)))
    whole = data_hash(events)
    monkeypatch.setattr("lynchpin.record.store.hashing._BATCH", 7)
    assert data_hash(events) == whole


def test_a_missing_column_is_said() -> None:
    with pytest.raises(BadValue, match="columns are missing: type"):
        data_hash(frame({}).drop("type"))
