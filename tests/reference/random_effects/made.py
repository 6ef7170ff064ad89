"""Streams with planted effects of dyads, and their tables for R: `python made.py FOLDER`, then `Rscript made.R FOLDER`.

Plain loops that share no code with the engine.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

ACTORS, HALF_LIFE = 9, 10.0


def counts(size: float | None = None) -> list[tuple[float, int, int]]:
    """Events of 60 steps: Poisson, or negative binomial of that size; the rate rises with log1p of reciprocity."""
    rng = np.random.default_rng(3)
    u, past, events = rng.normal(0.0, 0.9, (ACTORS, ACTORS)), np.zeros((ACTORS, ACTORS)), []
    for t in range(60):
        mu = np.exp(-3.2 + 0.5 * np.log1p(past.T) + u)
        y = rng.poisson(mu) if size is None else rng.negative_binomial(size, size / (size + mu))
        np.fill_diagonal(y, 0)
        for i, j in np.argwhere(y):
            events += [(float(t), int(i), int(j))] * int(y[i, j])
        past = (past + y) * 0.5 ** (1.0 / HALF_LIFE)
    return events


def pairs() -> list[tuple[float, int, int]]:
    """Two different dyads at each of 150 time points."""
    rng = np.random.default_rng(5)
    u, past, events = rng.normal(0.0, 0.9, (ACTORS, ACTORS)), np.zeros((ACTORS, ACTORS)), []
    for t in range(150):
        w = np.exp(0.5 * np.log1p(past.T) + u)
        np.fill_diagonal(w, 0.0)
        chosen = rng.choice(w.size, 2, replace=False, p=w.ravel() / w.sum())
        events += [(float(t), *map(int, divmod(int(d), ACTORS))) for d in chosen]
        for d in chosen:
            past[divmod(int(d), ACTORS)] += 1.0
        past *= 0.5 ** (1.0 / HALF_LIFE)
    return events


def table(events: list[tuple[float, int, int]]) -> list[tuple[int, int, int, int, int, float]]:
    """t, i, j, dyad, y, x: every dyad at every step, with log1p of decayed reciprocity."""
    rows, first, last = [], int(events[0][0]), int(events[-1][0])
    for t in range(first, last + 1):
        past, y = np.zeros((ACTORS, ACTORS)), np.zeros((ACTORS, ACTORS), int)
        for when, i, j in events:
            if when < t:
                past[i, j] += 0.5 ** ((t - when) / HALF_LIFE)
            if when == t:
                y[i, j] += 1
        for i in range(ACTORS):
            for j in range(ACTORS):
                if i != j:
                    rows.append((t, i, j, 100 * i + j, int(y[i, j]), float(np.log1p(past[j, i]))))
    return rows


if __name__ == "__main__":
    for name, events in (("poisson", counts()), ("nb2", counts(0.7)), ("pairs", pairs())):
        with (Path(sys.argv[1]) / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("t", "i", "j", "d", "y", "x"), *table(events)])
