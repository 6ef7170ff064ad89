"""Strips of chances where counts are small: what stands on them by hand, and when they stand in place of a fan."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from lynchpin.report.plots import strip, theme

FUTURE = pl.DataFrame(
    {
        "month": [1, 2],
        "period_start": [date(2012, 7, 9), date(2012, 8, 9)],
        "q50": [0, 0],
        "p_any": [0.40, 0.05],
        "p_1": [0.25, 0.04],
        "p_2": [0.10, 0.0075],
    }
)
NONE = pl.DataFrame(schema={"month": pl.Int64, "count": pl.Int64})


def test_parts_by_hand() -> None:
    """0.6, 0.25, 0.10 and what is left, 0.05, one after the other."""
    found = strip.parts(FUTURE, NONE).filter(pl.col("month") == "9 Jul 2012")
    assert found["count"].to_list() == ["0", "1", "2", "3 or more"]
    assert found["chance"].to_list() == pytest.approx([0.60, 0.25, 0.10, 0.05])
    assert found["low"].to_list() == pytest.approx([0.0, 0.60, 0.85, 0.95])
    assert found["high"].to_list() == pytest.approx([0.60, 0.85, 0.95, 1.0])
    assert found["words"].to_list() == ["60 %", "25 %", "10 %", ""]
    assert found["tip"].to_list() == ["60 %", "25 %", "10 %", "5 %"]
    assert not found["came"].any()


def test_what_came_stands_in_its_own_part() -> None:
    came = pl.DataFrame({"month": [1, 2], "count": [7, 0]})
    found = strip.parts(FUTURE, came).filter("came")
    assert found.select("month", "count").rows() == [("9 Jul 2012", "3 or more"), ("9 Aug 2012", "0")]


@pytest.mark.parametrize(
    ("future", "expected"),
    [
        (FUTURE, True),
        (FUTURE.with_columns(q50=pl.Series([0, 1])), False),
        (FUTURE.drop("p_2"), False),
        (FUTURE.clear(), False),
    ],
    ids=["all medians none", "one is not", "chances not known", "no month"],
)
def test_when_a_strip_stands_in_place_of_a_fan(future: pl.DataFrame, expected: bool) -> None:
    assert strip.fits(future) is expected


def test_the_picture_says_its_numbers() -> None:
    chart = strip.draw(strip.parts(FUTURE, pl.DataFrame({"month": [1], "count": [1]})), "A → B: talks", "#0b4a8f")
    spec = chart.to_dict(validate=False)
    assert spec["description"].startswith(
        "A → B: talks: chances of so many events, 9 Jul 2012: 0 60 %, 1 25 %, 2 10 %, 3 or more 5 %; 9 Aug 2012: 0 95 %"
    )
    assert spec["height"] == 2 * strip.ROW + 4
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["bar", "text", "text", "point"]


@pytest.mark.parametrize("colour", [*theme.BLUES, *theme.WARMS, *theme.OTHERS])
def test_words_stand_out_from_each_part(colour: str) -> None:
    """The contrast of whichever ink is used is at least that of large text, 3 to 1."""

    def luminance(tone: str) -> float:
        parts = [int(tone[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for tone in strip.colours(colour):
        ink = luminance(theme.INK if strip.is_pale(tone) else "#ffffff")
        dark, light = sorted([ink, luminance(tone)])
        assert (light + 0.05) / (dark + 0.05) >= 3.0
