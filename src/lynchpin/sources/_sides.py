"""The two sides of a row: from what a feed writes to states, a sector, and what stays unknown.

Each distinct text is looked up once for each stretch of days in which its answer stays the same, never each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from lynchpin.ontology import actors, countries
from lynchpin.ontology.actors import Actor
from lynchpin.ontology.countries import System

from ._lookup import _breaks


class Found(NamedTuple):
    """What a text stands for: states in order, one of our sectors or "", and the text when nothing was known."""

    states: list[str]
    sector: str
    stranger: str | None


#: From a text and a day to what it stands for.
LookUp = Callable[[str, date], Found]

#: Codes of actors that are no state, in CAMEO and in POLECAT; they are known, so nobody is asked to mend them.
NO_STATE = frozenset(
    ("IGO", "NGO", "IMG", "MNC", "INT", "UNO", "NGM", "UIS", "ISM", "EUR", "AFR", "EEC", "REB", "UNK", "---")
)
_OTHER_CODES = {"KOS": "XKX", "KSV": "XKX"}
_KIND = pl.Struct({"states": pl.List(pl.String()), "sector": pl.String(), "stranger": pl.String()})


def found(text: pl.Expr, day: pl.Expr, look_up: LookUp, breaks: Sequence[date] | None = None) -> pl.Expr:
    """Look the texts of one side up.

    Parameters
    ----------
    text : expression of String
    day : expression of Date
    look_up : text and day -> Found
    breaks : days on which answers change, sorted; None: any day may

    Returns
    -------
    expression of a struct of `states`, `sector` and `stranger`; without text or day: no states, "" and null
    """

    def answer(pairs: pl.Series) -> pl.Series:
        asked = pairs.struct.unnest()
        days = pl.col("day").cast(pl.Int32)
        era = days if breaks is None else pl.lit(pl.Series(breaks, dtype=pl.Date)).search_sorted(pl.col("day"), "right")
        asked = asked.with_columns(era=pl.when(pl.col("day").is_not_null()).then(era.cast(pl.Int32)))
        known = asked.drop_nulls().filter(pl.col("text") != "").unique(["text", "era"], maintain_order=True)
        answers = [look_up(name, on)._asdict() for name, on in known.select("text", "day").rows()]
        table = known.select("text", "era", answer=pl.Series(answers, dtype=_KIND))
        return asked.join(table, on=["text", "era"], how="left", maintain_order="left")["answer"].rename(pairs.name)

    pair = pl.struct(text.alias("text"), day.alias("day"))
    return pair.map_batches(answer, return_dtype=_KIND, is_elementwise=True)


def code_found(text: pl.Expr, day: pl.Expr, system: System | None = "cameo") -> pl.Expr:
    """As `found`, for one or several country codes in a field, parted by ";" or ","."""

    def look_up(text: str, on: date) -> Found:
        return _codes_found(text, on, system)

    return found(text, day, look_up, _breaks())


def name_found(text: pl.Expr, day: pl.Expr) -> pl.Expr:
    """As `found`, for a name as ICEWS writes it: a state, `Sector (Country)`, a person or a body.

    `ontology.actors` is asked once for each distinct name, for all that it stands for over time.
    """

    def answer(pairs: pl.Series) -> pl.Series:
        asked = pairs.struct.unnest().with_row_index("_at").set_sorted("_at")
        names = asked["text"].drop_nulls().unique()
        spells = [(name, first, actor) for name in names if name for first, actor in actors.spells(name)]
        table = pl.DataFrame(
            {
                "text": pl.Series([name for name, _, _ in spells], dtype=pl.String),
                "day": pl.Series([first for _, first, _ in spells], dtype=pl.Date),
                "answer": pl.Series([_found_by(name, actor) for name, _, actor in spells], dtype=_KIND),
            }
        ).sort("day")
        dated = asked.filter(pl.col("day").is_not_null()).sort("day")
        joined = dated.join_asof(table, on="day", by="text", strategy="backward", check_sortedness=False)
        return asked.join(joined.select("_at", "answer"), on="_at", how="left", maintain_order="left")["answer"]

    pair = pl.struct(text.alias("text"), day.alias("day"))
    return pair.map_batches(answer, return_dtype=_KIND, is_elementwise=True)


def _found_by(name: str, actor: Actor | None) -> dict[str, object]:
    return Found([], "", name)._asdict() if actor is None else Found(list(actor.states), actor.sector, None)._asdict()


def side_columns(side: str, answer: pl.Expr) -> dict[str, pl.Expr]:
    """The columns of one side ("source" or "target") from a struct of `found`."""
    return {
        side: answer.struct.field("states").fill_null(pl.lit([], pl.List(pl.String))),
        f"{side}_sector": answer.struct.field("sector").fill_null(""),
        f"_{side}_place": answer.struct.field("stranger"),
    }


def _codes_found(text: str, on: date, system: System | None) -> Found:
    codes = [code for part in re.split(r"[;,]", text) if (code := part.strip())]
    states = {code: _state(code, on, system) for code in codes}
    strange = [code for code, state in states.items() if state is None and code.upper() not in NO_STATE]
    known = sorted({state for state in states.values() if state})
    return Found(known, "", ";".join(strange) or None)


def _state(code: str, on: date, system: System | None) -> str | None:
    other = _OTHER_CODES.get(code.upper(), code)
    state = countries.find(other, system, on=on)
    if state is None and system == "cameo":
        state = countries.find(other, "iso3", on=on)
    return state.iso3 if state else None
