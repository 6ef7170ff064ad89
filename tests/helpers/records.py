"""One made-up record of each kind that `report` shows, and each again with all left out that may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from math import nan
from typing import Any

import numpy as np
import polars as pl

from helpers.made_up import act, life, made_up_brief, made_up_claims, made_up_forecast, smallest_brief
from lynchpin.results import (
    Agreements,
    Analogue,
    AnyBy,
    AnyOf,
    Backtest,
    BenchmarkScores,
    Candidate,
    CaseList,
    CaseRow,
    Choice,
    Effect,
    Fade,
    Force,
    Held,
    HistoryPart,
    IndexAhead,
    Ledger,
    Level,
    ModelScores,
    Peak,
    Prediction,
    Reason,
    Sensitivity,
    Share,
    Shares,
    Specification,
    StageBy,
    StageChance,
    StageDifference,
    StageReached,
    StageRival,
    Weight,
    WhatIf,
    Whole,
    Window,
)
from lynchpin.results.curves import Curve, Curves
from lynchpin.results.registration import Confirmation, Registration
from lynchpin.results.simulated import BANDS, Residuals, Simulated
from lynchpin.results.track import Issued, Track

DAY, LATER = date(2012, 7, 9), date(2012, 12, 31)
RULE = "A grade is so and so."


def whole(**more: Any) -> Whole:
    values: dict[str, Any] = {
        "mechanisms": ("shared_threat", "patron_push"),
        "fit_z": 1.75,
        "statistic": 1.5,
        "placebo_p": 0.0625,
        "placebo_shifts": 499,
        "grade": "moderate",
        "side": "for",
        "error_rate": 0.06,
        "heldout_gain": -1.5,
        "heldout_steps": 350,
        "heldout_windows": (Window(DAY, LATER, -2.0), Window(LATER, date(2013, 6, 30), 0.5)),
    }
    return Whole(**(values | more))


MECHANISM = {"base_rate": 0.640625, "mechanism_p_any": 0.75, "mechanism_mean": 1.5}


def any_by(**more: Any) -> AnyBy:
    values = {
        "acts": "PRK -> KOR : conflict",
        "start": DAY,
        "by": LATER,
        "p_any": 0.625,
        "lower": 0.25,
        "upper": 0.875,
        "mean": 1.25,
        "q05": 0,
        "q95": 4,
    }
    return AnyBy(**(values | {"draws": 1000, "windows": 20, "windows_with_any": 13} | MECHANISM | more))


def share(name: str, **more: Any) -> Share:
    values = {"recorded": 40, "expected": 41.5, "expected_without": 31.125, "share": 0.25, "share_lower": 0.125}
    return Share(name, **(values | {"share_upper": 0.375} | more))


def reached(**more: Any) -> StageReached:
    values = {"stage": "in_force", "since": None, "probability": 0.375, "lower": 0.25, "upper": 0.5, "last": LATER}
    days = dict.fromkeys(("q05", "q10", "q25", "q50", "q75", "q90", "q95"))
    return StageReached(**(values | days | {"moments": 8, "moments_reached": 3} | more))


def fade(**more: Any) -> Fade:
    curve = pl.DataFrame({"date": [DAY], "times": [1.5], "lower": [1.125], "upper": [2.0], "ahead": [True]})
    acts = pl.DataFrame(
        {"event_id": ["e1"], "date": [date(2012, 7, 1)], "headline": ["A made-up act."], "ahead": [False]}
    )
    values = {
        "mechanism": "shared_threat", "claim": "C2", "says": "PRK -> ally : conflict", "sentence": "Attacks pull them together.",
        "expect": "+", "source": "JPN", "target": "KOR", "classes": ("security_cooperation",), "others": (), "apart": (),
        "against": "no attack remembered", "half_life_days": 45.0, "is_fitted": True, "best_days": 45.0,
        "half_life_interval": (21.0, 110.0), "open_below": False, "open_above": False, "origin": DAY,
        "revealed_until": None, "times": 1.5, "lower": 1.125, "upper": 2.0,
        "peak": Peak(DAY, 1.5, 1.125, 2.0, "e1", "A made-up act.", None), "words": ("The push is 1.50 today.",),
        "curve": curve, "acts": acts, "profile": pl.DataFrame({"days": [45.0], "drop": [0.0]}),
    }  # fmt: skip
    return Fade(**(values | more))


def specification(step: str, *, own: bool = False, **more: Any) -> Specification:
    return Specification(choices={"step": step, "feed": "own"}, own=own, n_cause_events=30, n_target_events=20, **more)


def curves() -> Curves:
    points = pl.DataFrame(
        {"at": [0.0, 1.0, 2.0], "value": [0.0, 0.3, 0.2], "lower": [0.0, 0.1, -0.1], "upper": [0.0, 0.5, 0.5]}
    )
    bent = Curve("reciprocity", "smooth", points, 0.0, 1.7, 0.2)
    others = pl.DataFrame({"name": ["inertia"], "estimate": [0.5], "se": [0.1], "lower": [0.3], "upper": [0.7]})
    return Curves("ordinal", (bent,), others, -100.0, -104.0, 2.7, 60, 600, is_dated=False)


def simulated(**more: Any) -> Simulated:
    events = pl.DataFrame({"draw": [1, 2], "time": [1.0, 2.5], "sender": ["A", "B"], "receiver": ["B", "A"]})
    rows = [("sent", "rank 1", 7.0, 4.5, 3.0, 6.0, 0.03125), ("share", "returned", 0.5, 0.4375, 0.25, 0.625, 0.75)]
    values = {
        "likelihood": "interval", "draws": 2, "seed": 1, "n_events": 12, "n_drawn": 23, "events": events,
        "bands": pl.DataFrame(rows, schema=list(BANDS), orient="row"),
    }  # fmt: skip
    return Simulated(**{**values, **more})


def residuals(**more: Any) -> Residuals:
    left = {"observed": [3.0], "expected": [1.5], "residual": [1.5], "z": [1.25]}
    tests = {"name": ["inertia"], "largest": [1.5], "at": [2.5], "bound": [1.25], "p": [0.03125]}
    values = {
        "likelihood": "ordinal",
        "actors": pl.DataFrame({"actor": ["A"], "role": ["sender"], **left}),
        "dyads": pl.DataFrame({"sender": ["A"], "receiver": ["B"], **left}),
        "score": pl.DataFrame({"name": ["inertia"] * 2, "time": [1.0, 2.5], "value": [1.5, 0.0]}),
        "tests": pl.DataFrame(tests),
        "seed": 1,
        "draws": 500,
    }
    return Residuals(**{**values, **more})


def sensitivity(**more: Any) -> Sensitivity:
    steps = (Level("week", "seven days", True), Level("month", "a month", False))
    choices = (Choice("step", "the step", steps), Choice("feed", "the record", steps[:1], "there is one feed"))
    made = (
        specification("week", own=True, effect=Effect.of(0.5, 0.25)),
        specification("month", cannot_because="too few steps"),
    )
    values = {
        "mechanism": "shared_threat",
        "claim": "C2",
        "says": "PRK -> ally",
        "sentence": "Attacks pull them together.",
    }
    return Sensitivity(**(values | {"expect": "+", "choices": choices, "specifications": made, "rule": RULE} | more))


def what_if(**more: Any) -> WhatIf:
    numbers = {
        "baseline": 4.0,
        "scenario": 6.5,
        "difference": 2.5,
        "lower": 0.5,
        "upper": 4.5,
        "p_more": 0.9,
        "p_fewer": 0.1,
    }
    table = {"source": "USA", "target": "KOR", "event_class": "security_cooperation", **numbers, "put_in": 2}
    values = {
        "name": "push", "title": "The push doubles", "assumes": "nothing else changes", "claim": "C3",
        "changes": ("patron_push doubled",), "origin": DAY, "horizon_days": 180, "draws": 200, "seed": 1,
        "table": pl.DataFrame([table]),
        "measures": pl.DataFrame([{"name": "cooperation of the allies", "acts": "all", "good": True, **numbers, "put_in": 0}]),
        "monthly": pl.DataFrame([{"name": "cooperation of the allies", "month": 1, "baseline": 1.0}]),
        "index": pl.DataFrame([{"pair": "JPN-KOR", "date": LATER, "difference": 0.25}]),
        "held_baseline": 0.0, "held_scenario": 0.01, "runaway_baseline": 0.0, "runaway_scenario": 0.0,
        "sentences": ("More cooperation: 2.5 acts.",), "note": "Association in time is not called cause.",
    }  # fmt: skip
    return WhatIf(**(values | more))


def agreement(**more: Any) -> Any:
    chances = (StageChance(365, "signed", 0.625, 0.5, 0.75), StageChance(365, "ended", 0.001, 0.0, 0.002))
    values = {
        "standing": "negotiating", "success": "signed or in_force", "forecast": chances,
        "forces": (Force("patron_push", "what the patron does", 1.5, 0.125, 0.05, 0.2),),
        "analogues": (Analogue("other", "The other pact", DAY, "negotiating", 0.5, "signed", "in_force"),),
        "what_if": (StageDifference(365, "signed", 0.625, 0.875, 0.25, 0.125, 0.375),),
    }  # fmt: skip
    return life("pact", "The pact", (act(date(2011, 1, 1), "negotiating"),), **(values | more))


def backtest(**more: Any) -> Backtest:
    ours = {"model": "stacked", "horizon_days": 30}
    score = {"target": "count", "event_class": "", "n": 6}
    skill = {
        "against": "zero",
        "target": "count",
        "lower": 0.05,
        "upper": 0.2,
        "best": True,
        "dm": None,
        "dm_p": None,
        "n": 3,
    }
    bins = {"bin_lower": 0.0, "bin_upper": 0.1}
    metrics = [("crps", 0.3125), ("log_score", 0.625), ("brier", 0.0625), ("average_precision", 0.75)]
    values = {
        "subject": "toy", "title": "A toy", "model": "stacked", "mechanism": "", "baselines": ("zero",), "further": (),
        "origin_days": (DAY, LATER), "lag_days": 0, "units": 3, "dyads": (("JPN", "KOR"),), "classes": ("conflict",),
        "events": 50, "first_event_date": date(2000, 1, 1), "last_event_date": LATER, "data_hash": "ab", "view": "reports",
        "seed": 1, "feed_days": None, "left_out": 0, "version": "1",
        "scores": pl.DataFrame(
            [{**ours, **score, "model": m, "metric": name, "value": v} for m in ("stacked", "zero") for name, v in metrics]
        ),
        "skill": pl.DataFrame([{**ours, **skill, "metric": name, "value": 0.125} for name in ("crps", "log_score")]),
        "ceiling": pl.DataFrame(
            [{"horizon_days": 30, "metric": "crps", "against": "zero", "value": 0.25, "lower": 0.125, "upper": 0.375,
              "ours": 0.125, "share": 0.5, "share_lower": 0.25, "share_upper": 0.75, "n": 6}]
        ),
        "coverage": pl.DataFrame(
            [{**ours, "model": m, "level": 0.9, "value": 0.875, "closed": 0.9375, "n": 6} for m in ("stacked", "zero")]
        ),
        "pit": pl.DataFrame([{**ours, **bins, "share": 0.125}]),
        "reliability": pl.DataFrame(
            [{**ours, **bins, "forecast": 0.05, "observed": 0.04, "lower": 0.0, "upper": 0.1, "n": 6}]
        ),
        "origins": pl.DataFrame([{**ours, "origin": DAY, "crps": 0.3125}]),
        "weights": pl.DataFrame([{"origin": DAY, "horizon_days": 30, "member": "zero", "event_class": "conflict", "weight": 0.5}]),
    }  # fmt: skip
    return Backtest(**(values | more))


def issued(**more: Any) -> Issued:
    values = {
        "number": 1, "issued_at": "2012-07-09T08:00:00Z", "case": "toy", "origin": DAY, "horizon_days": 180,
        "data_hash": "abcdef0123", "case_hash": "cd", "view": "reports", "seed": 7, "draws": 1000, "version": "1",
        "last_event_date": date(2012, 7, 1), "hash": "0123456789abcdef0123", "agreement": "", "periods": 7,
        "periods_scored": 2,
    }  # fmt: skip
    return Issued(**(values | more))


def track(**more: Any) -> Track:
    row = {"number": 1, "period_start": DAY, "period_end": LATER, "n": 3, "record_hash": "ab"}
    scores = [
        {**row, "model": "stacked", "metric": m, "value": v} for m, v in (("crps", 0.3125), ("stage_brier", 0.125))
    ]
    return Track(**({"file": "t.duckdb", "issued": (issued(),), "scores": pl.DataFrame(scores)} | more))


def prediction(**more: Any) -> Prediction:
    candidates = (
        Candidate(1, "KOR", 0.625, 2, (Reason("inertia", "3 such acts lately", 1.5),), 0.5, 0.75, 0.375),
        Candidate(2, "USA", 0.25, 1, (), 0.125, 0.375, 0.5),
    )
    values = {
        "record": "toy", "actor": "JPN", "act": "conflict", "day": DAY, "by": "class", "asked_as": "receiver",
        "candidates": candidates, "n_candidates": 5, "n_facts": 1200, "n_fitted": 800, "first_fact": date(2000, 1, 1),
        "last_fact": date(2012, 7, 1), "held_out_from": date(2011, 1, 1), "n_held_out": 90,
        "check": (Held("choice", 0.625, 0.5, 0.75, 0.875),), "better": "choice", "seed": 1, "options": {"ridge": 0.5},
    }  # fmt: skip
    return Prediction(**(values | more))


def benchmark(**more: Any) -> BenchmarkScores:
    values = {
        "split": "test", "actors": 23, "relations": 4, "questions": 2000, "fitted": 9000, "with_names": False, "most": 64,
        "shortlisted": 97.5, "models": (ModelScores("choice", 37.25, 36.5, 38.0, 27.5, 42.5, 56.25, 39.5, 35.0),),
        "by_history": (HistoryPart("triple", 60.0, 50.5, 70.25), HistoryPart("neither", 40.0, 17.375, 35.25)),
        "weights": (Weight("inertia", "such acts lately", "", 0.75, 0.125, 1.25), Weight("inertia", "", "inertia(30d)", 0.5, 0.0625, 0.5)),
        "options": {"ridge": 0.5}, "seed": 1,
    }  # fmt: skip
    return BenchmarkScores(**(values | more))


def index_ahead() -> IndexAhead:
    row = {"pair": "JPN-KOR", "date": LATER, "mean": 0.25, "q05": -0.125, "q95": 0.5}
    return IndexAhead(pl.DataFrame([row]), draws=1000, runaway=0.002, held=0.0)


def stage_by(**more: Any) -> StageBy:
    values = {
        "agreement": "pact", "title": "The pact", "origin": DAY, "by": LATER, "standing": "agreed_in_principle",
        "stages": (StageChance(175, "agreed_in_principle", 0.625, 0.5, 0.75), StageChance(175, "in_force", 0.375, 0.25, 0.5)),
        "reached": (reached(q25=DAY),), "draws": 200,
        "baselines": (StageRival("base rate", "in_force", 0.125), StageRival("constant", "signed", 0.25)),
        "stages_hash": "ab",
    }  # fmt: skip
    return StageBy(**(values | more))


def full() -> list[object]:
    """A record of each kind, with all that it can hold."""
    brief = made_up_brief()
    return [
        brief,
        Ledger(made_up_claims(), RULE, whole()),
        Shares((share("shared_threat", replayed=42.0, replayed_without=36.0, replayed_share=0.5, replayed_lower=0.375, replayed_upper=0.625),), DAY, LATER),
        Confirmation(
            Ledger(made_up_claims(), RULE, whole()), "0" * 64, DAY, DAY, LATER, 40, ("mechanism push is new",)
        ),
        Registration(
            "0.2", "toy", "[case]", {"push": 60.0, "threat": None}, DAY, "0" * 64, "", 40, "reports", RULE,
            (2.5, 1.5, 0.75), (0.0078125, 0.0625, 0.25), 99, 1, "0" * 64,
        ),
        fade(),
        simulated(),
        residuals(),
        curves(),
        sensitivity(),
        made_up_forecast(np.random.default_rng(1), reveal=True),
        any_by(runaway=0.25),
        AnyOf((any_by(), any_by(acts="CHN -> KOR : conflict"))),
        index_ahead(),
        what_if(),
        Agreements(brief.provenance, (agreement(),), 12, 60, 200, ("A note.",)),
        Agreements(brief.provenance, (agreement(),), 12, 60, 200, ("A note.",), only="pact"),
        stage_by(),
        reached(),
        backtest(),
        issued(),
        track(),
        prediction(),
        benchmark(),
        CaseList((CaseRow("toy", "A toy", DAY, LATER, 1200, 3, LATER), CaseRow("bare", "Another", DAY, LATER, 60, 0, None))),
    ]  # fmt: skip


def sparse() -> list[object]:
    """The same kinds, with nothing where nothing is allowed."""
    untold = replace(
        made_up_claims()[0],
        half_life_days=None,
        half_life_interval=None,
        placebo_p=None,
        heldout_gain=None,
        detectable=None,
        would_settle=None,
        model=None,
    )
    bare = life("pact", "The pact", (act(date(2011, 1, 1), "negotiating"),))
    return [
        simulated(bands=pl.DataFrame([("wait", "50%", None, 1.5, 1.0, 2.0, None)], schema=list(BANDS), orient="row")),
        residuals(dyads=residuals().dyads.head(0), tests=residuals().tests.head(0)),
        smallest_brief(),
        Ledger((), RULE),
        Ledger((untold,), RULE),
        Shares((share("shared_threat"),), None, None),
        fade(peak=None, best_days=None, half_life_days=None, half_life_interval=None, claim=""),
        sensitivity(specifications=(specification("week", own=True, cannot_because="too few steps"),)),
        made_up_forecast(np.random.default_rng(1), reveal=False),
        any_by(windows=0, windows_with_any=0),
        what_if(sentences=(), changes=()),
        Agreements(made_up_brief().provenance, (bare,), 12, 60, 200, (), only="pact"),
        stage_by(baselines=(), reached=(reached(moments=0), reached(since=DAY))),
        backtest(skill=backtest().skill.clear()),
        track(issued=(), scores=track().scores.clear()),
        prediction(check=(), held_out_from=None, candidates=()),
        benchmark(models=(), weights=(), by_history=()),
    ]  # fmt: skip


def with_nan(value: Any) -> Any:
    """The same record, every float in it NaN."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: with_nan(getattr(value, f.name)) for f in fields(value) if f.init})
    if isinstance(value, pl.DataFrame):
        return value.with_columns(pl.lit(nan).alias(name) for name, kind in value.schema.items() if kind.is_float())
    if isinstance(value, Mapping):
        return {key: with_nan(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(with_nan(item) for item in value)
    return nan if isinstance(value, float) else value
