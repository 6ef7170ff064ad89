"""The claims ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

import polars as pl

from lynchpin.results.base import RATIO, Drawn, Effect, Estimated, Expect, Rows, Shown, Told, plain

#: How strong the evidence is, and on which side of what the account expects. The cuts stand in `evidence/verdict.py`.
Grade = Literal["strong", "moderate", "slight", "none"]
Leaning = Literal["for", "against"]
Verdict = Literal["strong", "moderate", "slight", "none", "untestable"]

#: What a row rests on: a cause held against its own copies moved in time; counts of agreements and what became of them,
#: answered exactly; two simulated futures, which are the model's answer and no test.
Basis = Literal["timing", "counts", "futures"]


def evidence_text(verdict: Verdict, side: Leaning | None) -> str:
    """A grade and its side in words: the one place that says what a grade says.

    Examples
    --------
    >>> evidence_text("moderate", "for"), evidence_text("none", "against"), evidence_text("untestable", None)
    ('moderate evidence for it', 'no evidence either way', 'no test of it')
    """
    if verdict == "untestable":
        return "no test of it"
    if verdict == "none":
        return "no evidence either way"
    return f"{verdict} evidence" + ("" if side is None else f" {side} it")


@dataclass(frozen=True, slots=True)
class Footing:
    """What a mechanism stands on where another answer leans on it: its grade, as its row in the ledger has it."""

    mechanism: str
    claim: str  # id of the claim that it states, or ""
    verdict: Verdict
    side: Leaning | None

    @property
    def is_shown(self) -> bool:
        """Whether the record has any evidence of it, for or against."""
        return self.verdict not in ("none", "untestable")

    def words(self) -> str:
        """What the record says of it: "moderate evidence for it", "no evidence either way"."""
        return evidence_text(self.verdict, self.side)

    def __str__(self) -> str:
        return f"{self.mechanism.replace('_', ' ')}{f' ({self.claim})' if self.claim else ''}"


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
class Window:
    """One stretch of held-out steps: how much better the acts in it were foretold with a mechanism than without."""

    start: date
    end: date  # the day after the last
    gain: float  # log score with it less without it, in nats


@dataclass(frozen=True, slots=True, repr=False)
class Claim(Estimated, Shown):
    """One row of the claims ledger: a claim, what states it, and what the record says. All of it speaks of `effect`.

    Where the basis is timing, `effect` is the timing effect: what the cause does to the rate once the slow drift of
    both is out, not shrunk. Its `estimate`, `lower`, `upper` and `standard_error` are log rate ratios per unit of the
    statistic; `rate_ratio` and its bounds are what doubling the cause does to the rate (1.10: ten per cent more);
    `at_least` and `at_most` are the ends of the 90 % interval in `unit`, each wrong in 5 of 100 cases. Where the basis
    is a share of agreements or a difference of futures, the same keys are in that unit and the rate ratio is None. All
    can be read of the claim itself, and are None when it is untestable.

    A row of another basis than timing is made by hand: `id`, `claim`, `says` (the definition that was counted or
    played), `sentence`, `expect`, `effect` (with its `unit`), `basis`, `grade`, `side`, `error_rate`, `would_settle`,
    `note`; the fields of timing keep their defaults. Without an `effect` a row is untestable, and says why.
    """

    SPREAD: ClassVar = {
        "effect": ("estimate", "lower", "upper", "standard_error", *RATIO, "unit", "at_least", "at_most"),
        "grade": ("verdict", "grade"),
        "model": ("model_estimate", "model_standard_error", "model_rate_ratio"),
        "note": ("note", "percent_per_doubling"),
    }

    id: str  # "C3"
    claim: str  # the account's claim in words
    mechanism: str  # name of the mechanism; "" when untestable
    says: str  # the mechanism's text; "" when untestable
    sentence: str  # the mechanism as an English sentence
    expect: Expect
    effect: Effect | None = None
    basis: Basis = "timing"
    grade: Grade = "none"
    side: Leaning | None = None  # of what the account expects; None when untestable
    error_rate: float | None = None  # share of records without an effect that reach this grade on this side, at most
    would_settle: str | None = None  # what more of the record would tell how large an effect, in words
    half_life_days: float | None = None
    half_life_interval: tuple[float, float] | None = None  # 90 %, when it was estimated
    rule: str = ""  # the grades' rule, in words
    detectable: float | None = None  # smallest size in `unit` that is graded moderate in 80 of 100 such records
    n_cause_events: int = 0
    n_target_events: int = 0
    untestable_because: str | None = None
    note: str = ""
    announced: tuple[str, ...] = ()  # entries of the calendar whose days are a control of it: of its outcome, and known
    joint_acts: str = "none"  # acts that stand on both sides: "left out" or "counted" as causes; "none": none can
    fit_z: float | None = None  # what fits: estimate of the joint model over its error
    timing_z: float | None = None  # timing: the estimate over its error
    levels: tuple[float, float, float] | None = None  # what both must exceed to be strong, moderate, slight
    placebo_p: float | None = None  # share of records with the cause moved in time that lie as far on the expected side
    placebo_p_against: float | None = None  # the same on the other side
    placebo_shifts: int = 0
    holm_p: float | None = None  # placebo_p, adjusted for all claims tested beside it: Holm
    bh_p: float | None = None  # the same: Benjamini and Hochberg
    heldout_gain: float | None = None  # log score of held-out acts with the mechanism less without it, in nats
    heldout_steps: int = 0
    heldout_windows: tuple[Window, ...] = ()  # the gain, window by window
    prior_sensitivity: tuple[float, float] | None = None  # size, were the priors of the fit half and twice as wide
    model: Effect | None = None  # the penalised coefficient of the joint model: what simulation and forecasts use
    top_events: tuple[TopEvent, ...] = ()  # the acts that weigh most, heaviest first

    @property
    def verdict(self) -> Verdict:
        """The grade's word, or that nothing tests it."""
        return "untestable" if self.effect is None else self.grade

    @property
    def footing(self) -> Footing:
        """What it stands on, for answers that lean on its mechanism."""
        return Footing(self.mechanism, self.id, self.verdict, self.side)

    @property
    def graded(self) -> str:
        """The grade and its side in words: "moderate against", "none", "the model's answer"."""
        if self.effect is not None and self.basis == "futures":
            return "the model's answer"
        return self.verdict if self.grade == "none" or self.side is None else f"{self.grade} {self.side}"

    @property
    def model_estimate(self) -> float | None:
        return None if self.model is None else self.model.estimate

    @property
    def model_standard_error(self) -> float | None:
        return None if self.model is None else self.model.standard_error

    @property
    def model_rate_ratio(self) -> float | None:
        return None if self.model is None else self.model.rate_ratio

    @property
    def percent_per_doubling(self) -> float | None:
        """What doubling the cause adds to the rate, in per cent."""
        return None if self.rate_ratio is None else 100.0 * (self.rate_ratio - 1.0)


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


