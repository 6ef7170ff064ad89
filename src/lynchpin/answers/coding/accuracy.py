"""How often the proposals are right: learn from the rows before a day, and propose for those from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import polars as pl

from lynchpin.answers.coding.coder import Coder, learn
from lynchpin.errors import BadData
from lynchpin.record.ontology import plover
from lynchpin.results.coding import Accuracy, Coded, CoderScores


def held_out(events: pl.DataFrame, day: date, parts: dict[str, Collection[str]] | None = None) -> CoderScores:
    """Score a coder on later sentences.

    Parameters
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`
    day : date; rows before it are learnt from, the others are tried
    parts : name -> ids of events that are scored apart besides

    Raises
    ------
    BadData : too few rows on either side
    """
    coder = learn(events.filter(pl.col("date") < day))
    every = tried(coder, events.filter(pl.col("date") >= day))
    if not every:
        raise BadData(f"no coded sentence is dated {day} or later", "the record", "choose an earlier day")
    confusion: dict[str, Counter[str]] = {}
    for row, answer in every:
        confusion.setdefault(row["type"], Counter())[answer.types[0].value] += 1
    by = {"all": score(every)}
    for name, ids in (parts or {}).items():
        some = [(row, answer) for row, answer in every if row["event_id"] in ids]
        if some:
            by[name] = score(some)
    return CoderScores(
        day, coder.rows, by, {name: dict(sorted(row.items())) for name, row in sorted(confusion.items())}
    )


def tried(coder: Coder, events: pl.DataFrame) -> list[tuple[dict[str, Any], Coded]]:
    """Every row that has a sentence and a type, beside what a coder proposes for it."""
    rows = events.filter((pl.col("summary") != "") & pl.col("type").is_in(list(plover.names()))).to_dicts()
    return [(row, coder.code(row["summary"], row["date"])) for row in rows]


def score(every: Sequence[tuple[dict[str, Any], Coded]]) -> Accuracy:
    """The shares that are right."""
    named: list[tuple[dict[str, Any], Coded]] = []
    others: list[tuple[dict[str, Any], Coded]] = []
    for row, answer in every:
        states = {*row["source"], *row["target"]}
        (named if len(states) > 1 and states <= set(answer.named) else others).append((row, answer))
    about = [(row, answer) for row, answer in every if row["contexts"]]
    return Accuracy(
        sentences=len(every),
        type_first=_share([answer.types[0].value == row["type"] for row, answer in every]),
        type_among_three=_share([row["type"] in {one.value for one in answer.types} for row, answer in every]),
        quad_class=_share([answer.quad_class == plover.type_of(row["type"]).quad for row, answer in every]),
        context_first=_share([answer.contexts[0].value in row["contexts"] for row, answer in about]),
        context_among_three=_share(
            [bool({one.value for one in answer.contexts} & set(row["contexts"])) for row, answer in about]
        ),
        named_both=len(named),
        actors_first=_share([_sides(answer)[:1] == [_true(row)] for row, answer in named]),
        actors_among_three=_share([_true(row) in _sides(answer) for row, answer in named]),
        states_first=_share([_set(_sides(answer)[0]) == _set(_true(row)) for row, answer in named]),
        others_among_three=_share([_true(row) in _sides(answer) for row, answer in others]),
    )


def _sides(answer: Coded) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(one.source, one.target) for one in answer.actors]


def _true(row: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(sorted(row["source"])), tuple(sorted(row["target"]))


def _set(sides: tuple[tuple[str, ...], tuple[str, ...]]) -> set[str]:
    return {*sides[0], *sides[1]}


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0
