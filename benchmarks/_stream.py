"""A generated record of the size of the world: states of very unequal weight, dyads that return to what they did."""

from __future__ import annotations

import numpy as np

from lynchpin.engine.rem.events import EventStream

#: The twelve statistics of the world-scale model.
TWELVE = (
    "inertia(30d) inertia(365d) reciprocity(30d) reciprocity(365d) outdegreeSender(30d) indegreeSender(30d) "
    "outdegreeReceiver(30d) indegreeReceiver(30d) otp(30d) itp(30d) osp(30d) isp(30d)"
)

#: Five of them, for comparisons with other software.
FIVE = "inertia reciprocity outdegreeSender indegreeReceiver otp"


def world(
    *,
    states: int = 200,
    days: int = 3650,
    events: int = 1_000_000,
    idle: int = 0,
    live_share: float = 0.25,
    seed: int = 1,
) -> EventStream:
    """Draw a record.

    Parameters
    ----------
    states : int, states that act
    days, events : int
    idle : int, states that never act and yet could
    live_share : float, share of the dyads of acting states that ever act
    seed : int
    """
    rng = np.random.default_rng(seed)
    i, j = np.divmod(np.arange(states * states), states)
    i, j = i[i != j], j[i != j]
    size = rng.lognormal(0.0, 1.2, states)
    weight = size[i] * size[j] * rng.lognormal(0.0, 1.5, i.size)
    weight[rng.random(i.size) > live_share] = 0.0
    fresh = rng.choice(i.size, events, p=weight / weight.sum())
    when = np.sort(rng.integers(0, days, events))
    again = rng.random(events) < 0.4  # back to a dyad of the last tenth of a percent of events
    back = rng.integers(1, max(events // 1000, 2), events)
    dyad = fresh.copy()
    for e in np.flatnonzero(again):
        dyad[e] = dyad[max(e - back[e], 0)]
    return EventStream(
        when.astype(float),
        i[dyad].astype(np.int32),
        j[dyad].astype(np.int32),
        np.zeros(events, np.int32),
        np.ones(events),
        tuple(f"S{k:03d}" for k in range(states + idle)),
        ("",),
        False,
    )
