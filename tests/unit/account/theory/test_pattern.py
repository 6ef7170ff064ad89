"""A pattern of acts that stands alone: which ordered pairs it takes in, and what it may not name."""

from __future__ import annotations

import pytest

from lynchpin.account.theory import Vocabulary, check_pattern, dyads_of, parse_pattern
from lynchpin.errors import BadMechanism

NAMES = Vocabulary(
    nodes=("USA", "JPN", "KOR", "PRK", "KOR.OPP"),
    roles={"patron": ("USA",), "ally": ("JPN", "KOR"), "noisy": ("JPN", "KOR.OPP")},
    variables={"a": "ally", "b": "ally"},
    classes=("talks", "conflict"),
    groups={"all": ("talks", "conflict")},
    contexts=frozenset({"trade"}),
    mechanisms=(),
)

PAIRS = [  # pattern, the ordered pairs, each once
    ("PRK -> KOR : conflict", [("PRK", "KOR")]),
    ("PRK -- KOR : conflict", [("PRK", "KOR"), ("KOR", "PRK")]),
    ("PRK -> ally : conflict", [("PRK", "JPN"), ("PRK", "KOR")]),
    ("patron -- ally : talks", [("USA", "JPN"), ("USA", "KOR"), ("JPN", "USA"), ("KOR", "USA")]),
    ("a -- b : talks", [("JPN", "KOR"), ("KOR", "JPN")]),
    ("a -> b : talks", [("JPN", "KOR"), ("KOR", "JPN")]),
    ("JPN -- ally : talks", [("JPN", "KOR"), ("KOR", "JPN")]),
]


@pytest.mark.parametrize(("text", "pairs"), PAIRS, ids=[text for text, _ in PAIRS])
def test_the_pairs_of_a_pattern(text: str, pairs: list[tuple[str, str]]) -> None:
    found = dyads_of(check_pattern(parse_pattern(text), NAMES))
    assert sorted(found) == sorted(pairs) and len(set(found)) == len(found)


def test_a_pattern_takes_in_the_classes_that_it_names() -> None:
    assert check_pattern(parse_pattern("PRK -> KOR : all"), NAMES).classes == ("talks", "conflict")
    assert check_pattern(parse_pattern("PRK -> KOR : talks"), NAMES).classes == ("talks",)


REFUSED = [
    ("PRK -> KOR : talks[trade]", "not drawn by context"),
    ("PRK -> noisy : talks", "'noisy' can be 'KOR.OPP', a sector"),
    ("noisy -> PRK : talks", "'noisy' can be 'KOR.OPP', a sector"),
    ("PRK -> KOR.OPP : talks", "'KOR.OPP' can be 'KOR.OPP', a sector"),
]


@pytest.mark.parametrize(("text", "what"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_is_drawn_between_states_has_no_contexts_and_no_sectors(text: str, what: str) -> None:
    edge = parse_pattern(text)
    with pytest.raises(BadMechanism, match=what):
        check_pattern(edge, NAMES)
    assert dyads_of(check_pattern(edge, NAMES, of_states=False))


@pytest.mark.parametrize("text", ["", "PRK", "PRK -> KOR", "PRK -> KOR : talks => KOR -> JPN : talks"])
def test_a_pattern_is_one_edge(text: str) -> None:
    with pytest.raises(BadMechanism):
        parse_pattern(text)
