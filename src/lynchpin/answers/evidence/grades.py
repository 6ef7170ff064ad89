"""The grade of a mechanism by itself, as its row in the ledger has it: for answers that lean on one push."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from lynchpin.account.cases import Mechanism
from lynchpin.answers.evidence.levels import drawn_tests
from lynchpin.answers.evidence.placebo import Placebo, settled_placebo
from lynchpin.answers.evidence.said import missing
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.verdict import Graded, grade, levels_for
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.results import Footing

#: Grades of fits that are still in use, by mechanism, shifts and seed: a fit is asked what-ifs one after another.
_KEPT: WeakKeyDictionary[Fit, dict[tuple[str, int, int], Footing]] = WeakKeyDictionary()


def fit_z(fit: Fit, name: str) -> float:
    """The joint model's estimate of a mechanism over its error."""
    k = fit.design.position(name)
    return float(fit.estimate[k]) / float(fit.standard_error[k])


def graded(fit: Fit, mechanism: Mechanism, timing: Placebo, drawn: Floats) -> Graded:
    """The grade of a mechanism, from its timing and what records without an effect show."""
    return grade(mechanism.expect, fit_z(fit, mechanism.name), timing.z, levels=levels_for(drawn))


def footings(fit: Fit, names: Sequence[str], *, shifts: int = SHIFTS, seed: int | None = None) -> tuple[Footing, ...]:
    """What some mechanisms of a fit stand on: their grades, as the ledger of the same shifts and seed has them.

    Parameters
    ----------
    fit : Fit
    names : mechanisms
    shifts : int, random shifts of each cause; from the default on, more until a small p-value is settled
    seed : int or None, of the shifts and of what is drawn; None for the case's own

    Returns
    -------
    tuple of Footing, in the order of the names
    """
    if not names:
        return ()
    used = fit.case.seed if seed is None else seed
    kept = _KEPT.setdefault(fit, {})
    lacking = [name for name in names if (name, shifts, used) not in kept]
    if lacking:
        drawn = drawn_tests(fit, [m.name for m in fit.case.mechanisms], used)
        for name in lacking:
            kept[name, shifts, used] = _footing(fit, fit.case.mechanism(name), shifts, used, drawn[name])
    return tuple(kept[name, shifts, used] for name in names)


def _footing(fit: Fit, mechanism: Mechanism, shifts: int, seed: int, drawn: Floats) -> Footing:
    acts = fit.design.layers.acts
    untestable = missing(count_cause(acts, fit.case, mechanism), count_target(acts, mechanism)) is not None
    timing = None if untestable else settled_placebo(fit, mechanism.name, shifts, seed)
    if timing is None:
        return Footing(mechanism.name, mechanism.claim, "untestable", None)
    found = graded(fit, mechanism, timing, drawn)
    return Footing(mechanism.name, mechanism.claim, found.grade, found.side)
