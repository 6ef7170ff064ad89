"""Coefficients that are given and not estimated: offsets. The climb then goes over the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.terms import Term
from lynchpin.engine.rem.times import Clock
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue, LynchpinError, UnknownName, suggest


def columns_of(
    fixed: Sequence[tuple[str, float]], names: Sequence[str], terms: Sequence[Term], clock: Clock
) -> dict[int, float]:
    """Which coefficients are given: position -> value.

    Parameters
    ----------
    fixed : (name of a coefficient, or an effect as it was written; value)
    names : of the coefficients, in order, and `terms`, in the same order behind a baseline or not
    clock : what lengths are read in

    Raises
    ------
    BadValue, UnknownName : no coefficient is called so, one is named twice, or none is left
    """
    out: dict[int, float] = {}
    for name, value in fixed:
        at = names.index(name) if name in names else _written(name, names, terms, clock)
        if at in out:
            raise BadValue(f"{name} is given twice", "fix", "give it once")
        out[at] = value
    if out and len(out) == len(names):
        raise BadValue("every coefficient is given, and none is left to estimate", "fix", "leave one out")
    return out


def _written(name: str, names: Sequence[str], terms: Sequence[Term], clock: Clock) -> int:
    """The position of an effect that is written as in the model, arguments in any order."""
    unknown = UnknownName(f"no coefficient {name!r}", "fix", suggest(name, names))
    try:
        said = parse_effects(name, clock=clock)
    except LynchpinError:
        raise unknown from None
    texts = [term.text(repr) for term in terms]
    if len(said) != 1 or said[0].text(repr) not in texts or len(names) not in (len(terms), len(terms) + 1):
        raise unknown
    return texts.index(said[0].text(repr)) + len(names) - len(terms)


def full(free: Floats, fixed: Mapping[int, float]) -> Floats:
    """All coefficients, (p,), from those that are estimated, (p - given,)."""
    out = np.empty(free.size + len(fixed))
    out[free_of(out.size, fixed)] = free
    for at, value in fixed.items():
        out[at] = value
    return out


def free_of(size: int, fixed: Mapping[int, float]) -> Ints:
    """The positions of those that are estimated, of so many."""
    return np.array([k for k in range(size) if k not in fixed], np.int64)
