"""The ledger: the rule, the counts of causes and targets, and what is untestable."""

from __future__ import annotations

import polars as pl
import pytest

from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.verdict import verdict

# expected, lower, upper, placebo p for it, against it, held-out gain, verdict
VERDICTS = [
    ("+", 0.01, 0.5, 0.01, 0.99, 1.0, "supported"),
    ("+", -0.5, -0.01, 0.99, 0.01, 1.0, "contradicted"),
    ("+", -0.1, 0.5, 0.01, 0.99, 1.0, "not detectable"),
    ("+", 0.0, 0.5, 0.01, 0.99, 1.0, "not detectable"),
    ("+", 0.01, 0.5, 0.06, 0.94, 1.0, "not detectable"),
    ("+", 0.01, 0.5, 0.05, 0.95, 0.0, "supported"),
    ("+", 0.01, 0.5, 0.01, 0.99, -0.1, "not detectable"),
    ("+", 0.01, 0.5, None, None, 1.0, "not detectable"),
    ("+", 0.01, 0.5, 0.01, 0.99, None, "not detectable"),
    ("-", 0.01, 0.5, 0.99, 0.01, 1.0, "contradicted"),
    ("-", -0.5, -0.01, 0.01, 0.99, 1.0, "supported"),
    ("?", 0.01, 0.5, 0.04, 0.04, 1.0, "supported"),
    ("?", -0.5, -0.01, 0.04, 0.04, 1.0, "supported"),
    ("?", -0.5, -0.01, 0.40, 0.40, 1.0, "not detectable"),
]


@pytest.mark.parametrize(("expect", "lower", "upper", "p", "against", "gain", "found"), VERDICTS)
def test_rule(expect, lower, upper, p, against, gain, found):
    assert verdict(expect, lower, upper, p, against, gain) == found


@pytest.fixture(scope="module")
def ledger(fit_2012):
    return fit_2012.claims()


def test_workers_and_runs_give_the_same_bytes(fit_2012, ledger):
    assert ledger == fit_2012.claims(workers=3) == fit_2012.claims()
    assert ledger != fit_2012.claims(seed=1)


def test_the_four_numbers_are_there_and_bounded(ledger):
    tested = [claim for claim in ledger if claim.estimate is not None]
    assert len(tested) == 12
    assert sum(claim.detectable is not None for claim in tested) >= 8
    for claim in tested:
        assert 1 / 500 <= claim.placebo_p <= 1.0 and claim.placebo_shifts == 499
        assert claim.placebo_p + claim.placebo_p_against == pytest.approx(1 + 1 / 500)
        assert claim.holm_p + 1e-9 >= claim.bh_p >= claim.placebo_p - 1e-9
        assert claim.percent_per_doubling == pytest.approx(100 * (claim.rate_ratio - 1))
        assert claim.heldout_gain is not None and claim.heldout_steps > 300


def test_every_claim_has_a_row(ledger):
    assert sorted({c.id for c in ledger}, key=lambda x: int(x[1:])) == [f"C{k}" for k in range(1, 13)]
    for claim in ledger:
        if claim.verdict == "untestable":
            assert claim.untestable_because and claim.estimate is None
        else:
            assert claim.untestable_because is None
            assert claim.lower < claim.estimate < claim.upper
            assert claim.verdict == verdict(
                claim.expect,
                claim.lower,
                claim.upper,
                claim.placebo_p,
                claim.placebo_p_against,
                claim.heldout_gain,
            )
            assert claim.n_cause_events > 0 and claim.n_target_events > 0
            assert claim.rate_ratio == pytest.approx(2**claim.estimate)
            if claim.detectable is not None:
                assert (claim.detectable < 1) == (claim.expect == "-")


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
    )
    assert count_cause(acts, case, by_name["domestic_veto"]) == domestic.height > 0


def test_sentences_name_people_not_codes(ledger):
    for claim in ledger:
        if claim.mechanism:
            assert claim.sentence[0].isupper() and claim.sentence.endswith(".")
            assert "KOR" not in claim.sentence and "GOV" not in claim.sentence


def test_ledger_is_a_sequence_a_frame_a_text_and_a_picture(ledger):
    assert len(ledger) == ledger.to_frame().height == 15
    assert ledger.to_frame()["verdict"].to_list() == [c.verdict for c in ledger]
    push = next(c for c in ledger if c.mechanism == "patron_push")
    line = next(x for x in ledger.summary().splitlines() if " patron_push " in x)
    assert f"{push.rate_ratio:.2f}" in line and push.verdict in line
    assert ledger.plot().to_dict()["layer"]
    assert ledger[0].rule in ledger.summary()


def test_forecast_is_a_frame_a_text_and_a_picture(fit_2012):
    ahead = fit_2012.forecast(days=60, draws=200)
    assert ahead.to_frame()["month"].max() == 2
    top = ahead.totals.filter(pl.col("model") == ahead.model).sort("mean", descending=True).row(0, named=True)
    assert f"{top['source']} -> {top['target']}" in ahead.summary().splitlines()[1]
    assert ahead.plot("KOR", "JPN", "grievance").to_dict()["layer"]
