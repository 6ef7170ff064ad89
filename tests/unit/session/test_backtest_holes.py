"""A backtest of a store whose files lack days and weeks: told first, left out, counted, and never absurd."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from lynchpin.errors import BadValue
from lynchpin.record.sources import get as source
from lynchpin.record.store import Store
from lynchpin.report.text import bounded, text
from lynchpin.session.backtest import backtest

DAYS = 500
WEEKS = (range(250, 264), range(330, 331))  # two weeks, and one day


def made(folder: Path, lacking: set[int]) -> Path:
    """Eight acts a day between three states, but on days whose file is missing."""
    draw, lines = random.Random(1), ["\t".join(source("icews").columns)]
    for n in range(DAYS):
        day = str(date(2017, 1, 1) + timedelta(days=n))
        for k in range(8):
            a, b = draw.sample(["Japan", "South Korea", "China"], 2)
            act = draw.choice([("Consult", "040", "1"), ("Criticize or denounce", "111", "-2")])
            row = [f"{n}-{k}", day, a, "", a, *act, b, "", b] + [""] * 9
            if n not in lacking:
                lines.append("\t".join(row))
    (folder / "feed.tab").write_text("\n".join([*lines, ""]), encoding="utf-8")
    with Store.open(folder / "s.duckdb", create=True) as store:
        store.ingest("icews", folder / "feed.tab")
    return folder / "s.duckdb"


def run(store: Path, **asked: object):  # type: ignore[no-untyped-def]
    told: list[str] = []
    found = backtest(None, store, dyads="top:2", horizons="1m", episodes=False, tell=told.append, **asked)  # type: ignore[arg-type]
    return found, told


def test_days_and_weeks_without_data(tmp_path: Path) -> None:
    store = made(tmp_path, {n for span in WEEKS for n in span})
    found, told = run(store, first="2017-09-01", last="2018-01-01")
    assert told == [
        "500 days, 485 with reports, usually 8; holes of 14 days in all: 2017-09-08 to 2017-09-21"
    ]  # a day of eight may be chance
    # September lies in the hole for 14 of its 30 days, and so do the 30 days before October
    assert [day.month for day in found.origin_days] == [11, 12, 1] and found.left_out == 2
    assert found.feed_days is not None and found.feed_days.days_in_holes == 14
    assert "left out: 2 pairs of an origin and a horizon" in text(found)
    counts = found.skill.filter(pl.col("metric").is_in(["crps", "log_score"]))
    assert counts["value"].min() > -10
    # that a month of eight acts a day has at least one is sure: there is next to nothing to be wrong about
    assert re.search(r"-\d{4,}", text(found)) is None


def test_a_store_of_a_few_files_years_apart_is_refused_in_words(tmp_path: Path) -> None:
    store = made(tmp_path, set(range(20, DAYS - 20)))
    with pytest.raises(BadValue, match=r"of no origin .* is there data enough: 500 days, 40 with reports"):
        run(store, first="2017-04-01", last="2018-04-01")


def test_a_skill_that_says_nothing_is_bounded() -> None:
    assert bounded(-3049.924, "%") == "below -1000.0 %" and bounded(0.5, "%") == "+50.0 %"
