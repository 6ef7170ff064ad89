"""Taking out and putting in an act under every memory: half-life, window, lag, and a window after a lag.

What a scenario does to the traces is held, step by step, against the formula of a memory written out for the one act:
an act of age a, less the lag, counts 2 ** (-a / half-life) while 0 < a <= window.

Faults that were planted, each caught here: an act taken out that still drops out of its window later, or still comes in
under its lag (`no gains of what is gone`); an act put in that never drops out (`no window`); one that is felt at once
(`no lag`); one whose memory does not fade (`no half-life`); one whose gain is added a step late (`late`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lynchpin.answers.scenarios import apply, changes_of
from lynchpin.answers.scenarios.apply import applied
from lynchpin.answers.scenarios.scenario import Scenario
from lynchpin.answers.simulate import simulate
from lynchpin.answers.simulate.inflow import decay_of
from lynchpin.answers.simulate.moves import no_moves
from lynchpin.days import day_number
from lynchpin.model.design import expand
from lynchpin.model.design.layers import Layer, Layers, layer_traces

STEPS, DRAWS = 16, 120


def end(fit):
    return fit.made_from.origin + timedelta(weeks=STEPS)


def made(fit, **changes):
    return applied(fit, Scenario("x", "", "", "", changes_of(fit.case, **changes)), STEPS, end(fit))


def formula(fit, acts: pl.DataFrame, layer: Layer) -> np.ndarray:
    """What some acts count at the origin and at the end of every step: shape (steps + 1, nodes, nodes)."""
    n, step = len(fit.case.nodes), fit.design.steps.step_days
    out = np.zeros((STEPS + 1, n, n))
    found = expand(acts, fit.case)
    chosen = layer.takes(found)  # joint acts are left out where the mechanism leaves them out
    for day, i, j in zip(found.day[chosen], found.source[chosen], found.target[chosen], strict=True):
        for s in range(STEPS + 1):
            age = fit.design.steps.origin_day + s * step - day - layer.lag_days
            if 0 < age <= layer.window_days:
                out[s, i, j] += 2.0 ** (-age / layer.half_life_days)
    return out


def moved(fit, moves, layer: Layer) -> np.ndarray:
    """How far a scenario moves a layer's traces from those of the plain run, nothing drawn: as `formula`."""
    plain, step = no_moves(fit, STEPS), fit.design.steps.step_days
    out = np.zeros((STEPS + 1, *plain.start[layer].shape))
    out[0] = moves.start[layer] - plain.start[layer]
    gains = np.zeros_like(out)
    for sign, some in ((1.0, moves.added), (-1.0, plain.added)):
        for s, of, i, j, gain in some:
            if of == layer:
                gains[s + 1, i, j] += sign * gain
    for s in range(1, STEPS + 1):
        out[s] = decay_of(layer, step) * out[s - 1] + gains[s]
    return out


def memory(layer: Layer) -> str:
    kinds = {
        "half-life": layer.half_life_days < np.inf,
        "window": layer.window_days < np.inf,
        "lag": layer.lag_days > 0,
    }
    return " and ".join(name for name, there in kinds.items() if there)


def check(fit, moves, acts: pl.DataFrame, sign: float) -> set[str]:
    """Every layer is moved as the formula says; returns the memories that were moved at all."""
    seen = set()
    for layer in fit.design.layers.at_origin():
        expected = sign * formula(fit, acts, layer)
        np.testing.assert_allclose(moved(fit, moves, layer), expected, atol=1e-9)
        seen |= {memory(layer)} if expected.any() else set()
    return seen


def lately(fit) -> pl.DataFrame:
    """Acts that some memory still has to feel, or to forget, in the days that are played."""
    return fit.events.filter(pl.col("date") >= fit.made_from.origin - timedelta(days=150))


