"""The stack: weights on the simplex that follow the scores, members that learn, nothing seen too early."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.forecast.memory import levels, remember
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.pool import LEVELS, PRIOR, Guest, make_pool, scaled
from lynchpin.answers.forecast.predictive import Predictive
from lynchpin.answers.forecast.regression import _SIZES, COLUMNS, columns, pair_of
from lynchpin.answers.forecast.weights import STRIDE_DAYS, DaysAhead, by_pair, lay_anchors, stacked
from lynchpin.engine.likelihoods.counts import log_chance, size_profile

UNITS = tuple((i, j, c) for c in ("x", "y") for i in ("AAA", "BBB", "CCC") for j in ("AAA", "BBB", "CCC") if i != j)


def toy_panel(days=700, seed=1, level=None):
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.7, 0.1, len(UNITS)) if level is None else np.full(len(UNITS), level)
    daily = rng.poisson(rate[:, None], size=(len(UNITS), days))
    total = np.concatenate([np.zeros((len(UNITS), 1), dtype=np.int64), np.cumsum(daily, axis=1)], axis=1)
    return Panel(UNITS, 0, total, total.sum(axis=0))


def same(a, b):
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("mean", "size", "weight", "spread"))


@pytest.mark.parametrize("span", [DaysAhead(0, 30), DaysAhead(14, 91)])
def test_an_answer_is_seen_only_after_its_span(span):
    anchors = lay_anchors(toy_panel(), span)
    for k, day in enumerate(anchors.at):
        for other, seen in zip(anchors.at[:-1], anchors.seen[k], strict=True):
            assert bool(seen) == (other + span.gap + span.days <= day)
    assert (np.diff(anchors.at[:-1]) == STRIDE_DAYS).all()


def test_weights_lie_on_the_simplex():
    pool = make_pool(toy_panel(), DaysAhead(0, 30))
    assert (pool.weight >= 0).all()
    np.testing.assert_allclose(pool.weight.sum(axis=0), 1.0)
    assert pool.members[: len(LEVELS)] == LEVELS and abs(sum(PRIOR.values()) - 1.0) < 1e-12


def test_weights_follow_the_better_member():
    rng = np.random.default_rng(2)
    good, bad = rng.uniform(0.2, 0.4, (400, 10)), rng.uniform(0.05, 0.2, (400, 10))
    found = stacked(np.stack([good, bad, bad]), np.ones(400), np.zeros(10, dtype=np.int64), np.full(3, 1 / 3))
    np.testing.assert_allclose(found.sum(axis=0), 1.0)
    assert found[0, 0] > 0.8
    alike = stacked(np.stack([good, good, good]), np.ones(400), np.zeros(10, dtype=np.int64), np.array([0.5, 0.3, 0.2]))
    np.testing.assert_allclose(alike[:, 0], [0.5, 0.3, 0.2])


def test_stacking_is_near_the_best_mixture():
    rng = np.random.default_rng(4)
    chances = rng.uniform(0.01, 0.6, (2, 600, 20))
    found = stacked(chances, np.ones(600), np.zeros(20, dtype=np.int64), np.full(2, 0.5))[:, 0]
    grid = np.linspace(0, 1, 201)
    scored = [np.log(w * chances[0] + (1 - w) * chances[1]).sum() for w in grid]
    assert abs(found[0] - grid[int(np.argmax(scored))]) < 0.05


def test_a_pair_moves_from_its_class_towards_what_did_well_for_it():
    """News of one unit moves all units of its pair, and no other."""
    rng = np.random.default_rng(5)
    chances = np.stack([rng.uniform(0.2, 0.3, (60, 6))] * 2)
    chances[0, :, 0] *= 3.0  # the first member did well for one unit of the first pair
    chances[1, :, 3] *= 3.0  # and the second for one of the second
    pair, start = np.array([0, 0, 1, 1, 2, 2]), np.tile([[0.6], [0.4]], 6)
    found = by_pair(chances, np.ones(60), pair, start)
    np.testing.assert_allclose(found.sum(axis=0), 1.0)
    assert (found[0, :2] > 0.8).all() and (found[0, 2:4] < 0.3).all()
    np.testing.assert_allclose(found[:, 4:], start[:, 4:])
    np.testing.assert_allclose(by_pair(chances, np.zeros(60), pair, start), start)


def test_both_directions_are_one_pair():
    pair = pair_of(toy_panel(days=2))
    for k, (i, j, _) in enumerate(UNITS):
        assert all((pair[k] == pair[m]) == ({i, j} == {a, b}) for m, (a, b, _) in enumerate(UNITS))


def guested(panel, said, mean, size=4.0):
    units = np.ones(len(UNITS))
    return make_pool(panel, DaysAhead(0, 30), Guest("guest", said, (mean * units, size * units)))


def test_a_guest_that_said_nothing_keeps_its_first_weight_and_a_good_one_gains():
    panel = toy_panel()
    silent = guested(panel, {}, 2.0)
    np.testing.assert_allclose(silent.weight[-1], 0.2)
    anchors = lay_anchors(panel, DaysAhead(0, 30))
    ones, last = np.ones(len(UNITS)), range(anchors.at.size - 20, anchors.at.size - 1)
    right = {int(anchors.at[k]): (anchors.y[k] + 0.01, 1e6 * ones) for k in last}
    assert (guested(panel, right, 2.0).weight[-1] > silent.weight[-1]).all()
    wrong = {int(anchors.at[k]): (anchors.y[k][::-1] + 0.01, 1e6 * ones) for k in last}
    assert (guested(panel, wrong, 2.0).weight[-1] < silent.weight[-1]).all()


def test_a_guest_says_who_and_the_counts_say_how_much():
    """Its means add up to the others', class by class; twice as much from the guest is the same stack."""
    panel = toy_panel()
    once, twice = guested(panel, {}, 20.0), guested(panel, {}, 40.0)
    rest = make_pool(panel, DaysAhead(0, 30))
    total = (rest.weight * rest.mean).sum(axis=0)
    for c in range(2):
        inside = once.class_of == c
        assert abs(once.mean[-1, inside].sum() - total[inside].sum()) < 1.0  # one act is added to both sums
    np.testing.assert_allclose(once.mean[-1], twice.mean[-1], rtol=0.05)
    assert np.array_equal(once.mean[:-1], rest.mean)
    np.testing.assert_allclose(scaled(np.zeros(4), np.zeros(4), np.array([0, 0, 1, 1])), 0.0)
    other = once.with_guest((np.arange(1.0, len(UNITS) + 1.0), np.ones(len(UNITS))))
    assert other.mean[-1, 5] > other.mean[-1, 0] and np.array_equal(other.weight, once.weight)
    assert rest.with_guest((total, total)) is rest


