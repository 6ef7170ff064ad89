"""The push of a mechanism through time: against the formula, with the half-life's uncertainty in it, and blind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.account.cases import read_case
from lynchpin.answers.evidence import fade
from lynchpin.answers.evidence.fade import _timing_at
from lynchpin.answers.evidence.fade_words import half_life
from lynchpin.answers.evidence.placebo import lay_null, placebo
from lynchpin.days import day_number
from lynchpin.errors import BadValue, UnknownName
from lynchpin.model.design.build import with_half_life
from lynchpin.model.half_life import GRID_DAYS, HalfLifeProfile
from lynchpin.numbers import Z90
from lynchpin.report.plots import fade as picture
from lynchpin.session.brief import how_it_fades

AS_OF = date(2012, 7, 9)


@pytest.fixture(scope="module")
def fit(fit_2012):
    return fit_2012


@pytest.fixture(scope="module")
def threat(fit):
    return fade(fit, "shared_threat")


@pytest.fixture(scope="module")
def ledger(ledger_2012):
    return {row.mechanism: row for row in ledger_2012}


def reference_push(fit, beta: float, half_life_days: float, day: date) -> float:
    """Straight from the definition: acts of North Korea's conflict toward either ally, each at half after a half-life."""
    conflict = fit.case.groups["conflict"]
    total = 0.0
    for row in fit.events.iter_rows(named=True):
        if row["event_class"] in conflict and row["date"] < day and "PRK" in row["source"]:
            for ally in ("JPN", "KOR"):
                both = set(row["source"]) | set(row["target"])
                if ally in row["target"] or (set(row["source"]) == set(row["target"]) and ally in both):
                    total += 0.5 ** ((day - row["date"]).days / half_life_days)
    return float(np.exp(beta * np.log1p(total)))


def test_the_curve_is_the_formula(fit, threat, ledger):
    beta = ledger["shared_threat"].estimate
    for row in threat.curve.sample(25, seed=1).iter_rows(named=True):
        assert row["times"] == pytest.approx(reference_push(fit, beta, threat.half_life_days, row["date"]), rel=1e-9)
    at = threat.curve.filter(pl.col("date") == AS_OF).row(0, named=True)
    assert (at["times"], at["lower"], at["upper"]) == (threat.times, threat.lower, threat.upper)


def test_a_jump_comes_the_day_after_its_act(fit, threat, ledger):
    curve = dict(threat.curve.select("date", "times").iter_rows())
    shelling = date(2010, 11, 23)
    assert shelling in threat.acts["date"].to_list()
    after = shelling + timedelta(days=1)
    beta = ledger["shared_threat"].estimate
    by_hand = [reference_push(fit, beta, threat.half_life_days, day) for day in (shelling, after)]
    assert curve[after] / curve[shelling] == pytest.approx(by_hand[1] / by_hand[0], rel=1e-9)
    assert curve[after] > 1.05 * curve[shelling]


def test_where_the_half_life_is_given_the_band_is_the_ledgers_interval(fit, ledger):
    push, row = fade(fit, "patron_push", search=False), ledger["patron_push"]
    x = np.log(push.curve["times"].to_numpy()) / row.estimate
    for end, sign in (("lower", -1), ("upper", 1)):
        exact = x * (row.estimate + sign * Z90 * row.standard_error)
        np.testing.assert_allclose(np.log(push.curve[end].to_numpy()), exact, atol=0.12 * max(x.max(), 1.0))
    assert not push.is_fitted and push.profile.is_empty() and push.half_life_interval is None


def test_a_fitted_half_life_widens_the_band(fit, threat):
    held = fade(replace(fit, half_life_profile={}), "shared_threat", search=False)
    known = threat.curve.filter(~pl.col("ahead"))
    wide = (known["upper"] / known["lower"]).log().mean()
    narrow = (held.curve.filter(~pl.col("ahead"))["upper"] / held.curve.filter(~pl.col("ahead"))["lower"]).log().mean()
    assert wide > 1.1 * narrow


