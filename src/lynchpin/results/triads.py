"""One theory on many triads: what each record says of a mechanism, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from lynchpin.results.base import Drawn, Expect, plain


@dataclass(frozen=True, slots=True)
class TriadEffect:
    """One mechanism in one triad. Rate ratios are per doubling of the cause, with 90 % intervals.

    `rate_ratio` is what the triad's own record says, without any prior; `shrunk` is that pulled toward the common mean.
    """

    triad: str
    title: str
    n_cause_events: int
    n_target_events: int
    estimate: float | None
    standard_error: float | None
    rate_ratio: float | None
    rate_ratio_lower: float | None
    rate_ratio_upper: float | None
    shrunk: float | None
    shrunk_lower: float | None
    shrunk_upper: float | None
    weight: float | None  # share in the mean; None where it is not pooled
    left_out_because: str | None


@dataclass(frozen=True, slots=True)
class PooledClaim:
    """One mechanism in all triads. `new_lower` and `new_upper`: where the ratio of one more triad would lie."""

    id: str
    claim: str
    mechanism: str
    says: str
    expect: Expect
    n_triads: int  # pooled
    estimate: float | None
    standard_error: float | None
    rate_ratio: float | None
    rate_ratio_lower: float | None
    rate_ratio_upper: float | None
    tau: float | None  # spread between triads, log rate ratio per unit
    i_squared: float | None
    new_lower: float | None
    new_upper: float | None
    triads: tuple[TriadEffect, ...]


@dataclass(frozen=True, slots=True)
class TriadLedger(Drawn):
    """One theory on every triad that fits it."""

    theory: str
    title: str
    on: date
    between: str
    origin: date
    first_event_date: date
    last_event_date: date
    events_used: int
    remarks: tuple[str, ...]
    method: str
    claims: tuple[PooledClaim, ...]

    def to_dict(self) -> dict[str, Any]:
        return {name: plain(getattr(self, name)) for name in self.__slots__}

    def to_frame(self) -> pl.DataFrame:
        """One row for each mechanism and triad."""
        rows = [{"mechanism": c.mechanism, **plain(t)} for c in self.claims for t in c.triads]
        return pl.DataFrame(rows, infer_schema_length=None)

    def summary(self) -> str:
        """The forest in text, mechanism by mechanism, the triads that could not be fitted last."""
        lines = [
            f"{self.title}, on {self.on}",
            f"{self.events_used} events, {self.first_event_date} to {self.last_event_date}"
            + (f"; two allies with {self.between}" if self.between else ""),
        ]
        for claim in self.claims:
            lines += ["", f"{claim.id} {claim.mechanism} (expected {claim.expect}): {claim.says}"]
            lines.append(f"  {'':42} {'cause/target':>13} {'own ratio':>18} {'shrunk':>18} {'weight':>6}")
            shown = [t for t in claim.triads if t.rate_ratio is not None]
            for t in shown:
                own = _ratio(t.rate_ratio, t.rate_ratio_lower, t.rate_ratio_upper)
                pulled = _ratio(t.shrunk, t.shrunk_lower, t.shrunk_upper)
                weight = "" if t.weight is None else f"{t.weight:.0%}"
                count = f"{t.n_cause_events}/{t.n_target_events}"
                lines.append(f"  {t.title[:42]:42} {count:>13} {own:>18} {pulled:>18} {weight:>6}")
            if claim.rate_ratio is not None:
                mean = _ratio(claim.rate_ratio, claim.rate_ratio_lower, claim.rate_ratio_upper)
                new = _range(claim.new_lower, claim.new_upper)
                lines.append(f"  {f'all {claim.n_triads}':42} {'':>13} {'':>18} {mean:>18}")
                lines.append(f"  between triads: I2 {claim.i_squared:.0%}; one more triad would lie in {new}")
            else:
                lines.append("  too few triads with data to pool")
            without = _why(claim.triads)
            lines += [f"  {why}: {', '.join(names)}" for why, names in without.items()]
        return "\n".join([*lines, "", self.method, *self.remarks])


def _why(triads: Sequence[TriadEffect]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for triad in triads:
        if triad.left_out_because:
            count = f" ({triad.n_cause_events}/{triad.n_target_events})"
            found.setdefault(triad.left_out_because, []).append(triad.triad + count)
    return found


def _ratio(ratio: float | None, low: float | None, high: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f} ({_range(low, high)})"


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"{low:.2f}–{high:.2f}" if high < 100 else f"{low:.2f}–…"
