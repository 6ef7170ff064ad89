"""Roots between two numbers: those of scipy, digit by digit, and what they are by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import gamma

from lynchpin.engine.roots import root_between

FUNCTIONS: tuple[tuple[Callable[[float], float], float, float], ...] = (
    (lambda x: x * x - 2.0, 0.0, 2.0),
    (lambda x: math.cos(x) - x, 0.0, 1.0),
    (lambda x: math.expm1(x) - 1e-9, -3.0, 5.0),
    (lambda x: 1.0 if x > 0.3 else -1.0, 0.0, 1.0),
    (lambda x: x - 1.0, 1.0, 4.0),
    (lambda x: x - 4.0, 1.0, 4.0),
)


@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_the_digits_are_those_of_scipy(number: int) -> None:
    function, lower, upper = FUNCTIONS[number]
    assert root_between(function, lower, upper) == brentq(function, lower, upper)


@pytest.mark.parametrize("variance", np.geomspace(1.0001, 60.0, 25))
def test_the_power_of_an_exponential_is_that_of_scipy(variance: float) -> None:
    def apart(k: float) -> float:
        return float(gamma(1.0 + 2.0 * k) / gamma(1.0 + k) ** 2) - 1.0 - variance

    assert root_between(apart, 1.0, 4.0) == brentq(apart, 1.0, 4.0)


def test_a_root_by_hand() -> None:
    assert root_between(lambda x: (x - 3.0) * (x + 8.0), 0.0, 10.0) == pytest.approx(3.0, abs=1e-11)


def test_like_signs_are_refused() -> None:
    with pytest.raises(ValueError, match="same sign"):
        root_between(lambda x: x + 1.0, 0.0, 1.0)
