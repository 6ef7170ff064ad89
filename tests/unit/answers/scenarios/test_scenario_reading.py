"""Scenario files and options: what they become, and where a complaint points."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin.answers.scenarios import changes_of, read_scenario, scenarios_of
from lynchpin.answers.scenarios.scenario import Hold, Inject, Multiply, Remove, Span
from lynchpin.errors import LynchpinError

WHOLE = """
[scenario]
title = "Everything"
claim = "C3"

[[inject]]
act = "KOR.OPP -> JPN : grievance[history]"
date = 2012-08-10
every = "30d"
magnitude = -4

[[scale]]
what = "patron_push"
on = "KOR -> JPN : security_cooperation"
factor = 2
from = 2012-08-01

[[silence]]
what = "PRK"
until = 2012-09-01

[[hold]]
actor = "CHN"

[[remove]]
event = "nea-2012-06-29-01"

[[measure]]
name = "ties"
acts = "a -> b : cooperation | USA -- KOR : security_cooperation"
good = "+"
"""


def test_a_whole_file(northeast, tmp_path):
    file = tmp_path / "whole.toml"
    file.write_text(WHOLE, encoding="utf-8")
    found = read_scenario(file, northeast)
    inject, scale, silence, hold, remove = found.changes
    assert isinstance(inject, Inject) and isinstance(scale, Multiply) and isinstance(silence, Multiply)
    assert (inject.day, inject.every_days, inject.magnitude, inject.act.contexts) == (
        date(2012, 8, 10),
        30,
        -4.0,
        ("history",),
    )
    assert (scale.mechanism, scale.factor) == ("patron_push", 2.0)
    assert scale.units == {("KOR", "JPN", "security_cooperation")}
    assert scale.span == Span(date(2012, 8, 1), None)
    assert (silence.factor, silence.mechanism) == (0.0, "")
    assert {source for source, _, _ in silence.units} == {"PRK"} and len(silence.units) == 20
    assert hold == Hold("CHN", Span()) and remove == Remove("nea-2012-06-29-01", "")
    assert len(found.measures[0].units) == 2 * 2 + 2
    assert (found.name, found.title, found.claim) == ("whole", "Everything", "C3")


def test_options_become_the_same(northeast):
    inject, scale, silence = changes_of(
        northeast,
        inject=["2012-08-10 KOR -> JPN : grievance[territory]"],
        scale=["2.5 USA -- ally : cooperation from 2012-08-01 until 2012-08-31"],
        silence=["shared_threat"],
    )
    assert isinstance(inject, Inject) and isinstance(scale, Multiply) and isinstance(silence, Multiply)
    assert (inject.day, inject.act.classes) == (date(2012, 8, 10), ("grievance",))
    assert (scale.factor, scale.span) == (2.5, Span(date(2012, 8, 1), date(2012, 8, 31)))
    assert len(scale.units) == 8
    assert silence.mechanism == "shared_threat"


def test_shipped_scenarios_read(northeast):
    assert list(scenarios_of(northeast)) == ["dokdo-landing", "gsomia-signed", "provocation-silenced", "push-doubled"]
    for name in scenarios_of(northeast):
        found = read_scenario(name, northeast)
        assert found.changes and found.measures and found.assumes and found.claim


BAD = [
    ('[[inject]]\nact = "KOR -> JPN : grievence"\ndate = 2012-08-10', "no class or group is called 'grievence'", "bad.toml, line 2, column 21"),
    ('[[inject]]\nact = "ally -> JPN : grievance"\ndate = 2012-08-10', "'ally' stands for several", "bad.toml, line 2, column 8"),
    ('[[inject]]\nact = "KOR -> JPN : grievance"', "[inject] lacks 'date'", "line 1"),
    ('[[inject]]\nact = "KOR -> JPN : grievance"\ndate = "10 August"', "date should be a day", "line 3"),
    ('[[inject]]\nact = "KOR -> JPN : grievance"\ndate = 2012-08-10\nmagnitude = 40', "magnitude should be a number from -10 to 10, not 40", "bad.toml, line 4, [inject] magnitude"),
    ('[[scale]]\nwhat = "patron_pusch"\nfactor = 2', "'patron_pusch' is no edge", "bad.toml, line 2, column 9"),
    ('[[scale]]\nwhat = "patron_push"\nfactor = -1', "factor should be a number from 0 to 1000, not -1", "bad.toml, line 3, [scale] factor"),
    ('[[scale]]\nwhat = "patron_push"\non = "PRK -> CHN : grievance"\nfactor = 2', "patron_push moves nothing of", "line 4"),
    ('[[silence]]\nwhat = "PRK -> KOR : conflict[nuclear]"', "counts to come are not drawn by context", "bad.toml, line 2, column 31"),
    ('[[silence]]\nwhat = "KOR.OPP -> KOR : conflict"', "a sector: counts to come are drawn between states", "line 2, column 9"),
    ('[[silence]]\nwhat = "PRK"\nfrom = 2012-09-01\nuntil = 2012-08-01', "until 2012-08-01 is not after from 2012-09-01", "line 4"),
    ('[[hold]]\nactor = "ally"', "no state named 'ally'", "bad.toml, line 2, column 9"),
    ('[[hold]]\nactor = "PRK"\nuntill = 2012-09-01', "no key named 'untill'", "line 3"),
    ("[[silense]]\nwhat = 'PRK'", "no table named [silense]", "bad.toml, line 1, column 1"),
    ('[scenario]\nclaim = "C99"', "no claim named 'C99'", "line 2"),
    ('[[measure]]\nname = "x"\nacts = "KOR -> JPN : grievance | KOR > JPN"', "'KOR > JPN' is no edge", "bad.toml, line 3, column 34"),
    ("[scenario", "the scenario is not TOML", "bad.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "where"), BAD, ids=[what for _, what, _ in BAD])
def test_complaints_point_at_their_place(northeast, tmp_path, text, what, where):
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LynchpinError) as caught:
        read_scenario(file, northeast)
    assert what in caught.value.what
    assert where in caught.value.where


BAD_OPTIONS = [
    ({"scale": ["twice PRK"]}, "'twice' is no factor", "--scale"),
    ({"scale": ["2 PRK from tomorrow"]}, "'tomorrow' is not a day", "--scale"),
    (
        {"silence": ["PRQ -> KOR : conflict"]},
        "no node, role or variable is called 'PRQ'",
        "--silence, line 1, column 1",
    ),
    ({"inject": ["10 KOR -> JPN : grievance"]}, "'10' is not a day", "--inject"),
    ({"inject": ["2012-08-10 KOR -> JPX : grievance"]}, "called 'JPX'", "--inject, line 1, column 19"),
    ({"hold": ["Japan"]}, "no state named 'Japan'", "--hold"),
]


@pytest.mark.parametrize(("options", "what", "where"), BAD_OPTIONS, ids=[what for _, what, _ in BAD_OPTIONS])
def test_options_that_do_not_read(northeast, options, what, where):
    with pytest.raises(LynchpinError) as caught:
        changes_of(northeast, **options)
    assert what in caught.value.what
    assert where in caught.value.where


def test_a_name_that_is_no_scenario(northeast, tmp_path):
    with pytest.raises(LynchpinError, match="push-doubled"):
        read_scenario("push-dubled", northeast)
    with pytest.raises(LynchpinError, match="there is no scenario here"):
        read_scenario(tmp_path / "none.toml", northeast)
