"""The models of a record, and the rows that they propose for a sentence.

Actors come from the names that a sentence holds and from a model of how named states stand to one another (the first on
the second, all together, ...), by the words around them; where too few are named, from the pairs that such sentences
had in the record. Types are learnt from the record's sentences and from the labels of CAMEO's codes, contexts from the
record's alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from lynchpin.answers.coding.features import marks
from lynchpin.answers.coding.names import Named, mentions, states_of
from lynchpin.answers.coding.softmax import RIDGE, Softmax, fit_softmax
from lynchpin.answers.coding.standing import standing, whoever
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData
from lynchpin.record.ontology import cameo, plover
from lynchpin.results.coding import ActorsProposed, Coded, Proposed

#: Proposals for each part of a row, and how much a label of CAMEO weighs beside a sentence.
PROPOSALS, LABEL_WEIGHT = 3, 0.6
_FEWEST = 40  # sentences that can be learnt from
_FEW_ROUNDS = 30  # there are many pairs, and each is rare
_SEEN = 3  # times that a pair must have been seen to be proposed without being named
_LEFT_OUT = 0.3  # what a pair of the record counts for each of the first two named states that it leaves out
_OTHERWISE = "otherwise"  # the states stand in no way that is known

_OF_TYPES = ("rank", "n:", "b:", "t:", "after0")  # marks of standing that tell of types too

Sides = tuple[tuple[str, ...], tuple[str, ...]]
_WAYS = (
    "together", "first on second", "second on first", "all but last together", "first two together", "first on itself",
    "first on rest", "all on last", "last on rest", "first on last", "first two on third", "second on third",
)  # fmt: skip
_ALIKE = 3  # where more states are named, the ways are those of this many
_FEWEST_OF_WAY = 3  # rows in which states stand in a way, for it to be learnt


def by_way(way: str, named: Sequence[str]) -> Sides | None:
    """Who stands on either side where named states stand in a way to one another; None where too few are named.

    Examples
    --------
    >>> by_way("first on rest", ["PRK", "KOR", "JPN"]), by_way("together", ["KOR", "JPN"])
    ((('PRK',), ('JPN', 'KOR')), (('JPN', 'KOR'), ('JPN', 'KOR')))
    """
    needed = {"first on itself": 1, "together": 2, "first on second": 2, "second on first": 2}.get(way, 3)
    if len(named) < needed:
        return None
    whole = range(len(named))
    last = whole[-1]
    source, target = {
        "together": (whole, whole),
        "first on second": ([0], [1]),
        "second on first": ([1], [0]),
        "all but last together": (whole[:-1], whole[:-1]),
        "first two together": ([0, 1], [0, 1]),
        "first on itself": ([0], [0]),
        "first on rest": ([0], whole[1:]),
        "all on last": (whole[:-1], [last]),
        "last on rest": ([last], whole[:-1]),
        "first on last": ([0], [last]),
        "first two on third": ([0, 1], [2]),
        "second on third": ([1], [2]),
    }[way]
    return tuple(sorted(named[k] for k in source)), tuple(sorted(named[k] for k in target))


def _way_of(way: str, named: Sequence[str]) -> str:
    """A way as it is learnt: apart for two states and for three or more."""
    return f"{way} of {min(len(named), _ALIKE)}"


def acting_of(found: Sequence[Named], states: Collection[str]) -> tuple[str, ...]:
    """The named states that may act: those of the record alone where it has two of them or more.

    Examples
    --------
    >>> from datetime import date
    >>> found = mentions("Washington says that the Macau accounts go back to North Korea.", date(2007, 4, 1))
    >>> acting_of(found, {"USA", "PRK"}), acting_of(found, {"USA"})
    (('USA', 'PRK'), ('USA', 'MAC', 'PRK'))
    """
    named = states_of(found)
    known = tuple(state for state in named if state in states)
    return known if len(known) > 1 else named


@dataclass(frozen=True, slots=True, eq=False)
class Coder:
    """What was learnt of a record.

    types, contexts, ways, pairs : Softmax
    states : ISO3 codes of the record, whose office-holders are known by their surname
    usual : type -> the median magnitude of its acts in the record
    rows : int, sentences learnt from
    """

    types: Softmax
    contexts: Softmax
    ways: Softmax
    pairs: Softmax
    states: tuple[str, ...]
    usual: Mapping[str, float]
    rows: int

    def code(self, sentence: str, day: date) -> Coded:
        """Propose a row for a sentence of a day."""
        found = mentions(sentence, day, self.states)
        given = [marks(sentence, found)]
        acting = acting_of(found, self.states)
        stands = standing(sentence, found, acting, day)
        ways = self.ways.chances([stands])[0]
        act = _of_the_act(sentence, stands)
        kinds = self.types.chances([act])[0]
        types = _ranked(self.types, kinds)
        return Coded(
            sentence=sentence,
            day=day,
            named=states_of(found),
            actors=self._actors(acting, ways, self.pairs.chances(given)[0]),
            types=types,
            contexts=_ranked(self.contexts, self.contexts.chances([given[0] | act])[0]),
            quad_class=self._quad(kinds),
            magnitude=self.usual.get(types[0].value) if types else None,
        )

    def _quad(self, types: Floats) -> int:
        """The quad class whose types are likeliest together."""
        total: dict[int, float] = {}
        for name, chance in zip(self.types.names, types, strict=True):
            quad = plover.type_of(name).quad
            total[quad] = total.get(quad, 0.0) + float(chance)
        return min(total, key=lambda quad: (-total[quad], quad))

    def _actors(self, named: Sequence[str], ways: Floats, pairs: Floats) -> tuple[ActorsProposed, ...]:
        weight: dict[Sides, float] = {}
        known = dict(zip(self.ways.names, ways, strict=True))
        for way in _WAYS:
            sides = by_way(way, named)
            if sides is not None:
                weight[sides] = weight.get(sides, 0.0) + float(known.get(_way_of(way, named), 0.0))
        for pair, chance in zip(self.pairs.names, pairs, strict=True):
            source, _, target = pair.partition(">")
            seen = tuple(source.split(";")), tuple(target.split(";"))
            left_out = sum(state not in (*seen[0], *seen[1]) for state in named[:2])
            weight[seen] = weight.get(seen, 0.0) + known.get(_OTHERWISE, 0.0) * float(chance) * _LEFT_OUT**left_out
        total = sum(weight.values()) or 1.0
        ranked = sorted(weight.items(), key=lambda one: (-one[1], one[0]))[:PROPOSALS]
        return tuple(ActorsProposed(source, target, chance / total) for (source, target), chance in ranked)


def _of_the_act(text: str, stands: Collection[str] = ()) -> frozenset[str]:
    """The marks that types are told by: a person stands for himself, each pair of words for any states too, and of how
    the named states stand the words beside each and the ranks."""
    found = mentions(text, None)
    return marks(text, found) | whoever(text, found) | {mark for mark in stands if mark.startswith(_OF_TYPES)}


def _ranked(model: Softmax, chances: Floats) -> tuple[Proposed, ...]:
    best = np.argsort(-chances, kind="stable")[:PROPOSALS]
    return tuple(Proposed(model.names[k], float(chances[k])) for k in best)


def learn(events: pl.DataFrame, *, ridge: float = RIDGE) -> Coder:
    """Learn from the hand-coded rows of a record.

    Parameters
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`; rows without a sentence, a type or an actor, and
        those that a machine coded, are left out
    ridge : float, for every model

    Raises
    ------
    BadData : there are too few sentences to learn from
    """
    rows = events.filter(
        (pl.col("status") != "coded") & (pl.col("summary") != "") & pl.col("type").is_in(list(plover.names()))
        & (pl.col("source").list.len() > 0) & (pl.col("target").list.len() > 0)
    )  # fmt: skip
    if rows.height < _FEWEST:
        mend = f"learn from a chronology of {_FEWEST} or more, as that of northeast-asia"
        raise BadData(f"{rows.height} coded sentences are too few to learn from", "the record", mend)
    often = Counter([*rows["source"].explode(), *rows["target"].explode()])
    states = tuple(sorted(often, key=lambda state: (-often[state], state)))
    told = [(text, mentions(text, day, states)) for text, day in rows.select("summary", "date").iter_rows()]
    given = [marks(text, found) for text, found in told]
    kinds = set(rows["type"])
    labels = sorted(
        {
            (code.label, code.type)
            for version in cameo.VERSIONS
            for code in cameo.codes(version).values()
            if code.type in kinds
        }
    )
    acting = [acting_of(found, states) for _, found in told]
    stood = [
        standing(text, found, named, day) for (text, found), named, day in zip(told, acting, rows["date"], strict=True)
    ]
    acts = [_of_the_act(text, stands) for (text, _), stands in zip(told, stood, strict=True)]
    types = fit_softmax(
        [*acts, *(_of_the_act(text) for text, _ in labels)],
        [[name] for name in (*rows["type"], *(name for _, name in labels))],
        [*[1.0] * len(given), *[LABEL_WEIGHT] * len(labels)],
        seen=2,
        ridge=ridge,
    )
    about = [k for k, tags in enumerate(rows["contexts"]) if len(tags)]
    contexts = fit_softmax(
        [given[k] | acts[k] for k in about], [list(rows["contexts"][k]) for k in about], seen=2, ridge=ridge
    )
    sides: list[Sides] = [(tuple(a), tuple(b)) for a, b in rows.select("source", "target").iter_rows()]
    way_of = [_way(named, one) for named, one in zip(acting, sides, strict=True)]
    common = Counter(way_of)
    ways = fit_softmax(
        stood,
        [[way if common[way] >= _FEWEST_OF_WAY else _OTHERWISE] for way in way_of],
        seen=2,
        by_rarity=False,
        ridge=ridge,
    )
    count = Counter(sides)
    usual_ones = [k for k, one in enumerate(sides) if count[one] >= _SEEN]
    pairs = fit_softmax(
        [given[k] for k in usual_ones], [[f"{';'.join(sides[k][0])}>{';'.join(sides[k][1])}"] for k in usual_ones],
        rounds=_FEW_ROUNDS, seen=2, ridge=ridge,
    )  # fmt: skip
    usual = rows.drop_nulls("magnitude").group_by("type").agg(pl.col("magnitude").median())
    return Coder(types, contexts, ways, pairs, states, dict(sorted(usual.iter_rows())), rows.height)


def _way(named: Sequence[str], sides: Sides) -> str:
    """How the states that a sentence names stand to one another in its row; "otherwise" where no way gives it."""
    return next((_way_of(way, named) for way in _WAYS if by_way(way, named) == sides), _OTHERWISE)
