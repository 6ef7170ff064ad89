"""The ledger: the rule, the counts of causes and targets, and what is untestable."""

from __future__ import annotations

import polars as pl
import pytest

from lynchpin.evidence.claims import count_cause, count_target
from lynchpin.evidence.verdict import DETECTABLE_SE, verdict

# expected, lower, upper, verdict
VERDICTS = [
    ("+", 0.01, 0.5, "supported"),
    ("+", -0.5, -0.01, "contradicted"),
    ("+", -0.1, 0.5, "not detectable"),
    ("+", 0.0, 0.5, "not detectable"),
    ("-", 0.01, 0.5, "contradicted"),
    ("-", -0.5, -0.01, "supported"),
    ("?", 0.01, 0.5, "supported"),
    ("?", -0.5, -0.01, "supported"),
]


@pytest.mark.parametrize(("expect", "lower", "upper", "found"), VERDICTS)
def test_rule(expect, lower, upper, found):
    assert verdict(expect, lower, upper) == found


def test_smallest_detectable_effect_is_seen_in_80_of_100():
    import numpy as np

    z = np.random.default_rng(1).normal(DETECTABLE_SE, 1.0, 200_000)
    assert abs((z - 1.6448536 > 0).mean() - 0.8) < 0.005


def test_every_claim_has_a_row(fit_2012):
    ledger = fit_2012.claims()
    assert sorted({c.id for c in ledger}, key=lambda x: int(x[1:])) == [f"C{k}" for k in range(1, 13)]
    for claim in ledger:
        if claim.verdict == "untestable":
            assert claim.untestable_because and claim.estimate is None
        else:
            assert claim.untestable_because is None
            assert claim.lower < claim.estimate < claim.upper
            assert claim.verdict == verdict(claim.expect, claim.lower, claim.upper)
            assert claim.n_cause_events > 0 and claim.n_target_events > 0
            assert claim.rate_ratio == pytest.approx(2**claim.estimate)
            assert (claim.detectable < 1) == (claim.expect == "-")


def test_a_cause_that_never_happened_is_untestable(fit_2012):
    burden = next(c for c in fit_2012.claims() if c.mechanism == "burden")
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


def test_sentences_name_people_not_codes(fit_2012):
    for claim in fit_2012.claims():
        if claim.mechanism:
            assert claim.sentence[0].isupper() and claim.sentence.endswith(".")
            assert "KOR" not in claim.sentence and "GOV" not in claim.sentence


def test_ledger_is_a_sequence_a_frame_a_text_and_a_picture(fit_2012):
    ledger = fit_2012.claims()
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
