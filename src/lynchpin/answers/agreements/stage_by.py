"""What stage an agreement will stand at on a day, and when it comes to one: a target of forecasts.

The chances on the day are those of `outlook`. When a stage is first reached is read off the same hazards with every
standing that has reached it made final: what comes there stays, and the weight that is there is the chance to have come
by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from lynchpin.answers.agreements.moments import STANDING_STAGES, base_rate, moments
from lynchpin.answers.agreements.outlook import LEFT_OPEN, Fitted, Outset, chances, standing_chances
from lynchpin.answers.agreements.rivals import BASE_RATE, CONSTANT_KIND, constant_kind
from lynchpin.answers.agreements.stages import BEFORE, ENDED, LEVELS, STANDINGS, Standing, after
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue, suggest
from lynchpin.results import QUANTILES, AgreementLife, StageBy, StageChance, StageReached, StageRival

#: How far ahead a stage is looked for.
LONGEST_DAYS: Final = 1826

#: An interval needs no more draws, and each is a whole life.
MOST_DRAWS: Final = 200

_WEEK = 7


def has_reached(standing: Standing, stage: str) -> bool:
    """Whether an agreement that stands there has come to a stage: for a level, whether it has come so far.

    Examples
    --------
    >>> has_reached(Standing(3), "signed"), has_reached(Standing(2, "suspended"), "signed")
    (True, True)
    >>> has_reached(Standing(1), "suspended")
    False
    """
    if stage == ENDED:
        return standing.has_ended
    if stage in LEVELS:
        return standing.level >= LEVELS.index(stage)
    return standing.hold == stage and not standing.has_ended


def stage_by(
    fitted: Fitted, life: AgreementLife, by: date, *, stages: Sequence[str] = (), draws: int = MOST_DRAWS
) -> StageBy:
    """The chances of an agreement on a day, and when it comes to some stages.

    Parameters
    ----------
    fitted : Fitted
    life : AgreementLife, as it is known at the origin
    by : date, the last day that counts, a week to LONGEST_DAYS from the origin; the model's step is a week
    stages : those to ask the time of; none for all that it has not come to and can
    draws : int, draws of the coefficients, MOST_DRAWS of which are used at most

    Returns
    -------
    StageBy

    Raises
    ------
    BadValue : no such stage, or the day is out of reach
    """
    origin, draws = fitted.origin, min(draws, MOST_DRAWS)
    days = (by - origin).days + 1
    if not _WEEK <= days <= LONGEST_DAYS:
        first, last = origin + timedelta(_WEEK - 1), origin + timedelta(LONGEST_DAYS - 1)
        raise BadValue(f"{by} is not between {first} and {last}", "--by", "stages are foreseen by the week")
    for stage in stages:
        if stage not in STANDING_STAGES:
            raise BadValue(f"no stage named {stage!r}", "--stage", suggest(stage, STANDING_STAGES, noun="stage"))
    start, week = fitted.start(life, draws), round(days / _WEEK)
    asked = stages or [stage for stage in STANDING_STAGES if _is_ahead(start.now.standing, stage)]
    drawn = chances(start, week)[:, week]
    past = moments((*fitted.lives, *fitted.others), origin, days)
    alike = [one for one in past if one.agreement != life.id and one.standing.stage == start.now.standing.stage]
    base = base_rate(alike, start.now.standing.stage)
    mean, (lower, upper) = drawn.mean(axis=0), np.quantile(drawn, [0.05, 0.95], axis=0)
    return StageBy(
        agreement=life.id,
        title=life.title,
        origin=origin,
        by=by,
        standing=start.now.standing.stage,
        stages=tuple(
            StageChance(
                days, stage, float(mean[s]), float(lower[s]), float(upper[s]), float(base[s]) if alike else None
            )
            for s, stage in enumerate(STANDING_STAGES)
        ),
        reached=tuple(_reached(fitted, life, start, stage, days) for stage in asked),
        baselines=tuple(_rivals(fitted, life, start.now.standing, days)),
        draws=draws,
        stages_hash=stages_hash(fitted.lives),
    )


def chance_reached(start: Outset, weeks: int, stage: str) -> Floats:
    """Chance to have come to a stage by each week: shape (draws, weeks + 1)."""
    there = [has_reached(standing, stage) for standing in STANDINGS]
    base = start.base.copy()
    base[:, there] = -np.inf  # what is there stays
    weight = standing_chances(replace(start, base=base), weeks)
    out: Floats = weight[..., [*there, stage == ENDED]].sum(axis=2)
    if has_reached(start.now.standing, stage):
        return out  # it is there: no chance, but what is
    return np.asarray((1.0 - LEFT_OPEN) * out + LEFT_OPEN / len(STANDING_STAGES))


def _is_ahead(standing: Standing, stage: str) -> bool:
    """Whether a stage is one that an agreement has not come to, and still can."""
    return not standing.has_ended and not has_reached(standing, stage)


def _reached(fitted: Fitted, life: AgreementLife, start: Outset, stage: str, days: int) -> StageReached:
    origin, weeks = fitted.origin, round(LONGEST_DAYS / _WEEK)
    others = [
        moment
        for moment in moments((*fitted.lives, *fitted.others), origin, days)
        if moment.agreement != life.id
        and moment.standing.stage == start.now.standing.stage
        and not has_reached(moment.standing, stage)
    ]
    drawn = chance_reached(start, weeks, stage)
    curve, here = drawn.mean(axis=0), drawn[:, round(days / _WEEK)]
    lower, upper = np.quantile(here, [0.05, 0.95])
    since = _since(life, stage) if has_reached(start.now.standing, stage) else None
    return StageReached(
        stage=stage,
        since=since,
        probability=float(here.mean()),
        lower=float(lower),
        upper=float(upper),
        **{name: None if since else _day(curve, share, origin) for name, share in QUANTILES.items()},
        last=origin + timedelta(weeks * _WEEK),
        moments=len(others),
        moments_reached=sum(any(has_reached(passed, stage) for passed in moment.passed) for moment in others),
    )


def _rivals(fitted: Fitted, life: AgreementLife, standing: Standing, days: int) -> Iterator[StageRival]:
    """The chances on the day by the plain ways, made from the others."""
    if standing.has_ended:
        return
    past = [
        moment
        for moment in moments((*fitted.lives, *fitted.others), fitted.origin, days)
        if moment.agreement != life.id
    ]
    others = fitted.rows.without(life.id)
    for model, found in (
        (BASE_RATE, base_rate(past, standing.stage)),
        (CONSTANT_KIND, constant_kind(others, life.kind, standing, round(days / _WEEK))),
    ):
        for stage, chance in zip(STANDING_STAGES, found.tolist(), strict=True):
            yield StageRival(model, stage, chance)


def stages_hash(lives: Sequence[AgreementLife]) -> str:
    """SHA-256 of the acts in the histories of agreements, in whatever order the agreements stand."""
    acts = [(life.id, str(act.date), act.stage, act.actor) for life in lives for act in life.history]
    return hashlib.sha256(json.dumps(sorted(acts)).encode()).hexdigest()


def _day(curve: Floats, share: float, origin: date) -> date | None:
    """The end of the first week by which a chance is reached; None where it is not."""
    at = np.flatnonzero(curve >= share)
    return origin + timedelta(int(at[0]) * _WEEK) if at.size else None


def _since(life: AgreementLife, stage: str) -> date:
    """The day of the act that brought an agreement to a stage where it still is."""
    standing, since = BEFORE, life.history[0].date
    for act in life.history:
        if standing.has_ended:
            break
        then = after(standing, act.stage)
        if has_reached(then, stage) and not has_reached(standing, stage):
            since = act.date
        standing = then
    return since
