"""Answers of many origins to the tables of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from lynchpin.answers.forecast import scores as score
from lynchpin.answers.forecast.backtest import Answer, Scored
from lynchpin.answers.forecast.baselines import BASELINES
from lynchpin.answers.forecast.forecast import MECHANISM, MODEL
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.scores import INTERVAL, block_means, diebold_mariano, skill_interval
from lynchpin.days import DAYS_PER_MONTH
from lynchpin.engine.statistics.base import Floats

#: Metrics that are about counts, and those that are about at least one.
TARGETS: dict[str, tuple[str, ...]] = {
    "count": ("crps", "log_score", *(f"interval_score_{level * 100:.0f}" for level in score.LEVELS)),
    "any": ("brier", "log_score_any"),
}

#: What skill is told of.
SKILL: tuple[tuple[str, str], ...] = (("count", "crps"), ("count", "log_score"), ("any", "brier"))

_BINS = np.linspace(0.0, 1.0, 11)


def horizon_days(months: int) -> int:
    """A horizon in days, as it is called: months of 30.4375 days.

    Examples
    --------
    >>> horizon_days(1), horizon_days(3), horizon_days(6)
    (30, 91, 183)
    """
    return round(months * DAYS_PER_MONTH)


def tables(answers: Sequence[Answer], panel: Panel, every: int, seed: int) -> dict[str, pl.DataFrame]:
    """The frames of `lynchpin.results.Backtest`, by name.

    Parameters
    ----------
    every : int, months between origins
    """
    months = sorted({m for one in answers for m in one.came})
    found: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("scores", "skill", "coverage", "pit", "reliability", "origins", "weights")
    }
    for m in months:
        having = [one for one in answers if m in one.came]
        by_model: dict[str, list[tuple[Answer, Scored]]] = {}
        for one in having:
            for scored in one.scored:
                if scored.months == m:
                    by_model.setdefault(scored.model, []).append((one, scored))
        block = max(1, -(-m // every))
        for model, rows in by_model.items():
            found["scores"] += _scores(model, m, rows, panel)
            found["coverage"] += _coverage(model, m, rows)
            found["pit"] += _pit(model, m, rows)
            found["reliability"] += _reliability(model, m, rows, block, seed)
            found["origins"] += _origins(model, m, rows)
        found["skill"] += _skill(m, by_model, block, seed)
        for one in having:
            for member, weights in one.weights[m].items():
                found["weights"] += [
                    {
                        "origin": one.question.origin,
                        "horizon_days": horizon_days(m),
                        "member": member,
                        "event_class": c,
                        "weight": weight,
                    }
                    for c, weight in weights.items()
                ]
    return {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in found.items()}


ScoredRows = Sequence[tuple[Answer, Scored]]


def _scores(model: str, m: int, rows: ScoredRows, panel: Panel) -> list[dict[str, Any]]:
    classes = np.array([c for _, _, c in panel.units])
    out = []
    for target, metrics in TARGETS.items():
        for metric in metrics:
            values = np.stack([scored.values[metric] for _, scored in rows])
            for name in ("", *dict.fromkeys(classes.tolist())):
                chosen = values if not name else values[:, classes == name]
                out.append(
                    {
                        "model": model,
                        "target": target,
                        "event_class": name,
                        "horizon_days": horizon_days(m),
                        "metric": metric,
                        "value": float(chosen.mean()),
                        "n": int(chosen.size),
                    }
                )
    return out


def _skill(m: int, by_model: Mapping[str, ScoredRows], block: int, seed: int) -> list[dict[str, Any]]:
    out = []
    for target, metric in SKILL:
        means = {
            model: {one.question.origin: float(scored.values[metric].mean()) for one, scored in rows}
            for model, rows in by_model.items()
        }
        rivals = [name for name in BASELINES if name in means]
        best = min(rivals, key=lambda name: float(np.mean(list(means[name].values()))))
        for model in (MODEL, MECHANISM):
            for against in [*rivals, *([MECHANISM] if model == MODEL else [])]:
                if model not in means or against not in means:
                    continue
                shared = [day for day in means[model] if day in means[against]]
                ours, theirs = (np.array([means[name][day] for day in shared]) for name in (model, against))
                value, lower, upper = skill_interval(ours, theirs, block, seed)
                tested = diebold_mariano(ours, theirs, block)
                out.append(
                    {
                        "model": model,
                        "against": against,
                        "target": target,
                        "metric": metric,
                        "horizon_days": horizon_days(m),
                        "value": value,
                        "lower": lower,
                        "upper": upper,
                        "best": against == best,
                        "dm": None if tested is None else tested[0],
                        "dm_p": None if tested is None else tested[1],
                        "n": len(shared),
                    }
                )
    return out


def _coverage(model: str, m: int, rows: ScoredRows) -> list[dict[str, Any]]:
    covered = np.stack([scored.covered for _, scored in rows])
    closed = np.stack([scored.closed for _, scored in rows])
    return [
        {
            "model": model,
            "horizon_days": horizon_days(m),
            "level": level,
            "value": float(covered[:, k].mean()),
            "closed": float(closed[:, k].mean()),
            "n": int(covered[:, k].size),
        }
        for k, level in enumerate(score.LEVELS)
    ]


def _pit(model: str, m: int, rows: ScoredRows) -> list[dict[str, Any]]:
    share = np.concatenate([scored.pit for _, scored in rows]).mean(axis=0)
    edges = np.linspace(0.0, 1.0, score.PIT_BINS + 1)
    return [
        {
            "model": model,
            "horizon_days": horizon_days(m),
            "bin_lower": float(edges[k]),
            "bin_upper": float(edges[k + 1]),
            "share": float(share[k]),
        }
        for k in range(score.PIT_BINS)
    ]


def _reliability(model: str, m: int, rows: ScoredRows, block: int, seed: int) -> list[dict[str, Any]]:
    """Chances of at least one in ten bins, with how often there was one; intervals by blocks of origins."""
    chance = np.stack([scored.p_any for _, scored in rows])
    some = np.stack([one.came[m] > 0 for one, _ in rows])
    at = np.clip(np.digitize(chance, _BINS[1:-1]), 0, _BINS.size - 2)
    out = []
    for k in range(_BINS.size - 1):
        here = at == k
        n = int(here.sum())
        if not n:
            continue
        lower, upper = _share_interval((some & here).sum(axis=1), here.sum(axis=1), block, seed)
        out.append(
            {
                "model": model,
                "horizon_days": horizon_days(m),
                "bin_lower": float(_BINS[k]),
                "bin_upper": float(_BINS[k + 1]),
                "forecast": float(chance[here].mean()),
                "observed": float(some[here].mean()),
                "lower": lower,
                "upper": upper,
                "n": n,
            }
        )
    return out


def _share_interval(hits: Floats, of: Floats, block: int, seed: int) -> tuple[float, float]:
    drawn = block_means(np.stack([hits, of], axis=1).astype(np.float64), block, seed)
    share = drawn[:, 0] / np.maximum(drawn[:, 1], 1e-12)
    share = share[drawn[:, 1] > 0]
    tail = (1.0 - INTERVAL) / 2.0
    low, high = np.quantile(share, [tail, 1.0 - tail])
    return float(low), float(high)


def _origins(model: str, m: int, rows: ScoredRows) -> list[dict[str, Any]]:
    return [
        {
            "origin": one.question.origin,
            "model": model,
            "horizon_days": horizon_days(m),
            "crps": float(scored.values["crps"].mean()),
            "log_score": float(scored.values["log_score"].mean()),
            "expected": float(scored.mean.sum()),
            "recorded": int(one.came[m].sum()),
        }
        for one, scored in rows
    ]
