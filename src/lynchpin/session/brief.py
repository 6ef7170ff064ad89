"""The way from a case and a record to everything that a brief shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from lynchpin import limits
from lynchpin.account.cases import Case, Known, read_known
from lynchpin.answers.evidence import claims, fade
from lynchpin.answers.forecast import MODEL
from lynchpin.answers.forecast import reveal as reveal_forecast
from lynchpin.answers.forecast.forecast import Outlook, foresee, summarise
from lynchpin.answers.relations import relation_index
from lynchpin.days import month_start
from lynchpin.defaults import DAYS, DRAWS
from lynchpin.errors import BadValue
from lynchpin.model import Fit, fit_case
from lynchpin.report.contract import answer, dump
from lynchpin.results import Brief, Claim, Fade, Ledger, Provenance, nothing_ahead
from lynchpin.session.agreements import agreements_of, looked_ahead
from lynchpin.session.known import came_after, fit
from lynchpin.session.notes import notes
from lynchpin.session.since import earlier_day, fingerprints, is_day, read_brief
from lynchpin.session.since import since as changed

__all__ = [
    "foresee", "how_it_fades", "make_brief", "state_of_play", "with_claims", "with_outlook", "with_reveal",
]  # fmt: skip


def make_brief(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    reveal: bool = False,
    days: int = DAYS,
    draws: int = DRAWS,
    episodes: bool | None = None,
    since: str | Path | None = None,
) -> Brief:
    """Everything a brief shows.

    Parameters
    ----------
    case, events, as_of : as for `fit`
    reveal : bool, add what happened from the origin on, apart from all else; used in nothing
    days : int, how far the outlook reaches
    draws : int, simulated paths
    episodes : as for `fit`
    since : an earlier brief (what `--json` printed, or the page), or the day of one, which is made too; None for none.
        What changed since is told

    Returns
    -------
    Brief
    """
    limits.whole("days", days)
    limits.whole("draws", draws)
    earlier = None if since is None or is_day(str(since)) else read_brief(since)  # told before any work is done
    known = read_known(case, events, as_of=as_of, episodes=episodes)
    with ThreadPoolExecutor(2) as crew:  # none waits for another but for the fit; kernels let go of the lock
        lives = crew.submit(looked_ahead, known)
        fitted = fit_case(known)
        ledger = crew.submit(claims, fitted)
        ahead = foresee(fitted, days=days, draws=draws)
    plain = with_claims(state_of_play(known), fitted, ledger.result())
    plain = replace(with_outlook(plain, fitted, ahead), agreements=lives.result())
    if since is not None:
        if earlier is None:
            day = earlier_day(str(since), known.origin)
            then = make_brief(case, events, as_of=day, days=days, draws=draws, episodes=episodes)
            earlier = json.loads(dump(answer(then)))
        plain = replace(plain, since=changed(plain, earlier, Path(str(since)).name))
    return with_reveal(plain, fitted, ahead, events) if reveal else plain


# -- A brief step by step: each takes what was made before it, so that a page can show the first while others are made.


def state_of_play(known: Known) -> Brief:
    """What needs no fit: the events, the relation index, and where the agreements stand; all else is empty."""
    read = known.case
    events = known.events.filter(pl.col("event_class").is_not_null() & _among(read))
    return Brief(
        provenance=known.provenance,
        title=read.title,
        account=read.account,
        citation=read.citation,
        actors=read.labels,
        roles=read.roles,
        classes={c.name: c.means for c in read.classes},
        groups=read.groups,
        events=events,
        record=fingerprints(events),
        index=relation_index(read, known.events, known.origin),
        claims=(),
        forecast=nothing_ahead(),
        watch=read.watch,
        agreements=agreements_of(read, known.origin),
        fit_table=pl.DataFrame(),
        notes=(),
    )


def with_claims(brief: Brief, fitted: Fit, ledger: Ledger) -> Brief:
    """The claims, the coefficients, and how the first push whose half-life was fitted fades."""
    fade_of = _fade(fitted, ledger.rows)
    return replace(brief, claims=ledger.rows, whole=ledger.whole, fit_table=fitted.to_frame(), fade=fade_of)


def with_outlook(brief: Brief, fitted: Fit, ahead: Outlook) -> Brief:
    """The outlook, and the method in words."""
    outlook = summarise(ahead)
    return replace(brief, forecast=outlook, notes=notes(fitted, outlook))


def with_reveal(brief: Brief, fitted: Fit, ahead: Outlook, events: str | Path | None) -> Brief:
    """What happened from the origin on, apart from all else; `events` as for `make_brief`."""
    known, read = fitted.known, fitted.case
    end = month_start(known.origin, len(ahead.months[MODEL]))
    later = came_after(known, events, end)
    return replace(
        brief,
        forecast=reveal_forecast(ahead, later),
        revealed=later.filter(pl.col("event_class").is_not_null() & _among(read)),
        revealed_fade=_fade(fitted, brief.claims, later, (end - known.origin).days),
        revealed_agreements=tuple(
            replace(life, history=tuple(act for act in life.history if act.date >= known.origin))
            for life in agreements_of(read, end)
            if life.since >= known.origin
        ),
    )


def how_it_fades(
    case: Case | str | Path,
    mechanism: str | None = None,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    reveal: bool = False,
    dyad: str | None = None,
    days: int = DAYS,
    episodes: bool | None = None,
) -> tuple[Provenance, Fade]:
    """The push of a mechanism through time: see `lynchpin.answers.evidence.fade`.

    Parameters
    ----------
    case, events, as_of, episodes : as for `fit`
    mechanism : its name; None for the first whose half-life is fitted
    reveal : bool, mark the acts that came in the days after the origin, and let them count beyond it; no estimate
        knows of them
    dyad : "KOR -> JPN", whose rate is moved; None for the first that the mechanism names
    days : int, how far beyond the origin
    """
    fitted = fit(case, events, as_of=as_of, episodes=episodes)
    asked = mechanism or next(iter(fitted.half_life_profile), None) or fitted.case.mechanisms[0].name
    if not 0 <= days <= 36525:
        raise BadValue(f"cannot look {days} days ahead", "--days", "ask for 0 to 36525 days")
    pair = None
    if dyad is not None:
        source, arrow, target = dyad.partition("->")
        if not arrow:
            raise BadValue(f"{dyad!r} is no dyad", "--dyad", 'write "KOR -> JPN"')
        pair = source.strip(), target.strip()
    later = None
    if reveal:
        later = came_after(fitted.known, events, fitted.origin + timedelta(days=days))
    return fitted.made_from, fade(fitted, asked, dyad=pair, days=days, later=later)


def _fade(fitted: Fit, claims: Sequence[Claim], later: pl.DataFrame | None = None, days: int = DAYS) -> Fade | None:
    """Of the first mechanism whose half-life was fitted; None where there is none, or the ledger has no number."""
    name = next(iter(fitted.half_life_profile), None)
    row = next((row for row in claims if row.mechanism == name and row.effect is not None), None)
    if name is None or row is None:
        return None
    return fade(fitted, name, later=later, days=days, evidence=row.footing)


def _among(case: Case) -> pl.Expr:
    """Events with a state of the case on both sides."""
    states = list(case.states)
    return pl.all_horizontal(pl.col(side).list.set_intersection(states).list.len() > 0 for side in ("source", "target"))
