"""The ledger: the rule, the counts of causes and targets, and what is untestable."""

from __future__ import annotations

import itertools
from datetime import date

import polars as pl
import pytest

from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.verdict import CUTS, GRADES, RATES, grade
from lynchpin.defaults import SHIFTS
from lynchpin.numbers import Z90


@pytest.fixture(scope="module")
def ledger(ledger_2012):
    return ledger_2012


def rows_with_numbers(ledger):
    """The rows of mechanisms: those of agreements and of futures have tests of their own."""
    return [claim for claim in ledger if claim.effect is not None and claim.heldout_windows]


def test_workers_and_runs_give_the_same_bytes(fit_2012, ledger):
    assert ledger == fit_2012.claims(workers=3)  # two runs, that differ in their workers besides
    assert ledger != fit_2012.claims(seed=1)


def test_what_is_told_of_a_row_is_there_and_bounded(ledger):
    assert len(rows_with_numbers(ledger)) >= 12
    for claim in rows_with_numbers(ledger):
        assert SHIFTS <= claim.placebo_shifts <= 9_999
        assert 1 / (claim.placebo_shifts + 1) <= claim.placebo_p <= 1.0
        assert claim.holm_p + 1e-9 >= claim.bh_p >= claim.placebo_p - 1e-9
        assert claim.percent_per_doubling == pytest.approx(100 * (claim.rate_ratio - 1))
        assert claim.heldout_gain == pytest.approx(sum(window.gain for window in claim.heldout_windows))
        assert len(claim.heldout_windows) == 5 and claim.heldout_steps > 300
        assert claim.would_settle or claim.detectable is None
        assert all(ratio > 0.0 for ratio in claim.prior_sensitivity)
        assert all(level >= cut for level, cut in zip(claim.levels, CUTS, strict=True))


def test_every_number_of_a_row_is_of_one_effect(ledger):
    """Ratio, p, ends and grade lie on one side; what a row without evidence says holds no effect."""
    for claim in rows_with_numbers(ledger):
        side = -1 if claim.expect == "-" else 1
        assert (claim.rate_ratio > 1) == (claim.estimate > 0) == (claim.timing_z > 0)
        assert (claim.timing_z * side > 0) == (claim.placebo_p <= 0.5) == (claim.placebo_p_against >= 0.5)
        assert claim.side == ("for" if claim.timing_z * side > 0 else "against")
        assert claim.estimate / claim.standard_error == pytest.approx(claim.timing_z)
        assert claim.at_least == pytest.approx(2**claim.lower) and claim.at_most == pytest.approx(2**claim.upper)
        assert claim.unit == "per doubling" and claim.at_least < claim.rate_ratio < claim.at_most
        if claim.grade == "none":
            assert claim.at_least <= 1.0 <= claim.at_most and claim.error_rate is None
        shrunk = claim.model_estimate / claim.model_standard_error
        assert claim.fit_z == pytest.approx(shrunk)
        found = grade(claim.expect, claim.fit_z, claim.timing_z, levels=claim.levels)
        assert (found.grade, found.side, found.error_rate) == (claim.grade, claim.side, claim.error_rate)
        if claim.grade != "none":
            assert claim.error_rate == RATES[GRADES.index(claim.grade)]
            weak = min(abs(claim.fit_z), abs(claim.timing_z))
            assert weak > CUTS[GRADES.index(claim.grade)] or abs(claim.timing_z) > Z90


def test_every_claim_has_a_row(ledger):
    assert sorted({c.id for c in ledger}, key=lambda x: int(x[1:])) == [f"C{k}" for k in range(1, 13)]
    for claim in ledger:
        if claim.verdict == "untestable":
            assert claim.untestable_because and claim.estimate is None
        else:
            assert claim.untestable_because is None and claim.verdict == claim.grade
            assert claim.lower < claim.estimate < claim.upper
    for claim in rows_with_numbers(ledger):
        assert claim.n_cause_events > 0 and claim.n_target_events > 0
        assert claim.detectable is None or (claim.detectable < 1) == (claim.expect == "-")


