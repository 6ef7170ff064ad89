"""Facts: who did what to whom on which day, as numbers, and the questions that can be asked of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Ints
from lynchpin.record.ontology import actors as table


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Distinct facts, by day.

    Attributes
    ----------
    day, source, relation, target : ndarray of int, shape (facts,); days are whole and ascending, the others positions
        in `actors` and `relations`
    actors, relations : tuple of str
    unit : int, >= 1, steps of `day` that the half-lives count as one day; more than 1 where facts are rarer than steps
    """

    day: Ints
    source: Ints
    relation: Ints
    target: Ints
    actors: tuple[str, ...]
    relations: tuple[str, ...]
    unit: int = 1

    def before(self, day: int) -> Facts:
        """The facts dated strictly before a day, with the same names."""
        return self.between(-(2**62), day)

    def between(self, first: int, end: int) -> Facts:
        """The facts from the first day on, before the end."""
        a, b = np.searchsorted(self.day, [first, end])
        day, s, r, o = (column[a:b] for column in (self.day, self.source, self.relation, self.target))
        return replace(self, day=day, source=s, relation=r, target=o)

    def both_ways(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Day, source, relation, target of every fact and of its mirror, by day, source, relation and target.

        The mirror of (s, r, o) is (o, r + number of relations, s): who did it to o is asked as whom o had it done by.
        """
        mirrored = self.relation + len(self.relations)
        columns = (
            np.concatenate([self.day, self.day]),
            np.concatenate([self.source, self.target]),
            np.concatenate([self.relation, mirrored]),
            np.concatenate([self.target, self.source]),
        )
        return _sorted(columns, (len(self.actors), 2 * len(self.relations), len(self.actors)))


def _sorted(columns: tuple[Ints, Ints, Ints, Ints], sizes: tuple[int, int, int]) -> tuple[Ints, Ints, Ints, Ints]:
    """Rows by their columns from the first on; `sizes` are those of all but the first, whose numbers are 0 .. size - 1.

    Where it fits, a row is one number, which takes a quarter of the time and the room of sorting by four columns.
    """
    first = int(columns[0].min(initial=0))
    span = int(columns[0].max(initial=0)) - first + 1
    if span * math.prod(sizes) >= 2**63:
        order = np.lexsort(columns[::-1])
        day, s, r, o = (column[order] for column in columns)
        return day, s, r, o
    key = columns[0] - first
    for column, size in zip(columns[1:], sizes, strict=True):
        key *= size
        key += column
    key.sort()
    parts: list[Ints] = []
    for size in reversed(sizes):
        key, part = np.divmod(key, size)
        parts.append(part)
    return key + first, parts[2], parts[1], parts[0]


def make_facts(
    day: Sequence[int] | Ints,
    source: Sequence[int] | Ints,
    relation: Sequence[int] | Ints,
    target: Sequence[int] | Ints,
    actors: Sequence[str],
    relations: Sequence[str],
    unit: int = 1,
) -> Facts:
    """Facts from columns in any order; what is told twice of one day is one fact."""
    given = tuple(np.asarray(column, dtype=np.int64) for column in (day, source, relation, target))
    columns = _sorted((given[0], given[1], given[2], given[3]), (len(actors), len(relations), len(actors)))
    is_new = np.ones(columns[0].size, np.bool_)
    if is_new.size:
        is_new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    when, s, r, o = (column[is_new] for column in columns)
    return Facts(when, s, r, o, tuple(actors), tuple(relations), unit)


# -- Traits: what a name alone says of an actor, its state and its kind. Static, and the same on every day.

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
    """What the tables of `lynchpin.record.ontology.actors` know of names.

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