def test_a_steady_rate_is_found():
    pool = make_pool(toy_panel(level=0.2), DaysAhead(0, 30))
    np.testing.assert_allclose(pool.mean[:-1].mean(), 6.0, rtol=0.15)
    pmf = pool.pmf(np.arange(len(UNITS)), 60)
    np.testing.assert_allclose(pmf.sum(axis=1), 1.0, atol=1e-3)
    assert 4.5 < Predictive(pmf).mean.mean() < 7.5


def test_short_and_silent_records_still_get_a_forecast():
    for days in (62, 75, 100):
        panel = toy_panel(days=days)
        assert np.isfinite(make_pool(panel, DaysAhead(0, 91)).mean).all()
    silent = Panel(UNITS, 0, np.zeros((len(UNITS), 401), dtype=np.int64), np.zeros(401, dtype=np.int64))
    pmf = make_pool(silent, DaysAhead(0, 30)).pmf(np.arange(len(UNITS)), 20)
    assert (pmf[:, 0] > 0.9).all() and np.isfinite(pmf).all()


def test_the_fit_of_a_size_is_that_of_the_negative_binomial():
    """Sums over counts against the plain log chances, up to what all sizes share."""
    rng = np.random.default_rng(6)
    mu, w = rng.gamma(1.0, 5.0, 300), rng.uniform(0.1, 1.0, 300)
    y = rng.poisson(mu).astype(float)
    plain = [float(w @ log_chance(y, mu, np.full(1, size))) for size in _SIZES]
    np.testing.assert_allclose(np.diff(size_profile(y, mu, w, _SIZES)), np.diff(plain), atol=1e-8)


def test_what_members_said_at_an_anchor_rests_on_the_days_before_it():
    """The law that makes the weights fair: cut the record at an anchor, and the member says the same there."""
    panel, span = toy_panel(), DaysAhead(0, 30)
    anchors = lay_anchors(panel, span)
    memory = remember(panel, anchors.at)
    mean, size = levels(anchors, memory, 1, panel.class_of)
    X = columns(panel, anchors, memory)
    for k in (20, 30):
        cut = panel.before(int(anchors.at[k]))
        then = lay_anchors(cut, span)
        remembered = remember(cut, then.at)
        first_mean, first_size = levels(then, remembered, 1, cut.class_of)
        np.testing.assert_allclose(first_mean[-1], mean[k])
        np.testing.assert_allclose(first_size[-1], size[k])
        np.testing.assert_allclose(columns(cut, then, remembered)[-1], X[k])
    assert X.shape[2] == len(COLUMNS)


def test_the_law_catches_an_anchor_that_knows_its_own_answer(monkeypatch):
    """A fault planted once: all answers seen at every anchor."""
    from dataclasses import replace

    panel, span = toy_panel(), DaysAhead(0, 30)
    honest = lay_anchors(panel, span)
    leaky = replace(honest, seen=np.ones_like(honest.seen))
    memory = remember(panel, honest.at)
    assert not np.allclose(levels(leaky, memory, 1, panel.class_of)[1], levels(honest, memory, 1, panel.class_of)[1])


def test_one_panel_gives_one_pool():
    assert same(make_pool(toy_panel(), DaysAhead(0, 30)), make_pool(toy_panel(), DaysAhead(0, 30)))
