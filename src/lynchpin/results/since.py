"""What changed between an earlier brief and this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from lynchpin.results.base import Shown

Day: TypeAlias = date  # in a record that has a field of that name

#: A chance that moved by less is not told.
LEAST_MOVE = 0.05


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An act that this brief rests on and the earlier one did not."""

    event_id: str
    date: Day
    known_from: Day
    source: tuple[str, ...]
    target: tuple[str, ...]
    event_class: str | None
    magnitude: float | None
    summary: str
    url: str
    #: it came on or after the earlier brief's day; it came before and was known only since; or neither: it was put in
    because: Literal["happened since", "known since", "added to the record"]


@dataclass(frozen=True, slots=True)
class MovedGrade:
    """A row of the ledger whose grade or side is another; "" for the grade of a row that did not stand."""

    id: str
    mechanism: str
    before: str  # the grade and its side in words
    now: str
    size_before: float | None  # in the row's unit
    size_now: float | None
    unit: str | None
    because: str


@dataclass(frozen=True, slots=True)
class MovedChance:
    """A chance that moved by `LEAST_MOVE` or more; of an agreement also one whose stage is another."""

    of: Literal["acts", "agreement"]
    name: str  # "KOR -> JPN : security_cooperation", or the agreement's id
    title: str  # of the agreement; "" for acts
    before: float | None  # chance of any act within the horizon, or that the agreement stands so a year on
    now: float | None
    expected_before: float | None  # acts expected; None for an agreement
    expected_now: float | None
    stage_before: str  # "" for acts
    stage_now: str
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Since(Shown):
    """What changed since an earlier brief, and what moved it.

    earlier : the file that holds the earlier brief, or the day it was made anew for
    origin_before, origin, last_event_before, last_event : the days that both stand on
    events_before, events : how many each used
    new_events : in order of time; None where the earlier brief does not say which acts it rests on
    gone, rewritten : ids of acts that the earlier brief rests on and this one does not, and of those that say something
        else now
    grades, chances : what moved
    causes : what moved it, a sentence each; empty where nothing changed
    """

    earlier: str
    origin_before: date
    origin: date
    last_event_before: date
    last_event: date
    events_before: int
    events: int
    new_events: tuple[NewEvent, ...]
    gone: tuple[str, ...]
    rewritten: tuple[str, ...]
    grades: tuple[MovedGrade, ...]
    chances: tuple[MovedChance, ...]
    causes: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return not (self.new_events or self.gone or self.rewritten or self.grades or self.chances or self.causes)
