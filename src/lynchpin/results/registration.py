"""What was frozen before new data came, and what a ledger on the new data is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lynchpin.results.base import Drawn, Shown, Told
from lynchpin.results.claims import Ledger


@dataclass(frozen=True, slots=True, repr=False)
class Registration(Told, Shown):
    """A case and its test as they stood on a day, frozen: what later data will be held against.

    case_text : the whole text of its case.toml; half_lives : of every mechanism, as given or fitted then
    last_day : nothing dated on it or before is tested; data_hash, stages_hash : of the events and of the stages of
        agreements that were known then
    rule, cuts, rates : of the grades; hash : SHA-256 over all else
    """

    version: str
    case: str
    case_text: str
    half_lives: Mapping[str, float | None]  # None: acts do not fade
    last_day: date
    data_hash: str
    stages_hash: str  # "" where the case names no agreements
    events: int
    view: str  # "reports" or "episodes"
    rule: str
    cuts: tuple[float, ...]
    rates: tuple[float, ...]
    shifts: int
    seed: int
    hash: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Confirmation(Told, Drawn, Shown):
    """A ledger of frozen definitions on events after the last day that was frozen: confirmatory, tested once.

    changes : what is otherwise now, in words; the frozen definitions were tested all the same
    """

    ledger: Ledger
    registered: str  # the hash of the registration
    last_day: date
    tested_from: date  # the first day of the record that was tested
    tested_to: date
    events: int
    changes: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the ledger is, and what has changed since."""
        head = (
            f"Confirmatory: definitions, statistic, grades and seed are those of registration {self.registered[:12]}, "
            f"whose record ends on {self.last_day}; tested once, on {self.events} events from {self.tested_from} to "
            f"{self.tested_to}, all after it. A second look at the same days is no second test; and the file says what "
            "was frozen, not when."
        )
        since = tuple(f"Changed since: {change}" for change in self.changes) or ("Nothing has changed since.",)
        return (head, *since)
