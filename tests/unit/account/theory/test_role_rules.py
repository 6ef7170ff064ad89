"""Rules of roles: text to tree, bad text to message, and the law that printing and parsing undo each other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lynchpin.account.theory.rules as rules
from lynchpin.account.structure import CONDITIONS
from lynchpin.account.theory import Place
from lynchpin.account.theory.rules import AllOf, EitherOf, Holds, Not, check_rule, explain_rule, others_of, parse_rule
from lynchpin.errors import BadMechanism

OTHERS = {"patron", "ally", "USA"}
POWER, PACT = Holds("major_power"), Holds("allied_with", ("patron",))

TREES = [
    ("major_power", POWER),
    ("allied_with( patron )", PACT),
    ("not major_power", Not(POWER)),
    ("allied_with(patron)&major_power", AllOf((PACT, POWER))),
    ("major_power | allied_with(patron) & not USA", EitherOf((POWER, AllOf((PACT, Not(Holds("USA"))))))),
    ("(major_power | USA) & allied_with(patron)", AllOf((EitherOf((POWER, Holds("USA"))), PACT))),
    ("not (major_power | USA)", Not(EitherOf((POWER, Holds("USA"))))),
    ("capability_share(0.03)", Holds("capability_share", ("0.03",))),
    ("claim_with(ally, 30y)\n| claims_against(ally)", EitherOf((Holds("claim_with", ("ally", "30y")), Holds("claims_against", ("ally",))))),
]  # fmt: skip

# text, what, line and column, words of the mend
BAD = [
    ("", "the rule says nothing", (7, 5), "allied_with"),
    ("major_power allied_with(patron)", "'allied_with' does not belong here", (7, 17), "'&' or '|'"),
    ("allied_with(patron", "'(' is never closed", (7, 16), "')'"),
    ("(major_power", "'(' is never closed", (7, 5), "')'"),
    ("major_power)", "')' closes nothing", (7, 16), "take it away"),
    ("major_power &", "a condition is missing before the end", (7, 18), "allied_with"),
    ("& major_power", "a condition is missing before '&'", (7, 5), ""),
    ("allied_with()", "an argument is missing before ')'", (7, 17), "allied_with(patron)"),
    ("allied_wth(patron)", "no condition, role or state is called 'allied_wth'", (7, 5), "'allied_with'"),
    ("ally(patron)", "no condition, role or state is called 'ally'", (7, 5), ""),
    ("allied_with(patrn)", "no role or state is called 'patrn'", (7, 17), "'patron'"),
    ("allied_with", "'allied_with' takes 1 to 2 arguments, not 0", (7, 5), "allied_with(patron, neutrality)"),
    ("major_power(USA)", "'major_power' takes no argument, not 1", (7, 5), "major_power"),
    ("stronger_than(USA, 3)", "'stronger_than' takes 1 argument, not 2", (7, 5), ""),
    ("allied_with(patron, defence)", "'allied_with' knows no kind 'defence'", (7, 25), "'defense'"),
    ("capability_share(3)", "'3' is not a share", (7, 22), "0.03"),
    ("capability_share(much)", "'much' is not a share", (7, 22), "0.03"),
    ("claim_with(ally, 30)", "'30' is not a length of time", (7, 22), "8w"),
    ("not\nnot major_pwer", "no condition, role or state is called 'major_pwer'", (8, 5), "'major_power'"),
    ("patron -> ally", "the character '-' cannot stand here", (7, 12), "& | not"),
    ("3x", "the character '3' cannot stand here", (7, 5), ""),
    ("(" * 60 + "major_power" + ")" * 60, "too many parentheses inside each other", (7, 45), "names"),
]  # fmt: skip

SENTENCES = [
    ("allied_with(patron)", "has a defence pact with patron"),
    ("allied_with(patron, any)", "has a formal pact with patron"),
    ("not USA & claim_with(ally, 30y)", "is not USA and has a territorial claim on ally or is claimed from by ally at some time in the last 30 years"),
    ("(major_power | USA) & capability_share(0.03)", "(either is a major power or is USA) and has at least 3 % of the world's capabilities"),
    ("disputed_with(ally)", "had a militarised dispute with ally at some time in the last 10 years"),
    ("not (major_power | contiguous(ally))", "is not one that is a major power or is a neighbour of ally by land"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[text for text, _ in TREES])
def test_text_gives_a_tree_that_gives_the_text_back(text, tree):
    assert parse_rule(text) == tree
    assert parse_rule(str(tree)) == tree
    check_rule(parse_rule(text), CONDITIONS, OTHERS)


@pytest.mark.parametrize(("text", "what", "at", "mend"), BAD, ids=[text[:30] for text, *_ in BAD])
def test_bad_text_is_told_so_at_its_place(text, what, at, mend):
    with pytest.raises(BadMechanism) as caught:
        check_rule(parse_rule(text, place=Place("f.toml", 7, 5)), CONDITIONS, OTHERS)
    assert caught.value.what.startswith(what)
    assert caught.value.where == f"f.toml, line {at[0]}, column {at[1]}"
    assert mend in caught.value.mend


@pytest.mark.parametrize(("text", "said"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_a_rule_is_said_in_english(text, said):
    assert explain_rule(parse_rule(text), CONDITIONS) == said


def test_a_rule_names_whom_it_speaks_of():
    rule = parse_rule("allied_with(patron) & not (rival_of(ally) | USA) & rival_of(patron) & major_power")
    assert others_of(rule, CONDITIONS) == ("patron", "ally", "USA")


NAME = st.from_regex(r"[A-Za-z]([A-Za-z0-9_]|-[A-Za-z0-9]){0,4}", fullmatch=True).filter(lambda name: name != "not")
ARGUMENT = NAME | st.sampled_from(["0.03", "30y", "2mo", "7"])
RULE = st.recursive(
    st.builds(Holds, NAME, st.lists(ARGUMENT, max_size=3).map(tuple)),
    lambda inside: (
        st.builds(Not, inside)
        | st.sampled_from([AllOf, EitherOf]).flatmap(
            lambda join: st.lists(inside, min_size=2, max_size=3).map(lambda parts: join(tuple(parts)))
        )
    ),
    max_leaves=8,
)
WORD = st.sampled_from(["&", "|", "not", "(", ")", ",", "a", "KOR", "0.1", "30y", " ", "\n", "-", "major_power"])


def undoes(rule):
    assert parse_rule(str(rule)) == rule


@given(RULE)
def test_print_then_parse_gives_the_rule_back(rule):
    undoes(rule)


@given(st.text(max_size=40) | st.lists(WORD, max_size=20).map(" ".join))
def test_text_is_read_or_refused_in_place(text):
    try:
        rule = parse_rule(text)
    except BadMechanism as error:
        place = re.fullmatch(r"line ([0-9]+), column ([0-9]+)", error.where)
        assert place is not None and error.what
        lines = text.split("\n")
        assert 1 <= int(place[2]) <= len(lines[int(place[1]) - 1]) + 1
    else:
        undoes(rule)


def test_the_law_catches_lost_parentheses(monkeypatch):
    """A fault planted once: a join that prints its parts bare."""
    monkeypatch.setattr(rules._RuleJoin, "__str__", lambda self: f" {self.symbol} ".join(map(str, self.parts)))
    with pytest.raises(AssertionError):
        undoes(parse_rule("(major_power | USA) & KOR"))
