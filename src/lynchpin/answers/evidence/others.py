"""Rows of claims whose evidence is not the rate of acts: moves of agreements, counts of them, and two futures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from scipy.special import ndtri

from lynchpin.account.cases import Case, ClaimText, ShareText, StageMechanism
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.shares import stage_share
from lynchpin.answers.evidence.said import share_words, stage_sentence
from lynchpin.answers.evidence.stage_timing import past_of, stage_timing
from lynchpin.answers.evidence.verdict import CUTS, RULE, SIDES, grade, plan
from lynchpin.answers.scenarios import read_scenario, scenarios_of, what_if
from lynchpin.answers.scenarios.scenario import Change, Deed, Hold, Inject, Multiply, Scenario, Span
from lynchpin.defaults import DAYS, SHIFTS
from lynchpin.errors import LynchpinError
from lynchpin.model import Fit
from lynchpin.numbers import Z90, per_cent
from lynchpin.results import AgreementLife, Claim, Effect, Leaning, chance, per_doubling
from lynchpin.results.agreements import StageEffect, StageShare

#: Pairs of futures behind a row.
PAIRS = 200

#: Standard deviations beyond a level at which 80 of 100 records are found.
_POWER_Z = 0.8416

_FAR = 8.0  # a normal deviate that stands for an exact p-value of none


def other_rows(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
    since: date | None = None,
) -> dict[str, tuple[Claim, ...]]:
    """The rows of such claims, by the claim's id; a claim that has rows of both kinds shows both.

    Parameters
    ----------
    fit : Fit
    shifts : int, random lags of each cause that moves agreements
    seed : int or None, of the lags and the futures; None for the case's own
    workers : int, threads of the futures; the answer is the same with any
    tell : function or None, called with the name of what is done
    since : date or None; only attempts that opened on it or later are counted, and no futures are played

    Returns
    -------
    dict, claim id -> rows; "" for what states no claim. A claim that nothing else states and that a scenario of the
    case names has a row for each measure of the scenario
    """
    case, used, say = fit.case, fit.case.seed if seed is None else seed, tell or (lambda done: None)
    rows: dict[str, tuple[Claim, ...]] = {}
    texts = {claim.id: claim for claim in case.claims}

    def add(claim: str, *more: Claim) -> None:
        rows[claim] = (*rows.get(claim, ()), *more)

    past = past_of(fit) if case.stage_mechanisms else None
    for mechanism in case.stage_mechanisms:
        assert past is not None
        found = stage_timing(fit, mechanism, past, shifts, used)
        add(mechanism.claim, _of_stages(fit, mechanism, texts.get(mechanism.claim), found))
        say(mechanism.name)
    if case.shares:
        assert case.agreements_file is not None and case.stages_file is not None
        lives = read_agreements(case.agreements_file, case.stages_file, before=fit.known.as_of, among=None)
        lives = tuple(life for life in lives if since is None or life.history[0].date >= since)
        for share in case.shares:
            add(share.claim, _of_share(share, texts.get(share.claim), lives))
    stated = {m.claim for m in case.mechanisms} | set(rows)
    for claim in case.claims:
        if since is None and claim.id not in stated and (futures := _of_futures(fit, claim, used, workers)):
            add(claim.id, *futures)
            say(claim.name)
    return rows


def _of_stages(fit: Fit, mechanism: StageMechanism, claim: ClaimText | None, found: StageEffect | str) -> Claim:
    half_life = mechanism.half_life_days if np.isfinite(mechanism.half_life_days) else None
    row = Claim(
        id=mechanism.claim,
        claim=claim.text if claim else "",
        mechanism=mechanism.name,
        says=mechanism.says,
        sentence=stage_sentence(mechanism, fit.case),
        expect=mechanism.expect,
        half_life_days=half_life,
        rule=RULE,
        note=mechanism.note,
    )
    if isinstance(found, str):
        return replace(row, untestable_because=found)
    error = float(found.effect.standard_error or 0.0)
    fit_z, side = found.effect.estimate / error, SIDES[mechanism.expect]
    graded = grade(mechanism.expect, fit_z, found.timing_z)
    least = (CUTS[1] + _POWER_Z) * error
    both = (found.placebo_p, found.placebo_p_against)
    p, p_against = {1.0: both, -1.0: both[::-1], 0.0: (min(1.0, 2.0 * min(both)),) * 2}[side]
    steps = fit.design.steps
    apart = "too few agreements to tell" if found.between is None else f"ratio {found.between}"
    return replace(
        row,
        effect=found.effect,
        grade=graded.grade,
        side=graded.side,
        error_rate=graded.error_rate,
        would_settle=plan(least, steps.count * steps.step_days / 365.25, found.n_moves, mechanism.expect),
        n_cause_events=found.n_causes,
        n_target_events=found.n_moves,
        detectable=per_doubling(-least if side < 0.0 else least),
        fit_z=fit_z,
        timing_z=found.timing_z,
        placebo_p=p,
        placebo_p_against=p_against,
        placebo_shifts=found.placebo_shifts,
        note=(
            f"Within {found.n_agreements} agreements; from one of them to another: {apart}, which is no matter of "
            f"timing. {mechanism.note}"
        ).strip(),
    )


def _of_share(share: ShareText, claim: ClaimText | None, lives: tuple[AgreementLife, ...]) -> Claim:
    found = stage_share(lives, share.name, kinds=share.kinds, after=share.after, then=share.then, against=share.against)
    says = share_words(share)
    row = Claim(
        id=share.claim,
        claim=claim.text if claim else "",
        mechanism=share.name,
        says=says,
        sentence=says[:1].upper() + says[1:] + ".",
        expect=share.expect,
        basis="counts",
        rule=RULE,
        note=share.note,
    )
    if found is None:
        return replace(row, untestable_because="no such attempt is known before this day")
    # an exact test has one p-value for each side; the normal deviate of the smaller stands for both tests of the rule
    more = found.p_more <= found.p_fewer
    z = float(np.clip(-ndtri(found.p_more if more else found.p_fewer), 0.0, _FAR)) * (1.0 if more else -1.0)
    graded = grade(share.expect, z, z)
    side = graded.side if share.expect == "?" or found.share == share.against else _side(found, share)
    return replace(
        row,
        effect=Effect(found.share, found.lower, found.upper, unit="share"),
        grade=graded.grade,
        side=side,
        error_rate=graded.error_rate,
        would_settle=_more_attempts(found, share.against),
        n_cause_events=found.n,
        n_target_events=found.came,
        sentence=_counted(share, found),
    )


def _side(found: StageShare, share: ShareText) -> Leaning:
    return "for" if (found.share > share.against) == (share.expect == "+") else "against"


def _counted(share: ShareText, found: StageShare) -> str:
    """The count as a sentence: what was counted, how many, and what became of the others."""

    def words(stages: tuple[str, ...]) -> str:
        return " or ".join(stage.replace("_", " ") for stage in stages)

    share_text = f"{_percent(found.share)}, 90 % {_percent(found.lower)}–{_percent(found.upper)}"
    if not share.after:
        return f"Of {found.n} attempts {found.came} had a {words(share.then)} before signature or force ({share_text})."
    return (
        f"Of {found.n} attempts with a {words(share.after)} after an opening and before signature or force, "
        f"{found.came} were {words(share.then)} later ({share_text}), {found.ended} ended and {found.rest} were open; "
        f"of {found.others} without one, {found.others_came} were."
    )


def _percent(share: float) -> str:
    """A share; at the ends it is said as a chance is."""
    return per_cent(share) if 0.005 <= share <= 0.995 else chance(share)


def _more_attempts(found: StageShare, against: float) -> str | None:
    """How many more such attempts would tell the share that was found from the one that it is held against."""
    apart = abs(found.share - against)
    if apart < 0.01:
        return None
    needed = (
        (Z90 * np.sqrt(against * (1 - against)) + _POWER_Z * np.sqrt(found.share * (1 - found.share))) / apart
    ) ** 2
    more = int(np.ceil(needed)) - found.n
    told = f"{chance(found.share) if found.came else 'none'} from {chance(against)}"
    if more <= 0:
        return f"as many attempts tell {told}"
    return f"about {more:,} more such attempt{'s' if more > 1 else ''} would tell {told}"


# -- Two futures: what differs between them, which is the model's answer and no test.


def _of_futures(fit: Fit, claim: ClaimText, seed: int, workers: int) -> tuple[Claim, ...]:
    """A row for each measure of each scenario of the case that speaks to a claim."""
    rows: list[Claim] = []
    for name in scenarios_of(fit.case):
        try:
            read = read_scenario(name, fit.case)
        except LynchpinError:
            continue  # `lynchpin check` tells of it
        if read.claim == claim.id and read.measures:
            rows += _of_scenario(fit, claim, read, seed, workers)
    return tuple(rows)


def _of_scenario(fit: Fit, claim: ClaimText, read: Scenario, seed: int, workers: int) -> list[Claim]:
    played, days = in_reach(read, fit.origin, fit.case)
    row = Claim(
        id=claim.id,
        claim=claim.text,
        mechanism=read.name,
        says=read.title,
        sentence=f"{read.title}, against not.",
        expect="?",
        basis="futures",
        rule=RULE,
        note=read.assumes,
    )
    try:
        answer = what_if(fit, played, days=DAYS, draws=PAIRS, seed=seed, workers=workers)
    except LynchpinError as error:
        return [replace(row, untestable_because=error.what)]
    moved = f" All its days are moved by {days} days, to come after this record." if days else ""
    rows = []
    for measure in answer.measures.iter_rows(named=True):
        effect = Effect(measure["difference"], measure["lower"], measure["upper"], unit="acts")
        good = {"+": 1.0, "-": -1.0}.get(measure["good"], 0.0)
        label = f"{read.name} {measure['name'].partition(':')[0]}".strip().lower()
        rows.append(
            replace(
                row,
                mechanism=label.replace("-", "_").replace(" ", "_"),
                says=measure["acts"],
                sentence=f"{read.title}, against not, over {answer.horizon_days} days: {measure['name']}.",
                expect=measure["good"],
                effect=effect,
                side=None if not good or not effect.estimate else "for" if good * effect.estimate > 0 else "against",
                n_target_events=0,
                note=f"The model's answer, not a test: {PAIRS} pairs of futures.{moved} {read.assumes}",
            )
        )
    return rows


def in_reach(read: Scenario, origin: date, case: Case) -> tuple[Scenario, int]:
    """A scenario whose first day lies in the days that are played, and by how many days it was moved for that.

    A scenario is written for a day; asked of another record, all its days are moved so that it begins one step after
    the origin. Where its first day lies in the first half of the days played, it stays as it is.
    """
    days = [day for change in read.changes for day in _days(change)]
    if not days or origin <= min(days) <= origin + timedelta(days=DAYS // 2):
        return read, 0
    apart = (origin + timedelta(days=case.step_days)) - min(days)
    return replace(read, changes=tuple(_moved(change, apart) for change in read.changes)), apart.days


def _days(change: Change) -> list[date]:
    if isinstance(change, (Inject, Deed)):
        return [change.day]
    if isinstance(change, (Multiply, Hold)):
        return [change.span.first] if change.span.first is not None else []
    return []


def _moved(change: Change, apart: timedelta) -> Change:
    if isinstance(change, (Inject, Deed)):
        return replace(change, day=change.day + apart, until=None if change.until is None else change.until + apart)
    if isinstance(change, (Multiply, Hold)):
        first, last = (None if day is None else day + apart for day in (change.span.first, change.span.last))
        return replace(change, span=Span(first, last))
    return change