def test_taking_acts_out_is_a_record_without_them(remembering):
    acts = lately(remembering)
    seen = check(remembering, made(remembering, remove=acts["event_id"].to_list()).moves, acts, -1.0)
    assert seen >= {"half-life", "window", "half-life and lag", "half-life and window and lag"}


def test_its_replay_is_that_of_a_record_without_them(remembering):
    """The same parameters, nothing fitted: the run is that of a design whose memory never held the acts."""
    gone = lately(remembering)["event_id"].to_list()
    taken = made(remembering, remove=gone).moves
    without = remembering.events.filter(~pl.col("event_id").is_in(gone))
    layers = Layers(expand(without, remembering.case), remembering.design.steps)
    start, known = {}, []
    for layer in remembering.design.layers.at_origin():
        ahead = layers.ahead(layer, STEPS)
        start[layer] = ahead[0]
        if not layer.is_plain:  # acts of sectors to come are learned, and stay
            gains = ahead[1:] - decay_of(layer, 7) * ahead[:-1] + learned(remembering, layer)
            known += [(int(s), layer, int(i), int(j), float(gains[s, i, j])) for s, i, j in np.argwhere(gains != 0.0)]
    rebuilt = replace(no_moves(remembering, STEPS), start=start, added=tuple(known))
    one, other = (simulate(remembering, STEPS, DRAWS, 5, moves=moves).counts for moves in (taken, rebuilt))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, simulate(remembering, STEPS, DRAWS, 5).counts)


def learned(fit, layer: Layer) -> np.ndarray:
    """What a plain run adds to a layer's traces besides what the record's own acts do."""
    n, plain = len(fit.case.nodes), np.zeros((STEPS, len(fit.case.nodes), len(fit.case.nodes)))
    for s, of, i, j, gain in no_moves(fit, STEPS).added:
        if of == layer:
            plain[s, i, j] += gain
    ahead = layer_traces(fit.design.layers.acts, layer, fit.design.steps.origin_day + 7 * np.arange(STEPS + 1))
    assert plain.shape == (STEPS, n, n)
    return plain - (ahead[1:] - decay_of(layer, 7) * ahead[:-1])


PUT_IN = ["2006-08-27 PRK -> KOR : material_conflict", "2006-08-30 USA -- JPN : security_cooperation",
          "2006-08-30 USA -- KOR : security_cooperation", "2006-09-20 KOR -> JPN : grievance[history]",
          "2006-09-23 KOR.OPP -> JPN : grievance[history]"]  # fmt: skip


def test_putting_acts_in_is_a_record_with_them(remembering):
    found = made(remembering, inject=PUT_IN)
    assert found.put_in.height == len(PUT_IN)
    seen = check(remembering, found.moves, found.put_in, 1.0)
    assert seen >= {"half-life", "window", "half-life and lag", "half-life and window and lag"}


def test_put_in_and_later_in_the_record_is_one_memory(remembering):
    """At a later origin a record that holds the act is where the run that had it put in arrives, nothing drawn."""
    found = made(remembering, inject=PUT_IN)
    later = replace(remembering.design.steps, first_day=remembering.design.steps.first_day + 7 * STEPS)
    record = pl.concat([remembering.events, found.put_in], how="diagonal_relaxed").sort("date", maintain_order=True)
    with_it, without = (Layers(expand(events, remembering.case), later) for events in (record, remembering.events))
    assert later.origin_day == day_number(end(remembering))
    for layer in remembering.design.layers.at_origin():
        apart = with_it(layer)[-1] - without(layer)[-1]
        np.testing.assert_allclose(moved(remembering, found.moves, layer)[-1], apart, atol=1e-9)


