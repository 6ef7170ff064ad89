"""The whole brief as data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from lynchpin.contract._base import head, tail
from lynchpin.contract.agreements import agreement_rows
from lynchpin.contract.claims import claim_rows
from lynchpin.contract.forecast import forecast_rows, weight_rows
from lynchpin.results import Brief, Forecast


def brief_answer(brief: Brief) -> dict[str, Any]:
    """The brief as data; `revealed` is there only when it was asked for."""
    index = brief.index
    answer = head(brief.provenance) | {
        "title": brief.title,
        "draws": brief.forecast.draws,
        "horizon_days": brief.forecast.horizon_days,
        "rule": brief.claims[0].rule if brief.claims else "",
        "claims": claim_rows(brief.claims),
        "forecast": forecast_rows(_hidden(brief.forecast)),
        "weights": weight_rows(brief.forecast),
        "agreements": agreement_rows(brief.agreements),
        "relation_index": index.series.filter(pl.col("date") == pl.col("date").max()),
        "change_points": index.change_points,
        "lateral_gap": index.gap.tail(1),
        "notes": list(brief.notes),
    }
    if brief.revealed is not None:
        answer["revealed"] = {
            "events": brief.revealed.select(
                "event_id",
                "date",
                "source",
                "target",
                pl.col("event_class").alias("class"),
                "magnitude",
                "summary",
                "url",
            ),
            "forecast": forecast_rows(brief.forecast),
            "scores": brief.forecast.scores,
            "agreements": agreement_rows(brief.revealed_agreements, ahead=False),
        }
    return answer | tail(brief.provenance)


def _hidden(forecast: Forecast) -> Forecast:
    return replace(forecast, observed=None, scores=None)
