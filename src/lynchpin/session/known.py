"""What is known: a case and a record as of a day, and the fit to them."""

from __future__ import annotations

import platform
from datetime import date
from importlib import metadata
from pathlib import Path

import polars as pl

from lynchpin._version import __version__
from lynchpin.account.cases import Case, case_events, read_case
from lynchpin.account.cases.record import origin_of
from lynchpin.events import acts_of, parse_day
from lynchpin.model import Fit, fit_case
from lynchpin.record.store import data_hash
from lynchpin.results import Provenance

_PACKAGES = ("numpy", "scipy", "numba", "polars", "duckdb")


def fit(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    episodes: bool | None = None,
) -> Fit:
    """A case fitted to what was known on a day: see `lynchpin.fit`."""
    read, known, made_from = read_known(case, events, as_of, episodes)
    return fit_case(read, known, made_from.origin, made_from)


def read_known(
    case: Case | str | Path, events: str | Path | None, as_of: str | date | None, episodes: bool | None
) -> tuple[Case, pl.DataFrame, Provenance]:
    """A case read as of a day, the events known by then, and what a result made from them says of itself."""
    day = None if as_of is None else parse_day(as_of, name="as_of")
    read = case if isinstance(case, Case) else read_case(case, as_of=day)
    known = case_events(read, events, as_of=day, episodes=episodes)
    return read, known, _provenance(read, known, day)


def _provenance(case: Case, known: pl.DataFrame, as_of: date | None) -> Provenance:
    acts = acts_of(known)
    first: date = known["date"].min()  # type: ignore[assignment]
    last: date = known["date"].max()  # type: ignore[assignment]
    return Provenance(
        case=case.name,
        case_title=case.title,
        as_of=as_of,
        origin=origin_of(known, as_of),
        data_hash=data_hash(known),
        case_hash=case.hash,
        events_used=acts.height,
        first_event_date=first,
        last_event_date=last,
        seed=case.seed,
        version=__version__,
        packages={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _PACKAGES},
        },
        datasets=dict(sorted(acts["dataset"].value_counts().iter_rows())),
        view="episodes" if "reports" in known.columns else "reports",
        reports=int(acts["reports"].sum()) if "reports" in acts.columns else acts.height,
    )
