"""What a rule may ask of a state: one row for each condition, and how it is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lynchpin.account.structure.facts import OBLIGATIONS, Fact
from lynchpin.account.structure.known import KnownFacts
from lynchpin.account.theory.rules import StateCondition

Reasons = dict[str, tuple[Fact, ...]]

#: name -> condition
CONDITIONS: dict[str, StateCondition] = {
    condition.name: condition
    for condition in (
        StateCondition("major_power", "is a major power", needs_other=False, example="major_power"),
        StateCondition(
            "capability_share",
            "has at least {option} of the world's capabilities",
            needs_other=False,
            option="share",
            example="capability_share(0.03)",
        ),
        StateCondition(
            "stronger_than",
            "has a larger share of the world's capabilities than {of}",
            needs_other=True,
            example="stronger_than(ally)",
        ),
        StateCondition(
            "allied_with",
            "has a {option} pact with {of}",
            needs_other=True,
            option="kind",
            kinds=(*OBLIGATIONS, "any"),
            option_words={**OBLIGATIONS, "any": "formal"},
            default="defense",
            example="allied_with(patron, neutrality)",
        ),
        StateCondition(
            "claim_with",
            "has a territorial claim on {of} or is claimed from by {of}{option}",
            needs_other=True,
            option="within",
            example="claim_with(ally, 30y)",
        ),
        StateCondition(
            "claims_against",
            "claims territory of {of}{option}",
            needs_other=True,
            option="within",
            example="claims_against(ally)",
        ),
        StateCondition(
            "rival_of",
            "is a rival of {of}{option}",
            needs_other=True,
            option="within",
            example="rival_of(ally)",
        ),
        StateCondition(
            "disputed_with",
            "had a militarised dispute with {of}{option}",
            needs_other=True,
            option="within",
            default="10y",
            example="disputed_with(ally, 20y)",
        ),
        StateCondition(
            "contiguous",
            "is a neighbour of {of} by {option}",
            needs_other=True,
            option="kind",
            kinds=("land", "water"),
            option_words={"land": "land", "water": "land or up to 400 miles of water"},
            default="land",
            example="contiguous(ally, water)",
        ),
    )
}

#: condition -> the kinds of fact it looks at
LOOKS_AT: dict[str, tuple[str, ...]] = {
    "major_power": ("power",),
    "capability_share": ("capability",),
    "stronger_than": ("capability",),
    "allied_with": ("alliance",),
    "claim_with": ("claim",),
    "claims_against": ("claim",),
    "rival_of": ("rivalry",),
    "disputed_with": ("dispute",),
    "contiguous": ("contiguity",),
}


def who(known: KnownFacts, condition: str, others: Iterable[str], option: str | float) -> Reasons:
    """The states for which a condition holds, each with the facts that say so.

    Parameters
    ----------
    known : KnownFacts, the facts of the day
    condition : str, a key of `CONDITIONS`
    others : the states of the other role; any one of them is enough
    option : str or float, from `lynchpin.account.theory.rules.option_value`
    """
    return _HOW[condition](known, tuple(others), option)


def _add(reasons: Reasons, state: str, fact: Fact) -> None:
    if fact not in reasons.get(state, ()):
        reasons[state] = (*reasons.get(state, ()), fact)


def _single(
    kind: str, keep: Callable[[Fact, object], bool]
) -> Callable[[KnownFacts, tuple[str, ...], str | float], Reasons]:
    def look(known: KnownFacts, others: tuple[str, ...], option: str | float) -> Reasons:
        return {fact.a: (fact,) for fact in known.facts(kind) if keep(fact, option)}

    return look


def _pairs(
    kind: str, keep: Callable[[Fact, object], bool] = lambda fact, option: True, *, directed: bool = False
) -> Callable[[KnownFacts, tuple[str, ...], str | float], Reasons]:
    def look(known: KnownFacts, others: tuple[str, ...], option: str | float) -> Reasons:
        reasons: Reasons = {}
        days = option if isinstance(option, float) else 0.0
        for other in others:
            for fact in known.of(kind, other, within_days=days):
                if keep(fact, option):
                    if fact.b == other:
                        _add(reasons, fact.a, fact)
                    elif not directed:
                        _add(reasons, fact.b, fact)
        return reasons

    return look


def _stronger(known: KnownFacts, others: tuple[str, ...], option: str | float) -> Reasons:
    shares = {fact.a: fact for fact in known.facts("capability")}
    reasons: Reasons = {}
    for other in others:
        theirs = shares.get(other)
        for state, own in shares.items():
            if theirs is not None and (own.value or 0.0) > (theirs.value or 0.0):
                _add(reasons, state, own)
                _add(reasons, state, theirs)
    return reasons


_HOW: dict[str, Callable[[KnownFacts, tuple[str, ...], str | float], Reasons]] = {
    "major_power": _single("power", lambda fact, option: True),
    "capability_share": _single("capability", lambda fact, option: (fact.value or 0.0) >= option),  # type: ignore[operator]
    "stronger_than": _stronger,
    "allied_with": _pairs("alliance", lambda fact, option: option in ("any", fact.detail)),
    "claim_with": _pairs("claim"),
    "claims_against": _pairs("claim", directed=True),
    "rival_of": _pairs("rivalry"),
    "disputed_with": _pairs("dispute"),
    "contiguous": _pairs("contiguity", lambda fact, option: option == "water" or fact.value == 1.0),
}
