"""Simultaneous events: Breslow's, Efron's and exact ties against tables with a row for each event, and all their sets."""

from __future__ import annotations

from itertools import combinations
from math import exp, log

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from lynchpin.engine.likelihoods.exact import EXACT
from lynchpin.engine.likelihoods.likelihood import Margins
from lynchpin.engine.likelihoods.ordinal import BRESLOW, EFRON
from lynchpin.engine.likelihoods.rows import Block

BETA = np.array([0.8, -0.5])


def block(groups, seed=0):
    """Groups of (rows, {row: events})."""
    sizes = [rows for rows, _ in groups]
    ptr = np.concatenate([[0], np.cumsum(sizes)])
    seen = [(ptr[g] + row, count) for g, (_, acted) in enumerate(groups) for row, count in sorted(acted.items())]
    seen_ptr = np.concatenate([[0], np.cumsum([len(acted) for _, acted in groups])])
    X = np.random.default_rng(seed).normal(size=(2, ptr[-1])) + 5.0
    row, count = (np.array(column) for column in zip(*seen, strict=True))
    return Block(X, ptr, np.ones(len(groups)), seen_ptr, row, count.astype(float))


MIXED = [(7, {2: 1}), (6, {0: 1, 3: 1, 5: 1}), (5, {1: 3}), (4, {}), (6, {0: 2, 4: 1, 5: 2}), (3, {0: 1, 1: 1, 2: 1})]


def tables(b):
    """For each group with events: eta of a table with a row for each event, and which rows those are."""
    for g in range(b.ptr.size - 1):
        seen = slice(b.seen_ptr[g], b.seen_ptr[g + 1])
        acted = dict(zip(b.seen_row[seen], b.seen_count[seen], strict=True))
        rows = [r for r in range(b.ptr[g], b.ptr[g + 1]) for _ in range(int(acted.get(r, 1)))]
        if acted:
            yield b.X[:, rows], [k for k, r in enumerate(rows) if r in acted]


def plain(b, beta, ties):
    total = 0.0
    for X, dead in tables(b):
        w, d = np.exp(beta @ X), len(dead)
        if ties == "exact":
            total += log(w[dead].prod()) - log(sum(w[list(some)].prod() for some in combinations(range(w.size), d)))
        else:
            total += sum(log(w[r]) for r in dead)
            total -= sum(log(w.sum() - k / d * w[dead].sum()) for k in range(d))
    return total


@pytest.mark.parametrize(("ties", "likelihood"), [("efron", EFRON), ("exact", EXACT)])
def test_it_is_that_of_a_table_with_a_row_for_each_event(ties, likelihood):
    b, h = block(MIXED), 1e-5
    sums = likelihood.sums(b, BETA)
    assert sums.value == pytest.approx(plain(b, BETA, ties), rel=1e-12)
    for a, step in enumerate(np.eye(2) * h):
        slope = (plain(b, BETA + step, ties) - plain(b, BETA - step, ties)) / (2 * h)
        assert slope == pytest.approx(sums.gradient[a], rel=1e-7)
        lower, upper = (likelihood.sums(b, BETA + sign * step).gradient for sign in (1, -1))
        np.testing.assert_allclose((upper - lower) / (2 * h), sums.information[a], rtol=1e-7)
    residual = likelihood.residual(b, BETA)
    np.testing.assert_allclose(b.X @ residual, sums.gradient, rtol=1e-9)
    np.testing.assert_allclose(np.add.reduceat(residual, b.ptr[:-1]), 0.0, atol=1e-12)


@pytest.mark.parametrize(("ties", "likelihood"), [("efron", EFRON), ("exact", EXACT)])
def test_the_null_is_the_value_without_effects(ties, likelihood):
    b = block(MIXED)
    margins = Margins(np.diff(b.ptr), np.diff(b.ptr), b.exposure, b.seen_ptr, b.seen_count)
    assert likelihood.null(margins) == pytest.approx(plain(b, np.zeros(2), ties), rel=1e-12)


def test_a_dyad_alone_by_hand():
    """It acts twice among three that are alike: Efron 1/4 * 1/3, exact 1 of the 6 pairs of 4 rows, Breslow 1/3 twice."""
    b = block([(3, {0: 2})])
    values = [likelihood.sums(b, np.zeros(2)).value for likelihood in (EFRON, EXACT, BRESLOW)]
    assert np.exp(values) == pytest.approx([1 / 12, 1 / 6, 1 / 9])


def test_one_event_each_needs_no_word_for_ties():
    b = block([(7, {2: 1}), (4, {3: 1})])
    one, *others = [likelihood.sums(b, BETA) for likelihood in (BRESLOW, EFRON, EXACT)]
    for other in others:
        assert other.value == pytest.approx(one.value, rel=1e-12)
        np.testing.assert_allclose(other.information, one.information, rtol=1e-9)


def test_known_values_of_survival():
    """Test data 1 of survival's validation vignette (Therneau): six subjects, two die at 6; Breslow 1.475285, Efron
    1.676857; the sets of two of the four at risk then are 3 r + 3."""
    x = np.array([[1.0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0]])
    b = Block(x, np.array([0, 6, 10, 11]), np.ones(3), np.array([0, 1, 3, 4]), np.array([0, 6, 7, 10]), np.ones(4))
    for likelihood, known in ((BRESLOW, 1.475285), (EFRON, 1.676857)):
        top = minimize_scalar(lambda z, one=likelihood: -one.sums(b, np.array([z])).value, bracket=(0, 3))
        assert top.x == pytest.approx(known, abs=1e-5)
    for z in (0.0, 0.7):
        assert EXACT.sums(b, np.array([z])).value == pytest.approx(2 * (z - log(3 * exp(z) + 3)), rel=1e-12)


def test_exact_ties_do_not_overflow():
    """A dozen of thousands, predictors hundreds apart."""
    b = block([(3000, dict.fromkeys(range(12), 1))], seed=1)
    far = EXACT.sums(b._replace(X=b.X * 40.0), BETA * 10)
    assert np.isfinite(far.value) and np.isfinite(far.information).all()
    moved = EXACT.sums(b._replace(X=b.X + 1e6), BETA)
    np.testing.assert_allclose(moved.information, EXACT.sums(b, BETA).information, rtol=1e-6)
