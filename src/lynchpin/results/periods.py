"""Each mechanism before and after a day: whether what it does has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from lynchpin.results.base import Drawn, Expect, Stand, plain


@dataclass(frozen=True, slots=True)
class PeriodEffect:
    """One mechanism in one period. Ratios are per doubling of the cause, with 90 % intervals."""

    first: date
    last: date  # the day after the period
    n_cause_events: int
    n_target_events: int
    estimate: float | None
    standard_error: float | None
    rate_ratio: float | None
    rate_ratio_lower: float | None
    rate_ratio_upper: float | None
    nothing_because: str | None  # why the period has no estimate


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """One period against the one before it, by the ratio of their rate ratios: above 1, the effect is more upward."""

    on: date  # the day of the split
    difference: float | None  # of log rate ratios, later less earlier
    standard_error: float | None
    ratio: float | None  # of rate ratios per doubling, later over earlier
    ratio_lower: float | None
    ratio_upper: float | None
    stand: Stand | None
    detectable: float | None  # the smallest ratio above 1 that 80 of 100 such records show; as good below 1, inverted


@dataclass(frozen=True, slots=True)
class PeriodClaim:
    """One mechanism in all periods."""

    id: str
    claim: str
    mechanism: str
    says: str
    expect: Expect
    periods: tuple[PeriodEffect, ...]
    changes: tuple[PeriodChange, ...]


@dataclass(frozen=True, slots=True)
class PeriodLedger(Drawn):
    """The mechanisms of a case before and after one day or several."""

    splits: tuple[date, ...]
    claims: tuple[PeriodClaim, ...]
    method: str

    def to_frame(self) -> pl.DataFrame:
        """One row for each mechanism and period; the change stands with the later of the two."""
        rows = []
        for claim in self.claims:
            for number, effect in enumerate(claim.periods):
                change = claim.changes[number - 1] if number else None
                later = {} if change is None else {f"change_{k}": v for k, v in plain(change).items()}
                rows.append({"id": claim.id, "mechanism": claim.mechanism, **plain(effect), **later})
        return pl.DataFrame(rows, infer_schema_length=None)

    def summary(self) -> str:
        """The periods of each mechanism, and its changes, as text."""
        lines = []
        for claim in self.claims:
            lines.append(f"{claim.id:4} {claim.mechanism} (expected {claim.expect})")
            for number, one in enumerate(claim.periods):
                size = ratio_text(one.rate_ratio, one.rate_ratio_lower, one.rate_ratio_upper) or one.nothing_because
                acts = f"{one.n_cause_events}/{one.n_target_events}"
                lines.append(
                    f"     {one.first} to {one.last} {acts:>9} {size:22} {change_text(claim, number)}".rstrip()
                )
        return "\n".join([*lines, "", self.method])


def change_text(claim: PeriodClaim, number: int) -> str:
    """How a period differs from the one before it, and whether that could have been seen; "" for the first."""
    if number == 0:
        return ""
    change = claim.changes[number - 1]
    if change.ratio is None:
        return "no change can be told"
    word = {"raises": "more upward", "lowers": "more downward", "not clear": "no change is clear"}
    said = f"{ratio_text(change.ratio, change.ratio_lower, change.ratio_upper)} {word[change.stand or 'not clear']}"
    if change.detectable is None:
        return f"{said}; none would show"
    beyond = "only more than ×10" if change.detectable > 10.0 else f"×{change.detectable:.2f}"
    return f"{said}; {beyond} would show"


def ratio_text(ratio: float | None, low: float | None, high: float | None) -> str:
    """A ratio with its interval; "" where there is none."""
    if ratio is None or low is None or high is None:
        return ""
    return f"{ratio:.2f} ({low:.2f}–{high:.2f})" if high < 100.0 else f"{ratio:.2f} ({low:.2f}–…)"


def clear(changes: Sequence[PeriodChange]) -> tuple[PeriodChange, ...]:
    """Those whose interval is clear of no change."""
    return tuple(change for change in changes if change.stand not in (None, "not clear"))
