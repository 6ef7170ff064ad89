"""Covariates of words, or of numbers that stand for kinds: an effect for each value but the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import polars as pl

from lynchpin.engine.rem.covariates import NAMES
from lynchpin.engine.rem.events import EventStream, column_of
from lynchpin.engine.rem.features import NOT_TYPED
from lynchpin.engine.rem.names import NO_VALUE, as_text, natural
from lynchpin.engine.rem.terms import Effect, Term
from lynchpin.engine.rem.times import place_of
from lynchpin.errors import BadValue, UnknownName, suggest

#: The statistic that is the type of an alternative.
TYPE = "type"


def with_levels(
    terms: Sequence[Term],
    covariates: Mapping[str, pl.DataFrame],
    stream: EventStream,
    at_risk: Sequence[str] = (),
) -> tuple[tuple[Term, ...], list[str]]:
    """Every effect of a factor, or of types, as one for each value but the first, and which that is.

    So are effects that say `type=each`, one for each type at risk, and `type=interact`, one for each of these and each
    type of past events. Products are taken with each of them. `at_risk`: the types at risk, if types are.

    Raises
    ------
    BadData, BadValue, UnknownName : no such covariate, it has one value only, or a value that could not be written down
    """
    notes: list[str] = []
    out = [
        Term(tuple(effect for some in parts for effect in some))
        for term in terms
        for parts in product(*(_parts_of(effect, covariates, stream, notes, at_risk) for effect in term.effects))
    ]
    return tuple(out), list(dict.fromkeys(notes))


def _parts_of(
    effect: Effect,
    covariates: Mapping[str, pl.DataFrame],
    stream: EventStream,
    notes: list[str],
    at_risk: Sequence[str],
) -> list[tuple[Effect, ...]]:
    """What an effect stands for: products, of one effect mostly."""
    by_type = effect.type in ("each", "interact")
    if not (by_type or (effect.statistic == TYPE and not effect.level)):
        return [(one,) for one in _levels_of(effect, covariates, stream, notes)]
    if not at_risk:
        raise BadValue(f"{effect.text(stream.clock.span)}: types are not at risk", "effects", NOT_TYPED)
    for name in stream.kinds:
        if set(name) & set("(),=|") or not name:
            raise BadValue(f"{name!r} is no name of a type", "effects", "write it without brackets, commas, = and |")
    if not by_type:
        notes.append(f"{TYPE}: each is compared with {at_risk[0]!r}")
        return [(replace(effect, level=name),) for name in at_risk[1:]]
    alternatives = [Effect(TYPE, level=name) for name in at_risk]
    past = (effect.classes or stream.kinds) if effect.type == "interact" else ()
    plain = replace(effect, type="all")
    of_past = [replace(plain, classes=(name,)) for name in past] or [plain]
    return [(one, alternative) for one in of_past for alternative in alternatives]


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
    ends = ("actor",) if effect.row.feed.endswith("actor values") else ("sender", "receiver")
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
