"""A tree against its case: what each name comes to mean, and what each bad name is told."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from lynchpin.account.theory import (
    Bound,
    CheckedBoth,
    CheckedEdge,
    CheckedEither,
    CheckedMechanism,
    CheckedProduct,
    CheckedRef,
    Place,
    Vocabulary,
    check,
    check_all,
    parse,
)
from lynchpin.errors import BadMechanism

NAMES = Vocabulary(
    nodes=("USA", "JPN", "KOR", "PRK", "CHN", "AUS", "KOR.OPP", "KOR.GOV", "JPN.GOV", "KOR.LEG"),
    roles={
        "patron": ("USA",),
        "ally": ("JPN", "KOR"),
        "adversary": ("PRK",),
        "critic": ("PRK", "CHN"),
        "noise": ("KOR", "KOR.OPP"),
        "absent": (),
        "CHN": ("CHN",),
        "x": ("PRK",),
    },
    variables={
        "a": "ally",
        "b": "ally",
        "c": "ally",
        "k": "critic",
        "l": "critic",
        "s": "*",
        "q": "nobody",
        "x": "ally",
        "z": "absent",
    },
    classes=("talks", "drills", "protest", "clash", "any_thing", "twice"),
    groups={"good": ("talks", "drills"), "bad": ("protest", "clash"), "twice": ("talks",)},
    contexts=frozenset({"history", "trade"}),
    mechanisms=("me", "push", "brake"),
)
T = "a -> b : talks"


def checked(text: str) -> CheckedMechanism:
    return check(parse(text, mechanism="me"), NAMES, mechanism="me")


BAD = [
    # text, column, what, mend
    (
        f"patrn -> a : talks => {T}",
        1,
        "no node, role or variable is called 'patrn'",
        "did you mean 'patron'?",
    ),
    (f"a -> KRO : talks => {T}", 6, "no node, role or variable is called 'KRO'", "did you mean 'KOR'?"),
    (f"x -> a : talks => {T}", 1, "'x' is both a role and a variable", "another name"),
    (f"CHN -> a : talks => {T}", 1, "'CHN' is both a node and a role", "another name"),
    (
        f"q -> a : talks => {T}",
        1,
        "the variable 'q' ranges over 'nobody', which is not a role",
        "one of (roles)",
    ),
    (f"absent -> a : talks => {T}", 1, "nobody plays the role 'absent'", "give the role a member"),
    (f"z -> a : talks => {T}", 1, "nobody plays the role 'absent'", "give the role a member"),
    (f"KOR.OOP -> a : talks => {T}", 5, "there is no node 'KOR.OOP' in the case", "did you mean 'OPP'?"),
    (f"a.CVL -> a : talks => {T}", 3, "there is no node 'JPN.CVL or KOR.CVL' in the case", "sectors of a"),
    (
        f"PRK.GOV -> a : talks => {T}",
        5,
        "there is no node 'PRK.GOV' in the case",
        "there are none (sectors of PRK)",
    ),
    (f"a -> a : talks => {T}", 6, "'a' and 'a' can only be one and the same node", "two different nodes"),
    (
        f"patron -- USA : talks => {T}",
        11,
        "'patron' and 'USA' can only be one and the same node",
        "two different nodes",
    ),
    (
        f"a.OPP -> a.OPP : talks => {T}",
        10,
        "'a.OPP' and 'a.OPP' can only be one and the same node",
        "two different",
    ),
    (
        f"a.OPP -> KOR.OPP : talks => {T}",
        10,
        "'a.OPP' and 'KOR.OPP' can only be one and the same node",
        "two different",
    ),
    (f"a -> b : tlaks => {T}", 10, "no class or group is called 'tlaks'", "did you mean 'talks'?"),
    (f"a -> b : twice => {T}", 10, "'twice' is both a class and a group", "another name"),
    (f"a -> b : talks[trad] => {T}", 16, "no context is called 'trad'", "did you mean 'trade'?"),
    (f"psh => {T}", 1, "no mechanism is called 'psh'", "did you mean 'push'?"),
    (f"patron => {T}", 1, "no mechanism is called 'patron'", "'patron -> ... : class'"),
    (f"a -> b : talks * me => {T}", 18, "the mechanism 'me' refers to itself", "another mechanism"),
    ("push => a -> b : talks[trade]", 24, "the right side of '=>' takes no contexts", "a class only"),
    (
        "push => KOR.OPP -> JPN : talks",
        9,
        "'KOR.OPP' can be 'KOR.OPP', a sector; what moves on the right of '=>' is between states",
        "name a state",
    ),
    (
        "push => JPN -> noise : talks",
        16,
        "'noise' can be 'KOR.OPP', a sector; what moves on the right of '=>' is between states",
        "name a state",
    ),
    ("push => a -> b : tlaks", 18, "no class or group is called 'tlaks'", "did you mean 'talks'?"),
    (f"c -> PRK : talks => {T}", 1, "3 variables range over the 2 members of 'ally'", "use fewer"),
]


@pytest.mark.parametrize(("text", "column", "what", "mend"), BAD)
def test_bad_names(text: str, column: int, what: str, mend: str) -> None:
    with pytest.raises(BadMechanism) as caught:
        checked(text)
    assert caught.value.what == what
    assert mend in caught.value.mend
    assert caught.value.where == f'mechanism "me", line 1, column {column}'


@pytest.mark.parametrize("told", ["parse", "check", "both"])
def test_the_place_may_be_told_to_parse_or_to_check(told: str) -> None:
    place = Place("asia.toml", 41, 9)
    says = parse(f"patrn -> a : talks\n => {T}", place=None if told == "check" else place)
    with pytest.raises(BadMechanism) as caught:
        check(says, NAMES, mechanism="push", place=None if told == "parse" else place)
    assert caught.value.where == 'mechanism "push", asia.toml, line 41, column 9'


def test_kinds_of_ends() -> None:
    one = checked("patron -> KOR : talks & s -> a.GOV : bad[trade, history, trade] => a -- b : good")
    assert isinstance(one.cause, CheckedBoth)
    first, second = one.cause.parts
    assert isinstance(second, CheckedEdge)
    assert first == CheckedEdge(
        Bound("patron", "role", None, ("USA",), "patron"),
        Bound("KOR", "node", None, ("KOR",)),
        True,
        ("talks",),
        (),
        "talks",
        summed=("patron",),
    )
    assert second.source == Bound("s", "variable", None, ("USA", "JPN", "KOR", "PRK", "CHN", "AUS"), "*")
    assert second.target == Bound("a", "variable", "GOV", ("JPN.GOV", "KOR.GOV"), "ally")
    assert (second.classes, second.contexts) == (("protest", "clash"), ("trade", "history"))
    assert (one.target.directed, one.target.classes, one.target.acts) == (False, ("talks", "drills"), "good")
    assert [name.name for name in one.names] == ["patron", "KOR", "s", "a", "b"]
    assert one.names[3] == Bound("a", "variable", None, ("JPN", "KOR"), "ally")
    assert str(one) == one.text == "patron -> KOR : talks & s -> a.GOV : bad[trade, history, trade] => a -- b : good"


def test_any_is_every_class() -> None:
    assert checked("PRK -> a : any => a -> b : any").target.classes == NAMES.classes


def test_two_sectors_of_one_state_may_meet_in_an_edge() -> None:
    one = checked(f"a.OPP -> a.GOV : protest => {T}")
    assert isinstance(one.cause, CheckedEdge)
    assert one.cause.source.domain == ("KOR.OPP",)


def test_a_sector_of_a_name_in_state_terms() -> None:
    end = Bound("a", "variable", "LEG", ("KOR.LEG",), "ally")
    assert (end.node("KOR"), end.node("JPN")) == ("KOR.LEG", None)
    assert Bound("KOR", "node", None, ("KOR",)).node("KOR") == "KOR"


MEANING = [
    # text, free, distinct, references, dyads
    (f"adversary -> a : bad => {T}", ("adversary",), (("a", "b"),), (), (("JPN", "KOR"), ("KOR", "JPN"))),
    ("ally -- PRK : bad => patron -- KOR : good", ("ally",), (), (), (("USA", "KOR"), ("KOR", "USA"))),
    (
        "push * brake * push => USA -> ally : good",
        (),
        (),
        ("push", "brake"),
        (("USA", "JPN"), ("USA", "KOR")),
    ),
    ("a -> k : bad & l -> a : bad => critic -> s : bad", ("a", "k", "l"), (("k", "l"),), (), None),
    ("ally -> JPN : good => ally -> KOR : good", (), (), (), (("JPN", "KOR"),)),
]


@pytest.mark.parametrize(("text", "free", "distinct", "references", "dyads"), MEANING)
def test_meaning(text, free, distinct, references, dyads) -> None:  # type: ignore[no-untyped-def]
    one = checked(text)
    assert (one.free, one.distinct, one.references) == (free, distinct, references)
    if dyads is not None:
        assert one.dyads == dyads
    assert all(i != j for i, j in one.dyads)
    assert len(set(one.dyads)) == len(one.dyads)


SUMS = [
    # text, names summed at the top, at each part below it
    (f"critic -> a : bad => {T}", ("critic",), ()),
    (f"critic -> a : bad & critic -> b : bad => {T}", ("critic",), ((), ())),
    (f"critic -> a : bad | a -> b : bad => {T}", (), (("critic",), ())),
    (f"critic -> a : bad | s -> b : bad => {T}", (), (("critic",), ("s",))),
    (
        f"k -> a : bad | l -> b : bad => {T}",
        ("k", "l"),
        ((), ()),
    ),  # one role: never one node, so summed together
    (f"k -> a : bad * (s -> k : bad | s -> b : bad) => {T}", ("k",), ((), ("s",))),
]


@pytest.mark.parametrize(("text", "top", "below"), SUMS)
def test_where_free_names_are_summed(text: str, top: tuple[str, ...], below: tuple[tuple[str, ...], ...]) -> None:
    cause = checked(text).cause
    assert not isinstance(cause, CheckedRef)
    assert cause.summed == top
    if not isinstance(cause, CheckedEdge):
        assert tuple(part.summed for part in cause.parts if not isinstance(part, CheckedRef)) == below


def test_the_tree_keeps_its_shape_and_its_tokens() -> None:
    cause = checked(f"(a -- b : bad | push) * brake => {T}").cause
    assert isinstance(cause, CheckedProduct)
    assert isinstance(cause.parts[0], CheckedEither)
    assert cause.parts[1] == CheckedRef("brake")
    assert cause.parts[1].token.text == "brake"
    assert (cause.token.text, cause.parts[0].token.text) == ("*", "|")


def test_a_checked_mechanism_travels_between_processes() -> None:
    one = checked(f"critic -> a : bad * push => {T}")
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert hash(again) == hash(one)


def all_of(**texts: str) -> dict[str, CheckedMechanism]:
    names = replace(NAMES, mechanisms=tuple(texts))
    return {name: check(parse(text), names, mechanism=name) for name, text in texts.items()}


def test_references_that_hold() -> None:
    check_all(all_of(brake=f"a -- b : bad * push => {T}", push=f"patron -- a : good => {T}"))
    check_all({})


TOGETHER = [
    (
        {
            "first": f"push => {T}",
            "push": f"s -> a : bad * brake => {T}",
            "brake": f"hold => {T}",
            "hold": f"push => {T}",
        },
        "mechanisms refer to each other in a circle: push -> brake -> hold -> push",
        'mechanism "push", line 1, column 16',
    ),
    (
        {"push": f"patron -- a : good => {T}", "brake": "push => USA -> KOR : talks"},
        "the mechanism 'push' never moves a dyad of this one, so it is always 0",
        'mechanism "brake", line 1, column 1',
    ),
]


@pytest.mark.parametrize(("texts", "what", "where"), TOGETHER)
def test_mechanisms_that_cannot_stand_together(texts: dict[str, str], what: str, where: str) -> None:
    with pytest.raises(BadMechanism) as caught:
        check_all(all_of(**texts))
    assert (caught.value.what, caught.value.where) == (what, where)
    assert caught.value.mend


def test_a_reference_left_alone_is_refused() -> None:
    some = all_of(brake=f"push => {T}", push=f"a -> b : bad => {T}")
    del some["push"]
    with pytest.raises(BadMechanism, match="no mechanism is called 'push'"):
        check_all(some)
