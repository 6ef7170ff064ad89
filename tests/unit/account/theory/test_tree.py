"""Text of a mechanism to its tree, and bad text to the words that say what is wrong."""

from __future__ import annotations

import re

import pytest

from lynchpin.account.theory import (
    OPERATORS,
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
    parse,
    tokenise,
)
from lynchpin.errors import BadMechanism


def edge(source: str, arrow: str, target: str, acts: str, *contexts: str) -> Edge:
    ends = [Endpoint(*end.split(".")) for end in (source, target)]
    return Edge(ends[0], ends[1], arrow == "->", Acts(acts, tuple(map(AboutContext, contexts))))


A, B, C = edge("a", "->", "b", "x"), edge("b", "--", "c", "y"), edge("c", "->", "a", "z")
T = edge("a", "->", "b", "t")
TEXT_T = "a -> b : t"

TREES = [
    # text, canonical text, tree
    ("a->b:x=>a->b:t", "a -> b : x => a -> b : t", Says(A, T)),
    (
        "a--b:x=>a--b:t",
        "a -- b : x => a -- b : t",
        Says(edge("a", "--", "b", "x"), edge("a", "--", "b", "t")),
    ),
    ("  a ->\n b\t:  x\r\n=> a -> b : t ", "a -> b : x => a -> b : t", Says(A, T)),
    (
        "KOR.OPP -> KOR.GOV : x[p,q] => a -> b : t",
        "KOR.OPP -> KOR.GOV : x[p, q] => a -> b : t",
        Says(edge("KOR.OPP", "->", "KOR.GOV", "x", "p", "q"), T),
    ),
    ("push => a -> b : t", "push => a -> b : t", Says(Ref("push"), T)),
    (
        "far-east -> a-1 : b_c => a -> b : t",
        "far-east -> a-1 : b_c => a -> b : t",
        Says(edge("far-east", "->", "a-1", "b_c"), T),
    ),
    (
        "a -> b : x & b -- c : y & m => a -> b : t",
        "a -> b : x & b -- c : y & m => a -> b : t",
        Says(Both((A, B, Ref("m"))), T),
    ),
    (
        "a -> b : x | b -- c : y & c -> a : z => a -> b : t",
        "a -> b : x | b -- c : y & c -> a : z => a -> b : t",
        Says(Either((A, Both((B, C)))), T),
    ),
    (
        "(a -> b : x | b -- c : y) & c -> a : z => a -> b : t",
        "(a -> b : x | b -- c : y) & c -> a : z => a -> b : t",
        Says(Both((Either((A, B)), C)), T),
    ),
    (
        "a -> b : x | b -- c : y * m => a -> b : t",
        "a -> b : x | b -- c : y * m => a -> b : t",
        Says(Product((Either((A, B)), Ref("m"))), T),
    ),
    ("((a -> b : x)) => a -> b : t", "a -> b : x => a -> b : t", Says(A, T)),
    (
        "(a -> b : x & b -- c : y) & c -> a : z => a -> b : t",
        "(a -> b : x & b -- c : y) & c -> a : z => a -> b : t",
        Says(Both((Both((A, B)), C)), T),
    ),
]

REAL = [
    "adversary -> a : conflict => a -> b : cooperation",
    "adversary -> ally : material_conflict => patron -- KOR : cooperation",
    "patron -- a : cooperation & patron -- b : cooperation => a -> b : cooperation",
    "a -- b : grievance * patron_push => a -> b : cooperation",
    "KOR.OPP -> KOR.GOV : conflict[domestic] | KOR.CVL -> KOR.GOV : conflict => KOR -> JPN : verbal_conflict",
    "patron -- JPN : security_cooperation & patron -- KOR : security_cooperation | JPN -- KOR : security_cooperation"
    " => critic -> KOR : verbal_conflict",
    "USA -- regional : cooperation => USA -- KOR : cooperation",
]

