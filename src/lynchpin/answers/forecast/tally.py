"""Answers of many origins to the tables of a backtest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lynchpin.answers.forecast import scores as score
from lynchpin.answers.forecast.backtest import Answer, Scored
from lynchpin.answers.forecast.baselines import BASELINES
from lynchpin.answers.forecast.ceiling import two_sided
from lynchpin.answers.forecast.forecast import MECHANISM, MODEL
from lynchpin.answers.forecast.months import Counts, Panel, month_start
from lynchpin.answers.forecast.stack import WEIGHTS
from lynchpin.days import DAYS_PER_MONTH, day_number
from lynchpin.engine.statistics.base import Floats

#: Metrics that are about counts, and those that are about at least one.
TARGETS: dict[str, tuple[str, ...]] = {
    "count": ("crps", "log_score", *(f"interval_score_{level * 100:.0f}" for level in score.LEVELS)),
    "any": ("brier", "log_score_any"),
}

#: What skill is told of.
SKILL: tuple[tuple[str, str], ...] = (("count", "crps"), ("count", "log_score"), ("any", "brier"))

_BINS = np.linspace(0.0, 1.0, 11)

Rows = Iterator[dict[str, Any]]


def horizon_days(months: int) -> int:
    """A horizon in days, as it is called: months of 30.4375 days.

    Examples
    --------
    >>> horizon_days(1), horizon_days(3), horizon_days(6)
    (30, 91, 183)
    """
    return round(months * DAYS_PER_MONTH)


@dataclass(frozen=True, slots=True, eq=False)
class Horizon:
    """All answers of one horizon.

    answers : origins, in order; came : (origins, units); scored : model -> one Scored for each origin it forecast at
    which : model -> the places of those origins; pair : (units, pairs), 1 where a unit is of a pair of states
    block : origins that one span reaches over
    """

    months: int
    answers: Sequence[Answer]
    came: Counts
    scored: Mapping[str, Sequence[Scored]]
    which: Mapping[str, Sequence[int]]
    pair: Floats
    block: int
    seed: int

    def values(self, model: str, metric: str) -> Floats:
        """Scores of a model: (its origins, units)."""
        return np.stack([one.values[metric] for one in self.scored[model]])

    def resamples(self, origins: int) -> score.Resamples:
        """How origins and pairs are drawn, the same for all models."""
        return score.resample(origins, self.pair.shape[1], self.block, self.seed)


def tables(answers: Sequence[Answer], panel: Panel, every: int, seed: int) -> dict[str, pl.DataFrame]:
    """The frames of `lynchpin.results.Backtest`, by name.

    Parameters
    ----------
    panel : Panel, the whole record
    every : int, months between origins
    """
    classes = np.array([c for _, _, c in panel.units])
    pairs = [tuple(sorted((i, j))) for i, j, _ in panel.units]
    pair = np.array([[one == name for name in dict.fromkeys(pairs)] for one in pairs], dtype=np.float64)
    rows: dict[str, list[dict[str, Any]]] = {}
    for m in sorted({m for one in answers for m in one.came}):
        having = [one for one in answers if m in one.came]
        scored: dict[str, list[Scored]] = {}
        which: dict[str, list[int]] = {}
        for k, one in enumerate(having):
            for of in one.scored:
                if of.months == m:
                    scored.setdefault(of.model, []).append(of)
                    which.setdefault(of.model, []).append(k)
        came = np.stack([one.came[m] for one in having])
        block = max(1, -(-m // every))
        horizon = Horizon(m, having, came, scored, which, pair, block, seed)
        skill = list(_skill(horizon))
        parts = {
            "scores": _scores(horizon, classes),
            "skill": skill,
            "ceiling": _ceiling(horizon, panel, skill),
            "coverage": _coverage(horizon),
            "pit": _pit(horizon),
            "reliability": _reliability(horizon),
            "origins": _origins(horizon),
            "weights": _weights(horizon, dict.fromkeys(classes.tolist())),
        }
        for name, more in parts.items():
            rows.setdefault(name, []).extend({"horizon_days": horizon_days(m)} | row for row in more)
    return {name: pl.DataFrame(more, infer_schema_length=None) for name, more in rows.items()}


def _scores(of: Horizon, classes: np.ndarray) -> Rows:
    groups = [("", np.full(classes.size, True)), *((c, classes == c) for c in dict.fromkeys(classes.tolist()))]
    for model, scored in of.scored.items():
        for target, metrics in TARGETS.items():
            for metric in metrics:
                values = of.values(model, metric)
                for name, inside in groups:
                    yield _score_row(model, target, name, metric, float(values[:, inside].mean()), values[:, inside].size)
        chance, some = np.stack([one.p_any for one in scored]), of.came[of.which[model]] > 0
        for name, inside in groups:
            ranked = score.average_precision(chance[:, inside], some[:, inside])
            yield _score_row(model, "any", name, "average_precision", ranked, some[:, inside].size)


def _score_row(model: str, target: str, event_class: str, metric: str, value: float, n: int) -> dict[str, Any]:
    return {
        "model": model, "target": target, "event_class": event_class, "metric": metric, "value": value, "n": n
    }  # fmt: skip


def _skill(of: Horizon) -> Rows:
    for target, metric in SKILL:
        values = {model: of.values(model, metric) for model in of.scored}
        best = _best(values)
        for model in (MODEL, MECHANISM):
            for against in values:
                if model not in values or against == model or (model, against) == (MECHANISM, MODEL):
                    continue
                shared = [k for k in of.which[model] if k in of.which[against]]
                ours, theirs = (
                    values[name][[of.which[name].index(k) for k in shared]] for name in (model, against)
                )
                drawn = of.resamples(len(shared))
                value, lower, upper = score.skill_interval(ours @ of.pair, theirs @ of.pair, drawn)
                tested = score.diebold_mariano(ours.mean(axis=1), theirs.mean(axis=1), of.block)
                yield {
                    "model": model,
                    "against": against,
                    "target": target,
                    "metric": metric,
                    "value": value,
                    "lower": lower,
                    "upper": upper,
                    "best": against == best,
                    "dm": None if tested is None else tested[0],
                    "dm_p": None if tested is None else tested[1],
                    "n": len(shared),
                }


def _best(values: Mapping[str, Floats]) -> str:
    """The best of the seven baselines, picked afterwards; the first forecaster where there are none."""
    return min((name for name in values if name in BASELINES), key=lambda name: float(values[name].mean()), default="")


def _ceiling(of: Horizon, panel: Panel, skill: Sequence[Mapping[str, Any]]) -> Rows:
    """What two-sided rates would have gained on the best baseline, and the share of it that ours has."""
    if not any(name in BASELINES for name in of.scored):
        return
    starts = [day_number(one.question.origin) for one in of.answers]
    ends = [day_number(month_start(one.question.origin, of.months)) for one in of.answers]
    seen = two_sided(panel, starts, ends)
    drawn = of.resamples(len(starts))
    for metric, values in seen.items():
        best = _best({model: of.values(model, metric) for model in of.scored})
        theirs, ours = (of.values(name, metric) @ of.pair for name in (best, MODEL))
        value, lower, upper = score.skill_interval(values @ of.pair, theirs, drawn)
        gained = 1.0 - float(ours.sum() / theirs.sum())
        share = gained / value if value > 0.0 else float("nan")
        ends_of = (float("nan"),) * 2
        if len(starts) >= score.LEAST_RESAMPLED and value > 0.0:
            base = drawn.sums(theirs)
            shares = (base - drawn.sums(ours)) / np.where(base > drawn.sums(values @ of.pair), base - drawn.sums(values @ of.pair), np.nan)
            ends_of = score.interval_of(shares[np.isfinite(shares)])
        yield {
            "metric": metric,
            "against": best,
            "value": value,
            "lower": lower,
            "upper": upper,
            "ours": gained,
            "share": share,
            "share_lower": ends_of[0],
            "share_upper": ends_of[1],
            "n": len(starts),
        }


def _coverage(of: Horizon) -> Rows:
    for model, scored in of.scored.items():
        covered, closed = (np.stack([getattr(one, name) for one in scored]) for name in ("covered", "closed"))
        for k, level in enumerate(score.LEVELS):
            yield {
                "model": model,
                "level": level,
                "value": float(covered[..., k].mean()),
                "closed": float(closed[..., k].mean()),
                "n": int(covered[..., k].size),
            }


def _pit(of: Horizon) -> Rows:
    edges = np.linspace(0.0, 1.0, score.PIT_BINS + 1).tolist()
    for model, scored in of.scored.items():
        share = np.concatenate([one.pit for one in scored]).mean(axis=0)
        for low, high, value in zip(edges[:-1], edges[1:], share.tolist(), strict=True):
            yield {"model": model, "bin_lower": low, "bin_upper": high, "share": value}


def _reliability(of: Horizon) -> Rows:
    """Chances of at least one in ten bins, with how often there was one; intervals as for skill."""
    for model, scored in of.scored.items():
        chance, some = np.stack([one.p_any for one in scored]), of.came[of.which[model]] > 0
        at = np.clip(np.digitize(chance, _BINS[1:-1]), 0, _BINS.size - 2)
        drawn = of.resamples(len(scored))
        for k in np.unique(at):
            here = at == k
            hits, all_of = (drawn.sums(part.astype(np.float64) @ of.pair) for part in (some & here, here))
            lower, upper = score.interval_of(hits[all_of > 0] / all_of[all_of > 0])
            yield {
                "model": model,
                "bin_lower": float(_BINS[k]),
                "bin_upper": float(_BINS[k + 1]),
                "forecast": float(chance[here].mean()),
                "observed": float(some[here].mean()),
                "lower": lower,
                "upper": upper,
                "n": int(here.sum()),
            }


def _origins(of: Horizon) -> Rows:
    for model, scored in of.scored.items():
        for k, one in zip(of.which[model], scored, strict=True):
            yield {
                "origin": of.answers[k].question.origin,
                "model": model,
                "crps": float(one.values["crps"].mean()),
                "log_score": float(one.values["log_score"].mean()),
                "expected": float(one.mean.sum()),
                "recorded": int(of.came[k].sum()),
            }


def _weights(of: Horizon, classes: Mapping[str, None]) -> Rows:
    for one in of.answers:
        for member, weight in WEIGHTS.items():
            for c in classes:
                yield {"origin": one.question.origin, "member": member, "event_class": c, "weight": weight}
