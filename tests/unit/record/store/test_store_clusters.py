"""Clusters: whatever is known of a record, no fold makes reports of two clusters one."""

from __future__ import annotations

import random

import polars as pl
import pytest

from helpers.reports import record, report
from lynchpin.record.store import clusters, fold
from lynchpin.record.store.folding import WINDOW_DAYS


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("JPN", "KOR", "111", 0), ("JPN", "KOR", "111", WINDOW_DAYS), True),
        (("JPN", "KOR", "111", 0), ("JPN", "KOR", "111", WINDOW_DAYS + 1), False),
        (("JPN", "KOR", "040", 0), ("KOR", "JPN", "040", 0), True),
        (("JPN", "KOR", "042", 0), ("KOR", "JPN", "043", 0), True),
        (("JPN", "KOR", "111", 0), ("JPN", "KOR", "112", 0), False),
        (("JPN", "KOR", "111", 0), ("JPN", "USA", "111", 0), False),
        ((":Obama", "KOR", "040", 0), ("KOR", ":Obama", "040", 0), True),
        ((":Obama", "KOR", "040", 0), (":Bush", "KOR", "040", 0), False),
    ],
)
def test_which_reports_can_meet(one, other, together):
    rows = [report(day, who, whom, code) for who, whom, code, day in (one, other)]
    found = clusters(record(*rows))
    assert (found[0] == found[1]) is together


def test_a_report_between_two_brings_them_together():
    """Days 0, 7 and 14: each meets the next, so all three are one cluster; in any order of the rows."""
    rows = [report(day, "JPN", "KOR", "111") for day in (14, 0, 7)]
    assert clusters(record(*rows)).n_unique() == 1
    assert clusters(record(*rows[:2])).n_unique() == 2


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))])
def test_a_record_folds_as_its_clusters_do(seed):
    """A crowded record of half a year: the folds of the clusters, put together, are the fold of the whole."""
    draw = random.Random(seed)
    sides = ["JPN", "KOR", "USA:Lawmaker", "USA", ":Obama", ":"]
    rows = []
    for _ in range(400):
        who, whom = draw.choice(sides), draw.choice(sides)
        status = "verified" if draw.random() < 0.05 else "coded"
        rows.append(
            report(draw.randrange(180), who, whom, draw.choice(["040", "042", "043", "111", "160"]), status=status)
        )
    whole = record(*sorted(rows, key=lambda row: row["date"]))
    numbered = whole.with_columns(_cluster=clusters(whole))
    assert numbered["_cluster"].n_unique() > 50
    parts = [fold(part.drop("_cluster")).events for part in numbered.partition_by("_cluster")]
    put_together = pl.concat(parts).sort("date", "event_id")
    assert put_together.equals(fold(whole).events.sort("date", "event_id"))
