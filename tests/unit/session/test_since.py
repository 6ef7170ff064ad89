"""What changed since an earlier brief: exactly what was put in, and nothing that is not known yet."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lynchpin.account.cases import Case, read_case
from lynchpin.errors import BadData, BadValue, LynchpinError
from lynchpin.report.contract import answer, dump
from lynchpin.report.page import changes
from lynchpin.report.page.page import render
from lynchpin.results import Brief
from lynchpin.results.since import LEAST_MOVE
from lynchpin.session.brief import make_brief
from lynchpin.session.since import fingerprints, is_day, read_brief

DAY = "2016-10-01"
ASKED = {"days": 190, "draws": 100}

#: One dated before the earlier brief, one of that very day, one after it; and one that is not known by the later day.
ADDED = """ex-new-1,2016-05-05,day,JPN,GOV,KOR,GOV,CONSULT,talks,alliance,1.0,,Put in for an earlier day.,,recalled
ex-new-2,2016-10-01,day,KOR,GOV,JPN,GOV,REJECT,statement,history,-4.0,,On the day of the earlier brief.,,recalled
ex-new-3,2016-12-12,day,JPN;KOR,GOV,JPN;KOR,GOV,AGREE,sign,intelligence,8.0,,After it.,,recalled
ex-new-4,2017-01-05,day,KOR,GOV,JPN,GOV,REJECT,statement,history,-4.0,,Not known yet.,,recalled
"""


@pytest.fixture(scope="module")
def larger(toy: Case, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The toy case with the acts of `ADDED`, in order of time."""
    folder = tmp_path_factory.mktemp("larger") / "toy"
    shutil.copytree(toy.path.parent, folder)
    file = folder / "events.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    rows = sorted([*rows, *ADDED.splitlines()], key=lambda row: row.split(",")[1])
    file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return read_case(folder)


@pytest.fixture(scope="module")
def earlier(toy: Case) -> Brief:
    return make_brief(toy, as_of=DAY, **ASKED)


