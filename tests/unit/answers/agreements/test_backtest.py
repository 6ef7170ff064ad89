"""The backtest is blind to the agreement and to the future, its rivals and scores are what they say, and so is the replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import case_events
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.backtest import MODELS, leave_one_out, reliability, replay, scores
from lynchpin.answers.agreements.hazards import draw_coefficients, with_own_past
from lynchpin.answers.agreements.lending import Lent
from lynchpin.answers.agreements.moments import STANDING_STAGES
from lynchpin.answers.agreements.outlook import LEFT_OPEN, fit_agreements, look_ahead
from lynchpin.answers.agreements.stages import MOVES, Standing
from lynchpin.answers.agreements.what_if import VERBS, changed, what_if
from lynchpin.errors import BadValue, UnknownName

ORIGIN = date(2012, 7, 9)
FLAGSHIP = "gsomia-jpn-kor"


@pytest.fixture(scope="module")
def known(northeast):
    lives = read_agreements(northeast.agreements_file, northeast.stages_file, before=None, among=None)
    about = {"states": northeast.states, "adversaries": ("PRK",), "seed": 1}
    return lives, case_events(northeast), about


@pytest.fixture(scope="module")
def issued(known):
    lives, events, about = known
    return leave_one_out(lives, events, origins=[ORIGIN], draws=20, only=[FLAGSHIP, "korus", "futenma"], **about)


def test_every_row_is_a_distribution_with_its_outcome(issued):
    assert issued["model"].value_counts()["count"].to_list() == [3, 3, 3] and set(issued["model"]) == set(MODELS)
    np.testing.assert_allclose(issued.select(STANDING_STAGES).sum_horizontal(), 1.0, atol=1e-12)
    mine = issued.filter((pl.col("agreement") == FLAGSHIP) & (pl.col("model") == "model"))
    assert mine["outcome"].item() == "suspended" and not mine["succeeded"].item()


def test_what_comes_later_moves_outcomes_only(known, issued):
    lives, events, about = known
    cut = [replace(life, history=tuple(act for act in life.history if act.date < ORIGIN)) for life in lives]
    cut = [life for life in cut if life.history]
    blind = leave_one_out(
        cut,
        events.filter(pl.col("date") < ORIGIN),
        origins=[ORIGIN],
        draws=20,
        only=[FLAGSHIP, "korus", "futenma"],
        **about,
    )
    columns = ["agreement", "model", "success", *STANDING_STAGES]
    assert blind.select(columns).equals(issued.select(columns))


def test_the_shared_part_knows_nothing_of_the_agreement(known):
    """Whatever its past was, a fit without it is the same: only its own effects may differ."""
    lives, events, about = known
    other = [replace(life, history=life.history[:1]) if life.id == FLAGSHIP else life for life in lives]
    fits = [fit_agreements(some, events, origin=ORIGIN, without=FLAGSHIP, **about) for some in (lives, other)]
    for one, two in zip(fits[0].hazards.moves, fits[1].hazards.moves, strict=True):
        np.testing.assert_array_equal(one.mode, two.mode)


def test_its_own_past_moves_its_own_effects_only_and_quiet_ones_down(known):
    lives, events, about = known
    fitted = fit_agreements(lives, events, origin=ORIGIN, without="gsomia-us-kor", **about)
    rows = fit_agreements(lives, events, origin=ORIGIN, **about).rows.only("gsomia-us-kor")
    drawn = draw_coefficients(fitted.hazards, 200, 1)
    told = with_own_past(fitted.hazards, drawn, rows, "gsomia-us-kor", "information_security")
    means = []
    for before, after in zip(drawn, told, strict=True):
        changed = np.flatnonzero((before != after).any(axis=1))
        assert changed.size <= 1
        means.append(float((after - before).sum(axis=0).mean()))
    moved = dict(zip(MOVES, means, strict=True))
    assert all(moved[step] < -0.05 for step in ("progress", "setback", "end"))  # in force and quiet since 1987
    assert moved["take_effect"] > 0.5  # on the day of its signature


def test_what_is_lent_is_learnt_from_and_never_the_agreement_itself(known):
    """A lent copy of what is left out, under another name, changes nothing; other lent agreements do."""
    lives, events, about = known
    few, rest = (
        [life for life in lives if life.id in ("korus", "thaad")],
        [life for life in lives if life.id not in ("korus", "thaad")],
    )
    copy = replace(next(life for life in few if life.id == "korus"), id="copy", title="the trade pact")

    def chance(*lent, enough=60):
        lender = Lent("other", tuple(lent), events, about["states"], about["adversaries"])
        issued = leave_one_out(
            few, events, origins=[ORIGIN], draws=10, only=["korus"], lent=[lender], enough=enough, **about
        )
        return None if issued.is_empty() else issued.filter(pl.col("model") == "model")["success"].item()

    plain = chance(*rest[:60])
    assert plain is not None and chance(*rest[:60], copy) == plain != chance(*rest[:40])
    assert chance(*rest[:60], enough=0) is None  # its own have made too few moves, and nothing is borrowed


def test_scores_by_hand():
    rows = []
    for model, p in zip(MODELS, (0.9, 0.5, 0.6), strict=True):
        for name, came in (("a", True), ("b", True), ("c", False)):
            stages = dict.fromkeys(STANDING_STAGES, 0.0) | {"in_force": p, "ended": 1.0 - p}
            outcome = "in_force" if came else "ended"
            rows.append(
                {"agreement": name, "model": model, "success": p, "succeeded": came, **stages, "outcome": outcome}
            )
    table = scores(pl.DataFrame(rows), seed=1)
    value = {(row["metric"], row["model"]): row["value"] for row in table.iter_rows(named=True)}
    assert value["brier", "model"] == pytest.approx((0.01 + 0.01 + 0.81) / 3)
    assert value["log", "base rate"] == pytest.approx(np.log(2.0))
    assert value["stage_log", "constant kind"] == pytest.approx(-(2 * np.log(0.6) + np.log(0.4)) / 3)
    skill = table.filter((pl.col("metric") == "brier") & (pl.col("model") == "base rate"))
    assert skill["skill"].item() == pytest.approx(1.0 - (0.83 / 3) / 0.25)
    assert skill["skill_lower"].item() < skill["skill"].item() < skill["skill_upper"].item()


def test_reliability_counts_every_moment_once():
    rng = np.random.default_rng(1)
    p = rng.random(103)
    frame = pl.DataFrame(
        {"model": "model", "success": p, "succeeded": rng.random(103) < p, "agreement": "a", "origin": ORIGIN}
    )
    bins = reliability(frame)
    assert bins["n"].sum() == 103 and bins["forecast"].is_sorted()
    assert ((bins["lower"] <= bins["observed"]) & (bins["observed"] <= bins["upper"])).all()


def test_replay_says_what_was_said_on_the_day(known):
    lives, events, about = known
    until = date(2012, 7, 10)
    told = replay(lives, events, FLAGSHIP, until=until, step_days=200, draws=20, **about)
    blind = [life for life in lives if life.history[0].date < until]
    again = replay(
        blind, events.filter(pl.col("date") < until), FLAGSHIP, until=until, step_days=200, draws=20, **about
    )
    assert told.equals(again)
    assert date(2012, 6, 30) in told["date"].to_list()  # the day after the signing was called off
    assert told["standing"].to_list()[-1] == "agreed_in_principle"
    assert ((told["lower"] <= told["probability"]) & (told["probability"] <= told["upper"])).all()
    with pytest.raises(UnknownName):
        replay(lives, events, "gsomia", until=until, **about)


def test_forecasts_sum_to_one_and_forces_name_their_change(known):
    lives, events, about = known
    fitted = fit_agreements(lives, events, origin=ORIGIN, **about)
    gsomia = next(life for life in fitted.lives if life.id == FLAGSHIP)
    (found,) = look_ahead(fitted, [gsomia], draws=20)
    for days in (91, 182, 365, 730):
        row = [chance for chance in found.forecast if chance.horizon_days == days]
        assert abs(sum(chance.probability for chance in row) - 1.0) < 1e-12
        assert all(chance.lower <= chance.upper for chance in row)
    assert {"setbacks", "grievance", "push", "threat"} <= {force.name for force in found.forces}
    assert len({one.id for one in found.analogues}) == 3 and FLAGSHIP not in {one.id for one in found.analogues}
    assert all(one.date <= ORIGIN - timedelta(days=365) for one in found.analogues)


def test_a_deed_moves_the_standing_and_nothing_else(known):
    lives, events, about = known
    fitted = fit_agreements(lives, events, origin=date(2012, 6, 28), **about)
    gsomia = next(life for life in fitted.lives if life.id == FLAGSHIP)
    start = fitted.start(gsomia, 20)
    assert changed(start, "sign").now.standing == Standing(2)
    assert changed(start, "block").now.standing == Standing(1, "suspended")
    assert changed(start, "postpone").now.setbacks == start.now.setbacks + 1
    for verb in VERBS:
        assert changed(start, verb).x is start.x and changed(start, verb).base is start.base
        rows = what_if(start, verb)
        for days in (91, 730):
            assert abs(sum(row.given for row in rows if row.horizon_days == days) - 1.0) < 1e-12
            assert abs(sum(row.difference for row in rows if row.horizon_days == days)) < 1e-12
    signed = {row.stage: row for row in what_if(start, "sign") if row.horizon_days == 91}
    assert signed["signed"].difference + signed["in_force"].difference > 0.2
    passed = (signed["negotiating"].given, signed["agreed_in_principle"].given)
    assert passed == pytest.approx((LEFT_OPEN / 7, LEFT_OPEN / 7))  # nothing is held to be impossible


def test_a_deed_that_cannot_be_done_is_refused(known):
    lives, events, about = known
    fitted = fit_agreements(lives, events, origin=ORIGIN, **about)
    korus = fitted.start(next(life for life in fitted.lives if life.id == "korus"), 20)
    with pytest.raises(BadValue, match="signed already"):
        changed(korus, "sign")
    with pytest.raises(BadValue, match="no deed named 'sing'"):
        changed(korus, "sing")
