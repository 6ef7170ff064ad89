"""Mechanisms as English sentences."""

from __future__ import annotations

import pytest

from lynchpin.account.theory import Vocabulary, check, explain, parse
from lynchpin.errors import BadValue

NAMES = Vocabulary(
    nodes=("USA", "JPN", "KOR", "PRK", "CHN", "AUS", "KOR.OPP", "KOR.GOV", "KOR.CVL", "KOR.LEG"),
    roles={
        "patron": ("USA",),
        "ally": ("JPN", "KOR"),
        "adversary": ("PRK",),
        "critic": ("PRK", "CHN"),
        "regional": ("AUS",),
    },
    variables={"a": "ally", "b": "ally", "s": "*"},
    classes=(
        "security_cooperation",
        "other_cooperation",
        "grievance",
        "verbal_conflict",
        "material_conflict",
    ),
    groups={
        "cooperation": ("security_cooperation", "other_cooperation"),
        "conflict": ("grievance", "verbal_conflict", "material_conflict"),
    },
    contexts=frozenset({"domestic", "history", "burden_sharing"}),
    mechanisms=("patron_push", "me"),
)
WORDS = {"OPP": "opposition", "GOV": "government", "CVL": "civil society", "domestic": "domestic affairs"}

SENTENCES = [
    (
        "patron -- a : cooperation & patron -- b : cooperation => a -> b : cooperation",
        "+",
        60.0,
        "When patron (USA) and a (JPN or KOR) cooperate and, at the same time, patron and b (JPN or KOR) cooperate, "
        "a's acts of cooperation toward b become more frequent; each act's weight halves every 60 days.",
    ),
    (
        "adversary -> ally : material_conflict => patron -- KOR : cooperation",
        "+",
        None,
        "When adversary (PRK) directs acts of material conflict toward ally (JPN or KOR), summed over every ally, "
        "acts of cooperation between patron (USA) and KOR, in both directions, become more frequent; "
        "the half-life is estimated.",
    ),
    (
        "a -- b : grievance * patron_push => a -> b : cooperation",
        "-",
        365.25,
        "When acts of grievance pass between a (JPN or KOR) and b (JPN or KOR), a's acts of cooperation toward b "
        "become less frequent, and the more so the stronger the mechanism patron_push; "
        "each act's weight halves every year.",
    ),
    (
        "patron_push * a -- b : grievance => a -> b : cooperation",
        "-",
        365.25,
        "When acts of grievance pass between a (JPN or KOR) and b (JPN or KOR), a's acts of cooperation toward b "
        "become less frequent, and the more so the stronger the mechanism patron_push; "
        "each act's weight halves every year.",
    ),
    (
        "KOR.OPP -> KOR.GOV : conflict[domestic] | KOR.CVL -> KOR.GOV : conflict => KOR -> JPN : verbal_conflict",
        "+",
        1.5,
        "When KOR's opposition directs acts of conflict on domestic affairs toward KOR's government, or KOR's civil "
        "society directs acts of conflict toward KOR's government, KOR's acts of verbal conflict toward JPN become "
        "more frequent; each act's weight halves every 36 hours.",
    ),
    (
        "(patron -- JPN : security_cooperation & patron -- KOR : security_cooperation) | JPN -- KOR : security_cooperation"
        " => critic -> KOR : verbal_conflict",
        "+",
        7.0,
        "When acts of security cooperation pass between patron (USA) and JPN and, at the same time, acts of security "
        "cooperation pass between patron and KOR, or acts of security cooperation pass between JPN and KOR, acts of "
        "verbal conflict by critic (PRK or CHN) toward KOR become more frequent; each act's weight halves every 7 days.",
    ),
    (
        "USA -- regional : cooperation => USA -- KOR : cooperation",
        "-",
        1.0,
        "When USA and regional (AUS) cooperate, acts of cooperation between USA and KOR, in both directions, become "
        "less frequent; each act's weight halves every day.",
    ),
    (
        "a.LEG -> s : any[history, burden_sharing] * s -> a : cooperation[history] => a -> b : any",
        "?",
        60.875,
        "When the LEG of a (JPN or KOR) directs acts of any kind on history or burden sharing toward s (any of 6 "
        "states), summed over every s, a's acts of any kind toward b (JPN or KOR) become more or less frequent (the "
        "account does not say which), and the more so the more s cooperates with a on history; "
        "each act's weight halves every 2 months.",
    ),
    (
        "(a -> b : grievance | b -> a : grievance) & (JPN -> KOR : conflict * patron_push) => a -> b : conflict",
        "+",
        60.0,
        "When (either a (JPN or KOR) directs acts of grievance toward b (JPN or KOR) or b directs acts of grievance "
        "toward a) and, at the same time, (JPN directs acts of conflict toward KOR, the more so the stronger the "
        "mechanism patron_push), a's acts of conflict toward b become more frequent; "
        "each act's weight halves every 60 days.",
    ),
    (
        "patron_push => a -> b : cooperation",
        "+",
        60.0,
        "When the mechanism patron_push is at work, acts of cooperation by a (JPN or KOR) toward b (JPN or KOR) become "
        "more frequent; each act's weight halves every 60 days.",
    ),
]


@pytest.mark.parametrize(("text", "expect", "half_life_days", "sentence"), SENTENCES)
def test_sentences(text: str, expect: str, half_life_days: float | None, sentence: str) -> None:
    one = check(parse(text), NAMES, mechanism="me")
    said = explain(one, expect=expect, half_life_days=half_life_days, says_name="", words=WORDS)
    assert said == sentence
    assert explain(one, expect=expect, half_life_days=half_life_days, words=WORDS) == said  # nothing is remembered


def test_a_name_can_open_the_sentence() -> None:
    one = check(parse("PRK -> a : conflict => a -> b : cooperation"), NAMES, mechanism="me")
    said = explain(one, expect="+", half_life_days=None, says_name="shared threat")
    assert said.startswith("shared threat: when PRK directs acts of conflict toward a (JPN or KOR), a's acts")


@pytest.mark.parametrize(("expect", "half_life_days"), [("up", 60.0), ("", 60.0), ("+", 0.0), ("+", float("nan"))])
def test_bad_arguments(expect: str, half_life_days: float) -> None:
    one = check(parse("PRK -> a : conflict => a -> b : cooperation"), NAMES, mechanism="me")
    with pytest.raises(BadValue):
        explain(one, expect=expect, half_life_days=half_life_days)
