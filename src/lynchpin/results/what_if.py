"""Two sets of futures, path by path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from lynchpin.results.base import Drawn, Shown, Told
from lynchpin.results.claims import Footing


def direction(lower: float, upper: float, ways: tuple[str, str] = ("more", "fewer")) -> str:
    """Which way a difference goes: the rule is that the 90 % interval leaves out none.

    Examples
    --------
    >>> direction(0.1, 0.4), direction(-0.3, 0.2), direction(0.0, 0.0)
    ('more', 'no clear difference', 'no difference')
    """
    if lower == upper == 0.0:
        return "no difference"
    return ways[0] if lower > 0.0 else ways[1] if upper < 0.0 else "no clear difference"


def signed(difference: float, digits: int = 1) -> str:
    """A difference with its sign; what rounds to none has no sign.

    Examples
    --------
    >>> signed(0.26), signed(-1.0), signed(-0.04)
    ('+0.3', '-1.0', '0.0')
    """
    text = f"{difference:+.{digits}f}"
    return text if float(text) != 0.0 else text[1:]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WhatIf(Told, Drawn, Shown):
    """A scenario against its baseline, the same seed on both sides.

    The baseline is the default forecast; what it is multiplied by is the mechanism model's.

    Counts are expected ones: what each path's coefficients and course of events make of the rates; acts that the
    scenario puts in are not among them. A difference is scenario minus baseline; `difference` is its mean over the
    pairs of paths, `lower` and `upper` hold 90 % of the pairs, `p_more` and `p_fewer` are shares of pairs (half a pair
    with and half one without added, so that none is said to be nothing, or all).

    table : DataFrame, one row per dyad and class over the whole horizon: source, target, event_class, baseline,
        scenario, difference, lower, upper, p_more, p_fewer, ratio (scenario over baseline), any_baseline
        (chance of at least one act) with any_lower, any_upper and base_rate as in `Forecast.totals`, any_scenario
        (the same chance with the scenario; missing where it silences the rate), put_in (acts that the scenario puts
        in), model_alone (whether the record has no evidence of any push by which it is moved; false where the scenario
        sets it itself, and where nobody asked)
    measures : DataFrame, one row per yardstick: name, acts, good, baseline, scenario, difference, lower, upper, p_more,
        p_fewer, put_in
    monthly : DataFrame, one row per yardstick, or per dyad and class where there is none, and month: name, month,
        period_start, period_end, baseline, scenario, and the quantiles baseline_lower, baseline_upper, scenario_lower,
        scenario_upper of the two, 90 %
    index : DataFrame, one row per pair of states (and "lateral gap") and month's end: pair, date, baseline, scenario,
        difference, lower, upper
    sentences : what the comparison says, in plain words, the most important first
    evidence : of each mechanism that the scenario plays, what the record says of it; empty where none is played, or
        where nobody asked
    """

    name: str
    title: str
    assumes: str
    claim: str  # id of the claim that it speaks to, or ""
    changes: tuple[str, ...]  # in words
    origin: date
    horizon_days: int
    draws: int
    seed: int
    table: pl.DataFrame
    measures: pl.DataFrame
    monthly: pl.DataFrame
    index: pl.DataFrame
    held_baseline: float
    held_scenario: float
    runaway_baseline: float
    runaway_scenario: float
    sentences: tuple[str, ...]
    note: str
    evidence: tuple[Footing, ...] = ()

    @property
    def is_model_alone(self) -> bool:
        """Whether mechanisms are played and the record has no evidence of any of them."""
        return bool(self.evidence) and not any(one.is_shown for one in self.evidence)

    @property
    def headline(self) -> str:
        """What the record says of the mechanisms that are played, those of its own claim first; "" of none."""
        own = [one for one in self.evidence if self.claim and one.claim == self.claim] or list(self.evidence)
        if not own:
            return ""
        if any(one.is_shown for one in own):
            said = [f"The record shows {_listed(own)}."]
        else:
            pushes = "this push" if len(own) == 1 else "these pushes"
            said = [f"The record shows no evidence for {pushes}: {', '.join(map(str, own))}."]
        rest = [one for one in self.evidence if one not in own]
        said += [f"Of what else is played it shows {_listed(rest)}."] if rest else []
        said += ["What differs is what the model makes of it, and no finding."] if self.is_model_alone else []
        return " ".join(said)

    def to_frame(self) -> pl.DataFrame:
        """One row per dyad and class."""
        return self.table


def _listed(footings: Sequence[Footing]) -> str:
    """Grades of several mechanisms, those without evidence last: "strong evidence for a (C1), none for b (C2)"."""
    shown = [f"{one.words().removesuffix(' it')} {one}" for one in footings if one.is_shown]
    none = ", ".join(str(one) for one in footings if not one.is_shown)
    return ", ".join([*shown, *([f"{'none' if shown else 'no evidence'} for {none}"] if none else [])])
