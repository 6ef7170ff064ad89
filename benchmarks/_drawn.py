"""Drawn records of acts, as arrays and as CSV files: nothing of the package, so that any revision can read them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl


def drawn(
    *, states: int = 200, days: int = 3650, events: int = 1_000_000, live_share: float = 0.25, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a record: states of very unequal weight, dyads that return to what they did.

    Parameters
    ----------
    states : int, states that act
    days, events : int
    live_share : float, share of the dyads of acting states that ever act
    seed : int

    Returns
    -------
    days from 0 on, ascending; sender and receiver of each event, as numbers below `states`
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
    return when, i[dyad], j[dyad]


def write_streams(folder: Path) -> None:
    """Write thirty.csv (2,000 events at distinct times), year.csv (185 states) and tenth.csv (100,000 events)."""
    folder.mkdir(parents=True)
    thirty = drawn(states=30, days=119, events=2000, live_share=0.8)
    _write(folder / "thirty.csv", thirty[0] + np.arange(2000) / 4000.0, *thirty[1:])
    _write(folder / "year.csv", *drawn(states=185, days=365, events=15_261))
    _write(folder / "tenth.csv", *drawn(states=200, days=365, events=100_000))


def _write(file: Path, when: np.ndarray, sender: np.ndarray, receiver: np.ndarray) -> None:
    names = [[f"S{k:03d}" for k in side] for side in (sender, receiver)]
    pl.DataFrame({"time": when, "sender": names[0], "receiver": names[1]}).write_csv(file)


if __name__ == "__main__":
    write_streams(Path(sys.argv[1]))
