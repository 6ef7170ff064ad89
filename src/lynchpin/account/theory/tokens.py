"""Text of a mechanism to tokens: each keeps its text and the place where it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from lynchpin import limits
from lynchpin.errors import BadMechanism

_TOKEN = re.compile(  # in a name, a hyphen stands only before a letter or digit: a->b, a--b
    r"(?P<blank>[ \t\r\n]+)"
    r"|(?P<name>[A-Za-z](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9]))*)"
    r"|(?P<symbol>=>|->|--|[*|&:.,()\[\]])"
)

_RULE_TOKEN = re.compile(  # of a rule: no arrows, but numbers, some with a unit of time
    r"(?P<blank>[ \t\r\n]+)"
    r"|(?P<name>[A-Za-z](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9]))*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:mo|[ywdh])?(?![A-Za-z0-9_]))"
    r"|(?P<symbol>[&|,()])"
)

_ALLOWED = "use letters, digits, _ and - for names, and the symbols => -> -- & | * : . [ ] ( ) ,"
_RULE_ALLOWED = "a rule is written as in 'allied_with(patron) & not major_power', with & | not ( ) and ,"
_MEND = {
    "→": "write '->'",
    "⟶": "write '->'",
    "⇒": "write '=>'",
    "–": "write '--'",
    "—": "write '--'",
    "−": "write '--'",
    "×": "write '*'",
    "-": "write '->' for one way, '--' for either way",
    "=": "write '=>'",
    ">": "write '->' or '=>'",
    "<": "turn the edge round: 'b -> a' for 'a <- b', 'a -- b' for 'a <-> b'",
    "#": "put comments on a line of their own in the file, outside the text of the mechanism",
    "_": "start a name with a letter",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of text stands.

    Parameters
    ----------
    file : str, name of the file; empty when the text comes from none
    line, column : int, from 1, of the first character
    """

    file: str = ""
    line: int = 1
    column: int = 1

    def at(self, line: int, column: int) -> Place:
        """Give the place of the character at `line`, `column` (from 1) of a text that begins here."""
        first = line == 1
        return Place(self.file, self.line + line - 1, self.column + column - 1 if first else column)

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}".removeprefix(", ")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a symbol, with the place where it stands.

    Parameters
    ----------
    kind : "name", "symbol", "number" (in a rule only), or "end" (after the last character)
    text : str, as written; empty for "end"
    place : Place, in the file when one is known, else in the text itself
    """

    kind: Literal["name", "symbol", "number", "end"]
    text: str
    place: Place

    @property
    def line(self) -> int:
        return self.place.line

    @property
    def column(self) -> int:
        return self.place.column

    def __str__(self) -> str:
        return f"'{self.text}'" if self.text else "the end"


NOWHERE = Token("name", "", Place())


def bad(what: str, place: Place, mend: str = "", *, mechanism: str = "") -> BadMechanism:
    """Make the error that points at `place`.

    Examples
    --------
    >>> bad("no node 'KRO'", Place("asia.toml", 41, 17), mechanism="push").where
    'mechanism "push", asia.toml, line 41, column 17'
    """
    return BadMechanism(what, f'mechanism "{mechanism}", {place}' if mechanism else str(place), mend)


def tokenise(text: str, *, mechanism: str = "", place: Place | None = None) -> tuple[Token, ...]:
    """Cut the text of a mechanism into tokens.

    Parameters
    ----------
    text : str, the mechanism as written; blanks and line breaks separate and mean nothing else
    mechanism : str, its name, for errors
    place : Place or None, where its first character stands; a text inside a TOML file with escapes in it
        shifts the columns after each escape

    Returns
    -------
    tuple of Token, in order, the last one of kind "end"

    Raises
    ------
    BadMechanism
        at the first character that belongs to no token

    Examples
    --------
    >>> [token.text for token in tokenise("a->b-c : talks")]
    ['a', '->', 'b-c', ':', 'talks', '']
    """
    return _cut(text, _TOKEN, mechanism, place or Place())


def tokenise_rule(text: str, *, place: Place | None = None) -> tuple[Token, ...]:
    """Cut the text of a role's rule into tokens, as `tokenise` does with a mechanism.

    Examples
    --------
    >>> [token.text for token in tokenise_rule("not claim_with(ally, 30y)")]
    ['not', 'claim_with', '(', 'ally', ',', '30y', ')', '']
    """
    return _cut(text, _RULE_TOKEN, "", place or Place())


def _cut(text: str, pattern: re.Pattern[str], mechanism: str, origin: Place) -> tuple[Token, ...]:
    if len(text) > limits.TEXT:
        raise bad(f"a text of {len(text)} signs", origin, f"keep to {limits.TEXT}", mechanism=mechanism)
    tokens: list[Token] = []
    line, line_start, position = 1, 0, 0
    while position < len(text):
        here = origin.at(line, position - line_start + 1)
        match = pattern.match(text, position)
        if match is None:
            raise _stray(text[position], here, mechanism, rule=pattern is _RULE_TOKEN)
        word = match.group()
        if len(word) > limits.NAME and match.lastgroup != "blank":
            raise bad(f"a word of {len(word)} signs", here, f"keep to {limits.NAME}", mechanism=mechanism)
        if match.lastgroup in ("name", "symbol", "number"):
            tokens.append(Token(match.lastgroup, word, here))  # type: ignore[arg-type]
        elif "\n" in word:
            line, line_start = line + word.count("\n"), position + word.rindex("\n") + 1
        position = match.end()
    tokens.append(Token("end", "", origin.at(line, position - line_start + 1)))
    return tuple(tokens)


def _stray(character: str, place: Place, mechanism: str, *, rule: bool) -> BadMechanism:
    if rule:
        mend = _RULE_ALLOWED
    elif character.isascii() and character.isdigit():
        mend = "start a name with a letter"
    else:
        mend = _MEND.get(character, _ALLOWED)
    plain = character.isascii() and character.isprintable()
    name = "" if plain else f" ({unicodedata.name(character, f'U+{ord(character):04X}').lower()})"
    return bad(f"the character {character!r}{name} cannot stand here", place, mend, mechanism=mechanism)
