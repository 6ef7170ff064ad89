"""Laws of scenarios: no change no difference, silence is scaling by nothing, memory without an act, workers, blindness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import case_events
from lynchpin.answers.scenarios import apply, changes_of, what_if
from lynchpin.answers.scenarios.apply import applied
from lynchpin.answers.scenarios.scenario import Scenario
from lynchpin.answers.simulate import simulate
from lynchpin.model.design import expand
from lynchpin.model.design.layers import Layers
from lynchpin.report.contract import answer, dump
from lynchpin.session.facade import fit

END = date(2012, 10, 9)
DRAWS = 150


def compared(found, seed=5, **changes):
    return what_if(found, changes=changes_of(found.case, **changes), days=91, draws=DRAWS, seed=seed)


def differs(found) -> pl.DataFrame:
    return found.table.filter((pl.col("difference") != 0.0) | (pl.col("lower") != 0.0) | (pl.col("upper") != 0.0))


@pytest.mark.parametrize("changes", [{}, {"scale": ["1 PRK", "1 patron_push"]}], ids=["none", "times one"])
def test_a_scenario_that_changes_nothing_makes_no_difference(fit_2012, changes):
    found = compared(fit_2012, **changes)
    assert differs(found).is_empty()
    assert (found.table["any_baseline"] == found.table["any_scenario"]).all()
    assert found.index["difference"].abs().max() == 0.0
    assert found.held_baseline == found.held_scenario


def test_the_law_catches_draws_that_are_not_aligned(fit_2012, monkeypatch):
    played = []

    def other_seed(found, steps, draws, seed, **options):
        played.append(seed)
        return simulate(found, steps, draws, seed + len(played), **options)

    monkeypatch.setattr("lynchpin.answers.scenarios.compare.simulate", other_seed)
    assert not differs(compared(fit_2012)).is_empty()


@pytest.mark.parametrize(
    "what", ["PRK", "PRK -> ally : conflict", "grievance", "cooperation", "shared_threat", "PRK until 2012-08-15"]
)
def test_silence_is_scaling_by_nothing(fit_2012, what):
    silenced, scaled = compared(fit_2012, silence=[what]), compared(fit_2012, scale=[f"0 {what}"])
    assert silenced.table.equals(scaled.table) and silenced.index.equals(scaled.index)
    assert not differs(silenced).is_empty()


def test_what_is_silenced_is_silent(fit_2012):
    table = compared(fit_2012, silence=["PRK -> ally : conflict"]).table
    chosen = (pl.col("source") == "PRK") & pl.col("target").is_in(["JPN", "KOR"])
    conflict = pl.col("event_class").is_in(["grievance", "verbal_conflict", "material_conflict"])
    assert table.filter(chosen & conflict)["scenario"].sum() == 0.0
    assert table.filter(chosen & conflict)["any_scenario"].sum() == 0.0
    assert table.filter(chosen & ~conflict)["scenario"].sum() > 0.0


def test_what_is_not_moved_is_drawn_alike(fit_2012):
    """Common random numbers: before acts feed back, only the units that a scenario moves differ, path by path."""
    scenario = Scenario("x", "", "", "", changes_of(fit_2012.case, scale=["3 PRK -> ally : material_conflict"]))
    moves = applied(fit_2012, scenario, 1, END).moves
    base, other = (simulate(fit_2012, 1, 2000, 5, moves=m).counts[:, 0] for m in (None, moves))
    moved = {
        (u.source, u.target, u.event_class) for k, u in enumerate(fit_2012.design.units) if (base != other)[:, k].any()
    }
    assert moved == {("PRK", "JPN", "material_conflict"), ("PRK", "KOR", "material_conflict")}
    assert (other >= base).all()  # the same number in [0, 1), a higher mean


def test_removing_an_act_is_a_replay_on_the_record_without_it(fit_2012):
    """What was learned stays; memory is that of a record that never held the act."""
    event = fit_2012.events.filter(pl.col("event_class") == "material_conflict")["event_id"][-1]
    scenario = Scenario("x", "", "", "", changes_of(fit_2012.case, remove=[event]))
    made = applied(fit_2012, scenario, 13, END)
    without = fit_2012.events.filter(pl.col("event_id") != event)
    layers = Layers(expand(without, fit_2012.case), fit_2012.design.steps)
    rebuilt = {layer: layers(layer)[-1] for layer in fit_2012.design.layers.at_origin()}
    plain = fit_2012.design.layers.at_origin()
    assert any(not np.allclose(made.moves.start[layer], plain[layer]) for layer in plain)
    for layer, trace in rebuilt.items():
        np.testing.assert_allclose(made.moves.start[layer], trace, rtol=1e-12, atol=1e-300)
    replayed = simulate(fit_2012, 13, DRAWS, 5, moves=replace(made.moves, start=rebuilt))
    assert np.array_equal(replayed.counts, simulate(fit_2012, 13, DRAWS, 5, moves=made.moves).counts)


def test_the_law_catches_a_memory_that_keeps_the_act(fit_2012, monkeypatch):
    acts = fit_2012.design.layers.acts
    monkeypatch.setattr(apply, "_split", lambda fit, gone: (acts, acts))
    with pytest.raises(AssertionError):
        test_removing_an_act_is_a_replay_on_the_record_without_it(fit_2012)


def test_an_act_put_in_is_remembered_as_one_of_the_record(fit_2012):
    """Put in on the first day and read at the end of its step, it weighs what the record's own acts weigh."""
    scenario = Scenario(
        "x", "", "", "", changes_of(fit_2012.case, inject=["2012-07-11 KOR.OPP -> JPN : grievance[history]"])
    )
    made = applied(fit_2012, scenario, 3, END)
    record = pl.concat([fit_2012.events, made.put_in], how="diagonal_relaxed").sort("date", maintain_order=True)
    steps = fit_2012.design.steps
    after = replace(steps, first_day=steps.first_day + steps.step_days)
    with_it = Layers(expand(record, fit_2012.case), after)
    without = Layers(expand(fit_2012.events, fit_2012.case), after)
    gains = {(layer, i, j): gain for step, layer, i, j, gain in made.moves.added if step == 0}
    nodes = fit_2012.case.nodes
    assert {(nodes[i], nodes[j]) for _, i, j in gains} == {("KOR", "JPN"), ("KOR.OPP", "JPN")}
    for layer in fit_2012.design.layers.at_origin():
        apart = with_it(layer)[-1] - without(layer)[-1]
        for i, j in np.argwhere(apart > 1e-12):
            assert gains.pop((layer, int(i), int(j))) == pytest.approx(apart[i, j], rel=1e-9)
    assert not gains


