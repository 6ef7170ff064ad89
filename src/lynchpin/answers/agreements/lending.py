"""Agreements lent by other cases: learnt from where a case's own have made too few moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from lynchpin.answers.agreements.covariates import read_record
from lynchpin.answers.agreements.spells import Spells, known, spells
from lynchpin.events import before
from lynchpin.results import AgreementLife

#: With fewer moves than this, those of the cases that come with the package are learnt from too.
ENOUGH_MOVES: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Lent:
    """Agreements of another case, with its record, its states and its adversaries."""

    case: str
    lives: tuple[AgreementLife, ...]
    events: pl.DataFrame
    states: Sequence[str]
    adversaries: Sequence[str]


def lent_rows(
    lent: Sequence[Lent], mine: Sequence[AgreementLife], origin: date
) -> tuple[list[Spells], list[AgreementLife]]:
    """What is learnt from other cases by an origin, each agreement once, its id led by its case: rows, and agreements.

    One that ours have too, or a case lent before it, is left out, for files name one thing in several ways (`is_one`).
    """
    parts: list[Spells] = []
    others: list[AgreementLife] = []
    for one in lent:
        theirs = [cut for life in one.lives if (cut := known(life, origin)).history]
        theirs = [life for life in theirs if not any(is_one(life, other) for other in (*mine, *others))]
        named = [replace(life, id=f"{one.case}:{life.id}") for life in theirs]
        parts.append(spells(named, read_record(before(one.events, origin), one.states, one.adversaries), origin))
        others += named
    return parts, others


def is_one(life: AgreementLife, other: AgreementLife) -> bool:
    """Whether two files speak of one agreement: by id, title, or the same parties with a dated act in common."""
    if life.id == other.id or life.title == other.title:
        return True
    acts = {(act.date, act.stage) for act in life.history}
    return set(life.parties) == set(other.parties) and any((act.date, act.stage) in acts for act in other.history)
