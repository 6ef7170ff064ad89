"""The way from a case and a record to its agreements: where each stands, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin import limits
from lynchpin.account.cases import Case, Known, builtin_cases, read_known
from lynchpin.answers.agreements import Fitted, fit_agreements, look_ahead, read_agreements
from lynchpin.answers.agreements.backtest import replay
from lynchpin.answers.agreements.lending import ENOUGH_MOVES, Lent
from lynchpin.answers.agreements.outlook import YEAR_WEEKS
from lynchpin.answers.agreements.outlook import notes as agreement_notes
from lynchpin.answers.agreements.stages import follow
from lynchpin.answers.agreements.two_level import two_level
from lynchpin.answers.agreements.what_if import what_if
from lynchpin.defaults import STAGE_DRAWS
from lynchpin.errors import BadData, BadValue, DidNotConverge, LynchpinError, UnknownName, suggest
from lynchpin.results import AgreementLife, Agreements


def agreements(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    agreement: str | None = None,
    draws: int = STAGE_DRAWS,
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
    DidNotConverge : a deed is asked of, and too few moves are known to learn from, those of other cases among them

    Examples
    --------
    >>> gsomia = agreements("northeast-asia", as_of="2012-07-09", agreement="gsomia-jpn-kor", draws=20).lives[0]
    >>> gsomia.standing, gsomia.stage, gsomia.success
    ('agreed_in_principle', 'setback', 'signed or in_force')
    """
    limits.whole("draws", draws, kind="chance_draws")
    known = read_known(case, events, as_of=as_of, episodes=episodes)
    try:
        fitted = fitted_agreements(known)
    except DidNotConverge as error:
        if deed is not None:
            raise
        return _without_chances(known, agreement, draws, error)
    lives = tuple(life for life in fitted.lives if set(life.parties) <= set(known.case.states))
    if agreement is not None:
        lives = (named(fitted.lives, agreement, known.origin),)
    ahead = [
        replace(life, ratification=two_level(life, known.events, known.origin))
        for life in look_ahead(fitted, lives, draws=draws, with_forces=lambda life: forces)
    ]
    if deed is not None:
        if len(ahead) != 1:
            raise BadValue("a deed is done to one agreement", "--what-if", "name it with --agreement ID")
        ahead = [replace(ahead[0], what_if=what_if(fitted.start(lives[0], draws), deed))]
    return Agreements(
        provenance=known.provenance,
        lives=tuple(ahead),
        n_agreements=len(fitted.lives),
        n_moves=int(fitted.hazards.n_moves.sum()),
        draws=draws,
        notes=agreement_notes(fitted),
        only=agreement or "",
    )


def _without_chances(known: Known, agreement: str | None, draws: int, error: DidNotConverge) -> Agreements:
    """The histories and stages alone, and why there is no more."""
    lives = agreements_of(known.case, known.origin)
    if agreement is not None:
        lives = (named(lives, agreement, known.origin),)
    lives = tuple(replace(life, standing=follow(act.stage for act in life.history).stage) for life in lives)
    return Agreements(
        provenance=known.provenance,
        lives=lives,
        n_agreements=len(lives),
        n_moves=sum(len(life.history) - 1 for life in lives),
        draws=draws,
        notes=(f"No chances are given: {error.what}, those of other cases among them, as known by {known.origin}.",),
        only=agreement or "",
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
    episodes: bool | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[AgreementLife, pl.DataFrame]:
    """An agreement, and its chance through time as it would have been issued: see `answers.agreements.backtest`.

    Raises
    ------
    BadData, UnknownName : as for `agreements`
    """
    known = read_known(case, events, as_of=as_of, episodes=episodes)
    read = known.case
    lives = fitted_agreements(known).lives
    life = named(lives, agreement, known.origin)
    issued = replay(
        lives,
        known.events,
        agreement,
        states=read.states,
        adversaries=read.roles.get("adversary", ()),
        until=known.origin,
        seed=read.seed,
        on_progress=on_progress,
    )
    return life, issued


def fitted_agreements(known: Known) -> Fitted:
    """The model of agreements, fitted to every agreement of the case's files and to what was known of the record.

    Raises
    ------
    BadData : the case names no agreements
    """
    case, origin = known.case, known.origin
    if case.agreements_file is None or case.stages_file is None:
        raise BadData(
            "the case names no agreements",
            case.path.name,
            'add agreements = "agreements.csv" and stages = "agreement_stages.csv" to [case]',
        )
    lives = read_agreements(case.agreements_file, case.stages_file, before=origin, among=None, first=case.flagship)
    made = sum(len(life.history) - 1 for life in lives)
    return fit_agreements(
        lives,
        known.events,
        states=case.states,
        adversaries=case.roles.get("adversary", ()),
        origin=origin,
        seed=case.seed,
        lent=tuple(_lent(case.name, origin)) if made < ENOUGH_MOVES else (),
    )


def _lent(borrower: str, origin: date) -> Iterator[Lent]:
    """The agreements of the cases that come with the package, each with what was known of its record at an origin."""
    for name in builtin_cases():
        if name == borrower:
            continue
        try:
            known = read_known(name, as_of=origin)
        except LynchpinError:  # its record begins later
            continue
        case = known.case
        if case.agreements_file is not None and case.stages_file is not None:
            lives = read_agreements(case.agreements_file, case.stages_file, before=origin, among=None)
            yield Lent(name, lives, known.events, case.states, case.roles.get("adversary", ()))


def agreements_of(case: Case, before: date) -> tuple[AgreementLife, ...]:
    """The agreements among the states of a case, with the acts known before a day; none where no files are named."""
    if case.agreements_file is None or case.stages_file is None:
        return ()
    return read_agreements(
        case.agreements_file, case.stages_file, before=before, among=case.states, first=case.flagship
    )


def looked_ahead(known: Known) -> tuple[AgreementLife, ...]:
    """The agreements of a brief: the flagship in full, the others a year ahead; plain where too little is known."""
    lives = agreements_of(known.case, known.origin)
    if not lives:
        return ()
    try:
        fitted = fitted_agreements(known)
    except DidNotConverge:
        return lives
    first = lives[:1] if lives[0].id == known.case.flagship else ()
    others = look_ahead(
        fitted, lives[len(first) :], draws=STAGE_DRAWS, weeks=YEAR_WEEKS + 1, with_forces=lambda life: False
    )
    return look_ahead(fitted, first, draws=STAGE_DRAWS) + others
