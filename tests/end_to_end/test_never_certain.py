"""No chance is said to be nothing or certain: in no text, table or JSON of any command, on an embedded and on an own case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.own_case import own_case
from helpers.screens import Screen, commands, run

#: Keys of chances, with the ends of their intervals and the base rates beside them.
CHANCES = {
    "p_any", "any_lower", "any_upper", "any_baseline", "any_scenario", "base_rate", "mechanism_p_any", "chance",
    "probability", "p_more", "p_fewer", "support", "support_lower", "support_upper", "passes", "q_any",
}  # fmt: skip
#: Objects whose `lower` and `upper` are ends of a chance.
OF_CHANCES = {"probability", "p_any", "chance"}

#: A share of nothing or of all. Of records, not of chances, are what follows: coverage, and what mechanisms account for.
CERTAIN = re.compile(r"(?<![\d.,])(0|100)(\.0+)? ?%")
OBSERVED = {"attribute", "backtest", "sensitivity"}


def chances(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every chance in a JSON answer, with where it stands."""
    if isinstance(value, dict):
        if value.get("since") and "moments_reached" in value:  # a stage that it has come to: no chance, but what is
            return
        ends = {"lower", "upper"} if OF_CHANCES & value.keys() else set()
        for key, one in value.items():
            if key == "options":  # how weights were fitted
                continue
            if key in CHANCES | ends and isinstance(one, (int, float)):
                yield f"{path}.{key}", float(one)
            else:
                yield from chances(one, f"{path}.{key}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from chances(one, f"{path}[{number}]")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in texts(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in texts(one))


def check(shown: Screen) -> int:
    """That nothing a command says is certain; how many chances it told."""
    text, found = shown.at(400), 0
    if shown.words[0] not in OBSERVED:
        for said in (text, *(one for told in shown.told for one in texts(told))):
            assert not CERTAIN.search(said), (shown.words, CERTAIN.search(said), said[-300:])
    for told in shown.told:
        for path, one in chances(told):
            assert 0.0 < one < 1.0, (shown.words, path, one)
            found += 1
    return found


@pytest.mark.parametrize("light", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["light", "all"])
def test_an_embedded_case(light: bool, tmp_path: Path) -> None:
    asked = commands("israel-turkey", "2014-10-31", tmp_path, light=light)
    assert sum(check(run(words)) for words in asked) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("case", ["northeast-asia", "greece-turkey", "australia-japan"])
def test_the_other_cases(case: str, tmp_path: Path) -> None:
    day = {"northeast-asia": "2012-07-09", "greece-turkey": "2011-07-19", "australia-japan": "2008-05-21"}[case]
    assert sum(check(run(words)) for words in commands(case, day, tmp_path)) > 1000


def test_a_tiny_case_of_ones_own(tmp_path: Path) -> None:
    case = own_case(tmp_path)
    asked = commands(str(case), "", tmp_path / "out", light=True)
    assert sum(check(run(words)) for words in asked) > 500


@pytest.mark.slow
def test_a_tiny_case_of_ones_own_with_all_commands(tmp_path: Path) -> None:
    case = own_case(tmp_path)
    for words in commands(str(case), "", tmp_path / "out"):
        check(run(words))
    page = (tmp_path / "out" / "mine" / "brief.html").read_text(encoding="utf-8")
    said = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not CERTAIN.search(said), said[CERTAIN.search(said).start() - 200 :][:400]  # type: ignore[union-attr]