def test_the_effect_under_another_half_life_is_that_of_a_design_made_anew(fit):
    """One null serves all half-lives; nobody refers to this mechanism, so that the slow way is the very same."""
    name = "patron_push_beyond_security"
    for days in (14.0, 180.0):
        there = replace(fit, design=with_half_life(fit.design, name, days))
        slow = placebo(there, name, np.zeros(1, dtype=np.int64))
        assert _timing_at(fit, name, days, lay_null(fit, name)) == pytest.approx((slow.estimate, slow.clustered_error))


def test_the_profile_is_that_of_the_fit(fit, threat):
    profile = fit.half_life_profile["shared_threat"]
    assert profile.days[profile.best] == threat.best_days == threat.half_life_days == 60.0
    assert profile.interval == threat.half_life_interval == fit.half_life_interval["shared_threat"]
    assert profile.is_open == (False, False)
    assert profile.weight.sum() == pytest.approx(1.0)
    assert threat.profile["days"].to_list() == list(GRID_DAYS)
    assert threat.profile["drop"].max() == 0.0
    asked = fade(replace(fit, half_life_profile={}), "shared_threat")  # the same, tried again from where the fit ended
    np.testing.assert_allclose(asked.profile["drop"], threat.profile["drop"], atol=0.1)


def test_half_lives_are_as_likely_before_the_record_on_a_log_scale():
    days = np.array([10.0, 20.0, 80.0, 160.0])
    flat = HalfLifeProfile(days, np.zeros(4), np.zeros(4), np.zeros(4), np.ones(4))
    np.testing.assert_allclose(flat.weight, np.array([0.5, 1.5, 1.5, 0.5]) / 4.0)  # doublings each of them stands for
    bump = replace(flat, evidence=np.log([1.0, 3.0, 1.0, 1.0]))
    np.testing.assert_allclose(bump.weight, np.array([0.5, 4.5, 1.5, 0.5]) / 7.0)


def test_simulated_half_lives_are_found_again(tmp_path):
    case = planted_case(tmp_path)
    file = tmp_path / "planted" / "case.toml"
    head, body = file.read_text().split('name = "shared_threat"\nclaim', 1)
    file.write_text(
        f'{head}name = "shared_threat"\nclaim{body.replace(chr(34) + "60d" + chr(34), chr(34) + "fit" + chr(34), 1)}'
    )
    case = read_case(file)
    inside = []
    for seed in range(3_000, 3_012):
        low, high = planted_fit(case, seed, effect=1.2, spread=0.3, trend=0.5).half_life_interval["shared_threat"]
        inside.append(low <= 60.0 <= high)
    assert np.mean(inside) >= 0.75  # 90 % intervals of twelve records


def test_nothing_later_moves_what_was_known(fit, threat):
    made_from, seen = how_it_fades("northeast-asia", "shared_threat", as_of=AS_OF, reveal=True, days=400)
    assert made_from.as_of == AS_OF and seen.revealed_until == AS_OF + timedelta(days=400)
    assert seen.acts["ahead"].any() and not threat.acts["ahead"].any()
    assert threat.acts["date"].max() < AS_OF
    known, before = (one.curve.filter(~pl.col("ahead")) for one in (seen, threat))
    both = known.join(before, on="date", suffix="_before")
    assert both.height > 200
    for name in ("times", "lower", "upper"):
        assert both[name].to_list() == both[f"{name}_before"].to_list()
    assert (seen.times, seen.lower, seen.upper, seen.peak, seen.half_life_interval) == (
        threat.times,
        threat.lower,
        threat.upper,
        threat.peak,
        threat.half_life_interval,
    )
    fading = threat.curve.filter(pl.col("ahead"))["times"]
    assert (fading.diff().drop_nulls() < 0).all()


def test_peak(fit, threat):
    top = threat.curve.filter(~pl.col("ahead")).sort("times", descending=True).row(0, named=True)
    assert (threat.peak.date, threat.peak.times) == (top["date"], top["times"])
    gone = threat.curve.filter(pl.col("date") == threat.peak.half_gone)["times"].item()
    assert threat.peak.half_gone > threat.peak.date and np.log(gone) <= 0.5 * np.log(top["times"])


