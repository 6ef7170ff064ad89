"""A record as JSON: `answer` is what `--json` prints, with stable keys, the same bytes for the same input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import timedelta
from functools import singledispatch
from typing import Any

import polars as pl

from lynchpin._version import __version__
from lynchpin.results import (
    AgreementLife,
    Agreements,
    AnyOf,
    Backtest,
    BenchmarkScores,
    Brief,
    Claim,
    Fade,
    Forecast,
    IndexAhead,
    Ledger,
    Prediction,
    Provenance,
    Sensitivity,
    Shares,
    WhatIf,
    plain,
)
from lynchpin.results.registration import Confirmation, Registration
from lynchpin.results.track import Track

_CLASS = {"event_class": "class"}


def dump(values: Mapping[str, Any]) -> str:
    """A JSON text: two blanks of indent, keys in the order given, no NaN."""
    return json.dumps(plain(values), indent=2, ensure_ascii=False, allow_nan=False)


def answer(record: object, made_from: Provenance | None = None) -> dict[str, Any]:
    """All that is told of a record: where it comes from, what it says, and what would make it again.

    Parameters
    ----------
    record : any record; a mapping is taken as it is
    made_from : Provenance, of the fit behind it; None where the record carries its own, or has none

    Raises
    ------
    TypeError : the record has no JSON
    """
    origin = made_from or getattr(record, "provenance", None)
    if origin is None:
        return values(record)
    return head(origin) | values(record) | tail(origin)


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


@singledispatch
def values(record: object) -> dict[str, Any]:
    """What a record says, without where it comes from: its fields, where its kind has no other form below."""
    if not is_dataclass(record):
        raise TypeError(f"{type(record).__name__} has no JSON")
    return dict(plain(record))


@values.register
def _(record: Mapping) -> dict[str, Any]:  # type: ignore[type-arg]  # singledispatch takes a bare class
    return dict(record)


@values.register
def _(record: Brief) -> dict[str, Any]:
    """`revealed` is there only when it was asked for."""
    index = record.index
    told = {
        "title": record.title,
        "draws": record.forecast.draws,
        "horizon_days": record.forecast.horizon_days,
        "rule": record.claims[0].rule if record.claims else "",
        "claims": claim_rows(record.claims),
        "account": record.whole,
        "forecast": forecast_rows(replace(record.forecast, observed=None, scores=None)),
        "totals": total_rows(record.forecast),
        "weights": weight_rows(record.forecast),
        "agreements": agreement_rows(record.agreements),
        "relation_index": index.series.filter(pl.col("date") == pl.col("date").max()),
        "change_points": index.change_points,
        "lateral_gap": index.gap.tail(1),
        "notes": list(record.notes),
        "record": record.record,
    }
    if record.since is not None:
        told |= {"since": record.since}
    if record.revealed is None:
        return told
    columns = ("event_id", "date", "source", "target", "event_class", "magnitude", "summary", "url")
    came = {
        "events": record.revealed.select(columns).rename(_CLASS),
        "forecast": forecast_rows(record.forecast),
        "scores": record.forecast.scores,
        "agreements": agreement_rows(record.revealed_agreements, ahead=False),
    }
    return told | {"revealed": came}


#: What a later brief compares of a claim, and of the outlook.
_COMPARED = ("id", "mechanism", "says", "verdict", "grade", "side", "basis", "estimate", "rate_ratio", "unit",
             "untestable_because", "n_cause_events", "n_target_events", "half_life_days")  # fmt: skip
_TOTALS = ("source", "target", "class", "mean", "p_any")


def in_short(brief: Brief) -> dict[str, Any]:
    """What a later brief is compared with, under the keys of `answer`: a page carries it within."""
    lives = [
        {
            "id": life.id,
            "title": life.title,
            "stage": life.stage,
            "success": life.success,
            "n_acts": len(life.history),
            "forecast": [one for one in life.forecast if one.horizon_days == 365],
        }
        for life in brief.agreements
    ]
    told = {
        "draws": brief.forecast.draws,
        "horizon_days": brief.forecast.horizon_days,
        "claims": [{key: row[key] for key in _COMPARED} for row in claim_rows(brief.claims)],
        "totals": [{key: row[key] for key in _TOTALS} for row in total_rows(brief.forecast)],
        "agreements": lives,
        "record": brief.record,
    }
    return dict(plain(head(brief.provenance) | told | tail(brief.provenance)))


# -- Claims.


def claim_rows(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """The rows of a ledger; its rule, the same in each, stands once beside them."""
    return [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in claims]


@values.register
def _(record: Ledger) -> dict[str, Any]:
    return {"rule": record.rule, "claims": claim_rows(record), "account": record.whole}


@values.register
def _(record: Confirmation) -> dict[str, Any]:
    told = {
        "registered": record.registered,
        "last_day": record.last_day,
        "tested_from": record.tested_from,
        "tested_to": record.tested_to,
        "events": record.events,
        "changes": record.changes,
        "sentences": record.sentences,
    }
    return {"confirmatory": told, **values(record.ledger)}


@values.register
def _(record: Registration) -> dict[str, Any]:
    kept = ("version", "case", "last_day", "data_hash", "stages_hash", "events", "view", "half_lives", "cuts", "rates")
    return {"registration": record.hash, **{name: getattr(record, name) for name in (*kept, "shifts", "seed", "rule")}}


@values.register
def _(record: Shares) -> dict[str, Any]:
    return {"since": record.since, "until": record.until, "shares": list(record)}


@values.register
def _(record: Fade) -> dict[str, Any]:
    """The origin stands at the head of the answer."""
    return {key: value for key, value in record.to_dict().items() if key != "origin"}


@values.register
def _(record: Sensitivity) -> dict[str, Any]:
    return {
        "mechanism": record.mechanism,
        "claim": record.claim,
        "says": record.says,
        "sentence": record.sentence,
        "expect": record.expect,
        "sentences": record.sentences(),
        "rule": record.rule,
        "choices": record.choices,
        "levels": record.levels(),
        "placebo": record.placebo,
        "specifications": record.specifications,
    }


# -- What is ahead.

_ROW_KEYS = ("source", "target", "event_class", "month", "period_start", "period_end")
_NUMBERS = ("mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "p_any")
_BESIDE = ("any_lower", "any_upper", "base_rate")


def forecast_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """One row per dyad, class and month: stacked, with the mechanism model's and the baselines' numbers inside."""
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
            named = {_CLASS.get(name, name): row[name] for name in _ROW_KEYS}
            numbers |= {name: row.get(name) for name in _BESIDE}
            rows[key] = named | numbers | ({"observed": row["count"]} if "count" in row else {}) | {"baselines": {}}
        elif row["model"] == forecast.mechanism:
            rows[key]["mechanism"] = numbers
        else:
            rows[key]["baselines"][row["model"]] = numbers
    return list(rows.values())


def total_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """One row per dyad and class over the whole horizon, of the stacked forecast."""
    if forecast.totals is None:
        return []
    ours = forecast.totals.filter(pl.col("model") == forecast.model).drop("model", "p_1", "p_2", strict=False)
    return ours.rename(_CLASS).to_dicts()


def weight_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """The members of the stack: what each weighs in each class."""
    return [] if forecast.weights is None else forecast.weights.rename(_CLASS).to_dicts()


@values.register
def _(record: Forecast) -> dict[str, Any]:
    return {
        "model": record.model,
        "draws": record.draws,
        "horizon_days": record.horizon_days,
        "runaway": record.runaway,
        "held": record.held,
        "forecast": forecast_rows(record),
        "totals": total_rows(record),
        "weights": weight_rows(record),
    }


@values.register
def _(record: AnyOf) -> dict[str, Any]:
    return {"any": list(record)}


@values.register
def _(record: IndexAhead) -> dict[str, Any]:
    return {"draws": record.draws, "runaway": record.runaway, "held": record.held, "index": record.table}


@values.register
def _(record: WhatIf) -> dict[str, Any]:
    """Rows of dyads and classes that do not differ are among them."""
    return {
        "scenario": record.name,
        "title": record.title,
        "changes": record.changes,
        "assumes": record.assumes,
        "claim": record.claim,
        "headline": record.headline,
        "evidence": record.evidence,
        "draws": record.draws,
        "horizon_days": record.horizon_days,
        "paths_seed": record.seed,
        "measures": record.measures,
        "differences": record.table.rename(_CLASS),
        "monthly": record.monthly,
        "relation_index": record.index,
        "held": {"baseline": record.held_baseline, "scenario": record.held_scenario},
        "runaway": {"baseline": record.runaway_baseline, "scenario": record.runaway_scenario},
        "sentences": record.sentences,
        "note": record.note,
    }


# -- Agreements.

_AHEAD = ("standing", "success", "forecast", "forces", "analogues")
_FULL = ("what_if", "ratification")


def agreement_rows(lives: Sequence[AgreementLife], *, ahead: bool = True, full: bool = False) -> list[dict[str, Any]]:
    """Agreements as data: without what is ahead of them where they show what came, in full where asked for alone."""
    left_out = (() if ahead else _AHEAD) + (() if full else _FULL)
    rows = [{key: value for key, value in plain(life).items() if key not in left_out} for life in lives]
    for row in rows:
        if row.get("ratification"):
            row["ratification"]["needed"] = dict(row["ratification"]["needed"])
    return rows


@values.register
def _(record: Agreements) -> dict[str, Any]:
    return {
        "n_agreements": record.n_agreements,
        "n_moves": record.n_moves,
        "draws": record.draws,
        "agreements": agreement_rows(record.lives, full=True),
        "notes": record.notes,
    }


# -- How forecasts did.


def _feed_days(record: Backtest) -> dict[str, Any] | None:
    told = record.feed_days
    if told is None:
        return None
    return {
        "first": told.first,
        "last": told.end - timedelta(days=1),
        "days_with_reports": told.days_with_reports,
        "usual": told.usual,
        "days_in_holes": told.days_in_holes,
        "holes": [{"first": a, "last": b - timedelta(days=1)} for a, b in told.holes],
    }


@values.register
def _(record: Backtest) -> dict[str, Any]:
    weights = record.weights.group_by("horizon_days", "member", "event_class", maintain_order=True)
    return {
        "subject": record.subject,
        "model": record.model,
        "mechanism": record.mechanism,
        "baselines": record.baselines,
        "further": record.further,
        "first_origin": record.origin_days[0],
        "last_origin": record.origin_days[-1],
        "origins": len(record.origin_days),
        "lag_days": record.lag_days,
        "feed_days": _feed_days(record),
        "left_out": record.left_out,
        "units": record.units,
        "dyads": [f"{source}->{target}" for source, target in record.dyads],
        "classes": record.classes,
        "scores": record.scores.rename(_CLASS),
        "skill": record.skill,
        "ceiling": record.ceiling,
        "coverage": record.coverage,
        "pit": record.pit,
        "reliability": record.reliability,
        "by_origin": record.origins,
        "weights": weights.agg(pl.col("weight").mean()).rename(_CLASS),
        "events_used": record.events,
        "first_event_date": record.first_event_date,
        "last_event_date": record.last_event_date,
        "data_hash": record.data_hash,
        "view": record.view,
        "seed": record.seed,
        "version": record.version,
    }


@values.register
def _(record: Track) -> dict[str, Any]:
    issued = [one.to_dict() for one in record.issued]
    return {"file": record.file, "issued": issued, "means": record.to_frame(), "scores": record.scores}


# -- Who acts next.

_OF_PREDICTION = (
    "record", "actor", "by", "act", "day", "asked_as", "n_candidates", "n_facts", "n_fitted", "first_fact", "last_fact",
    "held_out_from", "n_held_out", "check", "better", "candidates", "options", "seed",
)  # fmt: skip


@values.register
def _(record: Prediction) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _OF_PREDICTION} | {"version": __version__}


@values.register
def _(record: BenchmarkScores) -> dict[str, Any]:
    """Scores in percent, as the field prints them."""
    return dict(plain(record)) | {"version": __version__}
