"""The stage of an agreement on a day: that of its outlook; when a stage is reached: as in walks drawn one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from lynchpin.account.cases import read_known
from lynchpin.answers.agreements import outlook
from lynchpin.answers.agreements import stage_by as room
from lynchpin.answers.agreements.moments import STANDING_STAGES, moments
from lynchpin.answers.agreements.occupancy import LEADS_TO, REMEMBERED, occupancy
from lynchpin.answers.agreements.outlook import chances
from lynchpin.answers.agreements.spells import CLOCK_WEEKS
from lynchpin.answers.agreements.stage_by import chance_reached, has_reached, stage_by
from lynchpin.answers.agreements.stages import LEVELS, MOVES, STANDINGS, Standing
from lynchpin.cli import app
from lynchpin.errors import BadValue
from lynchpin.session.agreements import fitted_agreements

ORIGIN, BY = date(2012, 7, 9), date(2013, 7, 8)
WEEKS = 40


@pytest.fixture(scope="module")
def fitted(northeast):
    return fitted_agreements(read_known(northeast, as_of=ORIGIN))


@pytest.fixture(scope="module")
def gsomia(fitted):
    return next(life for life in fitted.lives if life.id == "gsomia-jpn-kor")


def walks(start, stage, n, monkeypatch):
    """Share of agreements drawn one by one, nothing held back, that came to a stage by each week."""
    asked = []
    with monkeypatch.context() as patched:
        patched.setattr(outlook, "occupancy", lambda *parts: asked.append(parts) or occupancy(*parts))
        chances(start, WEEKS)
    base, clock, memory, drift, standing, mem, age = asked[0]
    rng, came = np.random.default_rng(2), np.zeros(WEEKS + 1)
    for _ in range(n):
        s, m, a = standing, mem, age
        for w in range(WEEKS):
            hazard = np.exp(
                base[:, s, 0] + clock[:, sum(a >= c for c in CLOCK_WEEKS), 0] + memory[:, m, 0] + drift[:, w, 0]
            )
            a += 1
            if rng.random() < 1.0 - np.exp(-hazard.sum()):
                k = rng.choice(len(MOVES), p=hazard / hazard.sum())
                to = LEADS_TO[k, s]
                s, m, a = to, REMEMBERED[m, int(MOVES[k] == "setback")], 0
                there = stage == "ended" if to == len(STANDINGS) else has_reached(STANDINGS[to], stage)
                if there:
                    came[w + 1 :] += 1.0
                if there or to == len(STANDINGS):
                    break
    return came / n


def lively(fitted, life):
    """One draw, with hazards high enough for suspensions to come and go within the weeks looked at."""
    start = fitted.start(life, 1)
    return replace(start, base=start.base + 2.5)


@pytest.mark.parametrize("stage", ["signed", "suspended", pytest.param("ended", marks=pytest.mark.slow)])
def test_reached_is_what_walks_reach(fitted, gsomia, monkeypatch, stage):
    start, n = lively(fitted, gsomia), 2500
    found, drawn = chance_reached(start, WEEKS, stage)[0], walks(start, stage, n, monkeypatch)
    assert 0.02 < found[-1] < 0.98
    assert np.abs(found - drawn).max() < 4.5 * np.sqrt(0.25 / n)


def test_a_stage_that_is_left_again_would_be_seen(fitted, gsomia, monkeypatch):
    """The fault: standings that have reached it are not made final."""
    start = lively(fitted, gsomia)
    honest = chance_reached(start, WEEKS, "suspended")[0]
    monkeypatch.setattr(room, "replace", lambda start, **changes: start)
    faulty = chance_reached(start, WEEKS, "suspended")[0]
    assert honest[-1] - faulty[-1] > 4.5 * np.sqrt(0.25 / 2500)


def test_the_chances_are_those_of_the_outlook(fitted, gsomia):
    found = stage_by(fitted, gsomia, BY, draws=50)
    year = {c.stage: c for c in outlook.forecast(chances(fitted.start(gsomia, 50), 53)) if c.horizon_days == 365}
    assert [one.stage for one in found.stages] == list(STANDING_STAGES)
    assert sum(one.probability for one in found.stages) == pytest.approx(1.0)
    for one in found.stages:
        assert replace(one, base_rate=None) == year[one.stage]


def test_what_is_reached_stays_and_is_at_least_what_stands(fitted, gsomia):
    start = fitted.start(gsomia, 30)
    standing = chances(start, 104)
    for at, stage in enumerate(STANDING_STAGES):
        reached = chance_reached(start, 104, stage)
        assert (np.diff(reached, axis=1) > -1e-9).all()
        assert (reached >= standing[..., at] - 1e-5).all()
    assert chance_reached(start, 104, "ended") == pytest.approx(standing[..., STANDING_STAGES.index("ended")])


def test_days_are_in_order_and_hold_their_chance(fitted, gsomia):
    (signed,) = stage_by(fitted, gsomia, BY, stages=["signed"], draws=50).reached
    curve = chance_reached(fitted.start(gsomia, 50), 261, "signed").mean(axis=0)
    known = [day for day in (signed.q05, signed.q10, signed.q25, signed.q50, signed.q75) if day is not None]
    assert len(known) >= 3 and known == sorted(known)
    for share, day in ((0.05, signed.q05), (0.10, signed.q10), (0.25, signed.q25)):
        week = (day - ORIGIN).days // 7
        assert curve[week - 1] < share <= curve[week]
    assert signed.q95 is None and curve[-1] < 0.95 and signed.last == ORIGIN + timedelta(weeks=261)


def test_what_it_has_come_to_is_said_with_its_day(northeast):
    later = date(2019, 11, 1)
    fitted = fitted_agreements(read_known(northeast, as_of=later))
    life = next(life for life in fitted.lives if life.id == "gsomia-jpn-kor")
    found = stage_by(fitted, life, date(2020, 3, 1), stages=["signed", "termination_notice", "ended"], draws=20)
    signed, notice, ended = found.reached
    assert (signed.since, signed.probability, signed.q50) == (date(2016, 11, 23), 1.0, None)
    assert notice.since == date(2019, 8, 22) and ended.since is None
    assert "signed: reached on 2016-11-23." in found.summary()
    assert "signed" not in {one.stage for one in stage_by(fitted, life, date(2020, 3, 1), draws=20).reached}


def test_past_moments_are_counted_from_what_was_known(fitted, gsomia):
    """By hand: an agreement's moments half a year apart, and whether it signed in the 100 days after each."""
    found = [m for m in moments(fitted.lives, ORIGIN, 100) if m.agreement == "gsomia-jpn-kor"]
    assert [m.standing.stage for m in found] == ["negotiating", "negotiating", "negotiating"]
    assert [m.then.stage for m in found] == ["negotiating"] * 3  # 2011-01-11, 2011-07-12, 2012-01-10 to 2012-04-19
    longer = [m for m in moments(fitted.lives, ORIGIN, 110) if m.agreement == "gsomia-jpn-kor"]
    assert [m.then.stage for m in longer] == ["negotiating", "negotiating", "agreed_in_principle"]  # 2012-04-23
    (signed,) = stage_by(fitted, gsomia, ORIGIN + timedelta(99), stages=["signed"], draws=20).reached
    others = [m for m in moments(fitted.lives, ORIGIN, 100) if m.agreement != "gsomia-jpn-kor"]
    alike = [m for m in others if m.standing.stage == "agreed_in_principle"]
    assert signed.moments == len(alike) > 10
    assert signed.moments_reached == sum(any(s.level >= LEVELS.index("signed") for s in m.passed) for m in alike)


