"""The chances issued for every embedded case with each agreement left out: what is promised of them, and a run."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lynchpin.answers.agreements.calibration import calibration_table

BENCHMARK = Path(__file__).parents[4] / "benchmarks" / "agreement_chances.py"


@pytest.fixture(scope="module")
def chances() -> pl.DataFrame:
    file = BENCHMARK.with_suffix(".csv")
    if not file.is_file():
        pytest.skip("python benchmarks/agreement_chances.py has not been run: some twenty minutes")
    return pl.read_csv(file, try_parse_dates=True)


@pytest.mark.slow
def test_corrected_chances_hold_and_are_no_worse(chances):
    table = calibration_table(chances, 1)
    corrected, issued = table["corrected"], table["as issued"]
    assert corrected.slope[1] <= 1.0 <= corrected.slope[2] and corrected.intercept[1] <= 0.0 <= corrected.intercept[2]
    assert corrected.brier[0] <= issued.brier[0] + 0.001 and issued.brier[0] < table["base rate"].brier[0]


@pytest.mark.slow
def test_a_year_of_a_case_is_that_of_a_run(chances):
    spec = importlib.util.spec_from_file_location("agreement_chances", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    mine = chances.filter((pl.col("case") == "israel-turkey") & (pl.col("origin") == date(2016, 7, 1)))
    assert module.issued([2016], only="israel-turkey").equals(mine)
