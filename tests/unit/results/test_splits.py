"""Ledgers by dyad, period, condition and triad, made by hand: the text, the keys, the frame, and the pictures' data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import log2
from typing import Any

import pytest

from lynchpin.report.plots import forest
from lynchpin.results import Effect, EffectChange, ManyTriads, PooledEffect, SplitClaim, SplitLedger, SplitPart
from lynchpin.results.splits import change_text, pooled_text

DAY = date(2012, 7, 9)


def effect(ratio: float, lower: float, upper: float, error: float | None = 0.1) -> Effect:
    return Effect(log2(ratio), log2(lower), log2(upper), error)


POOLED = PooledEffect(2, effect(1.5, 1.2, 2.0), 0.3, 0.0, None, 0.04, 0.25, effect(1.5, 0.5, 4.0, None))
CLAIM = SplitClaim("C1", "c", "push", "A -> B : x => B -> A : x", "+", (), n_cause_events=12)
DYADS = replace(
    CLAIM,
    pooled=POOLED,
    splits=(
        SplitPart("A->B", n_target_events=9, effect=effect(1.42, 1.1, 1.83), shrunk=effect(1.45, 1.2, 1.8), weight=0.5),
        SplitPart("B->A", n_target_events=3, left_out_because="fewer than 5 acts"),
        SplitPart("A->C", n_target_events=7, effect=effect(3.0, 0.2, 250.0), shrunk=effect(1.6, 1.1, 2.4), weight=0.5),
    ),
)
CHANGE = EffectChange(DAY, effect(2.0, 1.25, 3.2), 1.9)
PERIODS = replace(
    CLAIM,
    splits=(
        SplitPart(first=date(2010, 1, 1), last=DAY, n_cause_events=5, n_target_events=6, effect=effect(1.0, 0.8, 1.25)),
        SplitPart(first=DAY, last=date(2013, 1, 1), n_cause_events=7, n_target_events=8, effect=effect(2.0, 1.6, 2.5)),
    ),
    changes=(CHANGE,),
)
CONDITIONS = replace(
    CLAIM,
    product="push_blunted",
    condition="A -- B : grievance",
    splits=(SplitPart("least", trace=0.0, share_of_steps=0.1, effect=effect(1.42, 1.1, 1.83)),),
    changes=(EffectChange(effect=effect(0.9, 0.8, 1.0)),),
)
TRIADS = replace(
    CLAIM,
    pooled=POOLED,
    splits=(
        SplitPart(
            "P-A-B", "P: A and B", n_cause_events=20, n_target_events=9, effect=effect(1.42, 1.1, 1.83), weight=0.6
        ),
        SplitPart("P-A-C", "P: A and C", n_cause_events=2, n_target_events=3, left_out_because="few"),
        SplitPart("P-B-C", "P: B and C", n_cause_events=1, n_target_events=4, left_out_because="few"),
    ),
)
THEORY = ManyTriads("t", "A theory", DAY, "claim", DAY, date(2000, 1, 1), date(2012, 7, 8), 99, ("a remark",))


def ledger(by: Any, claim: SplitClaim, **more: Any) -> SplitLedger:
    return SplitLedger(by, (claim,), "How.", **more)


def test_dyads_as_text() -> None:
    assert ledger("dyad", DYADS).summary().splitlines() == [
        "C1   push (expected +), 12 acts of its cause",
        "                acts          own ratio             shrunk",
        "     A->B          9   1.42 (1.10–1.83)   1.45 (1.20–1.80)",
        "     A->C          7 nothing to be seen   1.60 (1.10–2.40)",
        "     all 2: 1.50 (1.20–2.00); sd between dyads 0.30 (0.00 to …); p 0.04",
        "     B->A (3): fewer than 5 acts",
        "",
        "How.",
    ]
    few = tuple(part for part in DYADS.splits if part.effect is None)
    none = replace(DYADS, splits=few, n_cause_events=1, pooled=None, ledger=None)
    assert ledger("dyad", none).summary().splitlines()[:3] == [  # no heading above nothing
        "C1   push (expected +), 1 act of its cause",
        "     too few dyads with data to pool",
        "     B->A (3): fewer than 5 acts",
    ]
    assert pooled_text(replace(DYADS, pooled=None)) == "too few dyads with data to pool"


def test_periods_as_text() -> None:
    assert ledger("period", PERIODS, days=(DAY,)).summary().splitlines() == [
        "C1   push (expected +)",
        "     2010-01-01 to 2012-07-09       5/6 1.00 (0.80–1.25)",
        "     2012-07-09 to 2013-01-01       7/8 2.00 (1.60–2.50)       2.00 (1.25–3.20) more upward; ×1.90 would show",
        "",
        "How.",
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (None, ""),
        (EffectChange(DAY), "no change can be told"),
        (replace(CHANGE, detectable=None), "2.00 (1.25–3.20) more upward; none would show"),
        (replace(CHANGE, detectable=10.1), "2.00 (1.25–3.20) more upward; only more than ×10 would show"),
        (EffectChange(DAY, effect(0.5, 0.3, 0.8), 2.0), "0.50 (0.30–0.80) more downward; ×2.00 would show"),
        (EffectChange(DAY, effect(0.5, 0.3, 1.1), 2.0), "0.50 (0.30–1.10) no change is clear; ×2.00 would show"),
    ],
)
def test_changes_in_words(change: EffectChange | None, text: str) -> None:
    assert change_text(change) == text


def test_conditions_as_text() -> None:
    assert ledger("condition", CONDITIONS).summary().splitlines() == [
        "C1   push_blunted (expected +): push where there is A -- B : grievance",
        "                trace                      ratio of push",
        "     least       0.00                   1.42 (1.10–1.83)",
        "     when the condition doubles, that ratio is multiplied by 0.90 (0.80–1.00)",
        "",
        "How.",
    ]


def test_triads_as_text() -> None:
    text = ledger("triad", TRIADS, made_from=THEORY).summary().splitlines()
    assert text[:4] == [
        "A theory, on 2012-07-09",
        "99 events, 2000-01-01 to 2012-07-08; two allies with claim",
        "",
        "C1 push (expected +): A -> B : x => B -> A : x",
    ]
    assert text[5].split() == ["P:", "A", "and", "B", "20/9", "1.42", "(1.10–1.83)", "60", "%"]
    assert text[6].split() == ["all", "2", "1.50", "(1.20–2.00)"]
    assert text[7:] == [
        "  between triads: I2 25 %; one more triad would lie in 0.50–4.00",
        "  few: P-A-C (2/3), P-B-C (1/4)",
        "",
        "How.",
        "a remark",
    ]


RATIO = ["rate_ratio", "rate_ratio_lower", "rate_ratio_upper"]
LOGS = ["estimate", "standard_error", *RATIO]
LEDGER = ("ledger_ratio", "ledger_ratio_lower", "ledger_ratio_upper")
SHRUNK = ["shrunk", "shrunk_lower", "shrunk_upper"]
HEAD = ["id", "claim", "mechanism", "says", "expect"]


@pytest.mark.parametrize(
    ("made", "of_ledger", "of_claim", "parts", "of_part"),
    [
        (
            ledger("dyad", DYADS),
            ["method", "claims"],
            [*HEAD, "n_cause_events", "n_dyads", *RATIO, "sd", "sd_lower", "sd_upper", "spread_p", *LEDGER, "dyads"],
            "dyads",
            ["dyad", "n_target_events", *LOGS, *SHRUNK, "left_out_because"],
        ),
        (
            ledger("period", PERIODS, days=(DAY,)),
            ["splits", "method", "claims"],
            [*HEAD, *LEDGER, "periods", "changes"],
            "periods",
            ["first", "last", "n_cause_events", "n_target_events", *LOGS, "nothing_because"],
        ),
        (
            ledger("condition", CONDITIONS),
            ["method", "interactions"],
            ["id", "claim", "product", "says", "expect", "mechanism", "condition", *LEDGER,
             "change", "change_lower", "change_upper", "conditions"],
            "conditions",
            ["strength", "trace", "share_of_steps", *RATIO],
        ),
        (
            ledger("triad", TRIADS, made_from=THEORY),
            ["theory", "title", "on", "between", "origin", "first_event_date", "last_event_date", "events_used",
             "remarks", "method", "claims"],
            [*HEAD, "n_triads", *LOGS, "tau", "i_squared", "new_lower", "new_upper", "triads"],
            "triads",
            ["triad", "title", "n_cause_events", "n_target_events", *LOGS, *SHRUNK, "weight", "left_out_because"],
        ),
    ],
    ids=["dyad", "period", "condition", "triad"],
)  # fmt: skip
def test_the_keys_of_each_kind(
    made: SplitLedger, of_ledger: list[str], of_claim: list[str], parts: str, of_part: list[str]
) -> None:
    told = made.to_dict()
    assert list(told) == of_ledger
    (claim,) = told[of_ledger[-1]]
    assert list(claim) == of_claim and list(claim[parts][0]) == of_part
    assert claim[parts][0]["rate_ratio"] == pytest.approx(made.claims[0].splits[0].rate_ratio, rel=1e-5)
    frame = made.to_frame()
    assert frame.height == len(made.claims[0].splits)
    front = {"period": ["id", "mechanism"], "condition": ["product", "mechanism"]}.get(made.by, ["mechanism"])
    assert frame.columns[: len(front) + len(of_part)] == [*front, *of_part]


def test_the_values_of_a_claim() -> None:
    (dyads,) = ledger("dyad", DYADS).to_dict()["claims"]
    assert (dyads["n_dyads"], dyads["rate_ratio"], dyads["sd"], dyads["sd_upper"]) == (2, 1.5, 0.3, None)
    assert [one["shrunk"] for one in dyads["dyads"]] == [1.45, None, 1.6]
    (triads,) = ledger("triad", TRIADS, made_from=THEORY).to_dict()["claims"]
    assert (triads["n_triads"], triads["tau"], triads["new_lower"], triads["new_upper"]) == (2, 0.3, 0.5, 4.0)
    (periods,) = ledger("period", PERIODS, days=(DAY,)).to_dict()["claims"]
    assert periods["changes"] == [
        {
            "on": "2012-07-09", "difference": 1.0, "standard_error": 0.1,
            "ratio": 2.0, "ratio_lower": 1.25, "ratio_upper": 3.2, "stand": "raises", "detectable": 1.9,
        }
    ]  # fmt: skip
    later = ledger("period", PERIODS, days=(DAY,)).to_frame()
    assert later["change_ratio"].to_list() == [None, 2.0] and later["change_stand"].to_list() == [None, "raises"]
    (told,) = ledger("condition", CONDITIONS).to_dict()["interactions"]
    assert (told["mechanism"], told["product"], told["change"]) == ("push", "push_blunted", 0.9)


def test_a_claim_that_is_not_pooled_has_no_mean() -> None:
    (claim,) = ledger("dyad", replace(DYADS, pooled=None)).to_dict()["claims"]
    assert claim["n_dyads"] == 0 and {claim[key] for key in (*RATIO, "sd", "spread_p")} == {None}
    (claim,) = ledger("triad", replace(TRIADS, pooled=None), made_from=THEORY).to_dict()["claims"]
    assert claim["n_triads"] == 0 and {claim[key] for key in (*LOGS, "tau", "i_squared", "new_lower")} == {None}


def test_the_forest_of_dyads_has_the_mean_below_those_with_data() -> None:
    rows = forest.data(DYADS, "dyad")
    assert rows["label"].to_list() == ["A → B", "A → C", "All 2 together", "B → A"]
    assert rows["kind"].to_list() == ["triad", "triad", "all", "few"]
    assert rows["text"].to_list() == ["1.42 (1.10–1.83)", "nothing to be seen", "1.50 (1.20–2.00)", "too little data"]
    assert rows["acts"].to_list() == ["9", "7", "", "3"] and rows["weight"].null_count() == 4
    assert rows["shrunk"].to_list() == pytest.approx([1.45, 1.6, None, None])
    assert rows["upper"].to_list() == pytest.approx([1.83, 250.0, 2.0, None])


def test_the_periods_of_a_mechanism_stand_under_one_name() -> None:
    rows = forest.periods(ledger("period", PERIODS, days=(DAY,)))
    assert rows["label"].to_list() == ["C1 · Push", ""] and rows["clear"].to_list() == [False, True]
    assert rows["change"].to_list() == ["", "change ×2.00 (1.25–3.20)"] and rows["text"].to_list() == ["1.00", "2.00"]


def test_conditions_have_no_picture() -> None:
    with pytest.raises(TypeError, match="no picture"):
        ledger("condition", CONDITIONS).plot()
