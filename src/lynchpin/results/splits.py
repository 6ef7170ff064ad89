"""A mechanism taken apart: by dyad, by period, by the strength of a condition, or by triad.

Each part has what its own acts say of the mechanism. Where parts are places, they are pooled too: a common mean, how
much they differ, and each given all the others. Where they follow each other, each is told against the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from lynchpin.results.base import RATIO, UNSEEN, Effect, Estimated, Expect, Shown, drawn, flat, is_unseen, part, plain

if TYPE_CHECKING:
    import altair as alt

SplitBy = Literal["dyad", "period", "condition", "triad"]

#: From this ratio on, the upper end of an interval says nothing and is shown as open.
OPEN_FROM = 100.0


@dataclass(frozen=True, slots=True)
class SplitPart(Estimated):
    """A mechanism in one part of the record; what does not belong to the kind of part is left out.

    `effect` is what the part's own acts say, by their timing as in a ledger; `shrunk` is that pulled toward the mean.
    """

    part: str = ""  # "KOR->JPN", "USA-JPN-KOR", "least"
    title: str = ""  # of a triad
    first: date | None = None  # of a period
    last: date | None = None  # the day after the period
    trace: float | None = None  # of a condition: decayed number of acts that it stands for
    share_of_steps: float | None = None  # of dyads and steps in which the condition is at most so strong
    n_cause_events: int = 0
    n_target_events: int = 0
    effect: Effect | None = None
    shrunk: Effect | None = None
    weight: float | None = None  # share in the mean; None where it is not pooled
    left_out_because: str | None = None  # why there is no effect


@dataclass(frozen=True, slots=True)
class EffectChange(Estimated):
    """What an effect is multiplied by: from one period to the next, or when a condition doubles. Above 1: more upward.

    `effect` is the difference of log rate ratios, later less earlier; `rate_ratio` the ratio of the rate ratios.
    """

    on: date | None = None  # the day of the split
    effect: Effect | None = None
    detectable: float | None = None  # the smallest ratio above 1 that 80 of 100 such records show; as good inverted


@dataclass(frozen=True, slots=True)
class PooledEffect(Estimated):
    """The mean over places, and how much they differ."""

    n: int  # places in it
    effect: Effect
    sd: float  # between places, of log rate ratios per unit of the statistic
    sd_lower: float
    sd_upper: float | None  # None: as large as one likes
    spread_p: float  # were all places alike, the chance that they seem to differ as much
    i_squared: float  # share of the spread that is not error
    new: Effect  # where the effect in one more place would lie

    def spread_text(self, places: str) -> str:
        """How much places differ, in words."""
        upper = "…" if self.sd_upper is None else f"{self.sd_upper:.2f}"
        return f"sd between {places} {self.sd:.2f} ({self.sd_lower:.2f} to {upper})"


@dataclass(frozen=True, slots=True, repr=False)
class SplitClaim(Shown):
    """One mechanism in all of its parts."""

    id: str
    claim: str
    mechanism: str  # of a condition: the one whose effect is told by it
    says: str
    expect: Expect
    splits: tuple[SplitPart, ...]
    n_cause_events: int = 0
    pooled: PooledEffect | None = None  # of places; None where fewer than two can be
    changes: tuple[EffectChange, ...] = ()  # one fewer than periods; one for a condition
    product: str = ""  # name of the mechanism that multiplies by a condition
    condition: str = ""  # as text
    ledger: Effect | None = None  # the mechanism's row in the ledger of the whole record; None of triads

    def before(self, number: int) -> EffectChange | None:
        """How a period differs from the one before it; None for the first."""
        return self.changes[number - 1] if number else None


@dataclass(frozen=True, slots=True, repr=False)
class ManyTriads(Shown):
    """What a theory was fitted to, triad by triad."""

    theory: str
    title: str
    on: date  # the day that roles are read for
    between: str  # rule for what ties the two allies
    origin: date
    first_event_date: date
    last_event_date: date
    events_used: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class SplitLedger(Shown):
    """The mechanisms of a case, or of a theory, by the parts of its record."""

    by: SplitBy
    claims: tuple[SplitClaim, ...]
    method: str
    days: tuple[date, ...] = ()  # each begins a period
    made_from: ManyTriads | None = None  # of triads

    def plot(self, mechanism: str | None = None) -> alt.TopLevelMixin:
        """The forest of one mechanism, the first unless another is named; by period, the intervals of all."""
        return drawn(self, mechanism)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: what it is of, the method, and every claim with its parts."""
        about = {"splits": self.days} if self.by == "period" else {}
        about |= {} if self.made_from is None else flat(self.made_from)
        rows = {"interactions" if self.by == "condition" else "claims": [_claim(self.by, c) for c in self.claims]}
        values: dict[str, Any] = plain(about | {"method": self.method} | rows)
        return values

    def to_frame(self) -> pl.DataFrame:
        """One row for each mechanism and part; a change stands with the later of two periods."""
        rows = []
        for claim in self.claims:
            head = {"id": claim.id, "product": claim.product, "mechanism": claim.mechanism}
            for number, split in enumerate(claim.splits):
                change = claim.before(number) if self.by == "period" else None
                later = {} if change is None else {f"change_{k}": v for k, v in _change(change).items()}
                rows.append(plain(_only(_FRAME[self.by], head) | _split(self.by, split) | later))
        return pl.DataFrame(rows, infer_schema_length=None)

    def summary(self) -> str:
        """The mechanisms as text, part by part; below them the method."""
        lines: list[str] = []
        if (triads := self.made_from) is not None:
            tied = f"; two allies with {triads.between}" if triads.between else ""
            lines.append(f"{triads.title}, on {triads.on}")
            lines.append(f"{triads.events_used} events, {triads.first_event_date} to {triads.last_event_date}{tied}")
        lines += [line for claim in self.claims for line in _LINES[self.by](claim)]
        if lines[-1:] != [""]:
            lines.append("")
        return "\n".join([*lines, self.method, *(triads.remarks if triads else ())])


