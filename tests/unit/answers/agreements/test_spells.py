"""Rows of a history, and what bears on it strictly before each day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.agreements.covariates import HALF_LIFE_DAYS, MEANINGS, changes, covariates, is_new, read_record
from lynchpin.answers.agreements.spells import now, spells
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, Standing
from lynchpin.days import day_number
from lynchpin.events import SCHEMA
from lynchpin.results import AgreementLife, StageRow

DAY = date(2012, 6, 1)
STATES = ("USA", "JPN", "KOR", "PRK", "CHN")

EVENTS = [  # day, source, sector, target, magnitude, contexts, the covariate of JPN-KOR with patron USA that it feeds
    (DAY, ["PRK"], "MIL", ["KOR"], -8.0, ["provocation"], "threat"),
    (DAY, ["JPN", "KOR"], "GOV", ["JPN", "KOR"], 3.0, [], "warmth"),
    (DAY, ["KOR"], "GOV", ["JPN"], -3.0, ["history"], "grievance"),
    (DAY, ["KOR"], "GOV", ["JPN"], -3.0, ["trade"], "friction"),
    (DAY, ["KOR"], "LEG", ["KOR"], -3.0, ["domestic"], "parliament"),
    (DAY, ["KOR"], "CVL", ["KOR"], -3.0, ["domestic"], "society"),
]


def frame(rows):
    blank = dict.fromkeys(SCHEMA)
    return pl.DataFrame(
        [
            blank | {"date": d, "source": s, "source_sector": sector, "target": t, "magnitude": m, "contexts": c}
            for d, s, sector, t, m, c, *_ in rows
        ],
        schema=SCHEMA,
    )


def seen(rows, at, patron="USA"):
    record = read_record(frame(rows), STATES, ("PRK",))
    days = np.array([day_number(day) for day in at], dtype=np.int64)
    return dict(zip(MEANINGS, covariates(record, ("JPN", "KOR"), patron, days).T, strict=True))


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e[-1])
def test_an_event_feeds_its_covariate_from_the_next_day_on(event):
    at = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=1 + int(HALF_LIFE_DAYS))]
    found = seen([event], at)
    for name, values in found.items():
        for value, day in zip(values, at, strict=True):
            age = (day - DAY).days
            trace = 2.0 ** (-age / HALF_LIFE_DAYS) if age > 0 else 0.0
            mine = trace if name == event[-1] else 0.0
            assert value == pytest.approx(np.log(mine + 0.5) - np.log(trace + 5.0))


def test_the_push_is_that_on_the_party_it_works_with_least():
    one = [(DAY, ["USA"], "GOV", ["KOR"], 3.0, [])]
    both = [*one, (DAY, ["USA"], "GOV", ["JPN"], 3.0, [])]
    day = [DAY + timedelta(days=1)]
    none = seen(one, day)["push"][0]
    assert seen(both, day)["push"][0] > none
    assert seen(both, day, patron="")["push"][0] < seen(both, day)["push"][0]


def test_who_is_not_followed_has_none():
    record = read_record(frame(EVENTS), STATES, ("PRK",))
    assert np.isnan(covariates(record, ("PHL", "USA"), "", np.array([20000]))).all()


def test_a_new_leader_is_new_for_a_year_from_the_day_after():
    day = day_number(date(2013, 2, 25))
    assert day in changes("KOR")
    at = np.array([day, day + 1, day + 365, day + 366])
    assert is_new(["KOR"], at).tolist()[0] is False or is_new(["JPN"], at).any()
    alone = [bool(v) for v in is_new(["KOR"], at)]
    assert alone == [False, True, True, False]


def life(*acts):
    rows = tuple(StageRow(date.fromisoformat(day), "day", stage, "", "", "", "") for day, stage in acts)
    return AgreementLife("g", "G", ("JPN", "KOR"), "USA", "other", rows[-1].stage, rows[-1].date, rows)


def test_rows_add_up_to_the_life_and_close_with_its_moves():
    one = life(
        ("2011-01-10", "negotiating"),
        ("2012-04-23", "agreed_in_principle"),
        ("2012-06-29", "setback"),
        ("2012-11-23", "signed"),
        ("2012-11-23", "in_force"),
    )
    rows = spells([one], read_record(frame(EVENTS), STATES, ("PRK",)), date(2013, 1, 1))
    assert rows.weeks.sum() * 7 == (date(2013, 1, 1) - date(2011, 1, 10)).days
    assert [MOVES[m] for m in rows.move[rows.move >= 0]] == ["advance", "setback", "sign", "take_effect"]
    assert rows.weeks[rows.move == MOVES.index("take_effect")] == 0.0  # signed and in force on one day
    assert rows.weeks.max() <= 4.0
    assert STANDINGS[rows.standing[-1]] == Standing(3)
    after_setback = rows.first_day >= day_number(date(2012, 6, 29))
    assert (rows.setbacks == after_setback).all()
    assert rows.is_fresh.sum() == ((rows.standing == STANDINGS.index(Standing(1))) & after_setback).sum()
    assert set(rows.piece) == {0, 1, 2}  # never quiet for two years


def test_the_future_is_cut_and_an_end_ends():
    one = life(("2011-01-10", "negotiating"), ("2012-04-23", "ended"))
    record = read_record(frame(EVENTS), STATES, ("PRK",))
    early = spells([one], record, date(2012, 4, 23))
    assert (early.move == -1).all() and early.weeks.sum() * 7 == (date(2012, 4, 23) - date(2011, 1, 10)).days
    late = spells([one], record, date(2020, 1, 1))
    assert late.move[-1] == MOVES.index("end") and late.weeks.sum() == early.weeks.sum()


def test_now_knows_only_what_came_before():
    one = life(("2011-01-10", "negotiating"), ("2012-05-17", "setback"), ("2012-06-26", "approved"))
    at = now(one, day_number(date(2012, 6, 26)))
    assert (at.standing, at.setbacks, at.is_fresh, at.weeks_since) == (Standing(0), 1, True, 5)
