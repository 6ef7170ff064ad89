"""The `--json` answers: plain values with stable keys, the same bytes for the same input.

Every key here is a promise, listed in docs/reference/json.md. May import: results.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from lynchpin.results import AgreementLife, Brief, Claim, Forecast, Provenance, plain

_ROW_KEYS = ("source", "target", "event_class", "month", "period_start", "period_end")
_NUMBERS = ("mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "p_any")


def dump(answer: Mapping[str, Any]) -> str:
    """A JSON text: two blanks of indent, keys in the order given, no NaN."""
    return json.dumps(plain(answer), indent=2, ensure_ascii=False, allow_nan=False)


def head(made_from: Provenance) -> dict[str, Any]:
    """What every answer about a fit begins with."""
    return {
        "case": made_from.case,
        "as_of": made_from.as_of,
        "origin": made_from.origin,
        "events_used": made_from.events_used,
        "first_event_date": made_from.first_event_date,
        "last_event_date": made_from.last_event_date,
    }


def tail(made_from: Provenance) -> dict[str, Any]:
    """What every answer about a fit ends with."""
    return {
        "data_hash": made_from.data_hash,
        "case_hash": made_from.case_hash,
        "datasets": made_from.datasets,
        "view": made_from.view,
        "reports": made_from.reports,
        "seed": made_from.seed,
        "version": made_from.version,
        "packages": made_from.packages,
    }


def claim_rows(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    return [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in claims]


def forecast_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """One row per dyad, class and month, ours with the baselines' numbers inside."""
    table = forecast.table
    if forecast.observed is not None:
        table = table.join(
            forecast.observed.select(*_ROW_KEYS, "count"), on=_ROW_KEYS, how="left", maintain_order="left"
        )
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in table.iter_rows(named=True):
        key = tuple(row[name] for name in _ROW_KEYS)
        numbers = {name: row[name] for name in _NUMBERS}
        if row["model"] == forecast.model:
            named = {"class" if name == "event_class" else name: row[name] for name in _ROW_KEYS}
            rows[key] = named | numbers | ({"observed": row["count"]} if "count" in row else {}) | {"baselines": {}}
        else:
            rows[key]["baselines"][row["model"]] = numbers
    return list(rows.values())


def agreement_rows(agreements: Sequence[AgreementLife]) -> list[dict[str, Any]]:
    return [plain(life) for life in agreements]


def claims_answer(made_from: Provenance, claims: Sequence[Claim], rule: str) -> dict[str, Any]:
    return head(made_from) | {"rule": rule, "claims": claim_rows(claims)} | tail(made_from)


def forecast_answer(made_from: Provenance, forecast: Forecast) -> dict[str, Any]:
    about = {"model": forecast.model, "draws": forecast.draws, "horizon_days": forecast.horizon_days}
    return head(made_from) | about | {"forecast": forecast_rows(forecast)} | tail(made_from)


def fit_answer(made_from: Provenance, coefficients: pl.DataFrame, about: Mapping[str, Any]) -> dict[str, Any]:
    named = coefficients.rename({"event_class": "class"})
    return head(made_from) | dict(about) | {"coefficients": named} | tail(made_from)


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
            "agreements": agreement_rows(brief.revealed_agreements),
        }
    return answer | tail(brief.provenance)


def _hidden(forecast: Forecast) -> Forecast:
    return replace(forecast, observed=None, scores=None)
