"""The held-out score: blind to what it scores, and one step as good as a refit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.answers.evidence import held_out as room
from lynchpin.answers.evidence.held_out import acts_before, fit_before, held_out, units_ahead
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


def test_leaving_out_by_one_step_agrees_with_a_refit(fit):
    design = fit.design
    quick = held_out(fit, origins=1)
    ends = np.unique(np.linspace(0.5 * design.rows, design.rows, 2).astype(int))
    known = fit_before(fit, int(ends[0]))
    precision = precision_of(known.design, fit.case, known.estimate.variance)
    for name in ("shared_threat", "patron_push"):
        k = known.design.position(name)
        tight = precision.copy()
        tight[k] = 1e9  # held at zero
        without, _, _ = maximise(known.design, known.estimate.beta, known.estimate.theta, tight)
        gain = 0.0
        for unit in units_ahead(design, known.design, slice(ends[0], ends[1])):
            if k in unit.columns:
                offset = design.offset[unit.event_class][ends[0] : ends[1]]
                for sign, beta in ((1, known.estimate.beta), (-1, without)):
                    eta = offset + unit.X @ beta[unit.columns]
                    gain += sign * float(
                        counts.log_chance(unit.y, np.exp(eta), known.estimate.theta[unit.event_class]).sum()
                    )
        assert quick.gain[name] == pytest.approx(gain, abs=0.15 * max(1.0, abs(gain)))


def test_a_true_effect_gains_and_information_grows(fit):
    found = held_out(fit)
    assert found.gain["shared_threat"] > 1.0
    assert (np.diff(found.information["shared_threat"]) >= 0).all()
    assert found.steps == pytest.approx(fit.design.rows / 2, abs=1)
