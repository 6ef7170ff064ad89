"""Histories as the rows that hazards are fitted to: who was at risk of what, for how long, knowing what.

A row is a stretch of days over which nothing that the model knows changes: the agreement's standing, its setbacks so
far, whether its last act was one, how long ago that was (in pieces), and its covariates, which are taken at the row's
first day from acts strictly before it and hold for at most four weeks. The act that closes a row is its move. Acts of
one day follow one another in file order: a row of no length.

An agreement enters with its first recorded act (delayed entry): what came before it is not known, so nothing is learnt
of how proposals come about, and processes that nobody recorded are not in the sample.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from lynchpin.answers.agreements.covariates import MEANINGS, NEW_FOR_DAYS, Mask, Record, changes, covariates, is_new
from lynchpin.answers.agreements.stages import BEFORE, MOVES, STANDINGS, Standing, after, move
from lynchpin.days import day_number
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.results import AgreementLife

#: Weeks since the last act at which the hazards change: where one piece of the clock ends and the next begins.
CLOCK_WEEKS: Final = (4, 26, 104)

#: Setbacks are told apart up to this many.
MOST_SETBACKS: Final = 3

_GRID_DAYS = 28

_MOVE = {name: k for k, name in enumerate(MOVES)}
_STANDING = {standing: k for k, standing in enumerate(STANDINGS)}


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Rows of all agreements, those of one agreement together and in the order of time.

    agreement : (rows,), index into `ids`; first_day : (rows,), day number; weeks : (rows,), length, may be 0
    standing : (rows,), index into STANDINGS; piece : (rows,), of the clock, from 0; setbacks : (rows,),
    0..MOST_SETBACKS
    is_fresh : (rows,), the last act was a setback; is_new : (rows,), a party has a new head of government
    x : (rows, len(MEANINGS)), NaN where the record does not follow the parties
    move : (rows,), index into MOVES, or -1 where the row ends without an act
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]  # of each agreement
    agreement: Ints
    first_day: Ints
    weeks: Floats
    standing: Ints
    piece: Ints
    setbacks: Ints
    is_fresh: Mask
    is_new: Mask
    x: Floats
    move: Ints

    def without(self, agreement: str) -> Spells:
        """The same without the rows of one agreement; its id and kind stay, with nothing known of it."""
        if agreement not in self.ids:
            return self
        return self.where(self.agreement != self.ids.index(agreement))

    def only(self, agreement: str) -> Spells:
        """The rows of one agreement."""
        return self.where(np.array([name == agreement for name in self.ids], dtype=bool)[self.agreement])

    def where(self, keep: Mask) -> Spells:
        """The rows that are kept."""
        names = ("agreement", "first_day", "weeks", "standing", "piece", "setbacks", "is_fresh", "is_new", "x", "move")
        return Spells(self.ids, self.kinds, *(getattr(self, name)[keep] for name in names))


def known(life: AgreementLife, origin: date) -> AgreementLife:
    """An agreement as it was known at an origin: the one gate to the future of this room.

    Its acts are those that had happened and were known. Its stage and day are those of the last of them; where there is
    none, its history is empty.
    """
    acts = tuple(act for act in life.history if act.is_known(origin))
    if len(acts) == len(life.history) or not acts:
        return replace(life, history=acts)
    return replace(life, history=acts, stage=acts[-1].stage, since=acts[-1].date)


@dataclass(frozen=True, slots=True)
class Now:
    """What the model knows of an agreement at a moment."""

    standing: Standing
    setbacks: int  # 0..MOST_SETBACKS
    is_fresh: bool
    weeks_since: int  # whole weeks since the last act


def now(life: AgreementLife, day: int) -> Now:
    """Where an agreement stands on a day, by the acts of its history that are dated before it."""
    standing, setbacks, fresh, last = BEFORE, 0, False, day
    for act in life.history:
        at = day_number(act.date)
        if at >= day or standing.has_ended:
            break
        standing, last, fresh = after(standing, act.stage), at, act.stage == "setback"
        setbacks = min(setbacks + fresh, MOST_SETBACKS)
    return Now(standing, setbacks, fresh, (day - last) // 7)


def spells(lives: Sequence[AgreementLife], record: Record, origin: date) -> Spells:
    """The rows of every agreement up to an origin.

    Parameters
    ----------
    lives : agreements, whose acts on or after the origin are left out
    record : Record, of events dated before the origin
    origin : date, the day on which every agreement that has not ended is censored
    """
    stop = day_number(origin)
    parts = [_of_one(life, record, stop) for life in lives]
    table = np.concatenate([rows for rows, _, _ in parts]) if parts else np.empty((0, 7), dtype=np.int64)
    return Spells(
        ids=tuple(life.id for life in lives),
        kinds=tuple(life.kind for life in lives),
        agreement=np.repeat(np.arange(len(lives)), [len(rows) for rows, _, _ in parts]),
        first_day=table[:, 0],
        weeks=table[:, 1] / 7.0,
        standing=table[:, 2],
        piece=table[:, 3],
        setbacks=table[:, 4],
        is_fresh=table[:, 5].astype(bool),
        is_new=np.concatenate([new for _, new, _ in parts]) if parts else np.empty(0, dtype=bool),
        x=np.concatenate([x for _, _, x in parts]) if parts else np.empty((0, len(MEANINGS))),
        move=table[:, 6],
    )


def joined(parts: Sequence[Spells]) -> Spells:
    """The rows of several, one after the other; no id may stand in two of them."""
    first = np.cumsum([0, *(len(part.ids) for part in parts)])
    names = ("first_day", "weeks", "standing", "piece", "setbacks", "is_fresh", "is_new", "x", "move")
    return Spells(
        tuple(name for part in parts for name in part.ids),
        tuple(kind for part in parts for kind in part.kinds),
        np.concatenate([part.agreement + at for part, at in zip(parts, first, strict=False)]),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names),
    )


def _of_one(life: AgreementLife, record: Record, stop: int) -> tuple[Ints, Mask, Floats]:
    """The rows of one agreement: first day, days, standing, piece, setbacks, fresh, move; new leader; covariates."""
    acts = [(day_number(act.date), act.stage) for act in life.history if day_number(act.date) < stop]
    fixed = _cuts(life, record, acts[0][0], stop) if acts else []
    rows: list[tuple[int, int, int, int, int, bool, int]] = []
    standing, setbacks, fresh = BEFORE, 0, False
    for k, (day, word) in enumerate(acts):
        standing, fresh = after(standing, word), word == "setback"
        setbacks = min(setbacks + fresh, MOST_SETBACKS)
        if standing.has_ended:
            break
        until, closing = (acts[k + 1][0], move(standing, acts[k + 1][1])) if k + 1 < len(acts) else (stop, "")
        if until == stop and closing == "" and until <= day:
            continue
        cuts = {day, *(d for w in CLOCK_WEEKS if (d := day + 7 * w) < until)}
        cuts |= {d for d in fixed[bisect_right(fixed, day) :] if d < until}
        starts = sorted(cuts)
        for start, end in zip(starts, [*starts[1:], until], strict=True):
            closes = end == until and closing != ""
            piece = sum(start - day >= 7 * w for w in CLOCK_WEEKS)
            rows.append(
                (start, end - start, _STANDING[standing], piece, setbacks, fresh, _MOVE[closing] if closes else -1)
            )
    table = np.array(rows, dtype=np.int64).reshape(-1, 7)
    firsts: Ints = table[:, 0]
    return table, is_new(life.parties, firsts), covariates(record, life.parties, life.patron, firsts)


def _cuts(life: AgreementLife, record: Record, first: int, stop: int) -> list[int]:
    """Days on which a row ends whatever happens: every four weeks where the record follows the parties, else only where
    a head of government is new, or no longer."""
    if record.follows(life.parties):
        return list(range(first + _GRID_DAYS - first % _GRID_DAYS, stop, _GRID_DAYS))
    turns = {day + late for party in life.parties for day in changes(party) for late in (1, NEW_FOR_DAYS + 1)}
    return sorted(turns)
