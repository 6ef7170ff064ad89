"""Covariates of words, or of numbers that stand for kinds: an effect for each value but the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import polars as pl

from lynchpin.engine.rem.covariates import NAMES
from lynchpin.engine.rem.effects import Effect, Term
from lynchpin.engine.rem.events import EventStream, column_of
from lynchpin.engine.rem.names import NO_VALUE, as_text, natural
from lynchpin.engine.rem.times import place_of
from lynchpin.errors import BadValue, UnknownName, suggest


def with_levels(
    terms: Sequence[Term], covariates: Mapping[str, pl.DataFrame], stream: EventStream
) -> tuple[tuple[Term, ...], list[str]]:
    """Every effect of a factor as one for each value but the first, and which that is.

    Products are taken with each of them.

    Raises
    ------
    BadData, BadValue, UnknownName : no such covariate, it has one value only, or a value that could not be written down
    """
    notes: list[str] = []
    out = [
        Term(effects)
        for term in terms
        for effects in product(*(_levels_of(effect, covariates, stream, notes) for effect in term.effects))
    ]
    return tuple(out), list(dict.fromkeys(notes))


def _levels_of(
    effect: Effect, covariates: Mapping[str, pl.DataFrame], stream: EventStream, notes: list[str]
) -> list[Effect]:
    if not effect.factor:
        return [effect]
    if effect.of not in covariates:
        known = suggest(effect.of, covariates, noun="covariate")
        raise UnknownName(f"no covariate {effect.of!r}", str(effect), known)
    table, said = covariates[effect.of], list[str]()
    where = place_of(table, f"covariate {effect.of}", said)
    ends = ("actor",) if effect.row.feed == "actor values" else ("sender", "receiver")
    known_actors = pl.Series(stream.actors, dtype=pl.String).implode()
    here = pl.repeat(True, table.height, eager=True)
    for end in ends:
        here &= as_text(table[column_of(table, end, where, said, NAMES, ends)]).is_in(known_actors).fill_null(False)
    values = as_text(table[column_of(table, "value", where, said, NAMES, ("value",))]).filter(here).drop_nulls()
    levels = sorted({value for value in values if value.lower() not in NO_VALUE}, key=natural)
    for level in levels:
        if set(level) & set("(),=|"):
            raise BadValue(f"{level!r} is no name of a kind", where, "write it without brackets, commas, = and |")
    if len(levels) < 2:
        raise BadValue(f"{effect.of} has one value only, so it tells nobody apart", where, "leave it out")
    notes.append(f"{effect.statistic}({effect.of}): each is compared with {levels[0]!r}")
    return [replace(effect, factor=False, level=level) for level in levels[1:]]
