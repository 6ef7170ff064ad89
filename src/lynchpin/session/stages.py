"""The way from a case to the stages of an agreement on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from lynchpin.account.cases import Case, read_known
from lynchpin.answers.agreements.stage_by import MOST_DRAWS
from lynchpin.answers.agreements.stage_by import stage_by as look_for
from lynchpin.days import parse_day
from lynchpin.results import Provenance, StageBy
from lynchpin.session.agreements import fitted_agreements, named


def stage_by(
    case: Case | str | Path,
    agreement: str,
    by: str | date,
    events: str | Path | None = None,
    *,
    stages: Sequence[str] = (),
    as_of: str | date | None = None,
    draws: int = MOST_DRAWS,
    seed: int | None = None,
    episodes: bool | None = None,
) -> tuple[Provenance, StageBy]:
    """The chance of each stage of an agreement on a day, and when it comes to some: see `answers.agreements.stage_by`.

    Parameters
    ----------
    case, events, as_of, episodes : as for `fit`
    agreement : its id
    by : the last day that counts
    stages : those to ask the time of; none for all that it has not come to and can
    draws : int; seed : int or None, None for the case's own

    Raises
    ------
    BadData, UnknownName, DidNotConverge : as for `agreements`
    BadValue : no such stage, or the day is out of reach

    Examples
    --------
    >>> _, ahead = stage_by("northeast-asia", "gsomia-jpn-kor", "2013-07-08", as_of="2012-07-09", stages=["signed"])
    >>> ahead.standing, [one.stage for one in ahead.reached]
    ('agreed_in_principle', ['signed'])
    """
    known = read_known(case, events, as_of=as_of, episodes=episodes)
    fitted = fitted_agreements(known)
    fitted = fitted if seed is None else replace(fitted, seed=seed)
    life = named(fitted.lives, agreement, known.origin)
    return known.provenance.seeded(seed), look_for(fitted, life, parse_day(by, name="--by"), stages=stages, draws=draws)
