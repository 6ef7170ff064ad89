"""Everything a brief shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from lynchpin.results.agreements import AgreementLife
from lynchpin.results.claims import Claim
from lynchpin.results.fade import Fade
from lynchpin.results.forecast import Forecast, Watch
from lynchpin.results.provenance import Provenance
from lynchpin.results.relations import RelationIndex


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
    fade: Fade | None = None  # how the push of the first mechanism whose half-life was fitted comes and goes
    revealed_fade: Fade | None = None  # the same, the acts that came marked and remembered beyond the origin
