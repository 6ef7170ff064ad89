"""The printed turns, held to the protocol that was written down first, and to a run."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

BENCHMARKS = Path(__file__).parents[4] / "benchmarks"
PRINTED = json.loads((BENCHMARKS / "turns.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("turns_study", BENCHMARKS / "turns.py")
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def test_false_turns_are_told_in_one_record_in_ten_at_most(study):
    protocol, _ = study.known_turns()
    assert sum(row["false"] for row in PRINTED) / len(PRINTED) <= protocol["false_at_most"]


def test_a_turn_finds_one_known_day_at_most_and_the_nearest(study):
    """Two known days 100 days apart and one turn between, nearer to the second; a turn of the other way finds neither."""
    known = [{"day": date(2010, 1, 1), "way": "up"}, {"day": date(2010, 4, 11), "way": "up"}]
    told = pl.DataFrame({"date": [date(2010, 4, 1), date(2010, 1, 1)], "before": [0.0, 0.5], "after": [0.5, 0.0]})
    assert study.matched(told, known, 274) == {1: 0}
    assert study.matched(told, known, 5) == {}


def test_a_day_is_asked_where_there_are_acts_on_both_sides(study):
    acts = pl.DataFrame({"date": [date(2000 + k // 4, 1 + 3 * (k % 4), 9) for k in range(8)]})
    assert study.asked(acts, date(2001, 1, 1), 4) and not study.asked(acts, date(2001, 2, 1), 4)


@pytest.mark.slow
def test_the_printed_turns_are_those_of_a_run(study):
    printed = {(row["case"], row["pair"]): row for row in PRINTED}
    for case, pair, acts, _ in study.pairs():
        if pair in ("CHN-KOR", "GRC-TUR", "ISR-TUR"):
            made = json.loads(json.dumps(study.measured(case, pair, acts, records=20)))
            assert made == printed.get((case, pair), made)
