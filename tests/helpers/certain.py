"""That no chance is said to be nothing or certain: in no text, table or JSON that a command shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helpers.screens import Screen

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
