"""Two made-up records whose overlap and answers are known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.coding.beside import ANY, beside
from lynchpin.errors import BadData

START = date(2010, 1, 1)


def record(rows):
    """Rows of (day, source, target, kind); states joined by ;."""
    return pl.DataFrame(
        [(START + timedelta(days=day), a.split(";"), b.split(";"), kind) for day, a, b, kind in rows],
        schema={"date": pl.Date, "source": pl.List(pl.String), "target": pl.List(pl.String), "kind": pl.String},
        orient="row",
    )


def test_what_one_has_and_the_other_lacks_by_hand():
    """Of four acts of the one the other has two within a day: one on it, one on the next; a fifth is of other states."""
    ends = [(0, "USA", "CHN", "talk"), (2000, "USA", "CHN", "talk")]
    one = record(
        [
            *ends,
            (900, "JPN", "KOR", "talk"),
            (1000, "JPN", "KOR", "talk"),
            (1100, "KOR", "JPN", "talk"),
            (950, "JPN", "KOR", "blow"),
        ]
    )
    other = record(
        [
            *ends,
            (900, "JPN", "KOR", "talk"),
            (1001, "JPN", "KOR", "talk"),
            (1001, "JPN", "KOR", "talk"),
            (1103, "KOR", "JPN", "talk"),
        ]
    )
    told = beside(one, other, ["JPN", "KOR"])
    assert (told.first, told.last, told.pairs) == (START, START + timedelta(days=2000), 2)
    by_kind = {found.kind: found for found in told.one_in_other}
    assert (by_kind["talk"].acts, by_kind["talk"].of_other) == (3, 3)
    assert by_kind["talk"].found == pytest.approx(2 / 3) and by_kind["talk"].by_chance < 0.05
    assert by_kind["blow"].found == 0.0 and by_kind[ANY].found == pytest.approx(2 / 4)
    assert {found.kind: found.found for found in told.other_in_one}["talk"] == pytest.approx(2 / 3)


def test_answers_by_hand():
    """Two of four acts are answered within 14 days; an answer on the day itself, on the 15th, or of a joint act is none."""
    rows = [(0, "USA", "CHN", "blow"), (3000, "USA", "CHN", "blow")]
    rows += [(500, "JPN", "KOR", "blow"), (501, "KOR", "JPN", "blow")]
    rows += [(1500, "JPN", "KOR", "blow"), (1500, "KOR", "JPN", "blow"), (1515, "KOR", "JPN", "blow")]
    rows += [(2500, "JPN;KOR", "JPN;KOR", "blow"), (2503, "JPN;KOR", "JPN;KOR", "blow")]
    told = beside(record(rows), record(rows), ["JPN", "KOR"])
    answers = told.one_answers[0]
    assert answers.kind == "blow" and answers.acts == 5
    assert answers.answered == pytest.approx(1 / 5)  # the act of day 500; that of 1500 has its answer a day late
    assert answers.by_chance == 0.0 and answers.ratio is None and told.times["blow"] is None


def noisy(rng, share, answered):
    """Twenty years of two states that act at random; a share of acts is coded, and this share of them is answered."""
    rows = [(0, "USA", "CHN", "blow"), (7300, "USA", "CHN", "blow")]
    for day in range(7300):
        if rng.random() < share:
            rows.append((day, "JPN", "KOR", "blow"))
            if rng.random() < answered:
                rows.append((day + int(rng.integers(1, 15)), "KOR", "JPN", "blow"))
        if rng.random() < share:
            rows.append((day, "KOR", "JPN", "blow"))
    return record([row for row in rows if row[0] <= 7300])


def test_a_coder_of_responses_is_told_from_one_who_codes_blind():
    """The one looks for answers and finds them to three acts in ten; the other codes as many acts and none of them so."""
    rng = np.random.default_rng(3)
    seeking, blind = noisy(rng, 0.02, 0.3), noisy(rng, 0.02, 0.0)
    told = beside(seeking, blind, ["JPN", "KOR"])
    of = {answers.kind: answers for answers in told.one_answers}
    assert of["blow"].lower > 1.0
    others = [noisy(np.random.default_rng(seed), 0.02, 0.0) for seed in range(8)]
    ratios = [beside(one, one, ["JPN", "KOR"]).one_answers[0].ratio for one in others]
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.1)
    value, lower, upper = told.times["blow"]
    assert lower > 1.0 and lower < value < upper


def test_a_thinner_record_of_the_same_answers_has_the_same_ratio():
    rng = np.random.default_rng(5)
    full = noisy(rng, 0.03, 0.0)
    thin = full.filter(pl.Series(rng.random(full.height) < 0.5) | (pl.col("source").list.first() == "USA"))
    value, lower, upper = beside(full, thin, ["JPN", "KOR"]).times[ANY]
    assert lower < 1.0 < upper and 0.7 < value < 1.4


def test_records_without_a_day_or_an_act_in_common_are_refused():
    early, late = record([(0, "JPN", "KOR", "talk")]), record([(9, "JPN", "KOR", "talk")])
    with pytest.raises(BadData, match="share no day"):
        beside(early, late, ["JPN", "KOR"])
    with pytest.raises(BadData, match="no act between the states"):
        beside(early, late, ["JPN", "PRK"])


def test_half_a_year_has_no_interval():
    rows = [(0, "USA", "CHN", "blow"), (200, "USA", "CHN", "blow")]
    rows += [(day, a, b, "blow") for day in range(0, 200, 9) for a, b in (("JPN", "KOR"), ("KOR", "JPN"))]
    told = beside(record(rows), record(rows), ["JPN", "KOR"])
    answers = told.one_answers[0]
    assert answers.ratio is not None and answers.lower is None and told.times["blow"] == (1.0, None, None)
