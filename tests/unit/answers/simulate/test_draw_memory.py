"""Simulated traces under windows and lags: step by step they are what the formula gives for all acts at once."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.simulate import inflow as room
from lynchpin.answers.simulate import reference
from lynchpin.answers.simulate.draw import posterior, simulate
from lynchpin.answers.simulate.inflow import inflow, known_ahead, placed, share_taken
from lynchpin.answers.simulate.moves import no_moves
from lynchpin.answers.simulate.program import compiled, pairs_of
from lynchpin.model.design.layers import Layer, step_weights

STEPS, DRAWS = 14, 40


def late_layers(fitted):
    return [layer for layer in fitted.design.layers.at_origin() if not layer.is_plain]


def test_step_by_step_equals_all_at_once(remembering):
    """The trace at every later step is that of the record there, plus each drawn act at its own mean weight."""
    design, rng = remembering.design, np.random.default_rng(4)
    units = placed(design)
    counts = rng.poisson(0.4, (STEPS, len(units), 3))
    assert len(late_layers(remembering)) >= 4
    for layer in late_layers(remembering):
        flow, known = inflow(design, layer), known_ahead(design, layer, STEPS)
        trace = np.repeat(design.layers.at_origin()[layer][None], 3, axis=0)
        past, weights = design.layers.ahead(layer, STEPS), step_weights(layer, design.steps.step_days, STEPS)
        share = share_taken(design.layers.acts, layer)
        rates = room._rates(design, layer)
        for step in range(STEPS):
            flow.advance(trace, counts[step], units, list(counts[:step]))
            trace += known[step]
            expected = np.repeat(past[step + 1][None], 3, axis=0) + weights[: step + 1].sum() * rates
            for u, (c, i, j, _) in enumerate(units):
                if c in flow.classes:
                    for k in range(step + 1):
                        expected[:, i, j] += counts[k, u] * weights[step - k] * share[i, j]
            np.testing.assert_allclose(trace, expected, atol=1e-10)


def test_kernel_equals_reference(remembering):
    form = compiled(remembering)
    assert form is not None and form.program.late_cell.size > 0
    moves = no_moves(remembering, STEPS)
    acts, _, held = reference.play(remembering, moves, posterior(remembering, DRAWS, 5), 5)
    fast = simulate(remembering, STEPS, DRAWS, 5)
    assert np.array_equal(fast.counts, reference.by_unit(acts, pairs_of(placed(remembering.design))))
    assert fast.held == pytest.approx(held.sum() / (DRAWS * STEPS * moves.pull.shape[1]))


def test_a_planted_fault_is_caught(remembering, monkeypatch):
    """Acts that never drop out of their window."""
    layer = next(layer for layer in late_layers(remembering) if layer.window_days < np.inf)
    honest = known_ahead(remembering.design, layer, STEPS)
    monkeypatch.setattr(room, "changes", lambda layer, days: step_weights(layer, days, 1))
    flow = inflow(remembering.design, layer)
    assert not flow.late and honest.any()
    counts = np.ones((STEPS, len(placed(remembering.design)), 1), dtype=int)
    trace = np.zeros((1, *honest.shape[1:]))
    for step in range(STEPS):
        flow.advance(trace, counts[step], placed(remembering.design), list(counts[:step]))
    weights = step_weights(layer, remembering.design.steps.step_days, STEPS)
    assert trace.max() > 1.2 * weights.sum()


def test_a_plain_layer_has_nothing_late(fit_2012):
    design = fit_2012.design
    for layer in design.layers.at_origin():
        assert layer.is_plain and inflow(design, layer).late == () and not known_ahead(design, layer, 3).any()
        assert room.changes(layer, 7) == pytest.approx(step_weights(layer, 7, 1))
    assert not no_moves(fit_2012, 3).added and compiled(fit_2012).program.late_cell.size == 0
    assert Layer(("x",), (), 60.0).is_plain and not Layer(("x",), (), np.inf, 30.0).is_plain
