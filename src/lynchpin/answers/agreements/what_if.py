"""What signing, blocking or postponing an agreement today would do to its chances: the same draws, another standing.

    sign        it stands signed; nothing else is changed, and it takes effect when the hazards say
    block       one more setback, and it is suspended
    postpone    one more setback

All else that bears on it stays as it was at the origin, and the comparison is draw by draw. It says what the model
expects of agreements that stand so, not what the deed would cause: agreements are signed when things go well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from lynchpin.answers.agreements.moments import STANDING_STAGES
from lynchpin.answers.agreements.outlook import HORIZONS_DAYS, Outset, chances
from lynchpin.answers.agreements.spells import MOST_SETBACKS
from lynchpin.answers.agreements.stages import Standing, after
from lynchpin.errors import BadValue, suggest
from lynchpin.results import StageDifference

VERBS: Final = ("sign", "block", "postpone")


def changed(start: Outset, verb: str) -> Outset:
    """The outset after a deed on the day of the origin.

    Raises
    ------
    BadValue : no such verb, or the agreement has ended, or is signed already where it is to be signed
    """
    now = start.now
    if verb not in VERBS:
        raise BadValue(f"no deed named {verb!r}", "--what-if", suggest(verb, VERBS, noun="deed"))
    if now.standing.has_ended:
        raise BadValue(
            "an agreement that has ended cannot be moved", "--what-if", "ask about another, or an earlier day"
        )
    if verb == "sign":
        then = after(now.standing, "signed")
        if then.level == now.standing.level:
            raise BadValue("it is signed already", "--what-if", "block and postpone can be asked of it")
        return replace(start, now=replace(now, standing=then, is_fresh=False, weeks_since=0))
    setbacks = min(now.setbacks + 1, MOST_SETBACKS)
    standing = Standing(now.standing.level, "suspended") if verb == "block" else now.standing
    return replace(
        start, now=replace(now, standing=standing, setbacks=setbacks, is_fresh=verb == "postpone", weeks_since=0)
    )


def what_if(start: Outset, verb: str) -> tuple[StageDifference, ...]:
    """Chances with and without a deed, at every horizon and stage, with the 90 % interval of the difference.

    Parameters
    ----------
    start : Outset
    verb : one of VERBS

    Raises
    ------
    BadValue : as for `changed`
    """
    weeks = round(HORIZONS_DAYS[-1] / 7) + 1
    without, given = chances(start, weeks), chances(changed(start, verb), weeks)
    found = []
    for days in HORIZONS_DAYS:
        week = round(days / 7)
        lower, upper = np.quantile(given[:, week] - without[:, week], [0.05, 0.95], axis=0)
        for s, stage in enumerate(STANDING_STAGES):
            one, other = float(without[:, week, s].mean()), float(given[:, week, s].mean())
            found.append(StageDifference(days, stage, one, other, other - one, float(lower[s]), float(upper[s])))
    return tuple(found)
