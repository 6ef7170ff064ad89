"""What was known on a day: a case, and the events of its record that came before."""

from __future__ import annotations

import platform
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib import metadata
from pathlib import Path

import polars as pl

from lynchpin._version import __version__
from lynchpin.account.cases.case import Case
from lynchpin.account.cases.reading import read_case
from lynchpin.account.cases.record import Reports, case_events, origin_of
from lynchpin.days import optional_day
from lynchpin.events import acts_of, before, first_day, last_day
from lynchpin.record.store import data_hash
from lynchpin.results import Provenance

_PACKAGES = ("numpy", "scipy", "numba", "polars", "duckdb")


@dataclass(frozen=True, eq=False)
class Known:
    """A case and its record, as known on the morning of a day.

    Parameters
    ----------
    case : Case
    events : DataFrame in the columns of `case_events`, all of which were known before `origin`
    as_of : date that was asked for; None for the whole record
    origin : date, the first day that is not known: see `origin_of`
    store : str, file name of the store it was read from; "" for the case's own chronology
    """

    case: Case
    events: pl.DataFrame
    as_of: date | None
    origin: date
    store: str = ""

    @property
    def view(self) -> str:
        """ "episodes" where the reports of one act were folded into one event, else "reports"."""
        return "episodes" if "reports" in self.events.columns else "reports"

    @cached_property
    def provenance(self) -> Provenance:
        """What a result made from this says of itself. It hashes every event: worked out once, and when asked for."""
        events = acts_of(self.events)
        return Provenance(
            case=self.case.name,
            case_title=self.case.title,
            as_of=self.as_of,
            origin=self.origin,
            data_hash=data_hash(self.events),
            case_hash=self.case.hash,
            events_used=events.height,
            first_event_date=first_day(self.events),
            last_event_date=last_day(self.events),
            seed=self.case.seed,
            version=__version__,
            packages={"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}},
            datasets=dict(sorted(events["dataset"].value_counts().iter_rows())),
            view=self.view,
            reports=int(events["reports"].sum()) if self.view == "episodes" else events.height,
            store=self.store,
        )

    def before(self, day: date) -> Known:
        """What had been known on an earlier day, with the acts as they are told now."""
        return replace(self, events=before(self.events, day), as_of=day, origin=day)


def read_known(
    case: Case | str | Path,
    store: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    episodes: bool | None = None,
    reach: bool = False,
    states: Collection[str] | None = None,
) -> Known:
    """Read a case and its record as of a day.

    Parameters
    ----------
    case : Case, or the name or path of one
    store, episodes, reach, states : as for `case_events`
    as_of : day, or YYYY-MM-DD: nothing that happened or became known on or after it is used; None for all

    Raises
    ------
    LynchpinError : the case or the record cannot be read, or no event was known before `as_of`

    Examples
    --------
    >>> known = read_known("northeast-asia", as_of="2012-07-09")
    >>> known.origin, known.view, known.provenance.last_event_date
    (datetime.date(2012, 7, 9), 'reports', datetime.date(2012, 7, 8))
    """
    day = optional_day(as_of, name="as_of")
    read = case if isinstance(case, Case) else read_case(case, as_of=day)
    events = case_events(read, store, as_of=day, episodes=episodes, reach=reach, states=states)
    return Known(read, events, day, origin_of(events, day), "" if store is None else Path(store).name)


def known_of(reports: Reports, *, episodes: bool | None = None) -> Known:
    """All that `read_reports` read, as `read_known` gives it for the whole record.

    Raises
    ------
    BadValue : no event is dated from the start of the case on
    """
    events = reports.told(None, episodes)
    return Known(reports.case, events, None, origin_of(events, None), reports.store)
