"""The kernel draws what the reference draws, number for number; and each fault of one is caught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import poisson as exact

from lynchpin.answers.simulate import reference
from lynchpin.answers.simulate._kernel import poisson
from lynchpin.answers.simulate.draw import posterior, simulate
from lynchpin.answers.simulate.inflow import placed
from lynchpin.answers.simulate.moves import no_moves
from lynchpin.answers.simulate.program import pairs_of
from lynchpin.answers.simulate.ties import ties
from lynchpin.answers.simulate.uniforms import ACTS, bounds

STEPS, DRAWS, SEED = 6, 60, 11
EDGES = np.array([0, 10, 11, 31, 40])


@pytest.fixture(scope="module")
def moves(fit_2012):
    """Everything that can be moved, moved."""
    plain, rng = no_moves(fit_2012, STEPS), np.random.default_rng(1)
    shape, layers = (STEPS, len(fit_2012.design.units)), list(plain.start)
    return replace(
        plain,
        kept=rng.choice([0.0, 0.5, 1.0], shape),
        given=rng.choice([0.0, 0.3], shape),
        factor=rng.choice([0.0, 1.0, 2.0], shape),
        pull=rng.choice([0.0, 1.0, 1.5], (STEPS, plain.pull.shape[1])),
        start={layer: trace * 0.9 for layer, trace in plain.start.items()},
        added=((0, layers[0], 0, 1, 0.7), (3, layers[1], 2, 1, 1.9), (3, layers[1], 2, 1, 0.1)),
    )


@pytest.mark.parametrize("moved", [False, True], ids=["plain", "moved"])
def test_kernel_equals_reference(fit_2012, moves, moved):
    used = moves if moved else no_moves(fit_2012, STEPS)
    units = placed(fit_2012.design)
    pairs = pairs_of(units)
    standing = ties(fit_2012, pairs, STEPS)
    acts, means, held = reference.play(fit_2012, used, posterior(fit_2012, DRAWS, SEED), SEED)
    fast = simulate(fit_2012, STEPS, DRAWS, SEED, moves=used)
    assert np.array_equal(fast.counts, reference.by_unit(acts, pairs))
    assert fast.held == pytest.approx(held.sum() / (DRAWS * STEPS * used.pull.shape[1]))
    monthly = simulate(fit_2012, STEPS, DRAWS, SEED, moves=used, edges=EDGES, ties=standing, expected=True)
    assert np.array_equal(monthly.counts, reference.in_periods(acts, pairs, SEED, EDGES, 7))
    np.testing.assert_allclose(monthly.expected, reference.means_in_periods(means, EDGES, 7), rtol=1e-5)
    law = np.array([units[there][0] for there, _ in pairs])
    np.testing.assert_allclose(monthly.index, reference.relation_index(acts, standing, law, SEED, EDGES, 7), atol=1e-6)


def test_kernel_equals_reference_when_paths_run_away(fit_2012):
    """More acts in a step than numbers are kept for, on days that two periods share."""
    classes = np.array([c.kind == "class" for c in fit_2012.design.columns])
    wild = replace(fit_2012, estimate=np.where(classes, fit_2012.estimate + 10.0, fit_2012.estimate))
    pairs, steps, draws = pairs_of(placed(wild.design)), 2, 3
    standing = ties(wild, pairs, steps)
    acts, *_ = reference.play(wild, no_moves(wild, steps), posterior(wild, draws, SEED), SEED)
    assert acts.max() > 2 * ACTS
    fast = simulate(wild, steps, draws, SEED, edges=[0, 10, 14], ties=standing)
    edges = np.array([0, 10, 14])
    assert np.array_equal(fast.counts, reference.in_periods(acts, pairs, SEED, edges, 7))
    law = np.array([placed(wild.design)[there][0] for there, _ in pairs])
    np.testing.assert_allclose(fast.index, reference.relation_index(acts, standing, law, SEED, edges, 7), atol=1e-5)
    assert fast.runaway == 1.0


def test_a_planted_fault_of_the_reference_is_caught(fit_2012, monkeypatch):
    monkeypatch.setattr(reference, "BACK", reference.THERE)
    acts, *_ = reference.play(fit_2012, no_moves(fit_2012, STEPS), posterior(fit_2012, DRAWS, SEED), SEED)
    fast = simulate(fit_2012, STEPS, DRAWS, SEED)
    assert not np.array_equal(fast.counts, reference.by_unit(acts, pairs_of(placed(fit_2012.design))))


def test_a_bound_that_is_too_low_is_caught(fit_2012, monkeypatch):
    """The paths that `may_act` leaves out would be missing."""
    honest = simulate(fit_2012, STEPS, DRAWS, SEED)
    monkeypatch.setattr("lynchpin.answers.simulate.program.bounds", lambda quantiles: 0.8 * bounds(quantiles))
    fit_2012 = replace(fit_2012)  # one whose program is not made yet
    assert simulate(fit_2012, STEPS, DRAWS, SEED).counts.sum() < honest.counts.sum()


@pytest.mark.parametrize("side_by_side", [1, 7, DRAWS])
def test_a_path_does_not_depend_on_those_beside_it(fit_2012, moves, monkeypatch, side_by_side):
    def run():
        standing = ties(fit_2012, pairs_of(placed(fit_2012.design)), STEPS)
        return simulate(fit_2012, STEPS, DRAWS, SEED, moves=moves, edges=EDGES, ties=standing, expected=True)

    one = run()
    monkeypatch.setattr("lynchpin.answers.simulate.draw._CHUNK", side_by_side)
    other = run()
    assert one.held == other.held and one.runaway == other.runaway
    for name in ("counts", "index", "expected"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_without_a_program_the_reference_serves(fit_2012, monkeypatch):
    fast = simulate(fit_2012, 3, 20, SEED, edges=[0, 15, 21])
    monkeypatch.setattr("lynchpin.answers.simulate.draw.compiled", lambda fit: None)
    slow = simulate(fit_2012, 3, 20, SEED, edges=[0, 15, 21])
    assert np.array_equal(fast.counts, slow.counts)
    assert fast.held == pytest.approx(slow.held)


@pytest.mark.parametrize("mean", [0.0, 1e-4, 0.3, 7.0, 99.0, 101.0, 2500.0])
def test_quantiles_of_the_poisson(mean):
    u = np.concatenate([[0.0], np.linspace(0.001, 0.999, 97)])
    expected = np.maximum(exact.ppf(u, mean), 0).tolist()
    assert [poisson(x, mean) for x in u[1:]] == expected[1:]
    assert reference.quantile(u, np.full(u.size, mean)).tolist()[1:] == expected[1:]
    assert poisson(1.0 - 2.0**-53, mean) < mean + 20 * np.sqrt(mean) + 51
