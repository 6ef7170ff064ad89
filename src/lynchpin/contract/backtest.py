"""A backtest as data."""

from __future__ import annotations

from typing import Any

import polars as pl

from lynchpin.results import Backtest

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
