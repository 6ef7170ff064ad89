"""What a sentence is proposed to be coded as, and how often such proposals are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal, and its chance by the model."""

    value: str
    chance: float


@dataclass(frozen=True, slots=True)
class ActorsProposed:
    """Who acted, and on whom; the same on both sides for an act done together."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    chance: float


@dataclass(frozen=True, slots=True)
class Coded:
    """A proposed row: for each part a few proposals, the likeliest first."""

    sentence: str
    day: date
    named: tuple[str, ...]  # the states that it names, in their order
    actors: tuple[ActorsProposed, ...]
    types: tuple[Proposed, ...]
    contexts: tuple[Proposed, ...]
    quad_class: int  # 1 to 4, whose types are likeliest together
    magnitude: float | None  # what an act of the likeliest type usually counts for


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often proposals are right, over some held-out sentences; shares from 0 to 1."""

    sentences: int
    type_first: float
    type_among_three: float
    quad_class: float
    context_first: float
    context_among_three: float
    named_both: int  # sentences that name every state of their row, two or more
    actors_first: float  # of these
    actors_among_three: float
    states_first: float  # of these: the states right, whoever acted on whom
    others_among_three: float  # actors among three in the others


@dataclass(frozen=True, slots=True)
class CoderScores:
    """A coder trained before a day and tried on the rows from then on.

    by : name of a part of the held-out rows -> Accuracy
    confusion : true type -> proposed type -> sentences
    """

    trained_before: date
    trained_on: int
    by: Mapping[str, Accuracy]
    confusion: Mapping[str, Mapping[str, int]]
