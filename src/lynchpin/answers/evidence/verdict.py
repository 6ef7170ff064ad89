"""The grade of a claim: the rule stands here and nowhere else, and is printed beside every ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lynchpin.engine.statistics.base import Floats
from lynchpin.numbers import Z90
from lynchpin.results import Expect, Grade, Leaning

#: From the strongest down: the grades that say something.
GRADES: tuple[Grade, ...] = ("strong", "moderate", "slight")

#: What the weaker of fit and timing must exceed for each grade; set on planted records, see docs/decisions/0022.
CUTS = (2.30, 1.40, 0.70)

#: The share of planted records without an effect that reach each grade or a higher one on one side, at most: in the
#: worst of the worlds of two generators, within noise.
RATES = (0.012, 0.065, 0.25)

#: The side of no effect that an expectation is on; 0: either.
SIDES = {"+": 1.0, "-": -1.0, "?": 0.0}

RULE = (
    "A grade is as good as the weaker of two tests: fit (the joint model's estimate over its error) and timing (the "
    f"timing effect over its error). Strong: both exceed {CUTS[0]:.2f} on one side, moderate: "
    f"{CUTS[1]:.2f}, slight: {CUTS[2]:.2f}, or the interval of the timing effect alone is clear of no effect; "
    "none: neither. For is the side that the account expects, against the other. Without an effect at most "
    f"{100 * RATES[0]:.1f}, {100 * RATES[1]:.1f} and {100 * RATES[2]:.0f} % of records come so far on a side by "
    "chance; where records drawn from this one's own model come farther, the levels are raised until they do not. At "
    "least and at most are the ends of the 90 % interval, each wrong in 5 of 100 cases. Untestable: nothing in the "
    "record can bear on it. Association in time is not called cause."
)


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, its side, and the share of records without an effect that reach it on that side (None for none)."""

    grade: Grade
    side: Leaning
    error_rate: float | None


def weaker(fit_z: Floats | float, timing_z: Floats | float) -> Floats:
    """The weaker of two tests, with their sign; 0 where they lie on different sides.

    Examples
    --------
    >>> weaker(np.array([2.0, -1.0, 2.0]), np.array([1.5, -3.0, -1.0]))
    array([ 1.5, -1. ,  0. ])
    """
    a, b = np.asarray(fit_z, dtype=float), np.asarray(timing_z, dtype=float)
    return np.asarray(np.where(a * b > 0.0, np.sign(b) * np.minimum(np.abs(a), np.abs(b)), 0.0))


def grade(
    expect: Expect,
    fit_z: float,
    timing_z: float,
    *,
    levels: Sequence[float] = CUTS,
    rates: Sequence[float] = RATES,
) -> Graded:
    """Apply the rule.

    Parameters
    ----------
    expect : "+", "-", or "?" where the account does not say; then either side is for it, and both may err
    fit_z : the estimate of the joint model over its error
    timing_z : the timing effect over its error, which carries clustering and the spread of the shifts
    levels, rates : (3,), what strong, moderate and slight must exceed, and how often chance does

    Examples
    --------
    >>> grade("+", 3.0, 1.9), grade("-", 3.0, 1.0)
    (Graded(grade='moderate', side='for', error_rate=0.065), Graded(grade='slight', side='against', error_rate=0.25))
    >>> grade("+", 0.2, 1.5).grade, grade("+", 0.2, 1.8).grade, grade("+", 2.0, -1.0).grade
    ('none', 'slight', 'none')
    """
    both = float(weaker(fit_z, timing_z))
    side: Leaning = "for" if expect == "?" or (timing_z >= 0.0) == (expect == "+") else "against"
    for name, level, rate in zip(GRADES, levels, rates, strict=True):
        if abs(both) > level or (name == "slight" and abs(timing_z) > Z90):
            return Graded(name, side, min(1.0, rate * (2.0 if expect == "?" else 1.0)))
    return Graded("none", side, None)


def levels_for(drawn: Floats) -> tuple[float, float, float]:
    """The levels that hold for a record: those of the planted worlds, or its own where they are larger.

    Parameters
    ----------
    drawn : (n,), the weaker of both tests in records drawn from its own model without an effect; either side counts
    """
    either = np.concatenate([drawn, -drawn])
    own = np.quantile(either, [1.0 - rate for rate in RATES]) if either.size else np.zeros(3)
    strong, moderate, slight = (max(cut, float(level)) for cut, level in zip(CUTS, own, strict=True))
    return strong, moderate, slight


