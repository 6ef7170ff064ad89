"""Many claims at once, and the smallest effect that the rule finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lynchpin.answers.evidence.verdict import POWER, Instrument, benjamini_hochberg, holm, power, smallest_shown

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


def instrument(size: float, **other) -> Instrument:
    clock = size * np.linspace(0.5, 1.0, 6)
    prior = 4.0
    default = {
        "information": clock,
        "prior_precision": prior,
        "reach": 1.645 / np.sqrt(size + prior),
        "inflation": 1.0,
        "drift": 1.0,
        "placebo_share": 0.8,
        "placebo_bar": 1.645,
    }
    return Instrument(**(default | other))


def test_power_at_the_smallest_effect_is_what_it_says():
    found = smallest_shown(instrument(100.0))
    assert power(instrument(100.0), found) == pytest.approx(POWER, abs=0.01)
    assert found > (1.645 + 0.84) / 10.0, "three conditions ask for more than the interval alone"


def test_more_of_the_record_shows_less():
    sizes = [smallest_shown(instrument(size)) for size in (20.0, 80.0, 320.0)]
    assert sizes[0] > sizes[1] > sizes[2]
    assert smallest_shown(instrument(80.0, placebo_bar=2.5)) > sizes[1]
    assert smallest_shown(instrument(80.0, inflation=3.0)) > sizes[1]
    assert smallest_shown(instrument(80.0, drift=20.0)) > sizes[1]
    assert smallest_shown(instrument(0.01)) is None


def test_no_effect_is_seldom_shown():
    assert power(instrument(100.0), 0.0) < 0.05
