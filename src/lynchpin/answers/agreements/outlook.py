"""What is likely next for an agreement, what pushes it, and what became of others like it.

The covariates of the weeks ahead are not known. Each is taken to go back from its value at the origin to the
agreement's own average of the five years before it, halving the distance in the half-life of its trace: what a trace
does on average when acts keep coming at their usual rate. A new head of government is new for a year; from then on the
usual share of new leaders holds. Setbacks, holds and the clock are moved by the model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from lynchpin.answers.agreements.covariates import HALF_LIFE_DAYS, MEANINGS, Record, covariates, is_new, read_record
from lynchpin.answers.agreements.hazard_fit import fit_hazards
from lynchpin.answers.agreements.hazards import COLUMNS, Hazards, draw_coefficients, log_hazards, setback_size
from lynchpin.answers.agreements.lending import Lent, lent_rows
from lynchpin.answers.agreements.moments import STANDING_STAGES, Moment, base_rate, by_stage, moments
from lynchpin.answers.agreements.occupancy import END, MEMORIES, occupancy
from lynchpin.answers.agreements.spells import CLOCK_WEEKS, Now, Spells, joined, known, now, spells
from lynchpin.answers.agreements.stages import ENDED, LEVELS, MOVES, STANDINGS, follow
from lynchpin.days import day_number, day_of
from lynchpin.defaults import STAGE_DRAWS
from lynchpin.engine.statistics.base import Floats
from lynchpin.events import before
from lynchpin.results import AgreementLife, Analogue, Force, StageChance

HORIZONS_DAYS: Final = (91, 182, 365, 730)
YEAR_WEEKS: Final = 52

#: A force takes as long as a forecast, and there are ten: the first so many draws are enough for its interval.
FORCE_DRAWS: Final = 100

#: The share of every chance of a stage that is spread over all of them: see `stage_chances`.
LEFT_OPEN: Final = 1e-3

_SHOWN_ANALOGUES = 3
_MEAN_YEARS = 5

_BELONGS = np.array(
    [[s.stage == stage for s in STANDINGS] + [stage == ENDED] for stage in STANDING_STAGES], dtype=float
)


@dataclass(frozen=True, slots=True, eq=False)
class Outset:
    """All that the chances of one agreement rest on.

    base : (moves, standings, draws); slope : (moves, columns, draws)
    now : Now; x, usual : (columns,), values of COLUMNS at the origin and those they go back to (clock and setbacks:
    zero)
    new_weeks : int, weeks for which a new head of government stays new
    """

    base: Floats
    slope: Floats
    now: Now
    x: Floats
    usual: Floats
    new_weeks: int


def outset(
    hazards: Hazards, coefficients: Sequence[Floats], life: AgreementLife, record: Record, origin: date
) -> Outset:
    """Where an agreement sets out from at an origin: its standing and its covariates, from what was known before it."""
    day = day_number(origin)
    grid = day - np.arange(_MEAN_YEARS * 12, -1, -1, dtype=np.int64) * 30
    seen = hazards.standardised(covariates(record, life.parties, life.patron, grid))
    new = is_new(life.parties, grid).astype(float)
    x, usual = np.zeros(len(COLUMNS)), np.zeros(len(COLUMNS))
    first = len(COLUMNS) - len(MEANINGS)
    covered = grid >= (record.day[0] if record.day.size else day)
    x[first:], usual[first:] = seen[-1], seen[covered].mean(axis=0)
    x[COLUMNS.index("new_leader")], usual[COLUMNS.index("new_leader")] = new[-1], new.mean()
    outside = 0.0 if record.follows(life.parties) else 1.0
    x[COLUMNS.index("outside")] = usual[COLUMNS.index("outside")] = outside
    ahead = is_new(life.parties, day + 7 * np.arange(YEAR_WEEKS + 1, dtype=np.int64)) if new[-1] else np.zeros(1)
    base, slope = log_hazards(hazards, coefficients, life.id, life.kind)
    base = base - _skew(hazards, coefficients, life.kind, x)
    return Outset(base, slope, now(life, day), x, usual, int(ahead.sum()))


def _skew(hazards: Hazards, coefficients: Sequence[Floats], kind: str, x: Floats) -> Floats:
    """What Gaussian draws of a log hazard add to the hazard's mean: half their variance, shape (moves, standings, 1).

    The posterior of a log rate after y events is skewed: the mean of the rate is the rate at the mode of its logarithm
    (a gamma posterior, flat in the log rate). Gaussian draws around that mode have a mean rate exp(variance / 2) too
    high, which for a move seen once is two thirds. The agreement's own effect is left as it is: its spread is that of
    agreements, not what we do not know.
    """
    base, slope = log_hazards(hazards, coefficients, "", kind)
    eta = np.where(np.isfinite(base), base, 0.0) + np.einsum("kcd,c->kd", slope, x)[:, None]
    half: Floats = eta.var(axis=2, keepdims=True) / 2.0
    return half


def chances(start: Outset, weeks: int) -> Floats:
    """Chance of each of STANDING_STAGES in each week: shape (draws, weeks + 1, stages)."""
    return stage_chances(standing_chances(start, weeks))


def standing_chances(start: Outset, weeks: int) -> Floats:
    """Chance of each of STANDINGS, and of the end, in each week: shape (draws, weeks + 1, standings + 1)."""
    decay = 2.0 ** (-7.0 * np.arange(weeks) / HALF_LIFE_DAYS)
    path = start.usual[:, None] + (start.x - start.usual)[:, None] * decay  # (columns, weeks)
    leader = COLUMNS.index("new_leader")
    path[leader] = np.where(np.arange(weeks) < start.new_weeks, start.x[leader], start.usual[leader])
    path[[COLUMNS.index(name) for name in (*_CLOCK, "setbacks", "fresh_setback")]] = 0.0
    drift = np.einsum("kcd,cw->kwd", start.slope, path)
    steps = np.stack([start.slope[:, COLUMNS.index(name)] for name in _CLOCK], axis=1)
    clock = np.concatenate([np.zeros_like(steps[:, :1]), np.cumsum(steps, axis=1)], axis=1)
    size = setback_size(np.array([n for n, _ in MEMORIES]))
    fresh = np.array([float(is_fresh) for _, is_fresh in MEMORIES])
    memory = (
        start.slope[:, COLUMNS.index("setbacks"), None] * size[None, :, None]
        + start.slope[:, COLUMNS.index("fresh_setback"), None] * fresh[None, :, None]
    )
    standing = END if start.now.standing.has_ended else STANDINGS.index(start.now.standing)
    mem = MEMORIES.index((start.now.setbacks, start.now.is_fresh))
    return occupancy(start.base, clock, memory, drift, standing, mem, start.now.weeks_since)


def stage_chances(whole: Floats) -> Floats:
    """From chances of each standing (..., standings + 1) those of each of STANDING_STAGES (..., stages).

    LEFT_OPEN of the weight is spread over all stages, so that no stage is held to be impossible or certain: records are
    coded by hand, and have held moves that the rules of stages leave out.
    """
    stages: Floats = (1.0 - LEFT_OPEN) * (whole @ _BELONGS.T) + LEFT_OPEN / len(STANDING_STAGES)
    return stages


_CLOCK: Final = tuple(name for name in COLUMNS if name.startswith("clock"))


def wanted(standing_level: int) -> tuple[str, ...]:
    """The stages that count as success from a level: signed or in force before a signature, in force after it."""
    return ("signed", "in_force") if standing_level < LEVELS.index("signed") else ("in_force",)


def chance_of(table: Floats, week: int, stages: Sequence[str]) -> Floats:
    """From `chances`, the chance to stand at one of the stages in a week: shape (draws,)."""
    out: Floats = table[:, week, [STANDING_STAGES.index(stage) for stage in stages]].sum(axis=1)
    return out


def forecast(table: Floats, base: Mapping[int, Floats] | None = None) -> tuple[StageChance, ...]:
    """The chances at HORIZONS_DAYS, as far as the table reaches; `base`: of a horizon the base rates, where known."""
    rates = base or {}
    weeks = [(days, week) for days in HORIZONS_DAYS if (week := round(days / 7)) < table.shape[1]]
    drawn = table[:, [week for _, week in weeks]]
    mean, (lower, upper) = drawn.mean(axis=0), np.quantile(drawn, [0.05, 0.95], axis=0)
    return tuple(
        StageChance(
            days,
            stage,
            float(mean[w, s]),
            float(lower[w, s]),
            float(upper[w, s]),
            float(rates[days][s]) if days in rates else None,
        )
        for w, (days, _) in enumerate(weeks)
        for s, stage in enumerate(STANDING_STAGES)
    )


def forces(start: Outset, goal: Sequence[str]) -> tuple[Force, ...]:
    """What pushes the chance of the goal a year on up or down, the largest first.

    Each is the chance as it is less the chance with this one thing at its average, or undone: no setback so far, no new
    leader, an act this week. Draw by draw, so that the interval is that of the difference.
    """
    start = replace(start, base=start.base[..., :FORCE_DRAWS], slope=start.slope[..., :FORCE_DRAWS])
    as_it_is = chance_of(chances(start, YEAR_WEEKS), YEAR_WEEKS, goal)
    first = len(COLUMNS) - len(MEANINGS)
    found = []

    def add(name: str, means: str, value: float, other: Outset) -> None:
        change = as_it_is - chance_of(chances(other, YEAR_WEEKS), YEAR_WEEKS, goal)
        lower, upper = np.quantile(change, [0.05, 0.95])
        found.append(Force(name, means, value, float(change.mean()), float(lower), float(upper)))

    if not start.x[COLUMNS.index("outside")]:
        for at, (name, means) in enumerate(MEANINGS.items(), start=first):
            x, usual = start.x.copy(), start.usual.copy()
            x[at] = usual[at] = 0.0
            add(name, means, float(start.x[at]), replace(start, x=x, usual=usual))
    at = COLUMNS.index("new_leader")
    if start.x[at]:
        x = start.x.copy()
        x[at] = start.usual[at]
        add("new_leader", "a party's new head of government", 1.0, replace(start, x=x, new_weeks=0))
    if start.now.setbacks:
        clean = replace(start, now=replace(start.now, setbacks=0, is_fresh=False))
        add("setbacks", "setbacks so far", float(start.now.setbacks), clean)
    if start.now.weeks_since >= CLOCK_WEEKS[0]:
        moved = replace(start, now=replace(start.now, weeks_since=0))
        add("silence", "weeks since the last act", float(start.now.weeks_since), moved)
    return tuple(sorted(found, key=lambda force: -abs(force.change)))


def analogues(
    rows: Spells, hazards: Hazards, lives: Sequence[AgreementLife], life: AgreementLife, start: Outset, origin: date
) -> tuple[Analogue, ...]:
    """The nearest past moments of other agreements at the same standing, at least a year before the origin.

    Distance: root mean square difference of the standardised covariates and of the size of past setbacks, among
    agreements whose parties the record follows. One moment of each agreement, its nearest.
    """
    if start.now.standing.has_ended or start.x[COLUMNS.index("outside")]:
        return ()
    latest = day_number(origin) - 365
    keep = (
        (rows.standing == STANDINGS.index(start.now.standing))
        & (rows.first_day <= latest)
        & ~np.isnan(rows.x).any(axis=1)
        & (np.array([id_ != life.id for id_ in rows.ids])[rows.agreement])
    )
    chosen = np.flatnonzero(keep)
    theirs = np.column_stack([hazards.standardised(rows.x[chosen]), setback_size(rows.setbacks[chosen])])
    mine = np.append(start.x[len(COLUMNS) - len(MEANINGS) :], setback_size(np.array(start.now.setbacks)))
    distance = np.sqrt(np.square(theirs - mine).mean(axis=1))
    found: dict[str, Analogue] = {}
    by_id = {other.id: other for other in lives}
    for at in np.argsort(distance, kind="stable"):
        other = by_id[rows.ids[rows.agreement[chosen[at]]]]
        if other.id in found:
            continue
        day = day_of(rows.first_day[chosen[at]])
        acts = [act for act in other.history if act.date < origin]
        after = follow(act.stage for act in acts if act.date <= day + timedelta(days=365))
        found[other.id] = Analogue(
            other.id,
            other.title,
            day,
            start.now.standing.stage,
            float(distance[at]),
            after.stage,
            follow(act.stage for act in acts).stage,
        )
        if len(found) == _SHOWN_ANALOGUES:
            break
    return tuple(found.values())


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fit with what it was made from: enough to look ahead for any agreement.

    others : agreements of other cases that the fit learnt from too, where these made too few moves
    lent_by : those cases
    """

    lives: tuple[AgreementLife, ...]
    record: Record
    origin: date
    rows: Spells
    hazards: Hazards
    seed: int
    others: tuple[AgreementLife, ...] = ()
    lent_by: tuple[str, ...] = ()

    def start(self, life: AgreementLife, draws: int) -> Outset:
        coefficients = draw_coefficients(self.hazards, draws, self.seed)
        return outset(self.hazards, coefficients, life, self.record, self.origin)


