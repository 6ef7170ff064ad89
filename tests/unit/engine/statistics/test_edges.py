"""An instant is not in its own past, a window's last day is in it, and a statistic of traces is that of its counts."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.engine.statistics import catalogue
from lynchpin.engine.statistics.memory import Carried, Memory, ask, changes_of, every_dyad

A, B, C, D = range(4)
T = np.array([1.0, 2.0, 2.0, 2.0, 4.0, 4.0])
SRC, DST = np.array([A, B, A, D, D, C]), np.array([B, C, B, C, B, B])
OFF = ~np.eye(4, dtype=bool)
FED_BY_EVENTS = sorted(name for name, one in catalogue().items() if one.feed == "events")
OF_TRACES = sorted(name for name, one in catalogue().items() if one.of_traces is not None)


WHOLE = Memory()


def asked(name: str, at: list[float], memory: Memory = WHOLE) -> np.ndarray:
    statistic, out = catalogue()[name], np.empty(16 * len(at))
    changes = changes_of(T, SRC, DST, np.ones(T.size), memory)
    instants = np.array(at)
    ask(statistic, Carried.start(statistic, 4), changes, memory, instants, every_dyad(4, len(at)), out)
    return out.reshape(-1, 4, 4)


@pytest.mark.parametrize("name", FED_BY_EVENTS)
def test_what_happens_at_an_instant_is_not_in_its_own_past(name: str) -> None:
    """At 1, 2 and 4, where events fall, as at any time since the ones before; just after them it is another."""
    reference, found = catalogue()[name].reference, asked(name, [1.0, 2.0, 3.0, 4.0, 4.5])
    for at, values in zip((1.0, 2.0, 3.0, 4.0, 4.5), found, strict=True):
        past = at > T
        plain = reference(T[past], SRC[past], DST[past], at, 4, np.inf)
        np.testing.assert_allclose(values[OFF], np.asarray(plain, dtype=float)[OFF], atol=1e-12)
    assert not found[0].any(), "nothing happened before the first"
    assert (found[3] != found[4]).any()


def test_counts_at_an_instant_by_hand() -> None:
    (first, second, third) = asked("inertia", [2.0, 4.0, 5.0])[:, A, B]
    assert [first, second, third] == [1.0, 2.0, 2.0]
    assert asked("inertia", [4.0, 4.1])[:, D, B].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("at", "count"), [(1.0, 0.0), (2.0, 1.0), (4.0, 2.0), (5.0, 1.0), (5.1, 0.0), (6.5, 0.0)])
def test_a_window_holds_what_is_so_old_and_no_older(at: float, count: float) -> None:
    """A to B at 1 and at 2, within three days: the one of 1 goes as 4 is over."""
    found = asked("inertia", [at], Memory(window=3.0))[0, A, B]
    assert found == count


@pytest.mark.parametrize("name", OF_TRACES)
def test_a_statistic_of_traces_is_that_of_its_counts(name: str) -> None:
    statistic = catalogue()[name]
    rng = np.random.default_rng(1)
    src = rng.integers(0, 4, 30)
    dst = (src + rng.integers(1, 4, 30)) % 4
    when = np.sort(rng.integers(0, 20, 30)).astype(float)
    N = np.zeros((4, 4))
    np.add.at(N, (src, dst), 0.5 ** ((20.0 - when) / 7.0))
    assert statistic.of_traces is not None and (N != N.T).any()
    plain = np.asarray(statistic.reference(when, src, dst, 20.0, 4, 7.0), dtype=float)
    for counts, found in ((N, statistic.of_traces(N)), (N[None], statistic.of_traces(N[None])[0])):
        assert counts.shape[-2:] == (4, 4)
        np.testing.assert_allclose(np.asarray(found)[OFF], plain[OFF], rtol=1e-12)
