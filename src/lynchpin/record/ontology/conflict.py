"""What the feeds of armed conflict call an act, in PLOVER's types: ACLED's sub-events, UCDP's kinds of violence.

One table, `conflict_acts.csv`: what the feed says, the type and mode of PLOVER that it is, whether the order of its
actors means who did it to whom, and why it is so. In ACLED the order of actors says nothing of who attacked whom, but
for acts that are one-sided by their definition; in UCDP it says nothing but for violence against civilians.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lynchpin.record.ontology._tables import rows

Feed = Literal["acled", "ucdp"]


@dataclass(frozen=True, slots=True)
class ConflictAct:
    """One row of the table.

    Attributes
    ----------
    event, sub_event : str, as the feed writes them; `sub_event` is "" where it has none
    type, mode : str, of PLOVER, or OTHER; `mode` may be ""
    is_ordered : bool, whether the first actor did it to the second; else both did it to each other
    why : str, one line
    """

    event: str
    sub_event: str
    type: str
    mode: str
    is_ordered: bool
    why: str


@cache
def acts(feed: Feed) -> dict[tuple[str, str], ConflictAct]:
    """The acts of a feed by event and sub-event, in lower case.

    Examples
    --------
    >>> acts("acled")["explosions/remote violence", "air/drone strike"].mode
    'aerial'
    """
    return {
        (row["event"].casefold(), row["sub_event"].casefold()): ConflictAct(
            row["event"], row["sub_event"], row["type"], row["mode"], row["order"] == "yes", row["why"]
        )
        for row in rows("conflict_acts")
        if row["feed"] == feed
    }


#: Which of ACLED's groups act for a state, and the sector of each.
_FORCES = {"military forces": "MIL", "police forces": "GOV", "government": "GOV"}
_NAME = re.compile(
    r"(Military Forces|Police Forces|Government) of (.+?)(?: \(\d{4}-(?:\d{4})?\)(?: (.+))?)?", re.IGNORECASE
)
_UNIT = re.compile(
    r"\b(air|aerospace|navy|naval|marines?|coast|border|army|guards?|gendarmerie|police|prison|special|airborne|"
    r"forces?|corps|command|brigade|battalion|division|regiment|unit|intelligence|security|commandos?|ministry)\b",
    re.IGNORECASE,
)


@cache
def state_forces(name: str) -> tuple[str, str] | None:
    """The country and the sector that one of ACLED's group names stands for, or None when it acts for no state.

    A group acts for a state when its name is "Military Forces", "Police Forces" or "Government" "of COUNTRY", with the
    years of that government in brackets or without. What follows the brackets must name a unit ("Air Force", "Coast
    Guard"); anything else ("Houthi", "Presidential Leadership Council") is one of several who claim to be the state,
    and stands for none. Whether the country is a state on a day is asked of `countries`.

    Parameters
    ----------
    name : str, as in `actor1`

    Examples
    --------
    >>> state_forces("Military Forces of Japan (2006-)"), state_forces("Police Forces of Chile (2022-) Coast Guard")
    (('Japan', 'MIL'), ('Chile', 'GOV'))
    >>> state_forces("Military Forces of Yemen (2017-) Houthi"), state_forces("Protesters (Japan)")
    (None, None)
    """
    found = _NAME.fullmatch(name.strip())
    if found is None or (found[3] and not _UNIT.search(found[3])):
        return None
    return found[2].removeprefix("the "), _FORCES[found[1].casefold()]
