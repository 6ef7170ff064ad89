"""What a feed told on each day, folded by clusters, is what a fold of all that was known on the day gives."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from helpers.reports import DAY, record, report
from lynchpin.answers.forecast.months import make_panel
from lynchpin.days import day_number
from lynchpin.events import before
from lynchpin.record.store import fold
from lynchpin.session.dyads import busiest, quad_units, ranked, with_class
from lynchpin.session.retold import CARRIED, CHANGE, Feed, Part, ordered_pairs, panels, retold


def crowded(seed: int, rows: int = 500) -> pl.DataFrame:
    """Half a year of reports, of which a third is told late."""
    draw, found = random.Random(seed), []
    for _ in range(rows):
        day, late = draw.randrange(180), draw.choice([0, 0, 1, 9, 60])
        who, whom = draw.sample(["JPN", "KOR", "USA:Lawmaker", "USA", ":Obama"], 2)
        told = DAY + timedelta(days=day + late)
        kind, code = draw.choice([("CONSULT", "040"), ("CONSULT", "042"), ("CONSULT", "043"), ("ACCUSE", "111"), ("OTHER", "")])  # fmt: skip
        found.append(report(day, who, whom, code, kind=kind, known_from=told))
    return record(*sorted(found, key=lambda row: row["date"]))


DAYS = [DAY + timedelta(days=n) for n in (0, 20, 45, 46, 120, 300)]


@pytest.mark.parametrize("seed", range(4))
def test_each_day_has_the_panel_of_a_fold_of_its_own(seed):
    reports = crowded(seed)
    units = quad_units([("JPN", "KOR"), ("KOR", "JPN"), ("USA", "JPN")])
    whole = retold(Part(reports.select(CARRIED), tuple(DAYS)))
    assert whole.schema == CHANGE
    for day, cells in zip(DAYS, panels(whole, DAYS, units), strict=True):
        then = with_class(fold(before(reports, day)).events)
        plain, made = make_panel(then, units, day), cells.panel()
        assert (made.first, made.end) == (plain.first, plain.end) and made.end == day_number(day)
        np.testing.assert_array_equal(made.total, plain.total)
        np.testing.assert_array_equal(made.volume, plain.volume)


def test_the_busiest_are_those_of_the_fold():
    reports = crowded(9)
    changes = retold(Part(reports.select(CARRIED), tuple(DAYS)))
    for at, day in enumerate(DAYS[1:], 1):
        then = with_class(fold(before(reports, day)).events)
        assert ranked(ordered_pairs(changes, at), 5, day, DAY) == busiest(then, 5, day)


def test_parts_may_be_done_apart_and_in_any_order():
    """Cut by pair of actors, largest first, the changes add up to those of the whole."""
    reports = crowded(3)
    pair = pl.concat_list("source", "target").list.sort().list.join(";")
    cut = reports.with_columns(_pair=pair).partition_by("_pair", include_key=False)
    order = ["at", "source", "target", "event_class", "date"]
    apart = Feed(tuple(cut), reports).retold(DAYS).group_by(order).agg(pl.col("n").sum())
    whole = retold(Part(reports.select(CARRIED), tuple(DAYS)))
    left = apart.filter(pl.col("n") != 0).sort(order).select(whole.columns)
    assert left.equals(whole.sort(order)) and len(cut) > 3


def test_a_late_report_moves_an_episode():
    """Criticised on day 10 and, as is told on day 30, on day 4: one episode, whose first day moves from 10 to 4."""
    rows = [report(4, "JPN", "KOR", "111", known_from=DAY + timedelta(30)), report(10, "JPN", "KOR", "111")]
    days = [DAY + timedelta(n) for n in (20, 31)]
    changes = retold(Part(record(*rows).select(CARRIED), tuple(days)))
    of_pair = changes.filter(pl.col("source").is_not_null()).select("at", "date", "n").sort("at", "date").rows()
    first, moved = DAY + timedelta(10), DAY + timedelta(4)
    assert of_pair == [(0, first, 1), (1, moved, 1), (1, first, -1)]
