"""The two sides of a row: from what a feed writes to states, a sector, and what stays unknown.

Each distinct text is looked up once for each stretch of days in which its answer stays the same, never each row.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

import polars as pl

from lynchpin.ontology import actors, countries
from lynchpin.ontology.actors import Actor
from lynchpin.ontology.countries import System

from ._lookup import by_spell


class Found(NamedTuple):
    """What a text stands for: states in order, one of our sectors or "", and the text when nothing was known."""

    states: list[str]
    sector: str
    stranger: str | None


#: Codes of actors that are no state, in CAMEO and in POLECAT; they are known, so nobody is asked to mend them.
NO_STATE = frozenset(
    ("IGO", "NGO", "IMG", "MNC", "INT", "UNO", "NGM", "UIS", "ISM", "EUR", "AFR", "EEC", "REB", "UNK", "---")
)
_OTHER_CODES = {"KOS": "XKX", "KSV": "XKX"}
_NOBODY: list[tuple[date, dict[str, object] | None]] = [(date.min, None)]

#: The type of what is found.
FOUND = pl.Struct({"states": pl.List(pl.String()), "sector": pl.String(), "stranger": pl.String()})


def code_found(text: pl.Expr, day: pl.Expr, system: System | None = "cameo") -> pl.Expr:
    """What one or several country codes in a field, parted by ";" or ",", stand for.

    Parameters
    ----------
    text : expression of String
    day : expression of Date
    system : which codes or names, as in `countries.find`

    Returns
    -------
    expression of a struct of `states`, `sector` and `stranger`; without text or day: of nulls
    """
    return by_spell(text, day, lambda text: _codes_spells(text, system), FOUND)


def name_found(text: pl.Expr, day: pl.Expr) -> pl.Expr:
    """As `code_found`, for a name as ICEWS writes it: a state, `Sector (Country)`, a person or a body."""
    return by_spell(text, day, _name_spells, FOUND)


def _name_spells(name: str) -> list[tuple[date, dict[str, object] | None]]:
    return [(first, _found_by(name, actor)) for first, actor in actors.spells(name)] if name else _NOBODY


def _found_by(name: str, actor: Actor | None) -> dict[str, object]:
    return Found([], "", name)._asdict() if actor is None else Found(list(actor.states), actor.sector, None)._asdict()


def side_columns(side: str, answer: pl.Expr) -> dict[str, pl.Expr]:
    """The columns of one side ("source" or "target") from a struct of `found`."""
    return {
        side: answer.struct.field("states").fill_null(pl.lit([], pl.List(pl.String))),
        f"{side}_sector": answer.struct.field("sector").fill_null(""),
        f"_{side}_place": answer.struct.field("stranger"),
    }


def _codes_spells(text: str, system: System | None) -> list[tuple[date, dict[str, object] | None]]:
    codes = [code for part in re.split(r"[;,]", text) if (code := part.strip())]
    if not codes:
        return _NOBODY
    days = {first for code in codes for asked in (system, "iso3") for first, _ in countries.spells(_plain(code), asked)}
    return [(day, _codes_found(codes, day, system)._asdict()) for day in sorted(days)]


def _codes_found(codes: list[str], on: date, system: System | None) -> Found:
    states = {code: _state(code, on, system) for code in codes}
    strange = [code for code, state in states.items() if state is None and code.upper() not in NO_STATE]
    known = sorted({state for state in states.values() if state})
    return Found(known, "", ";".join(strange) or None)


def _state(code: str, on: date, system: System | None) -> str | None:
    state = countries.find(_plain(code), system, on=on)
    if state is None and system == "cameo":
        state = countries.find(_plain(code), "iso3", on=on)
    return state.iso3 if state else None


def _plain(code: str) -> str:
    return _OTHER_CODES.get(code.upper(), code)
