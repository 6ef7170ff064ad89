"""Participation shifts: how a dyad would follow the latest event, A to B; any of several that are simultaneous."""

from __future__ import annotations

from functools import partial

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, each_dyad, events_turned

GIBSON = "Gibson (2003), Participation shifts, Social Forces 81(4); Butts (2008); named as in remstats"

AB, AY, XB, XY, A, B, X = range(7)


@njit(cache=True, nogil=True)
def kernel(turn, state, past, rows, out):
    """1 where the dyad would follow A to B as A to B, A to another, another to B, or two others: AB, AY, XB, XY.

    Of the sender alone, whoever the receiver is: A, B or another, X.
    """
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_latest(state, past, e)
        o = read_turns(turn, state, rows, q, out, o)


def _turns(turn, state, rows, q, out, o):
    pair, sent, received, pairs = state[0], state[1, 0], state[1, 1], state[1, 2, 2]
    now = state[1, 2, 0] if pairs > 0.0 else np.nan
    i, j = rows.i[rows.lo[q] : rows.hi[q]], rows.j[rows.lo[q] : rows.hi[q]]
    same = 1.0 * (pair[i, j] == now)
    if turn == AB:
        follows = same
    elif turn == AY:
        follows = sent[i] - same
    elif turn == XB:
        follows = received[j] - same
    elif turn == A:
        follows = sent[i]
    elif turn == B:
        follows = received[i]
    elif turn == X:
        follows = pairs - sent[i] - received[i]
    else:
        follows = pairs - (sent[i] + received[i] + sent[j] + received[j] - same - (pair[j, i] == now))
    out[o : o + i.size] = follows > 0.0
    return o + i.size


@njit(cache=True, nogil=True, inline="always", plain=_turns)
def read_turns(turn, state, rows, q, out, o):
    """What `kernel` says of the asked dyads; -> where the next instant starts in `out`."""
    pair, sent, received, pairs = state[0], state[1, 0], state[1, 1], state[1, 2, 2]
    now = state[1, 2, 0] if pairs > 0.0 else np.nan
    for r in range(rows.lo[q], rows.hi[q]):
        i, j = rows.i[r], rows.j[r]
        same = 1.0 if pair[i, j] == now else 0.0
        if turn == AB:
            follows = same
        elif turn == AY:
            follows = sent[i] - same
        elif turn == XB:
            follows = received[j] - same
        elif turn == A:
            follows = sent[i]
        elif turn == B:
            follows = received[i]
        elif turn == X:
            follows = pairs - sent[i] - received[i]
        else:
            back = 1.0 if pair[j, i] == now else 0.0
            follows = pairs - (sent[i] + received[i] + sent[j] + received[j] - same - back)
        out[o] = 1.0 if follows > 0.0 else 0.0
        o += 1
    return o


@njit(cache=True, nogil=True)
def note_latest(state, past, e):
    """Keep the events of the latest instant, whatever they weigh; one that is no leg only says that it came. state: (2,
    n + 3, n + 3).

    state[0, i, j] is the number of the latest instant at which i sent to j; state[1, 0] and state[1, 1] are how many
    pairs of the latest instant each actor sent and received; state[1, 2, :3]: its number, its time, its pairs in all.
    """
    pair, sent, received, now = state[0], state[1, 0], state[1, 1], state[1, 2]
    if now[0] == 0.0 or past.when[e] > now[1]:
        now[0] += 1.0
        now[1], now[2] = past.when[e], 0.0
        sent[:] = 0.0
        received[:] = 0.0
    s, r = past.src[e], past.dst[e]
    if past.leg[e] and pair[s, r] != now[0]:
        pair[s, r] = now[0]
        sent[s] += 1.0
        received[r] += 1.0
        now[2] += 1.0


def pairs(
    t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats
) -> set[tuple[int, int]]:
    """The pairs (A, B) of the latest instant before `at`, by a plain search, for references."""
    before = t[t < at]
    now = t == before.max() if before.size else np.zeros(t.size, bool)
    return set(zip(src[now].tolist(), dst[now].tolist(), strict=True))


STATISTICS = (
    Statistic(
        name="psABAB",
        summary="1 where the dyad would follow the latest event (any of several) A to B as A to B, else 0",
        source=GIBSON,
        kernel=partial(kernel, AB),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: (i, j) in pairs),
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="psABAY",
        summary="1 where the dyad would follow the latest event (any of several) A to B as A to Y, else 0",
        source=GIBSON,
        kernel=partial(kernel, AY),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: any(a == i and b != j for a, b in pairs)),
        scales=False,
    ),
    Statistic(
        name="psABBA",
        summary="1 where the dyad would follow the latest event (any of several) A to B as B to A, else 0",
        source=GIBSON,
        kernel=events_turned(partial(kernel, AB)),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: (j, i) in pairs),
        scales=False,
    ),
    Statistic(
        name="psABBY",
        summary="1 where the dyad would follow the latest event (any of several) A to B as B to Y, else 0",
        source=GIBSON,
        kernel=events_turned(partial(kernel, AY)),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: any(b == i and a != j for a, b in pairs)),
        scales=False,
    ),
    Statistic(
        name="psABXA",
        summary="1 where the dyad would follow the latest event (any of several) A to B as X to A, else 0",
        source=GIBSON,
        kernel=events_turned(partial(kernel, XB)),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: any(a == j and b != i for a, b in pairs)),
        scales=False,
    ),
    Statistic(
        name="psABXB",
        summary="1 where the dyad would follow the latest event (any of several) A to B as X to B, else 0",
        source=GIBSON,
        kernel=partial(kernel, XB),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: any(b == j and a != i for a, b in pairs)),
        scales=False,
    ),
    Statistic(
        name="psABXY",
        summary="1 where the dyad would follow the latest event (any of several) A to B as X to Y, else 0",
        source=GIBSON,
        kernel=partial(kernel, XY),
        state=lambda n: (2, n + 3, n + 3),
        reference=each_dyad(pairs, lambda pairs, i, j: any(not {a, b} & {i, j} for a, b in pairs)),
        scales=False,
        pairs="both",
    ),
    *(
        Statistic(
            name=f"psAB{end}",
            summary=f"1 where the sender would follow the latest event (any of several) A to B as {who}, else 0",
            source=f"{GIBSON}; of senders alone",
            kernel=partial(kernel, turn),
            state=lambda n: (2, n + 3, n + 3),
            reference=each_dyad(pairs, formula),
            about="sender",
            scales=False,
        )
        for end, who, turn, formula in (
            ("A", "A", A, lambda pairs, i, j: any(a == i for a, b in pairs)),
            ("B", "B", B, lambda pairs, i, j: any(b == i for a, b in pairs)),
            ("X", "neither", X, lambda pairs, i, j: any(i not in (a, b) for a, b in pairs)),
        )
    ),
)
