"""What follows an agreement in force: a planted ratio is found again, and nothing later is seen."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.agreements.feedback import feedback
from lynchpin.errors import DidNotConverge
from lynchpin.events import SCHEMA
from lynchpin.results import AgreementLife, StageRow

START, ORIGIN = date(2000, 1, 1), date(2020, 1, 1)
STATES = ("USA", "JPN", "KOR", "CHN")


def life(id_, a, b, day):
    acts = tuple(StageRow(day, "day", stage, "", "", "", "") for stage in ("signed", "in_force"))
    return AgreementLife(id_, id_, (a, b), "", "other", "in_force", day, acts)


LIVES = (life("x", "JPN", "KOR", date(2008, 1, 1)), life("y", "USA", "CHN", date(2012, 1, 1)))


def record(ratio, seed=1):
    rng = np.random.default_rng(seed)
    rows, blank = [], dict.fromkeys(SCHEMA)
    for a, b, rate in [("USA", "JPN", 4.0), ("USA", "KOR", 3.0), ("JPN", "KOR", 0.4), ("USA", "CHN", 0.5)]:
        day = START
        while day < ORIGIN:
            holds = any({a, b} == set(one.parties) and one.since < day for one in LIVES)
            for _ in range(rng.poisson(rate * (ratio if holds else 1.0))):
                rows.append(
                    blank
                    | {"date": day, "known_from": day, "source": [a], "target": [b], "magnitude": 3.0, "contexts": []}
                )
            day += timedelta(days=7)
    return pl.DataFrame(rows, schema=SCHEMA)


def test_a_planted_ratio_is_found_again():
    found = feedback(LIVES, record(1.6), STATES, ORIGIN)
    assert found.lower < 1.6 < found.upper and found.lower > 1.2
    assert (found.n_pairs, found.n_changes) == (6, 2)
    assert found.factor(0) == pytest.approx(found.rate_ratio)
    assert 1.0 < found.factor(3) < found.factor(0)


def test_none_is_not_found():
    found = feedback(LIVES, record(1.0), STATES, ORIGIN)
    assert found.lower < 1.0 < found.upper


def test_nothing_later_is_seen():
    whole = record(1.6)
    early = date(2013, 1, 1)
    cut = whole.filter(pl.col("date") < early)
    assert feedback(LIVES, whole, STATES, early) == feedback(LIVES, cut, STATES, early)


def test_without_a_change_it_is_refused():
    with pytest.raises(DidNotConverge, match="no agreement took effect"):
        feedback(LIVES, record(1.0), STATES, date(2007, 1, 1))
