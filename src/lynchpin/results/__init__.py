"""The small frozen records that every room above the models hands to the rooms below: no maths, no drawing.

One family of records is one file. Each record turns itself into plain JSON values (`plain`) and, where it is a table,
into a tidy frame (`to_frame`). Dates are calendar days, counts are numbers of events, rates are per step, probabilities
lie in [0, 1]; a value that is not known is None.
"""

from __future__ import annotations

from lynchpin.results.agreements import (
    AgreementLife,
    Agreements,
    Analogue,
    Force,
    Ratification,
    Side,
    StageBy,
    StageChance,
    StageDifference,
    StageReached,
    StageRival,
    StageRow,
)
from lynchpin.results.backtest import Backtest
from lynchpin.results.base import Effect, Expect, Stand, Unit, chance, flat, interval_text, per_doubling, plain
from lynchpin.results.brief import Brief, RelationIndex
from lynchpin.results.cases import CaseList, CaseRow
from lynchpin.results.claims import (
    Basis,
    Claim,
    Grade,
    Leaning,
    Ledger,
    Share,
    Shares,
    TopEvent,
    Verdict,
    Whole,
    Window,
)
from lynchpin.results.fade import Fade, Peak
from lynchpin.results.forecast import (
    QUANTILES,
    RUN_AWAY,
    AnyBy,
    AnyOf,
    Forecast,
    IndexAhead,
    Watch,
    beware,
    chance_beside,
    nothing_ahead,
)
from lynchpin.results.predict import (
    BenchmarkScores,
    Candidate,
    Held,
    HistoryPart,
    ModelScores,
    Prediction,
    Reason,
    Weight,
)
from lynchpin.results.provenance import Provenance
from lynchpin.results.sensitivity import Choice, CurvePlacebo, Level, LevelSummary, Sensitivity, Specification
from lynchpin.results.splits import EffectChange, ManyTriads, PooledEffect, SplitClaim, SplitLedger, SplitPart
from lynchpin.results.what_if import WhatIf, direction, signed

__all__ = [
    "QUANTILES",
    "RUN_AWAY",
    "AgreementLife",
    "Agreements",
    "Analogue",
    "AnyBy",
    "AnyOf",
    "Backtest",
    "Basis",
    "BenchmarkScores",
    "Brief",
    "Candidate",
    "CaseList",
    "CaseRow",
    "Choice",
    "Claim",
    "CurvePlacebo",
    "Effect",
    "EffectChange",
    "Expect",
    "Fade",
    "Force",
    "Forecast",
    "Grade",
    "Held",
    "HistoryPart",
    "IndexAhead",
    "Leaning",
    "Ledger",
    "Level",
    "LevelSummary",
    "ManyTriads",
    "ModelScores",
    "Peak",
    "PooledEffect",
    "Prediction",
    "Provenance",
    "Ratification",
    "Reason",
    "RelationIndex",
    "Sensitivity",
    "Share",
    "Shares",
    "Side",
    "Specification",
    "SplitClaim",
    "SplitLedger",
    "SplitPart",
    "StageBy",
    "StageChance",
    "StageDifference",
    "StageReached",
    "StageRival",
    "StageRow",
    "Stand",
    "TopEvent",
    "Unit",
    "Verdict",
    "Watch",
    "Weight",
    "WhatIf",
    "Whole",
    "Window",
    "beware",
    "chance",
    "chance_beside",
    "direction",
    "flat",
    "interval_text",
    "nothing_ahead",
    "per_doubling",
    "plain",
    "signed",
]
