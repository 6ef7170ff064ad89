"""What every answer is written with, begins with and ends with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from lynchpin._version import __version__
from lynchpin.results import (
    AgreementLife,
    Agreements,
    AnyBy,
    Backtest,
    BenchmarkScores,
    Brief,
    Claim,
    Fade,
    Forecast,
    IndexAhead,
    Prediction,
    Provenance,
    Sensitivity,
    Share,
    SplitLedger,
    StageBy,
    WhatIf,
    plain,
)

if TYPE_CHECKING:
    from lynchpin.results.track import Issued, Track


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


# -- Agreements as data.

_AHEAD = ("standing", "success", "forecast", "forces", "analogues")
_FULL = ("what_if", "ratification")


def agreement_rows(
    agreements: Sequence[AgreementLife], *, ahead: bool = True, full: bool = False
) -> list[dict[str, Any]]:
    """Agreements as data: without what is ahead of them where they show what came, in full where asked for alone."""
    left_out = (() if ahead else _AHEAD) + (() if full else _FULL)
    rows = [{key: v for key, v in plain(life).items() if key not in left_out} for life in agreements]
    for row in rows:
        if row.get("ratification"):
            row["ratification"]["needed"] = dict(row["ratification"]["needed"])
    return rows


def agreements_answer(found: Agreements) -> dict[str, Any]:
    return (
        head(found.provenance)
        | {
            "n_agreements": found.n_agreements,
            "n_moves": found.n_moves,
            "draws": found.draws,
            "agreements": agreement_rows(found.lives, full=True),
            "notes": list(found.notes),
        }
        | tail(found.provenance)
    )


# -- Coefficients as data.


def fit_answer(made_from: Provenance, coefficients: pl.DataFrame, about: Mapping[str, Any]) -> dict[str, Any]:
    named = coefficients.rename({"event_class": "class"})
    return head(made_from) | dict(about) | {"coefficients": named} | tail(made_from)


# -- The `--json` answers: plain values with stable keys, the same bytes for the same input.

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


# -- A backtest as data.

_CLASS = {"event_class": "class"}


def backtest_answer(found: Backtest) -> dict[str, Any]:
    """Scores, skill, coverage and the PIT of every model, and where they come from."""
    return {
        "subject": found.subject,
        "model": found.model,
        "mechanism": found.mechanism,
        "baselines": list(found.baselines),
        "first_origin": found.origin_days[0],
        "last_origin": found.origin_days[-1],
        "origins": len(found.origin_days),
        "lag_days": found.lag_days,
        "units": found.units,
        "dyads": [f"{source}->{target}" for source, target in found.dyads],
        "classes": list(found.classes),
        "scores": found.scores.rename(_CLASS),
        "skill": found.skill,
        "coverage": found.coverage,
        "pit": found.pit,
        "reliability": found.reliability,
        "by_origin": found.origins,
        "weights": found.weights.group_by("horizon_days", "member", "event_class", maintain_order=True)
        .agg(pl.col("weight").mean())
        .rename(_CLASS),
        "events_used": found.events,
        "first_event_date": found.first_event_date,
        "last_event_date": found.last_event_date,
        "data_hash": found.data_hash,
        "view": found.view,
        "seed": found.seed,
        "version": found.version,
    }


# -- Claims by dyad, by period, by condition and by triad as data.


def splits_answer(ledger: SplitLedger, made_from: Provenance | None = None) -> dict[str, Any]:
    """The ledger by its parts; triads have no fit of their own that it could begin and end with."""
    return ledger.to_dict() if made_from is None else head(made_from) | ledger.to_dict() | tail(made_from)


# -- The whole brief as data.


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


# -- A track record as data.


def issued_answer(issued: Issued) -> dict[str, Any]:
    """One forecast as it was issued."""
    return issued.to_dict()


def track_answer(track: Track) -> dict[str, Any]:
    """All that was issued and scored."""
    return {
        "file": track.file,
        "issued": [one.to_dict() for one in track.issued],
        "means": track.to_frame(),
        "scores": track.scores,
    }


# -- The ledger as data.


def claim_rows(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    return [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in claims]


def claims_answer(made_from: Provenance, claims: Sequence[Claim], rule: str) -> dict[str, Any]:
    return head(made_from) | {"rule": rule, "claims": claim_rows(claims)} | tail(made_from)


def shares_answer(
    made_from: Provenance, since: date | None, until: date | None, shares: Sequence[Share]
) -> dict[str, Any]:
    period = {"since": since, "until": until}
    return head(made_from) | period | {"shares": [plain(share) for share in shares]} | tail(made_from)


def fade_answer(made_from: Provenance, found: Fade) -> dict[str, Any]:
    return head(made_from) | {key: value for key, value in found.to_dict().items() if key != "origin"} | tail(made_from)


# -- A scenario against its baseline as data.


def what_if_answer(made_from: Provenance, found: WhatIf) -> dict[str, Any]:
    """The comparison; rows of dyads and classes that do not differ are among them."""
    return (
        head(made_from)
        | {
            "scenario": found.name,
            "title": found.title,
            "changes": list(found.changes),
            "assumes": found.assumes,
            "claim": found.claim,
            "draws": found.draws,
            "horizon_days": found.horizon_days,
            "paths_seed": found.seed,
            "measures": found.measures,
            "differences": found.table.rename({"event_class": "class"}),
            "monthly": found.monthly,
            "relation_index": found.index,
            "held": {"baseline": found.held_baseline, "scenario": found.held_scenario},
            "runaway": {"baseline": found.runaway_baseline, "scenario": found.runaway_scenario},
            "sentences": list(found.sentences),
            "note": found.note,
        }
        | tail(made_from)
    )


# -- Who acts next, and a benchmark of it, as data.

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


# -- A specification curve as data.


def sensitivity_answer(made_from: Provenance, found: Sensitivity) -> dict[str, Any]:
    return (
        head(made_from)
        | {
            "mechanism": found.mechanism,
            "claim": found.claim,
            "says": found.says,
            "sentence": found.sentence,
            "expect": found.expect,
            "sentences": list(found.sentences()),
            "rule": found.rule,
            "choices": [plain(choice) for choice in found.choices],
            "levels": [plain(level) for level in found.levels()],
            "placebo": None if found.placebo is None else plain(found.placebo),
            "specifications": [plain(one) for one in found.specifications],
        }
        | tail(made_from)
    )


# -- The outlook as data.

_ROW_KEYS = ("source", "target", "event_class", "month", "period_start", "period_end")
_NUMBERS = ("mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "p_any")


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
            named = {"class" if name == "event_class" else name: row[name] for name in _ROW_KEYS}
            rows[key] = named | numbers | ({"observed": row["count"]} if "count" in row else {}) | {"baselines": {}}
        elif row["model"] == forecast.mechanism:
            rows[key]["mechanism"] = numbers
        else:
            rows[key]["baselines"][row["model"]] = numbers
    return list(rows.values())


def forecast_answer(made_from: Provenance, forecast: Forecast) -> dict[str, Any]:
    about = {
        "model": forecast.model,
        "draws": forecast.draws,
        "horizon_days": forecast.horizon_days,
        "runaway": forecast.runaway,
        "held": forecast.held,
    }
    found = {"forecast": forecast_rows(forecast), "weights": weight_rows(forecast)}
    return head(made_from) | about | found | tail(made_from)


def weight_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """The members of the stack: what each weighs in each class."""
    weights = forecast.weights
    return [] if weights is None else weights.rename({"event_class": "class"}).to_dicts()


def any_answer(made_from: Provenance, chances: Sequence[AnyBy]) -> dict[str, Any]:
    """Chances of at least one act."""
    return head(made_from) | {"any": [plain(chance) for chance in chances]} | tail(made_from)


def stage_answer(made_from: Provenance, found: StageBy) -> dict[str, Any]:
    """The stages of an agreement on a day."""
    said: dict[str, Any] = plain(found)
    return head(made_from) | said | tail(made_from)


def index_answer(made_from: Provenance, ahead: IndexAhead) -> dict[str, Any]:
    """The relation index ahead."""
    about = {"draws": ahead.draws, "runaway": ahead.runaway, "held": ahead.held}
    return head(made_from) | about | {"index": ahead.table} | tail(made_from)
