"""Events that last, drawn from planted rates by thinning, and what they are by plain loops. Nothing here knows the engine.

A dyad without an event starts one at exp(a0 + a1 inertia + a2 reciprocity of what goes on), an event ends at
exp(b0 + b1 outdegree of what goes on + b2 time together before); inertia counts past starts, decayed.
"""

from __future__ import annotations

import numpy as np
import polars as pl

NAMES = "ABCDEFGH"
HALF_LIFE = 4.0
START_EFFECTS = f"inertia({HALF_LIFE:g}) reciprocity(of=ongoing)"
END_EFFECTS = "outdegreeSender(of=ongoing) inertia(class=end, scale=log1p)"


def rates(t, events, n, start, end, *, after):
    """The rate of starting (n, n), and of ending (n, n); `after`: what happens at t itself is known.

    events : rows of [start, end or inf, sender, receiver]
    """
    inertia, going, together = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    for begun, ended, i, j in events:
        if begun < t or (after and begun == t):
            inertia[i, j] += 0.5 ** ((t - begun) / HALF_LIFE)
            if ended < t or (after and ended == t):
                together[i, j] += ended - begun
            else:
                going[i, j] = 1.0
    free = (going == 0.0) & ~np.eye(n, dtype=bool)
    up = np.exp(start[0] + start[1] * inertia + start[2] * going.T) * free
    down = np.exp(end[0] + end[1] * going.sum(axis=1)[:, None] + end[2] * np.log1p(together)) * going
    return up, down


def drawn(start, end, until, n, rng):
    """A record from 0 until a time: frame of start, end (null: still going on), sender, receiver.

    No rate rises while nothing happens, where what decays has a positive coefficient: those of now bound those to come.
    """
    events, open_at, t, total = [], {}, 0.0, np.zeros((n, n))
    inertia = np.zeros((n, n))
    going = np.zeros((n, n))
    off = ~np.eye(n, dtype=bool)

    def both():
        up = np.exp(start[0] + start[1] * inertia + start[2] * going.T) * ((going == 0.0) & off)
        return up, np.exp(end[0] + end[1] * going.sum(axis=1)[:, None] + end[2] * np.log1p(total)) * going

    while True:
        up, down = both()
        top = up.sum() + down.sum()
        step = rng.exponential() / top
        t += step
        if t > until:
            break
        inertia *= 0.5 ** (step / HALF_LIFE)
        up, down = both()
        draw = rng.random() * top
        if draw >= up.sum() + down.sum():
            continue
        cell = int(np.searchsorted(np.cumsum(np.concatenate([up.ravel(), down.ravel()])), draw, side="right"))
        i, j = divmod(cell % (n * n), n)
        if cell < n * n:
            open_at[i, j] = len(events)
            events.append([t, np.inf, i, j])
            inertia[i, j] += 1.0
            going[i, j] = 1.0
        else:
            k = open_at.pop((i, j))
            events[k][1] = t
            total[i, j] += t - events[k][0]
            going[i, j] = 0.0
    rows = [(a, None if np.isinf(b) else b, NAMES[i], NAMES[j]) for a, b, i, j in events]
    return pl.DataFrame(rows, schema=["start", "end", "sender", "receiver"], orient="row")
