"""The rule of a grade, the smallest effect that it finds, what would settle it, and many claims at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from lynchpin.answers.evidence.verdict import (
    CUTS,
    GRADES,
    RATES,
    WANDER,
    Instrument,
    benjamini_hochberg,
    grade,
    holm,
    levels_for,
    plan,
    smallest_shown,
)

# p-values, and what R's p.adjust gives by its definition, worked out by hand
CASES = [
    ([0.01, 0.02, 0.03], [0.03, 0.04, 0.04], [0.03, 0.03, 0.03]),
    ([0.5, 0.001], [0.5, 0.002], [0.5, 0.002]),
    ([0.04, 0.04, 0.9, 0.9], [0.16, 0.16, 1.0, 1.0], [0.08, 0.08, 0.9, 0.9]),
    ([], [], []),
]


@pytest.mark.parametrize(("p", "by_holm", "by_bh"), CASES)
def test_adjusted_p_values(p, by_holm, by_bh):
    assert holm(p) == pytest.approx(by_holm)
    assert benjamini_hochberg(p) == pytest.approx(by_bh)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusting_keeps_the_order_and_never_flatters(p):
    for adjusted in (holm(p), benjamini_hochberg(p)):
        assert all(a >= b - 1e-12 for a, b in zip(adjusted, p, strict=True))
        order = np.argsort(p, kind="stable")
        assert (np.diff(np.array(adjusted)[order]) >= -1e-12).all()
    assert all(h >= b - 1e-12 for h, b in zip(holm(p), benjamini_hochberg(p), strict=True))


# expected, z of fit, z of timing, grade, side
GRADED = [
    ("+", 2.5, 2.4, "strong", "for"),
    ("+", 2.5, 2.2, "moderate", "for"),
    ("+", 2.2, 2.5, "moderate", "for"),
    ("+", 1.2, 2.5, "slight", "for"),
    ("+", 0.6, 1.6, "none", "for"),
    ("+", 0.6, 1.7, "slight", "for"),  # the interval of the timing effect alone is clear
    ("+", -0.6, 1.7, "slight", "for"),
    ("+", -0.6, 1.2, "none", "for"),
    ("+", 2.5, -0.1, "none", "against"),
    ("+", -2.5, -2.4, "strong", "against"),
    ("-", -2.5, -2.4, "strong", "for"),
    ("-", 1.5, 1.5, "moderate", "against"),
    ("?", -1.5, -1.5, "moderate", "for"),
]


@pytest.mark.parametrize(("expect", "fit_z", "timing_z", "name", "side"), GRADED)
def test_rule(expect, fit_z, timing_z, name, side):
    found = grade(expect, fit_z, timing_z)
    assert (found.grade, found.side) == (name, side)
    rate = None if name == "none" else RATES[GRADES.index(name)] * (2 if expect == "?" else 1)
    assert found.error_rate == rate


def test_a_record_that_strays_farther_by_chance_has_higher_levels():
    rng = np.random.default_rng(4)
    assert levels_for(rng.normal(0.0, 0.5, 4000)) == CUTS
    wide = levels_for(rng.normal(0.0, 2.0, 4000))
    expected = [2.0 * ndtri(1.0 - rate) for rate in RATES]
    assert wide == pytest.approx(expected, rel=0.1) and all(a > b for a, b in zip(wide, CUTS, strict=True))
    assert levels_for(np.zeros(0)) == CUTS


@pytest.mark.parametrize(("timing", "fit", "shown"), [(0.3, 0.1, 0.9), (0.1, 0.3, 0.9), (0.2, 0.1, 0.4)])
def test_at_the_smallest_effect_eighty_of_a_hundred_are_moderate(timing, fit, shown):
    """Drawn from two normal tests that share all of their noise, the worse of which decides; no record wanders here."""
    least = smallest_shown(Instrument(CUTS[1], timing, fit, shown)) / WANDER
    noise = np.random.default_rng(3).normal(size=20_000)
    found = [grade("+", least * shown / fit + e, least / timing + e).grade in ("strong", "moderate") for e in noise]
    assert np.mean(found) == pytest.approx(0.80, abs=0.01)


def test_more_of_the_record_shows_less():
    assert smallest_shown(Instrument(1.4, 0.2, 0.1, 0.9)) < smallest_shown(Instrument(1.4, 0.4, 0.1, 0.9))
    assert smallest_shown(Instrument(2.0, 0.2, 0.1, 0.9)) > smallest_shown(Instrument(1.4, 0.2, 0.1, 0.9))
    assert smallest_shown(Instrument(1.4, 9.0, 0.1, 0.9)) is None


def test_a_plan_asks_for_as_much_as_its_errors_need():
    """Errors halve when the record is four times as long: 10 years that show x2.25 need 30 more to show x1.5."""
    least = float(np.log2(1.5))
    assert plan(2.0 * least, 2.0, 40, "+").startswith("about 120 more target acts, or 6 more years, would tell ×1.5")
    assert plan(2.0 * least, 2.0, 40, "-").startswith("about 120 more target acts, or 6 more years, would tell ×0.67")
    assert plan(0.1, 10.0, 40, "+") == "×1.1 would show already"
    assert plan(None, 10.0, 40, "+") is None
