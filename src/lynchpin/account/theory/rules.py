"""Who plays a role: a rule over the structural tables, from text to tree, checked, and said in English.

    rule      = both { "|" both }                        either
    both      = one { "&" one }                          both; binds tighter
    one       = "not" one | "(" rule ")" | condition
    condition = NAME [ "(" argument { "," argument } ")" ]
    argument  = NAME | NUMBER                             a role or a state; a kind; a share; a length of time

A bare NAME that is no condition is a role or a state: whoever plays it. ``parse_rule(str(rule)) == rule`` for every
rule. The conditions themselves are handed in by who keeps the tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from lynchpin import limits
from lynchpin.account.theory.tokens import NOWHERE, Place, Token, bad, tokenise_rule
from lynchpin.days import parse_duration, spell_duration
from lynchpin.errors import BadMechanism, BadValue, suggest

_FORM = "a rule is written as in 'allied_with(patron) & not major_power'"
_DEEPEST = 40  # parentheses and negations inside each other


@dataclass(frozen=True, slots=True)
class StateCondition:
    """One thing that a state can be, or be to another, on a day.

    Parameters
    ----------
    name : str, as written
    words : str, in English after "that"; ``{of}`` stands for the other state, ``{option}`` for the option
    needs_other : bool, whether the first argument is a role or a state
    option : "", "kind", "share" or "within": what the last argument is
    kinds : tuple of str, the kinds that may be named; the first one when none is
    option_words : mapping, kind -> words
    default : str, the option when none is named, as it would be written
    example : str
    """

    name: str
    words: str
    needs_other: bool
    option: str = ""
    kinds: tuple[str, ...] = ()
    option_words: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """One condition, as written; or, without arguments, a role or a state."""

    name: str
    arguments: tuple[str, ...] = ()
    token: Token = field(default=NOWHERE, compare=False, repr=False)
    argument_tokens: tuple[Token, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})" if self.arguments else self.name


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever its part is not."""

    part: Rule
    token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"not {f'({self.part})' if isinstance(self.part, _RuleJoin) else self.part}"


