"""Past moments of agreements whose sequel is known, and what shares of them came to which stage: base rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from lynchpin.answers.agreements.stages import ENDED, HOLDS, LEVELS, Standing, after, follow
from lynchpin.engine.statistics.base import Floats
from lynchpin.results import AgreementLife

#: The stages of an answer, in order.
STANDING_STAGES: Final = (*LEVELS, *HOLDS[1:], ENDED)

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


def by_stage(found: Sequence[Moment]) -> dict[str, list[Moment]]:
    """Moments by the stage at which their agreement stood."""
    told: dict[str, list[Moment]] = {}
    for moment in found:
        told.setdefault(moment.standing.stage, []).append(moment)
    return told


def base_rate(past: Sequence[Moment], stage: str) -> Floats:
    """Shares of the stages at the end of past moments; half a moment for each stage that no moment excludes."""
    count = np.full(len(STANDING_STAGES), 0.5 / len(STANDING_STAGES))
    for moment in past:
        if moment.standing.stage == stage:
            count[STANDING_STAGES.index(moment.then.stage)] += 1.0
    out: Floats = count / count.sum()
    return out
