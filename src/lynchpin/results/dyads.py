"""Each mechanism by the dyads that it moves: how much they differ, and each given all the others."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lynchpin.results.base import Drawn, Expect, plain
from lynchpin.results.periods import ratio_text


@dataclass(frozen=True, slots=True)
class DyadEffect:
    """One mechanism in one directed dyad. Ratios are per doubling of the cause, with 90 % intervals.

    `rate_ratio` is what the dyad's own acts say, without any prior; `shrunk` is that pulled toward the common mean.
    """

    dyad: str  # "KOR->JPN"
    n_target_events: int
    estimate: float | None
    standard_error: float | None
    rate_ratio: float | None
    rate_ratio_lower: float | None
    rate_ratio_upper: float | None
    shrunk: float | None
    shrunk_lower: float | None
    shrunk_upper: float | None
    left_out_because: str | None


@dataclass(frozen=True, slots=True)
class DyadClaim:
    """One mechanism in all dyads that it moves."""

    id: str
    claim: str
    mechanism: str
    says: str
    expect: Expect
    n_cause_events: int
    n_dyads: int  # pooled; 0 where fewer than two can be
    rate_ratio: float | None  # of the mean
    rate_ratio_lower: float | None
    rate_ratio_upper: float | None
    sd: float | None  # between dyads, of log rate ratios per unit of the statistic
    sd_lower: float | None
    sd_upper: float | None  # None: as large as one likes
    spread_p: float | None  # were all dyads alike, the chance that they seem to differ as much
    dyads: tuple[DyadEffect, ...]


@dataclass(frozen=True, slots=True)
class DyadLedger(Drawn):
    """The mechanisms of a case that move several directed dyads, by dyad."""

    claims: tuple[DyadClaim, ...]
    method: str

    def to_frame(self) -> pl.DataFrame:
        """One row for each mechanism and dyad."""
        rows = [{"mechanism": c.mechanism, **plain(one)} for c in self.claims for one in c.dyads]
        return pl.DataFrame(rows, infer_schema_length=None)

    def summary(self) -> str:
        """The forest in text, mechanism by mechanism, the dyads with too little data named."""
        lines: list[str] = []
        for claim in self.claims:
            lines += [
                f"{claim.id:4} {claim.mechanism} (expected {claim.expect}), {claim.n_cause_events} acts of its cause"
            ]
            lines.append(f"     {'':12} {'acts':>5} {'own ratio':>20} {'shrunk':>20}")
            for one in claim.dyads:
                if one.rate_ratio is not None:
                    own = ratio_text(one.rate_ratio, one.rate_ratio_lower, one.rate_ratio_upper)
                    pulled = ratio_text(one.shrunk, one.shrunk_lower, one.shrunk_upper)
                    lines.append(f"     {one.dyad:12} {one.n_target_events:5d} {own:>20} {pulled:>20}".rstrip())
            lines.append(f"     {spread_text(claim)}")
            without = [
                f"{one.dyad} ({one.n_target_events}): {one.left_out_because}"
                for one in claim.dyads
                if one.left_out_because
            ]
            lines += [f"     {text}" for text in without] + [""]
        return "\n".join([*lines, self.method])


def spread_text(claim: DyadClaim) -> str:
    """The mean over dyads and how much they differ, in words."""
    if claim.sd is None or claim.rate_ratio is None:
        return "too few dyads with data to pool"
    mean = ratio_text(claim.rate_ratio, claim.rate_ratio_lower, claim.rate_ratio_upper)
    upper = "…" if claim.sd_upper is None else f"{claim.sd_upper:.2f}"
    return (
        f"all {claim.n_dyads}: {mean}; sd between dyads {claim.sd:.2f} ({claim.sd_lower:.2f} to {upper}); "
        f"p {claim.spread_p:.2f}"
    )
