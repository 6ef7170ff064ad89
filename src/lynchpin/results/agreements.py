"""Agreements and their stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lynchpin.results.provenance import Provenance


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
class StageChance:
    """The chance that an agreement stands at a stage some days after the origin, with its 90 % interval."""

    horizon_days: int
    stage: str  # negotiating, agreed_in_principle, signed, in_force, suspended, termination_notice or ended
    probability: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Force:
    """What something known at the origin does to the chance of success a year on.

    change : float, the chance as it is less the chance if this were at its average; 90 % interval from the posterior
    """

    name: str
    means: str
    value: float  # at the origin: standard deviations from the average, a count, 0 or 1, or weeks
    change: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Analogue:
    """A past moment of another agreement, at the same stage and much like this one, and what came of it."""

    id: str
    title: str
    date: date
    stage: str
    distance: float  # root mean square difference, in standard deviations
    stage_after: str  # one year later
    stage_known: str  # the last that is known at the origin


@dataclass(frozen=True, slots=True)
class Side:
    """What those at home make of an agreement, on one side; on the axis 0 is the status quo and 1 the text."""

    party: str
    acts: int  # of its domestic actors, for or against
    favour: float  # decayed number of those for
    against: float
    support: float  # share that takes the text rather than the status quo, with its 90 % interval
    support_lower: float
    support_upper: float
    ideal: float  # ideal point of the ratifier, with its 90 % interval
    ideal_lower: float
    ideal_upper: float
    win_set: float  # the deepest cooperation that would be ratified
    passes: float  # chance that the text is ratified


@dataclass(frozen=True, slots=True)
class Ratification:
    """An agreement as a two-level game: see `lynchpin.agreements.two_level`."""

    sides: tuple[Side, ...]  # the binding one first
    binds: str  # the side with the smallest win-set
    chance: float  # that every side ratifies
    chance_if_binding_side_agreed: float
    needed: tuple[tuple[str, int], ...]  # side, further acts for it that would make ratification likelier than not


@dataclass(frozen=True, slots=True)
class StageDifference:
    """The chance of a stage with and without a deed, and the 90 % interval of the difference."""

    horizon_days: int
    stage: str
    without: float
    given: float
    difference: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class AgreementLife:
    """An agreement's stage today and how it came there; and, where a model was fitted, what is likely next."""

    id: str
    title: str
    parties: tuple[str, ...]
    patron: str
    kind: str
    stage: str  # stage of the last act
    since: date
    history: tuple[StageRow, ...]
    contexts: tuple[str, ...] = ()  # the issues it is about
    standing: str = ""  # the stage it stands at: a setback, say, leaves it where it was
    success: str = ""  # what `forces` move: the chance that it stands so a year after the origin
    forecast: tuple[StageChance, ...] = ()
    forces: tuple[Force, ...] = ()
    analogues: tuple[Analogue, ...] = ()
    ratification: Ratification | None = None
    what_if: tuple[StageDifference, ...] = ()  # with a deed and without it, where one was asked for


@dataclass(frozen=True, slots=True)
class Agreements:
    """What is known of the agreements of a case at an origin, and what a model of their moves makes likely.

    lives : those asked for, the flagship first; n_agreements, n_moves : what the model learnt from
    notes : method and limits, a sentence or two each, with the figures of this run
    """

    provenance: Provenance
    lives: tuple[AgreementLife, ...]
    n_agreements: int
    n_moves: int
    draws: int
    notes: tuple[str, ...]
