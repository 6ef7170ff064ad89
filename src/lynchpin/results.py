"""The small frozen records that every room above the models hands to the rooms below: no maths, no drawing.

Each record turns itself into plain JSON values (`to_dict`) and, where it is a table, into a tidy frame (`to_frame`).
Dates are calendar days, counts are numbers of events, rates are per step, probabilities lie in [0, 1]; a value that
is not known is None. May import: errors, events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, overload

import polars as pl

if TYPE_CHECKING:
    import altair as alt

Verdict = Literal["supported", "contradicted", "not detectable", "untestable"]
Expect = Literal["+", "-", "?"]

#: The quantiles that every forecast row carries, in column order.
QUANTILES: dict[str, float] = {
    "q05": 0.05,
    "q10": 0.10,
    "q25": 0.25,
    "q50": 0.50,
    "q75": 0.75,
    "q90": 0.90,
    "q95": 0.95,
}


def plain(value: Any) -> Any:
    """A record as plain JSON values: dates as YYYY-MM-DD, floats to six significant digits, no NaN or infinity.

    Six digits are more than any estimate here can defend, and keep the text the same wherever it is made.
    """
    if is_dataclass(value) and not isinstance(value, type):
        to_dict = getattr(value, "to_dict", None)
        return plain(to_dict()) if to_dict else {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, pl.DataFrame):
        return [plain(row) for row in value.to_dicts()]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}") if isfinite(value) else None
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return plain(value.item())  # a numpy scalar


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that is needed to make a result again."""

    case: str
    case_title: str
    as_of: date | None  # None: the whole record
    origin: date  # the day the fit and the forecast stand on: as_of, or the day after the last event
    data_hash: str  # sha256 of the events used
    case_hash: str  # sha256 of case.toml
    events_used: int
    first_event_date: date
    last_event_date: date
    seed: int
    version: str
    packages: Mapping[str, str]  # package -> version
    datasets: Mapping[str, int]  # feed -> events used
    view: str = "reports"  # "episodes" where the reports of one act were folded into one event
    reports: int = 0  # reports behind the events used


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the claims ledger: a claim, the mechanism that states it, and what the record says.

    `estimate`, `lower` and `upper` are log rate ratios per unit of the statistic; `rate_ratio` and its bounds are what
    doubling the cause does to the rate (1.10: ten per cent more). All are None when the claim is untestable.
    """

    id: str  # "C3"
    claim: str  # the account's claim in words
    mechanism: str  # name of the mechanism; "" when untestable
    says: str  # the mechanism's text; "" when untestable
    sentence: str  # the mechanism as an English sentence
    expect: Expect
    estimate: float | None
    lower: float | None  # 90 % interval
    upper: float | None
    standard_error: float | None
    rate_ratio: float | None  # per doubling of the cause
    rate_ratio_lower: float | None
    rate_ratio_upper: float | None
    half_life_days: float | None
    half_life_interval: tuple[float, float] | None  # 90 %, when it was estimated
    verdict: Verdict
    rule: str  # the verdict's rule, in words
    detectable: float | None  # smallest rate ratio per doubling that this record shows in 80 of 100 cases
    n_cause_events: int
    n_target_events: int
    untestable_because: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ledger(Sequence[Claim]):
    """The claims of a fit, in the order of its case: a sequence of `Claim`."""

    rows: tuple[Claim, ...]

    @overload
    def __getitem__(self, at: int) -> Claim: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Claim, ...]: ...
    def __getitem__(self, at: int | slice) -> Claim | tuple[Claim, ...]:
        return self.rows[at]

    def __len__(self) -> int:
        return len(self.rows)

    def to_frame(self) -> pl.DataFrame:
        """One row per claim and mechanism, a column per key of `Claim` but the rule."""
        rows = [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in self.rows]
        return pl.DataFrame(rows, infer_schema_length=None)

    def summary(self) -> str:
        """The ledger as text, the verdict's rule last."""
        lines = []
        for claim in self.rows:
            ratio, low, high = claim.rate_ratio, claim.rate_ratio_lower, claim.rate_ratio_upper
            size = f"{ratio:.2f} ({low:.2f} to {high:.2f})" if None not in (ratio, low, high) else ""
            lines.append(f"{claim.id:4} {claim.mechanism:28} {claim.expect} {size:22} {claim.verdict}")
        return "\n".join([*lines, "", self.rows[0].rule if self.rows else "no claim"])

    def plot(self) -> alt.TopLevelMixin:
        """A forest of rate ratios on a log axis."""
        from lynchpin.plots import ledger

        return ledger.draw(ledger.data(self.rows))


@dataclass(frozen=True, slots=True)
class StageRow:
    """One act in the life of an agreement."""

    date: date
    precision: str  # "day", "month" or "year"
    stage: str
    actor: str  # side that moved it; "" for a joint act
    summary: str
    url: str
    status: str  # "verified" or "recalled"