def test_the_account_as_a_whole_is_one_row(ledger):
    whole = ledger.whole
    assert set(whole.mechanisms) == {c.mechanism for c in rows_with_numbers(ledger)}
    assert whole.placebo_shifts == SHIFTS and 1 / (SHIFTS + 1) <= whole.placebo_p <= 1.0
    assert (whole.statistic > 0) == (whole.placebo_p <= 0.5) == (whole.side == "for")
    assert whole.heldout_gain == pytest.approx(sum(window.gain for window in whole.heldout_windows))
    days = [(window.start, window.end) for window in whole.heldout_windows]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(days)) and days[-1][1] == date(2012, 7, 9)


def test_fewer_shifts_than_the_default_are_taken_as_they_are(fit_2012):
    assert {claim.placebo_shifts for claim in rows_with_numbers(fit_2012.claims(shifts=19))} == {19}


def test_a_cause_that_never_happened_is_untestable(ledger):
    burden = next(c for c in ledger if c.mechanism == "burden")
    assert burden.n_cause_events == 0
    assert burden.untestable_because == "the record holds no act of its cause before this day"


def has(side, state):
    return pl.col(side).list.contains(state)


def test_counts_are_of_events(fit_2012):
    acts, case, events = fit_2012.design.layers.acts, fit_2012.case, fit_2012.events
    by_name = {m.name: m for m in case.mechanisms}
    threat = events.filter(
        has("source", "PRK")
        & (has("target", "JPN") | has("target", "KOR"))
        & pl.col("event_class").is_in(case.groups["conflict"])
    )
    assert count_cause(acts, case, by_name["shared_threat"]) == threat.height
    lateral = ((has("source", "JPN") & has("target", "KOR")) | (has("source", "KOR") & has("target", "JPN"))) & (
        pl.col("event_class") == "security_cooperation"
    )
    assert count_target(acts, by_name["shared_threat"]) == events.filter(lateral).height
    domestic = events.filter(
        (pl.col("source") == ["KOR"])
        & (pl.col("target") == ["KOR"])
        & pl.col("source_sector").is_in(["LEG", "OPP", "JUD", "CVL"])
        & (pl.col("target_sector") == "GOV")
        & pl.col("event_class").is_in(case.groups["conflict"])
        & (pl.col("contexts").list.set_intersection(["history", "intelligence"]).list.len() > 0)
    )
    assert count_cause(acts, case, by_name["domestic_veto"]) == domestic.height > 0


def test_sentences_name_people_not_codes(ledger):
    for claim in ledger:
        if claim.mechanism:
            assert claim.sentence[0].isupper() and claim.sentence.endswith(".")
            assert "KOR" not in claim.sentence and "GOV" not in claim.sentence


def test_ledger_is_a_sequence_a_frame_a_text_and_a_picture(ledger):
    assert len(ledger) == ledger.to_frame().height >= 15
    assert ledger.to_frame()["verdict"].to_list() == [c.verdict for c in ledger]
    push = next(c for c in ledger if c.mechanism == "patron_push")
    line = next(x for x in ledger.summary().splitlines() if " patron_push " in x)
    assert f"{push.rate_ratio:.2f}" in line and push.graded in line
    assert ledger.plot().to_dict()["layer"]
    assert ledger[0].rule in ledger.summary()


def test_forecast_is_a_frame_a_text_and_a_picture(fit_2012):
    ahead = fit_2012.forecast(days=60, draws=200)
    assert ahead.to_frame()["month"].max() == 2
    top = ahead.totals.filter(pl.col("model") == ahead.model).sort("mean", descending=True).row(0, named=True)
    assert f"{top['source']} -> {top['target']}" in ahead.summary().splitlines()[1]
    assert ahead.plot("KOR", "JPN", "grievance").to_dict()["layer"]
