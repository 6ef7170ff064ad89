"""The two sides of a row: from what a feed writes to states, a sector, and what stays unknown.

Each distinct text is looked up once for each stretch of days in which its answer stays the same, never each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from lynchpin.days import day_number
from lynchpin.record.ontology import actors, countries
from lynchpin.record.ontology.actors import Actor
from lynchpin.record.ontology.countries import System


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


# -- Look-ups over columns: each distinct value is looked up once, never each row.

#: What a text stands for over time: the first day of each spell, from `date.min` on, and what holds from then on.
Spells = Sequence[tuple[date, Any]]

_APART = 1 << 32  # between the days of one text and those of the next: more than there are days
_MIDDLE = 1 << 31
_NEVER = 1 << 62


def by_value(column: pl.Expr, look_up: Callable[[str], Any], dtype: pl.DataType) -> pl.Expr:
    """Replace each text by what is known about it.

    Parameters
    ----------
    column : expression of String
    look_up : str -> value of `dtype`, or None; asked once for each distinct value of a batch
    dtype : type of the answer; a struct is answered as a dict

    Returns
    -------
    expression of `dtype`, null (a struct: of nulls) where the text is null
    """

    def answer(texts: pl.Series) -> pl.Series:
        known, number = _numbered(texts)
        return _spread([look_up(text) for text in known], number, dtype).alias(texts.name)

    return column.map_batches(answer, return_dtype=dtype)


def by_spell(column: pl.Expr, day: pl.Expr, spells: Callable[[str], Spells], dtype: pl.DataType) -> pl.Expr:
    """As `by_value`, where what is known about a text depends on the day.

    Parameters
    ----------
    column : expression of String
    day : expression of Date
    spells : str -> all that the text stands for over time, by day; asked once for each distinct value of a batch
    dtype : type of what holds in a spell; a struct is told as a dict

    Returns
    -------
    expression of `dtype`, null (a struct: of nulls) where there is no text or no day
    """

    def answer(pairs: pl.Series) -> pl.Series:
        known, number = _numbered(pairs.struct.field("text"))
        told = [(_moment(at, first), value) for at, text in enumerate(known) for first, value in spells(text)]
        told.append((_NEVER, None))
        days = pairs.struct.field("day").cast(pl.Int32).cast(pl.Int64)
        moments = number.cast(pl.Int64) * _APART + days + _MIDDLE
        if moments.has_nulls():
            moments = moments.fill_null(_NEVER)
        begins = np.array([begin for begin, _ in told])
        place = pl.Series(np.searchsorted(begins, moments.to_numpy(), side="right") - 1)
        return _spread([value for _, value in told], place, dtype).alias(pairs.name)

    pair = pl.struct(column.alias("text"), day.alias("day"))
    return pair.map_batches(answer, return_dtype=dtype)


# Series rather than expressions below: a query of its own costs more than the work of a block.


def _numbered(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct texts, and for each row the place of its own among them."""
    known = texts.unique().drop_nulls()
    return known, texts.cast(pl.Enum(known)).to_physical()


def _moment(number: int, day: date) -> int:
    return number * _APART + day_number(day) + _MIDDLE


def _spread(answers: list[Any], place: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The answer at each place; the fields of a struct go one by one, which is several times faster."""
    found = pl.Series("answer", answers, dtype=dtype, strict=False)
    if isinstance(dtype, pl.Struct):
        return pl.DataFrame([field.gather(place) for field in found.struct.unnest()]).to_struct("answer")
    return found.gather(place)
