"""Causes moved in time: the kernel, the one-step statistic against full refits, and what a shift leaves alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.account.cases import read_known
from lynchpin.answers.evidence.placebo import (
    MOST_SHIFTS,
    SETTLED_BY,
    Placebo,
    draw_lags,
    lay_null,
    placebo,
    settled_placebo,
    slow_waves,
    under,
)
from lynchpin.answers.evidence.shifts import (
    MovedLayers,
    daily,
    moved_columns,
    moved_direct_kernel,
    moved_kernel,
    moved_reference,
    moved_window,
    weights_by_age,
)
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.trace import traces
from lynchpin.model import fit_case
from lynchpin.model.design.layers import Layer
from lynchpin.model.fit import penalty
from lynchpin.model.newton import clustered_meat, maximise


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return planted_fit(planted_case(tmp_path_factory.mktemp("planted")), 3)


def test_kernels_agree_with_their_reference():
    rng = np.random.default_rng(1)
    day = np.sort(rng.integers(0, 90, 40))
    at, lags = np.arange(0, 90, 7), np.array([0, 1, 6, 30, 77, 89])
    by_day = traces(day, np.zeros_like(day), np.ones(40), np.arange(91), 1, 20.0)[:, 0]
    plain = weights_by_age(Layer((), (), 20.0), 90)
    fading = 2.0 ** (-np.arange(91) / 20.0)
    for kernel in (moved_kernel, moved_kernel.py_func):
        np.testing.assert_allclose(
            kernel(by_day, fading, at, lags), moved_reference(day, at, lags, 90, plain), atol=1e-12
        )
    for layer in (Layer((), (), 20.0), Layer((), (), np.inf, 14.0), Layer((), (), 30.0, 21.0, 7.0)):
        weights = weights_by_age(layer, 90)
        for kernel in (moved_direct_kernel, moved_direct_kernel.py_func):
            np.testing.assert_allclose(kernel(day, weights, at, lags), moved_reference(day, at, lags, 90, weights))


@pytest.mark.parametrize("window", [1, 14, 60, 200])
def test_windows_are_differences_of_running_counts(window):
    rng = np.random.default_rng(window)
    day = np.sort(rng.integers(-5, 90, 60))  # a few acts before the first day of the grid
    at, lags = np.arange(0, 91, 5), np.array([0, 1, 6, 30, 77, 89])
    weights = weights_by_age(Layer((), (), np.inf, float(window)), 200)
    np.testing.assert_array_equal(moved_window(day, at, lags, 90, window), moved_reference(day, at, lags, 90, weights))


def test_weights_are_those_of_the_layers(fit):
    """Of every kind of memory, by the trace of one act."""
    for layer in (
        Layer(("conflict",), (), 20.0),
        Layer(("conflict",), (), np.inf, 14.0),
        Layer(("conflict",), (), 30.0, 21.0, 7.0),
    ):
        memory = (layer.half_life_days, layer.window_days, layer.lag_days)
        one = traces(np.array([0]), np.array([0]), np.ones(1), np.arange(60), 1, *memory)[:, 0]
        np.testing.assert_allclose(weights_by_age(layer, 59), one, atol=1e-12)


def test_no_lag_is_the_design_itself(fit):
    design = fit.design
    for name in ("shared_threat", "patron_push"):
        unmoved = moved_columns(design, name, np.array([0]), {})
        for unit in design.units:
            k = unit.columns == design.position(name)
            if k.any():
                np.testing.assert_allclose(unmoved[unit.source, unit.target][0], unit.X[:, k][:, 0], atol=1e-12)


def test_dyads_that_are_read_alike_have_the_statistic_of_each_by_itself():
    design = fit_case(read_known("northeast-asia", as_of="2004-01-01")).design
    lags, rows = np.array([0, 90, 400]), slice(design.steps.burn_in, design.steps.count)
    alike = 0
    for name, mechanism in design.evaluator.mechanisms.items():
        columns = moved_columns(design, name, lags, {})
        assert list(columns) == list(mechanism.checked.dyads)
        alike += len(columns) - len({id(column) for column in columns.values()})
        layers = MovedLayers(design.layers.acts, design.steps, rows, lags, {})
        for dyad, column in columns.items():
            alone = design.evaluator.statistic(name, dyad, layers).reshape(lags.size, design.rows)
            np.testing.assert_array_equal(column, alone)
    assert alike > 0


def test_moved_acts_are_the_same_acts(fit):
    """A moved layer is the trace of the acts with their days changed, and nothing else."""
    design, lag = fit.design, 400
    acts, steps = design.layers.acts, design.steps
    days = steps.origin_day - steps.first_day
    layer = Layer(("conflict",), (), 60.0)
    day = np.where(acts.day + lag < steps.origin_day, acts.day + lag, acts.day + lag - days)
    order = np.argsort(day, kind="stable")
    moved = replace(
        acts,
        day=day[order],
        event=acts.event[order],
        source=acts.source[order],
        target=acts.target[order],
        event_class=acts.event_class[order],
    )
    by_hand = daily(moved, steps, layer, 3, 1)[steps.starts[:-1] - steps.first_day]
    cell = MovedLayers(acts, steps, slice(0, steps.count), np.array([lag]), {}).cell(layer, 3, 1)
    np.testing.assert_allclose(cell, by_hand, atol=1e-9)
    assert by_hand.max() > 0.5


def test_one_step_agrees_with_full_refits(fit):
    """Without waves the one-step statistic is the z of a refit with the moved column in place of the true one."""
    name, design = "shared_threat", fit.design
    k, lags = design.position(name), draw_lags(fit, name, 25, 7)
    quick = placebo(fit, name, lags, waves=0)
    columns = moved_columns(design, name, lags, {})
    precision = penalty(fit)
    precision[k] = 1e-9  # a placebo has no prior, and takes the level of each dyad it moves out whole
    moves = [unit.columns for unit in design.units if k in unit.columns]
    precision[[c for its in moves for c in its if design.columns[c].kind == "dyad"]] = 1e-9
    slow = []
    for s in range(lags.size):
        units = []
        for unit in design.units:
            here = np.flatnonzero(unit.columns == k)
            if here.size:
                X = unit.X.copy()
                X[:, here[0]] = columns[unit.source, unit.target][s]
                unit = replace(unit, X=X)
            units.append(unit)
        moved = replace(design, units=tuple(units))
        beta, at, converged = maximise(moved, fit.estimate, fit.theta, precision)
        assert converged
        covariance = np.linalg.inv(at.curvature)
        clustered = covariance @ clustered_meat(moved, beta, fit.theta) @ covariance
        slow.append(beta[k] / np.sqrt(max(covariance[k, k], clustered[k, k])))
    assert np.corrcoef(quick.studentised, slow)[0, 1] > 0.98
    rank = [np.mean(np.array(z) >= z[0]) for z in (quick.studentised, slow)]
    assert abs(rank[0] - rank[1]) <= 0.08


def test_lags_keep_their_distance_and_their_seed(fit):
    lags = draw_lags(fit, "patron_push", 200, 5)
    days = fit.design.steps.origin_day - fit.design.steps.first_day
    assert lags[0] == 0 and lags.size == 201
    assert lags[1:].min() >= 180 and lags[1:].max() <= days - 180
    np.testing.assert_array_equal(lags, draw_lags(fit, "patron_push", 200, 5))
    assert (lags[1:] != draw_lags(fit, "patron_push", 200, 6)[1:]).any()


def test_p_values_count_the_true_record():
    found = Placebo(np.array([2.0, *np.linspace(-3, 1.9, 98), 2.5]), 1.0, 1.0)
    assert found.p_value(1.0) == pytest.approx(0.02)
    assert found.p_value(-1.0) == pytest.approx(0.99)
    assert found.p_value(0.0) == pytest.approx(0.04)


@pytest.mark.parametrize("middle", [-0.4, 0.0, 0.4])
@pytest.mark.parametrize("unmoved", [-0.2, 0.2])
def test_a_p_value_never_points_to_another_side_than_the_effect(middle, unmoved):
    moved = middle + np.random.default_rng(1).normal(size=499)
    found = Placebo(np.r_[unmoved, moved], 4.0, 1.0)
    side = np.sign(unmoved)
    assert np.sign(found.estimate) == side
    assert found.p_value(side) <= 0.5 <= found.p_value(-side)


def test_the_effect_is_score_over_information_and_its_error_carries_both():
    """Information 4, clustered variance 2.25 times it, shifts with a spread of 2: by hand."""
    score, information = 3.0, 4.0
    moved = np.array([-2.0, 2.0] * 50)
    found = Placebo(np.r_[score / np.sqrt(2.25 * information), moved], information, 2.25)
    assert found.estimate == pytest.approx(score / information)
    assert found.clustered_error == pytest.approx(1.5 / 2.0) and found.spread == pytest.approx(2.0)
    assert found.effect.standard_error == pytest.approx(1.5) and found.z == pytest.approx(0.5)
    assert found.effect.upper == pytest.approx(0.75 + 1.6448536 * 1.5)
    calm = Placebo(np.r_[1.0, moved / 10.0], information, 2.25)
    assert calm.spread == 1.0


def test_shifts_go_on_until_a_small_p_is_settled(fit, tmp_path):
    strong = planted_fit(planted_case(tmp_path), 11, effect=1.6)
    first = placebo(strong, "shared_threat", draw_lags(strong, "shared_threat", SHIFTS, 3))
    found = settled_placebo(strong, "shared_threat", SHIFTS, 3)
    n = found.studentised.size
    assert not first.is_settled and n > SHIFTS + 1
    np.testing.assert_array_equal(found.studentised[: SHIFTS + 1], first.studentised)
    whole = placebo(strong, "shared_threat", draw_lags(strong, "shared_threat", n - 1, 3))
    np.testing.assert_allclose(found.studentised, whole.studentised)
    as_far = int((found.studentised[1:] >= found.studentised[0]).sum())
    assert as_far >= SETTLED_BY or n == MOST_SHIFTS + 1
    assert found.p_value(1.0) == pytest.approx((1 + as_far) / n)
    assert settled_placebo(strong, "shared_threat", 60, 3).studentised.size == 61
    calm = settled_placebo(fit, "patron_push", SHIFTS, 3)
    assert calm.is_settled and calm.studentised.size == SHIFTS + 1


def test_a_lag_that_is_drawn_again_says_what_it_said(fit, tmp_path):
    strong = planted_fit(planted_case(tmp_path), 9, effect=1.5)
    found = settled_placebo(strong, "shared_threat", SHIFTS, 3)
    lags = draw_lags(strong, "shared_threat", found.studentised.size - 1, 3)
    assert np.unique(lags).size < lags.size
    null = lay_null(strong, "shared_threat")
    for at in [0, 1, *np.random.default_rng(2).integers(0, lags.size, 12)]:  # each by itself
        alone = under(strong, "shared_threat", null, lags[[0, at]])
        assert found.studentised[at] == pytest.approx(alone.studentised[1], rel=1e-9, abs=1e-12)


def test_the_one_step_effect_is_near_that_of_a_whole_fit(fit, tmp_path):
    """With levels and waves as columns and no prior on the mechanism, Newton steps on to the top."""
    for record in (fit, planted_fit(planted_case(tmp_path), 8, effect=0.6)):
        k = record.design.position("shared_threat")
        quick = placebo(record, "shared_threat", np.zeros(1, dtype=int))
        wave = slow_waves(record.design.rows, 4)
        units, columns = [], list(record.design.columns)
        of_pair: dict[frozenset[str], int] = {}
        for unit in record.design.units:
            if k in unit.columns:
                first = of_pair.setdefault(frozenset((unit.source, unit.target)), len(columns))
                if first == len(columns):
                    columns += [replace(columns[k], name=f"wave {n}") for n in range(4)]
                level = len(columns)
                columns.append(replace(columns[k], name=f"level {unit.source}"))
                X = np.hstack([unit.X, wave, np.ones((record.design.rows, 1))])
                unit = replace(unit, X=X, columns=np.r_[unit.columns, first + np.arange(4), level])
            units.append(unit)
        design = replace(record.design, units=tuple(units), columns=tuple(columns))
        precision = np.r_[penalty(record), np.full(len(columns) - record.estimate.size, 1e-6)]
        precision[k] = 1e-9
        start = np.r_[record.estimate, np.zeros(len(columns) - record.estimate.size)]
        beta, at, converged = maximise(design, start, record.theta, precision, tolerance=1e-8)
        assert converged
        assert quick.estimate == pytest.approx(beta[k], abs=0.35 * np.sqrt(at.covariance[k, k]))
        assert 1 / np.sqrt(quick.information) == pytest.approx(np.sqrt(at.covariance[k, k]), rel=0.2)


def test_waves_are_few_on_a_short_record():
    assert slow_waves(500, 4).shape == (500, 4)
    assert slow_waves(45, 4).shape == (45, 2)
    assert slow_waves(15, 4).shape == (15, 0)


def test_a_cause_that_is_all_drift_says_nothing(fit):
    """A statistic that never moves has no information once levels are out."""
    empty = np.array([0, 50])
    acts = fit.design.layers.acts
    silent = replace(acts, event_class=np.where(acts.source == 3, -1, acts.event_class))
    layers = type(fit.design.layers)(silent, fit.design.steps)
    assert placebo(replace(fit, design=replace(fit.design, layers=layers)), "shared_threat", empty) is None
