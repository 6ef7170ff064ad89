"""Chances of any act beat the base rate beside them, on halves of the embedded cases and on records of sixty acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.load import load

BENCHMARKS = Path(__file__).parents[4] / "benchmarks"


@pytest.mark.slow
def test_chances_of_small_records_beat_their_base_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    study = load(BENCHMARKS / "small_records.py", monkeypatch)
    rows = [
        row
        for name in ("northeast-asia", "greece-turkey", "israel-turkey", "australia-japan")
        for row in study.scored(name)
    ]
    assert len(rows) == 4 * study.ORIGINS * 2 * len(study.SPANS)
    for brier, brier_base, log, log_base in study.together(rows).values():
        assert brier < brier_base and log < log_base
    few = study.table([row for row in rows if row.record != "all"])
    assert (few["brier"] < few["brier_base"]).all() and (few["log"] < few["log_base"]).all()
