"""Who acts next, on every kind of record: what it says, what it is blind to, and how it refuses."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from lynchpin.account.cases import case_events, read_case
from lynchpin.answers.predict import predict, read_benchmark, run_benchmark
from lynchpin.answers.predict import record as record_room
from lynchpin.answers.predict.columns import in_words, is_absence
from lynchpin.answers.predict.facts import make_facts
from lynchpin.answers.predict.next_actor import _baseline_rank
from lynchpin.answers.predict.record import facts_of
from lynchpin.answers.predict.shares import descending, shares_of
from lynchpin.cli import app
from lynchpin.errors import BadData, BadValue, UnknownName
from lynchpin.record.store import Selection, Store
from lynchpin.report.contract import answer, dump
from lynchpin.testing.feeds import write_benchmark

DAY = date(2012, 7, 9)
ASK = {"actor": "KOR", "event_class": "grievance", "day": DAY}


@pytest.fixture(scope="module")
def stores(northeast, tmp_path_factory):
    """The chronology up to the day, and with all that came later and a flood of nonsense besides."""
    folder = tmp_path_factory.mktemp("stores")
    lines = northeast.events_file.read_text(encoding="utf-8").splitlines()
    early = [line for line in lines[1:] if max(line.split(",")[1:3]) < str(DAY)]
    flood = [
        f"zz-{k:04d},2012-07-{9 + k % 20:02d},,day,PRK,MIL,KOR,GOV,ASSAULT,shelling,provocation,-10,,Leak {k}.,,recalled,"
        for k in range(300)
    ]
    paths = []
    for name, kept in (("early", early), ("all", lines[1:] + flood)):
        file = folder / f"{name}.csv"
        file.write_text("\n".join([lines[0], *kept, ""]), encoding="utf-8")
        path = folder / name / "s.duckdb"
        path.parent.mkdir()
        with Store.open(path, create=True) as store:
            store.ingest("chronology", [file])
        paths.append(path)
    return paths


def test_later_events_change_no_byte(stores):
    early, whole = (dump(answer(predict(path, **ASK))) for path in stores)
    assert early == whole
    assert json.loads(early)["last_fact"] < str(DAY)


def test_the_law_catches_a_gate_left_open_by_a_day(stores, monkeypatch):
    """A fault planted once: `<=` for `<` at the one gate."""
    honest = dump(answer(predict(stores[1], **ASK)))
    monkeypatch.setattr(record_room, "before", lambda events, day: events.filter(pl.col("date") <= day))
    monkeypatch.setattr(Selection, "known_before", lambda self, day: self)
    assert dump(answer(predict(stores[1], **ASK))) != honest


def test_own_chronology_store_and_file_agree(northeast, stores):
    own = predict("northeast-asia", **ASK)
    file = predict(northeast.events_file, **ASK)
    store = predict(stores[1], **ASK)
    assert own.candidates == file.candidates == store.candidates
    assert (own.record, file.record, store.record) == ("northeast-asia", "events.csv", "s.duckdb")


def test_chances_add_up_and_leave_out_the_one_asked_about():
    found = predict("northeast-asia", **ASK, top=99)
    assert sum(each.chance for each in found.candidates) == pytest.approx(1.0)
    assert len(found.candidates) == found.n_candidates and "KOR" not in [each.actor for each in found.candidates]
    assert [each.rank for each in found.candidates] == list(range(1, found.n_candidates + 1))
    assert found.candidates[0].actor == "JPN"  # whom else would it be
    assert found.check[0].model == "choice" and found.held_out_from < DAY
    assert found.to_frame().height == found.n_candidates


def test_senders_are_receivers_asked_backwards():
    asked = predict("northeast-asia", actor="JPN", event_class="grievance", day=DAY, asked_as="sender")
    assert asked.candidates[0].actor == "KOR" and asked.asked_as == "sender"


def test_facts_expand_joint_acts_and_fold_a_day(northeast):
    events = case_events(northeast, as_of=DAY, episodes=False)
    facts = facts_of(events, "class")
    pairs = {(a, b) for row in events.iter_rows(named=True) for a in row["source"] for b in row["target"] if a != b}
    found = {(facts.actors[s], facts.actors[o]) for s, o in zip(facts.source, facts.target, strict=True)}
    assert found == pairs
    twice = facts_of(pl.concat([events, events]), "class")
    assert twice.day.tolist() == facts.day.tolist()


def test_baseline_place_by_hand():
    facts = make_facts([0, 5, 5], [0, 0, 1], [0, 0, 0], [1, 2, 3], [*"abcd"], ["x"])
    # strict: c (late) before b (early); then d by others; a, done to by nobody, last
    assert _baseline_rank(facts, 0, 0, 6).tolist() == [4, 2, 1, 3]


def test_names_by_a_code_from_a_benchmark_file(tmp_path):
    folder = write_benchmark(tmp_path / "icews14")
    found = predict(folder / "train.txt", "Japan", code="040", day="2014-01-20", as_written=True, top=3)
    assert len(found.candidates) == 3 and found.by == "code" and found.n_candidates == 11


@pytest.mark.parametrize(
    "change, error, said",
    [
        ({"actor": "XXX"}, UnknownName, "no actor named 'XXX'"),
        ({"event_class": "grievanse"}, UnknownName, "did you mean 'grievance'"),
        ({"event_class": None}, BadValue, "exactly one"),
        ({"code": "042"}, BadValue, "exactly one"),
        ({"event_class": None, "code": "999"}, UnknownName, "no act of code '999'"),
        ({"day": "2012-13-01"}, BadValue, "not a day"),
        ({"day": "1812-01-01"}, BadValue, "known before 1812"),
        ({"asked_as": "boss"}, BadValue, "cannot rank by"),
        ({"top": 0}, BadValue, "cannot show 0"),
        ({"record": "nothing-here"}, BadData, "there is no record"),
    ],
)
def test_bad_questions_are_refused(change, error, said):
    with pytest.raises(error) as caught:
        predict(**({"record": "northeast-asia"} | ASK | change))
    assert said in str(caught.value)


@pytest.mark.parametrize("words", [[], ["--actor", "KOR"], ["--actor", "KOR", "--date", "2012-07-09"]])
def test_half_a_question_on_the_command_line(words):
    done = CliRunner().invoke(app, ["predict", *words])
    assert isinstance(done.exception, BadValue)


def test_text_on_the_command_line():
    words = ["predict", "--actor", "KOR", "--class", "grievance", "--date", "2012-07-09", "--top", "2"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and "held out" in done.stdout and "JPN" in done.stdout
    assert CliRunner().invoke(app, words).stdout == done.stdout


def test_words_say_never_when_never():
    assert in_words("same_act", {"same_act_ever": 0.0, "same_act_30d": 0.0}) == "this act never before"
    assert in_words("self", {"self": 1.0}) == ""


ABSENT = {"walk_ever": 0.0, "since_same_act": 0.0, "since_pair": 0.0, "since_seen": 0.0, "intensity_ever": 0.0}


@pytest.mark.parametrize("actor", ["KOR", *(pytest.param(name, marks=pytest.mark.slow) for name in ("JPN", "PRK"))])
def test_that_something_never_was_is_no_reason_for_an_actor(actor):
    found = predict("northeast-asia", actor=actor, day=DAY, event_class="grievance", top=20)
    reasons = [reason for one in found.candidates for reason in one.reasons]
    gone = ("never before", "not seen yet", "no partner", "seldom followed", " 0 %", "(0 %")
    assert reasons and not any(words in f" {reason.says}" for reason in reasons for words in gone)


RANKED = [
    pytest.param(act, better, marks=[] if act == "grievance" or better == "combined" else pytest.mark.slow)
    for act in ("grievance", "security_cooperation", "material_conflict")
    for better in ("choice", "combined", "strict", "relaxed")
]


@pytest.mark.parametrize(("event_class", "better"), RANKED)
def test_who_never_was_in_the_act_outranks_nobody_who_was(better, event_class, northeast, monkeypatch):
    """The law, whichever model ranks: no chance is nothing or certain, and none rises down the list."""
    monkeypatch.setattr("lynchpin.answers.predict.next_actor.UNCHECKED", better)
    monkeypatch.setattr("lynchpin.answers.predict.next_actor.LEAST_CHECKED", 10**9)
    found = predict("northeast-asia", actor="JPN", day=DAY, event_class=event_class, top=500)
    assert found.better == better and len(found.candidates) == found.n_candidates
    facts = facts_of(case_events(northeast).filter(pl.col("date") < DAY), "class", as_written=False)
    act = facts.relations.index(event_class)
    was = {facts.actors[o] for o in facts.target[facts.relation == act].tolist()}
    has = [one.actor in was for one in found.candidates]
    assert has == sorted(has, reverse=True) and any(has) and not all(has)
    chances = [one.chance for one in found.candidates]
    assert chances == sorted(chances, reverse=True) and sum(chances) == pytest.approx(1.0)
    assert all(
        0.0 < one.lower <= one.chance <= one.upper < 1.0 and 0.0 < one.base_rate < 1.0 for one in found.candidates
    )


def test_shares_by_hand():
    """A did x to B twice, a year and a day before; C did x to D once: by leaning on the act, D has some of A's."""
    facts = make_facts([0, 364, 364], [0, 0, 2], [0, 0, 0], [1, 1, 3], ("A", "B", "C", "D"), ("x",))
    told = shares_of(facts, 0, 0, 365)
    anyone = np.array([0.0, 2.5, 1.5, 1.5]) / 5.5  # both ways: B twice, D once, C once; A is who is asked about
    base = (np.array([0.0, 2.0, 0.0, 1.0]) + anyone) / 4.0
    own = 0.5 + 2.0 ** (-1 / 365)
    assert told.base_rate == pytest.approx(base)
    assert told.chance == pytest.approx((np.array([0.0, own, 0.0, 0.0]) + base) / (own + 1.0))
    assert told.has_act.tolist() == [False, True, False, True]
    assert shares_of(facts, 0, 0, 364).base_rate[3] < told.base_rate[3]  # what is of the day is not seen
    assert descending(np.array([0.2, 0.5, 0.3]), np.array([0, 1, 2])).tolist() == pytest.approx([0.35, 0.35, 0.3])