@dataclass(frozen=True, slots=True)
class _RuleJoin:
    symbol: ClassVar[str]
    parts: tuple[Rule, ...]

    def __str__(self) -> str:
        loose = type(self), EitherOf
        return f" {self.symbol} ".join(f"({part})" if isinstance(part, loose) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AllOf(_RuleJoin):
    """All of its parts hold."""

    symbol: ClassVar[str] = "&"


@dataclass(frozen=True, slots=True)
class EitherOf(_RuleJoin):
    """At least one of its parts holds."""

    symbol: ClassVar[str] = "|"


Rule: TypeAlias = Holds | Not | AllOf | EitherOf


def parse_rule(text: str, *, place: Place | None = None) -> Rule:
    """Read the rule of a role.

    Parameters
    ----------
    text : str, as written
    place : Place or None, where its first character stands

    Raises
    ------
    BadMechanism : pointing at the word where the text stops making sense

    Examples
    --------
    >>> str(parse_rule("allied_with( patron )&not major_power"))
    'allied_with(patron) & not major_power'
    """
    reader = _RuleReader(tokenise_rule(text, place=place))
    if reader.peek().kind == "end":
        raise bad("the rule says nothing", reader.peek().place, _FORM)
    rule = reader.either()
    if reader.peek().kind != "end":
        raise reader.unexpected()
    held = conditions_of(rule)
    if len(held) > limits.TERMS:
        what = f"{len(held)} conditions stand in one rule, and at most {limits.TERMS} may"
        raise bad(what, held[limits.TERMS].token.place, "cut it into roles with names")
    return rule


@dataclass(slots=True)
class _RuleReader:
    """Where reading has come to: one method per line of the grammar."""

    tokens: tuple[Token, ...]
    position: int = 0
    depth: int = 0

    def peek(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        self.position += 1
        return self.tokens[self.position - 1]

    def unexpected(self) -> BadMechanism:
        token = self.peek()
        if token.text == ")":
            return bad("')' closes nothing", token.place, "take it away, or put '(' before it")
        return bad(f"{token} does not belong here", token.place, "join two conditions with '&' or '|'")

    def either(self) -> Rule:
        parts = [self.both()]
        while self.peek().text == "|":
            self.take()
            parts.append(self.both())
        return EitherOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Rule:
        parts = [self.one()]
        while self.peek().text == "&":
            self.take()
            parts.append(self.one())
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def one(self) -> Rule:
        token = self.peek()
        if token.text != "not" and token.text != "(":
            return self.condition()
        self.take()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise bad("too many parentheses inside each other", token.place, "cut it into roles with names")
        if token.text == "not":
            rule: Rule = Not(self.one(), token)
        else:
            rule = self.either()
            if self.peek().kind == "end":
                raise bad("'(' is never closed", token.place, "put ')' after the part it opens")
            if self.peek().text != ")":
                raise self.unexpected()
            self.take()
        self.depth -= 1
        return rule

    def condition(self) -> Holds:
        token = self.peek()
        if token.kind != "name":
            raise bad(f"a condition is missing before {token}", token.place, _FORM)
        self.take()
        if self.peek().text != "(":
            return Holds(token.text, (), token)
        opening, arguments = self.take(), list[Token]()
        while True:
            if self.peek().kind not in ("name", "number"):
                mend = "write it as in 'allied_with(patron)' or 'capability_share(0.03)'"
                raise bad(f"an argument is missing before {self.peek()}", self.peek().place, mend)
            arguments.append(self.take())
            if self.peek().text == ")":
                self.take()
                return Holds(token.text, tuple(a.text for a in arguments), token, tuple(arguments))
            if self.peek().text != ",":
                raise bad("'(' is never closed", opening.place, "put ')' after the last argument, ',' between two")
            self.take()


def conditions_of(rule: Rule) -> tuple[Holds, ...]:
    """The conditions of a rule, from left to right."""
    if isinstance(rule, Holds):
        return (rule,)
    parts = (rule.part,) if isinstance(rule, Not) else rule.parts
    return tuple(held for part in parts for held in conditions_of(part))


def others_of(rule: Rule, known: Mapping[str, StateCondition]) -> tuple[str, ...]:
    """The roles and states that a checked rule speaks of, each once."""
    named = [
        held.arguments[0] if held.name in known else held.name
        for held in conditions_of(rule)
        if held.name not in known or known[held.name].needs_other
    ]
    return tuple(dict.fromkeys(named))


def check_rule(rule: Rule, known: Mapping[str, StateCondition], others: Collection[str]) -> None:
    """Refuse a rule whose words are not known.

    Parameters
    ----------
    rule : Rule
    known : mapping, name -> condition
    others : the roles and states that may be spoken of

    Raises
    ------
    BadMechanism : pointing at the word
    """
    for held in conditions_of(rule):
        if held.name not in known:
            if held.name in others and not held.arguments:
                continue
            mend = _nearest(held.name, (*known, *others), "conditions and roles")
            raise bad(f"no condition, role or state is called '{held.name}'", held.token.place, mend)
        _check_arguments(held, known[held.name], others)


def _nearest(name: str, known: Collection[str], noun: str) -> str:
    """The nearest known name; where none is near, the list without the codes of states, which are too many to read."""
    near = suggest(name, known)
    if near.startswith("did you mean"):
        return near
    return f"{suggest(name, [one for one in known if not (len(one) == 3 and one.isupper())], noun=noun)}, or a state"


def _check_arguments(held: Holds, condition: StateCondition, others: Collection[str]) -> None:
    least = int(condition.needs_other) + (condition.option == "share")
    most = int(condition.needs_other) + (condition.option != "")
    if not least <= len(held.arguments) <= most:
        takes = "no argument" if most == 0 else f"{least} to {most} arguments" if least < most else f"{most} argument"
        mend = f"write it as in '{condition.example}'"
        raise bad(f"'{held.name}' takes {takes}, not {len(held.arguments)}", held.token.place, mend)
    if condition.needs_other and held.arguments[0] not in others:
        mend = _nearest(held.arguments[0], others, "roles")
        raise bad(f"no role or state is called '{held.arguments[0]}'", held.argument_tokens[0].place, mend)
    if len(held.arguments) > int(condition.needs_other):
        try:
            option_value(held, condition)
        except BadValue as error:
            raise bad(error.what, held.argument_tokens[-1].place, error.mend) from None


def option_value(held: Holds, condition: StateCondition) -> str | float:
    """The option of a condition as named, or its default: a kind, a share, or days.

    Raises
    ------
    BadValue : it is no such thing
    """
    named = held.arguments[int(condition.needs_other) :]
    text = named[0] if named else condition.default
    if condition.option == "kind":
        if text not in condition.kinds:
            raise BadValue(f"'{held.name}' knows no kind '{text}'", mend=suggest(text, condition.kinds, noun="kinds"))
        return text
    if condition.option == "share":
        try:
            share = float(text)
        except ValueError:
            share = -1.0
        if not 0.0 < share < 1.0:
            raise BadValue(f"'{text}' is not a share", mend="write a number between 0 and 1, as in 0.03")
        return share
    return parse_duration(text) if text else 0.0


def explain_rule(rule: Rule, known: Mapping[str, StateCondition], words: Mapping[str, str] | None = None) -> str:
    """Say who fits a checked rule, after "whoever": "has a defence pact with patron".

    Parameters
    ----------
    rule : Rule, checked
    known : mapping, name -> condition
    words : mapping or None, plain words for roles and states

    Examples
    --------
    >>> pact = {"allied_with": StateCondition("allied_with", "is allied with {of}", True)}
    >>> explain_rule(parse_rule("allied_with(patron) & not USA"), pact)
    'is allied with patron and is not USA'
    """
    said = words or {}
    if isinstance(rule, EitherOf):
        return " or ".join(explain_rule(part, known, words) for part in rule.parts)
    if isinstance(rule, AllOf):
        parts = [explain_rule(part, known, words) for part in rule.parts]
        loose = [isinstance(part, EitherOf) for part in rule.parts]
        return " and ".join(f"(either {text})" if either else text for text, either in zip(parts, loose, strict=True))
    if isinstance(rule, Not):
        inside = explain_rule(rule.part, known, words)
        if isinstance(rule.part, Holds) and rule.part.name not in known:
            return inside.replace("is ", "is not ", 1)
        return f"is not one that {inside}"
    if rule.name not in known:
        return f"is {said.get(rule.name, rule.name)}"
    condition = known[rule.name]
    option = option_value(rule, condition) if condition.option else ""
    if condition.option == "within":
        spelled = f" at some time in the last {spell_duration(float(option))}" if option else ""
    elif condition.option == "share":
        spelled = f"{100.0 * float(option):g} %"
    else:
        spelled = condition.option_words.get(str(option), str(option))
    of = said.get(rule.arguments[0], rule.arguments[0]) if condition.needs_other else ""
    return condition.words.format(of=of, option=spelled)
