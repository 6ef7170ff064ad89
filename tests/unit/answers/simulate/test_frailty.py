"""The table of factors: mean one, and the counts it mixes are negative binomial."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, nbinom, poisson

from lynchpin.answers.simulate.uniforms import BELOW, STRIPS, bounds, children, factor, factors, table, uniforms

MIDDLES = (np.arange(4000) + 0.5) / 4000


@pytest.mark.parametrize("size", [0.01, 0.07, 0.5, 3.0, 1e4])
def test_poisson_counts_mixed_by_the_factor_are_negative_binomial(size):
    """Chance of no act and of one, over means from rare to many: integrals over the factor against the exact ones."""
    octave, nodes = np.arange(53), (np.arange(320) + 0.5) / 320
    tail = (0.25 + 0.25 * nodes)[:, None] * 0.5**octave  # from 2 ** -(octave + 2) to 2 ** -(octave + 1)
    weight = np.broadcast_to(0.25 * 0.5**octave / nodes.size, tail.shape)
    share = np.stack([factors(table(size), tail), factors(table(size), 1.0 - tail)])
    for mean in (0.01, 0.3, 5.0):
        for count in (0, 1):
            exact = nbinom.pmf(count, size, size / (size + mean))
            assert (weight * poisson.pmf(count, share * mean)).sum() == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize("size", [0.05, 0.8, 40.0])
def test_the_table_holds_gamma_quantiles(size):
    u = np.array([2.0**-40, 0.2, 0.5, 0.77, 0.9, 0.999, 1 - 1e-9, 1 - 2.0**-53])
    np.testing.assert_allclose(factors(table(size), u), gamma.ppf(u, size, scale=1 / size), rtol=2e-3, atol=2e-4)


def test_the_mean_is_one_and_poisson_has_no_factor():
    quantiles = table(0.2)
    weight = 0.5 ** np.arange(2, quantiles.shape[1] + 2)
    assert (((quantiles[..., 1:] + quantiles[..., :-1]) / 2).mean(axis=2) @ weight).sum() == pytest.approx(1.0)
    assert (table(np.inf) == 1.0).all()


def test_compiled_and_plain_agree():
    u, quantiles = np.concatenate([MIDDLES[::97], [0.0, 0.5, 0.75, 1 - 2.0**-53]]), table(0.3)
    assert [factor(quantiles, x) for x in u] == factors(quantiles, u).tolist()


@pytest.mark.parametrize("size", [0.05, 0.8, 40.0, np.inf])
def test_no_factor_is_above_the_bound_of_its_strip(size):
    quantiles, key = table(size), children(np.zeros(200_000, dtype=np.uint64), np.arange(200_000))
    u, strip = uniforms(key), (key >> BELOW).astype(np.int64)
    assert np.array_equal(strip, (u * STRIPS).astype(np.int64))
    edges = np.concatenate([u, np.arange(STRIPS) / STRIPS, np.nextafter(np.arange(1, STRIPS + 1) / STRIPS, 0.0)])
    found, top = factors(quantiles, edges), bounds(quantiles)[(edges * STRIPS).astype(np.int64)]
    assert (found <= top).all()
    assert bounds(quantiles)[:-1].mean() < 1.2  # and of use: the factor's own mean is one
