"""The claims ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

import polars as pl

from lynchpin.results.base import RATIO, Drawn, Effect, Estimated, Expect, Rows, Told, plain

Verdict = Literal["supported", "contradicted", "not detectable", "untestable"]


@dataclass(frozen=True, slots=True)
class TopEvent:
    """An act that weighs much in a claim: what the estimate would be without it."""

    event_id: str
    date: date
    part: Literal["cause", "outcome", "cause and outcome"]
    headline: str
    shift: float  # log rate ratio with the act less without it
    rate_ratio_without: float  # per doubling of the cause, were the act left out


@dataclass(frozen=True, slots=True)
class Claim(Estimated):
    """One row of the claims ledger: a claim, the mechanism that states it, and what the record says.

    `estimate`, `lower`, `upper` and `standard_error` of its effect are log rate ratios per unit of the statistic;
    `rate_ratio` and its bounds are what doubling the cause does to the rate (1.10: ten per cent more). All can be read
    of the claim itself, and are None when it is untestable.
    """

    SPREAD: ClassVar = {
        "effect": ("estimate", "lower", "upper", "standard_error", *RATIO),
        "note": ("note", "percent_per_doubling"),
    }

    id: str  # "C3"
    claim: str  # the account's claim in words
    mechanism: str  # name of the mechanism; "" when untestable
    says: str  # the mechanism's text; "" when untestable
    sentence: str  # the mechanism as an English sentence
    expect: Expect
    effect: Effect | None = None
    half_life_days: float | None = None
    half_life_interval: tuple[float, float] | None = None  # 90 %, when it was estimated
    verdict: Verdict = "untestable"
    rule: str = ""  # the verdict's rule, in words
    detectable: float | None = None  # smallest rate ratio per doubling that the rule finds in 80 of 100 such records
    n_cause_events: int = 0
    n_target_events: int = 0
    untestable_because: str | None = None
    note: str = ""
    joint_acts: str = "none"  # acts that stand on both sides: "left out" or "counted" as causes; "none": none can
    placebo_p: float | None = None  # share of records with the cause moved in time that lie as far on the expected side
    placebo_p_against: float | None = None  # the same on the other side
    placebo_shifts: int = 0
    holm_p: float | None = None  # placebo_p, adjusted for all claims tested beside it: Holm
    bh_p: float | None = None  # the same: Benjamini and Hochberg
    heldout_gain: float | None = None  # log score of held-out acts with the mechanism less without it, in nats
    heldout_steps: int = 0
    top_events: tuple[TopEvent, ...] = ()  # the acts that weigh most, heaviest first

    @property
    def percent_per_doubling(self) -> float | None:
        """What doubling the cause adds to the rate, in per cent."""
        return None if self.effect is None else 100.0 * (self.effect.rate_ratio - 1.0)


@dataclass(frozen=True, slots=True)
class Share:
    """What a mechanism accounts for of the acts that it moves, over a period, with 90 % intervals.

    `share` keeps history: at each step all is remembered as it was, and the mechanism is switched off; it is
    1 - expected_without / expected, negative where the mechanism holds acts back. `replayed_share` plays the period
    anew from its first day with and without the mechanism, so that what the missing acts would have led to counts too;
    None where that was not asked for.
    """

    mechanism: str
    recorded: int  # acts of the dyads and classes that it moves; one that stands in two directions counts twice
    expected: float
    expected_without: float
    share: float
    share_lower: float
    share_upper: float
    replayed: float | None = None  # acts expected of the replay with the mechanism; far from recorded, the model drifts
    replayed_without: float | None = None
    replayed_share: float | None = None
    replayed_lower: float | None = None
    replayed_upper: float | None = None


@dataclass(frozen=True, slots=True)
class Shares(Told, Rows[Share]):
    """What each mechanism accounts for over one period: a sequence of `Share`, in the order of the mechanisms."""

    rows: tuple[Share, ...]
    since: date | None  # the first day, None for the first that was fitted
    until: date | None  # the day after the last


@dataclass(frozen=True, slots=True)
class Ledger(Told, Drawn, Rows[Claim]):
    """The claims of a fit, in the order of its case: a sequence of `Claim`."""

    rows: tuple[Claim, ...]
    rule: str = ""  # the verdict's rule, in words

    def to_frame(self) -> pl.DataFrame:
        """One row per claim and mechanism, a column per key of `Claim` but the rule."""
        rows = [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in self.rows]
        return pl.DataFrame(rows, infer_schema_length=None)