@dataclass(frozen=True, slots=True)
class AgreementLife:
    """An agreement's stage today and how it came there."""

    id: str
    title: str
    parties: tuple[str, ...]
    patron: str
    kind: str
    stage: str  # stage of the last act
    since: date
    history: tuple[StageRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RelationIndex:
    """How warm each pair is, through time, and where it turned.

    series : DataFrame, columns pair ("JPN-KOR"), date, index, lower, upper (90 %), weight (decayed number of acts).
        index in [-1, 1]: +1 all cooperation, -1 all conflict; null where the pair has no act yet.
    change_points : DataFrame, columns pair, date, before, after (mean quarterly magnitude / 10 on either side)
    gap : DataFrame, columns date, gap, lower, upper: the lateral gap, the ally-ally index minus the mean patron-ally
        index, in [-2, 2]; empty when the case has no patron with two allies
    gap_pair, gap_patron_pairs : the pairs that the gap compares
    half_life_days : float, memory of the index
    """

    series: pl.DataFrame
    change_points: pl.DataFrame
    gap: pl.DataFrame
    gap_pair: str
    gap_patron_pairs: tuple[str, ...]
    half_life_days: float


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Counts to come, per dyad, class and month, by our model and by each baseline.

    table : DataFrame, one row per model, source, target, class and month ahead; columns model, source, target,
        event_class, month (1, 2, ...), period_start, period_end (exclusive), mean, q05 ... q95 (see QUANTILES),
        p_any (chance of at least one event)
    history : DataFrame, counts in the months before the origin: source, target, event_class, month (-1 is the last
        month, -2 the one before, ...), period_start, period_end, count
    observed : DataFrame or None, what happened in the forecast's months: source, target, event_class, month,
        period_start, period_end, count; only where a reveal was asked for
    scores : DataFrame or None, with observed: model, metric ("crps", "log_score", "coverage_90"), value, n;
        smaller crps and log_score are better
    model : str, name of our own model in `table`
    totals : DataFrame or None, `table` for the whole horizon at once, summed draw by draw: the same columns without
        month (quantiles of months do not add up to the quantiles of their sum)
    """

    table: pl.DataFrame
    history: pl.DataFrame
    observed: pl.DataFrame | None
    scores: pl.DataFrame | None
    model: str
    draws: int
    horizon_days: int
    totals: pl.DataFrame | None = None

    def to_frame(self) -> pl.DataFrame:
        """One row per model, dyad, class and month ahead."""
        return self.table

    def summary(self) -> str:
        """Our expected counts over the whole horizon, the largest ten, with their 80 % intervals."""
        lines = [f"events expected over {self.horizon_days} days, {self.draws} draws"]
        if self.totals is not None:
            ours = self.totals.filter(pl.col("model") == self.model).sort("mean", descending=True).head(10)
            lines += [
                f"{row['source']} -> {row['target']} {row['event_class']:24} {row['mean']:6.1f} "
                f"({row['q10']} to {row['q90']})"
                for row in ours.iter_rows(named=True)
            ]
        return "\n".join(lines)

    def plot(self, source: str, target: str, event_class: str) -> alt.TopLevelMixin:
        """The fan of one dyad and class: months behind as bars, months ahead as bands."""
        from lynchpin.plots import fan, theme

        watch = Watch(source, target, event_class)
        name = f"{source} to {target}, {event_class.replace('_', ' ')}"
        drawn = (fan.behind(self, watch), fan.ahead(self, watch), fan.came(self, watch))
        return fan.draw(*drawn, name, theme.ACCENT)


@dataclass(frozen=True, slots=True)
class Watch:
    """A dyad and class whose outlook the brief shows large."""

    source: str
    target: str
    event_class: str


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """Everything a brief shows, ready to be drawn and printed.

    events : DataFrame in the order of `lynchpin.events.SCHEMA` plus `event_class`, dated before the origin
    revealed : DataFrame or None, the same for events on or after the origin, up to the forecast's end
    """

    provenance: Provenance
    title: str
    account: str  # what the case states, in a few sentences
    citation: str
    actors: Mapping[str, str]  # node -> name, for labels ("KOR" -> "South Korea")
    roles: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, str]  # class -> its meaning, in the case's order
    groups: Mapping[str, tuple[str, ...]]
    events: pl.DataFrame
    index: RelationIndex
    claims: tuple[Claim, ...]
    forecast: Forecast
    watch: tuple[Watch, ...]
    agreements: tuple[AgreementLife, ...]
    fit_table: pl.DataFrame  # every coefficient: name, kind, event_class, estimate, standard_error, lower, upper, ...
    notes: tuple[str, ...]  # method and limits, one sentence or two each
    revealed: pl.DataFrame | None = None
    revealed_agreements: tuple[AgreementLife, ...] = field(default=())
