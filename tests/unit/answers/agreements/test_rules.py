"""Histories that no agreement can have are refused with their file, row and rule; what the codebook allows is taken."""

from __future__ import annotations

import pytest

from lynchpin.answers.agreements import read_agreements
from lynchpin.errors import BadData

HEAD = "agreement,date,precision,stage,actor,summary,source_url,status\n"


def read(tmp_path, rows, table="g,G,JPN;KOR,USA,other\n"):
    agreements, stages = tmp_path / "a.csv", tmp_path / "s.csv"
    agreements.write_text("id,title,parties,patron,kind\n" + table)
    stages.write_text(HEAD + "".join(f"g,{day},day,{stage},{actor},x,,recalled\n" for day, stage, actor in rows))
    return read_agreements(agreements, stages, before=None, among=None)


REFUSED = [
    ("signed before proposed", [("2012-01-01", "signed", ""), ("2012-02-01", "proposed", "KOR")], 3, "talks_before"),
    ("two stages on one day", [("2012-01-01", "proposed", "KOR"), ("2012-01-01", "signed", "KOR")], 3, "one_act"),
    ("the same act twice", [("2012-01-01", "setback", ""), ("2012-01-01", "setback", "")], 3, "one_act"),
    ("force before signature", [("2012-01-01", "in_force", ""), ("2012-01-01", "signed", "")], 3, "one_act"),
    ("signed once in force", [("2012-01-01", "in_force", ""), ("2012-02-01", "signed", "")], 3, "signature_before"),
    ("not in order", [("2012-02-01", "proposed", "KOR"), ("2012-01-01", "negotiating", "")], 3, "in_order"),
    ("after the end", [("2012-01-01", "ended", ""), ("2012-02-01", "resumed", "")], 3, "nothing_after"),
    ("ended twice by one side", [("2012-01-01", "ended", "KOR"), ("2012-02-01", "ended", "KOR")], 3, "nothing_after"),
    ("resumed unbroken", [("2012-01-01", "negotiating", ""), ("2012-02-01", "resumed", "")], 3, "what_it_needs"),
    ("ratified unsigned", [("2012-01-01", "ratified", "KOR.LEG")], 2, "what_it_needs"),
    ("notice unsigned", [("2012-01-01", "negotiating", ""), ("2012-02-01", "termination_notice", "KOR")], 3, "needs"),
    ("amended before agreed", [("2012-01-01", "negotiating", ""), ("2012-02-01", "amended", "")], 3, "needs"),
]

ALLOWED = [
    (
        "sides act on one day",
        [("2012-06-29", "approved", "JPN"), ("2012-06-29", "setback", "KOR")],
        "agreed_in_principle",
    ),
    ("in force on signature", [("2016-11-23", "signed", ""), ("2016-11-23", "in_force", "")], "in_force"),
    (
        "a notice held back, then withdrawn",
        [
            ("2016-01-01", "signed", ""),
            ("2019-08-22", "termination_notice", "KOR"),
            ("2019-11-22", "resumed", "KOR"),
            ("2023-03-21", "resumed", "KOR"),
        ],
        "signed",
    ),
    ("ended by one side after another", [("2020-11-22", "ended", "USA"), ("2021-12-18", "ended", "RUS")], "ended"),
    (
        "talks again after a signature",
        [("2006-01-01", "negotiating", ""), ("2007-06-30", "signed", ""), ("2010-11-01", "negotiating", "")],
        "signed",
    ),
    ("begins in force", [("2002-01-01", "in_force", "")], "in_force"),
]


@pytest.mark.parametrize(("rows", "line", "rule"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_its_row_and_rule(tmp_path, rows, line, rule):
    with pytest.raises(BadData) as caught:
        read(tmp_path, rows)
    assert f"s.csv, line {line}, rule " in caught.value.where and rule in caught.value.where
    assert caught.value.what.startswith("g: ") and caught.value.mend


@pytest.mark.parametrize(("rows", "stage"), [case[1:] for case in ALLOWED], ids=[case[0] for case in ALLOWED])
def test_taken(tmp_path, rows, stage):
    from lynchpin.answers.agreements.stages import follow

    (life,) = read(tmp_path, rows)
    assert follow(act.stage for act in life.history).stage == stage


def test_a_patron_is_no_party_and_an_id_stands_once(tmp_path):
    with pytest.raises(BadData, match="the patron KOR is a party"):
        read(tmp_path, [], "g,G,JPN;KOR,KOR,other\n")
    with pytest.raises(BadData, match="stands twice") as caught:
        read(tmp_path, [], "g,G,JPN;KOR,,other\ng,H,JPN;USA,,other\n")
    assert "a.csv, line 3" in caught.value.where


def test_the_embedded_file_passes(northeast):
    lives = read_agreements(northeast.agreements_file, northeast.stages_file, before=None, among=None)
    assert len(lives) == 132 and sum(len(life.history) for life in lives) == 625
