"""The cases that come with the package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lynchpin.results.base import Shown


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: `events` acts from the `first` day to the `last`; `as_of`: the day of its account, or None."""

    name: str
    title: str
    first: date
    last: date
    events: int
    agreements: int
    as_of: date | None


@dataclass(frozen=True, slots=True, repr=False)
class CaseList(Shown):
    """Cases, by name."""

    cases: tuple[CaseRow, ...]
