"""A small crowded stream, and the plain-loop reference that every likelihood is held against."""

from __future__ import annotations

import numpy as np

from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.statistics import catalogue

EFFECTS = ("inertia", "reciprocity", "outdegreeSender", "otp")
HALF_LIFE = 4.0


def crowded_stream(seed: int = 1, *, events: int = 90, actors: int = 6, days: int = 25) -> EventStream:
    """Many events of one day, some on one dyad twice, types and weights."""
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    when = np.sort(rng.integers(0, days, events)).astype(float)
    return EventStream(
        when,
        src.astype(np.int32),
        dst.astype(np.int32),
        rng.integers(0, 2, events).astype(np.int32),
        np.ones(events),
        tuple("ABCDEFGHIJ"[:actors]),
        ("clash", "talk"),
        False,
    )


def plain_columns(stream: EventStream, at: float, effects=EFFECTS) -> np.ndarray:
    """(n, n, effects) by the statistics' references."""
    n = len(stream.actors)
    past = [catalogue()[e].reference(stream.when, stream.src, stream.dst, at, n, HALF_LIFE) for e in effects]
    return np.stack(past, axis=-1)
