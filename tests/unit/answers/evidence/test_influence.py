"""The acts that weigh most: one step against the whole computation, and against the whole record without the act."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from helpers.planted import START, WEEKS, planted_case, planted_events
from lynchpin.account.cases import Known
from lynchpin.answers.evidence.influence import (
    LayersWithout,
    Timing,
    cause_influence,
    outcome_influence,
    top_events,
)
from lynchpin.answers.evidence.placebo import placebo
from lynchpin.model import fit_case
from lynchpin.model.design import build_design, expand
from lynchpin.model.fit import penalty
from lynchpin.model.newton import maximise


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    case = planted_case(tmp_path_factory.mktemp("planted"))
    events = planted_events(5, effect=0.8)
    return case, events, fit_case(Known(case, events, None, START + timedelta(days=7 * WEEKS)))


def heaviest(events, shift, most=6):
    order = np.argsort(-np.abs(shift))[:most]
    return events[order], shift[order]


def effect_of(fit, units):
    """The timing effect of the first mechanism on a design with other units, by the whole computation."""
    changed = replace(fit, design=replace(fit.design, units=tuple(units)))
    return placebo(changed, "shared_threat", np.zeros(1, dtype=int)).estimate


def test_an_outcome_left_out_agrees_with_the_whole_computation(planted):
    case, _, fit = planted
    mechanism, k = case.mechanisms[0], fit.design.position("shared_threat")
    acts, steps = fit.design.layers.acts, fit.design.steps
    whole = effect_of(fit, fit.design.units)
    timing = Timing.of(fit, mechanism)
    assert timing.score / timing.information == pytest.approx(whole)
    for event, shift in zip(*heaviest(*outcome_influence(fit, timing)), strict=True):
        units = []
        for unit in fit.design.units:
            y = unit.y.copy()
            if k in unit.columns:
                chosen = (acts.event == event) & (acts.source == acts.nodes.index(unit.source))
                chosen &= (acts.target == acts.nodes.index(unit.target)) & (acts.event_class == 0)
                np.subtract.at(y, steps.step_of(acts.day[chosen]) - steps.burn_in, 1)
            units.append(replace(unit, y=y))
        assert shift == pytest.approx(whole - effect_of(fit, units), rel=0.2, abs=0.003)


def test_a_cause_left_out_agrees_with_the_whole_computation(planted):
    case, _, fit = planted
    k = fit.design.position("shared_threat")
    fitted = slice(fit.design.steps.burn_in, fit.design.steps.count)
    whole, timing = effect_of(fit, fit.design.units), Timing.of(fit, case.mechanisms[0])
    for event, shift in zip(*heaviest(*cause_influence(fit, case.mechanisms[0], timing)), strict=True):
        layers = LayersWithout(fit.design.layers, fitted, np.array([event]))
        without = {
            dyad: fit.design.evaluator.statistic("shared_threat", dyad, layers)
            for dyad in case.mechanisms[0].checked.dyads
        }
        null = timing.null
        against, score, square = np.zeros(len(null.solved)), 0.0, 0.0
        for row in null.rows:
            x = without[row.unit.source, row.unit.target]
            against[row.at] += row.others.T @ (row.weight * x)
            score, square = score + x @ row.residual, square + x**2 @ row.weight
        left = square - against @ null.solved @ against
        assert shift == pytest.approx(whole - score / left, rel=0.05, abs=0.001)
    assert k >= 0


def test_the_heaviest_acts_are_heavy_in_the_whole_record_too(planted):
    """The act gone from controls and exposure as well, all else refitted with dispersion and pooling as they were."""
    case, events, fit = planted
    whole = effect_of(fit, fit.design.units)
    quick, slow = [], []
    for act in top_events(fit, case.mechanisms[0], 8):
        rest = events.filter(events["event_id"] != act.event_id)
        design = build_design(case, expand(rest, case), fit.design.steps)
        beta, at, _ = maximise(design, fit.estimate, fit.theta, penalty(fit))
        changed = replace(fit, design=design, estimate=beta, covariance=at.covariance)
        quick.append(act.shift)
        slow.append(whole - placebo(changed, "shared_threat", np.zeros(1, dtype=int)).estimate)
        assert act.rate_ratio_without == pytest.approx(2.0 ** (whole - act.shift))
    assert (np.sign(quick) == np.sign(slow)).mean() >= 0.85
    assert np.corrcoef(quick, slow)[0, 1] > 0.8


def test_acts_are_named_with_their_part(fit_2012):
    threat = next(m for m in fit_2012.case.mechanisms if m.name == "provocation_response")
    acts = top_events(fit_2012, threat)
    assert len(acts) == 5 and {act.part for act in acts} >= {"cause", "outcome"}
    assert [abs(act.shift) for act in acts] == sorted((abs(act.shift) for act in acts), reverse=True)
    assert all(act.headline and act.event_id in set(fit_2012.events["event_id"]) for act in acts)


def test_an_act_after_the_last_step_began_weighs_nothing_as_a_cause(planted):
    case, _, fit = planted
    steps = fit.design.steps
    last = fit.design.layers.acts.event_day.size - 1
    layers = LayersWithout(fit.design.layers, slice(steps.count - 1, steps.count), np.array([last]))
    for mechanism in case.mechanisms:
        for dyad in mechanism.checked.dyads:
            whole = fit.design.evaluator.statistic(mechanism.name, dyad, fit.design.layers)[steps.count - 1]
            without = fit.design.evaluator.statistic(mechanism.name, dyad, layers)
            assert without.shape == (1,) and without[0] <= whole + 1e-9
    events, shift = cause_influence(fit, case.mechanisms[0], Timing.of(fit, case.mechanisms[0]))
    assert np.isfinite(shift).all() and events.size == shift.size
