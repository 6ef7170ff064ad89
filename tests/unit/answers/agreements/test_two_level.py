"""The two-level reading: the formula by hand, who binds, what would change it, and blindness."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import NormalDist

import polars as pl
import pytest

from lynchpin.answers.agreements.two_level import SPREAD, two_level
from lynchpin.events import SCHEMA
from lynchpin.results import AgreementLife, StageRow

ORIGIN = date(2012, 7, 9)


def life(*acts):
    rows = tuple(StageRow(day, "day", stage, actor, "", "", "") for day, stage, actor in acts)
    return AgreementLife("g", "G", ("JPN", "KOR"), "USA", "other", "", ORIGIN, rows, ("history",))


TALKS = (date(2011, 1, 10), "negotiating", "")


def events(*rows):
    blank = dict.fromkeys(SCHEMA)
    keys = ("date", "source", "source_sector", "target", "magnitude", "contexts")
    told = pl.DataFrame([blank | dict(zip(keys, row, strict=True)) for row in rows], schema=SCHEMA)
    return told.with_columns(known_from="date")


def against(day=ORIGIN - timedelta(days=365), sector="LEG"):
    return (day, ["KOR"], sector, ["JPN"], -3.0, ["history"])


def test_one_act_against_a_year_ago_by_hand():
    found = two_level(life(TALKS), events(against()), ORIGIN)
    korea = found.sides[0]
    assert (found.binds, korea.acts, korea.favour, korea.against) == ("KOR", 1, 0.0, 0.5)
    assert korea.support == pytest.approx(1.0 / 2.5)
    assert korea.ideal == pytest.approx(0.5 + SPREAD * NormalDist().inv_cdf(0.4))
    assert korea.win_set == pytest.approx(2.0 * korea.ideal)
    assert korea.passes == pytest.approx(0.5**1.5)  # Beta(1, 1.5): P(p > 1/2)
    assert found.sides[1].passes == pytest.approx(0.5) and found.chance == pytest.approx(0.5**2.5)


def test_two_silent_sides_sign_with_a_chance_of_one_in_four():
    found = two_level(life(TALKS), events(), ORIGIN)
    assert found.chance == pytest.approx(0.25) and {side.win_set for side in found.sides} == {1.0}
    assert found.needed == (("JPN", 1), ("KOR", 1))  # three quarters each, 0.56 together


def test_more_against_asks_for_more_for():
    few = two_level(life(TALKS), events(against()), ORIGIN)
    many = two_level(life(TALKS), events(*[against()] * 6), ORIGIN)
    assert many.chance < few.chance
    assert dict(many.needed)["KOR"] > dict(few.needed)["KOR"]


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (against(sector="GOV"), False),
        (against(sector="CVL"), True),
        (against(day=ORIGIN), False),
        ((ORIGIN - timedelta(days=9), ["KOR"], "OPP", ["KOR"], -3.0, ["history"]), True),
        ((ORIGIN - timedelta(days=9), ["KOR"], "OPP", ["KOR"], -3.0, ["trade"]), False),
        ((ORIGIN - timedelta(days=9), ["KOR"], "OPP", ["USA"], -3.0, ["history"]), False),
        ((ORIGIN - timedelta(days=9), ["JPN", "KOR"], "LEG", ["JPN", "KOR"], 3.0, ["history"]), False),
    ],
)
def test_what_counts(row, counts):
    found = two_level(life(TALKS), events(row), ORIGIN)
    assert sum(side.acts for side in found.sides) == counts


def test_acts_of_the_stage_file_count_once():
    day = ORIGIN - timedelta(days=10)
    setback = (day, "setback", "KOR.LEG")
    alone = two_level(life(TALKS, setback), events(), ORIGIN)
    both = two_level(life(TALKS, setback), events(against(day=day)), ORIGIN)
    assert alone.sides == both.sides and alone.sides[0].acts == 1
    later = two_level(life(TALKS, (ORIGIN, "setback", "KOR.LEG")), events(), ORIGIN)
    assert later.sides[0].acts == 0


def test_who_binds_changes_with_the_cancelled_signing_of_2012(northeast):
    """On the eve the two sides are nearly alike in the record; Seoul's calling it off makes it the one that binds."""
    from lynchpin.account.cases import case_events
    from lynchpin.answers.agreements import read_agreements

    lives = read_agreements(northeast.agreements_file, northeast.stages_file, before=None, among=None)
    gsomia = next(one for one in lives if one.id == "gsomia-jpn-kor")
    eve, after = (two_level(gsomia, case_events(northeast), day) for day in (date(2012, 6, 28), ORIGIN))
    assert (eve.binds, after.binds) == ("JPN", "KOR")
    korea = [next(side for side in found.sides if side.party == "KOR") for found in (eve, after)]
    assert korea[1].support < korea[0].support < 0.5
    assert after.chance < eve.chance < 0.1 and eve.chance < eve.chance_if_binding_side_agreed
