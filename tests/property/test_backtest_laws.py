"""Laws of a backtest: blind to what comes, the same with any number of workers, weights on the simplex, sums to one."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import case_events, read_known
from lynchpin.answers.forecast import MODEL
from lynchpin.answers.forecast import backtest as room
from lynchpin.answers.forecast.months import Panel, make_panel, unit_names
from lynchpin.crew import called
from lynchpin.days import day_number
from lynchpin.record.sources import get as source
from lynchpin.record.store import Store
from lynchpin.report.contract import answer, dump
from lynchpin.session.backtest import backtest
from lynchpin.session.dyads import quad_events, quad_units
from lynchpin.session.retold import Feed

ORIGIN, END = date(2012, 7, 1), date(2012, 11, 1)
STATES = ("Japan", "South Korea", "United States")
CODES = ("Consult\t040", "Criticize or denounce\t111", "Make a visit\t042", "Threaten\t130", "Provide aid\t070")


def lines(seed: int, first: date, last: date, rows: int) -> list[str]:
    """A small and crowded feed."""
    draw, found = random.Random(seed), []
    for n in range(rows):
        day = first + timedelta(days=draw.randrange((last - first).days))
        a, b = draw.sample(STATES, 2)
        text, code = draw.choice(CODES).split("\t")
        found.append("\t".join([f"{seed}-{n:05}", str(day), a, "", a, text, code, "1", b, "", b] + [""] * 9))
    return found


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Feeds that are one up to the origin: the second is flooded from that day on, and the third later tells of before."""
    folder = tmp_path_factory.mktemp("backtest")
    header = "\t".join(source("icews").columns)
    early = lines(1, date(2011, 9, 1), ORIGIN, 900)
    later = {"quiet": lines(2, ORIGIN, END, 300), "flood": lines(3, ORIGIN, END, 3000)}
    for name, more in later.items():
        rows = sorted(early + more, key=lambda line: line.split("\t")[1])
        (folder / f"{name}.tab").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        with Store.open(folder / name, create=True) as store:
            store.ingest("icews", folder / f"{name}.tab")
    more = lines(4, date(2012, 3, 1), date(2012, 5, 20), 600)
    (folder / "late.tab").write_text("\n".join([header, *more, ""]), encoding="utf-8")
    with Store.open(folder / "late", create=True) as store:
        store.ingest("icews", folder / "late.tab", known_lag=180)
        store.ingest("icews", folder / "quiet.tab")
    return {name: folder / name for name in (*later, "late")}


def said(store, lag_days=0):
    """What was said on the origin: everything of an answer but what needs to know what came."""
    events = quad_events(store)
    units = quad_units([("JPN", "KOR"), ("KOR", "JPN"), ("USA", "JPN")])
    panel = make_panel(events, units, END)
    [question] = room.lay_questions(panel, ORIGIN, ORIGIN, (1, 3), lag_days)
    [answer] = map(called, room.asked(panel, [question], None, 1))
    return [
        (one.model, one.months, *(one.values[name].tolist() for name in ("p_any", "mean"))) for one in answer.scored
    ]


@pytest.mark.parametrize("lag_days", [0, 10])
def test_planted_later_events_change_no_byte_of_what_was_said(stores, lag_days):
    assert said(stores["quiet"], lag_days) == said(stores["flood"], lag_days)


def test_a_lag_hides_the_last_days(stores):
    assert said(stores["quiet"], 0) != said(stores["quiet"], 10)


def test_the_law_catches_a_panel_left_open_by_a_day(stores, monkeypatch):
    """A fault planted once: one day too many at the one gate."""
    honest = Panel.before
    monkeypatch.setattr(Panel, "before", lambda self, day: honest(self, day + 1))
    monkeypatch.setattr(room, "require_blind", lambda past, question: None)
    assert said(stores["quiet"]) != said(stores["flood"])


def test_the_border_check_catches_it_too(stores, monkeypatch):
    honest = Panel.before
    monkeypatch.setattr(Panel, "before", lambda self, day: honest(self, day + 1))
    with pytest.raises(AssertionError):
        said(stores["quiet"])


