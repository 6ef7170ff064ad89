"""What a case is: who acts, what counts as what, what moves what, and which claims that states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import inf
from pathlib import Path
from typing import Literal

from lynchpin.account.theory import CheckedMechanism, Vocabulary
from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology.contexts import contexts
from lynchpin.results import Expect, Watch


@dataclass(frozen=True, slots=True)
class EventClass:
    """A rule that takes events into a class; an event belongs to the first class whose rule it fits."""

    name: str
    means: str
    types: tuple[str, ...]  # PLOVER types; empty: any
    contexts: tuple[str, ...]  # any of these; empty: any
    sign: Literal["", "+", "-"]  # of the magnitude; "": any


@dataclass(frozen=True, slots=True)
class ClaimText:
    """A claim of the account, in words."""

    id: str
    name: str
    text: str
    untestable_because: str  # "" when a mechanism states it


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One line of theory: what moves whose rate of what."""

    name: str
    claim: str  # claim id, or ""
    says: str
    expect: Expect
    half_life_days: float | None  # None: to be fitted; inf: no decay
    note: str
    checked: CheckedMechanism
    window_days: float = inf  # an act counts so long, after the lag
    lag_days: float = 0.0  # an act begins to count so long after it happened


@dataclass(frozen=True, slots=True)
class Control:
    """A standard network statistic that every class gets a coefficient for."""

    statistic: str
    half_life_days: float

    @property
    def label(self) -> str:
        return f"{self.statistic}({self.half_life_days:g}d)"


@dataclass(frozen=True, slots=True)
class Case:
    """A case as read and checked; `hash` is the sha256 of its TOML file."""

    name: str
    title: str
    account: str
    citation: str
    start: date
    step_days: int
    seed: int
    states: tuple[str, ...]
    sectors: tuple[str, ...]  # sector nodes, as "KOR.OPP"
    labels: Mapping[str, str]  # node -> name
    roles: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, str]
    classes: tuple[EventClass, ...]
    groups: Mapping[str, tuple[str, ...]]
    claims: tuple[ClaimText, ...]
    mechanisms: tuple[Mechanism, ...]
    controls: tuple[Control, ...]
    watch: tuple[Watch, ...]
    index_half_life_days: float
    counts: Literal["negative binomial", "poisson"]
    exposure_half_life_days: float | None  # None: no exposure
    prior_sd: float
    events_file: Path | None
    agreements_file: Path | None
    stages_file: Path | None
    flagship: str
    path: Path
    hash: str
    rules: Mapping[str, str] = field(default_factory=dict)  # role -> the rule that chose its players
    roles_on: date | None = None  # the day for which rules were read; None when every role is a list
    account_date: date | None = None  # the day on which the account was written

    def mechanism(self, name: str) -> Mechanism:
        """The mechanism of a name.

        Raises
        ------
        UnknownName : the case has none of that name
        """
        for mechanism in self.mechanisms:
            if mechanism.name == name:
                return mechanism
        names = [mechanism.name for mechanism in self.mechanisms]
        raise UnknownName(f"no mechanism named {name!r}", self.name, suggest(name, names, noun="mechanism"))

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.classes)

    @property
    def nodes(self) -> tuple[str, ...]:
        return self.states + self.sectors

    @property
    def vocabulary(self) -> Vocabulary:
        """The names that a pattern of acts can use."""
        return Vocabulary(
            nodes=self.nodes,
            roles=self.roles,
            variables=self.variables,
            classes=self.class_names,
            groups=self.groups,
            contexts=frozenset(contexts("lynchpin")),
            mechanisms=tuple(m.name for m in self.mechanisms),
        )