def fit_agreements(
    lives: Sequence[AgreementLife],
    events: pl.DataFrame,
    *,
    states: Sequence[str],
    adversaries: Sequence[str],
    origin: date,
    seed: int,
    without: str = "",
    like: Hazards | None = None,
    lent: Sequence[Lent] = (),
) -> Fitted:
    """Fit the hazards of all moves known before an origin.

    Parameters
    ----------
    lives : agreements; acts that were not known before the origin are left out
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`; rows that were not known then are left out
    states : ISO3 codes that the record follows; adversaries : those whose conflict is a threat
    origin : date
    seed : int, for the draws to come
    without : id of an agreement none of whose rows may be learnt from
    like : Hazards of an earlier fit to much the same rows, to begin from
    lent : agreements of other cases with their own records, to be learnt from too, as if of one file: what bears on an
        agreement, kinds and standings are shared, and each agreement has its own effect, shrunk

    Returns
    -------
    Fitted
    """
    lives = [cut for life in lives if (cut := known(life, origin)).history]
    record = read_record(before(events, origin), states, adversaries)
    rows = spells(lives, record, origin)
    if without:
        rows = rows.without(without)
    parts, others = lent_rows(lent, lives, origin)
    rows = joined([rows, *parts]) if lent else rows
    cases = tuple(one.case for one in lent)
    return Fitted(tuple(lives), record, origin, rows, fit_hazards(rows, like), seed, tuple(others), cases)


