"""Past moments of agreements whose sequel is known: what a base rate counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lynchpin.agreements.stages import Standing, after, follow
from lynchpin.results import AgreementLife

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
