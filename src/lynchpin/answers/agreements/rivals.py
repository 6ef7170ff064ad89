"""What a forecast of stages must beat: two plain ways to the chances, made from other agreements.

base rate       of all past moments of others at the same stage, half a year apart, the shares of stages after as long
constant kind   a constant hazard of each move for the standing and the kind, shrunk to the standing's own
"""

from __future__ import annotations

from typing import Final

import numpy as np

from lynchpin.answers.agreements.occupancy import MEMORIES, occupancy
from lynchpin.answers.agreements.outlook import stage_chances
from lynchpin.answers.agreements.spells import CLOCK_WEEKS, Spells
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, Standing, is_possible
from lynchpin.engine.statistics.base import Floats

BASE_RATE, CONSTANT_KIND = "base rate", "constant kind"

_PRIOR_WEEKS: Final = 104.0  # weeks at risk that the standing's own rate counts for in a kind's


def constant_kind(rows: Spells, kind: str, standing: Standing, weeks: int) -> Floats:
    """Chances some weeks on under constant hazards of a kind, from where it stands."""
    base = np.full((len(MOVES), len(STANDINGS), 1), -np.inf)
    of_kind = np.array([name == kind for name in rows.kinds])[rows.agreement]
    for s, place in enumerate(STANDINGS):
        here = rows.standing == s
        exposed, exposed_kind = rows.weeks[here].sum(), rows.weeks[here & of_kind].sum()
        for k, step in enumerate(MOVES):
            if is_possible(place, step):
                pooled = ((rows.move[here] == k).sum() + 0.1) / (exposed + _PRIOR_WEEKS)
                made = (rows.move[here & of_kind] == k).sum()
                base[k, s, 0] = np.log((made + pooled * _PRIOR_WEEKS) / (exposed_kind + _PRIOR_WEEKS))
    clock, memory, drift = (np.zeros((len(MOVES), size, 1)) for size in (len(CLOCK_WEEKS) + 1, len(MEMORIES), weeks))
    out: Floats = stage_chances(occupancy(base, clock, memory, drift, STANDINGS.index(standing), 0, 0))[0, weeks]
    return out
