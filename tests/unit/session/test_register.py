"""Registration: frozen, refused when touched, tested on later events alone, and what has changed since is named."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from lynchpin.account.cases.builtin import write_new_case
from lynchpin.errors import BadData, BadValue
from lynchpin.session.register import as_text, confirm, read_registration, register

FIRST, DAYS = date(2015, 1, 5), 1400
CUT = "2017-07-03"
HEAD = (
    "event_id,date,precision,source,source_sector,target,target_sector,event_type,mode,contexts,magnitude,agreement,"
    "summary,source_url,status"
)


def rows(first: int, last: int) -> list[str]:
    """Acts drawn with a fixed seed, day by day; those of some days are the same whatever other days are asked for."""
    rng, out = np.random.default_rng(5), []
    for day in range(DAYS):
        kind = rng.random()
        if not first <= day < last or kind > 0.5:
            continue
        when = FIRST + timedelta(days=day)
        what = ("PRK,MIL,KOR,GOV,MOBILIZE,missile,provocation,-6.5", "USA,GOV,JPN,GOV,CONSULT,visit,alliance,1.9",
                "USA,GOV,KOR,GOV,CONSULT,visit,alliance,1.9", "JPN,GOV,KOR,GOV,CONSULT,visit,diplomacy,1.9")[
            int(kind * 8)
        ]  # fmt: skip
        out.append(f"ex-{when}-01,{when},day,{what},,An act.,,recalled")
    return out


@pytest.fixture
def home(tmp_path):
    """A small case with acts of nearly four years."""
    write_new_case("toy", tmp_path)
    (tmp_path / "toy" / "events.csv").write_text("\n".join([HEAD, *rows(0, DAYS)]) + "\n")
    return tmp_path / "toy"


@pytest.fixture
def file(home):
    path = home / "registered.json"
    path.write_text(as_text(register(home, as_of=CUT, shifts=39)))
    return path


def test_the_same_case_and_record_give_the_same_bytes(home, file):
    assert as_text(register(home, as_of=CUT, shifts=39)) == file.read_text()
    made = read_registration(file)
    assert made.last_day == date(2017, 7, 2) and made.shifts == 39 and made.seed == 1
    assert made.half_lives == {"shared_threat": 60.0, "patron_push": 60.0} and made.stages_hash == ""
    assert made.case_text == (home / "case.toml").read_text() and made.events == len(rows(0, 910))


def test_only_later_events_are_tested(home, file):
    tested, made_from = confirm(file, home)
    later = rows(910, DAYS)
    assert tested.events == len(later) and tested.changes == () and tested.tested_from > tested.last_day
    threat, push = tested.ledger
    assert threat.n_cause_events == sum(",PRK," in row for row in later)
    assert threat.n_target_events == sum(",JPN,GOV,KOR," in row for row in later)
    assert push.placebo_shifts == 39 and made_from.first_event_date > tested.last_day
    assert "tested once" in tested.sentences[0] and tested.sentences[1] == "Nothing has changed since."


def test_what_came_before_does_not_move_the_answer(home, file):
    """Other acts before the last day are told of, and the numbers stay."""
    plain, _ = confirm(file, home)
    (home / "events.csv").write_text("\n".join([HEAD, *rows(300, DAYS)]) + "\n")
    other, _ = confirm(file, home)
    assert [row.effect for row in other.ledger] == [row.effect for row in plain.ledger]
    assert len(other.changes) == 1 and "the record to 2017-07-02 is another" in other.changes[0]


def test_frozen_definitions_are_tested_and_each_change_is_named(home, file):
    plain, _ = confirm(file, home)
    text = (home / "case.toml").read_text()
    text = text.replace('half_life = "60d"', 'half_life = "20d"', 1)
    text = text.replace('"CONCEDE", "COOPERATE"', '"COOPERATE"', 1).replace("seed = 1", "seed = 2")
    text += '\n[[mechanism]]\nname = "more"\nsays = "USA -> JPN : conflict => JPN -> USA : conflict"\n'
    (home / "case.toml").write_text(text)
    other, _ = confirm(file, home)
    assert [row.effect for row in other.ledger] == [row.effect for row in plain.ledger]
    named = [change.split(":")[0] for change in other.changes]
    assert named == ["mechanism shared_threat", "mechanism more is new", "class cooperation", "[case] seed"]
    assert "half_life was '60d', is '20d'" in other.changes[0]


def test_a_file_that_was_touched_is_refused(home, file, tmp_path):
    values = json.loads(file.read_text())
    for key, value in (
        ("shifts", 99),
        ("last_day", "2016-01-01"),
        ("case_text", values["case_text"] + " "),
        ("hash", "0"),
    ):
        (tmp_path / "other.json").write_text(json.dumps(values | {key: value}))
        with pytest.raises(BadData, match="not as it was written"):
            confirm(tmp_path / "other.json", home)
    for text in ("", "{}", "[1]", json.dumps({"lynchpin": "registration 1"}), file.read_text()[:-20]):
        (tmp_path / "other.json").write_text(text)
        with pytest.raises(BadData, match="no registration"):
            confirm(tmp_path / "other.json", home)


def test_layout_alone_does_not_matter(home, file, tmp_path):
    (tmp_path / "other.json").write_text(json.dumps(json.loads(file.read_text())))
    assert confirm(tmp_path / "other.json", home)[0] == confirm(file, home)[0]


def test_another_case_and_a_record_that_ends_are_refused(home, file, tmp_path):
    write_new_case("else", tmp_path)
    with pytest.raises(BadValue, match="registers toy, not else"):
        confirm(file, tmp_path / "else")
    with pytest.raises(BadValue, match="no event of the record comes after 2017-07-02"):
        confirm(file, home, as_of=CUT)
    with pytest.raises(BadValue, match="steps of 7 days lie between"):
        confirm(file, home, as_of="2017-08-10")
