"""The claims ledger: one row per mechanism, and one per claim that no event can test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from lynchpin import limits
from lynchpin.account.cases import ClaimText, Mechanism
from lynchpin.account.theory import joint_acts
from lynchpin.answers.evidence.grades import fit_z, graded
from lynchpin.answers.evidence.held_out import HeldOut, held_out
from lynchpin.answers.evidence.influence import top_events
from lynchpin.answers.evidence.levels import drawn_tests
from lynchpin.answers.evidence.others import other_rows
from lynchpin.answers.evidence.placebo import (
    Null,
    Placebo,
    announced,
    lay_null,
    lay_out,
    settled_placebo,
    under,
    with_prior,
)
from lynchpin.answers.evidence.recall import with_joint
from lynchpin.answers.evidence.said import missing, sentence
from lynchpin.answers.evidence.shifts import ByDay
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.verdict import (
    RULE,
    SIDES,
    Instrument,
    benjamini_hochberg,
    holm,
    levels_for,
    plan,
    smallest_shown,
)
from lynchpin.answers.evidence.whole import whole
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.model.fit import penalty
from lynchpin.results import Claim, Effect, Ledger, Whole, Window, per_doubling

__all__ = ["Measured", "claims", "measure", "missing", "prior_sensitivity", "sentence"]


def claims(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
    since: date | None = None,
) -> Ledger:
    """The ledger of a fit, in the order of the case's claims.

    Parameters
    ----------
    fit : Fit
    shifts : int, random shifts of each cause in time; from the default on, more until a small p-value is settled
    seed : int or None, of the shifts; None for the case's own
    workers : int, threads; the ledger is the same with any
    tell : function or None, called with the name of what is done
    since : date or None; only attempts at an agreement that opened on it or later are counted, and no futures are
        played: a test of what was registered before

    Returns
    -------
    Ledger. A claim with several mechanisms has a row for each. A mechanism that states no claim comes last.

    Raises
    ------
    BadValue : shifts, seed or workers are out of range
    """
    limits.whole("shifts", shifts)
    limits.optional("seed", seed)
    limits.whole("workers", workers)
    case = fit.case
    measured = measure(fit, shifts=shifts, seed=seed, workers=workers, tell=tell)
    others = other_rows(fit, shifts=shifts, seed=seed, workers=workers, tell=tell, since=since)
    rows: list[Claim] = []
    for claim in case.claims:
        stated = [_row(fit, m, claim, measured.of[m.name]) for m in case.mechanisms if m.claim == claim.id]
        stated += others.get(claim.id, ())
        rows += stated or [_untestable(claim)]
    rows += [_row(fit, m, None, measured.of[m.name]) for m in case.mechanisms if not m.claim]
    rows += others.get("", ())
    return Ledger(tuple(_adjusted(rows)), RULE, measured.whole)


def _row(fit: Fit, mechanism: Mechanism, claim: ClaimText | None, measured: Measured) -> Claim:
    acts = fit.design.layers.acts
    n_cause, n_target = count_cause(acts, fit.case, mechanism), count_target(acts, mechanism)
    why = missing(n_cause, n_target)
    if n_cause == 0 and count_cause(acts, fit.case, with_joint(mechanism, "counted")) > 0:
        why = "every act of its cause stands on both sides, and such joint acts are left out"
    if why is None and measured.timing is None:
        why = "nothing of its cause is left once slow drift and the other causes are out"
    row = Claim(
        id=claim.id if claim else "",
        claim=claim.text if claim else "",
        mechanism=mechanism.name,
        says=mechanism.says,
        sentence=sentence(mechanism, fit.case, fit.design.columns[fit.design.position(mechanism.name)].half_life_days),
        expect=mechanism.expect,
        half_life_days=fit.design.columns[fit.design.position(mechanism.name)].half_life_days,
        rule=RULE,
        n_cause_events=n_cause,
        n_target_events=n_target,
        untestable_because=why,
        note=mechanism.note,
        announced=_announced(fit, mechanism),
        joint_acts=joint_acts(mechanism.checked),
    )
    if why is not None or measured.timing is None:
        return row
    return _tested(fit, mechanism, row, measured.timing, measured)


def _tested(fit: Fit, mechanism: Mechanism, row: Claim, timing: Placebo, measured: Measured) -> Claim:
    k = fit.design.position(mechanism.name)
    side = SIDES[mechanism.expect]
    levels = levels_for(measured.drawn)
    found = graded(fit, mechanism, timing, measured.drawn)
    known = max(1.0 / float(fit.covariance[k, k]) - fit.case.prior_sd**-2, 0.0)
    least = smallest_shown(
        Instrument(
            level=levels[1],
            timing_error=timing.clustered_error * timing.spread,
            fit_error=float(fit.standard_error[k]),
            shown=known / (known + fit.case.prior_sd**-2),
        )
    )
    years = fit.design.steps.count * fit.design.steps.step_days / 365.25
    return replace(
        row,
        effect=timing.effect,
        grade=found.grade,
        side=found.side,
        error_rate=found.error_rate,
        would_settle=plan(least, years, row.n_target_events, mechanism.expect),
        half_life_interval=fit.half_life_interval.get(mechanism.name),
        detectable=None if least is None else per_doubling(-least if side < 0.0 else least),
        fit_z=fit_z(fit, mechanism.name),
        timing_z=timing.z,
        levels=levels,
        placebo_p=timing.p_value(side),
        placebo_p_against=timing.p_value(-side),
        placebo_shifts=timing.studentised.size - 1,
        heldout_gain=sum(window.gain for window in measured.windows),
        heldout_steps=measured.heldout_steps,
        heldout_windows=measured.windows,
        prior_sensitivity=prior_sensitivity(fit, mechanism.name, measured.null, measured.by_day),
        model=Effect.of(fit.estimate[k], fit.standard_error[k]),
        top_events=top_events(fit, mechanism, null=measured.null),
    )


def _announced(fit: Fit, mechanism: Mechanism) -> tuple[str, ...]:
    """The entries of the calendar that tell of acts the mechanism moves, on days of the fitted steps."""
    k = fit.design.position(mechanism.name)
    covered = announced(fit.design, [unit for unit in fit.design.units if k in unit.columns])
    return tuple(entry.name for entry, days in zip(fit.case.calendar, covered, strict=True) if days.any())


#: By how much priors are widened and narrowed for `prior_sensitivity`.
_PRIOR_TIMES = (0.5, 2.0)


def prior_sensitivity(
    fit: Fit, name: str, null: Null | None = None, by_day: ByDay | None = None
) -> tuple[float, float] | None:
    """The rate ratio of the timing effect, were the priors of all controls and mechanisms half and twice as wide.

    The effect itself has no prior; those of the other columns decide what they leave to it. `null` and `by_day` are the
    fit without the mechanism and the traces of its cause by the day, where they are known.
    """
    held = np.array([column.kind in ("control", "mechanism") for column in fit.design.columns])
    laid = lay_out(fit, name) if null is None else null.laid
    by_day = {} if by_day is None else by_day
    ratios = []
    for times in _PRIOR_TIMES:
        held_so = with_prior(fit, laid, np.where(held, times**-2, 1.0) * penalty(fit))
        found = under(fit, name, held_so, np.zeros(1, dtype=np.int64), by_day)
        if found is None:
            return None
        ratios.append(per_doubling(found.estimate))
    return ratios[0], ratios[1]


def _adjusted(rows: Sequence[Claim]) -> list[Claim]:
    """The rows with their placebo p-values adjusted for one another."""
    at = [k for k, row in enumerate(rows) if row.placebo_p is not None]
    p_values = [p for row in rows if (p := row.placebo_p) is not None]
    adjusted = dict(zip(at, zip(holm(p_values), benjamini_hochberg(p_values), strict=True), strict=True))
    return [
        replace(row, holm_p=adjusted[k][0], bh_p=adjusted[k][1]) if k in adjusted else row for k, row in enumerate(rows)
    ]


def _untestable(claim: ClaimText) -> Claim:
    return Claim(claim.id, claim.text, "", "", "", expect="?", rule=RULE, untestable_because=claim.untestable_because)


# -- The numbers behind a ledger that are not in the fit: shifts, records without an effect, held-out score.


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What the record says of one mechanism beyond the fit.

    null : the fit without it, laid out
    by_day : traces of its cause by the day
    timing : under shifts of its cause; None where nothing is left of it
    drawn : (records,), the weaker of both tests in records without an effect
    windows : of the held-out steps
    """

    null: Null
    by_day: ByDay
    timing: Placebo | None
    drawn: Floats
    windows: tuple[Window, ...]
    heldout_steps: int


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAll:
    """Of every mechanism by name, and of all together."""

    of: Mapping[str, Measured]
    whole: Whole | None