BAD = [
    # text, column, what, part of the mend
    ("", 1, "the mechanism says nothing", "cause => target"),
    ("   ", 4, "the mechanism says nothing", "cause => target"),
    ("a -> b : x", 11, "there is no '=>'", "cause => target"),
    ("a -> b : x => b -> a : x => a -> b : t", 26, "there is a second '=>'", "one mechanism for each"),
    (f"=> {TEXT_T}", 1, "an edge or a mechanism is missing before '=>'", "a -> b : class"),
    (f"a -> b : x & => {TEXT_T}", 14, "an edge or a mechanism is missing before '=>'", "a -> b : class"),
    (f"* m => {TEXT_T}", 1, "an edge or a mechanism is missing before '*'", "a -> b : class"),
    (f"() => {TEXT_T}", 2, "an edge or a mechanism is missing before ')'", "a -> b : class"),
    (f"-> b : x => {TEXT_T}", 1, "the left end is missing before '->'", "a -> b : class"),
    (f"a -> : x => {TEXT_T}", 6, "the right end is missing after '->'", "a -> b : class"),
    (f"a -- => {TEXT_T}", 6, "the right end is missing after '--'", "a -> b : class"),
    (f"a : x => {TEXT_T}", 3, "'->' or '--' is missing after 'a'", "a -> b : class"),
    (f"KOR.OPP : x => {TEXT_T}", 9, "'->' or '--' is missing after 'KOR.OPP'", "a -> b : class"),
    (f"KOR. -> b : x => {TEXT_T}", 6, "a sector is missing after 'KOR.'", "KOR.OPP"),
    (f"a -> b x => {TEXT_T}", 8, "':' and a class are missing after 'b'", "a -> b : class"),
    (f"a -> b -> c : x => {TEXT_T}", 8, "':' and a class are missing after 'b'", "a -> b : class"),
    (f"a -> b : => {TEXT_T}", 10, "a class is missing after ':'", "'any'"),
    ("a -> b : x => a -> b :", 23, "a class is missing after ':'", "'any'"),
    (f"a -> b : x[] => {TEXT_T}", 12, "a context is missing before ']'", "conflict[history]"),
    (f"a -> b : x[p,] => {TEXT_T}", 14, "a context is missing before ']'", "conflict[history]"),
    (f"a -> b : x[p q] => {TEXT_T}", 11, "'[' is never closed", "',' between two"),
    (f"a -> b : x[p => {TEXT_T}", 11, "'[' is never closed", "put ']'"),
    (f"(a -> b : x => {TEXT_T}", 1, "'(' is never closed", "put ')'"),
    (f"m & (a -> b : x => {TEXT_T}", 5, "'(' is never closed", "put ')'"),
    (f"(a -> b : x m) => {TEXT_T}", 13, "'m' does not belong here", "'&', '|' or '*'"),
    (f"a -> b : x) => {TEXT_T}", 11, "')' closes nothing", "put '('"),
    (f"a -> b : x b -> a : x => {TEXT_T}", 12, "'b' does not belong here", "'&', '|' or '*'"),
    (f"a -> b : x , m => {TEXT_T}", 12, "',' does not belong here", "'&', '|' or '*'"),
    ("a -> b : x =>", 14, "the right side of '=>' is missing", "a -> b : class"),
    ("a -> b : x => -> b : t", 15, "the left end is missing before '->'", "a -> b : class"),
    ("a -> b : x => push", 15, "the right side of '=>' is not an edge", "a -> b : class"),
    ("a -> b : x => (a -> b : t)", 15, "the right side of '=>' is not an edge", "a -> b : class"),
    (f"m => {TEXT_T} & m", 17, "'&' does not belong here", "is one edge"),
    (f"m => {TEXT_T} )", 17, "')' closes nothing", "put '('"),
    (f"a <- b : x => {TEXT_T}", 3, "the character '<' cannot stand here", "turn the edge round"),
    (f"a → b : x => {TEXT_T}", 3, "the character '→' (rightwards arrow) cannot stand here", "write '->'"),
    (f"a – b : x => {TEXT_T}", 3, "the character '–' (en dash) cannot stand here", "write '--'"),
    (f"a - b : x => {TEXT_T}", 3, "the character '-' cannot stand here", "write '->' for one way"),
    (
        f"a\u00a0-> b : x => {TEXT_T}",
        2,
        "the character '\\xa0' (no-break space) cannot stand here",
        "use letters",
    ),
    (f"a -> b : x => {TEXT_T} # why", 26, "the character '#' cannot stand here", "comments"),
    (f"3rd -> b : x => {TEXT_T}", 1, "the character '3' cannot stand here", "start a name with a letter"),
    (f"a -> b : x\n => {TEXT_T} !", 16, "the character '!' cannot stand here", "use letters"),
    (
        "(" * 41 + "a -> b : x" + ")" * 41 + f" => {TEXT_T}",
        41,
        "too many parentheses inside each other",
        "cut it",
    ),
    ("(" * 9000 + f" => {TEXT_T}", 41, "too many parentheses inside each other", "cut it"),
]


