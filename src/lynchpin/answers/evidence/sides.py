"""Which events stand on either side of a mechanism."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lynchpin.account.cases import Case, Mechanism
from lynchpin.account.theory import CheckedEdge, leaves
from lynchpin.model.design import Acts


def cause_events(acts: Acts, case: Case, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Which events any edge of the cause takes in, whoever the names stand for; references included: (events,)."""
    taken = np.zeros(len(acts.contexts), dtype=bool)
    waiting = [mechanism]
    while waiting:
        for leaf in leaves(waiting.pop().checked.cause):
            if isinstance(leaf, CheckedEdge):
                taken[acts.event[_taken(acts, leaf)]] = True
            else:
                waiting.append(case.mechanism(leaf.mechanism))
    return taken


def count_cause(acts: Acts, case: Case, mechanism: Mechanism) -> int:
    """Number of events that the cause takes in."""
    return int(cause_events(acts, case, mechanism).sum())


def count_target(acts: Acts, mechanism: Mechanism) -> int:
    """Number of events of the dyads and classes on the right side."""
    return int(target_events(acts, mechanism).sum())


def target_events(acts: Acts, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Which events are of the dyads and classes on the right side: (events,)."""
    taken = np.zeros(len(acts.contexts), dtype=bool)
    taken[acts.event[_taken(acts, mechanism.checked.target)]] = True
    return taken


def _taken(acts: Acts, edge: CheckedEdge) -> NDArray[np.bool_]:
    source = np.isin(acts.source, [acts.nodes.index(n) for n in edge.source.domain])
    target = np.isin(acts.target, [acts.nodes.index(n) for n in edge.target.domain])
    either = source & target
    if not edge.directed:
        swapped = np.isin(acts.target, [acts.nodes.index(n) for n in edge.source.domain])
        swapped &= np.isin(acts.source, [acts.nodes.index(n) for n in edge.target.domain])
        either |= swapped
    return either & acts.fits(edge.classes, edge.contexts)