@dataclass(frozen=True, slots=True, repr=False)
class Shares(Told, Rows[Share], Shown):
    """What each mechanism accounts for over one period: a sequence of `Share`, in the order of the mechanisms."""

    rows: tuple[Share, ...]
    since: date | None  # the first day, None for the first that was fitted
    until: date | None  # the day after the last


@dataclass(frozen=True, slots=True)
class Whole:
    """The account as a whole: do its mechanisms together beat their own copies moved in time, and gain held out?

    `statistic` is the sum of the mechanisms' studentised scores, each on its expected side, over what the same sum is
    in records whose causes were moved in time: in standard deviations of those.
    """

    mechanisms: tuple[str, ...]  # those that were tested and have an expected side
    fit_z: float  # the sum of the joint model's estimates over their errors, over what that varies by
    statistic: float
    placebo_p: float  # share of moved records whose sum is as large
    placebo_shifts: int
    grade: Grade
    side: Leaning
    error_rate: float | None
    heldout_gain: float  # log score of held-out acts with all mechanisms less with none, in nats
    heldout_steps: int
    heldout_windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Ledger(Told, Drawn, Rows[Claim], Shown):
    """The claims of a fit, in the order of its case: a sequence of `Claim`."""

    rows: tuple[Claim, ...]
    rule: str = ""  # the grades' rule, in words
    whole: Whole | None = None  # the account as a whole; None where it has no mechanism to test

    def to_frame(self) -> pl.DataFrame:
        """One row per claim and mechanism, a column per key of `Claim` but the rule."""
        rows = [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in self.rows]
        return pl.DataFrame(rows, infer_schema_length=None)