# -- The smallest effect that a record would have shown, and what more of it would show.

#: Standard deviations beyond the level at which 80 of 100 records are found.
_POWER_Z = 0.8416

#: Records that wander find a little less than their errors say: with this much more, about 80 of 100 of the planted
#: ones are found, 97 where the model knows all and some 60 to 70 where outcomes wander for a year and more.
WANDER = 1.1

#: Beyond a thousandfold per unit nothing is called detectable.
_MOST = 10.0


@dataclass(frozen=True, slots=True)
class Instrument:
    """How a record measures one effect: errors on the scale of a log rate ratio per unit of the statistic.

    level : what the weaker test must exceed
    timing_error : of the timing effect
    fit_error : of the joint model's estimate; shown : the part of a true effect that its prior lets it show, in (0, 1]
    """

    level: float
    timing_error: float
    fit_error: float
    shown: float


def smallest_shown(instrument: Instrument) -> float | None:
    """The true effect that is graded moderate in 80 of 100 records; None where none below a thousandfold would be.

    Examples
    --------
    >>> round(smallest_shown(Instrument(1.54, 0.2, 0.1, 0.9)), 3)
    0.524
    """
    errors = instrument.timing_error, instrument.fit_error / max(instrument.shown, 1e-6)
    effect = WANDER * (instrument.level + _POWER_Z) * max(errors)
    return effect if effect < _MOST else None


#: Ratios that a plan may aim at; it aims at the finest that no more than so many years would tell.
AIMS, MOST_YEARS = (1.1, 1.2, 1.3, 1.5, 2.0, 3.0), 10.0

#: Nobody waits for longer.
_CENTURY = 100.0

#: What a quarter of a year would tell is told already.
_LEAST_YEARS = 0.25


def plan(detectable: float | None, years: float, n_target: int, expect: Expect) -> str | None:
    """What more of a record would tell, in words; it grows as the record has grown, and errors shrink by its root.

    Parameters
    ----------
    detectable : the smallest effect that it shows, log rate ratio per unit, > 0
    years : length of the record
    n_target : acts of the outcome in it
    expect : a ratio below 1 is aimed at where fewer acts are expected

    Examples
    --------
    >>> plan(0.5, 10.0, 200, "+")
    'about 149 more target acts, or 7 more years, would tell ×1.3; ×1.5 would show already'
    >>> plan(4.0, 10.0, 20, "-")
    'about 107 more target acts, or 54 more years, would tell ×0.33'
    >>> plan(9.0, 20.0, 20, "+")
    'not even a hundred more years of such a record would tell ×3'
    """
    if detectable is None or years <= 0.0 or n_target <= 0:
        return None
    needed = [(aim, (detectable / np.log2(aim)) ** 2 - 1.0) for aim in AIMS]  # times the record so far, more
    shown = [aim for aim, times in needed if times * years < _LEAST_YEARS]
    missed = [(aim, times) for aim, times in needed if aim not in shown]
    already = f"{_aim(shown[0], expect)} would show already" if shown else ""
    if not missed:
        return already
    aim, times = next((one for one in missed if one[1] * years <= MOST_YEARS), missed[-1])
    if times * years > _CENTURY:
        told = f"not even a hundred more years of such a record would tell {_aim(aim, expect)}"
        return f"{told}; {already}" if already else told
    acts, months = max(1, round(times * n_target)), round(12.0 * times * years)
    span = f"{months} more months" if months < 18 else f"{months / 12.0:,.0f} more years"
    told = f"about {acts:,} more target act{'s' if acts > 1 else ''}, or {span}, would tell {_aim(aim, expect)}"
    return f"{told}; {already}" if already else told


def _aim(ratio: float, expect: Expect) -> str:
    return f"×{1.0 / ratio:.2f}" if expect == "-" else f"×{ratio:g}"


# -- Many claims at once: what a p-value is worth when a dozen are read together.


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: with all of them at most 0.05, the chance of even one false alarm is at most 5 %.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6(2).

    Examples
    --------
    >>> [round(p, 4) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    out = np.empty(p.size)
    out[order] = np.minimum(stepped, 1.0)
    return out.tolist()


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: of all claims at most 0.05, one in twenty is expected to be a false alarm.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> [round(p, 4) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")[::-1]
    stepped = np.minimum.accumulate(p[order] * p.size / np.arange(p.size, 0, -1))
    out = np.empty(p.size)
    out[order] = np.minimum(stepped, 1.0)
    return out.tolist()
