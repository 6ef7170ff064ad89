"""Logarithm and exponential of a row equal the mathematical library's to its last places."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.simulate.uniforms import exp, log1p

ULP = 2.0**-52


def rows(x):
    work = np.zeros((2, x.size))
    return np.stack([x, np.zeros(x.size)]), work, work.view(np.int64)


@pytest.mark.parametrize("size", [1e-12, 1e-3, 1.0, 40.0, 1e9])
def test_the_logarithm(size):
    x = np.concatenate([[0.0], size * np.random.default_rng(1).random(999)])
    values, work, bits = rows(x)
    log1p(values, 0, 1, work, bits)
    assert values[1, 0] == 0.0 and np.array_equal(values[0], x)
    np.testing.assert_allclose(values[1], np.log(1.0 + x), rtol=4 * ULP, atol=0.0)


@pytest.mark.parametrize("size", [1e-9, 1.0, 30.0, 699.0])
def test_the_exponential(size):
    x = np.concatenate([[0.0], size * np.random.default_rng(1).uniform(-1.0, 1.0, 999)])
    values, work, bits = rows(x)
    exp(values, 0, work, bits)
    assert values[0, 0] == 1.0
    np.testing.assert_allclose(values[0], np.exp(x), rtol=4 * ULP, atol=0.0)


def test_far_out_the_exponential_stays_a_number():
    values, work, bits = rows(np.array([-1e300, -np.inf, 1e300, np.inf]))
    exp(values, 0, work, bits)
    np.testing.assert_allclose(values[0], np.exp([-700.0, -700.0, 700.0, 700.0]), rtol=1e-13)


@pytest.mark.parametrize("lanes", [1, 3, 8, 61])
def test_a_number_does_not_depend_on_those_beside_it(lanes):
    """Compiled for several at a time or for the few left over, the same operations in the same order."""
    x = np.random.default_rng(2).uniform(0.0, 50.0, 64)
    alone, beside = np.empty((2, 64)), np.empty((2, 64))
    for size, out in ((1, alone), (lanes, beside)):
        for first in range(0, 64, size):
            part = slice(first, min(first + size, 64))
            values, work, bits = rows(x[part])
            log1p(values, 0, 1, work, bits)
            out[0, part] = values[1]
            exp(values, 0, work, bits)
            out[1, part] = values[0]
    assert np.array_equal(alone, beside)
