"""The laws of a statistic. Each takes a statistic and a history and raises AssertionError when it is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lynchpin.engine.compiled import plainly
from lynchpin.engine.statistics import Statistic
from lynchpin.engine.statistics.base import Floats, Ints, Rows
from lynchpin.engine.statistics.memory import Carried, Memory, ask, changes_of, every_dyad
from lynchpin.engine.statistics.trace import traces

# -- Small, crowded histories: few actors and many simultaneous events, where a one-character peek shows.


@dataclass(frozen=True, slots=True, eq=False)
class ToyHistory:
    """Events by time: t in days, src and dst in 0 .. n - 1, equal for changes of a value; amount: None for one each."""

    t: Floats
    src: Ints
    dst: Ints
    n: int
    amount: Floats | None = None

    @property
    def amounts(self) -> Floats:
        return np.ones(self.t.size) if self.amount is None else self.amount


def crowded_history(
    seed: int, *, events: int = 60, actors: int = 4, days: int = 12, values: bool = False
) -> ToyHistory:
    """A history with many events on each of a few days.

    Parameters
    ----------
    seed : int
    events, actors, days : int, how many; events land on whole days 0 .. days - 1
    values : bool, every third is no event and changes a value of the actor's own, as of one with itself
    """
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    if values:
        dst = np.where(np.arange(events) % 3 == 0, src, dst)
    return ToyHistory(np.sort(rng.integers(0, days, events)).astype(float), src, dst, actors)


HALF_LIFE_DAYS = 5.0


def values(
    statistic: Statistic,
    history: ToyHistory,
    at: Floats,
    *batches: int,
    memory: Memory = Memory(half_life=HALF_LIFE_DAYS),  # noqa: B008 (frozen)
) -> Floats:
    """The statistic of every dyad at the asked times, the way the engine streams it: shape (times, n, n).

    `batches`: positions in `at` where one call ends and the next begins.
    """
    n = history.n
    changes = changes_of(history.t, history.src, history.dst, history.amounts, memory)
    carried, parts = Carried.start(statistic, n), []
    for some in np.split(at, batches):
        out = np.empty(some.size * n * n)
        ask(statistic, carried, changes, memory, some, every_dyad(n, some.size), out)
        parts.append(out.reshape(-1, n, n))
    return np.concatenate(parts)


def values_of_traces(statistic: Statistic, history: ToyHistory, at: Floats) -> Floats:
    """The same the way a design computes it, from the traces of all dyads."""
    n = history.n
    assert statistic.of_traces is not None
    half_life = HALF_LIFE_DAYS if statistic.decays else np.inf
    flat = traces(history.t, history.src * n + history.dst, history.amounts, at, n * n, half_life)
    return statistic.of_traces(flat.reshape(-1, n, n))


def agrees_with_reference(statistic: Statistic, history: ToyHistory) -> None:
    """The fast form equals the plain loops, at every day and after the last."""
    at = np.arange(-1.0, history.t.max() + 40.0, 3.0)
    fast = values(statistic, history, at)
    for k, time in enumerate(at):
        slow = statistic.reference(
            history.t, history.src, history.dst, time, history.n, HALF_LIFE_DAYS, history.amounts
        )
        np.testing.assert_allclose(_off(fast[k]), _off(slow), rtol=1e-12, atol=1e-12)


def traces_agree_with_kernel(statistic: Statistic, history: ToyHistory) -> None:
    """What cases and simulation compute from traces equals what the engine streams."""
    if statistic.of_traces is None:
        return
    at = np.arange(-1.0, history.t.max() + 40.0, 3.0)
    streamed, computed = values(statistic, history, at), values_of_traces(statistic, history, at)
    np.testing.assert_allclose(_off(computed), _off(streamed), rtol=1e-12, atol=1e-12)


def weighs_events(statistic: Statistic, history: ToyHistory) -> None:
    """Both hold of events that weigh less than nothing, nothing, a part of one, and more than one."""
    amount = np.resize([1.0, -2.0, 0.0, 0.3, -0.7, 1.9, 0.0, 0.5, -1.0], history.t.size)
    weighed = ToyHistory(history.t, history.src, history.dst, history.n, amount)
    agrees_with_reference(statistic, weighed)
    traces_agree_with_kernel(statistic, weighed)


def looks_strictly_before(statistic: Statistic, history: ToyHistory) -> None:
    """Events of the asked time and later change nothing."""
    for time in np.unique(history.t):
        past = history.t < time
        known = ToyHistory(history.t[past], history.src[past], history.dst[past], history.n)
        at = np.array([time])
        assert np.array_equal(_off(values(statistic, history, at)[0]), _off(values(statistic, known, at)[0]))


def follows_names(statistic: Statistic, history: ToyHistory) -> None:
    """Renaming the actors renames the answer."""
    order = np.random.default_rng(0).permutation(history.n)
    renamed = ToyHistory(history.t, order[history.src], order[history.dst], history.n)
    at = np.array([history.t.max() + 1.0])
    before, after = values(statistic, history, at)[0], values(statistic, renamed, at)[0]
    np.testing.assert_allclose(_off(after[np.ix_(order, order)]), _off(before), rtol=1e-12)


def ignores_the_calendar(statistic: Statistic, history: ToyHistory) -> None:
    """Shifting all times changes nothing."""
    at = np.array([3.0, history.t.max() + 1.0])
    shifted = ToyHistory(history.t + 1000.0, history.src, history.dst, history.n)
    here, there = values(statistic, history, at), values(statistic, shifted, at + 1000.0)
    np.testing.assert_allclose(_off(here), _off(there), rtol=1e-9)


def does_not_depend_on_batches(statistic: Statistic, history: ToyHistory) -> None:
    """One pass equals two halves, and equals times asked one by one."""
    at = np.arange(0.0, history.t.max() + 5.0)
    together = _off(values(statistic, history, at))
    np.testing.assert_allclose(_off(values(statistic, history, at, at.size // 2)), together, rtol=1e-12, atol=1e-12)
    apart = np.concatenate([values(statistic, history, at[k : k + 1]) for k in range(at.size)])
    np.testing.assert_allclose(_off(apart), together, rtol=1e-9, atol=1e-12)


def belongs_to_whom_it_says(statistic: Statistic, history: ToyHistory) -> None:
    """A number of the sender is one number in all of its dyads; so is one of the receiver, and one of all dyads."""
    by_axes = {"dyad": (), "sender": (2,), "receiver": (1,), "all": (1, 2)}
    streamed = values(statistic, history, np.arange(0.0, history.t.max() + 5.0))
    dyads = ~np.eye(history.n, dtype=bool)
    for axis in by_axes[statistic.about]:
        most = streamed.max(axis=axis, keepdims=True, where=dyads, initial=-np.inf)
        least = streamed.min(axis=axis, keepdims=True, where=dyads, initial=np.inf)
        assert np.array_equal(most, least)


def agrees_without_numba(statistic: Statistic, history: ToyHistory) -> None:
    """Small fits run a kernel as it stands, with numpy for its loops: the same numbers but for rounding.

    With events that drop out of a window, and asked of dyads in another order at every instant.
    """
    n, memory = history.n, Memory(window=HALF_LIFE_DAYS)
    changes = changes_of(history.t, history.src, history.dst, np.linspace(0.5, 2.0, history.t.size), memory)
    at = np.arange(0.0, history.t.max() + 5.0)
    shift, every = np.arange(at.size) % (n * n), every_dyad(n, 1)
    rows = Rows(shift, shift + n * n, np.tile(every.i, 2), np.tile(every.j, 2))
    is_dyad = np.concatenate([(rows.i != rows.j)[a:b] for a, b in zip(rows.lo, rows.hi, strict=True)])
    found = []
    for wanted in (False, True):
        carried, out = Carried.start(statistic, n), np.full(is_dyad.size, np.nan)
        with plainly(wanted):
            ask(statistic, carried, changes, memory, at, rows, out)
        found.append((out[is_dyad], carried.state))
    for compiled, plain in zip(*found, strict=True):
        np.testing.assert_allclose(plain, compiled, rtol=1e-12, atol=1e-12)


def says_whether_it_ages(statistic: Statistic, history: ToyHistory) -> None:
    """With full memory nothing changes while nothing happens, but in a statistic that says `ages`."""
    later = values(statistic, history, history.t.max() + np.array([1.0, 1.5, 20.0]), memory=Memory())
    stands = bool((_off(later) == _off(later[:1])).all())
    assert stands is not statistic.ages


def is_described(statistic: Statistic, history: ToyHistory) -> None:
    """It has a summary and a source."""
    assert statistic.summary
    assert statistic.source


STATISTIC_LAWS: tuple[Callable[[Statistic, ToyHistory], None], ...] = (
    agrees_with_reference,
    traces_agree_with_kernel,
    weighs_events,
    looks_strictly_before,
    follows_names,
    ignores_the_calendar,
    does_not_depend_on_batches,
    belongs_to_whom_it_says,
    agrees_without_numba,
    says_whether_it_ages,
    is_described,
)


def _off(matrix: Floats) -> Floats:
    """Without the diagonal, which means nothing."""
    return np.where(np.eye(matrix.shape[-1], dtype=bool), 0.0, matrix)
