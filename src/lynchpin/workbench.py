"""The way through the rooms: from a case and a record to a fit, and from a fit to a brief.

This is what the command line calls and what `import lynchpin` offers. May import: everything but brief, cli and web.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path

import polars as pl

from lynchpin._version import __version__
from lynchpin.agreements import Fitted, fit_agreements, look_ahead, read_agreements
from lynchpin.agreements.backtest import Progress
from lynchpin.agreements.notes import notes as agreement_notes
from lynchpin.agreements.outlook import YEAR_WEEKS
from lynchpin.agreements.replay import replay
from lynchpin.agreements.two_level import two_level
from lynchpin.agreements.what_if import what_if
from lynchpin.cases import Case, case_events, read_case
from lynchpin.cases.record import origin_of
from lynchpin.errors import BadData, BadValue, DidNotConverge, UnknownName, suggest
from lynchpin.events import parse_day
from lynchpin.evidence import fade
from lynchpin.evidence.sides import count_cause
from lynchpin.forecast import reveal as reveal_forecast
from lynchpin.forecast.forecast import foresee, summarise
from lynchpin.forecast.months import month_start
from lynchpin.models import Fit, fit_case
from lynchpin.notes import notes
from lynchpin.relations import relation_index
from lynchpin.results import AgreementLife, Agreements, Brief, Fade, Provenance
from lynchpin.store import data_hash

#: Draws behind the intervals of an agreement's chances in a brief; `lynchpin agreements` takes more.
BRIEF_DRAWS = 50

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
    read, known, made_from = read_known(case, events, as_of, episodes)
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
    read, known, made_from = read_known(case, events, as_of, episodes)
    with ThreadPoolExecutor(2) as crew:  # none waits for another but for the fit; kernels let go of the lock
        lives = crew.submit(_looked_ahead, read, known, made_from.origin)
        found = fit_case(read, known, made_from.origin, made_from)
        ledger = crew.submit(found.claims)
        ahead = foresee(found, days=days, draws=draws)
    outlook = summarise(ahead)
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
        claims=ledger.result().rows,
        forecast=outlook,
        watch=read.watch,
        agreements=lives.result(),
        fit_table=found.to_frame(),
        notes=notes(found, outlook),
        fade=_fade(found),
    )
    if not reveal:
        return plain
    end = month_start(made_from.origin, int(outlook.table["month"].max()))  # type: ignore[arg-type]
    whole = case_events(read, events, episodes=made_from.view == "episodes")  # an act's first report dates it
    later = whole.filter((pl.col("date") >= made_from.origin) & (pl.col("date") < end))
    return replace(
        plain,
        forecast=reveal_forecast(ahead, later),
        revealed=later.filter(pl.col("event_class").is_not_null() & _among(read)),
        revealed_fade=_fade(found, later, (end - made_from.origin).days),
        revealed_agreements=tuple(
            replace(life, history=tuple(act for act in life.history if act.date >= made_from.origin))
            for life in _agreements(read, end)
            if life.since >= made_from.origin
        ),
    )


def agreements(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    agreement: str | None = None,
    draws: int = 200,
    forces: bool = True,
    deed: str | None = None,
    episodes: bool | None = None,
) -> Agreements:
    """Where the agreements of a case stand, and the chance of each stage to come.

    Parameters
    ----------
    case, events, as_of, episodes : as for `fit`
    agreement : id of the one to look at; None for all whose parties the case follows
    draws : int, draws of the coefficients behind every interval
    forces : bool, say what pushes each up or down, which takes most of the time
    deed : "sign", "block" or "postpone": what that would do to the one agreement asked for

    Returns
    -------
    Agreements

    Raises
    ------
    BadData : the case names no agreements, or their file breaks a rule
    UnknownName : no agreement of that id is known before the origin
    DidNotConverge : too few moves are known to learn from

    Examples
    --------
    >>> gsomia = agreements("northeast-asia", as_of="2012-07-09", agreement="gsomia-jpn-kor", draws=20).lives[0]
    >>> gsomia.standing, gsomia.stage, gsomia.success
    ('agreed_in_principle', 'setback', 'signed or in_force')
    """
    read, known, made_from = read_known(case, events, as_of, episodes)
    fitted = fitted_agreements(read, known, made_from.origin)
    asked = tuple(life for life in fitted.lives if set(life.parties) <= set(read.states))
    if agreement is not None:
        asked = (named(fitted.lives, agreement, made_from.origin),)
    ahead = [
        replace(life, ratification=two_level(life, known, made_from.origin))
        for life in look_ahead(fitted, asked, draws=draws, with_forces=lambda life: forces)
    ]
    if deed is not None:
        if len(ahead) != 1:
            raise BadValue("a deed is done to one agreement", "--what-if", "name it with --agreement ID")
        ahead = [replace(ahead[0], what_if=what_if(fitted.start(asked[0], draws), deed))]
    return Agreements(
        provenance=made_from,
        lives=tuple(ahead),
        n_agreements=len(fitted.lives),
        n_moves=int(fitted.hazards.n_moves.sum()),
        draws=draws,
        notes=agreement_notes(fitted),
    )


def named(lives: Sequence[AgreementLife], agreement: str, origin: date) -> AgreementLife:
    """The agreement of an id; UnknownName where none of that id is known before the origin."""
    for life in lives:
        if life.id == agreement:
            return life
    ids = [life.id for life in lives]
    raise UnknownName(
        f"no agreement {agreement!r} is known before {origin}", "--agreement", suggest(agreement, ids, noun="agreement")
    )


def replay_agreement(
    case: Case | str | Path,
    agreement: str,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    on_progress: Progress | None = None,
) -> tuple[AgreementLife, pl.DataFrame]:
    """An agreement, and its chance through time as it would have been issued: see `lynchpin.agreements.replay`.

    Raises
    ------
    BadData, UnknownName : as for `agreements`
    """
    read, known, made_from = read_known(case, events, as_of, None)
    origin = made_from.origin
    lives = fitted_agreements(read, known, origin).lives
    life = named(lives, agreement, origin)
    issued = replay(
        lives,
        known,
        agreement,
        states=read.states,
        adversaries=read.roles.get("adversary", ()),
        until=origin,
        seed=read.seed,
        on_progress=on_progress,
    )
    return life, issued


def how_it_fades(
    case: Case | str | Path,
    mechanism: str | None = None,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    reveal: bool = False,
    dyad: str | None = None,
    days: int = 180,
    episodes: bool | None = None,
) -> tuple[Provenance, Fade]:
    """The push of a mechanism through time: see `lynchpin.evidence.fade`.

    Parameters
    ----------
    case, events, as_of, episodes : as for `fit`
    mechanism : its name; None for the first whose half-life is fitted
    reveal : bool, mark the acts that came in the days after the origin, and let them count beyond it; no estimate
        knows of them
    dyad : "KOR -> JPN", whose rate is moved; None for the first that the mechanism names
    days : int, how far beyond the origin
    """
    found = fit(case, events, as_of=as_of, episodes=episodes)
    asked = mechanism or next(iter(found.half_life_profile), None) or found.case.mechanisms[0].name
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
        origin = found.made_from.origin
        whole = case_events(found.case, events, episodes=found.made_from.view == "episodes")
        later = whole.filter((pl.col("date") >= origin) & (pl.col("date") < origin + timedelta(days=days)))
    return found.made_from, fade(found, asked, dyad=pair, days=days, later=later)


def _fade(found: Fit, later: pl.DataFrame | None = None, days: int = 180) -> Fade | None:
    """Of the first mechanism whose half-life was fitted; None where there is none, or no act of its cause."""
    name = next(iter(found.half_life_profile), None)
    mechanism = next((m for m in found.case.mechanisms if m.name == name), None)
    if mechanism is None or not count_cause(found.design.layers.acts, found.case, mechanism):
        return None
    return fade(found, mechanism.name, later=later, days=days)


def fitted_agreements(case: Case, known: pl.DataFrame, origin: date) -> Fitted:
    """The model of agreements, fitted to every agreement of the case's files and to a record cut to what is known.

    Raises
    ------
    BadData : the case names no agreements
    """
    if case.agreements_file is None or case.stages_file is None:
        raise BadData(
            "the case names no agreements",
            case.path.name,
            'add agreements = "agreements.csv" and stages = "agreement_stages.csv" to [case]',
        )
    lives = read_agreements(case.agreements_file, case.stages_file, before=origin, among=None, first=case.flagship)
    return fit_agreements(
        lives, known, states=case.states, adversaries=case.roles.get("adversary", ()), origin=origin, seed=case.seed
    )


def read_known(
    case: Case | str | Path, events: str | Path | None, as_of: str | date | None, episodes: bool | None
) -> tuple[Case, pl.DataFrame, Provenance]:
    """A case read as of a day, the events known by then, and what a result made from them says of itself."""
    day = None if as_of is None else parse_day(as_of, name="as_of")
    read = case if isinstance(case, Case) else read_case(case, as_of=day)
    known = case_events(read, events, as_of=day, episodes=episodes)
    return read, known, _provenance(read, known, day)


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


def _looked_ahead(case: Case, known: pl.DataFrame, origin: date) -> tuple[AgreementLife, ...]:
    """The agreements of a brief: the flagship in full, the others a year ahead; plain where too little is known."""
    lives = _agreements(case, origin)
    if not lives:
        return ()
    try:
        fitted = fitted_agreements(case, known, origin)
    except DidNotConverge:
        return lives
    first = lives[:1] if lives[0].id == case.flagship else ()
    others = look_ahead(
        fitted, lives[len(first) :], draws=BRIEF_DRAWS, weeks=YEAR_WEEKS + 1, with_forces=lambda life: False
    )
    return look_ahead(fitted, first, draws=BRIEF_DRAWS) + others


def _provenance(case: Case, known: pl.DataFrame, as_of: date | None) -> Provenance:
    first: date = known["date"].min()  # type: ignore[assignment]
    last: date = known["date"].max()  # type: ignore[assignment]
    return Provenance(
        case=case.name,
        case_title=case.title,
        as_of=as_of,
        origin=origin_of(known, as_of),
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
