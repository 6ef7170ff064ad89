"""The way through the rooms: from a case and a record to a fit, and from a fit to a brief.

This is what the command line calls and what `import lynchpin` offers. May import: everything but brief, cli and web.
"""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path

import polars as pl

from lynchpin._version import __version__
from lynchpin.agreements import read_agreements
from lynchpin.cases import Case, case_events, read_case
from lynchpin.events import parse_day
from lynchpin.forecast import reveal as reveal_forecast
from lynchpin.forecast.forecast import forecast_draws, summarise
from lynchpin.forecast.months import month_start
from lynchpin.models import Fit, fit_case
from lynchpin.notes import notes
from lynchpin.relations import relation_index
from lynchpin.results import AgreementLife, Brief, Provenance
from lynchpin.store import data_hash

#: A record that ends more than this many days before `as_of` is taken to have ended, not to have gone quiet.
QUIET_DAYS = 62

_PACKAGES = ("numpy", "scipy", "numba", "polars", "duckdb")


def load_case(case: str | Path) -> Case:
    """Read and check a case: see `lynchpin.cases.read_case`."""
    return read_case(case)


def fit(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    episodes: bool | None = None,
) -> Fit:
    """Fit a case to what was known on a day.

    Parameters
    ----------
    case : Case, or the name or path of one
    events : path of a store made by `lynchpin ingest`; None for the case's own chronology
    as_of : day, or YYYY-MM-DD: nothing dated on or after it is used; None for the whole record
    episodes : bool, fold the reports of one act into one; None: where any row was coded by machine

    Returns
    -------
    Fit

    Raises
    ------
    LynchpinError : the case or the record cannot be read, or no event is dated before `as_of`

    Examples
    --------
    >>> found = fit("northeast-asia", as_of="2012-07-09")
    >>> found.converged
    True
    """
    day = None if as_of is None else parse_day(as_of, name="as_of")
    read = case if isinstance(case, Case) else read_case(case, as_of=day)
    known = case_events(read, events, as_of=day, episodes=episodes)
    made_from = _provenance(read, known, day)
    return fit_case(read, known, made_from.origin, made_from)


def make_brief(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    reveal: bool = False,
    days: int = 180,
    draws: int = 1000,
    episodes: bool | None = None,
) -> Brief:
    """Everything a brief shows.

    Parameters
    ----------
    case, events, as_of : as for `fit`
    reveal : bool, add what happened from the origin on, apart from all else; used in nothing
    days : int, how far the outlook reaches
    draws : int, simulated paths
    episodes : as for `fit`

    Returns
    -------
    Brief
    """
    found = fit(case, events, as_of=as_of, episodes=episodes)
    read, made_from = found.case, found.made_from
    drawn = forecast_draws(found, days=days, draws=draws)
    outlook = summarise(found, drawn)
    plain = Brief(
        provenance=made_from,
        title=read.title,
        account=read.account,
        citation=read.citation,
        actors=read.labels,
        roles=read.roles,
        classes={c.name: c.means for c in read.classes},
        groups=read.groups,
        events=found.events.filter(pl.col("event_class").is_not_null() & _among(read)),
        index=relation_index(read, found.events, made_from.origin),
        claims=found.claims().rows,
        forecast=outlook,
        watch=read.watch,
        agreements=_agreements(read, made_from.origin),
        fit_table=found.to_frame(),
        notes=notes(found, outlook),
    )
    if not reveal:
        return plain
    end = month_start(made_from.origin, int(outlook.table["month"].max()))  # type: ignore[arg-type]
    whole = case_events(read, events, episodes=made_from.view == "episodes")  # an act's first report dates it
    later = whole.filter((pl.col("date") >= made_from.origin) & (pl.col("date") < end))
    return replace(
        plain,
        forecast=reveal_forecast(found, drawn, later),
        revealed=later.filter(pl.col("event_class").is_not_null() & _among(read)),
        revealed_agreements=tuple(
            replace(life, history=tuple(act for act in life.history if act.date >= made_from.origin))
            for life in _agreements(read, end)
            if life.since >= made_from.origin
        ),
    )


def _among(case: Case) -> pl.Expr:
    """Events with a state of the case on both sides."""
    states = list(case.states)
    return pl.all_horizontal(pl.col(side).list.set_intersection(states).list.len() > 0 for side in ("source", "target"))


def _agreements(case: Case, before: date) -> tuple[AgreementLife, ...]:
    if case.agreements_file is None or case.stages_file is None:
        return ()
    return read_agreements(
        case.agreements_file, case.stages_file, before=before, among=case.states, first=case.flagship
    )


def _provenance(case: Case, known: pl.DataFrame, as_of: date | None) -> Provenance:
    first: date = known["date"].min()  # type: ignore[assignment]
    last: date = known["date"].max()  # type: ignore[assignment]
    day_after = last + timedelta(days=1)
    quiet = as_of is not None and (as_of - last).days <= QUIET_DAYS
    return Provenance(
        case=case.name,
        case_title=case.title,
        as_of=as_of,
        origin=as_of if as_of is not None and quiet else day_after,
        data_hash=data_hash(known),
        case_hash=case.hash,
        events_used=known.height,
        first_event_date=first,
        last_event_date=last,
        seed=case.seed,
        version=__version__,
        packages={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _PACKAGES},
        },
        datasets=dict(sorted(known["dataset"].value_counts().iter_rows())),
        view="episodes" if "reports" in known.columns else "reports",
        reports=int(known["reports"].sum()) if "reports" in known.columns else known.height,
    )