def look_ahead(
    fitted: Fitted,
    lives: Sequence[AgreementLife],
    *,
    draws: int = STAGE_DRAWS,
    weeks: int = 105,
    with_forces: Callable[[AgreementLife], bool] = lambda life: True,
) -> tuple[AgreementLife, ...]:
    """Agreements with their standing, forecast, forces and analogues.

    Parameters
    ----------
    fitted : Fitted
    lives : the agreements to look ahead for, as they are known at the origin
    draws : int, draws of the coefficients behind every interval
    weeks : int, how far ahead: one more than the week of the last horizon
    with_forces : which agreements get their forces, which take as long as five forecasts
    """
    coefficients = draw_coefficients(fitted.hazards, draws, fitted.seed)
    everyone = (*fitted.lives, *fitted.others)
    past = {days: by_stage(moments(everyone, fitted.origin, days)) for days in HORIZONS_DAYS}
    found = []
    for life in lives:
        start = outset(fitted.hazards, coefficients, life, fitted.record, fitted.origin)
        goal = wanted(start.now.standing.level)
        ended = start.now.standing.has_ended
        found.append(
            replace(
                life,
                standing=start.now.standing.stage,
                success="" if ended else " or ".join(goal),
                forecast=forecast(chances(start, weeks), _base_rates(past, life, start.now.standing.stage)),
                forces=forces(start, goal) if with_forces(life) and not ended else (),
                analogues=analogues(fitted.rows, fitted.hazards, everyone, life, start, fitted.origin),
            )
        )
    return tuple(found)


