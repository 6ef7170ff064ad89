"""What is asked of the engine: every choice that can change a number, resolved and in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import inf
from typing import Any, Literal, get_args

import polars as pl

from lynchpin.engine.likelihoods.coordination import COORDINATION
from lynchpin.engine.likelihoods.counts import RATE
from lynchpin.engine.likelihoods.exact import EXACT
from lynchpin.engine.likelihoods.interval import INTERVAL
from lynchpin.engine.likelihoods.levels import FACTORS
from lynchpin.engine.likelihoods.likelihood import Likelihood, Needs
from lynchpin.engine.likelihoods.multinomial import TYPE
from lynchpin.engine.likelihoods.ordinal import BRESLOW, EFRON
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import COLUMN_NAMES
from lynchpin.engine.rem.terms import Term
from lynchpin.errors import BadValue, UnknownName, suggest

Kind = Literal["ordinal", "interval", "choice", "rate", "type"]
Ties = Literal["breslow", "efron", "exact"]
DecayTo = Literal["now", "previous"]
Counts = Literal["poisson", "nb2"]
Cluster = Literal["none", "dyad", "time"]
CovariateFrom = Literal["after", "at"]
ControlWeights = Literal["auto", "nested", "weighted"]

#: Events per time point from which controls are weighted: a time point then has enough of them to stand for everyone.
MANY_EVENTS = 10.0

#: Which dyad acts next, and which receiver a sender chooses, by what simultaneous events share.
_BY_TIES: dict[Ties, Likelihood] = {"breslow": BRESLOW, "efron": EFRON, "exact": EXACT}
_CHOICE: dict[Ties, Likelihood] = {
    ties: replace(one, needs=one.needs._replace(by_sender=True, idle=False)) for ties, one in _BY_TIES.items()
}

#: The word of a request -> the likelihood, given what simultaneous events share and how counts are distributed. The one
#: place that knows likelihoods by name.
_LIKELIHOODS: dict[Kind, Callable[[Ties, Counts], Likelihood]] = {
    "ordinal": lambda ties, counts: _BY_TIES[ties],
    "interval": lambda ties, counts: INTERVAL,
    "choice": lambda ties, counts: _CHOICE[ties],
    "rate": lambda ties, counts: RATE[counts],
    "type": lambda ties, counts: TYPE,
}

#: Columns that say when a pair is at risk.
PAIR_EDGES = frozenset(("since", "until", "through"))

#: What a column of times may be called.
TIMES = frozenset(COLUMN_NAMES["time"])

_OPTIONS = {
    "clock": ("time", "order"),
    "likelihood": tuple(_LIKELIHOODS),
    "ties": get_args(Ties),
    "decay_to": get_args(DecayTo),
    "counts": get_args(Counts),
    "cluster": get_args(Cluster),
    "covariate_from": get_args(CovariateFrom),
    "control_weights": get_args(ControlWeights),
}


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A model of a stream.

    terms : the effects, one coefficient each
    likelihood : ordinal, interval, choice, rate or type
    risk_set : "full", "active" or "senders"; `dyads` in its place
    controls : how many others are drawn for each event's dyad; None: everyone at risk
    control_weights : "nested", each event is compared with controls of its own as they are (exact ties: the events of
        one time with controls drawn for them together); "weighted", events of one time are compared with all their
        controls, each with the weight of those it stands for; "auto": weighted where a time point has MANY_EVENTS
        events on average, a likelihood has a clock, or Efron's ties have a time point with two events
    ties : what simultaneous events share (ordinal and choice): Breslow's or Efron's denominators, or "exact", the
        conditional likelihood of up to `MOST_TIED` of them
    decay_to : the instant that decay is reckoned to: the time point itself, or the one before
    decay_factor : multiply decayed counts by ln2 / half-life, as some papers do
    clock : "time", or "order": times are replaced by 1, 2, 3, ... before anything else
    start : when the record starts: events before are history only, one at the start counts; a clock starts there too
        (interval, rate); None: with the first event
    stop : until when the record was watched: later events are left out, and a clock stops there; None: the last event
    first : time points at the head that are history only; None: none, and one where a waiting time needs it
    step : length of a step (rate)
    counts : distribution of counts (rate)
    seed : of the sample of controls
    fixed : coefficients that are given, not estimated: (name, or effect as written; value)
    undirected : events have no direction: what is compared are pairs; under "choice" a pair acts where both choose it
    typed : types are at risk: what is compared are dyads each with every type that is explained
    outcome : types of the events that are explained; all others are history only; none: every event is explained
    random : of "sender", "receiver", "dyad", those that have an effect each, partially pooled: normal, with standard
        deviations by Laplace's approximation
    ridge : precision of a normal prior of every coefficient but the baseline
    cluster : what standard errors are robust to: nothing, dependence within a dyad, or within a time point
    covariates : name -> frame; presence, dyads : frames or None
    covariates_at : the covariates whose values count at their time whatever the next says: statistics from elsewhere
    covariate_from : whether a value dated t counts for what comes after t, or for what happens at t too
    """

    terms: tuple[Term, ...]
    likelihood: Kind = "ordinal"
    risk_set: str = "full"
    controls: int | None = None
    control_weights: ControlWeights = "auto"
    ties: Ties = "breslow"
    decay_to: DecayTo = "now"
    decay_factor: bool = False
    clock: Literal["time", "order"] = "time"
    start: float | None = None
    stop: float | None = None
    first: int | None = None
    step: float = 1.0
    counts: Counts = "poisson"
    seed: int = 1
    ridge: float = 0.0
    random: tuple[str, ...] = ()
    cluster: Cluster = "none"
    covariates: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    covariate_from: CovariateFrom = "after"
    covariates_at: tuple[str, ...] = ()
    presence: pl.DataFrame | None = None
    dyads: pl.DataFrame | None = None
    outcome: tuple[str, ...] = ()
    typed: bool = False
    undirected: bool = False
    fixed: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in _OPTIONS.items():
            if getattr(self, name) not in allowed:
                raise UnknownName(f"no {name} {getattr(self, name)!r}", name, suggest(getattr(self, name), allowed))
        for name, value, is_right, what in (
            ("ridge", self.ridge, 0.0 <= self.ridge < inf, "a finite number that is not negative"),
            ("step", self.step, 0.0 < self.step < inf, "finite and more than zero"),
            ("first", self.first, self.first is None or self.first >= 0, "0 or more"),
            ("seed", self.seed, 0 <= self.seed < 2**63, "a whole number from 0 to 2^63 - 1"),
            ("start", self.start, self.start is None or abs(self.start) < inf, "a time"),
            ("stop", self.stop, self.stop is None or abs(self.stop) < inf, "a time"),
        ):
            if not is_right:
                raise BadValue(f"{name} must be {what}, not {value}", name, "mend it")
        if self.controls is not None and any(e.scale == "std" for t in self.terms for e in t.effects):
            raise BadValue("scale=std needs everyone at risk", "controls", "leave out controls, or use scale=log1p")
        self._check_random()
        if self.undirected:
            self._check_undirected()
        for name, value in self.fixed:
            if not abs(value) < inf:
                raise BadValue(f"{name} is fixed at {value}", "fix", "give a finite number")
        if self.fixed and self.random:
            raise BadValue("random effects go with estimated coefficients", "fix", "leave it out, or random")
        needs = self.needs
        if self.fixed and needs.events_only:
            raise BadValue("the type model has a coefficient for each type, and none is given", "fix", "leave it out")
        if self.clock == "order":
            self._check_order()
        if needs.clock and self.control_weights == "nested":
            raise BadValue("a likelihood with a clock needs weights", "control_weights", "leave it out")
        if self.typed and needs.events_only:
            raise BadValue("the type model asks of which type an event is, given the dyad", "typed", "leave it out")
        late = any(e.lag and e.half_life for t in self.terms for e in t.effects)
        if late and self.decay_to == "previous":
            raise BadValue("a lag with decay is reckoned to now", "decay_to", "leave it out, or the lag")
        if self.controls is not None and needs.events_only:
            raise BadValue("the type model compares events only", "controls", "leave them out")
        if self.controls is not None and needs.subsets and self.control_weights == "weighted":
            raise BadValue(
                "exact ties compare sets of dyads as they are, without weights", "control_weights", "leave it out"
            )

    def _check_order(self) -> None:
        """Where time points are counted, nothing else may speak of time."""
        if self.stop is not None and self.needs.clock:
            raise BadValue("order has no clock that can stop: it counts time points", "stop", "leave it out")
        dated = self.dated
        if self.presence is not None or dated:
            what = f"covariate {dated[0]} has times" if dated else "presence has times"
            raise BadValue(f"{what}, and the clock counts time points", "clock", "leave out clock, or the times")

    def _check_undirected(self) -> None:
        """Pairs have no senders; a choice of coordination is made of everyone's choices, one pair at a time."""
        if self.needs.events_only:
            raise BadValue("the type model asks nothing of direction", "undirected", "leave it out")
        if self.risk_set == "senders":
            raise BadValue("undirected events have no senders", "risk set", "use the full risk set")
        if set(self.random) - {"dyad"} or (self.random and self.needs.mutual):
            raise BadValue("undirected events have random effects of pairs only", "random", "use dyad, or leave it out")
        if not self.needs.mutual:
            return
        for name, is_said in (
            ("controls", self.controls is not None),
            ("ties", self.ties != "breslow"),
            ("typed", self.typed),
        ):
            if is_said:
                raise BadValue("a choice of coordination is compared with every other", name, "leave it out")

    @property
    def dated(self) -> list[str]:
        """The covariates that vary over time."""
        return [name for name, table in self.covariates.items() if {c.strip().lower() for c in table.columns} & TIMES]

    @property
    def has_pair_spells(self) -> bool:
        """Whether the pairs at risk are so for a time only."""
        return self.dyads is not None and bool({c.strip().lower() for c in self.dyads.columns} & PAIR_EDGES)

    def _check_random(self) -> None:
        for factor in self.random:
            if factor not in FACTORS:
                raise UnknownName(f"no random effect {factor!r}", "random", suggest(factor, FACTORS))
        if self.random and not self.terms and not self.needs.baseline:
            raise BadValue(
                "random effects of a model without any coefficient are not fitted", "random", "name an effect"
            )
        if self.random and self.needs.subsets:
            raise BadValue("exact ties have no random effects", "ties", "use efron")
        if self.random and self.cluster != "none":
            raise BadValue("random effects go with plain errors", "cluster", "leave cluster out")
        if self.needs.by_sender and "sender" in self.random:
            raise BadValue("an effect of the sender is the same for all its receivers", "random", "use receiver")
        if self.needs.by_sender and "dyad" in self.random:
            raise BadValue("a choice has no effects of dyads", "random", "use receiver, or the ordinal likelihood")
        if self.risk_set == "senders" and set(self.random) - {"sender"}:
            raise BadValue("only senders are at risk", "random", "use sender")
        if self.controls is not None and "dyad" in self.random:
            raise BadValue("effects of dyads need everyone at risk", "controls", "leave them out")

    @property
    def model(self) -> Likelihood:
        """The likelihood that is asked for."""
        if self.undirected and self.likelihood == "choice":
            return COORDINATION
        return _LIKELIHOODS[self.likelihood](self.ties, self.counts)

    @property
    def needs(self) -> Needs:
        """What that likelihood is laid out on."""
        return self.model.needs

    @property
    def history_only(self) -> int:
        """Time points at the head that are not fitted: the first event of an interval model has no waiting time."""
        if self.first is not None:
            return self.first
        return int(self.needs.waits and self.start is None)

    def resolved(self, events_per_time_point: float, has_ties: bool) -> Request:
        """With what "auto" stands for; a weighted sample adds noise of its own, which errors by time point take in.

        Raises
        ------
        BadValue : Efron's ties, and controls of its own for each event
        """
        if self.controls is None:
            return self
        weights, is_efron = self.control_weights, self.needs.ties and self.ties == "efron" and has_ties
        if weights == "nested" and is_efron:
            raise BadValue(
                "each event is compared with controls of its own, so that none shares anything (Efron)",
                "control_weights",
                "leave out ties, or take control_weights=weighted",
            )
        if weights == "auto":
            many = is_efron or events_per_time_point >= MANY_EVENTS
            weights = "weighted" if self.needs.clock or (many and not self.needs.subsets) else "nested"
        by_time = weights == "weighted" and self.cluster == "none" and not self.random
        return replace(self, control_weights=weights, cluster="time" if by_time else self.cluster)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, from which `from_dict` makes the request again."""
        plain = {k: v for k, v in asdict(self).items() if k not in ("terms", "covariates", "presence", "dyads")}
        plain["effects"] = " ".join(term.text(repr) for term in self.terms)
        plain["covariates"] = {name: table.to_dict(as_series=False) for name, table in self.covariates.items()}
        for name in ("presence", "dyads"):
            table = getattr(self, name)
            plain[name] = None if table is None else table.to_dict(as_series=False)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Request:
        values = dict(plain)
        values["random"] = tuple(values["random"])
        values["outcome"] = tuple(values.get("outcome", ()))
        values["covariates_at"] = tuple(values.get("covariates_at", ()))
        values["fixed"] = tuple((name, float(value)) for name, value in values.get("fixed", ()))
        # a half-life beside unique, which said nothing, could be written down once
        effects = re.sub(r"half_life=[^,)]+, (?=[^()]*\bunique\b)", "", values.pop("effects"))
        values["terms"] = parse_effects(effects)
        values["covariates"] = {name: pl.DataFrame(table) for name, table in values["covariates"].items()}
        for name in ("presence", "dyads"):
            values[name] = None if values[name] is None else pl.DataFrame(values[name])
        return cls(**values)