def measure(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
) -> MeasuredAll:
    """Shifts, records without an effect and held-out score of every mechanism of a fit.

    Parameters
    ----------
    fit : Fit
    shifts : int, random shifts of each cause
    seed : int or None, of the shifts and of what is drawn; None for the case's own
    workers : int, threads; the numbers are the same with any
    tell : function or None, called with the name of what is done

    Returns
    -------
    MeasuredAll
    """
    names = [m.name for m in fit.case.mechanisms]
    say = tell or (lambda done: None)
    used = fit.case.seed if seed is None else seed

    def shifted(name: str) -> tuple[Null, ByDay, Placebo | None]:
        null = lay_null(fit, name)
        by_day: ByDay = {}
        found = settled_placebo(fit, name, shifts, used, null, by_day)
        say(name)
        return null, by_day, found

    def rolled() -> HeldOut:
        found = held_out(fit)
        say("held out")
        return found

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        scores, chance = pool.submit(rolled), pool.submit(drawn_tests, fit, names, used)
        moved = dict(zip(names, pool.map(shifted, names), strict=True))
        held, drawn = scores.result(), chance.result()
    of = {name: Measured(*moved[name], drawn[name], held.windows[name], held.steps) for name in names}
    return MeasuredAll(of, whole(fit, {name: found for name, (*_, found) in moved.items()}, held, shifts))
