"""The `--json` answers: plain values with stable keys, the same bytes for the same input.

One file for each kind of answer. Every key here is a promise, listed in docs/reference/json.md. May import: results.
"""

from __future__ import annotations

from lynchpin.contract._base import dump, head, tail
from lynchpin.contract.agreements import agreement_rows, agreements_answer
from lynchpin.contract.backtest import backtest_answer
from lynchpin.contract.brief import brief_answer
from lynchpin.contract.claims import claim_rows, claims_answer
from lynchpin.contract.fit import fit_answer
from lynchpin.contract.forecast import any_answer, forecast_answer, forecast_rows, index_answer, stage_answer
from lynchpin.contract.predict import benchmark_answer, predict_answer
from lynchpin.contract.track import issued_answer, track_answer
from lynchpin.contract.what_if import what_if_answer

__all__ = [
    "agreement_rows",
    "agreements_answer",
    "any_answer",
    "backtest_answer",
    "benchmark_answer",
    "brief_answer",
    "claim_rows",
    "claims_answer",
    "dump",
    "fit_answer",
    "forecast_answer",
    "forecast_rows",
    "head",
    "index_answer",
    "issued_answer",
    "predict_answer",
    "stage_answer",
    "tail",
    "track_answer",
    "what_if_answer",
]
