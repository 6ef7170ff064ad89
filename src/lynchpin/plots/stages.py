"""The stages of an agreement, gathered into four families, each with its colour and its mark.

May import: results (records only), plots.
"""

from __future__ import annotations

from collections.abc import Sequence

from lynchpin.plots import theme
from lynchpin.results import StageRow

#: Stages from the foot of the stairs to the top.
LADDER = (
    "ended",
    "termination_notice",
    "suspended",
    "setback",
    "proposed",
    "negotiating",
    "resumed",
    "agreed_in_principle",
    "approved",
    "signed",
    "ratified",
    "amended",
    "in_force",
)

#: Family -> (colour, mark): told apart by shape as well as by colour.
FAMILIES: dict[str, tuple[str, str]] = {
    "progress": (theme.BLUES[1], "circle"),
    "in force": (theme.BLUES[0], "square"),
    "setback": (theme.WARMS[0], "triangle-down"),
    "ended": ("#3d4651", "cross"),
}

#: Family -> the colour of its words, dark enough to read.
WORDS = {"progress": "#2a6496", "in force": theme.BLUES[0], "setback": "#9a5200", "ended": "#3d4651"}

_SETBACKS = ("setback", "suspended", "termination_notice")


def families(history: Sequence[StageRow]) -> list[str]:
    """The family of each act, in order: a pact that resumes or is amended is in force again if it was before.

    Examples
    --------
    >>> from datetime import date
    >>> life = [StageRow(date(2016, 1, day), "day", stage, "", "", "", "") for day, stage in
    ...         enumerate(["signed", "in_force", "suspended", "resumed"], start=1)]
    >>> families(life)
    ['progress', 'in force', 'setback', 'in force']
    """
    found, was_in_force = [], False
    for act in history:
        if act.stage == "ended":
            family = "ended"
            was_in_force = False
        elif act.stage in _SETBACKS:
            family = "setback"
        elif act.stage == "in_force" or (was_in_force and act.stage in ("resumed", "amended")):
            family = "in force"
            was_in_force = True
        else:
            family = "progress"
        found.append(family)
    return found
