"""What a backtest asks: its origins, its lag and its seed, noted where they arrive; nothing is fitted."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from lynchpin.account.cases import Case
from lynchpin.days import day_number
from lynchpin.errors import BadValue
from lynchpin.session.backtest import SEED, USUAL_MONTHS, backtest, parse_lag

room = import_module("lynchpin.session.backtest")
LAST = date(2017, 6, 20)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What reaches the run and the tables; the record of the toy is one act a day up to LAST."""
    seen = SimpleNamespace()
    days = pl.date_range(date(2014, 1, 1), LAST, "1d", eager=True)
    acts = pl.DataFrame({"date": days}).with_columns(
        known_from="date", source=pl.lit(["JPN"]), target=pl.lit(["KOR"]), event_class=pl.lit("cooperation")
    )
    known = SimpleNamespace(events=acts)

    def read_reports(case: Case, events: object) -> Any:
        known.case = case
        return None

    def known_of(reports: object, *, episodes: object) -> Any:
        return known

    def roll(panel: Any, questions: Any, known: Any, seed: int, **options: Any) -> tuple[list[Any], dict[int, Any]]:
        seen.panel, seen.questions, seen.known, seen.seed, seen.options = panel, questions, known, seed, options
        return [], {}

    def tables(answers: Any, panel: Any, every: int, seed: int, found: Any) -> dict[str, pl.DataFrame]:
        seen.every, seen.seed_of_tables = every, seed
        names = ("scores", "skill", "ceiling", "coverage", "pit", "reliability", "origins", "weights")
        return {name: pl.DataFrame({"model": ["zero"]}) for name in names}

    for name, replaced in (("read_reports", read_reports), ("known_of", known_of), ("roll", roll), ("tables", tables)):
        monkeypatch.setattr(room, name, replaced)
    monkeypatch.setattr(room, "data_hash", lambda record: "00")
    feed = SimpleNamespace(record=acts, parts=(), is_told_late=False)
    monkeypatch.setattr(room, "read_feed", lambda events, *, episodes: feed)
    monkeypatch.setattr(room, "_covered", lambda store, **days: None)
    monkeypatch.setattr(room, "busiest", lambda record, count, before: setattr(seen, "busiest", (count, before)) or [])
    monkeypatch.setattr(room, "quad_units", lambda dyads: (("JPN", "KOR", "cooperation"),))
    return seen


@pytest.mark.parametrize(("seed", "used"), [(None, None), (0, 0), (5, 5)])
def test_the_seed_reaches_the_run_and_the_intervals(
    asked: SimpleNamespace, toy: Case, seed: int | None, used: int | None
) -> None:
    record = backtest(toy, seed=seed)
    used = toy.seed if used is None else used
    assert asked.seed == asked.seed_of_tables == record.seed == used
    plain = backtest(events="s.duckdb", dyads="top:3", seed=seed)
    assert asked.seed == asked.seed_of_tables == plain.seed == (SEED if seed is None else seed)


@pytest.mark.parametrize("lag", ["0d", "7d", 7])
def test_a_lag_hides_so_many_days_before_each_origin(asked: SimpleNamespace, toy: Case, lag: str | int) -> None:
    record = backtest(toy, first="2016-01-01", last="2016-03-01", horizons="1m", lag=lag)
    days = parse_lag(lag)
    assert record.lag_days == days
    assert record.origin_days == (date(2016, 1, 1), date(2016, 2, 1), date(2016, 3, 1))
    assert [one.origin - one.known for one in asked.questions] == [timedelta(days=days)] * 3


@pytest.mark.parametrize("lag", [0, 30])
def test_dyads_are_chosen_by_what_was_known_on_the_first_origin(asked: SimpleNamespace, lag: int) -> None:
    backtest(events="s.duckdb", dyads="top:3", first="2016-01-01", last="2016-03-01", horizons="1m", lag=lag)
    assert asked.busiest == (3, date(2016, 1, 1) - timedelta(days=lag)) and asked.known is None


def test_the_last_origin_has_its_shortest_horizon_within_the_record(asked: SimpleNamespace, toy: Case) -> None:
    """The record ends on 20 June, so that one month from 21 May is the last whole one; and 24 origins up to it."""
    record = backtest(toy, horizons="1m,3m")
    assert asked.panel.end == day_number(LAST) + 1
    assert record.origin_days[-1] == date(2017, 5, 21) and len(record.origin_days) == USUAL_MONTHS
    assert asked.questions[-1].months == (1,) and asked.questions[-3].months == (1, 3)


def test_origins_so_many_months_apart(asked: SimpleNamespace, toy: Case) -> None:
    record = backtest(toy, first="2016-01-31", last="2016-07-31", horizons=(1,), every=3, workers=2)
    assert record.origin_days == (date(2016, 1, 31), date(2016, 4, 30), date(2016, 7, 31))
    assert asked.every == 3 and asked.options["executor"] is not None
    backtest(toy, first="2016-01-31", last="2016-07-31", horizons=(1,), every=3)
    assert asked.options["executor"] is None
    with pytest.raises(BadValue, match="0 months apart"):
        backtest(toy, every=0)
    with pytest.raises(BadValue, match="is after"):
        backtest(toy, first="2016-02-01", last="2016-01-31")


@pytest.mark.parametrize("lag", ["7", "-1d", "366d", -1, 366, "1w"])
def test_a_lag_is_whole_days_up_to_a_year(lag: str | int) -> None:
    assert parse_lag("365d") == parse_lag(365) == 365
    with pytest.raises(BadValue, match="lag"):
        parse_lag(lag)
