"""Changes at the top: when a party got a new head of government, from the offices in the ontology.

Only states whose chief office is unambiguous in that table are followed; for the others no change is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lynchpin.events import day_number
from lynchpin.ontology import offices

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
