"""Laws of the theory language: printing and parsing undo each other; bad text is told so, at a place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lynchpin.account.theory._nodes as nodes
import lynchpin.account.theory.tokens as tokens
from lynchpin import days as calendar
from lynchpin.account.theory import (
    AboutContext,
    Acts,
    Both,
    Edge,
    Either,
    Endpoint,
    Place,
    Product,
    Ref,
    Says,
    Vocabulary,
    check,
    parse,
    tokenise,
)
from lynchpin.days import format_duration, parse_duration
from lynchpin.errors import BadMechanism

NAME = st.from_regex(r"[A-Za-z]([A-Za-z0-9_]|-[A-Za-z0-9]){0,4}", fullmatch=True)
ENDPOINT = st.builds(Endpoint, NAME, st.none() | NAME)
ACTS = st.builds(Acts, NAME, st.lists(st.builds(AboutContext, NAME), max_size=3).map(tuple))
EDGE = st.builds(Edge, ENDPOINT, ENDPOINT, st.booleans(), ACTS)
CAUSE = st.recursive(
    EDGE | st.builds(Ref, NAME),
    lambda inside: st.sampled_from([Both, Either, Product]).flatmap(
        lambda join: st.lists(inside, min_size=2, max_size=3).map(lambda parts: join(tuple(parts)))
    ),
    max_leaves=8,
)
SAYS = st.builds(Says, CAUSE, EDGE)
WORD = st.sampled_from(
    [
        "=>",
        "->",
        "--",
        "*",
        "|",
        "&",
        ":",
        ".",
        "[",
        "]",
        "(",
        ")",
        ",",
        "a",
        "KOR",
        "x-y",
        " ",
        "\n",
        "-",
        "→",
    ]
)
NEAR = st.lists(WORD, max_size=30).map("".join)  # nearly a mechanism
TEXT = st.text(max_size=60) | NEAR
NAMES = Vocabulary(("KOR", "JPN"), {"a": ("JPN",)}, {}, ("x",), {}, frozenset(), ())


def undoes(says: Says) -> None:
    text = str(says)
    assert parse(text) == says
    assert str(parse(text)) == text


def refuses_in_place(text: str) -> None:
    try:
        check(parse(text), NAMES, mechanism="")
    except BadMechanism as error:
        place = re.fullmatch(r"line ([0-9]+), column ([0-9]+)", error.where)
        assert place is not None
        line, column = int(place[1]), int(place[2])
        lines = text.split("\n")
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        assert error.what


def finds_its_tokens(text: str) -> None:
    try:
        found = tokenise(text)
    except BadMechanism:
        return
    lines = text.split("\n")
    for token in found:
        assert lines[token.line - 1][token.column - 1 :].startswith(token.text)
    assert "".join(token.text for token in found) == "".join(text.split())


def ignores_blanks(says: Says, seed: int = 0b111001001110) -> None:
    blanks = ("", " ", "\n", "\t  ")
    words = [token.text for token in tokenise(str(says))]
    loose = "".join(word + blanks[(seed >> (k % 31)) & 3] for k, word in enumerate(words))
    assert parse(loose) == says


def shifts_the_first_line(text: str, line: int = 41, column: int = 9) -> None:
    try:
        plain = tokenise(text)
    except BadMechanism:
        return
    for here, there in zip(plain, tokenise(text, place=Place("f", line, column)), strict=True):
        assert there.line - here.line == line - 1
        assert there.column - here.column == (column - 1 if here.line == 1 else 0)


def survives_its_text(days: float) -> None:
    assert parse_duration(format_duration(days)) == days


@given(SAYS)
def test_print_then_parse_gives_the_tree_back(says: Says) -> None:
    undoes(says)


@given(SAYS, st.integers(0, 2**32))
def test_blanks_mean_nothing(says: Says, seed: int) -> None:
    ignores_blanks(says, seed)


@given(TEXT)
def test_text_is_read_or_refused_in_place(text: str) -> None:
    refuses_in_place(text)


@given(TEXT)
def test_tokens_stand_where_they_say(text: str) -> None:
    finds_its_tokens(text)


@given(SAYS, st.integers(0, 500), st.sampled_from("!→<=)(&:"))
def test_one_wrong_character_is_refused_in_place(says: Says, position: int, wrong: str) -> None:
    text = str(says)
    refuses_in_place(text[: position % len(text)] + wrong + text[position % len(text) :])


@given(NEAR, st.integers(1, 999), st.integers(1, 99))
def test_a_place_shifts_columns_on_the_first_line_only(text: str, line: int, column: int) -> None:
    shifts_the_first_line(text, line, column)


@given(
    st.floats(min_value=0, exclude_min=True, allow_infinity=False, allow_nan=False)
    | st.integers(1, 10**6).map(lambda n: n / 24)
)
def test_a_duration_survives_its_text(days: float) -> None:
    survives_its_text(days)


# A fault planted in each law is caught --------------------------------------------------------------------------


def without_parentheses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes._Join, "_wrapped", lambda self, part: str(part))


def columns_from_the_start_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens.Place, "at", lambda self, line, column: Place(self.file, line, column + 7))


def names_with_a_hyphen_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = re.compile(r"(?P<blank>[ \t\r\n]+)|(?P<name>[A-Za-z][A-Za-z0-9_-]*)|(?P<symbol>=>|->|--|[*|&:.,()\[\]])")
    monkeypatch.setattr(tokens, "_TOKEN", greedy)


def line_breaks_not_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_TOKEN", re.compile(tokens._TOKEN.pattern.replace(r"\n", "")))


def every_line_shifted(monkeypatch: pytest.MonkeyPatch) -> None:
    shifted = lambda self, line, column: Place(self.file, self.line + line - 1, self.column + column - 1)  # noqa: E731
    monkeypatch.setattr(tokens.Place, "at", shifted)


def two_decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "_split", lambda days: (f"{days:.2f}", "d"))


def breaks(law: Callable[..., None], *cases: object) -> bool:
    for case in cases:
        try:
            law(case)
        except (AssertionError, BadMechanism):
            return True
    return False


A = Edge(Endpoint("a"), Endpoint("b"), True, Acts("x"))
NESTED = Says(Both((Either((A, Ref("m"))), A)), A)
FAULTS = [
    (without_parentheses, undoes, NESTED),
    (columns_from_the_start_of_the_text, refuses_in_place, "a !"),
    (columns_from_the_start_of_the_text, finds_its_tokens, "a -> b"),
    (line_breaks_not_blank, ignores_blanks, NESTED),
    (every_line_shifted, shifts_the_first_line, "a ->\n b"),
    (two_decimals, survives_its_text, 43.21875),
    (names_with_a_hyphen_at_the_end, lambda text: undoes(parse(text)), "a->b : x => a->b : x"),
]


@pytest.mark.parametrize(("fault", "law", "case"), FAULTS)
def test_a_planted_fault_is_caught(fault, law, case, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    assert not breaks(law, case)
    fault(monkeypatch)
    assert breaks(law, case)