def test_absence_is_known_by_its_numbers():
    for group in ("recency", "triads", "intensity"):
        assert is_absence(group, ABSENT)
    assert not is_absence("triads", ABSENT | {"walk_ever": math.log1p(30.0)})
    assert not is_absence("recency", ABSENT | {"since_seen": 0.5})
    assert not is_absence("self", {"self": 0.0})


# --- the benchmark -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return write_benchmark(tmp_path_factory.mktemp("bench") / "b", days=40)


def test_benchmark_beats_chance_and_repeats(bench):
    found = run_benchmark(bench, split="valid")
    assert [m.model for m in found.scores.models] == ["choice", "relaxed", "strict", "combined"]
    ours = found.scores.models[0]
    chance = 100 * sum(1 / k for k in range(1, 13)) / 12
    assert ours.mrr > 1.3 * chance and ours.lower < ours.mrr < ours.upper
    assert sum(part.share for part in found.scores.by_history) == pytest.approx(100.0)
    assert dump(answer(found.scores)) == dump(answer(run_benchmark(bench, split="valid").scores))


def test_test_days_change_nothing_of_valid(bench, tmp_path):
    """Neither weights nor scores of valid know what is in test."""
    for file in bench.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    lines = (bench / "test.txt").read_text().splitlines()
    (tmp_path / "test.txt").write_text("\n".join(lines[:5]) + "\n")
    whole, cut = (run_benchmark(folder, split="valid").scores for folder in (bench, tmp_path))
    assert whole.models[0] == cut.models[0] and whole.weights == cut.weights


