"""Simulation: one seed one result, margins as fitted, mutual acts drawn once, traces fed by counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lynchpin.answers.simulate import reference, simulate
from lynchpin.answers.simulate.draw import posterior
from lynchpin.answers.simulate.inflow import inflow, mutual_share, placed
from lynchpin.answers.simulate.moves import no_moves
from lynchpin.answers.simulate.program import pairs_of
from lynchpin.answers.simulate.uniforms import children, seed_key, table


def certain(fit, keep=()):
    """The fit with no doubt, and with only the class means and the kept columns at work."""
    kept = np.array([c.kind == "class" or c.name in keep for c in fit.design.columns])
    return replace(fit, estimate=np.where(kept, fit.estimate, 0.0), covariance=np.eye(kept.size) * 1e-18)


def test_one_seed_one_result(fit_2012):
    one, same, other = (simulate(fit_2012, 4, 50, seed).counts for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one.shape == (50, 4, len(fit_2012.design.units))


def test_without_memory_the_mean_is_the_rate(fit_2012):
    fit = certain(fit_2012)
    counts = simulate(fit, 3, 6000, 1).counts
    for c in fit.case.class_names:
        units = [k for k, u in enumerate(fit.design.units) if u.event_class == c]
        beta = next(
            b
            for b, col in zip(fit.estimate, fit.design.columns, strict=True)
            if col.kind == "class" and col.event_class == c
        )
        expected = np.exp(beta + fit.design.offset_at_origin[c])
        found = counts[:, :, units]
        error = found.mean(axis=(0, 1)).std() / np.sqrt(len(units)) + 1e-4
        assert abs(found.mean() - expected) < 6 * error


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_one_seed_any_workers(fit_2012, workers):
    alone = simulate(fit_2012, 4, 300, 3, workers=1).counts
    assert np.array_equal(simulate(fit_2012, 4, 300, 3, workers=workers).counts, alone)


def test_a_path_does_not_depend_on_how_many_there_are(fit_2012):
    moves = no_moves(fit_2012, 4)
    beta = posterior(fit_2012, 200, 3)
    few, many = (reference.play(fit_2012, moves, beta[:n], 3)[0] for n in (20, 40))
    assert np.array_equal(few, many[:20])


@pytest.mark.parametrize("theta", [0.4, np.inf])
def test_draws_have_the_fitted_margin_and_share_mutual_acts(theta):
    key = children(np.full(200_000, seed_key(2)), np.arange(200_000))
    mean = (np.full(200_000, 0.8), np.full(200_000, 0.5))
    acts = reference._draw(key, 0, table(theta), 0.6, mean, (1.0, 1.0))
    counts = reference.by_unit(acts[:, None], np.array([[0, 1]])).T
    np.testing.assert_allclose(counts.mean(axis=1), [0.8, 0.5], rtol=0.02)
    excess = 0.0 if np.isinf(theta) else 1.0 / theta
    np.testing.assert_allclose(counts.var(axis=1), [0.8 + 0.64 * excess, 0.5 + 0.25 * excess], rtol=0.05)
    covariance = 0.6 * 0.5 + 0.8 * 0.5 * excess
    np.testing.assert_allclose(np.cov(counts)[0, 1], covariance, rtol=0.05)


def test_pairs_are_the_two_directions_of_a_class(fit_2012):
    units, pairs = fit_2012.design.units, pairs_of(placed(fit_2012.design))
    assert sorted(pairs.ravel().tolist()) == list(range(len(units)))
    for there, back in pairs:
        assert (units[there].source, units[there].target) == (units[back].target, units[back].source)
        assert units[there].event_class == units[back].event_class


def test_mutual_share_counts_acts_that_stand_in_both_directions(fit_2012):
    share = dict(zip([u.event_class for u in fit_2012.design.units], mutual_share(fit_2012.design), strict=True))
    events = fit_2012.events
    assert share["security_cooperation"] > 0.7  # summits, talks and drills
    assert share["grievance"] < 0.2  # protest notes and visits
    assert events.height == fit_2012.made_from.events_used


def test_a_trace_takes_in_what_was_drawn(fit_2012):
    design = fit_2012.design
    layer = next(k for k in design.layers.at_origin() if not k.contexts and k.classes == ("grievance",))
    n = len(design.case.nodes)
    trace, counts = np.zeros((2, n, n)), np.zeros((len(design.units), 2), dtype=np.int64)
    unit = next(
        k for k, u in enumerate(design.units) if (u.source, u.target, u.event_class) == ("KOR", "JPN", "grievance")
    )
    counts[unit] = [0, 3]
    rule = inflow(design, layer)
    rule.steady[:] = 0.0
    rule.advance(trace, counts, placed(design))
    i, j = design.case.nodes.index("KOR"), design.case.nodes.index("JPN")
    weights = 2.0 ** (-np.linspace(0.0, 7.0, 2001) / layer.half_life_days)
    np.testing.assert_allclose(trace[:, i, j], [0.0, 3 * weights.mean()], rtol=1e-3)
    trace[1, i, j] = 0.0
    assert not trace.any()


def test_runaway_paths_are_said(fit_2012):
    calm, wild = certain(fit_2012), certain(fit_2012)
    classes = np.array([c.kind == "class" for c in fit_2012.design.columns])
    wild = replace(wild, estimate=np.where(classes, wild.estimate + 6.0, wild.estimate))
    assert simulate(calm, 4, 50, 1).runaway == 0.0
    assert simulate(wild, 4, 50, 1).runaway == 1.0


def test_shock_to_a_cause_moves_its_target(fit_2012):
    """With only the threat at work, a past full of provocation gives more security cooperation than a calm one."""
    fit = certain(fit_2012, keep=("shared_threat",))
    k = fit.design.position("shared_threat")
    unit = next(
        u
        for u, x in enumerate(fit.design.units)
        if (x.source, x.target, x.event_class) == ("KOR", "JPN", "security_cooperation")
    )
    strong = replace(fit, estimate=np.where(np.arange(fit.estimate.size) == k, 2.0, fit.estimate))
    none = replace(fit, estimate=np.where(np.arange(fit.estimate.size) == k, 0.0, fit.estimate))
    assert (
        simulate(strong, 2, 3000, 1).counts[:, :, unit].mean()
        > 1.5 * simulate(none, 2, 3000, 1).counts[:, :, unit].mean()
    )


def test_statistics_stay_in_the_range_of_the_record(fit_2012):
    """However strongly acts feed one another, no rate passes what the statistics' highest values give."""
    inertia = np.array([c.name.startswith("inertia") for c in fit_2012.design.columns])
    wild = replace(certain(fit_2012), estimate=np.where(inertia, 3.0, certain(fit_2012).estimate))
    design = wild.design
    paths = simulate(wild, 30, 200, 1)
    assert 0.0 < paths.held < 1.0
    for u, unit in enumerate(design.units):
        top = sum(max(wild.estimate[p] * x for x in design.range_of(p)) for p in unit.columns if inertia[p])
        base = sum(wild.estimate[p] for p in unit.columns if design.columns[p].kind == "class")
        ceiling = np.exp(design.offset_at_origin[unit.event_class] + base + top)
        assert paths.counts[:, :, u].mean() <= 1.5 * ceiling + 0.1
