"""Look-ups over columns give what asking row by row gives."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lynchpin.record.ontology import countries
from lynchpin.record.sources._sides import by_spell, by_value
from lynchpin.record.sources._text import count

STRUCT = pl.Struct({"states": pl.List(pl.String()), "sector": pl.String()})
NAMES = ["Russia", "USSR", "South Sudan", "Germany", "Serbia", "", "Nowhere", None]
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))


def states(name: str) -> list[tuple[date, dict[str, object] | None]]:
    """With a hole before a state begins."""
    return [
        (first, {"states": [state.iso3], "sector": "GOV"} if state else None)
        for first, state in countries.spells(name, "name")
    ]


@given(st.lists(st.tuples(st.sampled_from(NAMES), DAYS), max_size=30))
def test_by_spell_is_asking_row_by_row(rows: list[tuple[str | None, date | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"name": pl.String, "day": pl.Date}, orient="row")
    got = frame.select(by_spell(pl.col("name"), pl.col("day"), states, STRUCT).struct.field("states"))[
        "states"
    ].to_list()
    asked = [countries.find(name, "name", on=day) if name is not None and day else None for name, day in rows]
    assert got == [[state.iso3] if state else None for state in asked]


@pytest.mark.parametrize("country", [row for row in countries.all_countries() if row.valid_from and row.valid_to])
def test_a_spell_begins_on_its_first_day_and_ends_after_its_last(country: countries.Country) -> None:
    assert country.valid_from and country.valid_to
    days = [country.valid_from, country.valid_to, country.valid_to + timedelta(days=1)]
    frame = pl.DataFrame({"iso3": [country.iso3] * 3, "day": days})
    told = by_spell(
        pl.col("iso3"),
        pl.col("day"),
        lambda code: [(first, state.name if state else None) for first, state in countries.spells(code, "iso3")],
        pl.String(),
    )
    found = [countries.find(country.iso3, "iso3", on=day) for day in days]
    assert frame.select(told).to_series().to_list() == [state and state.name for state in found]


def test_by_value_asks_once_for_each_text() -> None:
    asked: list[str] = []

    def look_up(text: str) -> dict[str, object]:
        asked.append(text)
        return {"states": [text], "sector": text.lower()}

    frame = pl.concat(
        [pl.DataFrame({"text": part}) for part in (["A", "B", None], ["A", "A"], [None, "B"])], rechunk=False
    )
    got = frame.select(by_value(pl.col("text"), look_up, STRUCT)).to_series()
    assert sorted(asked) == ["A", "B"]
    assert got.struct.field("sector").to_list() == ["a", "b", None, "a", "a", None, "b"]
    assert got.struct.field("states").to_list() == [["A"], ["B"], None, ["A"], ["A"], None, ["B"]]


def test_no_text_at_all() -> None:
    frame = pl.DataFrame(
        {"text": [None, None], "day": [date(2000, 1, 1), None]}, schema={"text": pl.String, "day": pl.Date}
    )
    assert frame.select(by_value(pl.col("text"), len, pl.Int64())).to_series().to_list() == [None, None]
    assert frame.select(
        by_spell(pl.col("text"), pl.col("day"), states, STRUCT).struct.field("sector")
    ).to_series().to_list() == [
        None,
        None,
    ]


@given(st.binary(max_size=300))
def test_count_is_that_of_bytes(data: bytes) -> None:
    assert count(data, b"\n") == data.count(b"\n")


def test_count_over_several_pieces() -> None:
    data = b"\t123\n" * 50_000
    assert (count(data, b"\t"), count(data, b"\n")) == (50_000, 50_000)
