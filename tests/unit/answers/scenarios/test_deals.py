"""Deeds on agreements as changes of a run."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin.answers.scenarios import changes_of, what_if
from lynchpin.answers.scenarios.deals import resolved
from lynchpin.answers.scenarios.scenario import Inject, Multiply
from lynchpin.errors import BadValue, UnknownName

FLAGSHIP = "gsomia-jpn-kor"


def test_a_signature_is_an_act_and_what_follows_agreements_in_force(fit_2012):
    changes = changes_of(fit_2012.case, sign=[f"2012-07-20 {FLAGSHIP}"])
    act, after = resolved(fit_2012, changes)
    assert isinstance(act, Inject) and act.day == date(2012, 7, 20)
    assert act.says == "JPN -- KOR : security_cooperation[intelligence]"
    assert isinstance(after, Multiply) and 0.8 < after.factor < 1.5 and after.span.first == act.day
    assert {(i, j) for i, j, _ in after.units} == {("JPN", "KOR"), ("KOR", "JPN")}
    assert {c for *_, c in after.units} == {"security_cooperation", "other_cooperation"}


def test_to_postpone_is_to_sign_later(fit_2012):
    case = fit_2012.case
    later = changes_of(case, postpone=[f"2012-07-20 {FLAGSHIP} until 2012-10-01"])
    signed = changes_of(case, sign=[f"2012-10-01 {FLAGSHIP}"])
    assert [c.day for c in resolved(fit_2012, later)[:1]] == [c.day for c in resolved(fit_2012, signed)[:1]]


def test_the_side_that_binds_refuses(fit_2012):
    (act,) = resolved(fit_2012, changes_of(fit_2012.case, block=[f"2012-07-20 {FLAGSHIP}"]))
    assert (act.says.startswith("KOR -> JPN : ") and "conflict" in act.says) or "grievance" in act.says


def test_other_changes_pass_through(fit_2012):
    changes = changes_of(fit_2012.case, silence=["PRK"])
    assert resolved(fit_2012, changes) == changes


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ({"sign": ["2012-07-20 gsomia-jpn-kro"]}, UnknownName, "did you mean 'gsomia-jpn-kor'"),
        ({"sign": ["2012-07-20 korus"]}, BadValue, "cannot be signed"),
        ({"postpone": [f"2012-07-20 {FLAGSHIP}"]}, BadValue, "until"),
        ({"block": [FLAGSHIP]}, BadValue, "day"),
    ],
)
def test_what_cannot_be_done_is_refused(fit_2012, words, error, said):
    with pytest.raises(error) as caught:
        resolved(fit_2012, changes_of(fit_2012.case, **words))
    assert said in str(caught.value)


def test_a_run_plays_it(fit_2012):
    changes = changes_of(fit_2012.case, sign=[f"2012-07-20 {FLAGSHIP}"])
    found = what_if(fit_2012, changes=changes, days=90, draws=100)
    moved = found.table.filter(found.table["put_in"] > 0)
    assert moved.height and any("one more agreement in force" in words for words in found.changes)
