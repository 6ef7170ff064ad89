"""Traits: what a name alone says of an actor, its state and its kind. Static, and the same on every day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lynchpin.ontology import actors as table

#: Kinds that are kept: the phrases before a bracket that most names have; rarer ones say too little.
KINDS = 160
_OF_HOW = {"state": "(a state)", "person": "(a person)", "leader": "(a person)"}


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """State and kind of every actor.

    Attributes
    ----------
    state, kind : ndarray of int32, shape (actors,), positions in `states` and `kinds`; -1 where none is known
    states : tuple of str, ISO3 codes
    kinds : tuple of str, such as "Police" of "Police (Nigeria)"
    """

    state: NDArray[np.int32]
    kind: NDArray[np.int32]
    states: tuple[str, ...]
    kinds: tuple[str, ...]


def no_traits(n: int) -> Traits:
    """For actors of whom nothing is said, such as states."""
    unknown = np.full(n, -1, dtype=np.int32)
    return Traits(unknown, unknown.copy(), (), ())


def traits_of_names(names: Sequence[str], day: date) -> Traits:
    """What the tables of `lynchpin.ontology.actors` know of names.

    Parameters
    ----------
    names : the actors, as written
    day : date, on which a state must exist; offices are not used
    """
    found = [table.resolve(name, day) for name in names]
    state = [actor.states[0] if actor and len(actor.states) == 1 else "" for actor in found]
    kind = [_kind(name, actor.how if actor else "") for name, actor in zip(names, found, strict=True)]
    often = sorted((-count, word) for word, count in Counter(kind).items() if word)[:KINDS]
    states, kinds = sorted(set(state) - {""}), [word for _, word in often]
    return Traits(_numbered(state, states), _numbered(kind, kinds), tuple(states), tuple(kinds))


def _numbered(words: Sequence[str], listed: Sequence[str]) -> NDArray[np.int32]:
    place = {word: k for k, word in enumerate(listed)}
    return np.array([place.get(word, -1) for word in words], dtype=np.int32)


def _kind(name: str, how: str) -> str:
    return name[: name.rindex("(")].strip() if name.endswith(")") and "(" in name else _OF_HOW.get(how, "")
