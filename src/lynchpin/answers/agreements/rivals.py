"""What a forecast of stages must beat: two plain ways to the chances, made from other agreements.

base rate       of all past moments of others at the same stage, half a year apart, the shares of stages after as long
constant kind   a constant hazard of each move for the standing and the kind, shrunk to the standing's own
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from lynchpin.answers.agreements.occupancy import MEMORIES, occupancy
from lynchpin.answers.agreements.outlook import STANDING_STAGES, stage_chances
from lynchpin.answers.agreements.spells import CLOCK_WEEKS, Spells
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, Standing, after, follow, is_possible
from lynchpin.engine.statistics.base import Floats
from lynchpin.results import AgreementLife

BASE_RATE, CONSTANT_KIND = "base rate", "constant kind"

_PRIOR_WEEKS: Final = 104.0  # weeks at risk that the standing's own rate counts for in a kind's


def base_rate(past: Sequence[Moment], stage: str) -> Floats:
    """Shares of the stages at the end of past moments; half a moment for each stage that no moment excludes."""
    count = np.full(len(STANDING_STAGES), 0.5 / len(STANDING_STAGES))
    for moment in past:
        if moment.standing.stage == stage:
            count[STANDING_STAGES.index(moment.then.stage)] += 1.0
    out: Floats = count / count.sum()
    return out


def constant_kind(rows: Spells, kind: str, standing: Standing, weeks: int) -> Floats:
    """Chances some weeks on under constant hazards of a kind, from where it stands."""
    base = np.full((len(MOVES), len(STANDINGS), 1), -np.inf)
    of_kind = np.array([name == kind for name in rows.kinds])[rows.agreement]
    for s, place in enumerate(STANDINGS):
        here = rows.standing == s
        exposed, exposed_kind = rows.weeks[here].sum(), rows.weeks[here & of_kind].sum()
        for k, step in enumerate(MOVES):
            if is_possible(place, step):
                pooled = ((rows.move[here] == k).sum() + 0.1) / (exposed + _PRIOR_WEEKS)
                made = (rows.move[here & of_kind] == k).sum()
                base[k, s, 0] = np.log((made + pooled * _PRIOR_WEEKS) / (exposed_kind + _PRIOR_WEEKS))
    clock, memory, drift = (np.zeros((len(MOVES), size, 1)) for size in (len(CLOCK_WEEKS) + 1, len(MEMORIES), weeks))
    out: Floats = stage_chances(occupancy(base, clock, memory, drift, STANDINGS.index(standing), 0, 0))[0, weeks]
    return out


# -- Past moments of agreements whose sequel is known: what a base rate counts.

#: Days between two moments of one agreement.
APART_DAYS: Final = 182


@dataclass(frozen=True, slots=True)
class Moment:
    """An agreement that had not ended at a moment, and where its acts led in the days after it."""

    agreement: str
    standing: Standing
    passed: tuple[Standing, ...]  # after each act of those days

    @property
    def then(self) -> Standing:
        """Where it stood when they were over."""
        return self.passed[-1] if self.passed else self.standing


def moments(lives: Sequence[AgreementLife], origin: date, days: int) -> list[Moment]:
    """Moments of every agreement, half a year apart from the day after its first act, with their sequel.

    Parameters
    ----------
    lives : agreements, as they are known at the origin
    origin : date
    days : int, length of the sequel, which ends before the origin
    """
    found = []
    for life in lives:
        at, span = life.history[0].date + timedelta(days=1), timedelta(days=days)
        while at + span <= origin:
            now = follow(act.stage for act in life.history if act.date < at)
            if now.has_ended:
                break
            passed, standing = [], now
            for act in life.history:
                if at <= act.date < at + span and not standing.has_ended:
                    standing = after(standing, act.stage)
                    passed.append(standing)
            found.append(Moment(life.id, now, tuple(passed)))
            at += timedelta(days=APART_DAYS)
    return found
