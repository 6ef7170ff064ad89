"""The text of a hyperevent model to its effects: `subrep(1, 30d) subrep(2) closure(30d) average(gdp)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

from lynchpin.engine.hyper.statistics import HYPER_STATISTICS, ORDERS
from lynchpin.engine.rem.times import Clock
from lynchpin.errors import BadValue, UnknownName, suggest

_EFFECT = re.compile(r"\s*[,+]?\s*(?:([A-Za-z]\w*)(?:\(([^()]*)\))?|(\S))")


@dataclass(frozen=True, slots=True)
class HyperEffect:
    """One statistic with what it remembers.

    order : of subsets, 0 where it has none; half_life : inf for none; of : the covariate, or empty
    """

    statistic: str
    order: int = 0
    half_life: float = inf
    of: str = ""

    def name(self, clock: Clock) -> str:
        """As it can be read again."""
        words = [str(self.order)] if self.order else []
        words += [clock.span(self.half_life)] if self.half_life < inf else []
        words += [self.of] if self.of else []
        return f"{self.statistic}({', '.join(words)})" if words else self.statistic


def parse_hyper_effects(text: str, clock: Clock, half_life: str | float | None = None) -> tuple[HyperEffect, ...]:
    """Read the effects of a model.

    Parameters
    ----------
    text : effects apart by blanks, commas or `+`, with arguments in brackets: an order, a half-life, or a covariate
    clock : what lengths are read in
    half_life : of effects that name none; None: they do not decay

    Raises
    ------
    BadValue, UnknownName
    """
    found: list[HyperEffect] = []
    at = 0
    while text[at:].strip():
        match = _EFFECT.match(text, at)
        assert match is not None
        where = f"effects, column {match.start(1 if match[1] else 3) + 1}: {text.strip()[:60]}"
        if match[3]:
            raise BadValue(f"{match[3]!r} is not expected here", where, "effects look like subrep(2, 30d)")
        if match[1] not in HYPER_STATISTICS:
            raise UnknownName(f"no statistic named {match[1]!r}", where, suggest(match[1], HYPER_STATISTICS))
        found.append(_effect(match[1], match[2] or "", where, clock, half_life))
        at = match.end()
    if not found:
        raise BadValue("no effects", "effects", f"name some of: {', '.join(HYPER_STATISTICS)}")
    if twice := [one for one in found if found.count(one) > 1]:
        raise BadValue(f"{twice[0].name(clock)} is there twice", "effects", "leave one out")
    return tuple(found)


def _effect(name: str, inside: str, where: str, clock: Clock, half_life: str | float | None) -> HyperEffect:
    takes = HYPER_STATISTICS[name].takes
    said = [part.strip() for part in inside.split(",")] if inside.strip() else []
    if len(said) > len(takes):
        raise BadValue(f"{name} takes {' and '.join(takes)}", where, "leave the rest out")
    order, length = 0, half_life
    if "order" in takes:
        if not said or not said[0].isdigit() or not 1 <= int(said[0]) <= ORDERS:
            raise BadValue(f"{name} needs an order from 1 to {ORDERS}", where, f"write {name}(2)")
        order = int(said.pop(0))
    if "covariate" in takes:
        if not said:
            raise BadValue(f"{name} needs a covariate", where, f"write {name}(population)")
        return HyperEffect(name, of=said[0])
    if said:
        length = said[0]
    return HyperEffect(name, order, inf if length is None else clock.length(length, where))