def _base_rates(
    past: Mapping[int, Mapping[str, Sequence[Moment]]], life: AgreementLife, stage: str
) -> dict[int, Floats]:
    """Of every horizon where past moments of others at the same stage are known, what shares of them came to where."""
    found = {}
    for days, told in past.items():
        alike = [moment for moment in told.get(stage, ()) if moment.agreement != life.id]
        if alike:
            found[days] = base_rate(alike, stage)
    return found


# -- Method and limits of the model of agreements, in words, with the figures of the very run.


def notes(fitted: Fitted) -> tuple[str, ...]:
    """A sentence or two each: what was fitted to what, what is assumed of the days ahead, what it cannot say."""
    hazards = fitted.hazards
    made = {name: int(n) for name, n in zip(MOVES, hazards.n_moves, strict=True)}
    followed = sum(fitted.record.follows(life.parties) for life in fitted.lives)
    rare = [name.replace("_", " ") for name, n in made.items() if n < 15]
    own = sum(len(life.history) - 1 for life in fitted.lives)
    return (
        *(
            [
                f"These agreements made {own} moves, too few to learn from alone: the model is fitted to those of "
                f"{len(fitted.others)} agreements of {', '.join(fitted.lent_by)} too, known by then, as if of one "
                "file. What bears on a move is taken to be the same there; each agreement and kind has its own "
                "level, shrunk."
            ]
            if fitted.lent_by
            else []
        ),
        f"Stages: competing weekly hazards of {len(MOVES)} moves, fitted to {sum(made.values())} moves of "
        f"{len(fitted.lives) + len(fitted.others)} agreements; the record follows the parties of "
        f"{followed}, the others "
        "share the rest of "
        "the model. Coefficients are shrunk, with standard deviations estimated from these rows: "
        f"{hazards.coefficient_sd:.2f} for what bears on an agreement, {hazards.kind_sd:.2f} for kinds, "
        f"{hazards.agreement_sd:.2f} for agreements.",
        "Ahead, each covariate goes back from its value at the origin to the agreement's average of five years, by "
        f"half in {HALF_LIFE_DAYS:.0f} days. Agreements are in the file because they became news: the chances are "
        "those of attempts that somebody recorded.",
        *(
            [f"Fewer than 15 moves were seen of: {', '.join(rare)}. Their chances lean on the shrinkage."]
            if rare
            else []
        ),
    )
