"""Edges of scenarios: an `until` inside a step, the last year, ties between paths, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from lynchpin.answers.scenarios.apply import _last_year, _share
from lynchpin.answers.scenarios.compare import _difference
from lynchpin.answers.scenarios.scenario import Span
from lynchpin.errors import BadValue

ORIGIN = date(2012, 7, 9)


def day(number: int) -> date:
    return ORIGIN + timedelta(days=number)


SPANS = [  # first, last (days from the origin), the share of each of three weeks; the last day is out of it
    (None, None, [1.0, 1.0, 1.0]),
    (0, 7, [1.0, 0.0, 0.0]),
    (0, 8, [1.0, 1 / 7, 0.0]),
    (0, 10, [1.0, 3 / 7, 0.0]),
    (3, 4, [1 / 7, 0.0, 0.0]),
    (6, 8, [1 / 7, 1 / 7, 0.0]),
    (10, None, [0.0, 4 / 7, 1.0]),
    (None, 1, [1 / 7, 0.0, 0.0]),
    (-30, 2, [2 / 7, 0.0, 0.0]),
    (20, 99, [0.0, 0.0, 1 / 7]),
]


@pytest.mark.parametrize(("first", "last", "share"), SPANS)
def test_a_span_covers_its_part_of_each_step(first: int | None, last: int | None, share: list[float]) -> None:
    span = Span(None if first is None else day(first), None if last is None else day(last))
    assert _share(span, ORIGIN, day(21), 3, 7) == pytest.approx(share)


@pytest.mark.parametrize(("first", "last"), [(-9, 0), (21, 25)])
def test_a_span_that_ends_before_the_origin_or_begins_on_the_end_is_outside(first: int, last: int) -> None:
    with pytest.raises(BadValue, match="lies outside the days that are played, 2012-07-09 to 2012-07-29"):
        _share(Span(day(first), day(last)), ORIGIN, day(21), 3, 7)


def test_the_last_year_is_the_last_52_weeks() -> None:
    counts = np.zeros(60, dtype=np.int64)
    counts[-52], counts[-53], counts[-1] = 26, 999, 26
    assert _last_year(counts, 7) == 1.0
    assert _last_year(np.array([3, 1]), 7) == 2.0, "all of a record that is shorter"


def test_paths_that_tie_are_neither_more_nor_fewer() -> None:
    base = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [4.0, 5.0]])
    other = np.array([[2.0, 5.0], [2.0, 5.0], [1.0, 5.0], [4.0, 5.0]])
    found = _difference(base, other)
    half = 0.5 / 5.0  # of half a path more and half one less in five
    assert found["p_more"].tolist() == pytest.approx([0.2 + half, half])
    assert found["p_fewer"].tolist() == pytest.approx([0.2 + half, half])
    assert found["difference"].tolist() == [-0.25, 0.0]
    assert (found["baseline"].tolist(), found["scenario"].tolist()) == ([2.5, 5.0], [2.25, 5.0])


def test_the_range_of_differences_holds_90_in_100_of_the_pairs() -> None:
    apart = np.random.default_rng(1).permutation(np.arange(101.0))[:, None]
    found = _difference(np.full((101, 1), 7.0), 7.0 + apart)
    assert found["lower"][0] == pytest.approx(5.0) and found["upper"][0] == pytest.approx(95.0)
