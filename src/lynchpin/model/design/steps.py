"""The time grid: equal steps that end exactly at the origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lynchpin.days import day_number
from lynchpin.errors import BadValue


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of `step_days` days, the last of which ends the day before the origin.

    Parameters
    ----------
    first_day : int, day number of the first step's first day
    step_days : int
    count : int, number of steps
    burn_in : int, steps at the start that fill the memory and are not fitted
    """

    first_day: int
    step_days: int
    count: int
    burn_in: int

    @property
    def origin_day(self) -> int:
        return self.first_day + self.count * self.step_days

    @property
    def starts(self) -> NDArray[np.int64]:
        """First day of each step, and the origin itself: shape (count + 1,)."""
        return self.first_day + self.step_days * np.arange(self.count + 1, dtype=np.int64)

    def step_of(self, day: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which step each day falls into; negative before the first."""
        return (day - self.first_day) // self.step_days


def lay_steps(start: date, origin: date, step_days: int) -> Steps:
    """Lay the grid from a case's start to an origin.

    The memory fills for one year, or a fifth of the record where that is less.

    Raises
    ------
    BadValue : fewer than ten steps fit in
    """
    count = (day_number(origin) - day_number(start)) // step_days
    if count < 10:
        raise BadValue(
            f"only {max(count, 0)} steps of {step_days} days lie between {start} and {origin}",
            "the record",
            "ask for a later --as-of, or use a record that begins earlier",
        )
    burn_in = min(-(-365 // step_days), count // 5)
    return Steps(day_number(origin) - count * step_days, step_days, count, burn_in)
