"""Everything a brief shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import polars as pl

from lynchpin.results.agreements import AgreementLife
from lynchpin.results.base import Shown, Tabled
from lynchpin.results.claims import Claim, Whole
from lynchpin.results.fade import Fade
from lynchpin.results.forecast import Forecast, Watch
from lynchpin.results.provenance import Provenance
from lynchpin.results.since import Since


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Brief(Tabled):
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
    fade: Fade | None = None  # how the push of the first mechanism whose half-life was fitted comes and goes
    whole: Whole | None = None  # the account as a whole
    revealed_fade: Fade | None = None  # the same, the acts that came marked and remembered beyond the origin
    record: Mapping[str, str] = field(default_factory=dict)  # feed/id of each act -> digest of its content
    since: Since | None = None  # what changed since an earlier brief

    def save(self, path: str | Path) -> Path:
        """Write the brief as one HTML file; folders are made.

        Raises
        ------
        BadValue : the name does not end in .html
        """
        file: Path = import_module("lynchpin.report.notebook").save(self, path)
        return file


# -- How warm each pair is.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RelationIndex(Shown):
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
