"""The stages of an agreement, and what an act does to it: the one table of this room.

An agreement stands somewhere: at a *level* (how far it has come), which is open, suspended or under notice (its
*hold*); or it has ended. Each act of its history is one of the words below. A level is a high-water mark: a new round
of talks does not unsign a pact. A break holds it where it is, and a resumption lets it go on from there.

    word                  level reached           what else
    proposed              negotiating
    negotiating           negotiating             talks that were suspended are open again
    agreed_in_principle   agreed_in_principle
    approved              agreed_in_principle     by a cabinet or a court, before or after the signature
    signed                signed
    ratified              signed                  only of what was signed
    in_force              in_force                a deployment takes effect without a signature
    amended               -                       only of what was agreed
    setback               -                       counted, and changes nothing else
    suspended             -                       hold: suspended
    termination_notice    -                       hold: notice; only of what was signed
    resumed               -                       hold: none; only after a setback, a suspension or a notice
    ended                 ended                   nothing follows, but another side's end

A forward act that raises the level of what was held also lets it go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Act:
    """A row of the table: what an act of this word does, and what must have come before it.

    level : int, index into LEVELS that it lifts an agreement to; -1 where it lifts none
    hold : str or None, the hold it leaves; None: it leaves the hold as it was
    after : words of which at least one must stand earlier in the history; empty: none must
    """

    word: str
    level: int = -1
    hold: str | None = None
    after: tuple[str, ...] = ()


#: How far an agreement can come, lowest first.
LEVELS: Final = ("negotiating", "agreed_in_principle", "signed", "in_force")

#: What can hold it there; "" is open.
HOLDS: Final = ("", "suspended", "termination_notice")

ENDED: Final = "ended"

_AGREED = ("agreed_in_principle", "approved", "signed", "ratified", "in_force")
_SIGNED = ("signed", "ratified", "in_force")
_BREAKS = ("setback", "suspended", "termination_notice")

ACTS: Final = {
    act.word: act
    for act in (
        Act("proposed", level=0),
        Act("negotiating", level=0),
        Act("agreed_in_principle", level=1),
        Act("approved", level=1),
        Act("signed", level=2),
        Act("ratified", level=2, after=("signed", "in_force")),
        Act("in_force", level=3),
        Act("amended", after=_AGREED),
        Act("setback"),
        Act("suspended", hold="suspended"),
        Act("resumed", hold="", after=_BREAKS),
        Act("termination_notice", hold="termination_notice", after=_SIGNED),
        Act("ended"),
    )
}

#: The words, in the order in which a smooth process passes them; those after in_force can come more than once.
STAGES: Final = tuple(ACTS)

#: Words that open talks: none may follow a first signature that had no talks before it.
OPENINGS: Final = ("proposed", "negotiating")

#: What one act can be to the process: the competing risks of the model.
MOVES: Final = (
    "progress",  # an act forward at the same level: a round, an approval, a ratification, an amendment
    "advance",  # agreed in principle
    "sign",
    "take_effect",
    "setback",
    "suspend",
    "notice",
    "resume",
    "end",
)


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """Where an agreement stands: the level reached, and what holds it there. `level` is -1 before the first act."""

    level: int
    hold: str = ""
    has_ended: bool = False

    @property
    def stage(self) -> str:
        """The standing as one of the words of the table.

        Examples
        --------
        >>> Standing(3).stage, Standing(1, "suspended").stage, Standing(2, has_ended=True).stage
        ('in_force', 'suspended', 'ended')
        """
        return ENDED if self.has_ended else self.hold or LEVELS[max(self.level, 0)]


BEFORE: Final = Standing(-1)

#: Every open or held standing that an agreement can move from, lowest first: the rows of the model's state space.
STANDINGS: Final = tuple(
    Standing(level, hold)
    for level in range(len(LEVELS))
    for hold in HOLDS
    if hold != "termination_notice" or level >= LEVELS.index("signed")
)


def after(standing: Standing, word: str) -> Standing:
    """Where an agreement stands after one act.

    Examples
    --------
    >>> after(Standing(1, "suspended"), "resumed")
    Standing(level=1, hold='', has_ended=False)
    >>> after(Standing(3), "negotiating").stage
    'in_force'
    """
    act = ACTS[word]
    if word == ENDED:
        return Standing(standing.level, standing.hold, has_ended=True)
    level = max(standing.level, act.level, 0)  # an act without a known opening shows that there was one
    hold = standing.hold if act.hold is None else act.hold
    reopened = word == "negotiating" and standing.hold == "suspended"
    return Standing(level, "" if level > standing.level >= 0 or reopened else hold)


def move(standing: Standing, word: str) -> str:
    """Which of MOVES an act is to an agreement that stands there.

    Examples
    --------
    >>> move(Standing(0), "agreed_in_principle"), move(Standing(1), "approved"), move(Standing(1), "signed")
    ('advance', 'progress', 'sign')
    """
    then = after(standing, word)
    if then.has_ended:
        return "end"
    if word == "setback":
        return "setback"
    if then.level > standing.level:
        return ("progress", "advance", "sign", "take_effect")[then.level]
    if then.hold != standing.hold:
        return {"suspended": "suspend", "termination_notice": "notice", "": "resume"}[then.hold]
    return "progress"


def moved(standing: Standing, step: str) -> Standing:
    """Where a move of MOVES leads: the model's counterpart of `after`."""
    match step:
        case "progress" | "setback":
            return standing
        case "advance" | "sign" | "take_effect":
            return Standing(("advance", "sign", "take_effect").index(step) + 1)
        case "suspend":
            return Standing(standing.level, "suspended")
        case "notice":
            return Standing(standing.level, "termination_notice")
        case "resume":
            return Standing(standing.level)
    return Standing(standing.level, standing.hold, has_ended=True)


def is_possible(standing: Standing, step: str) -> bool:
    """Whether the table lets an agreement that stands there make this move.

    Examples
    --------
    >>> is_possible(Standing(0), "notice"), is_possible(Standing(3), "notice"), is_possible(Standing(2), "advance")
    (False, True, False)
    """
    if step in ("progress", "setback", "end"):
        return True
    if step in ("advance", "sign", "take_effect"):
        return moved(standing, step).level > standing.level
    if step == "resume":
        return standing.hold != ""
    if step == "suspend":
        return standing.hold != "suspended"
    return standing.level >= LEVELS.index("signed") and standing.hold != "termination_notice"


def follow(words: Iterable[str]) -> Standing:
    """Where a history leads.

    Examples
    --------
    >>> follow(["negotiating", "agreed_in_principle", "setback", "suspended", "proposed"]).stage
    'suspended'
    """
    standing = BEFORE
    for word in words:
        if standing.has_ended:
            return standing
        standing = after(standing, word)
    return standing
