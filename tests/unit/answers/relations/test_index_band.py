"""The printed coverage of the index band, held to a run and to what is promised of it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[4] / "benchmarks" / "index_band.py"
PRINTED = json.loads(BENCHMARK.with_suffix(".json").read_text("utf-8"))


def test_pairs_that_remember_five_acts_are_held_86_to_94_times_in_100():
    thick = [row for row in PRINTED if row["remembered"] >= 5.0]
    assert len(thick) >= 10
    assert all(0.86 <= row["holds"] <= 0.94 for row in thick), thick


def test_thin_pairs_are_held_eight_times_in_ten_at_the_least():
    thin = [row["holds"] for row in PRINTED if row["remembered"] < 5.0]
    assert thin and min(thin) >= 0.80


@pytest.mark.slow
def test_the_printed_coverage_is_that_of_a_run():
    spec = importlib.util.spec_from_file_location("index_band", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    printed = {(row["case"], row["pair"]): row for row in PRINTED}
    for case, pair, acts, origin in module.pairs():
        if (case, pair) in printed and printed[case, pair]["remembered"] >= 5.0:
            assert module.measured(case, pair, acts, origin) == printed[case, pair]
