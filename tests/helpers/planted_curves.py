"""Streams whose rate goes with a covariate of the receiver in a curve, and with one of the sender in a way that turns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

Truth = Callable[[np.ndarray], np.ndarray]


def bent(x: np.ndarray) -> np.ndarray:
    """What the receiver's value does to the log rate."""
    return np.sin(1.5 * x)


def turning(share: np.ndarray) -> np.ndarray:
    """The coefficient of the sender's value when a share of the time is over."""
    return 0.5 * np.sin(2.0 * np.pi * share)


def planted(
    seed: int, points: int = 1500, actors: int = 12, over_x: Truth = bent, over_time: Truth = turning
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events, one at each half-way point, and the values of every actor, drawn anew at each point before it."""
    rng = np.random.default_rng(seed)
    names = [f"a{k}" for k in range(actors)]
    pairs = np.array([(a, b) for a in range(actors) for b in range(actors) if a != b])
    events, values = [], []
    for t in range(points):
        x = rng.uniform(-2, 2, actors)
        values += [(name, float(value), float(t)) for name, value in zip(names, x, strict=True)]
        score = over_x(x[pairs[:, 1]]) + over_time(np.array(t / points)) * x[pairs[:, 0]]
        chance = np.exp(score - score.max())
        a, b = pairs[rng.choice(len(pairs), p=chance / chance.sum())]
        events.append((t + 0.5, names[a], names[b]))
    columns = {"actor": pl.String, "value": pl.Float64, "time": pl.Float64}
    return (
        pl.DataFrame(events, schema=["time", "sender", "receiver"], orient="row"),
        pl.DataFrame(values, schema=columns, orient="row"),
    )


def planted_waits(seed: int, end: float = 1500.0, actors: int = 8) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same in continuous time: values are drawn anew every whole unit, and about one event falls into each."""
    rng = np.random.default_rng(seed)
    names = [f"a{k}" for k in range(actors)]
    pairs = np.array([(a, b) for a in range(actors) for b in range(actors) if a != b])
    events, values = [], []
    for t in range(int(end)):
        x = rng.uniform(-2, 2, actors)
        values += [(name, float(value), float(t)) for name, value in zip(names, x, strict=True)]
        rate = np.exp(-4.5 + bent(x[pairs[:, 1]]) + turning(np.array(t / end)) * x[pairs[:, 0]])
        times = np.sort(rng.uniform(0, 1, rng.poisson(rate.sum()))) + t
        chosen = rng.choice(len(pairs), size=times.size, p=rate / rate.sum())
        events += [(float(when), names[pairs[k][0]], names[pairs[k][1]]) for when, k in zip(times, chosen, strict=True)]
    columns = {"actor": pl.String, "value": pl.Float64, "time": pl.Float64}
    return (
        pl.DataFrame(events, schema=["time", "sender", "receiver"], orient="row"),
        pl.DataFrame(values, schema=columns, orient="row"),
    )
