"""Profile likelihood: the height along one parameter, all else at its best, and the interval that it gives.

A 90 % interval ends where the profile has dropped by DROP90. Where a place costs a whole fit, it is searched for
(`highest`, `crossing`); where a grid is wanted for its own sake, it is read off between its places (`ends_on_grid`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy

from lynchpin.engine.statistics.base import Floats
from lynchpin.numbers import DROP90

#: The height of a place where nothing can be fitted.
NOWHERE = -1e300


def highest(height: Callable[[float], float], low: float, high: float, *, looks: int, tolerance: float) -> None:
    """Look for the top between two places: at so many even ones, then around the best of them, if any can be fitted.

    `height` keeps what it has seen: the best of it is the top.
    """
    grid = np.linspace(low, high, looks)
    heights = [height(float(x)) for x in grid]
    best = int(np.argmax(heights))
    if heights[best] == NOWHERE:
        return
    bracket = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    scipy.optimize.minimize_scalar(
        lambda x: -height(float(x)), bounds=bracket, method="bounded", options={"xatol": tolerance}
    )


def crossing(height: Callable[[float], float], floor: float, inside: float, outside: float, tolerance: float) -> float:
    """Where the height comes down to the floor, on the way from a place above it to one below."""
    return float(scipy.optimize.brentq(lambda x: height(float(x)) - floor, inside, outside, xtol=tolerance))


def ends_on_grid(places: Floats, heights: Floats) -> tuple[float, float]:
    """Where the heights at rising places, all above 0, cross their top less DROP90; else the ends of the grid.

    Between places the height is a straight line on their log scale.
    """
    best = int(np.argmax(heights))
    floor, log_place = heights[best] - DROP90, np.log(places)

    def end(away: Sequence[int]) -> float:
        for near, far in zip([best, *away], away, strict=False):
            if heights[far] < floor:
                share = (heights[near] - floor) / (heights[near] - heights[far])
                return float(np.exp(log_place[near] + share * (log_place[far] - log_place[near])))
        return float(places[away[-1] if away else best])

    return end(range(best - 1, -1, -1)), end(range(best + 1, places.size))
