"""The symbols of the theory language: one row each, for the reader and for the docs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """One symbol of the language.

    Parameters
    ----------
    symbol : str, as written
    meaning : str, in words
    strength : int, how tightly it binds; a larger number binds tighter
    example : str, a whole mechanism that uses it
    """

    symbol: str
    meaning: str
    strength: int
    example: str


OPERATORS: tuple[Operator, ...] = (
    Operator("=>", "the left side moves the rate of the right side", 0, "a -> b : conflict => b -> a : conflict"),
    Operator(
        "*",
        "multiplied by: the product of two statistics",
        1,
        "a -- b : grievance * push => a -> b : conflict",
    ),
    Operator("|", "either: the sum of the traces", 2, "a -> b : conflict | c -> b : conflict => b -> a : conflict"),
    Operator("&", "both: the smaller of the traces", 3, "c -- a : talks & c -- b : talks => a -> b : talks"),
    Operator(":", "acts of this class or group", 4, "a -> b : any => b -> a : conflict"),
    Operator("->", "acts from the left end toward the right end", 5, "a -> b : talks => b -> a : talks"),
    Operator("--", "acts either way; on the right side, both directions", 5, "c -> a : talks => a -- b : talks"),
    Operator(".", "a sector of a state", 6, "KOR.OPP -> KOR.GOV : conflict => KOR -> JPN : conflict"),
    Operator("[ ]", "only acts with any of these contexts", 6, "a -> b : talks[trade, borders] => b -> a : talks"),
    Operator("alone", "only acts in which no third state takes part", 6, "c -- a : talks alone => a -> b : talks"),
    Operator(
        "with joint acts",
        "acts that stand on both sides count as causes; by default they do not (`without joint acts`)",
        0,
        "c -- a : talks & c -- b : talks => a -> b : talks with joint acts",
    ),
    Operator(
        "agreement",
        "on the right: a move of agreements, of the kinds in brackets",
        0,
        "party -- other : conflict => agreement[logistics] : setback",
    ),
    Operator("( )", "read this part first", 7, "(a -> b : x | b -> a : x) & c -> a : x => a -> b : x"),
)

STRENGTH: dict[str, int] = {operator.symbol: operator.strength for operator in OPERATORS}
