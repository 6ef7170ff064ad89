"""How good the chances are: issued for agreements that the fit has never seen, from what was known on the day.

At each origin and for each agreement that has not ended, the model is fitted to all *other* agreements as they were
known before the origin: bases, forces, kinds and the spreads of the prior know nothing of it. Its own past, up to the
origin, then sets its own effects alone. Its chances a year on are set beside what happened and beside two rivals made
from the same others:

    base rate       of all past moments of others at the same stage, half a year apart, the shares of stages a year on
    constant kind   a constant hazard of each move for the standing and the kind, shrunk to the standing's own

Moments of one agreement are not independent, so intervals redraw whole agreements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from lynchpin.answers.agreements.covariates import MEANINGS, read_record
from lynchpin.answers.agreements.hazard_fit import fit_hazards
from lynchpin.answers.agreements.hazards import COLUMNS, Hazards, draw_coefficients, with_own_past
from lynchpin.answers.agreements.lending import Lent, lent_rows
from lynchpin.answers.agreements.moments import STANDING_STAGES, base_rate, moments
from lynchpin.answers.agreements.outlook import (
    YEAR_WEEKS,
    chance_of,
    chances,
    fit_agreements,
    outset,
    wanted,
)
from lynchpin.answers.agreements.rivals import BASE_RATE, CONSTANT_KIND, constant_kind
from lynchpin.answers.agreements.spells import joined, known, spells
from lynchpin.answers.agreements.stages import follow
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge, UnknownName
from lynchpin.events import before
from lynchpin.results import AgreementLife

MODELS: Final = ("model", BASE_RATE, CONSTANT_KIND)

_YEAR = timedelta(days=7 * YEAR_WEEKS)
_BOOTSTRAPS = 2000


def leave_one_out(
    lives: Sequence[AgreementLife],
    events: pl.DataFrame,
    *,
    states: Sequence[str],
    adversaries: Sequence[str],
    origins: Sequence[date],
    seed: int,
    draws: int = 40,
    only: Sequence[str] | None = None,
    lent: Sequence[Lent] = (),
    enough: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Chances a year ahead for every agreement at every origin, each from a fit without it.

    Parameters
    ----------
    lives : agreements with their whole history: what comes, or becomes known, after an origin is used for the outcome
        alone. An outcome is what had happened by then, whenever it became known
    events : the whole record; each fit is cut to what was known before its origin
    states, adversaries : as for `fit_agreements`
    origins : days; an outcome must be known, so each at least a year before the last act of all
    seed : int; draws : int, draws of the coefficients
    only : ids to issue chances for; None for all
    lent : agreements of other cases, as for `fit_agreements`; learnt from at origins by which these made fewer than
        `enough` moves
    on_progress : called with the number of origins done and in all

    Returns
    -------
    DataFrame, a row for each agreement, origin and model: agreement, kind, origin, followed (the record follows its
    parties), standing, model, success (the chance of it), succeeded (bool), then the chance of each of STANDING_STAGES,
    and `outcome`
    """
    rows: list[dict[str, object]] = []
    for done, origin in enumerate(origins):
        seen = [cut for life in lives if (cut := known(life, origin)).history]
        record = read_record(before(events, origin), states, adversaries)
        table = spells(seen, record, origin)
        theirs: list[AgreementLife] = []
        if lent and sum(len(life.history) - 1 for life in seen) < enough:
            parts, theirs = lent_rows(lent, seen, origin)
            table = joined([table, *parts])
        try:
            whole = fit_hazards(table)
        except DidNotConverge:
            continue
        past = moments([*seen, *theirs], origin, _YEAR.days)
        for life in seen:
            standing = follow(act.stage for act in life.history)
            if standing.has_ended or (only is not None and life.id not in only):
                continue
            others = table.without(life.id)
            try:
                hazards = fit_hazards(others, whole)
            except DidNotConverge:  # the others alone have made too few moves
                continue
            drawn = draw_coefficients(hazards, draws, seed)
            drawn = with_own_past(hazards, drawn, table.only(life.id), life.id, life.kind)
            start = outset(hazards, drawn, life, record, origin)
            future = next(other for other in lives if other.id == life.id)
            outcome = follow(act.stage for act in future.history if act.date < origin + _YEAR).stage
            issued = {
                "model": chances(start, YEAR_WEEKS + 1)[:, YEAR_WEEKS].mean(axis=0),
                BASE_RATE: base_rate([m for m in past if m.agreement != life.id], standing.stage),
                CONSTANT_KIND: constant_kind(others, life.kind, standing, YEAR_WEEKS),
            }
            goal = wanted(standing.level)
            for model, chance in issued.items():
                rows.append(
                    {
                        "agreement": life.id,
                        "kind": life.kind,
                        "origin": origin,
                        "followed": record.follows(life.parties),
                        "standing": standing.stage,
                        "model": model,
                        "success": float(chance[[STANDING_STAGES.index(stage) for stage in goal]].sum()),
                        "succeeded": outcome in goal,
                        **dict(zip(STANDING_STAGES, chance.tolist(), strict=True)),
                        "outcome": outcome,
                    }
                )
        if on_progress:
            on_progress(done + 1, len(origins))
    return pl.DataFrame(rows)