def test_held_acts_come_at_their_mean_of_last_year(fit_2012):
    table = compared(fit_2012, hold=["CHN"]).table.filter(pl.col("source") == "CHN")
    units = {(u.source, u.target, u.event_class): float(u.y[-52:].mean()) for u in fit_2012.design.units}
    for row in table.iter_rows(named=True):
        expected = units[row["source"], row["target"], row["event_class"]] * 92 / 7
        assert row["scenario"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("workers", [2, 4])
def test_one_seed_gives_one_answer_whatever_the_workers(fit_2012, workers):
    def with_workers(n):
        comparison = what_if(fit_2012, "push-doubled", days=61, draws=300, workers=n)
        return dump(answer(comparison, fit_2012.made_from))

    assert with_workers(workers) == with_workers(1)


def test_later_events_change_no_byte(northeast, monkeypatch, fit_2012):
    """The whole record behind the gate, or only what was known: one answer."""
    known = case_events(northeast, as_of=date(2012, 7, 9))
    monkeypatch.setattr("lynchpin.account.cases.record._own_chronology", lambda case: known.drop("event_class"))
    blind = fit(northeast, as_of="2012-07-09")
    one, other = (what_if(f, "dokdo-landing", days=61, draws=DRAWS) for f in (blind, fit_2012))
    assert dump(answer(one, blind.made_from)) == dump(answer(other, fit_2012.made_from))
