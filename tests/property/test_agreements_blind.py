"""Nothing that came, or became known, from the origin on moves what is said of agreements; a planted peek is caught."""

from __future__ import annotations

import csv
import shutil
from datetime import date

import pytest

from lynchpin.account.cases import read_case
from lynchpin.answers.agreements import outlook
from lynchpin.report.contract import answer, dump
from lynchpin.session.agreements import agreements
from lynchpin.session.stages import stage_by

AS_OF = "2012-07-09"


@pytest.fixture(scope="module")
def another_future(northeast, tmp_path_factory):
    """The embedded case with all that came or became known later torn out, and other acts and events in its place."""
    folder = tmp_path_factory.mktemp("case")
    shutil.copytree(northeast.path.parent, folder, dirs_exist_ok=True)
    for file, day, extra in [
        (
            northeast.stages_file,
            "date",
            "gsomia-jpn-kor,2012-07-08,{},day,signed,,,x,,recalled\ngsomia-jpn-kor,{},,day,in_force,,,x,,recalled",
        ),
        (
            northeast.events_file,
            "date",
            "zz-{0}-01,{0},,day,PRK,MIL,KOR,GOV,ASSAULT,shelling,provocation,-10,,Leak.,,recalled,\n"
            "zz-{0}-02,2012-07-01,{0},day,PRK,MIL,KOR,GOV,ASSAULT,shelling,provocation,-10,,Leak.,,recalled,",
        ),
    ]:
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        with (folder / file.name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0])
            writer.writeheader()
            writer.writerows(row for row in rows if max(row[day], row["known_from"]) < AS_OF)
            handle.write(extra.format(AS_OF, AS_OF) + "\n")
    return read_case(folder / "case.toml")


def said(case):
    return dump(answer(agreements(case, as_of=AS_OF, agreement="gsomia-jpn-kor", draws=20)))


def foreseen(case):
    made_from, chances = stage_by(case, "gsomia-jpn-kor", "2012-12-31", as_of=AS_OF, draws=20)
    return dump(answer(chances, made_from))


@pytest.mark.parametrize("answer", [said, foreseen])
def test_another_future_changes_no_byte(northeast, another_future, answer):
    assert answer(northeast) == answer(another_future)


@pytest.mark.parametrize(
    ("gate", "peek"),
    [("known", lambda life, origin: life), ("before", lambda events, origin: events)],
)
def test_a_peek_at_either_gate_is_caught(northeast, monkeypatch, gate, peek):
    """The room has two gates of its own: with one taken out, what comes later reaches the fit."""
    from lynchpin.account.cases import case_events
    from lynchpin.answers.agreements import fit_agreements, read_agreements

    lives = read_agreements(northeast.agreements_file, northeast.stages_file, before=None, among=None)
    events = case_events(northeast)
    about = {"states": northeast.states, "adversaries": ("PRK",), "origin": date(2012, 7, 9), "seed": 1}
    closed = fit_agreements(lives, events, **about)
    monkeypatch.setattr(outlook, gate, peek)
    opened = fit_agreements(lives, events, **about)
    gsomia = next(life for life in opened.lives if life.id == "gsomia-jpn-kor")
    same_rows = closed.rows.move.size == opened.rows.move.size
    assert not (
        same_rows and len(closed.lives) == len(opened.lives) and closed.record.day.size == opened.record.day.size
    )
    assert gate == "before" or len(gsomia.history) == 26