def scores(issued: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Brier and log scores of each model, and how much better the model is than each rival, with 90 % intervals.

    Parameters
    ----------
    issued : DataFrame from `leave_one_out`, or some of its rows
    seed : int, for redrawing agreements

    Returns
    -------
    DataFrame: metric ("brier" and "log" of success; "stage_log" of the stage), model, value, lower, upper, skill (share
    of the rival's score that the model saves; null for the model itself), skill_lower, skill_upper, n, n_agreements.
    Smaller scores are better; a positive skill means that the model beats the rival.
    """
    ids = issued["agreement"].unique().sort().to_list()
    weights = np.random.default_rng(seed).multinomial(len(ids), [1.0 / len(ids)] * len(ids), _BOOTSTRAPS).astype(float)
    rows = []
    for metric in ("brier", "log", "stage_log"):
        sums: dict[str, Floats] = {}
        count = np.zeros(len(ids))
        for model in MODELS:
            mine = issued.filter(pl.col("model") == model)
            at = np.array([ids.index(name) for name in mine["agreement"]])
            sums[model] = np.bincount(at, weights=_score(mine, metric), minlength=len(ids)).astype(np.float64)
            count = np.bincount(at, minlength=len(ids)).astype(np.float64)
        drawn = {model: (weights @ total) / (weights @ count) for model, total in sums.items()}
        ours, ours_drawn = sums["model"].sum(), drawn["model"]
        for model, total in sums.items():
            lower, upper = np.quantile(drawn[model], [0.05, 0.95])
            rival = model != "model"
            skill = 1.0 - ours_drawn / drawn[model]
            rows.append(
                {
                    "metric": metric,
                    "model": model,
                    "value": float(total.sum() / count.sum()),
                    "lower": float(lower),
                    "upper": float(upper),
                    "skill": float(1.0 - ours / total.sum()) if rival else None,
                    "skill_lower": float(np.quantile(skill, 0.05)) if rival else None,
                    "skill_upper": float(np.quantile(skill, 0.95)) if rival else None,
                    "n": int(count.sum()),
                    "n_agreements": len(ids),
                }
            )
    return pl.DataFrame(rows)


def reliability(issued: pl.DataFrame, bins: int = 5) -> pl.DataFrame:
    """Chances of success issued by the model against how often it came, in bins of as many moments each.

    Returns
    -------
    DataFrame: forecast (mean chance), observed (share), lower, upper (90 % interval of the share, Jeffreys', as if
    moments were independent, which they are not), n
    """
    from scipy.special import betaincinv

    mine = issued.filter(pl.col("model") == "model").sort("success", "agreement", "origin")
    rows = []
    for part in np.array_split(np.arange(mine.height), min(bins, max(mine.height, 1))):
        n, came = len(part), int(mine["succeeded"].to_numpy()[part].sum())
        lower, upper = (float(betaincinv(came + 0.5, n - came + 0.5, q)) for q in (0.05, 0.95))
        rows.append((float(mine["success"].to_numpy()[part].mean()), came / n, lower, upper, n))
    return pl.DataFrame(rows, schema=["forecast", "observed", "lower", "upper", "n"], orient="row")


def _score(rows: pl.DataFrame, metric: str) -> Floats:
    if metric == "stage_log":
        table = rows.select(STANDING_STAGES).to_numpy()
        at = np.array([STANDING_STAGES.index(stage) for stage in rows["outcome"]])
        surprise: Floats = -np.log(np.maximum(table[np.arange(len(at)), at], 1e-6))
        return surprise
    p, y = rows["success"].to_numpy(), rows["succeeded"].to_numpy().astype(float)
    if metric == "brier":
        square: Floats = np.square(p - y)
        return square
    p = np.clip(p, 1e-6, 1.0 - 1e-6)
    out: Floats = -(y * np.log(p) + (1.0 - y) * np.log(1.0 - p))
    return out


# -- The chance of an agreement through time, as it would have been issued: fitted anew on each day with what was
# known then.

#: What is drawn through time, whatever the agreement has reached.
GOAL: Final = ("signed", "in_force")


def replay(
    lives: Sequence[AgreementLife],
    events: pl.DataFrame,
    agreement: str,
    *,
    states: Sequence[str],
    adversaries: Sequence[str],
    until: date,
    seed: int,
    step_days: int = 91,
    draws: int = 60,
    on_progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Chance to stand signed or in force a year later, issued every `step_days` and on the day after every act.

    Parameters
    ----------
    lives, events, states, adversaries, seed : as for `fit_agreements`; each fit is cut to its own day
    agreement : str, id
    until : date, the last day of issue
    step_days : int; draws : int
    on_progress : called with the number of days done and in all

    Returns
    -------
    DataFrame, a row for each day of issue: date, standing, probability, lower, upper (90 %), then the value of each of
    the record's covariates, in standard deviations (null where the record does not follow the parties)

    Raises
    ------
    UnknownName : no agreement has that id
    """
    life = next((one for one in lives if one.id == agreement), None)
    if life is None:
        raise UnknownName(f"no agreement {agreement!r}", "replay", "ask for one of the stage file")
    acts = {(act.known_from or act.date) + timedelta(days=1) for act in life.history}
    first = min(acts)
    grid = {until - timedelta(days=k * step_days) for k in range((until - first).days // step_days + 1)}
    days = sorted(day for day in acts | grid if first <= day <= until)
    rows: list[dict[str, object]] = []
    like: Hazards | None = None
    for done, day in enumerate(days):
        try:
            fitted = fit_agreements(
                lives, events, states=states, adversaries=adversaries, origin=day, seed=seed, like=like
            )
        except DidNotConverge:
            continue
        like = fitted.hazards
        start = fitted.start(next(one for one in fitted.lives if one.id == agreement), draws)
        drawn = chance_of(chances(start, YEAR_WEEKS), YEAR_WEEKS, GOAL)
        lower, upper = np.quantile(drawn, [0.05, 0.95])
        outside = bool(start.x[COLUMNS.index("outside")])
        values = start.x[len(COLUMNS) - len(MEANINGS) :]
        rows.append(
            {
                "date": day,
                "standing": start.now.standing.stage,
                "probability": float(drawn.mean()),
                "lower": float(lower),
                "upper": float(upper),
                **{name: None if outside else float(v) for name, v in zip(MEANINGS, values, strict=True)},
            }
        )
        if on_progress:
            on_progress(done + 1, len(days))
    numbers = ("probability", "lower", "upper", *MEANINGS)
    schema: dict[str, type[pl.DataType]] = {"date": pl.Date, "standing": pl.String}
    for name in numbers:
        schema[name] = pl.Float64
    return pl.DataFrame(rows, schema=schema)