# -- The keys of each kind, in their order.

_RATIO = " ".join(RATIO)
_LOGS = f"estimate standard_error {_RATIO}"
_SHRUNK = "shrunk shrunk_lower shrunk_upper"
_LEDGER = "ledger_ratio ledger_ratio_lower ledger_ratio_upper"

_FRAME: Mapping[SplitBy, str] = {
    "dyad": "mechanism",
    "period": "id mechanism",
    "condition": "product mechanism",
    "triad": "mechanism",
}

_SPLIT: Mapping[SplitBy, str] = {
    "dyad": f"dyad n_target_events {_LOGS} {_SHRUNK} left_out_because",
    "period": f"first last n_cause_events n_target_events {_LOGS} nothing_because",
    "condition": f"strength trace share_of_steps {_RATIO}",
    "triad": f"triad title n_cause_events n_target_events {_LOGS} {_SHRUNK} weight left_out_because",
}

_CLAIM: Mapping[SplitBy, str] = {
    "dyad": f"id claim mechanism says expect n_cause_events n_dyads {_RATIO} sd sd_lower sd_upper spread_p "
    f"{_LEDGER} dyads",
    "period": f"id claim mechanism says expect {_LEDGER} periods changes",
    "condition": f"id claim product says expect mechanism condition {_LEDGER} "
    "change change_lower change_upper conditions",
    "triad": f"id claim mechanism says expect n_triads {_LOGS} tau i_squared new_lower new_upper triads",
}


def _only(keys: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in keys.split()}


def _ratio(name: str, effect: Effect | None) -> dict[str, float | None]:
    """A rate ratio with its ends, under a name."""
    return {key.replace("rate_ratio", name): getattr(effect, key, None) for key in RATIO}


def _logs(record: Estimated | None) -> dict[str, float | None]:
    """The numbers of a record's effect."""
    return {key: getattr(record, key, None) for key in _LOGS.split()}


def _split(by: SplitBy, split: SplitPart) -> dict[str, Any]:
    """One part of a claim as data."""
    own = {by: split.part, "strength": split.part, "nothing_because": split.left_out_because}
    return _only(_SPLIT[by], flat(split) | own | _logs(split) | _ratio("shrunk", split.shrunk))


def _change(change: EffectChange) -> dict[str, Any]:
    """One period against the one before it as data."""
    log = {"on": change.on, "difference": change.estimate, "standard_error": change.standard_error}
    return log | _ratio("ratio", change.effect) | {"stand": change.stand, "detectable": change.detectable}


def _claim(by: SplitBy, claim: SplitClaim) -> dict[str, Any]:
    """A claim with its parts as data; what it has none of is left out by the keys of its kind."""
    pooled = claim.pooled
    spread = {key: getattr(pooled, key, None) for key in ("sd", "sd_lower", "sd_upper", "spread_p", "i_squared")}
    own = {f"{by}s": [_split(by, split) for split in claim.splits], f"n_{by}s": 0 if pooled is None else pooled.n}
    own |= {"changes": [_change(change) for change in claim.changes], "tau": spread["sd"]}
    own |= _ratio("change", claim.changes[0].effect if claim.changes else None)
    own |= _ratio("new", None if pooled is None else pooled.new) | _ratio("ledger_ratio", claim.ledger)
    return _only(_CLAIM[by], flat(claim) | own | spread | _logs(pooled))


# -- Words that texts, pages and pictures share.


def shown(effect: Effect | None) -> str:
    """A rate ratio with its interval, open from a hundred on; "" where there is none, words where it says nothing."""
    if effect is None:
        return ""
    if effect.is_ratio and is_unseen(effect.at_least, effect.at_most):
        return UNSEEN
    return effect.text(open_from=OPEN_FROM)


