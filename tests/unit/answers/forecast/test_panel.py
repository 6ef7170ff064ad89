"""Counts by unit and day, against a count by loops."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from lynchpin.answers.forecast.months import make_panel
from lynchpin.days import day_number
from lynchpin.events import before
from lynchpin.session.dyads import CLASSES, busiest, parse_dyads, quad_units

DAYS = 120
START = date(2012, 1, 1)


def toy_events(seed=1, days=DAYS, rows=300):
    rng = np.random.default_rng(seed)
    states = ["AAA", "BBB", "CCC"]
    found = []
    for _ in range(rows):
        source = sorted(rng.choice(states, size=rng.integers(1, 3), replace=False).tolist())
        target = source if rng.random() < 0.2 else [str(rng.choice(states))]
        found.append((START + timedelta(days=int(rng.integers(days))), source, target, str(rng.choice(["x", "y"]))))
    found[0] = (found[0][0], ["AAA"], ["BBB"], None)
    events = pl.DataFrame(found, schema=["date", "source", "target", "event_class"], orient="row").sort("date")
    return events.with_columns(known_from="date")


UNITS = [(i, j, c) for c in ("x", "y") for i in ("AAA", "BBB") for j in ("AAA", "BBB", "CCC") if i != j]


def test_counts_are_those_of_loops():
    events = toy_events()
    panel = make_panel(events, UNITS, START + timedelta(days=DAYS), start=START)
    for k, (i, j, c) in enumerate(UNITS):
        rows = events.filter(pl.col("event_class") == c).iter_rows(named=True)
        days = [row["date"] for row in rows if i in row["source"] and j in row["target"]]
        for low, high in [(0, 120), (10, 11), (30, 60)]:
            a, b = START + timedelta(days=low), START + timedelta(days=high)
            assert panel.between(day_number(a), day_number(b))[k] == sum(a <= day < b for day in days)
    assert panel.volume[-1] == events.height


def test_a_panel_travels_by_its_cells():
    """Pickled and read again it is the same, whole or cut so that it counts before its first day; and it is small."""
    events = toy_events().with_columns(known_from=pl.col("date") + pl.duration(days=pl.int_range(pl.len()) % 3))
    panel = make_panel(events, UNITS, START + timedelta(days=DAYS), start=START)
    late = panel.before(day_number(START) + 40)
    shifted = replace(panel, first=panel.first + 5, total=panel.total[:, 5:], volume=panel.volume[5:])
    assert panel.late.size and (shifted.total[:, 0] > 0).any()
    for one in (panel, late, shifted, panel.before(day_number(START))):
        again = pickle.loads(pickle.dumps(one))
        assert (again.units, again.first, again.days) == (one.units, one.first, one.days)
        for name in ("total", "volume", "late"):
            np.testing.assert_array_equal(getattr(again, name), getattr(one, name))
            assert getattr(again, name).dtype == getattr(one, name).dtype
    empty = make_panel(events, [(str(k), "z", "x") for k in range(500)], START + timedelta(days=DAYS), start=START)
    assert len(pickle.dumps(empty)) < empty.total.nbytes / 20


def test_before_shows_nothing_later():
    panel = make_panel(toy_events(), UNITS, START + timedelta(days=DAYS), start=START)
    cut = panel.before(day_number(START) + 40)
    assert cut.end == day_number(START) + 40
    np.testing.assert_array_equal(cut.between(cut.end - 10, cut.end + 50), panel.between(cut.end - 10, cut.end))
    assert panel.before(10**6).days == panel.days


def test_what_became_known_later_is_not_there_before():
    """The panel of a day is the panel made from what was known on it, and outcomes are counted by the day of the act."""
    events = toy_events()
    late = pl.Series([START + timedelta(days=70) if k % 3 == 0 else START for k in range(events.height)])
    events = events.with_columns(known_from=pl.max_horizontal("date", late))
    panel = make_panel(events, UNITS, START + timedelta(days=DAYS), start=START)
    for days in (40, 70, 71, 90):
        day = START + timedelta(days=days)
        cut = panel.before(day_number(day))
        made = make_panel(before(events, day), UNITS, day)
        assert (cut.first, cut.end) == (made.first, made.end)
        np.testing.assert_array_equal(cut.total, made.total)
        np.testing.assert_array_equal(cut.volume, made.volume)
    plain = make_panel(events.with_columns(known_from="date"), UNITS, START + timedelta(days=DAYS), start=START)
    np.testing.assert_array_equal(panel.total, plain.total)


def test_a_record_begins_with_the_first_event_that_is_known():
    secret = pl.DataFrame(
        {"date": [START, START + timedelta(days=9)], "known_from": [START + timedelta(days=60), START + timedelta(days=9)],
         "source": [["AAA"], ["AAA"]], "target": [["BBB"], ["BBB"]], "event_class": ["x", "x"]}
    )  # fmt: skip
    panel = make_panel(secret, UNITS, START + timedelta(days=DAYS))
    assert panel.first == day_number(START)
    assert panel.before(day_number(START) + 60).first == day_number(START) + 9
    assert panel.before(day_number(START) + 61).first == day_number(START)
    assert panel.before(day_number(START) + 5).volume.tolist() == [0] * 6


def test_busiest_sees_only_what_came_before():
    events = toy_events()
    day = START + timedelta(days=60)
    early = busiest(events.filter(pl.col("date") < day), 2, day)
    assert busiest(events, 2, day) == early and len(early) == 2
    assert len(quad_units(early)) == 2 * len(CLASSES)
    assert parse_dyads("top:7") == 7
