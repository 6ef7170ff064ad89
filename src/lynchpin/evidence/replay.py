"""A period of the record played anew, with every mechanism and with each one switched off, on common random numbers.

What is switched off changes what is drawn, and what is drawn is remembered: unlike with history kept, the acts that do
not come lead to none of what they would have led to. The acts of sectors, the density of the record and the acts from
before the period come as they came; the acts of states are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lynchpin.models import Fit
from lynchpin.simulate import simulate
from lynchpin.simulate.past import past_moves
from lynchpin.statistics._base import Floats

#: Steps of all paths of one run together, and paths at the least and at the most.
_STEPS, FEWEST, MOST = 70_000, 50, 500


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """Expected acts of the dyads and classes that a mechanism moves, over the period.

    with_it, without : (paths,), each path with coefficients of its own, the same in both
    """

    with_it: Floats
    without: Floats

    @property
    def share(self) -> float:
        return float(1.0 - self.without.mean() / self.with_it.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """What holds 90 % of the paths: coefficients and chance."""
        low, high = np.quantile(1.0 - self.without / self.with_it, [0.05, 0.95])
        return float(low), float(high)


def paths_for(steps: int) -> int:
    """How many paths a period of so many steps is played on."""
    return int(np.clip(_STEPS // max(steps, 1), FEWEST, MOST))


def replay(
    fit: Fit,
    mechanisms: Sequence[str],
    rows: NDArray[np.int64],
    coefficients: Floats,
    seed: int,
    *,
    workers: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Replayed]:
    """Play a period anew, once with every mechanism and once without each.

    Parameters
    ----------
    fit : Fit
    mechanisms : names
    rows : fitted rows of the period, one after the other
    coefficients : ndarray, shape (paths, columns)
    seed : int, of what is drawn
    workers : int or None, threads that share the paths; None for one for each core
    tell : function or None, called with the name of each mechanism as it is done

    Returns
    -------
    dict, by mechanism
    """
    design, steps = fit.design, int(rows.size)
    edges = [0, steps * design.steps.step_days]
    plain = past_moves(fit, int(rows[0]), steps)
    slots = np.array([p for u in design.units for p in u.columns if design.columns[p].kind in ("control", "mechanism")])

    def acts(pull: Floats) -> Floats:
        paths = simulate(
            fit,
            steps,
            coefficients.shape[0],
            seed,
            edges=edges,
            moves=replace(plain, pull=pull),
            expected=True,
            coefficients=coefficients,
            workers=workers,
        )
        assert paths.expected is not None
        return paths.expected[:, 0].astype(np.float64)

    whole = acts(plain.pull)
    found = {}
    for name in mechanisms:
        k = design.position(name)
        moved = [at for at, unit in enumerate(design.units) if k in unit.columns]
        still = all(not unit.X[rows][:, unit.columns == k].any() for unit in design.units if k in unit.columns)
        other = whole if still else acts(np.where(slots == k, 0.0, plain.pull))  # a cause that never acts moves nothing
        found[name] = Replayed(whole[:, moved].sum(axis=1), other[:, moved].sum(axis=1))
        if tell is not None:
            tell(name)
    return found