@pytest.mark.parametrize(
    ("by", "stages", "what"),
    [
        (date(2012, 7, 14), (), "is not between"),
        (date(2017, 7, 10), (), "is not between"),
        (BY, ("signd",), "no stage named 'signd'"),
    ],
)
def test_what_cannot_be_asked(fitted, gsomia, by, stages, what):
    with pytest.raises(BadValue, match=what):
        stage_by(fitted, gsomia, by, stages=stages)


@pytest.mark.parametrize(
    "words",
    [
        ["--agreement", "gsomia-jpn-kor"],
        ["--stage", "signed", "--by", "2012-12-31"],
        ["--agreement", "gsomia-jpn-kor", "--by", "2012-12-31", "--any", "PRK -> KOR : conflict"],
        ["--agreement", "gsomia-jpn-kor", "--by", "2012-12-31", "--index"],
    ],
)
def test_options_that_do_not_go_together_are_refused_before_a_fit(words, monkeypatch):
    monkeypatch.setattr("lynchpin.session.stages.stage_by", lambda *given, **options: pytest.fail("fitted"))
    done = CliRunner().invoke(app, ["forecast", "northeast-asia", "--as-of", "2012-07-09", *words])
    assert done.exit_code != 0 and "go together" in str(done.exception)


def test_words_of_a_standing():
    assert has_reached(Standing(3, "termination_notice"), "signed")
    assert not has_reached(Standing(0), "signed") and not has_reached(Standing(3, has_ended=True), "suspended")
