"""The acts that weigh most: one step against refits, and against the whole record without the act."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from helpers.planted import START, WEEKS, planted_case, planted_events
from lynchpin.account.cases import Known
from lynchpin.answers.evidence.influence import LayersWithout, cause_influence, outcome_influence, top_events
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


def test_an_outcome_left_out_agrees_with_a_refit(planted):
    case, _, fit = planted
    mechanism, k = case.mechanisms[0], fit.design.position("shared_threat")
    acts, steps = fit.design.layers.acts, fit.design.steps
    for event, shift in zip(*heaviest(*outcome_influence(fit, mechanism)), strict=True):
        units = []
        for unit in fit.design.units:
            y = unit.y.copy()
            if k in unit.columns:
                chosen = (acts.event == event) & (acts.source == acts.nodes.index(unit.source))
                chosen &= (acts.target == acts.nodes.index(unit.target)) & (acts.event_class == 0)
                np.subtract.at(y, steps.step_of(acts.day[chosen]) - steps.burn_in, 1)
            units.append(replace(unit, y=y))
        beta, _, _ = maximise(replace(fit.design, units=tuple(units)), fit.estimate, fit.theta, penalty(fit))
        assert shift == pytest.approx(fit.estimate[k] - beta[k], rel=0.15, abs=0.002)


def test_a_cause_left_out_agrees_with_a_refit(planted):
    case, _, fit = planted
    k = fit.design.position("shared_threat")
    fitted = slice(fit.design.steps.burn_in, fit.design.steps.count)
    for event, shift in zip(*heaviest(*cause_influence(fit, case.mechanisms[0])), strict=True):
        layers = LayersWithout(fit.design.layers, fitted, np.array([event]))
        units = []
        for unit in fit.design.units:
            X = unit.X.copy()
            if k in unit.columns:
                dyad = (unit.source, unit.target)
                X[:, unit.columns == k] = fit.design.evaluator.statistic("shared_threat", dyad, layers)[:, None]
            units.append(replace(unit, X=X))
        beta, _, _ = maximise(replace(fit.design, units=tuple(units)), fit.estimate, fit.theta, penalty(fit))
        assert shift == pytest.approx(fit.estimate[k] - beta[k], rel=0.2, abs=0.003)


def test_the_heaviest_acts_are_heavy_in_the_whole_record_too(planted):
    """The act gone from controls and exposure as well, all else refitted with dispersion and pooling as they were."""
    case, events, fit = planted
    k = fit.design.position("shared_threat")
    quick, slow = [], []
    for act in top_events(fit, case.mechanisms[0], 8):
        rest = events.filter(events["event_id"] != act.event_id)
        design = build_design(case, expand(rest, case), fit.design.steps)
        beta, _, _ = maximise(design, fit.estimate, fit.theta, penalty(fit))
        quick.append(act.shift)
        slow.append(fit.estimate[k] - beta[k])
        assert act.rate_ratio_without == pytest.approx(2.0 ** (fit.estimate[k] - act.shift))
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
    events, shift = cause_influence(fit, case.mechanisms[0])
    assert np.isfinite(shift).all() and events.size == shift.size
