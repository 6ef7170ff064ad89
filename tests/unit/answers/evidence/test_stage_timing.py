"""Causes that move agreements: values by hand, planted timing found, planted differences not taken for timing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.account.theory import Vocabulary, check_stages, parse
from lynchpin.answers.evidence.others import in_reach, other_rows
from lynchpin.answers.evidence.stage_timing import Rows, between, cause_values, measure, past_of, rows_at_risk
from lynchpin.answers.scenarios import read_scenario
from lynchpin.errors import BadData, BadMechanism, BadValue
from lynchpin.session.facade import fit

AGREEMENTS, WEEKS = 30, 260


def planted(effect: float, spread: float, seed: int, differences: float = 0.0) -> tuple[Rows, np.ndarray]:
    """Weekly rows of agreements: a cause of bursts, moved in time 40 times; levels that differ, and with the cause."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0.0, 1.0, AGREEMENTS)
    bursts = np.repeat(rng.random((AGREEMENTS, WEEKS // 13)) < 0.3, 13, axis=1) * 1.0
    x = 0.7 * bursts + np.exp(0.5 * own)[:, None]
    level = -4.0 + spread * rng.normal(0.0, 1.0, AGREEMENTS) + differences * own
    made = (rng.random(x.shape) < 1.0 - np.exp(-np.exp(level[:, None] + effect * x))) * 1.0
    lags = [0, *rng.integers(10, WEEKS - 10, 40)]
    moved = np.stack([np.roll(x, lag, axis=1).ravel() for lag in lags], axis=1)
    agreement = np.repeat(np.arange(AGREEMENTS), WEEKS)
    rows = Rows((), agreement, np.tile(7 * np.arange(WEEKS), AGREEMENTS), np.full(made.size, 0.02), made.ravel())
    return rows, moved


def kept(rows: Rows, x: np.ndarray) -> tuple[Rows, np.ndarray]:
    moving = np.bincount(rows.agreement, weights=rows.made) > 0
    return rows.where(moving[rows.agreement]), x[moving[rows.agreement]]


def test_planted_timing_is_found_and_its_interval_holds():
    hits, estimates = 0, []
    for seed in range(20):
        effect, studentised = measure(*kept(*planted(0.8, 0.7, seed)))
        hits += effect.lower <= 0.8 <= effect.upper
        estimates.append(effect.estimate)
        assert studentised.shape == (41,)
    assert hits >= 15
    assert np.mean(estimates) == pytest.approx(0.8, abs=0.12)


def test_without_an_effect_differences_between_agreements_are_no_timing():
    """Agreements with more of the cause have more moves, and nothing happens in time: within them none is found."""
    inside, across, places = [], [], []
    for seed in range(20):
        rows, x = planted(0.0, 0.3, 100 + seed, differences=1.0)
        effect, studentised = measure(*kept(rows, x))
        inside.append(effect.lower <= 0.0 <= effect.upper)
        places.append(np.mean(studentised >= studentised[0]))
        rows = Rows(tuple(range(AGREEMENTS)), rows.agreement, rows.day, rows.offset, rows.made)
        across.append(between(rows, x[:, 0]).lower > 0.0)
    assert sum(inside) >= 15 and sum(across) >= 15
    assert 0.2 < np.mean(places) < 0.8


def test_a_cause_that_never_changes_says_nothing():
    rows, x = kept(*planted(0.5, 0.5, 1))
    assert measure(rows, np.ones_like(x)) is None


NAMES = Vocabulary(
    ("USA", "JPN", "KOR", "PRK", "KOR.OPP", "KOR.GOV"),
    {"adversary": ("PRK",)},
    {},
    ("cooperation", "conflict"),
    {},
    frozenset({"history"}),
    (),
)


def checked(text: str):
    return check_stages(parse(text), NAMES, mechanism="me")


def test_the_right_side_names_kinds_groups_issues_and_a_move():
    one = checked("party -- other : conflict => agreement[security, history] : setback")
    assert "logistics" in one.kinds and "trade" not in one.kinds and one.issues == ("history",)
    assert one.takes("logistics", ()) and one.takes("trade", ("history",)) and not one.takes("trade", ("energy",))
    assert one.moves == ("setback",) and str(one) == one.text
    assert checked("adversary -> party : conflict => agreement : advance").takes("anything", ())
    assert parse(one.text) == parse(str(parse(one.text)))


BAD = [
    ("party -- other : conflict => agreement[securty] : setback", "no kind of agreement is called 'securty'", 40),
    ("party -- other : conflict => agreement : setbak", "no move of agreements is called 'setbak'", 42),
    ("push => agreement : setback", "no mechanism is called 'push'", 1),
    ("party -> party : conflict => agreement : setback", "can only be one and the same node", 10),
    ("party -> other : conflict * PRK -> party : conflict => agreement : setback", "a product cannot", 27),
    ("party -- other : conflict => agreement[] : setback", "a kind is missing", 40),
    ("party -- other : conflict => agreement : setback : x", "does not belong here", 50),
]


@pytest.mark.parametrize(("text", "what", "column"), BAD)
def test_what_does_not_read_is_pointed_at(text, what, column):
    with pytest.raises(BadMechanism, match=what) as caught:
        checked(text)
    assert caught.value.where.endswith(f"column {column}")


def test_a_cause_is_read_for_the_parties_of_each_agreement(fit_2012):
    """By hand: acts of grievance between the two parties, either way, halved every 60 days; others are not theirs."""
    case = fit_2012.case
    text = parse("party -- other : grievance => agreement : setback")
    stages = check_stages(text, case.vocabulary, mechanism="m")
    mechanism = SimpleNamespace(
        name="m", claim="", says="", expect="+", half_life_days=60.0, note="", checked=stages,
        window_days=np.inf, lag_days=0.0,
    )  # fmt: skip
    rows = rows_at_risk(fit_2012, mechanism, past_of(fit_2012))
    at = next(k for k, life in enumerate(rows.lives) if life.id == "gsomia-jpn-kor")
    n, x = cause_values(fit_2012, mechanism, rows, np.array([0, 200]))
    acts = fit_2012.design.layers.acts
    jpn, kor = acts.nodes.index("JPN"), acts.nodes.index("KOR")
    ours = (acts.event_class == acts.classes.index("grievance")) & np.isin(acts.source, [jpn, kor])
    ours &= np.isin(acts.target, [jpn, kor])
    for row in np.flatnonzero(rows.agreement == at)[::5]:
        age = rows.day[row] - acts.day[ours]
        trace = (2.0 ** (-age[age > 0] / 60.0)).sum()
        assert x[row, 0] == pytest.approx(np.log1p(trace))
    assert n >= np.unique(acts.event[ours]).size and not np.allclose(x[:, 0], x[:, 1])


def test_no_later_stage_or_act_reaches_a_row(fit_2012):
    past = past_of(fit_2012)
    assert max(act.date for life in past.lives for act in life.history) < date(2012, 7, 9)


def test_rows_of_every_sort(fit_2012):
    found = other_rows(fit_2012, shifts=19)
    (share,) = found["C7"]
    assert share.basis == "counts" and share.effect.unit == "share" and share.n_cause_events == 11
    assert share.effect.lower < share.effect.estimate < share.effect.upper
    assert "after an opening and before signature or force" in share.sentence
    futures = found["C12"]
    assert [row.basis for row in futures] == ["futures"] * 3 and {row.effect.unit for row in futures} == {"acts"}
    assert all(row.grade == "none" and row.note.startswith("The model's answer, not a test") for row in futures)
    assert {row.id for rows in found.values() for row in rows} == {"C6", "C7", "C9", "C12"}


def test_a_scenario_of_another_day_is_moved_to_the_origin(fit_2012):
    read = read_scenario("gsomia-signed", fit_2012.case)
    assert in_reach(read, date(2012, 7, 9), fit_2012.case) == (read, 0)
    moved, days = in_reach(read, date(2020, 1, 1), fit_2012.case)
    assert days == (date(2020, 1, 8) - date(2012, 7, 20)).days
    assert moved.changes[0].day == date(2020, 1, 8) and moved.changes[2].until is not None


def test_a_case_without_agreements_cannot_speak_of_them(tmp_path):
    write_new_case("toy", tmp_path)
    file = tmp_path / "toy" / "case.toml"
    text = file.read_text()
    more = '\n[[mechanism]]\nname = "m"\nsays = "party -- other : conflict => agreement : setback"\n'
    file.write_text(text + more)
    with pytest.raises(BadMechanism, match="the case names no agreements"):
        read_case(file)
    file.write_text(text + '\n[[share]]\nname = "s"\nthen = ["signed"]\n')
    with pytest.raises(BadData, match="the case names none"):
        read_case(file)


def test_a_half_life_of_agreements_is_not_fitted(tmp_path, northeast):
    text = northeast.path.read_text()
    at = text.index('name = "veto_of_agreements"')
    for name in ("events.csv", "agreements.csv", "agreement_stages.csv"):
        (tmp_path / name).symlink_to(northeast.path.parent / name)
    (tmp_path / "case.toml").write_text(text[:at] + text[at:].replace('half_life = "30d"', 'half_life = "fit"', 1))
    with pytest.raises(BadValue, match="cannot be fitted"):
        read_case(tmp_path / "case.toml", allow_outside=True)


@pytest.mark.slow
def test_every_claim_has_a_row_and_one_at_most_has_no_number():
    for as_of in ("2012-07-09", None):
        ledger = fit("northeast-asia", as_of=as_of).claims(shifts=99)
        ids = {row.id for row in ledger}
        told = {row.id for row in ledger if row.effect is not None}
        assert ids == {f"C{k}" for k in range(1, 13)} and len(ids - told) <= 1