def test_benchmark_in_text(bench):
    done = CliRunner().invoke(app, ["predict", "--benchmark", str(bench), "--split", "valid"])
    assert done.exit_code == 0 and "95 % interval" in done.stdout and "same_act_ever" in done.stdout


@pytest.mark.parametrize(
    "file, text, said",
    [
        ("valid.txt", "0\t0\t1\t0\n", "train.txt reaches into the days of valid.txt"),
        ("test.txt", "0\t0\tx\t888\n", "not four whole numbers"),
        ("test.txt", "0\t0\t1\n", "not four whole numbers"),
        ("test.txt", "0\t0\t99\t888\n", "has no name"),
        ("test.txt", "0\t0\t1\t889\n", "between the steps of 24"),
        ("test.txt", "0\t0\t1\t888.5\n", "not four whole numbers"),
        ("test.txt", "", "empty"),
        ("entity2id.txt", "Japan\t0\nChina 1\n", "not a name, a tab and a number"),
        ("entity2id.txt", "Japan\t1\n", "count from 0"),
        ("entity2id.txt", None, "is missing"),
    ],
)
def test_broken_benchmarks_are_refused(bench, tmp_path, file, text, said):
    for each in bench.iterdir():
        (tmp_path / each.name).write_text(each.read_text())
    (tmp_path / file).unlink() if text is None else (tmp_path / file).write_text(text)
    with pytest.raises(BadData) as caught:
        read_benchmark(tmp_path)
    assert said in str(caught.value)


def test_case_of_another_name_can_give_the_classes(stores):
    assert predict(stores[0], **ASK, case=read_case("northeast-asia")).by == "class"