@pytest.mark.parametrize(("text", "canonical", "tree"), TREES)
def test_text_to_tree(text: str, canonical: str, tree: Says) -> None:
    assert parse(text) == tree
    assert str(parse(text)) == canonical
    assert parse(canonical) == tree


@pytest.mark.parametrize("text", REAL)
def test_real_mechanisms_are_their_own_canonical_text(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(("text", "column", "what", "mend"), BAD)
def test_bad_text(text: str, column: int, what: str, mend: str) -> None:
    with pytest.raises(BadMechanism) as caught:
        parse(text, mechanism="push")
    error = caught.value
    assert error.what == what
    assert mend in error.mend
    line = 2 if "\n" in text else 1
    assert error.where == f'mechanism "push", line {line}, column {column}'


def test_every_error_of_the_parser_has_a_mend() -> None:
    assert all(mend for *_, mend in BAD)


def test_columns_count_from_the_place_in_the_file() -> None:
    place = Place("northeast.toml", 41, 9)
    with pytest.raises(BadMechanism) as caught:
        parse("a -> : x => a -> b : t", mechanism="patron_push", place=place)
    assert caught.value.where == 'mechanism "patron_push", northeast.toml, line 41, column 14'
    with pytest.raises(BadMechanism, match=re.escape("where: northeast.toml, line 42, column 3")):
        parse("a -> b : x =>\n  push", place=place)


def test_every_node_keeps_its_token() -> None:
    text = "KOR.OPP -> b : x[p] & m => a -- b : t"
    says = parse(text)
    assert isinstance(says.cause, Both)
    first, second = says.cause.parts
    assert isinstance(first, Edge)
    assert isinstance(second, Ref)
    found = [
        (says.token, "=>"),
        (says.cause.token, "&"),
        (first.token, "->"),
        (first.source.token, "KOR"),
        (first.source.sector_token, "OPP"),
        (first.target.token, "b"),
        (first.acts.token, "x"),
        (first.acts.contexts[0].token, "p"),
        (second.token, "m"),
        (says.target.token, "--"),
    ]
    for token, written in found:
        assert token.text == written
        assert text[token.column - 1 :].startswith(written)


def test_the_first_of_several_operators_is_the_token() -> None:
    assert parse("m & n & o => a -> b : t").cause.token.column == 3


def test_tokens_end_one_past_the_text() -> None:
    end = tokenise("a ->\nbc")[-1]
    assert (end.kind, end.line, end.column) == ("end", 2, 3)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.symbol)
def test_every_operator_has_an_example_that_uses_it(operator) -> None:  # type: ignore[no-untyped-def]
    assert str(parse(operator.example)) == operator.example
    assert all(part in operator.example for part in operator.symbol.split())