@pytest.mark.parametrize(
    ("best", "interval", "is_open", "is_fitted", "said"),
    [
        (90.0, (30.0, 196.0), (False, False), True, "By the record, an act weighs half after 90 days (30 to 196;"),
        (90.0, (30.0, 730.0), (False, True), True, "at least 30; no upper end up to 730 days"),
        (14.0, (7.0, 60.0), (True, False), True, "at most 60; no lower end down to 7 days"),
        (90.0, (7.0, 730.0), (True, True), True, "The record cannot tell how fast it fades: any half-life"),
        (90.0, (8.0, 730.0), (False, True), True, "cannot tell how fast it fades: nearly any half-life"),
        (730.0, (200.0, 730.0), (False, True), True, "fades slowly or not at all (half-life at least 200 days"),
        (90.0, (30.0, 196.0), (False, False), False, "The case gives it a half-life of 60 days; by the record"),
    ],
)
def test_words_follow_the_data(threat, best, interval, is_open, is_fitted, said):
    found = replace(
        threat,
        best_days=best,
        half_life_interval=interval,
        open_below=is_open[0],
        open_above=is_open[1],
        is_fitted=is_fitted,
    )
    assert said in half_life(found)


def test_acts_that_do_not_fade(threat):
    assert half_life(replace(threat, half_life_days=None)) == "The case has it that acts do not fade."


def test_bad_questions(fit):
    with pytest.raises(UnknownName, match="no mechanism named 'shared_thread'"):
        fade(fit, "shared_thread")
    with pytest.raises(BadValue, match="does not move USA -> KOR"):
        fade(fit, "shared_threat", dyad=("USA", "KOR"))
    with pytest.raises(BadValue, match="no act of the cause of burden"):
        fade(fit, "burden")
    with pytest.raises(BadValue, match="no dyad"):
        how_it_fades("northeast-asia", "shared_threat", as_of=AS_OF, dyad="KOR")


def test_other_dyads(fit, threat):
    assert threat.others == ("KOR -> JPN",) and threat.apart == ()
    other = fade(fit, "shared_threat", dyad=("KOR", "JPN"), search=False)
    assert other.curve.equals(threat.curve)


def test_a_seed_gives_one_answer(fit, threat):
    assert fade(fit, "shared_threat").to_dict() == threat.to_dict()
    assert fade(fit, "shared_threat", seed=5).upper != threat.upper


def test_picture_data(threat):
    curve, acts = picture.data(threat)
    assert curve.height == threat.curve.height
    named = acts.filter(pl.col("name") != "").sort("date")
    assert 3 <= named.height <= picture.NAMED
    assert sorted(named["level"]) == list(range(1, named.height + 1))
    span = (curve["date"].max() - curve["date"].min()).days
    assert (named["date"].diff().drop_nulls().dt.total_days() > 0.06 * span).all()
    row = acts.filter(pl.col("date") == date(2010, 11, 23)).row(0, named=True)
    after = curve.filter(pl.col("date") == date(2010, 11, 24))["times"].item()
    assert row["times"] == after
    low, high = picture.bounds(curve)
    assert low <= curve["lower"].min() and high >= min(curve["upper"].max(), 10.0)
    shown = picture.profile(threat)
    assert shown.filter("inside")["days"].to_list() == [60.0, 90.0, 120.0]
    assert day_number(AS_OF) - day_number(threat.curve.filter(~pl.col("ahead"))["date"].max()) > 0


def test_pictures_are_valid(threat):
    for chart in (
        picture.draw(picture.data(threat), "C2", origin=threat.origin),
        picture.draw_profile(picture.profile(threat), threat.half_life_interval, 60.0),
    ):
        assert chart.to_dict(validate=True)["layer"]
    whole = picture.whole(threat, as_of=True)
    assert len(whole["vconcat"]) == 2 and "config" not in whole["vconcat"][0]
