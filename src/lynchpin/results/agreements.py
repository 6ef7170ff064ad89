"""Agreements and their stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from lynchpin.results.base import Effect, Shown, Tabled, Told
from lynchpin.results.provenance import Provenance

Day: TypeAlias = date  # a record may have a field of the name `date`


@dataclass(frozen=True, slots=True)
class StageRow:
    """One act in the life of an agreement."""

    date: Day
    precision: str  # "day", "month" or "year"
    stage: str
    actor: str  # side that moved it; "" for a joint act
    summary: str
    url: str
    status: str  # "verified" or "recalled"
    known_from: Day | None = None  # day from which it was known, where later than its own; None: its own

    def is_known(self, as_of: Day | None) -> bool:
        """Whether it had happened and was known on the morning of a day; None for the end of all."""
        return as_of is None or max(self.date, self.known_from or self.date) < as_of


@dataclass(frozen=True, slots=True)
class StageChance:
    """The chance that an agreement stands at a stage some days after the origin, with its 90 % interval.

    Beside it the base rate: the share of past moments of others at the same stage after which they stood so.
    """

    horizon_days: int
    stage: str  # negotiating, agreed_in_principle, signed, in_force, suspended, termination_notice or ended
    probability: float
    lower: float
    upper: float
    base_rate: float | None = None  # None where no such moment of another is known


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
    """An agreement as a two-level game: see `lynchpin.answers.agreements.two_level`."""

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
class StageEffect:
    """What a cause does to the hazard of a move of agreements, per doubling of it.

    effect : within agreements, slow drift of the calendar taken out; `between` : from one agreement to another, which
    is no matter of timing. Log rate ratios, with 90 % intervals
    """

    mechanism: str
    stage: str
    effect: Effect
    between: Effect | None
    timing_z: float  # the studentised statistic of the unmoved cause, over the spread of the moved ones where wider
    placebo_p: float  # share of records with the cause moved in time whose statistic is as large
    placebo_p_against: float  # as small
    placebo_shifts: int
    n_agreements: int  # at risk, whose parties the case follows
    n_moves: int
    n_causes: int


@dataclass(frozen=True, slots=True)
class StageShare:
    """Of some attempts at an agreement, how many came to a stage, with the exact 90 % interval (Clopper-Pearson)."""

    name: str
    n: int
    came: int
    share: float
    lower: float
    upper: float
    p_more: float  # chance of so many or more of them, were the share the one that it is held against
    p_fewer: float
    ended: int  # of those that did not come to it: have ended
    rest: int  # of those: still open on the day
    others: int  # attempts without one of the acts that are asked for
    others_came: int
    ids: tuple[str, ...]  # the attempts counted


@dataclass(frozen=True, slots=True, repr=False)
class AgreementLife(Shown):
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


@dataclass(frozen=True, slots=True, repr=False)
class Agreements(Tabled):
    """What is known of the agreements of a case at an origin, and what a model of their moves makes likely.

    lives : those asked for, the flagship first; n_agreements, n_moves : what the model learnt from
    only : id of the one that was asked for alone, and is told of in full; "" where all were
    notes : method and limits, a sentence or two each, with the figures of this run
    """

    provenance: Provenance
    lives: tuple[AgreementLife, ...]
    n_agreements: int
    n_moves: int
    draws: int
    notes: tuple[str, ...]
    only: str = ""


# -- Where an agreement will stand on a day, and when it will come to a stage.


@dataclass(frozen=True, slots=True, repr=False)
class StageReached(Told, Shown):
    """When an agreement comes to a stage.

    A level (negotiating, agreed_in_principle, signed, in_force) is reached from above too, the others by standing so.
    q05 ... q95 are days by which it is there with that chance; None where the chance is not reached by `last`.
    """

    stage: str
    since: date | None  # the day it came there, where it is there already; then the chance is one and no day is ahead
    probability: float  # of being there by the day asked for, with its 90 % interval
    lower: float
    upper: float
    q05: date | None
    q10: date | None
    q25: date | None
    q50: date | None
    q75: date | None
    q90: date | None
    q95: date | None
    last: date  # the last day looked at
    moments: int  # past moments of other agreements at the same stage, with as many days known after them
    moments_reached: int  # of these, those that came to the stage in that time


@dataclass(frozen=True, slots=True)
class StageRival:
    """The chance of a stage on the day by a plain way, from other agreements alone."""

    model: str
    stage: str
    probability: float


@dataclass(frozen=True, slots=True, repr=False)
class StageBy(Told, Shown):
    """The chances of an agreement on a day."""

    agreement: str  # id
    title: str
    origin: date
    by: date  # the last day that counts
    standing: str  # the stage it stands at on the origin
    stages: tuple[StageChance, ...]  # the stage it stands at on the day: the chances sum to one
    reached: tuple[StageReached, ...]
    baselines: tuple[StageRival, ...]  # none where it has ended
    draws: int
    stages_hash: str  # SHA-256 of the acts of agreements that are dated before the origin
