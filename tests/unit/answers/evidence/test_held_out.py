"""The held-out score: blind to what it scores, and one step as good as a refit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.answers.evidence import held_out as room
from lynchpin.answers.evidence.held_out import acts_before, fit_before, held_out, units_ahead
from lynchpin.answers.evidence.placebo import placebo, without
from lynchpin.engine.likelihoods import counts
from lynchpin.model.design import build_design
from lynchpin.model.fit import precision_of
from lynchpin.model.newton import maximise


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return planted_fit(planted_case(tmp_path_factory.mktemp("planted")), 3, effect=0.8)


ROW = 240


def scrambled(fit, row):
    """The same fit on a record whose acts from a row on have changed class and dyad."""
    design = fit.design
    acts, steps = design.layers.acts, design.steps
    later = acts.day >= steps.starts[steps.burn_in + row]
    rng = np.random.default_rng(1)
    changed = replace(
        acts,
        source=np.where(later, rng.permutation(acts.source), acts.source),
        event_class=np.where(later, 1 - acts.event_class, acts.event_class),
    )
    return replace(fit, design=build_design(fit.case, changed, steps, design.evaluator.half_life_days))


def test_what_comes_later_changes_nothing(fit):
    ours, theirs = fit_before(fit, ROW), fit_before(scrambled(fit, ROW), ROW)
    np.testing.assert_array_equal(ours.estimate.beta, theirs.estimate.beta)
    assert ours.estimate.theta == theirs.estimate.theta and ours.estimate.variance == theirs.estimate.variance


def test_the_law_catches_an_origin_that_looks_ahead(fit, monkeypatch):
    """A fault planted once: the acts are not cut."""
    monkeypatch.setattr(room, "acts_before", lambda acts, day: acts)
    monkeypatch.setattr(room, "replace", lambda value, **new: value if "count" in new else replace(value, **new))
    ours, theirs = fit_before(fit, ROW), fit_before(scrambled(fit, ROW), ROW)
    assert (ours.estimate.beta != theirs.estimate.beta).any()


def test_half_lives_and_means_are_those_of_the_time(northeast, fit_2012):
    known = fit_before(fit_2012, 300)
    name = "shared_threat"
    days = known.design.columns[known.design.position(name)].half_life_days
    acts = acts_before(fit_2012.design.layers.acts, known.design.steps.origin_day)
    alone = build_design(northeast, acts, known.design.steps, {name: days})
    for a, b in zip(alone.units, known.design.units, strict=True):
        np.testing.assert_allclose(a.X, b.X, atol=1e-12)
    ahead = units_ahead(fit_2012.design, known.design, slice(200, 300))
    for far, near in zip(ahead, known.design.units, strict=True):
        np.testing.assert_allclose(far.X, near.X[200:300], atol=1e-9)
        np.testing.assert_array_equal(far.y, near.y[200:300])


def test_the_gain_of_one_mechanism_is_the_chance_of_when_its_acts_came(fit):
    """Act by act: each falls on one step of the window, more likely where more were expected."""
    design = fit.design
    quick = held_out(fit, origins=1)
    start, end = (int(row) for row in np.unique(np.linspace(0.5 * design.rows, design.rows, 2).astype(int)))
    known = fit_before(fit, start)
    earlier = known.as_fit(fit)
    for name in ("shared_threat", "patron_push"):
        k = known.design.position(name)
        found = placebo(earlier, name, np.zeros(1, dtype=int))
        pulled = found.estimate * 0.25 / (0.25 + found.clustered_error**2)  # the prior's variance is 0.5 squared
        none = without(earlier, [k])
        timed = none + earlier.covariance[:, k] / earlier.covariance[k, k] * pulled
        assert none[k] == 0.0 and timed[k] == pytest.approx(pulled)
        gain = 0.0
        for unit in units_ahead(design, known.design, slice(start, end)):
            if k in unit.columns:
                offset = design.offset[unit.event_class][start:end]
                for sign, beta in ((1, timed), (-1, none)):
                    mean = np.exp(offset + unit.X @ beta[unit.columns])
                    for step in np.flatnonzero(unit.y):
                        gain += sign * unit.y[step] * float(np.log(mean[step] / mean.sum()))
        assert quick.gain(name) == pytest.approx(gain)


def test_the_whole_account_is_scored_by_the_chance_of_its_counts(fit):
    """With no mechanism in it, by a refit with all of them held at none."""
    design = fit.design
    quick = held_out(fit, origins=1)
    start, end = (int(row) for row in np.unique(np.linspace(0.5 * design.rows, design.rows, 2).astype(int)))
    known = fit_before(fit, start)
    places = [known.design.position(name) for name in ("shared_threat", "patron_push")]
    tight = precision_of(known.design, fit.case, known.estimate.variance)
    tight[places] = 1e9
    bare, _, _ = maximise(known.design, known.estimate.beta, known.estimate.theta, tight)
    gain = 0.0
    for unit in units_ahead(design, known.design, slice(start, end)):
        if np.isin(places, unit.columns).any():
            offset, theta = design.offset[unit.event_class][start:end], known.estimate.theta[unit.event_class]
            for sign, beta in ((1, known.estimate.beta), (-1, bare)):
                mean = np.exp(offset + unit.X @ beta[unit.columns])
                gain += sign * float(counts.log_chance(unit.y, mean, theta).sum())
    assert len(quick.whole) == 1
    assert quick.whole[0].gain == pytest.approx(gain, abs=0.15 * max(1.0, abs(gain)))


def test_a_true_effect_gains_window_by_window(fit):
    found = held_out(fit)
    assert found.gain("shared_threat") > 1.0
    assert found.gain("shared_threat") == pytest.approx(sum(w.gain for w in found.windows["shared_threat"]))
    assert len(found.windows["shared_threat"]) == len(found.whole) == 5
    assert found.whole[-1].end == fit.origin
    assert found.steps == pytest.approx(fit.design.rows / 2, abs=1)
