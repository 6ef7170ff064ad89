"""At least one act of a pattern by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lynchpin.results.beware import beware


@dataclass(frozen=True, slots=True)
class AnyBy:
    """The chance that at least one act of a pattern happens in time."""

    acts: str  # the pattern, as asked
    start: date  # the first day that counts
    by: date  # the last day that counts
    p_any: float  # chance of at least one
    mean: float  # acts expected
    q05: int
    q95: int
    draws: int
    windows: int  # whole windows of the same length before `start`, side by side
    windows_with_any: int  # of these, with at least one
    runaway: float = 0.0  # see `lynchpin.results.beware`
    held: float = 0.0

    def summary(self) -> str:
        """In plain words."""
        past = (
            f"{self.windows_with_any} of the {self.windows} windows of that length before it held one"
            if self.windows
            else "the record is too short for a window of that length before it"
        )
        said = (
            f"{self.acts}: {self.p_any:.0%} chance of at least one from {self.start} to {self.by} "
            f"({self.mean:.1f} expected, 90 % {self.q05} to {self.q95}); {past}."
        )
        return " ".join([said, *beware(self.runaway, self.held)])
