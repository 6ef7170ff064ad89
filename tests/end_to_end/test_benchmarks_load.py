"""Benchmarks are not run with the tests, so what they import from the package is checked here: a name that went is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.load import load

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("file", sorted(BENCHMARKS.glob("*.py")), ids=lambda file: file.stem)
def test_a_benchmark_finds_all_that_it_imports(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(file, monkeypatch).__doc__
