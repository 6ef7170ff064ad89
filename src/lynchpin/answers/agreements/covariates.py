"""What bears on an agreement on a day: decayed counts of the record's acts around its parties, strictly before the day.

The counts are the traces that every mechanism stands on (`statistics/_trace.py`), seen relative to all that the record
holds then, because a record is denser in some years than in others:

    x(t) = log(trace of the acts + 0.5) - log(trace of every act + 5)

An agreement one of whose parties the record does not follow has none of these: its row is missing (NaN), and the model
gives all such agreements one common shift instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.days import day_number
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.engine.statistics.trace import traces
from lynchpin.record.ontology import offices

Mask = NDArray[np.bool_]

HALF_LIFE_DAYS: Final = 180.0

#: Name -> what it counts, in the order of the columns.
MEANINGS: Final = {
    "threat": "conflict from the adversary toward a party",
    "push": "cooperation of the outside patron with the party it works with least",
    "warmth": "cooperation between the parties",
    "grievance": "conflict between the parties over history or territory",
    "friction": "other conflict between the parties",
    "parliament": "conflict from a party's parliament or opposition, at home or toward another party",
    "society": "conflict from a party's courts or society, at home or toward another party",
}

_SORE = ("history", "territory")
_SECTORS = {"parliament": ("LEG", "OPP"), "society": ("JUD", "CVL")}


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The events as arrays: who did it, to whom, when, and of what sign.

    day : (events,), ascending; source, target : (events, states), bool; sign : (events,), -1, 0 or 1;
    is_sore : (events,), bool, about history or territory; sector : name of a covariate -> (events,), bool
    """

    states: tuple[str, ...]
    adversaries: tuple[str, ...]
    day: Ints
    source: NDArray[np.bool_]
    target: NDArray[np.bool_]
    sign: Ints
    is_sore: NDArray[np.bool_]
    sector: dict[str, NDArray[np.bool_]]

    def follows(self, parties: Sequence[str]) -> bool:
        return set(parties) <= set(self.states)


def read_record(events: pl.DataFrame, states: Sequence[str], adversaries: Sequence[str]) -> Record:
    """Events in the store's columns as arrays.

    Parameters
    ----------
    events : DataFrame, in the columns of `lynchpin.events.SCHEMA`; whoever calls has cut it to what is known
    states : ISO3 codes that the record follows
    adversaries : those whose conflict is a threat
    """
    events = events.sort("date", maintain_order=True)
    magnitude = events["magnitude"].fill_null(0.0).to_numpy()

    def among(side: str) -> NDArray[np.bool_]:
        return np.column_stack([events[side].list.contains(state).to_numpy().astype(bool) for state in states])

    sore = events["contexts"].list.set_intersection(list(_SORE)).list.len().to_numpy() > 0
    sectors = events["source_sector"].to_numpy()
    return Record(
        states=tuple(states),
        adversaries=tuple(a for a in adversaries if a in states),
        day=events["date"].to_numpy().astype("datetime64[D]").astype(np.int64),
        source=among("source"),
        target=among("target"),
        sign=np.sign(magnitude).astype(np.int64),
        is_sore=sore,
        sector={name: np.isin(sectors, list(codes)) for name, codes in _SECTORS.items()},
    )


def covariates(record: Record, parties: Sequence[str], patron: str, at: Ints) -> Floats:
    """The covariates of one agreement on each day, from acts strictly before it.

    Parameters
    ----------
    record : Record
    parties : ISO3 codes
    patron : ISO3 code of the outside patron, or ""
    at : ndarray of int, shape (days,), day numbers, ascending

    Returns
    -------
    ndarray, shape (days, len(MEANINGS)); NaN throughout where the record does not follow every party
    """
    if not record.follows(parties):
        return np.full((at.size, len(MEANINGS)), np.nan)
    masks, pushed = _masks(record, parties, patron)
    counted = [*masks.values(), *pushed, np.ones(record.day.size, dtype=bool)]
    event, cell = np.nonzero(np.column_stack(counted))
    ones = np.ones(event.size)
    decayed = traces(record.day[event], cell, ones, at, len(counted), HALF_LIFE_DAYS)
    push = decayed[:, len(masks) : -1].min(axis=1) if pushed else np.zeros(at.size)
    columns = [decayed[:, list(masks).index(name)] if name != "push" else push for name in MEANINGS]
    shares: Floats = np.log(np.column_stack(columns) + 0.5) - np.log(decayed[:, -1:] + 5.0)
    return shares


def _masks(record: Record, parties: Sequence[str], patron: str) -> tuple[dict[str, Mask], list[Mask]]:
    """Which events each covariate counts, and for each party those that count as the patron's push."""
    at = {state: k for k, state in enumerate(record.states)}
    mine = [at[party] for party in parties]
    foes = [at[state] for state in record.adversaries if state not in parties]
    source, target, warm, cold = record.source, record.target, record.sign > 0, record.sign < 0
    between = np.zeros(record.day.size, dtype=bool)
    home = np.zeros(record.day.size, dtype=bool)
    for a in mine:
        home |= source[:, a] & target[:, a] & (source.sum(axis=1) == 1)
        for b in mine:
            if a != b:
                between |= source[:, a] & target[:, b]
    threat = source[:, foes].any(axis=1) & target[:, mine].any(axis=1) & cold
    push: list[Mask] = []
    if patron in at and patron not in parties:
        p = at[patron]
        push = [((source[:, p] & target[:, a]) | (source[:, a] & target[:, p])) & warm for a in mine]
    masks = {
        "threat": threat,
        "warmth": between & warm,
        "grievance": between & cold & record.is_sore,
        "friction": between & cold & ~record.is_sore,
        **{name: (between | home) & cold & of_sector for name, of_sector in record.sector.items()},
    }
    return masks, push


# -- Changes at the top: when a party got a new head of government, from the offices in the ontology.

#: State -> the office that governs, as `ontology/tables/leaders.csv` names it.
CHIEF_OFFICE: Final = {
    "BRA": "president",
    "CHN": "president",
    "DEU": "chancellor",
    "FRA": "president",
    "GBR": "prime minister",
    "IND": "prime minister",
    "ISR": "prime minister",
    "JPN": "prime minister",
    "KOR": "president",
    "LKA": "president",
    "PHL": "president",
    "PRK": "supreme leader",
    "USA": "president",
}

NEW_FOR_DAYS: Final = 365


@cache
def changes(state: str) -> tuple[int, ...]:
    """Days on which the state got a new head of government, ascending; empty where its office is not followed.

    Examples
    --------
    >>> from datetime import date
    >>> day_number(date(2008, 2, 25)) in changes("KOR"), changes("VUT")
    (True, ())
    """
    office = CHIEF_OFFICE.get(state)
    terms = offices.terms(state, office) if office else ()
    return tuple(day_number(term.first) for term in terms[1:])  # whom the table's first term relieved is not known


def is_new(states: Iterable[str], at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether any of the states got a new head of government in the year before each day: strictly before it.

    Parameters
    ----------
    states : ISO3 codes
    at : ndarray of int, day numbers

    Returns
    -------
    ndarray of bool, the shape of `at`
    """
    new = np.zeros(at.shape, dtype=bool)
    for state in states:
        for day in changes(state):
            new |= (at > day) & (at <= day + NEW_FOR_DAYS)
    return new
