"""Edges of time, blocks, levels and seeds of forecasts, by small tables whose answers are known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.forecast import tally
from lynchpin.answers.forecast.backtest import answer, lay_questions, require_blind
from lynchpin.answers.forecast.baselines import BASELINES, HISTORY_MONTHS, MonthsAhead, PastMonths, spread_of
from lynchpin.answers.forecast.forecast import drawn_pmf, past_months
from lynchpin.answers.forecast.months import make_panel
from lynchpin.answers.forecast.stack import DaysAhead, stacks
from lynchpin.days import day_number, edges, month_start
from lynchpin.engine.scoring.predictive import EPSILON, Predictive, roughened

UNITS = (("JPN", "KOR", "talks"), ("KOR", "JPN", "talks"))


def record(*acts: tuple[date, str, str]) -> pl.DataFrame:
    rows = [(day, source.split(";"), target.split(";"), "talks") for day, source, target in acts]
    frame = pl.DataFrame(rows, schema=["date", "source", "target", "event_class"], orient="row")
    return frame.with_columns(known_from="date")


def daily(first: date, last: date, *, source: str = "JPN") -> pl.DataFrame:
    """One act of one unit on each day, both ends included."""
    days = pl.date_range(first, last, "1d", eager=True)
    return record(*((day, source, "KOR" if source == "JPN" else "JPN") for day in days))


# --- edges of time ------------------------------------------------------------------------------------------------------


def test_a_panel_counts_its_first_day_and_not_its_end() -> None:
    start, end = date(2012, 3, 1), date(2012, 4, 1)
    days = (date(2012, 2, 29), start, date(2012, 3, 31), end)
    panel = make_panel(record(*((day, "JPN", "KOR") for day in days)), UNITS, end, start=start)
    assert (panel.first, panel.end) == (day_number(start), day_number(end))
    assert panel.between(panel.first, panel.end).tolist() == [2, 0]
    assert panel.between(panel.first + 1, panel.end).tolist() == [1, 0]
    assert panel.between(panel.first, panel.end - 1).tolist() == [1, 0]
    assert panel.between(panel.end, panel.end + 30).tolist() == [0, 0], "nothing is known past the end"
    assert panel.before(day_number(start) + 1).total[:, -1].tolist() == [1, 0]
    assert panel.before(panel.end).total[:, -1].tolist() == [2, 0]


def test_a_mutual_act_counts_once_for_each_direction_and_once_in_the_volume() -> None:
    day = date(2012, 3, 1)
    panel = make_panel(record((day, "JPN;KOR", "JPN;KOR")), UNITS, day + timedelta(days=1))
    assert panel.total[:, -1].tolist() == [1, 1] and panel.volume[-1] == 1


def test_days_before_1970_are_days_like_others() -> None:
    """The same record sixty years earlier, over the epoch, gives the same panel but for its first day."""
    late = daily(date(2012, 1, 1), date(2012, 4, 9))
    shift = day_number(date(2012, 1, 1)) - day_number(date(1969, 12, 1))
    early = late.with_columns(pl.col("date", "known_from") - timedelta(days=shift))
    here = make_panel(late, UNITS, date(2012, 4, 10))
    there = make_panel(early, UNITS, date(2012, 4, 10) - timedelta(days=shift))
    assert there.first == day_number(date(1969, 12, 1)) == -31 and there.first + shift == here.first
    np.testing.assert_array_equal(here.total, there.total)
    [one], [other] = (stacks(panel, [DaysAhead(0, 30)]) for panel in (here, there))
    np.testing.assert_array_equal(one.mean, other.mean)
    np.testing.assert_array_equal(one.size, other.size)


def test_months_begin_on_the_origins_day_or_on_the_last_that_there_is() -> None:
    assert edges(date(2012, 1, 31), 1, 3) == [
        date(2012, 1, 31),
        date(2012, 2, 29),
        date(2012, 3, 31),
        date(2012, 4, 30),
    ]
    assert edges(date(2012, 1, 31), -2, -1) == [date(2011, 11, 30), date(2011, 12, 31), date(2012, 1, 31)]
    assert month_start(date(1970, 1, 30), -1) == date(1969, 12, 30)
    assert month_start(date(1969, 12, 30), 2) == date(1970, 2, 28)


def test_the_last_twelve_months_are_the_last_twelve() -> None:
    """Month 13 back is not among them, and the month that ends on the origin is."""
    counts = np.zeros((1, HISTORY_MONTHS), dtype=np.int64)
    counts[0, -13], counts[0, -12], counts[0, -1] = 7, 3, 5
    history = PastMonths(counts, np.ones(HISTORY_MONTHS), counts)
    pmf = BASELINES["own last 12 months"](history, MonthsAhead(1, 1), np.arange(1), 20)
    assert pmf[0, 7] == 0.0 and pmf[0, [0, 3, 5]] == pytest.approx([10 / 12, 1 / 12, 1 / 12])
    pooled = BASELINES["pooled bootstrap"](history, MonthsAhead(1, 1), np.arange(1), 20)
    np.testing.assert_allclose(pooled, pmf, atol=1e-12)


def test_past_months_end_the_day_before_the_origin() -> None:
    origin = date(2012, 7, 9)
    panel = make_panel(daily(date(2009, 1, 1), date(2012, 7, 31)), UNITS, origin)
    history = past_months(panel, origin)
    assert history.counts[0, -3:].tolist() == [30, 31, 30]  # from 9 April, May and June, to the day before the next 9th
    assert history.counts[1].sum() == 0 and history.counts.shape == (2, HISTORY_MONTHS)
    assert history.long.shape == (2, 42) and history.volume.size == HISTORY_MONTHS


def test_a_horizon_that_ends_with_the_record_is_asked_and_one_a_day_longer_is_not() -> None:
    panel = make_panel(daily(date(2012, 1, 1), date(2012, 6, 30)), UNITS, date(2012, 7, 1))
    first = date(2012, 4, 1)
    (question, *_) = lay_questions(panel, first, first, (1, 3, 4), 0)
    assert question.months == (1, 3)
    shorter = make_panel(daily(date(2012, 1, 1), date(2012, 6, 29)), UNITS, date(2012, 6, 30))
    assert lay_questions(shorter, first, first, (1, 3, 4), 0)[0].months == (1,)


@pytest.mark.parametrize(("lag", "asked"), [(0, 4), (1, 3)])
def test_an_origin_needs_sixty_days_that_are_known(lag: int, asked: int) -> None:
    first = date(2012, 3, 1)
    panel = make_panel(daily(first - timedelta(days=60), date(2012, 12, 31)), UNITS, date(2013, 1, 1))
    questions = lay_questions(panel, first, date(2012, 6, 1), (1,), lag)
    assert len(questions) == asked
    assert all(one.origin - one.known == timedelta(days=lag) for one in questions)


def test_a_forecast_that_is_handed_the_day_itself_is_refused() -> None:
    panel = make_panel(daily(date(2012, 1, 1), date(2012, 6, 30)), UNITS, date(2012, 7, 1))
    question = lay_questions(panel, date(2012, 5, 1), date(2012, 5, 1), (1,), 7)[0]
    known = day_number(question.known)
    require_blind(panel.before(known), question)
    with pytest.raises(AssertionError):
        require_blind(panel.before(known + 1), question)
    came = {1: panel.between(day_number(question.origin), day_number(date(2012, 6, 1)))}
    scored = answer(question, panel.before(known), came, None, 1)
    assert scored.came[1].tolist() == [31, 0]


# --- blocks, levels and seeds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("months", "every", "block"), [(1, 1, 1), (3, 1, 3), (3, 2, 2), (6, 4, 2), (1, 3, 1)])
def test_blocks_are_as_long_as_a_horizon(monkeypatch: pytest.MonkeyPatch, months: int, every: int, block: int) -> None:
    """So many origins as a horizon reaches over, rounded up."""
    panel = make_panel(daily(date(2011, 1, 1), date(2012, 12, 31)), UNITS, date(2013, 1, 1))
    questions = lay_questions(panel, date(2012, 1, 1), date(2012, 2, 1), (months,), 0)
    answers = []
    for question in questions:
        start = day_number(question.origin)
        came = {months: panel.between(start, day_number(month_start(question.origin, months)))}
        answers.append(answer(question, panel.before(start), came, None, 1))
    told: list[int] = []
    honest = tally.score.resample
    monkeypatch.setattr(
        tally.score, "resample", lambda n, pairs, block, seed: told.append(block) or honest(n, pairs, block, seed)
    )
    monkeypatch.setattr(tally.score, "diebold_mariano", lambda ours, theirs, span: told.append(span))
    tally.tables(answers, panel, every, 1)
    assert set(told) == {block}


def test_what_is_spread_wide_scales_with_the_months() -> None:
    counts = np.array([[2, 5, 1], [0, 0, 0]])
    history = PastMonths(counts, np.ones(3), counts)
    assert spread_of(history, MonthsAhead(1, 1)).tolist() == [5.0, 0.0]
    assert spread_of(history, MonthsAhead(2, 6)).tolist() == [30.0, 0.0]
    wide = roughened(np.zeros((1, 4000)), np.array([30.0]))[0] / EPSILON  # geometric, with a mean of one more
    assert wide.sum() == pytest.approx(1.0) and wide @ np.arange(4000) == pytest.approx(31.0)


def test_rows_of_a_score_are_the_means_of_their_own_class() -> None:
    columns = {name: [1.0, 3.0, 1.0, 3.0] for name in tally.TARGETS if name != "average_precision"}
    told = pl.DataFrame(
        {"model": ["ours"] * 4, "horizon_days": [30] * 4, "event_class": ["talks", "threats"] * 2, "came": [0, 1, 1, 0],
         "p_any": [0.5, 0.9, 0.5, 0.1], **columns}
    )  # fmt: skip
    rows = tally._scores(told).rows(named=True)
    values = {row["event_class"]: (row["value"], row["n"]) for row in rows if row["metric"] == "crps"}
    assert values == {"": (2.0, 4), "talks": (1.0, 2), "threats": (3.0, 2)}
    ranked = {row["event_class"]: row["value"] for row in rows if row["metric"] == "average_precision"}
    assert ranked == pytest.approx({"": (1.0 + 2 / 3) / 2, "talks": 0.5, "threats": 1.0})


def test_draws_become_probabilities() -> None:
    draws = np.random.default_rng(5).negative_binomial(2.0, 0.3, size=(5000, 3))
    found = Predictive(drawn_pmf(draws, 200))
    np.testing.assert_allclose(found.pmf.sum(axis=1) + found.tail, 1.0)
    np.testing.assert_allclose(found.mean, draws.mean(axis=0), rtol=0.02)
    np.testing.assert_allclose(found.pmf[:, 3], (draws == 3).mean(axis=0), atol=0.01)
    silent = drawn_pmf(np.zeros((200, 1), dtype=np.int64), 10)
    assert 0 < silent[0, 1] < 0.01 < silent[0, 0]
