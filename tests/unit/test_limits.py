"""Limits: what is in range comes back as it was, what is not is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin import limits
from lynchpin.errors import BadData, BadValue


@pytest.mark.parametrize("seed", [0, 1, 2**53 + 1, 2**63, 99999999999999999999999999999, 2**128 - 1])
def test_a_seed_is_kept_to_its_last_digit(seed: int) -> None:
    assert limits.whole("seed", seed) == seed
    assert limits.optional("seed", seed) == seed


def test_nothing_asked_is_nothing() -> None:
    assert limits.optional("seed", None) is None


REFUSED = [
    ("seed", -1, "from 0 to 340282366920938463463374607431768211455, not -1"),
    ("seed", 2**128, "not 340282366920938463463374607431768211456"),
    ("seed", 10**5000, "not a number of 5001 digits"),
    ("seed", 1.5, "not 1.5"),
    ("seed", True, "not 'True'"),
    ("seed", "7", "not '7'"),
    ("draws", 99, "a whole number from 100 to 100000, not 99"),
    ("draws", 100_001, "not 100001"),
    ("prior_sd", 0.0, "a number from 0.001 to 100, not 0"),
    ("prior_sd", 1e-320, "not 9.99989e-321"),
    ("prior_sd", float("inf"), "not inf"),
    ("prior_sd", float("nan"), "not nan"),
    ("factor", -0.5, "a number from 0 to 1000, not -0.5"),
    ("magnitude", 10.5, "a number from -10 to 10, not 10.5"),
]


@pytest.mark.parametrize(("name", "value", "words"), REFUSED, ids=[r[2] for r in REFUSED])
def test_what_is_out_of_range_is_named(name: str, value: object, words: str) -> None:
    with pytest.raises(BadValue) as caught:
        limits.number(name, value, where="case.toml, line 3")
    assert words in caught.value.what
    assert caught.value.what.startswith(f"{name} should be ")
    assert caught.value.where == "case.toml, line 3"
    assert caught.value.mend


def test_ends_of_a_range_are_in_it() -> None:
    assert [limits.number("prior_sd", value) for value in (0.001, 100)] == [0.001, 100.0]
    assert [limits.whole("agreements", value, kind="chance_draws") for value in (2, 10_000)] == [2, 10_000]


def test_days_and_counts() -> None:
    assert limits.day("start", date(1800, 1, 1), where="") == date(1800, 1, 1)
    with pytest.raises(BadValue, match="start should be a day from 1800-01-01 to 2199-12-31, not 1799-12-31"):
        limits.day("start", date(1799, 12, 31), where="a")
    limits.count("class", 40, where="a")
    with pytest.raises(BadData, match=r"41 times \[class\], and at most 40"):
        limits.count("class", 41, where="a")
