"""Statistics on a history small enough to check by hand.

Actors A, B, C, D. A sends to B at 1, B to C at 2, D to B at 4. Asked at 5, where D to B is the latest event.
"""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.engine.statistics import catalogue, of_ties
from lynchpin.engine.statistics.memory import Carried, Memory, ask, changes_of, every_dyad

A, B, C, D = range(4)
T, SRC, DST = np.array([1.0, 2.0, 4.0]), np.array([A, B, D]), np.array([B, C, B])


def at_five(name: str) -> np.ndarray:
    statistic, memory, out = catalogue()[name], Memory(), np.empty(16)
    changes = changes_of(T, SRC, DST, np.ones(3), memory)
    ask(statistic, Carried.start(statistic, 4), changes, memory, np.array([5.0]), every_dyad(4, 1), out)
    return out.reshape(4, 4)


#: name -> the dyads that have it, with their value; every other dyad has zero.
BY_HAND = {
    "recencyContinue": {(A, B): 1 / 5, (B, C): 1 / 4, (D, B): 1 / 2},
    "rrankSend": {(A, B): 1, (B, C): 1, (D, B): 1},
    "rrankReceive": {(B, D): 1, (B, A): 1 / 2, (C, B): 1},
    "psABBA": {(B, D): 1},
    "psABBY": {(B, A): 1, (B, C): 1},
    "psABXA": {(A, D): 1, (C, D): 1},
    "psABXB": {(A, B): 1, (C, B): 1},
    "psABXY": {(A, C): 1, (C, A): 1},
    "psABAY": {(D, A): 1, (D, C): 1},
    "psABAB": {(D, B): 1},
}

#: name -> the value of each actor as the sender (or the receiver) of any dyad.
BY_ACTOR = {
    "recencySendSender": [1 / 5, 1 / 4, 0, 1 / 2],
    "recencyReceiveSender": [0, 1 / 2, 1 / 4, 0],
    "recencySendReceiver": [1 / 5, 1 / 4, 0, 1 / 2],
    "recencyReceiveReceiver": [0, 1 / 2, 1 / 4, 0],
}

#: name -> from the total degrees 1, 3, 1, 1 of the four.
BY_DEGREE = {"degreeMin": np.minimum, "degreeMax": np.maximum, "degreeDiff": lambda a, b: abs(a - b)}


@pytest.mark.parametrize("name", BY_HAND)
def test_of_the_dyad(name: str) -> None:
    found = at_five(name)
    for i, j in ((i, j) for i in range(4) for j in range(4) if i != j):
        assert found[i, j] == pytest.approx(BY_HAND[name].get((i, j), 0.0)), (i, j)


@pytest.mark.parametrize("name", BY_ACTOR)
def test_of_an_actor(name: str) -> None:
    values = np.array(BY_ACTOR[name])
    expected = values[:, None] if name.endswith("Sender") else values[None, :]
    np.testing.assert_allclose(at_five(name), np.broadcast_to(expected, (4, 4)))


@pytest.mark.parametrize("name", BY_DEGREE)
def test_of_two_degrees(name: str) -> None:
    degree = np.array([1.0, 3.0, 1.0, 1.0])
    np.testing.assert_allclose(at_five(name), BY_DEGREE[name](degree[:, None], degree[None, :]))


def test_the_shift_that_follows_several_simultaneous_events_is_that_of_any() -> None:
    """A to B and C to D at one instant: B may answer A, and D may answer C."""
    statistic, memory, out = catalogue()["psABBA"], Memory(), np.empty(16)
    changes = changes_of(np.zeros(2), np.array([A, C]), np.array([B, D]), np.ones(2), memory)
    ask(statistic, Carried.start(statistic, 4), changes, memory, np.array([1.0]), every_dyad(4, 1), out)
    assert {(int(i), int(j)) for i, j in np.argwhere(out.reshape(4, 4))} == {(B, A), (D, C)}


# A sends to B at 1 and at 2, A to C and B to A at 3, C to B at 4. Asked at 5, of all of it and of the last two and a half.
TIED = [(1.0, A, B), (2.0, A, B), (3.0, A, C), (3.0, B, A), (4.0, C, B)]

#: name -> the value of each actor, in full and within the window.
PARTNERS = {
    "outdegreeSender": ([2, 1, 1, 0], [1, 1, 1, 0]),
    "indegreeSender": ([1, 2, 1, 0], [1, 1, 1, 0]),
    "totaldegreeSender": ([2, 2, 2, 0], [2, 2, 2, 0]),
}

#: name -> the dyads that have it, in full and within the window.
OF_TIES = {
    "inertia": ({(A, B): 1, (A, C): 1, (B, A): 1, (C, B): 1}, {(A, C): 1, (B, A): 1, (C, B): 1}),
    "reciprocity": ({(B, A): 1, (C, A): 1, (A, B): 1, (B, C): 1}, {(C, A): 1, (A, B): 1, (B, C): 1}),
    "otp": ({(A, B): 1, (B, C): 1, (C, A): 1}, {(A, B): 1, (B, C): 1, (C, A): 1}),
    "degreeMin": ({(i, j): 2 for i in (A, B, C) for j in (A, B, C)},) * 2,
    "totaldegreeDyad": (
        {(i, j): 2 * (i != D) + 2 * (j != D) for i in (A, B, C, D) for j in (A, B, C, D)},
        {(i, j): 2 * (i != D) + 2 * (j != D) for i in (A, B, C, D) for j in (A, B, C, D)},
    ),
}


def tied_at_five(name: str, memory: Memory) -> np.ndarray:
    statistic, out = of_ties()[name], np.empty(16)
    t, src, dst = (np.array(column) for column in zip(*TIED, strict=True))
    changes = changes_of(t, src, dst, np.ones(t.size), memory)
    ask(statistic, Carried.start(statistic, 4), changes, memory, np.array([5.0]), every_dyad(4, 1), out)
    return out.reshape(4, 4)


@pytest.mark.parametrize("memory", [Memory(), Memory(window=2.5)], ids=["full", "window"])
@pytest.mark.parametrize("name", [*PARTNERS, *OF_TIES])
def test_ties_are_counted_once(name: str, memory: Memory) -> None:
    found, k = tied_at_five(name, memory), int(memory.window is not None)
    for i, j in ((i, j) for i in range(4) for j in range(4) if i != j):
        right = PARTNERS[name][k][i] if name in PARTNERS else OF_TIES[name][k].get((i, j), 0.0)
        assert found[i, j] == right, (i, j)