def written(brief: Brief, folder: Path, name: str = "earlier.json") -> Path:
    path = folder / name
    path.write_text(render(brief) if name.endswith(".html") else dump(answer(brief)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["earlier.json", "earlier.html"])
def test_since_the_same_brief_nothing_changed(toy: Case, earlier: Brief, tmp_path: Path, name: str) -> None:
    again = make_brief(toy, as_of=DAY, since=written(earlier, tmp_path, name), **ASKED).since
    assert again is not None and again.is_same
    assert (again.new_events, again.gone, again.rewritten, again.grades, again.chances, again.causes) == ((),) * 6


@pytest.mark.parametrize("name", ["earlier.json", "earlier.html"])
def test_acts_that_were_added_are_told_and_no_others(larger: Case, earlier: Brief, tmp_path: Path, name: str) -> None:
    """Of the toy's own acts two came from October to the end of the year: one of 23 November, and none else."""
    brief = make_brief(larger, as_of="2017-01-01", since=written(earlier, tmp_path, name), **ASKED)
    found = brief.since
    assert found is not None and found.new_events is not None
    assert [(event.event_id, event.because) for event in found.new_events] == [
        ("ex-new-1", "added to the record"),
        ("ex-new-2", "happened since"),
        ("ex-2016-11-23-01", "happened since"),
        ("ex-new-3", "happened since"),
    ]
    assert (found.origin_before, found.origin) == (date(2016, 10, 1), date(2017, 1, 1))
    assert found.events - found.events_before == 4
    assert found.gone == found.rewritten == ()
    assert found.causes[:3] == (
        "The day is 2017-01-01, and was 2016-10-01.",
        "3 acts came since then.",
        "1 act of days before 2016-10-01 was put into the record, or into the case, since then.",
    )
    assert "Not known yet" not in dump(answer(brief)) and "Not known yet" not in render(brief)


def test_exactly_three_acts_where_three_were_added(toy: Case, larger: Case, tmp_path: Path) -> None:
    before = written(make_brief(toy, as_of="2017-01-01", **ASKED), tmp_path)
    found = make_brief(larger, as_of="2017-01-01", since=before, **ASKED).since
    assert found is not None
    assert [event.event_id for event in found.new_events] == ["ex-new-1", "ex-new-2", "ex-new-3"]
    assert {event.because for event in found.new_events} == {"added to the record"}


def test_acts_that_are_gone_or_say_something_else(toy: Case, larger: Case, tmp_path: Path) -> None:
    brief = make_brief(larger, as_of="2017-01-01", **ASKED)
    first = next(iter(brief.record))
    before = written(replace(brief, record=brief.record | {first: "000000000000"}), tmp_path)
    found = make_brief(toy, as_of="2017-01-01", since=before, **ASKED).since
    assert found is not None and found.new_events == ()
    assert found.gone == ("ex-new-1", "ex-new-2", "ex-new-3")
    assert found.rewritten == ("ex-2015-03-02-01",)


def test_a_day_gives_what_its_own_brief_gives(toy: Case, earlier: Brief, tmp_path: Path) -> None:
    by_file = make_brief(toy, as_of="2017-01-01", since=written(earlier, tmp_path), **ASKED).since
    by_day = make_brief(toy, as_of="2017-01-01", since=DAY, **ASKED).since
    assert by_file is not None and by_day is not None
    assert replace(by_day, earlier="earlier.json") == by_file
    assert by_day.earlier == DAY


def test_what_is_revealed_is_no_change(toy: Case) -> None:
    plain, told = (make_brief(toy, as_of="2017-01-01", since=DAY, reveal=reveal, **ASKED) for reveal in (False, True))
    assert plain.since == told.since and told.revealed is not None


def test_moved_grades_and_chances_are_those_of_the_two_ledgers(earlier: Brief, toy: Case, tmp_path: Path) -> None:
    """Both numbers of a chance stand in the two briefs, and none moved by less than is said."""
    brief = make_brief(toy, as_of="2017-01-01", since=written(earlier, tmp_path), **ASKED)
    assert brief.since is not None
    before, now = (json.loads(dump(answer(one))) for one in (earlier, brief))

    def chances(told: dict) -> dict[str, float]:
        return {f"{row['source']} -> {row['target']} : {row['class']}": row["p_any"] for row in told["totals"]}

    moved = {one.name: (one.before, one.now) for one in brief.since.chances}
    apart = {name: (chances(before)[name], p) for name, p in chances(now).items()}
    assert moved == {name: pair for name, pair in apart.items() if abs(pair[1] - pair[0]) >= LEAST_MOVE}
    assert moved
    grades = {(row["id"], row["mechanism"]): (row["grade"], row["side"]) for row in before["claims"]}
    changed = {
        key
        for row in now["claims"]
        if (key := (row["id"], row["mechanism"])) and grades[key] != (row["grade"], row["side"])
        and (grades[key][0], row["grade"]) != ("none", "none")
    }  # fmt: skip
    assert {(one.id, one.mechanism) for one in brief.since.grades} == changed


def test_changed_definitions_are_named(toy: Case, earlier: Brief, tmp_path: Path) -> None:
    before = written(earlier, tmp_path)
    folder = tmp_path / "toy"
    shutil.copytree(toy.path.parent, folder)
    case = folder / "case.toml"
    text = case.read_text(encoding="utf-8")
    case.write_text(
        text.replace("adversary -> ally : conflict =>", "adversary -- ally : conflict =>"), encoding="utf-8"
    )
    found = make_brief(folder, as_of=DAY, since=before, **ASKED).since
    assert found is not None
    assert "The case's definitions changed: shared_threat changed." in found.causes
    assert found.new_events == ()


def test_the_page_and_the_words_tell_it(larger: Case, earlier: Brief, tmp_path: Path) -> None:
    brief = make_brief(larger, as_of="2017-01-01", since=written(earlier, tmp_path), **ASKED)
    told = changes.told(brief)
    assert told is not None and told.title == "What changed since 1 October 2016"
    assert told.lead.startswith("4 new acts, ")
    acts = dict(told.parts)["New acts, the latest first"]
    assert acts[0] == "12 Dec 2016: Japan and South Korea, jointly: After it."
    assert acts[-1] == "5 May 2016: Japan → South Korea: Put in for an earlier day. (added to the record)"
    page = render(brief)
    assert page.index('<section id="since">') < page.index('<section id="state">')
    assert changes.told(earlier) is None and '<section id="since">' not in render(earlier)


BAD = {
    "no brief": ("[]", "lacks case"),
    "another answer": ('{"case": "toy", "origin": "2016-01-01"}', "lacks last_event_date"),
    "no JSON": ("hello", "neither JSON nor a page"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_brief_is_refused(tmp_path: Path, name: str) -> None:
    text, what = BAD[name]
    file = tmp_path / "earlier.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match=what):
        read_brief(file)


def test_briefs_of_other_cases_and_later_days_are_refused(toy: Case, earlier: Brief, tmp_path: Path) -> None:
    told = json.loads(dump(answer(earlier)))
    file = tmp_path / "earlier.json"
    for change, what in (
        ({"case": "other"}, "is of the case 'other'"),
        ({"origin": "2017-05-05"}, "after the day of this one"),
        ({"origin": "yesterday"}, "yesterday"),
        ({"totals": [3]}, "cannot be read"),
    ):
        file.write_text(json.dumps(told | change), encoding="utf-8")
        with pytest.raises(LynchpinError, match=what):
            make_brief(toy, as_of=DAY, since=file, **ASKED)
    with pytest.raises(BadValue, match="not before the day of this brief"):
        make_brief(toy, as_of=DAY, since="2016-10-01", **ASKED)
    with pytest.raises(BadData):
        make_brief(toy, as_of=DAY, since=tmp_path / "none.json", **ASKED)


def test_a_brief_that_names_no_acts_is_compared_by_days(toy: Case, earlier: Brief, tmp_path: Path) -> None:
    """As an older version wrote it: acts of later days are new, and what is not seen is said."""
    told = json.loads(dump(answer(earlier)))
    del told["record"]
    file = tmp_path / "old.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    found = make_brief(toy, as_of="2017-01-01", since=file, **ASKED).since
    assert found is not None
    assert [event.event_id for event in found.new_events] == ["ex-2016-11-23-01"]
    assert any("does not say which acts" in cause for cause in found.causes)


def test_a_fingerprint_is_of_the_content(earlier: Brief) -> None:
    """Whatever the file and line it was read from."""
    prints = fingerprints(earlier.events)
    assert prints == earlier.record and len(prints) == earlier.events.height
    moved = earlier.events.with_columns(file=earlier.events["file"] + "x", row=earlier.events["row"] + 1)
    assert fingerprints(moved) == prints
    other = earlier.events.with_columns(summary=earlier.events["summary"] + "x")
    assert set(fingerprints(other)) == set(prints)
    assert not set(fingerprints(other).values()) & set(prints.values())


def test_days_are_told_from_files() -> None:
    assert [is_day(text) for text in ("2012-07-09", "brief.json", "2012-07-09.json", "20120709")] == [
        True,
        *[False] * 3,
    ]
