"""Facts: who did what to whom on which day, as numbers, and the questions that can be asked of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Ints
from lynchpin.errors import BadData
from lynchpin.record.ontology import actors as table

SPLITS = ("train", "valid", "test")
HOURS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Distinct facts, by day.

    Attributes
    ----------
    day, source, relation, target : ndarray of int, shape (facts,); days are whole and ascending, the others positions
        in `actors` and `relations`
    actors, relations : tuple of str
    """

    day: Ints
    source: Ints
    relation: Ints
    target: Ints
    actors: tuple[str, ...]
    relations: tuple[str, ...]

    def before(self, day: int) -> Facts:
        """The facts dated strictly before a day, with the same names."""
        return self.between(-(2**62), day)

    def between(self, first: int, end: int) -> Facts:
        """The facts from the first day on, before the end."""
        a, b = np.searchsorted(self.day, [first, end])
        return Facts(self.day[a:b], self.source[a:b], self.relation[a:b], self.target[a:b], self.actors, self.relations)

    def both_ways(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Day, source, relation, target of every fact and of its mirror, by day, source, relation and target.

        The mirror of (s, r, o) is (o, r + number of relations, s): who did it to o is asked as whom o had it done by.
        """
        mirrored = self.relation + len(self.relations)
        day = np.concatenate([self.day, self.day])
        s, o = np.concatenate([self.source, self.target]), np.concatenate([self.target, self.source])
        r = np.concatenate([self.relation, mirrored])
        order = np.lexsort((o, r, s, day))
        return day[order], s[order], r[order], o[order]


def make_facts(
    day: Sequence[int] | Ints,
    source: Sequence[int] | Ints,
    relation: Sequence[int] | Ints,
    target: Sequence[int] | Ints,
    actors: Sequence[str],
    relations: Sequence[str],
) -> Facts:
    """Facts from columns in any order; what is told twice of one day is one fact."""
    rows = np.column_stack([np.asarray(column, dtype=np.int64) for column in (day, source, relation, target)])
    rows = np.unique(rows.reshape(-1, 4), axis=0)
    when, s, r, o = (np.ascontiguousarray(column) for column in rows.T)
    return Facts(when, s, r, o, tuple(actors), tuple(relations))


def read_benchmark(folder: str | Path) -> tuple[dict[str, Facts], tuple[int, int]]:
    """Read a temporal-knowledge-graph benchmark.

    Parameters
    ----------
    folder : path of a folder with train.txt, valid.txt and test.txt (`source relation target hours [anything]` by
        tabs), entity2id.txt and relation2id.txt

    Returns
    -------
    "all" and each split as Facts, days counted from the first day of the data; and the first days of valid and test

    Raises
    ------
    BadData : a file is missing or a line broken, a number has no name, or the splits overlap in time
    """
    home = Path(folder)
    actors, relations = _names(home / "entity2id.txt"), _names(home / "relation2id.txt")
    parts = {split: _numbers(home / f"{split}.txt", len(actors), len(relations)) for split in SPLITS}
    first = {split: int(rows[:, 3].min()) for split, rows in parts.items()}
    for early, late in pairwise(SPLITS):
        if parts[early][:, 3].max() >= first[late]:
            raise BadData(f"{early}.txt reaches into the days of {late}.txt", str(home), "split the facts by time")
    parts = {"all": np.concatenate(list(parts.values()))} | parts
    made = {
        split: make_facts(rows[:, 3], rows[:, 0], rows[:, 1], rows[:, 2], actors, relations)
        for split, rows in parts.items()
    }
    return made, (first["valid"], first["test"])


def _names(file: Path) -> tuple[str, ...]:
    named: dict[int, str] = {}
    for row, line in enumerate(_text(file).split("\n"), 1):
        name, _, number = line.rstrip("\r").rpartition("\t")
        if not line.strip() or (row == 1 and not name):
            continue
        if not name or not number.strip().isdigit():
            raise BadData(f"{line!r} is not a name, a tab and a number", f"{file}, line {row}", "fetch it again")
        named[int(number)] = name.replace("_", " ")
    if sorted(named) != list(range(len(named))) or not named:
        raise BadData("the numbers do not count from 0 without a gap", str(file), "fetch it again")
    return tuple(named[k] for k in range(len(named)))


def _numbers(file: Path, n: int, n_relations: int) -> Ints:
    text = _text(file)
    if not text.strip():
        raise BadData("the file is empty", str(file), "fetch it again")
    table = pl.read_csv(text.encode(), separator="\t", has_header=False, infer_schema=False, truncate_ragged_lines=True)
    whole = table.select(pl.col(table.columns[:4]).cast(pl.Int64, strict=False))
    row = whole.with_row_index("_row", 1).filter(
        pl.any_horizontal(pl.all().is_null()) if whole.width == 4 else pl.lit(True)
    )
    if row.height:
        where = f"{file}, line {row['_row'][0]}"
        raise BadData("a line is not four whole numbers by tabs", where, "source, relation, target, hours")
    rows = whole.to_numpy().astype(np.int64)
    top = np.array([n, n_relations, n, 2**62])
    wrong = np.flatnonzero(((rows < 0) | (rows >= top)).any(axis=1))
    if wrong.size:
        raise BadData("a number has no name in the lists beside it", f"{file}, line {wrong[0] + 1}", "fetch them again")
    odd = np.flatnonzero(rows[:, 3] % HOURS)
    if odd.size:
        raise BadData("a time is no whole day", f"{file}, line {odd[0] + 1}", "times are hours, in steps of 24")
    rows[:, 3] //= HOURS
    return rows


def _text(file: Path) -> str:
    if not file.is_file():
        raise BadData(f"{file.name} is missing", str(file.parent), "a benchmark has five files; see --help")
    return file.read_text(encoding="utf-8-sig", errors="replace")


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
