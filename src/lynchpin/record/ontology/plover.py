"""PLOVER: the sixteen types of act, their modes, and the explicit bucket for what PLOVER drops.

PLOVER drops CAMEO's roots 01 (statements) and 02 (appeals), about a fifth of a coded feed. They are kept here
under `OTHER`, which has no quad class and no score, so that nothing disappears without being counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology._tables import number, rows

OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class EventType:
    """One of PLOVER's types.

    Attributes
    ----------
    name : str, upper case ("AGREE")
    quad : int, 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict
    score : float, in [-10, 10], what the type counts for when its mode has no score of its own
    modes : dict of str to float or None: the published modes and their own scores; empty for types without
        modes
    meaning : str, one line
    reference : str, where it comes from
    """

    name: str
    quad: int
    score: float
    modes: dict[str, float | None]
    meaning: str
    reference: str


@cache
def types() -> dict[str, EventType]:
    """The sixteen types by name, from cooperative to hostile.

    References
    ----------
    Halterman, Bagozzi, Beger, Schrodt, Scarborough (2023), PLOVER and POLECAT: A New Political Event Ontology
    and Dataset; PLOVER manual 2.0, draft of February 2024. The manual prints ACCUSE as +3, a misprint for -3;
    its last table puts SANCTION with verbal conflict, its text and its summary with material conflict, which
    is kept here.

    Examples
    --------
    >>> types()["CONSULT"].modes["visit"]
    4.0
    """
    modes: dict[str, dict[str, float | None]] = {}
    for row in rows("plover_modes"):
        modes.setdefault(row["type"], {})[row["mode"]] = number(row["score"])
    return {
        row["type"]: EventType(
            name=row["type"],
            quad=int(row["quad"]),
            score=float(row["score"]),
            modes=modes.get(row["type"], {}),
            meaning=row["meaning"],
            reference=row["reference"],
        )
        for row in rows("plover_types")
    }


def names() -> tuple[str, ...]:
    """The sixteen type names, then OTHER."""
    return (*types(), OTHER)


def type_of(name: str) -> EventType:
    """Look a type up by name.

    Parameters
    ----------
    name : str, as written in PLOVER; case does not matter

    Raises
    ------
    UnknownName : not one of the sixteen (OTHER is a bucket, not a type)
    """
    found = types().get(name.upper())
    if found is None:
        raise UnknownName(f"no PLOVER type named {name!r}", mend=suggest(name.upper(), types(), noun="type"))
    return found
