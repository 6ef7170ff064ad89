"""Every choice made otherwise: the case's own is in the curve, refits agree with whole fits, planted truth is found."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from helpers.planted_change import changing_case, changing_fit
from lynchpin.answers.evidence import choices as choice_room
from lynchpin.answers.evidence import sensitivity as room
from lynchpin.answers.evidence.choices import SAME_ACTS, curve_placebo, merged, merged_names
from lynchpin.answers.evidence.placebo import placebo, settled_placebo
from lynchpin.answers.evidence.recall import Length, lengths, recall
from lynchpin.answers.evidence.sensitivity import sensitivity
from lynchpin.defaults import SHIFTS
from lynchpin.errors import BadValue, UnknownName
from lynchpin.model import fit_case
from lynchpin.numbers import Z90
from lynchpin.record.sources import get as source
from lynchpin.record.store import Store
from lynchpin.report.plots import specification_curve as picture
from lynchpin.session.facade import fit


@pytest.fixture(scope="module")
def curve(fit_2012):
    """Everything but step, rows and scale, which have tests of their own."""
    names = ("reports", "feed", "classes", "exposure", "counts", "half-life", "memory", "joint acts")
    return sensitivity(fit_2012, "patron_push", vary=names)


def unmoved(fit, name):
    """The timing of a cause where it was."""
    return placebo(fit, name, np.zeros(1, dtype=int))


def by(curve, **made):
    """The one specification that makes these choices so, and all others as the case does."""
    named = {name.replace("_", "-"): level for name, level in made.items()}
    own = {c.name: next(level.key for level in c.levels if level.own) for c in curve.choices}
    return next(s for s in curve.specifications if s.choices == own | named)


def test_every_combination_is_there_once(curve):
    sizes = [len(c.levels) for c in curve.choices]
    assert sizes == [1, 1, 1, 3, 1, 2, 2, 4, 2, 2, 1]
    made = {tuple(s.choices.values()) for s in curve.specifications}
    assert len(made) == len(curve.specifications) == np.prod(sizes)
    assert sum(s.own for s in curve.specifications) == 1
    assert all((s.estimate is None) != (s.cannot_because is None) for s in curve.specifications)


def test_the_cases_own_is_the_ledgers(curve, ledger_2012):
    claim = next(c for c in ledger_2012 if c.mechanism == "patron_push")
    own = curve.own
    assert (own.estimate, own.standard_error) == (claim.estimate, claim.standard_error)
    assert own.lower == pytest.approx(own.estimate - Z90 * own.standard_error)
    assert own.rate_ratio == pytest.approx(2.0**own.estimate)
    assert own.half_life_days == 60.0 and own.window_days is None


REFITS = [
    ({"counts": "poisson"}, {"counts": "poisson"}),
    ({"exposure": "off"}, {"exposure_half_life_days": None}),
    ({"half_life": "30 d"}, {"half_life_days": 30.0}),
    ({"half_life": "120 d"}, {"half_life_days": 120.0}),
    ({"memory": "window"}, {"half_life_days": np.inf, "window_days": 87.0}),
    ({"half_life": "30 d", "exposure": "off", "counts": "poisson"}, {"half_life_days": 30.0, "counts": "poisson",
                                                                     "exposure_half_life_days": None}),
]  # fmt: skip


@pytest.mark.parametrize(("made", "changed"), REFITS)
def test_a_specification_is_what_a_whole_fit_of_that_case_gives(curve, fit_2012, made, changed):
    of_mechanism = {key: value for key, value in changed.items() if key in ("half_life_days", "window_days")}
    case = replace(fit_2012.case, **{key: value for key, value in changed.items() if key not in of_mechanism})
    days = fit_2012.design.evaluator.half_life_days
    mechanisms = tuple(
        replace(m, **of_mechanism) if m.name == "patron_push" else replace(m, half_life_days=days[m.name])
        for m in case.mechanisms
    )
    whole = fit_case(replace(fit_2012.known, case=replace(case, mechanisms=mechanisms)))
    timing, found = unmoved(whole, "patron_push"), by(curve, **made)
    assert found.estimate == pytest.approx(timing.estimate, abs=0.1 * timing.clustered_error)
    spread = settled_placebo(fit_2012, "patron_push", SHIFTS, fit_2012.case.seed).spread
    assert found.standard_error == pytest.approx(timing.clustered_error * spread, rel=0.05)


def test_the_step_is_a_choice_like_the_others(fit_2012):
    found = sensitivity(fit_2012, "patron_push", vary=["step"])
    assert [s.choices["step"] for s in found.specifications] == ["week", "day"] and len(found.fitted) == 2
    assert by(found, step="day").estimate == pytest.approx(found.own.estimate, abs=0.3 * found.own.standard_error)


@pytest.mark.slow
def test_a_daily_specification_is_what_a_daily_fit_gives(fit_2012):
    found = sensitivity(fit_2012, "patron_push", vary=["step"])
    daily = fit(replace(fit_2012.case, step_days=1), as_of="2012-07-09")
    timing, other = unmoved(daily, "patron_push"), by(found, step="day")
    assert other.estimate == pytest.approx(timing.estimate, abs=0.1 * timing.clustered_error)
    assert other.standard_error == pytest.approx(timing.clustered_error, rel=0.1)


def test_who_does_it_does_not_change_the_answer(fit_2012):
    few = ("classes", "scale")
    alone = sensitivity(fit_2012, "shared_threat", vary=few)
    with ThreadPoolExecutor(3) as pool:
        assert sensitivity(fit_2012, "shared_threat", vary=few, executor=pool) == alone


def test_a_task_carries_the_acts_and_no_design(fit_2012, monkeypatch):
    """What goes to a worker is a few hundred kilobytes of acts, not the thirty megabytes of the fit, nor a path."""
    weighed = []
    monkeypatch.setattr(room, "each", lambda function, tasks, *_, **__: weighed.extend(map(pickle.dumps, tasks)) or [])
    with pytest.raises(KeyError):
        sensitivity(fit_2012, "shared_threat", vary=("classes",))
    assert len(weighed) == 3 and max(map(len, weighed)) < 4_000_000


def test_scales_share_a_unit(fit_2012):
    """Doubling one plus the mean trace moves every scale by ln 2."""
    mean = 1.7
    for scale in (choice_room._Linear(mean), choice_room._Root(mean)):
        ends = scale(np.array([mean, 2.0 * mean + 1.0]))
        assert ends[1] - ends[0] == pytest.approx(np.log(2.0))
    push = next(m for m in fit_2012.case.mechanisms if m.name == "patron_push")
    column = {}
    for scale in ("log1p", "sqrt", "linear"):
        design = choice_room.scaled(fit_2012.design, push, scale)
        unit = next(u for u in design.units if design.position("patron_push") in u.columns)
        column[scale] = unit.X[:, unit.columns == design.position("patron_push")][:, 0]
    trace = np.expm1(column["log1p"])
    for name, plain in (("linear", trace), ("sqrt", np.sqrt(trace))):
        assert column[name] == pytest.approx(plain * (column[name].max() / plain.max()))


MEMORIES = [
    ((Length(60.0), "decay", 90.0), (60.0, np.inf)),
    ((Length(60.0), "window", 90.0), (np.inf, 87.0)),
    ((Length(None), "decay", 90.0), (90.0, np.inf)),
    ((Length(None, 0.5), "decay", 90.0), (45.0, np.inf)),
    ((Length(None, 2.0), "window", 90.0), (np.inf, 260.0)),
    ((Length(np.inf), "for good", 90.0), (np.inf, np.inf)),
]


@pytest.mark.parametrize(("made", "remembered"), MEMORIES)
def test_memories(fit_2012, made, remembered):
    kept = recall(fit_2012.case.mechanism("patron_push"), 60.0, *made)
    assert (kept.half_life_days, kept.window_days) == remembered


def test_a_level_carries_its_length(northeast):
    push = replace(northeast.mechanism("patron_push"), half_life_days=60.0)
    precise = 43.21234567  # its name has six digits, its length all of them
    assert lengths(push, 60.0, (60.0, 45.0, precise)) == {
        "60 d": Length(60.0),
        "30 d": Length(30.0),
        "120 d": Length(120.0),
        "fitted": Length(None),
        "45 d": Length(45.0),
        "43.2123 d": Length(precise),
    }
    assert lengths(replace(push, half_life_days=None), 71.0, ()) == {
        "fitted": Length(None),
        "fitted / 2": Length(None, 0.5),
        "fitted x 2": Length(None, 2.0),
    }
    assert lengths(replace(push, half_life_days=np.inf), np.inf, ())["none"] == Length(np.inf)


def test_merged_classes_leave_one_of_two_mechanisms_that_then_say_the_same(northeast):
    names = merged_names(northeast)
    assert set(names.values()) == {"cooperation", "conflict"}
    for kept, gone in (
        ("patron_push", "patron_push_beyond_security"),
        ("patron_push_beyond_security", "patron_push"),
    ):
        case = merged(northeast, names, kept)
        left = {m.name for m in case.mechanisms}
        assert kept in left and gone not in left
        against = next(m for m in case.mechanisms if m.name == "grievance_against_push")
        assert against.checked.references == (kept,)


def test_what_cannot_be_fitted_says_why(fit_2012):
    momentum = sensitivity(fit_2012, "alliance_momentum", vary=["classes"])
    assert by(momentum, classes="merged").cannot_because == SAME_ACTS
    assert momentum.cannot() == ((SAME_ACTS, 1),)
    burden = sensitivity(fit_2012, "burden", vary=["counts"])
    assert not burden.fitted and burden.own.cannot_because == "the record holds no act of its cause before this day"
    assert "has no estimate" in burden.summary()


def test_choices_that_are_none_say_why(curve):
    single = {c.name: c.single_because for c in curve.choices if len(c.levels) == 1}
    assert single["step"] == choice_room.HELD
    assert "written by people" in single["reports"] and single["feed"] == "the record holds one feed"


def test_words_levels_and_picture_agree_with_the_specifications(curve):
    done = curve.fitted
    ratios = [s.rate_ratio for s in done]
    assert ratios == sorted(ratios)
    clear = sum(s.lower > 0 for s in done)
    assert f"on that side in {clear} of {len(done)}" in curve.sentences()[1]
    merged_level = next(x for x in curve.levels() if x.level == "merged")
    mine = [s for s in done if s.choices["classes"] == "merged"]
    assert merged_level.n == len(mine)
    assert merged_level.median_ratio == pytest.approx(np.median([s.rate_ratio for s in mine]))
    figures = picture.data(curve)
    assert figures.specifications.height == len(done) and figures.specifications["own"].sum() == 1
    assert figures.strips.group_by("first").len().height == min(len(done), picture.COLUMNS)
    widths = figures.strips.with_columns(n=figures.strips["share"] * (figures.strips["last"] - figures.strips["first"]))
    in_level = widths.filter(widths["level"] == "merged")["n"].sum()
    assert in_level == pytest.approx(len(mine))
    assert curve.plot().to_dict()["layer"]
    assert curve.to_frame().height == len(curve.specifications)


def test_bad_input_is_one_clear_error(fit_2012, northeast):
    with pytest.raises(UnknownName, match="no mechanism named 'patron_posh'"):
        sensitivity(fit_2012, "patron_posh")
    with pytest.raises(UnknownName, match="no choice named 'stepp'"):
        sensitivity(fit_2012, "patron_push", vary=["stepp"])
    with pytest.raises(BadValue, match="half-life"):
        sensitivity(fit_2012, "patron_push", half_lives=[0.0])
    other = replace(northeast, classes=northeast.classes[:2])
    with pytest.raises(BadValue, match="other names"):
        sensitivity(fit_2012, "patron_push", classes={"other": other})


def test_a_further_class_scheme_is_tried_under_its_name(fit_2012, northeast):
    """Other rules for the same names: here contexts no longer tell security from the rest."""
    first = northeast.classes[0]
    loose = replace(northeast, classes=(replace(first, contexts=()), *northeast.classes[1:]))
    found = sensitivity(fit_2012, "patron_push", vary=["counts"], classes={"loose": loose, "same": northeast})
    assert [level.key for level in found.choices[3].levels] == ["case", "merged", "no talks", "loose", "same"]
    assert by(found, classes="loose").n_target_events > by(found, classes="case").n_target_events
    assert by(found, classes="same").estimate == pytest.approx(found.own.estimate, abs=0.02)


# --- planted truth --------------------------------------------------------------------------------


def test_a_short_memory_is_found_and_a_long_one_hides_it(tmp_path):
    """The truth: an act of the cause is half forgotten after a week. The case says two months."""
    fast = changing_fit(changing_case(tmp_path), 11, lambda ally, day: 0.8, half_life=7.0, path=tmp_path)
    found = sensitivity(fast, "turn_to_patron", vary=["half-life", "scale"], half_lives=[7.0, 365.0])
    by_length = {s.choices["half-life"]: s for s in found.specifications if s.choices["scale"] == "log1p"}
    assert by_length["fitted"].half_life_days in (7.0, 14.0)
    z = {name: s.estimate / s.standard_error for name, s in by_length.items()}
    assert z["7 d"] > z["60 d"] > z["365 d"]
    assert abs(by_length["7 d"].estimate - 0.8) < 3.0 * by_length["7 d"].standard_error
    assert by_length["7 d"].rate_ratio > 1.2 * by_length["365 d"].rate_ratio


def test_without_an_effect_the_placebo_of_the_curve_is_not_small(tmp_path):
    """Whatever the share that agrees: in one of these records more than a quarter of the specifications are clear."""
    found = [
        sensitivity(
            changing_fit(changing_case(tmp_path), seed, lambda ally, day: 0.0, path=tmp_path),
            "turn_to_patron",
            vary=["counts", "half-life", "memory", "scale"],
            shifts=39,
        )
        for seed in (12, 14, 15, 16)
    ]
    clear = [sum(s.stand != "not clear" for s in one.fitted) / len(one.fitted) for one in found]
    assert max(clear) > 0.25 > np.median(clear)
    assert np.mean([one.placebo.p for one in found]) > 0.2 and max(one.placebo.p for one in found) > 0.4


def test_the_placebo_of_the_curve_sees_an_effect_in_its_time(tmp_path):
    loud = changing_fit(changing_case(tmp_path), 13, lambda ally, day: 0.8, path=tmp_path)
    found = sensitivity(loud, "turn_to_patron", vary=["counts", "half-life", "scale"], shifts=39)
    assert found.placebo.n == len(found.fitted) == 24 and found.placebo.shifts == 39
    assert found.placebo.p == pytest.approx(1 / 40) and found.placebo.share == 1.0
    assert "39 times" in found.sentences()[-1]


def test_placebo_of_a_curve_by_hand():
    """Two specifications, three shifts: the true record first."""
    studentised = np.array([[2.0, 1.0, 3.0, -1.0], [1.0, 2.5, 0.0, -2.0]])
    found = curve_placebo(studentised, 1)
    assert (found.n, found.shifts) == (2, 3)
    assert found.statistic == 1.5 and found.p == 0.75  # medians 1.5, 1.75, 1.5, -1.5
    assert found.share == 0.5 and found.p_share == 0.75
    assert curve_placebo(studentised, -1).statistic == -1.5


# --- records with machine-coded reports and several feeds -----------------------------------------


@pytest.fixture(scope="module")
def two_feeds(northeast, tmp_path_factory):
    """The chronology, and a coded feed that restates each of its acts of cooperation the day after."""
    folder = tmp_path_factory.mktemp("feeds")
    lines = northeast.events_file.read_text(encoding="utf-8").splitlines()
    early = [lines[0]] + [line for line in lines[1:] if max(line.split(",")[1:3]) < "2012-07-09"]
    (folder / "events.csv").write_text("\n".join(early) + "\n", encoding="utf-8")
    file = folder / "both.duckdb"
    with Store.open(file, create=True) as store:
        store.ingest("chronology", [folder / "events.csv"])
        names = {"JPN": "Japan", "KOR": "South Korea", "USA": "United States", "PRK": "North Korea", "CHN": "China"}
        rows = []
        for number, event in enumerate(store.events().iter_rows(named=True)):
            ends = event["source"][0], event["target"][-1]
            if ends[0] == ends[1] or not set(ends) <= set(names):
                continue
            text, code = ("Consult", "040") if event["magnitude"] > 0 else ("Criticize or denounce", "111")
            for later in (0, 1):
                day = event["date"] + timedelta(days=later)
                cells = [f"{number}{later}", str(day), names[ends[0]], "", names[ends[0]], text, code, "1",
                         names[ends[1]], "", names[ends[1]]]  # fmt: skip
                rows.append("\t".join(cells + [""] * 9))
        feed = source("icews")
        (folder / "icews.tab").write_text("\n".join(["\t".join(feed.columns), *rows, ""]), encoding="utf-8")
        store.ingest("icews", [folder / "icews.tab"])
    return file


def test_reports_and_feeds_are_choices_where_the_record_has_them(northeast, two_feeds):
    found = fit(northeast, two_feeds, as_of="2012-07-09")
    curve = sensitivity(found, "patron_push_beyond_security", two_feeds, vary=["reports", "feed"])
    levels = {c.name: [level.key for level in c.levels] for c in curve.choices}
    assert levels["reports"] == ["episodes", "reports"]
    assert levels["feed"][0] == "all feeds" and set(levels["feed"][1:]) == {"icews", "chronology"}
    assert curve.own.choices["reports"] == "episodes" and curve.own.choices["feed"] == "all feeds"
    acts = {(s.choices["reports"], s.choices["feed"]): s.n_cause_events for s in curve.specifications}
    assert acts["reports", "icews"] > acts["episodes", "icews"] > 0
    assert acts["reports", "chronology"] == acts["episodes", "chronology"]
    alone = fit(northeast, as_of="2012-07-09")
    timing, only = unmoved(alone, "patron_push_beyond_security"), by(curve, feed="chronology")
    assert only.estimate == pytest.approx(timing.estimate, abs=0.1 * timing.clustered_error)


def test_joint_acts_and_recalled_rows_are_choices(fit_2012):
    """Without them the cause has fewer acts; a mechanism whose sides share no act has one way only."""
    found = sensitivity(fit_2012, "patron_push", vary=["rows", "joint acts"])
    acts = {tuple(s.choices[n] for n in ("rows", "joint acts")): s.n_cause_events for s in found.specifications}
    assert list(acts) == [(r, j) for r in ("all", "verified") for j in ("left out", "counted")]
    assert acts["all", "left out"] < acts["all", "counted"] and acts["verified", "counted"] < acts["all", "counted"]
    assert found.own.choices["joint acts"] == "left out" and len(found.fitted) == 4
    other = next(c for c in sensitivity(fit_2012, "shared_threat", vary=["counts"]).choices if c.name == "joint acts")
    assert [level.key for level in other.levels] == ["none"] and other.single_because