def test_the_dyads_are_chosen_before_the_first_origin(stores):
    wanted = {"dyads": "top:3", "first": str(ORIGIN), "last": str(ORIGIN), "horizons": "1m"}
    assert backtest(None, stores["quiet"], **wanted).dyads == backtest(None, stores["flood"], **wanted).dyads


def scored(store):
    found = backtest(None, store, dyads="top:3", first=str(ORIGIN), last=str(ORIGIN), horizons="1m,3m")
    return found.dyads, found.scores.rows()


def test_acts_that_became_known_later_change_no_byte_of_a_score(stores):
    """What they tell of happened more than an episode's length before the origin, so they are in no outcome either."""
    assert scored(stores["quiet"]) == scored(stores["late"])


def test_the_law_catches_episodes_that_were_folded_before_they_were_cut(stores, monkeypatch):
    """A fault planted once: reports that were not known on the origin are folded into those that were."""
    honest = scored(stores["quiet"])
    monkeypatch.setattr(Feed, "is_told_late", False)
    assert scored(stores["late"]) != honest


def asked(store, workers):
    return backtest(None, store, dyads="top:4", first="2012-04-01", last="2012-09-01", workers=workers, lag="7d")


@pytest.fixture(scope="module")
def whole(stores):
    return asked(stores["quiet"], 1)


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_any_number_of_workers_gives_the_same_bytes(stores, whole, workers):
    assert dump(answer(asked(stores["quiet"], workers))) == dump(answer(whole))


def test_weights_lie_on_the_simplex_and_shares_sum_to_one(whole):
    found = whole
    weights = found.weights.group_by("origin", "horizon_days", "event_class").agg(pl.col("weight").sum())
    np.testing.assert_allclose(weights["weight"].to_numpy(), 1.0)
    assert found.weights["weight"].min() >= 0
    pit = found.pit.group_by("model", "horizon_days").agg(pl.col("share").sum())
    np.testing.assert_allclose(pit["share"].to_numpy(), 1.0)


def test_every_baseline_is_beside_ours_at_every_origin(whole):
    found = whole
    models = {MODEL, *found.baselines, *found.further}
    assert set(found.scores["model"]) == models == set(found.origins["model"])
    counted = found.origins.group_by("model", "horizon_days").len()
    assert counted.group_by("horizon_days").agg(pl.col("len").n_unique())["len"].to_list() == [1, 1]


def test_a_score_is_the_mean_over_origins_and_skill_is_its_ratio(whole):
    found = whole
    for days in found.horizons:
        rows = found.origins.filter(pl.col("horizon_days") == days)
        mean = dict(rows.group_by("model").agg(pl.col("crps").mean()).iter_rows())
        told = found.scores.filter(
            (pl.col("horizon_days") == days) & (pl.col("metric") == "crps") & (pl.col("event_class") == "")
        )
        for model, value in told.select("model", "value").iter_rows():
            assert value == pytest.approx(mean[model])
        for row in found.skill.filter((pl.col("horizon_days") == days) & (pl.col("metric") == "crps")).iter_rows(
            named=True
        ):
            assert row["value"] == pytest.approx(1 - mean[row["model"]] / mean[row["against"]])
            assert row["lower"] <= row["value"] <= row["upper"] or row["n"] < 4


def test_a_case_is_forecast_by_its_mechanisms_too_and_blind(northeast):
    """The mechanism model's forecast of a day, from the record cut there and from the whole one."""
    events = case_events(northeast)
    panel = make_panel(events, unit_names(northeast), date(2012, 12, 1))
    question = room.Question(date(2012, 7, 9), date(2012, 7, 9), (1,))
    came = {1: panel.between(day_number(date(2012, 7, 9)), day_number(date(2012, 8, 9)))}
    past = panel.before(day_number(question.known))
    record = read_known(northeast).before(question.known)
    cut = room.answer(question, past, came, record, 1)
    [whole] = map(called, room.asked(panel, [question], read_known(northeast), 1))
    assert [one.values["mean"].tolist() for one in cut.scored] == [one.values["mean"].tolist() for one in whole.scored]
    assert "mechanism model" in {one.model for one in cut.scored}
