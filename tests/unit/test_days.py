"""Days of the calendar, and lengths of time, from text and back."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin.days import (
    day_number,
    day_of,
    format_duration,
    optional_day,
    parse_cell,
    parse_day,
    parse_digits,
    parse_duration,
    spell_duration,
)
from lynchpin.errors import BadValue

GOOD = [
    # text, days, written back, in words
    ("60d", 60.0, "60d", "60 days"),
    ("8w", 56.0, "56d", "56 days"),
    ("1y", 365.25, "1y", "1 year"),
    ("4y", 1461.0, "1461d", "1461 days"),
    ("2mo", 60.875, "2mo", "2 months"),
    ("12mo", 365.25, "1y", "1 year"),
    ("36h", 1.5, "36h", "36 hours"),
    ("1h", 1 / 24, "1h", "1 hour"),
    ("48h", 2.0, "2d", "2 days"),
    (" 1.25 d ", 1.25, "30h", "30 hours"),
    ("43.2187d", 43.2187, "43.2187d", "43.2 days"),
    ("432.71d", 432.71, "432.71d", "433 days"),
    ("0.00001d", 1e-5, "0.00001d", "1e-05 days"),
]

BAD = [
    "",
    "60",
    "d",
    "fit",
    "60 days",
    "-3d",
    "1e3d",
    "5m",
    "60D",
    "1 000d",
    "٦d",
    "1.d",
    ".5d",
    "60  d",
    "60d 2h",
    "nan",
    "infd",
]
NOT_POSITIVE = ["0d", "0.0y", "0h", "9" * 400 + "d", "0." + "0" * 400 + "1d"]


@pytest.mark.parametrize(("text", "days", "written", "words"), GOOD)
def test_good(text: str, days: float, written: str, words: str) -> None:
    assert parse_duration(text) == days
    assert format_duration(days) == written
    assert parse_duration(written) == days
    assert spell_duration(days) == words


@pytest.mark.parametrize("text", BAD)
def test_nonsense(text: str) -> None:
    with pytest.raises(BadValue, match="is not a length of time") as caught:
        parse_duration(text, where="asia.toml, line 3")
    assert caught.value.where == "asia.toml, line 3"
    assert "60d" in caught.value.mend


@pytest.mark.parametrize("text", NOT_POSITIVE)
def test_zero_and_infinity(text: str) -> None:
    with pytest.raises(BadValue, match="more than zero and finite"):
        parse_duration(text)


def test_a_bare_number_from_a_file_is_refused_in_words() -> None:
    with pytest.raises(BadValue, match="'60' is not a length of time"):
        parse_duration(60)  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [0.0, -1.0, float("inf"), float("nan")])
def test_only_positive_finite_days_are_written(days: float) -> None:
    with pytest.raises(BadValue):
        format_duration(days)


# --- days of the calendar --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "number"), [(date(1970, 1, 1), 0), (date(1969, 12, 31), -1), (date(2012, 7, 9), 15530)]
)
def test_days_are_counted_from_1970(day: date, number: int) -> None:
    assert (day_number(day), day_of(number)) == (number, day)


@pytest.mark.parametrize(
    "text", ["", "2012", "20120709", "2012-7-9", "2012-02-30", "2012-W01-1", " 2012-07-09", "09.07.2012"]
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_day(text, name="--from")
    assert (caught.value.what, caught.value.where) == (f"{text!r} is not a day of the calendar", "--from")
    assert caught.value.mend


def test_a_day_or_none() -> None:
    assert optional_day(None) is None
    assert optional_day("2012-07-09") == optional_day(date(2012, 7, 9)) == date(2012, 7, 9)
    with pytest.raises(BadValue):
        optional_day("", name="as_of")  # nothing written is not "the whole record"


def test_a_cell_of_a_table() -> None:
    assert [parse_cell(cell) for cell in ("", "  ", " 2012-07-09 ")] == [None, None, date(2012, 7, 9)]
    with pytest.raises(BadValue):
        parse_cell("later")


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("20120709", date(2012, 7, 9)),
        *((text, None) for text in ("20120230", "00000101", "2012709", "201207091", "2012-7-9", "٢٠١٢٠٧٠٩", "")),
    ],
)
def test_eight_digits(digits: str, day: date | None) -> None:
    assert parse_digits(digits) == day
