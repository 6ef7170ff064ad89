"""Tokens to a tree.

    says     = cause "=>" ( target [ joint ] | stages )
    cause    = either { "*" either }                product of statistics; binds loosest
    either   = both { "|" both }                    sum of traces
    both     = factor { "&" factor }                smaller of the traces
    factor   = edge | NAME | "(" cause ")"          a bare NAME is another mechanism of the case
    edge     = endpoint ("->" | "--") endpoint ":" acts
    endpoint = NAME [ "." NAME ]                    a state, role or variable; after the dot, its sector
    acts     = NAME [ "[" NAME { "," NAME } "]" ] [ "alone" ]
                                                    a class or group; in brackets, the contexts of interest;
                                                    "alone": acts in which no third state takes part
    target   = edge
    joint    = ( "with" | "without" ) "joint" "acts"
                                                    whether an act on both sides counts as a cause
    stages   = "agreement" [ "[" NAME { "," NAME } "]" ] ":" NAME
                                                    a move of agreements; in brackets, which kinds of them

``parse(str(tree)) == tree`` for every tree: tokens do not count, parentheses stay where needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from lynchpin.account.theory._nodes import (
    AboutContext,
    Acts,
    Both,
    Cause,
    Edge,
    Either,
    Endpoint,
    Product,
    Ref,
    Says,
    Stages,
)
from lynchpin.account.theory._operators import STRENGTH
from lynchpin.account.theory.tokens import NOWHERE, Place, Token, bad, tokenise
from lynchpin.errors import BadMechanism

__all__ = [
    "AboutContext",
    "Acts",
    "Both",
    "Cause",
    "Edge",
    "Either",
    "Endpoint",
    "Product",
    "Ref",
    "Says",
    "Stages",
    "parse",
]

_JOINS: tuple[type[Both | Either | Product], ...] = tuple(
    sorted((Both, Either, Product), key=lambda join: STRENGTH[join.symbol])  # loosest first
)
_EDGE = "an edge is written 'a -> b : class' or 'a -- b : class'"
_STAGE = "what becomes of agreements is written 'agreement[kind] : setback'"
_JOINT = "write 'with joint acts' or 'without joint acts' after the right side, or nothing"
_DEEPEST = 40  # parentheses inside parentheses: far beyond sense, well within Python's own limit


def parse(text: str, *, mechanism: str = "", place: Place | None = None) -> Says:
    """Read the text of a mechanism.

    Parameters
    ----------
    text : str, the mechanism as written
    mechanism : str, its name, for errors
    place : Place or None, where its first character stands

    Returns
    -------
    Says, whose nodes keep their tokens

    Raises
    ------
    BadMechanism
        pointing at the word where the text stops making sense

    Examples
    --------
    >>> str(parse("patron--a:talks   =>   a->b : talks"))
    'patron -- a : talks => a -> b : talks'
    """
    return _Reader(tokenise(text, mechanism=mechanism, place=place), mechanism).says()


@dataclass(slots=True)
class _Reader:
    """Where reading has come to: one method per line of the grammar."""

    tokens: tuple[Token, ...]
    mechanism: str
    position: int = 0
    depth: int = 0

    def peek(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        self.position += 1
        return self.tokens[self.position - 1]

    def bad(self, what: str, token: Token, mend: str = "") -> BadMechanism:
        return bad(what, token.place, mend, mechanism=self.mechanism)

    def name(self, missing: str, mend: str = "") -> Token:
        if self.peek().kind != "name":
            raise self.bad(missing, self.peek(), mend)
        return self.take()

    def says(self) -> Says:
        if self.peek().kind == "end":
            raise self.bad("the mechanism says nothing", self.peek(), "write 'cause => target'")
        arrows = [token for token in self.tokens if token.text == "=>"]
        if not arrows:
            raise self.bad("there is no '=>'", self.tokens[-1], "write 'cause => target'")
        if len(arrows) > 1:
            raise self.bad("there is a second '=>'", arrows[1], "write one mechanism for each '=>'")
        cause = self.cause()
        if self.peek().text != "=>":
            raise self.unexpected("join two patterns with '&', '|' or '*'")
        token = self.take()
        if self.peek().text == "agreement" and self.tokens[self.position + 1].text in ("[", ":"):
            return Says(cause, self.stages(), token)
        return Says(cause, self.target(), token, *self.joint())

    def unexpected(self, mend: str) -> BadMechanism:
        if self.peek().text == ")":
            return self.bad("')' closes nothing", self.peek(), "take it away, or put '(' before it")
        return self.bad(f"{self.peek()} does not belong here", self.peek(), mend)

    def cause(self, level: int = 0) -> Cause:
        if level == len(_JOINS):
            return self.factor()
        join = _JOINS[level]
        first, parts = self.peek(), [self.cause(level + 1)]
        while self.peek().text == join.symbol:
            operator = self.take()
            first = operator if len(parts) == 1 else first
            parts.append(self.cause(level + 1))
        return join(tuple(parts), first) if len(parts) > 1 else parts[0]

    def factor(self) -> Cause:
        if self.peek().text == "(":
            return self.parentheses()
        if self.peek().text in ("->", "--"):
            raise self.bad(f"the left end is missing before {self.peek()}", self.peek(), _EDGE)
        if self.peek().kind != "name":
            raise self.bad(f"an edge or a mechanism is missing before {self.peek()}", self.peek(), _EDGE)
        after = self.tokens[self.position + 1]
        if after.text in ("->", "--", ".", ":"):
            return self.edge()
        token = self.take()
        return Ref(token.text, token)

    def parentheses(self) -> Cause:
        opening = self.take()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.bad("too many parentheses inside each other", opening, "cut it into mechanisms with names")
        inside = self.cause()
        if self.peek().text == "=>" or self.peek().kind == "end":
            raise self.bad("'(' is never closed", opening, "put ')' after the part it opens")
        if self.peek().text != ")":
            raise self.unexpected("join two patterns with '&', '|' or '*'")
        self.take()
        self.depth -= 1
        return inside

    def edge(self) -> Edge:
        source = self.endpoint("the left end is missing")
        if self.peek().text not in ("->", "--"):
            raise self.bad(f"'->' or '--' is missing after '{source}'", self.peek(), _EDGE)
        arrow = self.take()
        target = self.endpoint(f"the right end is missing after {arrow}")
        if self.peek().text != ":":
            raise self.bad(f"':' and a class are missing after '{target}'", self.peek(), _EDGE)
        self.take()
        return Edge(source, target, arrow.text == "->", self.acts(), arrow)

    def endpoint(self, missing: str) -> Endpoint:
        token = self.name(missing, _EDGE)
        end = Endpoint(token.text, None, token, token)
        if self.peek().text != ".":
            return end
        self.take()
        sector = self.name(f"a sector is missing after '{token.text}.'", "write it as in KOR.OPP")
        return replace(end, sector=sector.text, sector_token=sector)

    def acts(self) -> Acts:
        token = self.name("a class is missing after ':'", "name a class or a group of the case, or 'any'")
        contexts = self.bracket("context", "conflict[history]")
        if self.peek().text == "alone":
            return Acts(token.text, contexts, token, True, self.take())
        return Acts(token.text, contexts, token)

    def bracket(self, what: str, example: str) -> tuple[AboutContext, ...]:
        """The names in brackets, if a bracket stands here."""
        if self.peek().text != "[":
            return ()
        opening, names = self.take(), list[AboutContext]()
        while True:
            name = self.name(f"a {what} is missing before {self.peek()}", f"write it as in {example}")
            names.append(AboutContext(name.text, name))
            if self.peek().text == "]":
                self.take()
                return tuple(names)
            if self.peek().text != ",":
                raise self.bad("'[' is never closed", opening, f"put ']' after the last {what}, ',' between two")
            self.take()

    def stages(self) -> Stages:
        token = self.take()
        kinds = self.bracket("kind", "agreement[burden_sharing] : setback")
        if self.peek().text != ":":
            raise self.bad("':' and a stage are missing after 'agreement'", self.peek(), _STAGE)
        self.take()
        stage = self.name("a stage is missing after ':'", _STAGE)
        if self.peek().kind != "end":
            raise self.unexpected("the right side of '=>' is one move of agreements; write a mechanism for each")
        return Stages(kinds, stage.text, token, stage)

    def joint(self) -> tuple[Literal["", "with", "without"], Token]:
        """Whether acts of both sides count, where it is said."""
        token = self.peek()
        if token.text not in ("with", "without"):
            if token.kind != "end":
                raise self.unexpected("the right side of '=>' is one edge; write a mechanism for each")
            return "", NOWHERE
        self.take()
        for word in ("joint", "acts"):
            if self.take_if(word) is None:
                raise self.bad(f"'{word}' is missing after '{token.text}'", self.peek(), _JOINT)
        if self.peek().kind != "end":
            raise self.unexpected(_JOINT)
        return ("with" if token.text == "with" else "without"), token

    def take_if(self, text: str) -> Token | None:
        return self.take() if self.peek().text == text else None

    def target(self) -> Edge:
        if self.peek().kind == "end":
            raise self.bad("the right side of '=>' is missing", self.peek(), _EDGE)
        if self.peek().text in ("->", "--"):
            raise self.bad(f"the left end is missing before {self.peek()}", self.peek(), _EDGE)
        after = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        if self.peek().kind != "name" or after.text not in ("->", "--", ".", ":"):
            raise self.bad("the right side of '=>' is not an edge", self.peek(), _EDGE)
        return self.edge()
