"""Where a result comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

#: A record that ends so many days before the day asked for is said to.
QUIET_DAYS = 31


def ends(last: date, as_of: date | None, stands_on: date | None = None) -> str:
    """Where a record ends, where that is long before the day asked for; "" where it is not.

    Parameters
    ----------
    last : day of the last event that was known
    as_of : the day asked for; None for the whole record
    stands_on : the day that the answer stands on, where it is another

    Examples
    --------
    >>> ends(date(2014, 7, 19), date(2014, 7, 30))
    ''
    >>> print(ends(date(2014, 7, 19), date(2014, 10, 31), date(2014, 7, 20)))
    The record ends on 2014-07-19: of the 103 days before 2014-10-31 it holds nothing. The answer stands on 2014-07-20.
    """
    quiet = (as_of - last).days - 1 if as_of else 0
    if quiet < QUIET_DAYS:
        return ""
    stands = "" if stands_on in (None, as_of) else f" The answer stands on {stands_on}."
    return f"The record ends on {last}: of the {quiet} days before {as_of} it holds nothing.{stands}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that is needed to make a result again."""

    case: str
    case_title: str
    as_of: date | None  # None: the whole record
    origin: date  # the day the fit and the forecast stand on: as_of, or the day after the last event
    data_hash: str  # sha256 of the events used
    case_hash: str  # sha256 of case.toml
    events_used: int
    first_event_date: date
    last_event_date: date
    seed: int
    version: str
    packages: Mapping[str, str]  # package -> version
    datasets: Mapping[str, int]  # feed -> events used
    view: str = "reports"  # "episodes" where the reports of one act were folded into one event
    reports: int = 0  # reports behind the events used
    store: str = field(default="", compare=False)  # file name of the store; "" for the case's own chronology

    def told(self) -> str:
        """Case, day, events and store in a line, and where the record ends if that is long before the day."""
        when = f"as of {self.as_of}" if self.as_of else f"the whole record, to {self.last_event_date}"
        noun = "episodes" if self.view == "episodes" else "events"
        line = (
            f"{self.case}, {when}: {self.events_used:,} {noun} from {self.first_event_date} to "
            f"{self.last_event_date}, {self.store or 'own chronology'}"
        )
        late = ends(self.last_event_date, self.as_of, self.origin)
        return f"{line}\n{late}" if late else line

    def seeded(self, seed: int | None) -> Provenance:
        """The same with the seed that was used; None for the case's own, which it has."""
        return self if seed is None else replace(self, seed=seed)

    def sentence(self) -> str:
        """The case, the day and the record that a result stands on, in one line."""
        day = f"as of {self.as_of}" if self.as_of is not None else f"the whole record, to {self.last_event_date}"
        feeds = ", ".join(self.datasets)
        return (
            f"{self.case}, {day}: {self.events_used:,} events {self.first_event_date} to {self.last_event_date}"
            f"{f' ({feeds})' if feeds else ''}"
        )
