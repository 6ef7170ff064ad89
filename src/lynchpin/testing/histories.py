"""Small, crowded histories: few actors and many simultaneous events, where a one-character peek shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lynchpin.statistics._base import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Events by time: t in days, src and dst in 0 .. n - 1, never equal."""

    t: Floats
    src: Ints
    dst: Ints
    n: int


def crowded_history(seed: int, *, events: int = 60, actors: int = 4, days: int = 12) -> History:
    """A history with many events on each of a few days.

    Parameters
    ----------
    seed : int
    events, actors, days : int, how many; events land on whole days 0 .. days - 1
    """
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    return History(np.sort(rng.integers(0, days, events)).astype(float), src, dst, actors)
