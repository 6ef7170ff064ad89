"""Who acts next, and a benchmark of it, as data."""

from __future__ import annotations

from typing import Any

from lynchpin._version import __version__
from lynchpin.results import BenchmarkScores, Prediction, plain

_ABOUT = (
    "record", "actor", "by", "act", "day", "asked_as", "n_candidates", "n_facts", "n_fitted", "first_fact", "last_fact",
    "held_out_from", "n_held_out", "check", "better", "candidates", "options", "seed",
)  # fmt: skip


def predict_answer(found: Prediction) -> dict[str, Any]:
    told = plain(found)
    return {name: told[name] for name in _ABOUT} | {"version": __version__}


def benchmark_answer(found: BenchmarkScores) -> dict[str, Any]:
    """Scores in percent, as the field prints them."""
    told: dict[str, Any] = plain(found)
    return told | {"version": __version__}