def test_an_act_put_in_and_its_like_taken_out_undo_each_other(remembering):
    """The last act of a kind taken out, and the same put in on the first day: what is left is their ages' difference."""
    old = remembering.events.filter(
        pl.col("source").list.contains("PRK")
        & pl.col("target").list.contains("KOR")
        & (pl.col("event_class") == "material_conflict")
    )[-1:]
    origin = remembering.made_from.origin
    both = made(remembering, remove=old["event_id"].to_list(), inject=[f"{origin} PRK -> KOR : material_conflict"])
    for layer in remembering.design.layers.at_origin():
        expected = formula(remembering, both.put_in, layer) - formula(remembering, old, layer)
        np.testing.assert_allclose(moved(remembering, both.moves, layer), expected, atol=1e-9)


FAULTS = {
    "no window": lambda layer: layer._replace(window_days=np.inf),
    "no lag": lambda layer: layer._replace(lag_days=0.0),
    "no half-life": lambda layer: layer._replace(half_life_days=1e6),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "law", [test_putting_acts_in_is_a_record_with_them, test_taking_acts_out_is_a_record_without_them]
)
def test_a_memory_that_is_not_the_layers_own_is_caught(remembering, monkeypatch, fault, law):
    wrong = FAULTS[fault]
    monkeypatch.setattr(apply, "layer_traces", lambda acts, layer, at: layer_traces(acts, wrong(layer), at))
    with pytest.raises(AssertionError):
        law(remembering)


@pytest.mark.parametrize(
    ("fault", "law"),
    [
        ("no gains of what is gone", test_taking_acts_out_is_a_record_without_them),
        ("no gains of what is gone", test_its_replay_is_that_of_a_record_without_them),
        ("late", test_putting_acts_in_is_a_record_with_them),
        ("late", test_put_in_and_later_in_the_record_is_one_memory),
    ],
)
def test_gains_that_are_lost_or_late_are_caught(remembering, monkeypatch, fault, law):
    honest = apply._gains

    def gains(fit, acts, layers, steps):
        if fault == "late":
            yield from ((step + 1, *rest) for step, *rest in honest(fit, acts, layers, steps) if step + 1 < steps)

    monkeypatch.setattr(apply, "_gains", gains)
    with pytest.raises(AssertionError):
        law(remembering)


def test_the_window_of_the_record_is_long_enough(remembering):
    """The run is longer than every window and lag, so that whatever can drop out or come in does."""
    assert remembering.made_from.origin == date(2006, 8, 20)
    late = [layer for layer in remembering.design.layers.at_origin() if not layer.is_plain]
    assert max(min(layer.window_days, 1e3) + layer.lag_days for layer in late if layer.window_days < np.inf) < 7 * STEPS


@settings(max_examples=60, deadline=None)
@given(
    half_life=st.one_of(st.just(np.inf), st.floats(2.0, 400.0)),
    window=st.one_of(st.just(np.inf), st.integers(1, 90).map(float)),
    lag=st.integers(0, 60).map(float),
    days=st.lists(st.integers(-120, 7 * STEPS - 1), min_size=1, max_size=4),
)
def test_gains_follow_the_formula_under_any_memory(remembering, half_life, window, lag, days):
    """Not only the memories of one case: any, and acts on any days, of the record or put in."""
    layer = Layer(("grievance",), (), half_life, window, lag)
    origin = remembering.made_from.origin
    when = sorted(origin + timedelta(days=day) for day in days)
    one = made(remembering, inject=[f"{origin} KOR -> JPN : grievance[history]"]).put_in
    acts = pl.concat([one.with_columns(date=pl.lit(day), event_id=pl.lit(f"e{k}")) for k, day in enumerate(when)])
    found = expand(acts, remembering.case)
    trace = np.zeros((STEPS + 1, *layer_traces(found, layer, np.array([0]))[0].shape))
    trace[0] = layer_traces(found, layer, np.array([remembering.design.steps.origin_day]))[0]
    for step, _, i, j, gain in apply._gains(remembering, found, [layer], STEPS):
        trace[step + 1, i, j] += gain
    for s in range(1, STEPS + 1):
        trace[s] += decay_of(layer, 7) * trace[s - 1]
    np.testing.assert_allclose(trace, formula(remembering, acts, layer), atol=1e-9)
