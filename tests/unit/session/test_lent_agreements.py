"""A case with few moves: histories and stages always, chances by borrowing, and said so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lynchpin.account.cases.builtin import write_new_case
from lynchpin.session import agreements as room
from lynchpin.session.agreements import agreements

STAGES = (("2015-02-01", "proposed"), ("2015-05-01", "negotiating"), ("2015-09-01", "setback"))


@pytest.fixture
def few(tmp_path: Path) -> Path:
    write_new_case("few", tmp_path)
    folder = tmp_path / "few"
    text = (folder / "case.toml").read_text()
    named = 'agreements = "agreements.csv"\nstages = "agreement_stages.csv"\nevents = "events.csv"'
    (folder / "case.toml").write_text(text.replace('events = "events.csv"', named, 1))
    (folder / "agreements.csv").write_text("id,title,parties,patron,kind\npact,A pact,JPN;KOR,USA,intelligence\n")
    head = "agreement,date,precision,stage,actor,summary,source_url,status\n"
    rows = [f"pact,{day},day,{stage},,what,https://example.org,verified\n" for day, stage in STAGES]
    (folder / "agreement_stages.csv").write_text(head + "".join(rows))
    return folder


def test_a_case_with_two_moves_has_chances_learnt_on_others_and_says_so(few: Path) -> None:
    found = agreements(few, agreement="pact", draws=20, forces=False)
    [life] = found.lives
    assert [act.stage for act in life.history] == [stage for _, stage in STAGES] and life.standing == "negotiating"
    assert {one.horizon_days for one in life.forecast} == {91, 182, 365, 730}
    for days in (91, 182, 365, 730):
        rows = [one for one in life.forecast if one.horizon_days == days]
        assert sum(one.probability for one in rows) == pytest.approx(1.0)
        assert sum(one.base_rate for one in rows) == pytest.approx(1.0)
        assert all(0.0 < one.base_rate < 1.0 and 0.0 <= one.lower <= one.upper <= 1.0 for one in rows)
    assert found.n_agreements == 1 and "northeast-asia" in found.notes[0] and "made 2 moves" in found.notes[0]


def test_nothing_is_borrowed_that_came_later(few: Path) -> None:
    early = agreements(few, as_of="2015-06-01", draws=20, forces=False)
    late = agreements(few, draws=20, forces=False)
    assert early.n_moves < late.n_moves
    known = room.read_known(few, as_of="2015-06-01")
    fitted = room.fitted_agreements(known)
    days = [act.date for life in fitted.others for act in life.history]
    assert days and max(days) < date(2015, 6, 1)
    assert int(fitted.rows.first_day.max()) < (date(2015, 6, 1) - date(1970, 1, 1)).days


def test_where_there_is_nobody_to_borrow_from_the_histories_stand_and_it_is_said_why(few: Path, monkeypatch) -> None:
    monkeypatch.setattr(room, "builtin_cases", dict)
    [life] = (found := agreements(few, draws=20)).lives
    assert life.forecast == () and life.standing == "negotiating" and "No chances are given" in found.notes[0]
