"""An effect: its interval, its ratio per doubling, how it prints itself, and how a record that holds one is told."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log2
from typing import ClassVar

import pytest

from lynchpin.results import Claim, Effect, Specification, flat, interval_text, per_doubling, plain
from lynchpin.results.base import RATIO, Estimated

HALF = Effect(log2(1.42), log2(1.10), log2(1.834), 0.2)


def test_the_interval_reaches_1645_standard_errors_to_either_side() -> None:
    effect = Effect.of(0.5, 0.2)
    assert (effect.estimate, effect.standard_error) == (0.5, 0.2)
    assert (effect.lower, effect.upper) == pytest.approx((0.1710292747, 0.8289707253), abs=1e-9)


def test_an_end_beyond_what_a_record_can_say_is_cut_and_the_estimate_is_not() -> None:
    effect = Effect.of(3.0, 10.0, most=log2(1000.0))
    assert effect.rate_ratio == 8.0 and effect.rate_ratio_upper == pytest.approx(1000.0)
    assert effect.lower == pytest.approx(3.0 - 16.448536, abs=1e-5)
    below = Effect.of(-3.0, 10.0, most=log2(1000.0))
    assert below.lower == pytest.approx(-3.0 - 16.448536, abs=1e-5), "only an end above is cut"


@pytest.mark.parametrize(("estimate", "ratio"), [(1.0, 2.0), (0.0, 1.0), (-1.0, 0.5), (0.5, 2**0.5)])
def test_a_doubling_of_the_cause_is_two_to_the_power_of_the_estimate(estimate: float, ratio: float) -> None:
    effect = Effect(estimate, estimate - 1.0, estimate + 1.0)
    assert per_doubling(estimate) == effect.rate_ratio == pytest.approx(ratio)
    assert (effect.rate_ratio_lower, effect.rate_ratio_upper) == pytest.approx((ratio / 2.0, ratio * 2.0))


@pytest.mark.parametrize(
    ("lower", "upper", "stand"),
    [(0.1, 0.4, "raises"), (-0.4, -0.1, "lowers"), (-0.1, 0.4, "not clear"), (0.0, 0.4, "not clear")],
)
def test_where_the_interval_lies(lower: float, upper: float, stand: str) -> None:
    assert Effect(0.5 * (lower + upper), lower, upper).stand == stand


def test_it_prints_itself() -> None:
    assert str(HALF) == HALF.text() == f"{HALF}" == "1.42 (1.10–1.83)"
    assert HALF.text(" to ") == "1.42 (1.10 to 1.83)"
    assert HALF.interval() == "1.10–1.83" and HALF.interval(" to ") == "1.10 to 1.83"


def test_an_end_that_says_nothing_is_open_where_that_is_asked_for() -> None:
    wide = Effect(0.0, -1.0, 5.0)
    assert str(wide) == "1.00 (0.50–32.00)"
    assert wide.text(open_from=32.0) == "1.00 (0.50–…)" and wide.interval(open_from=32.1) == "0.50–32.00"
    assert str(Effect(0.0, -1.0, 7.0)) == "nothing to be seen"  # from a half to 128 times
    assert interval_text(0.2, 512.0, " to ", open_from=100.0) == "0.20 to …"


def test_a_record_without_an_effect_has_none_of_its_numbers() -> None:
    claim = Claim("C7", "c", "", "", "", "?", untestable_because="no event can test it")
    names = ("estimate", "lower", "upper", "standard_error", *RATIO, "unit", "at_least", "percent_per_doubling")
    assert claim.verdict == claim.graded == "untestable"
    assert [getattr(claim, name) for name in names] == [None] * len(names)
    assert [plain(claim)[name] for name in names] == [None] * len(names)


def test_a_record_is_read_as_if_it_held_the_numbers_and_told_under_its_own_keys() -> None:
    claim = Claim("C1", "c", "m", "", "", "+", Effect.of(1.0, 0.25), grade="strong", side="for", note="n")
    assert (claim.estimate, claim.standard_error, claim.rate_ratio) == (1.0, 0.25, 2.0)
    assert claim.percent_per_doubling == pytest.approx(100.0)
    told = plain(claim)
    assert list(told)[5:23] == [
        "expect", "estimate", "lower", "upper", "standard_error", *RATIO, "unit", "at_least", "at_most", "basis",
        "verdict", "grade", "side", "error_rate", "would_settle", "half_life_days",
    ]  # fmt: skip
    assert (told["verdict"], told["grade"], told["side"], told["unit"]) == ("strong", "strong", "for", "per doubling")
    assert (told["at_least"], told["at_most"]) == (told["rate_ratio_lower"], told["rate_ratio_upper"])
    assert claim.graded == "strong for"
    assert list(told)[list(told).index("note") + 1] == "percent_per_doubling" and "effect" not in told
    assert (told["lower"], told["upper"]) == (0.588787, 1.41121)
    assert (told["rate_ratio_lower"], told["rate_ratio_upper"]) == (1.50398, 2.65961)


def test_a_specification_says_where_its_interval_lies_too() -> None:
    told = flat(Specification({"step": "week"}, True, 3, 4, effect=Effect.of(-1.0, 0.25)))
    assert told["stand"] == "lowers" and told["rate_ratio"] == 0.5
    assert list(told)[-2:] == ["stand", "cannot_because"]
    assert flat(Specification({}, False, 0, 0, cannot_because="why"))["stand"] is None


def test_what_no_spread_names_is_told_by_field() -> None:
    @dataclass(frozen=True, slots=True)
    class Row(Estimated):
        SPREAD: ClassVar = {"effect": ("rate_ratio",)}
        name: str
        effect: Effect | None
        count: int = 2

    assert flat(Row("a", Effect(1.0, 0.0, 2.0))) == {"name": "a", "rate_ratio": 2.0, "count": 2}


UNITS = [
    (Effect(1.0, 0.0, 2.0), (2.0, 1.0, 4.0), "2.00 (1.00–4.00)"),
    (Effect(log(2.0), 0.0, log(3.0), unit="per standard deviation"), (2.0, 1.0, 3.0), "2.00 (1.00–3.00)"),
    (Effect(0.58, 0.43, 0.71, unit="share"), (0.58, 0.43, 0.71), "58 % (43–71 %)"),
    (Effect(3.1, -0.2, 6.0, unit="acts"), (3.1, -0.2, 6.0), "+3.1 (-0.2 to +6.0)"),
]


@pytest.mark.parametrize(("effect", "sizes", "text"), UNITS)
def test_an_effect_is_told_in_its_unit(effect: Effect, sizes: tuple[float, ...], text: str) -> None:
    assert (effect.size, effect.at_least, effect.at_most) == pytest.approx(sizes)
    assert str(effect) == text
    claim = Claim("C7", "c", "", "", "", "+", effect, basis="counts", grade="slight", side="against")
    assert (claim.unit, claim.at_most) == (effect.unit, pytest.approx(sizes[2]))
    assert claim.rate_ratio == (pytest.approx(sizes[0]) if effect.is_ratio else None)
    assert plain(claim)["rate_ratio_upper"] == (pytest.approx(sizes[2], rel=1e-5) if effect.is_ratio else None)
    assert (claim.verdict, claim.graded) == ("slight", "slight against")


def test_two_futures_are_an_answer_and_no_test() -> None:
    claim = Claim("C12", "c", "", "", "", "+", Effect(1.0, 0.5, 2.0, unit="acts"), basis="futures")
    assert (claim.verdict, claim.graded) == ("none", "the model's answer")
