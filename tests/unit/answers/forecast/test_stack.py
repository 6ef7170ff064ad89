"""The stack: rates that are their formulas, a spread that is the likelihood's, nothing seen too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.optimize import minimize

from lynchpin.account.cases.calendar import Announced
from lynchpin.answers.forecast import stack as room
from lynchpin.answers.forecast.ceiling import levels_around, two_sided
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.stack import (
    CLASS_LEANS,
    HALF_LIVES,
    LEAN,
    SLICE_DAYS,
    WEIGHTS,
    DaysAhead,
    answers,
    fit_spread,
    lengths_of,
    recent,
    remember,
    stacks,
)
from lynchpin.days import day_number
from lynchpin.engine.likelihoods.counts import log_chance, size_terms
from lynchpin.engine.scoring.predictive import Predictive
from lynchpin.engine.scoring.scores import crps, log_score

UNITS = tuple((i, j, c) for c in ("x", "y") for i in ("AAA", "BBB", "CCC") for j in ("AAA", "BBB", "CCC") if i != j)


def panel_of(daily, first=0):
    total = np.concatenate([np.zeros((daily.shape[0], 1), dtype=np.int64), np.cumsum(daily, axis=1)], axis=1)
    return Panel(UNITS[: daily.shape[0]], first, total, total.sum(axis=0))


def toy_panel(days=700, seed=1, level=None, size=None):
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.7, 0.1, len(UNITS)) if level is None else np.full(len(UNITS), level)
    drift = np.ones((len(UNITS), 1)) if size is None else rng.gamma(size, 1.0 / size, (len(UNITS), days))
    return panel_of(rng.poisson(rate[:, None] * drift, size=(len(UNITS), days)))


def test_weights_lie_on_the_simplex():
    assert sum(WEIGHTS.values()) == pytest.approx(1.0) and min(WEIGHTS.values()) > 0


def test_the_levels_are_their_formula():
    """Decayed counts by days, each level leaning on the next longer one and the longest on the class.

    Days of a slice share the mean of their weights.
    """
    panel = toy_panel(days=20 * SLICE_DAYS)
    memory = remember(panel, 3)
    daily = np.diff(panel.total, axis=1)
    for k, day in enumerate(memory.at.tolist()):
        age = day - np.arange(day) - 0.5
        longer = None
        for h in (2, 1, 0):
            weight = np.repeat((2.0 ** (-age / HALF_LIVES[h])).reshape(-1, SLICE_DAYS).mean(axis=1), SLICE_DAYS)
            count, lived = daily[:, :day] @ weight, weight.sum()
            if longer is None:
                acts = np.bincount(panel.class_of, weights=count) + 0.5
                longer = (acts / (lived * np.bincount(panel.class_of) + 30.0))[panel.class_of]
                lean = CLASS_LEANS[0] + (CLASS_LEANS[1] - CLASS_LEANS[0]) * min(day / 365.0, 1.0)
            else:
                lean = LEAN
            longer = (count + lean) / (lived + lean / longer)
            np.testing.assert_allclose(memory.rate[h, k], longer, rtol=1e-9)


def test_a_day_is_as_old_as_its_middle():
    weight = room._faded(np.array([0, 1]), 15.0)
    days = 2.0 ** (-(np.arange(30) + 0.5) / 15.0)
    np.testing.assert_allclose(weight, [days[:15].mean(), days[15:].mean()])


def test_what_is_remembered_on_a_day_rests_on_the_days_before_it():
    panel = toy_panel()
    memory = remember(panel, 40)
    assert memory.at[0] == panel.end and (np.diff(memory.at) == -SLICE_DAYS).all()
    for k in (3, 20):
        cut = panel.before(int(memory.at[k]))
        np.testing.assert_allclose(remember(cut, 0).rate[:, 0], memory.rate[:, k], rtol=1e-10)


@pytest.mark.parametrize("span", [DaysAhead(0, 30), DaysAhead(14, 91), DaysAhead(20, 31)])
def test_an_answer_is_learnt_from_only_after_its_gap_and_its_span(span):
    panel = toy_panel()
    memory = remember(panel, 60)
    known, came, worth = answers(panel, memory, span)
    day = memory.at[known]
    assert (day + span.gap + span.days <= panel.end).all() and day[0] + span.gap + span.days > panel.end - SLICE_DAYS
    for at, counted in zip(day.tolist(), came, strict=True):
        np.testing.assert_array_equal(counted, panel.between(at + span.gap, at + span.gap + span.days))
    assert (np.diff(worth) < 0).all() and worth[0] <= min(1.0, SLICE_DAYS / span.days)


def test_planted_later_days_change_nothing_and_the_law_catches_a_peek(monkeypatch):
    daily = np.diff(toy_panel().total, axis=1)
    flood = np.concatenate([daily, np.full((len(UNITS), 60), 7)], axis=1)
    spans = [DaysAhead(0, 30), DaysAhead(0, 91)]

    def said(peek=0):
        found = stacks(panel_of(flood).before(daily.shape[1] + peek), spans)
        return np.concatenate([one.pmf(np.arange(len(UNITS)), 30) for one in found])

    honest = np.concatenate([one.pmf(np.arange(len(UNITS)), 30) for one in stacks(panel_of(daily), spans)])
    np.testing.assert_array_equal(said(), honest)
    assert not np.array_equal(said(peek=1), honest)


def test_derivatives_of_the_size_are_those_of_the_log_chance():
    rng = np.random.default_rng(3)
    mean, log_size = rng.gamma(1.0, 5.0, (4, 6)), rng.normal(0.5, 1.0, 6)
    y = rng.poisson(mean)
    slope, bend = size_terms(y, mean, log_size)
    at = [log_chance(y, mean, np.exp(log_size + step)) for step in (-1e-4, 0.0, 1e-4)]
    np.testing.assert_allclose(slope, (at[2] - at[0]) / 2e-4, atol=1e-6)
    np.testing.assert_allclose(bend, (at[2] - 2 * at[1] + at[0]) / 1e-8, atol=1e-5)


def test_the_spread_is_the_one_of_highest_posterior(monkeypatch):
    """Newton's steps against a search over the same posterior, without units' own."""
    rng = np.random.default_rng(4)
    class_of, mean = np.repeat([0, 1], 30), rng.gamma(0.6, 6.0, (20, 60))
    size = np.exp(np.array([-0.5, 1.5])[class_of] + 0.3 * np.log(mean))
    came, worth = rng.poisson(mean * rng.gamma(size, 1.0 / size)), rng.uniform(0.2, 1.0, 20)
    monkeypatch.setattr(room, "_UNIT_STEPS", 0)
    found = fit_spread(came, mean, class_of, worth, 30)

    def loss(beta):
        chance = log_chance(came, mean, np.exp(beta[:2][class_of] + beta[2] * np.log(mean)))
        prior = room.BASE + room.BASE_BY_SPAN * np.log(30 / 30.4375)
        away = ((beta[:2] - prior) / room.BASE_SD) ** 2
        return -(worth @ chance).sum() + 0.5 * (away.sum() + ((beta[2] - room.SLOPE) / room.SLOPE_SD) ** 2)

    best = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 4000}).x
    np.testing.assert_allclose([found.base[0], found.base[-1], found.slope], best, atol=1e-3)


def test_a_unit_that_varies_more_than_its_class_gets_a_spread_of_its_own():
    rng = np.random.default_rng(5)
    mean = np.full((60, 40), 8.0)
    sizes = np.where(np.arange(40) == 0, 0.3, 6.0)
    came = rng.poisson(mean * rng.gamma(sizes, 1.0 / sizes, (60, 40)))
    found = fit_spread(came, mean, np.zeros(40, dtype=np.int64), np.ones(60), 30)
    size = found.size(mean[0])
    assert size[0] < 1.0 < 3.0 < np.median(size[1:]) < 12.0


def test_a_span_is_as_wide_as_spans_have_been():
    """Months that hang together vary as one; a spread that takes them for independent is too narrow for three."""
    rng = np.random.default_rng(6)
    waves = np.repeat(rng.gamma(1.0, 1.0, (len(UNITS), 16)), 91, axis=1)
    panel = panel_of(rng.poisson(0.3 * waves))
    [stack] = stacks(panel, [DaysAhead(0, 91)])
    independent = recent(panel)[1] * 91 / 30.4375
    assert np.median(stack.size[0]) < 0.6 * np.median(independent)


def test_a_steady_rate_is_found():
    [stack] = stacks(toy_panel(level=0.2), [DaysAhead(0, 30)])
    pmf = stack.pmf(np.arange(len(UNITS)), 60)
    np.testing.assert_allclose(pmf.sum(axis=1), 1.0, atol=1e-3)
    assert 5.0 < Predictive(pmf).mean.mean() < 7.0


def test_short_and_silent_records_still_get_a_forecast():
    for days in (1, 20, 62, 75, 100):
        [stack] = stacks(toy_panel(days=days), [DaysAhead(0, 91)])
        assert np.isfinite(stack.mean).all() and np.isfinite(stack.size).all()
    silent = panel_of(np.zeros((len(UNITS), 400), dtype=np.int64))
    [stack] = stacks(silent, [DaysAhead(0, 30)])
    pmf = stack.pmf(np.arange(len(UNITS)), 20)
    assert (pmf[:, 0] > 0.9).all() and np.isfinite(pmf).all() and stack.answers > 0


def test_a_record_with_no_answer_falls_back_to_the_prior():
    [stack] = stacks(toy_panel(days=70), [DaysAhead(0, 91)])
    assert stack.answers == 0 and stack.spread.slope == room.SLOPE
    np.testing.assert_allclose(stack.spread.base, room.BASE + room.BASE_BY_SPAN * np.log(91 / 30.4375))


def test_spans_asked_together_are_those_asked_alone():
    spans = [DaysAhead(0, 30), DaysAhead(30, 31), DaysAhead(0, 91)]
    together = stacks(toy_panel(), spans)
    for one, span in zip(together, spans, strict=True):
        [alone] = stacks(toy_panel(), [span])
        np.testing.assert_array_equal(one.mean, alone.mean)
        np.testing.assert_allclose(one.size, alone.size)


# -- The ceiling.


def test_a_level_around_a_span_does_not_see_the_span():
    panel = toy_panel()
    daily = np.diff(panel.total, axis=1)
    daily[:, 400:430] += 9
    np.testing.assert_array_equal(levels_around(panel, 400, 430), levels_around(panel_of(daily), 400, 430))
    daily[:, 430] += 9
    assert not np.array_equal(levels_around(panel, 400, 430), levels_around(panel_of(daily), 400, 430))


def test_a_record_told_backwards_has_the_same_levels_around_its_middle():
    panel = toy_panel(days=600)
    back = panel_of(np.diff(panel.total, axis=1)[:, ::-1])
    np.testing.assert_allclose(levels_around(panel, 280, 320), levels_around(back, 280, 320))


def test_both_sides_know_more_than_one_where_levels_drift():
    rng = np.random.default_rng(8)
    walk = np.exp(np.cumsum(rng.normal(0.0, 0.25, (len(UNITS), 60)), axis=1))
    daily = rng.poisson(np.repeat(walk, 20, axis=1) * 0.3)
    panel = panel_of(daily)
    starts = list(range(600, 1000, 30))
    seen = two_sided(panel, starts, [day + 30 for day in starts])
    ours = {"crps": [], "log_score": []}
    for day in starts:
        [stack] = stacks(panel.before(day), [DaysAhead(0, 30)])
        said, came = Predictive(stack.pmf(np.arange(len(UNITS)), 4000)), panel.between(day, day + 30)
        ours["crps"].append(crps(said, came).mean())
        ours["log_score"].append(log_score(said, came).mean())
    for metric, values in seen.items():
        assert values.shape == (len(starts), len(UNITS))
        assert values.mean() < 0.95 * np.mean(ours[metric])
    shifted = replace(panel, first=5)
    np.testing.assert_allclose(two_sided(shifted, [605], [635])["crps"], two_sided(panel, [600], [630])["crps"])


# -- Announced days.


def entry(yearly=(3, 1), since=date(1970, 1, 1), days=5, on=()):
    return Announced("drill", frozenset({("AAA", "BBB")}), ("x",), yearly, on, since, days)


def bursts(years=4, much=6):
    """A steady tenth of an act a day; one unit has bursts from 1 March of every year, five days long."""
    daily = np.random.default_rng(9).poisson(0.1, (len(UNITS), 365 * years))
    for year in range(years):
        first = day_number(date(1970 + year, 3, 1))
        daily[0, first : first + 5] = much
    return panel_of(daily)


def test_a_day_of_an_entry_counts_as_much_as_such_days_have_held():
    panel = bursts()
    found = lengths_of(panel, [entry()], 100)
    assert (found[1:] == 1.0).all() and found.shape == (len(UNITS), panel.days + 100)
    daily = np.diff(panel.total[0])
    behind = found[0, : panel.days] != 1.0
    assert behind.sum() == 20 and (found[0, panel.days :] != 1.0).sum() == 5
    expected = daily[~behind[: panel.days]].mean() * 20
    np.testing.assert_allclose(found[0, : panel.days][behind], (daily[behind].sum() + 5.0) / (expected + 5.0))


def test_an_announced_burst_is_forecast_when_it_comes_and_not_when_it_does_not():
    panel = bursts()
    early = panel.before(day_number(date(1973, 2, 20)))
    later = panel.before(day_number(date(1973, 4, 1)))
    span = DaysAhead(0, 30)

    def expected(past, calendar):
        [stack] = stacks(past, [span], lengths=lengths_of(past, calendar, span.days))
        return float(np.array(list(WEIGHTS.values())) @ stack.mean[:, 0])

    assert expected(early, [entry()]) > 2.0 * expected(early, [])  # 33 came, with five acts' worth of no effect
    assert expected(later, [entry()]) < 0.75 * expected(later, [])


def test_what_was_not_known_by_then_changes_no_byte():
    past = bursts().before(day_number(date(1973, 2, 20)))
    for late in (entry(since=date(1973, 2, 20)), entry(None, on=((date(1973, 3, 1), date(1973, 2, 20)),))):
        assert lengths_of(past, [late], 30) is None
        both, one = lengths_of(past, [entry(days=3), late], 30), lengths_of(past, [entry(days=3)], 30)
        np.testing.assert_array_equal(both, one)
    assert lengths_of(past, [], 30) is None
