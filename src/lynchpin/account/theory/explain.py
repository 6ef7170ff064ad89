"""A checked mechanism as one English sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from lynchpin.account.theory._checked import (
    ANOTHER,
    Bound,
    CheckedBoth,
    CheckedCause,
    CheckedEdge,
    CheckedEither,
    CheckedMechanism,
    CheckedProduct,
    CheckedRef,
)
from lynchpin.account.theory.stages import PARTIES, CheckedStages
from lynchpin.days import spell_duration
from lynchpin.errors import BadValue, suggest

_MOVES = {
    "+": "become more frequent",
    "-": "become less frequent",
    "?": "become more or less frequent (the account does not say which)",
}
_OUTCOMES = {
    "forward": "acts forward",
    "advance": "agreements in principle, signatures and entries into force",
    "agreed_in_principle": "agreements in principle",
    "signed": "signatures",
    "in_force": "entries into force",
    "setback": "setbacks",
    "suspended": "suspensions",
    "termination_notice": "notices of termination",
    "resumed": "resumptions",
    "ended": "ends",
    "break": "setbacks, suspensions, notices and ends",
}
_MOST_NAMED = 4  # a longer list of members is counted instead


def explain(
    checked: CheckedMechanism,
    *,
    expect: str,
    half_life_days: float | None,
    says_name: str = "",
    words: Mapping[str, str] | None = None,
    open_roles: Collection[str] = (),
    window_days: float = inf,
    lag_days: float = 0.0,
) -> str:
    """Say a mechanism in one English sentence.

    Parameters
    ----------
    checked : CheckedMechanism, from `check`
    expect : str, "+", "-", or "?" for either sign
    half_life_days : float or None, days, > 0; None when it is estimated, inf when acts do not fade
    says_name : str, the name to begin the sentence with; empty for none
    words : mapping or None, plain words for names of the case ("OPP" -> "opposition"); a name without an
        entry is printed as it is, class and context names with blanks for underscores
    open_roles : roles whose players are not known yet, as in a theory: they are named, not listed
    window_days : float, days, > 0: how long an act counts; inf for ever
    lag_days : float, days, >= 0: how long after it happened an act begins to count

    Returns
    -------
    str, the same for the same input

    Raises
    ------
    BadValue
        for another `expect`, or a half-life that is not positive and finite
    """
    if expect not in _MOVES:
        raise BadValue(f"{expect!r} is not an expected sign", "argument expect", suggest(expect, _MOVES, noun="signs"))
    speaker = _Speaker(dict(words or {}), {name.name: name for name in checked.names}, frozenset(open_roles))
    main, *rest = _by_weight(checked.cause)
    cause = speaker.cause(main)
    effect = f"{speaker.effect(checked.target)} {_MOVES[expect]}"
    more = "".join(f", and the more so {speaker.degree(part)}" for part in rest)
    memory = _memory(half_life_days, window_days, lag_days)
    opening = f"{says_name}: when" if says_name else "When"
    return f"{opening} {cause}{speaker.sums(checked)}, {effect}{more}; {memory}."


def explain_stages(
    checked: CheckedStages,
    *,
    expect: str,
    half_life_days: float,
    words: Mapping[str, str] | None = None,
    window_days: float = inf,
    lag_days: float = 0.0,
) -> str:
    """Say a mechanism on agreements in one English sentence; parameters as for `explain`."""
    plain = {"party": "a party", "other": "another party", **dict(words or {})}
    names = {name.name: replace(name, kind="node") if name.name in PARTIES else name for name in checked.names}
    speaker = _Speaker(plain, names)
    about = [speaker.plain(name) for name in (*checked.kinds, *checked.issues)]
    of = f" (of agreements: {_list(about, ' or ')})" if about else " (of any agreement)"
    memory = _memory(half_life_days, window_days, lag_days)
    return f"When {speaker.cause(checked.cause)}, {_OUTCOMES[checked.stage]}{of} {_MOVES[expect]}; {memory}."


def _memory(half_life_days: float | None, window_days: float, lag_days: float) -> str:
    """How long acts count, in words."""
    if half_life_days is None:
        fading = "the half-life is estimated"
    elif half_life_days == inf:
        fading = "acts count in full" + (", however old" if window_days == inf else "")
    else:
        fading = f"each act's weight halves every {spell_duration(half_life_days).removeprefix('1 ')}"
    if window_days != inf:
        joint = " for" if half_life_days == inf else ", and acts count for"
        fading += f"{joint} {spell_duration(window_days)}"
    start = f"acts begin to count {spell_duration(lag_days)} after they happen; from then on " if lag_days > 0 else ""
    return start + fading


def _by_weight(cause: CheckedCause) -> tuple[CheckedCause, ...]:
    """The factors of a product, edges before references, or the cause itself."""
    if not isinstance(cause, CheckedProduct):
        return (cause,)
    return tuple(sorted(cause.parts, key=lambda part: isinstance(part, CheckedRef)))


def _list(words: Sequence[str], last: str) -> str:
    return last.join(filter(None, (", ".join(words[:-1]), words[-1])))


@dataclass(slots=True)
class _Speaker:
    """Plain words for each part. A name is glossed with its members the first time it is spoken."""

    words: Mapping[str, str]
    names: Mapping[str, Bound]
    open_roles: frozenset[str] = frozenset()
    spoken: set[str] = field(default_factory=set)

    def plain(self, name: str) -> str:
        return self.words.get(name, name.replace("_", " "))

    def word(self, name: str) -> str:
        return self.words.get(name, name)

    def members(self, name: str) -> str:
        """The gloss of a name when it is first spoken: its members, in parentheses."""
        bound = self.names[name]
        if bound.kind == "node" or name in self.spoken or name.startswith(ANOTHER):
            return ""
        self.spoken.add(name)
        if bound.role in self.open_roles:
            return "" if bound.kind == "role" else f" (in the role {self.word(bound.role or name)})"
        if len(bound.domain) <= _MOST_NAMED:
            return f" ({_list([self.word(node) for node in bound.domain], ' or ')})"
        whose = "states" if bound.role == "*" else f"in the role {self.word(bound.role or name)}"
        return f" (any of {len(bound.domain)} {whose})"

    def end(self, bound: Bound) -> str:
        name, gloss = self.word(bound.name), self.members(bound.name)
        if bound.sector is None:
            return f"{name}{gloss}"
        sector = self.word(bound.sector)
        return f"the {sector} of {name}{gloss}" if gloss else f"{name}'s {sector}"

    def deeds(self, edge: CheckedEdge) -> str:
        kind = "any kind" if edge.acts == "any" else self.plain(edge.acts)
        return f"acts of {kind}{self.about(edge)}"

    def about(self, edge: CheckedEdge) -> str:
        on = f" on {_list([self.plain(context) for context in edge.contexts], ' or ')}" if edge.contexts else ""
        return on + (" (no third state taking part)" if edge.alone else "")

    def edge(self, edge: CheckedEdge) -> str:
        source, target = self.end(edge.source), self.end(edge.target)
        if edge.acts == "cooperation":
            about = self.about(edge)
            if edge.directed:
                return f"{source} cooperates with {target}{about}"
            return f"{source} and {target} cooperate{about}"
        if edge.directed:
            return f"{source} directs {self.deeds(edge)} toward {target}"
        return f"{self.deeds(edge)} pass between {source} and {target}"

    def cause(self, cause: CheckedCause, *, inside: bool = False) -> str:
        if isinstance(cause, CheckedEdge):
            return self.edge(cause)
        if isinstance(cause, CheckedRef):
            return f"the mechanism {cause.mechanism} is at work"
        if isinstance(cause, CheckedProduct):
            main, *rest = _by_weight(cause)
            text = self.cause(main, inside=True) + "".join(f", the more so {self.degree(part)}" for part in rest)
            return f"({text})"
        parts = [self.cause(part, inside=True) for part in cause.parts]
        if isinstance(cause, CheckedEither):
            return f"(either {' or '.join(parts)})" if inside else ", or ".join(parts)
        return _list(parts, " and, at the same time, ")

    def degree(self, part: CheckedCause) -> str:
        """How a factor strengthens what it multiplies."""
        if isinstance(part, CheckedRef):
            return f"the stronger the mechanism {part.mechanism}"
        return f"the more {self.cause(part, inside=isinstance(part, CheckedBoth | CheckedEither))}"

    def effect(self, target: CheckedEdge) -> str:
        if not target.directed:
            ends = f"{self.end(target.source)} and {self.end(target.target)}"
            return f"{self.deeds(target)} between {ends}, in both directions,"
        source, receiver = self.end(target.source), self.end(target.target)
        if source == self.word(target.source.name):
            return f"{source}'s {self.deeds(target)} toward {receiver}"
        return f"{self.deeds(target)} by {source} toward {receiver}"

    def sums(self, checked: CheckedMechanism) -> str:
        """Which names are summed over; a name with one member needs no word."""
        many = [name for name in checked.free if len(self.names[name].domain) > 1]
        every = [f"every {self.word(name).replace(ANOTHER, 'other ')}" for name in many]
        return f", summed over {_list(every, ' and ')}" if many else ""