def change_text(change: EffectChange | None) -> str:
    """How a period differs from the one before it, and whether that could have been seen; "" for the first."""
    if change is None:
        return ""
    if change.effect is None:
        return "no change can be told"
    word = {"raises": "more upward", "lowers": "more downward", "not clear": "no change is clear"}
    said = f"{shown(change.effect)} {word[change.effect.stand]}"
    if change.detectable is None:
        return f"{said}; none would show"
    beyond = "only more than ×10" if change.detectable > 10.0 else f"×{change.detectable:.2f}"
    return f"{said}; {beyond} would show"


def pooled_text(claim: SplitClaim, places: str = "dyads") -> str:
    """The mean over places and how much they differ, in words."""
    pooled = claim.pooled
    if pooled is None:
        return f"too few {places} with data to pool"
    return f"all {pooled.n}: {shown(pooled.effect)}; {pooled.spread_text(places)}; p {pooled.spread_p:.2f}"


# -- A claim of each kind as lines of text.


def _dyad_lines(claim: SplitClaim) -> Iterator[str]:
    line = "     {:9} {:>5} {:>18} {:>18}".format  # within 60 columns
    acts = "act" if claim.n_cause_events == 1 else "acts"
    yield f"{claim.id:4} {claim.mechanism} (expected {claim.expect}), {claim.n_cause_events} {acts} of its cause"
    if any(dyad.effect is not None for dyad in claim.splits):
        yield line("", "acts", "own ratio", "shrunk")
    for dyad in claim.splits:
        if dyad.effect is not None:
            yield line(dyad.part, dyad.n_target_events, shown(dyad.effect), shown(dyad.shrunk)).rstrip()
    yield f"     {pooled_text(claim)}"
    if claim.ledger is not None:
        yield f"     ledger: {shown(claim.ledger)}"
    for dyad in claim.splits:
        if dyad.left_out_because:
            yield f"     {dyad.part} ({dyad.n_target_events}): {dyad.left_out_because}"
    yield ""


def _period_lines(claim: SplitClaim) -> Iterator[str]:
    yield f"{claim.id:4} {claim.mechanism} (expected {claim.expect})"
    if claim.ledger is not None:
        yield f"     {'whole record, as in the ledger':32} {shown(claim.ledger)}"
    for number, period in enumerate(claim.splits):
        acts = f"{period.n_cause_events}/{period.n_target_events}"
        size = shown(period.effect) or period.left_out_because
        change = change_text(claim.before(number))
        yield f"     {period.first} to {period.last} {acts:>9} {size:22} {change}".rstrip()


def _condition_lines(claim: SplitClaim) -> Iterator[str]:
    line = "     {:9} {:>6} {:>34}".format
    yield f"{claim.id:4} {claim.product} (expected {claim.expect}): {claim.mechanism} where there is {claim.condition}"
    yield line("", "trace", f"ratio of {claim.mechanism}")
    for condition in claim.splits:
        yield line(condition.part, f"{condition.trace:.2f}", shown(condition.effect))
    yield f"     when the condition doubles, that ratio is multiplied by {shown(claim.changes[0].effect)}"
    yield ""


def _triad_lines(claim: SplitClaim) -> Iterator[str]:
    line = "  {:42} {:>13} {:>18} {:>18} {:>6}".format
    yield ""
    yield f"{claim.id} {claim.mechanism} (expected {claim.expect}): {claim.says}"
    yield line("", "cause/target", "own ratio", "shrunk", "weight")
    without: dict[str, list[str]] = {}
    for triad in claim.splits:
        acts = f"{triad.n_cause_events}/{triad.n_target_events}"
        if triad.effect is not None:
            weight = "" if triad.weight is None else part(triad.weight)
            yield line(triad.title[:42], acts, shown(triad.effect), shown(triad.shrunk), weight)
        if triad.left_out_because:
            without.setdefault(triad.left_out_because, []).append(f"{triad.part} ({acts})")
    if (pooled := claim.pooled) is None:
        yield f"  {pooled_text(claim, 'triads')}"
    else:
        new = pooled.new.interval(open_from=OPEN_FROM)
        yield f"  {f'all {pooled.n}':42} {'':>13} {'':>18} {shown(pooled.effect):>18}"
        yield f"  between triads: I2 {part(pooled.i_squared)}; one more triad would lie in {new}"
    yield from (f"  {why}: {', '.join(triads)}" for why, triads in without.items())


_LINES: Mapping[SplitBy, Callable[[SplitClaim], Iterator[str]]] = {
    "dyad": _dyad_lines,
    "period": _period_lines,
    "condition": _condition_lines,
    "triad": _triad_lines,
}
