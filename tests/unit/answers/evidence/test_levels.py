"""Records drawn without an effect: the kernel against its reference, and the tests that are made of its sums."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.planted import STEADY, planted_case, planted_fit
from lynchpin.answers.evidence.levels import RECORDS, _none_at, draw_kernel, draw_reference, drawn_tests


@pytest.mark.parametrize("size", [0.7, np.inf])
def test_the_kernel_draws_what_the_reference_draws(size):
    rng = np.random.default_rng(0)
    mean, weights, edges = rng.uniform(0.01, 0.6, 50), rng.normal(size=(50, 2)), np.array([0, 20, 40])
    slow = draw_reference(mean, size, weights, edges, 20_000, 1)
    asked = (np.cumsum(_none_at(mean, size)), mean, size, weights, edges)
    exact = np.add.reduceat(weights * mean[:, None], edges, axis=0)
    spread = np.sqrt(np.add.reduceat(weights**2 * (mean * (1.0 + mean / size))[:, None], edges, axis=0))
    for fast in (draw_kernel(*asked, 20_000, 2), draw_kernel.py_func(*asked, 2_000, 2)):
        assert fast.shape[1:] == slow.shape[1:] == (3, 2)
        few = np.sqrt(len(fast))
        np.testing.assert_allclose(fast.mean(axis=0), exact, atol=4.0 * spread.max() / few)
        np.testing.assert_allclose(fast.std(axis=0), spread, rtol=4.0 / few)
    np.testing.assert_allclose(slow.std(axis=0), spread, rtol=0.05)
    np.testing.assert_array_equal(draw_kernel(*asked, 9, 5), draw_kernel(*asked, 9, 5))


def test_chance_comes_about_as_far_as_two_normal_tests(tmp_path):
    """On a record with many acts both tests are nearly normal, and the weaker of them is somewhat less."""
    fit = planted_fit(planted_case(tmp_path), 3, **STEADY)
    found = drawn_tests(fit, ["shared_threat", "patron_push"], 7)
    for drawn in found.values():
        assert drawn.shape == (RECORDS,)
        assert 0.4 < np.std(drawn) < 1.05 and abs(np.mean(drawn)) < 0.1
        assert 0.002 < np.mean(np.abs(drawn) > 1.645) < 0.11
    again = drawn_tests(fit, ["shared_threat", "patron_push"], 7)
    np.testing.assert_array_equal(found["shared_threat"], again["shared_threat"])
    assert (drawn_tests(fit, ["shared_threat"], 8)["shared_threat"] != found["shared_threat"]).any()
