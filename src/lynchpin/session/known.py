"""The fit to what was known on a day, and what came after it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.account.cases import Case, Known, case_events, read_known
from lynchpin.model import Fit, fit_case

__all__ = ["Known", "came_after", "fit", "read_known"]


def fit(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    episodes: bool | None = None,
) -> Fit:
    """A case fitted to what was known on a day: see `lynchpin.fit`."""
    return fit_case(read_known(case, events, as_of=as_of, episodes=episodes))


def came_after(known: Known, events: str | Path | None, end: date) -> pl.DataFrame:
    """What happened from the origin on: to be shown beside an answer, and used in none.

    Parameters
    ----------
    known : Known
    events : path of the store that it was read from; None for the case's own chronology
    end : date, the first day that is not shown

    Returns
    -------
    DataFrame, as from `case_events` and in the same view. An act is dated by its first report, so the whole record is
    folded, and reports of an act that was known before are left out.
    """
    whole = case_events(known.case, events, episodes=known.view == "episodes")
    return whole.filter((pl.col("date") >= known.origin) & (pl.col("date") < end))
