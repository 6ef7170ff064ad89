"""Every registered statistic obeys every law; and each law catches the fault that it is there for."""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

import lynchpin.engine.statistics as room
from lynchpin.engine.compiled import is_plain
from lynchpin.engine.statistics import catalogue, every_statistic, trace
from lynchpin.engine.statistics import memory as _memory
from lynchpin.engine.statistics.base import GEOMETRIC, PRODUCT, UNIQUE
from lynchpin.testing import STATISTIC_LAWS, crowded_history, laws

STATISTICS = list(every_statistic().values())

#: module -> how many rows it has. Nothing is counted in one place and missed by the laws.
ROWS = {
    "attributes": 9,
    "closure": 8,
    "counts": 4,
    "degrees": 21,
    "partners": 3,
    "paths": 20,
    "recency": 7,
    "shifts": 10,
}


def test_every_row_is_held_to_the_laws():
    found = {name: import_module(f"{room.__name__}.{name}").STATISTICS for name in ROWS}
    assert {name: len(rows) for name, rows in found.items()} == ROWS
    assert {row.name for rows in found.values() for row in rows} == {row.name for row in STATISTICS}
    assert len(STATISTICS) == 82
    of_ties = {name for name in every_statistic() if name.endswith((UNIQUE, PRODUCT, GEOMETRIC))}
    assert set(every_statistic()) - set(catalogue()) - of_ties == {
        "events"
    }  # what proportions divide by, and no effect


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_a_worker_gets_the_row_itself(statistic):
    assert pickle.loads(pickle.dumps(statistic)) is statistic


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
@pytest.mark.parametrize("law", STATISTIC_LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_law(statistic, law, seed):
    law(statistic, crowded_history(seed, values=statistic.feed == "events and actor values"))
    assert seed  # the law itself asserts


CLOSED = [row for row in STATISTICS if row.name.startswith(("fourCycle", "nodeTrans"))]


@pytest.mark.parametrize("statistic", CLOSED, ids=lambda s: s.name)
def test_closed_paths_of_hundreds_of_small_random_streams(statistic):
    """300 streams of 3 to 5 actors, of which some are empty or of one dyad: the engine's numbers are those of loops."""
    rng = np.random.default_rng(11)
    for _ in range(300):
        n, events, days = int(rng.integers(3, 6)), int(rng.integers(0, 14)), int(rng.integers(1, 9))
        src = rng.integers(0, n, events)
        dst = (src + rng.integers(1, n, events)) % n
        history = laws.ToyHistory(np.sort(rng.integers(0, days, events)).astype(float), src, dst, n)
        at = np.array([float(rng.integers(0, days + 1)), days + 2.0])
        fast = laws.values(statistic, history, at)
        for k, time in enumerate(at):
            slow = statistic.reference(history.t, src, dst, time, n, laws.HALF_LIFE_DAYS, history.amounts)
            np.testing.assert_allclose(laws._off(fast[k]), laws._off(slow), rtol=1e-11, atol=1e-11)


INERTIA = catalogue()["inertia"]


def distorted(change):
    """The way a statistic is asked, with its instants, answers or start changed."""

    def ask(statistic, carried, changes, memory, at, rows, out, **options):
        _memory.ask(statistic, carried, changes, memory, at + change.get("later", 0.0), rows, out, **options)
        out *= np.repeat(1 + at * change.get("drift", 0.0), out.size // at.size)
        if change.get("forgets"):
            carried.state[:] = 0.0

    return ask


def test_peeking_is_caught(monkeypatch):
    monkeypatch.setattr(laws, "ask", distorted({"later": 1e-9}))
    for law in (laws.looks_strictly_before, laws.agrees_with_reference, laws.traces_agree_with_kernel):
        with pytest.raises(AssertionError):
            law(INERTIA, crowded_history(1))


def test_an_age_that_is_not_said_is_caught():
    with pytest.raises(AssertionError):
        laws.says_whether_it_ages(replace(catalogue()["recencyContinue"], ages=False), crowded_history(1))
    with pytest.raises(AssertionError):
        laws.says_whether_it_ages(replace(INERTIA, ages=True), crowded_history(1))


def test_calendar_is_caught(monkeypatch):
    monkeypatch.setattr(laws, "ask", distorted({"drift": 1e-4}))
    with pytest.raises(AssertionError):
        laws.ignores_the_calendar(INERTIA, crowded_history(1))


def test_a_state_that_is_not_carried_is_caught(monkeypatch):
    monkeypatch.setattr(laws, "ask", distorted({"forgets": True}))
    with pytest.raises(AssertionError):
        laws.does_not_depend_on_batches(INERTIA, crowded_history(1))


def with_fault(fault):
    """Inertia whose kernel's answer goes through a function (instants, rows) -> (instants, rows)."""

    def kernel(state, past, rows, out):
        INERTIA.kernel(state, past, rows, out)
        out[:] = fault(out.reshape(past.at.size, -1)).ravel()

    return replace(INERTIA, kernel=kernel)


FAULTS = [
    (laws.agrees_with_reference, lambda N: N * 1.001),
    (laws.traces_agree_with_kernel, lambda N: N * 1.001),
    (laws.follows_names, lambda N: N * np.arange(N.shape[-1])),
    (laws.does_not_depend_on_batches, lambda N: N - N.mean(axis=0)),
    (laws.agrees_without_numba, lambda N: N * (1.0 + 1e-9 * is_plain())),
]

OF_ACTORS = {"sender": "outdegreeSender", "receiver": "indegreeReceiver", "all": "events"}


@pytest.mark.parametrize(("law", "fault"), FAULTS, ids=lambda x: getattr(x, "__name__", ""))
def test_faulty_statistic_is_caught(law, fault):
    with pytest.raises(AssertionError):
        law(with_fault(fault), crowded_history(1))


@pytest.mark.parametrize("about", OF_ACTORS)
@pytest.mark.parametrize("whose", ["dyad", *OF_ACTORS])
def test_a_number_of_somebody_else_is_caught(about, whose):
    """Inertia, and each actor's statistic, under the name of another."""
    statistic = replace(every_statistic()[OF_ACTORS.get(whose, "inertia")], about=about)
    if whose in (about, "all"):  # what is one number for all is one for each
        laws.belongs_to_whom_it_says(statistic, crowded_history(1))
    else:
        with pytest.raises(AssertionError):
            laws.belongs_to_whom_it_says(statistic, crowded_history(1))


def test_undescribed_is_caught():
    with pytest.raises(AssertionError):
        laws.is_described(replace(INERTIA, source=""), crowded_history(1))


def test_kernel_agrees_with_reference_where_events_precede_and_follow_the_asked_times():
    rng = np.random.default_rng(5)
    t, cell, amount = np.sort(rng.integers(-20, 40, 80)).astype(float), rng.integers(0, 5, 80), rng.random(80)
    at = np.array([-30.0, 0.0, 0.0, 7.5, 100.0])
    fast = trace.traces(t, cell, amount, at, 5, 3.0)
    np.testing.assert_allclose(fast, trace.trace_reference(t, cell, amount, at, 5, 3.0), rtol=1e-12, atol=1e-15)


def test_events_long_before_1970_are_no_nonsense():
    t, cell = np.array([-60_000.0, -59_990.0]), np.array([1, 0])
    found = trace.traces(t, cell, np.ones(2), np.array([-59_980.0]), 3, 10.0)
    np.testing.assert_allclose(found, [[0.5, 0.25, 0.0]])


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_window_is_the_events_within_it(statistic):
    """A window of 4.5 days: the reference with an endless half-life on the events that are still in the window."""
    h, memory, at = crowded_history(4), _memory.Memory(window=4.5), np.array([3.0, 6.0, 9.0, 30.0])
    if not statistic.scales or statistic.feed != "events":
        pytest.skip("its memory is its own")
    changes = _memory.changes_of(h.t, h.src, h.dst, np.ones(h.t.size), memory)
    out = np.empty(at.size * h.n**2)
    start = _memory.Carried.start(statistic, h.n)
    _memory.ask(statistic, start, changes, memory, at, _memory.every_dyad(h.n, at.size), out)
    for q, time in enumerate(at):
        keep = h.t >= time - 4.5
        slow = statistic.reference(h.t[keep], h.src[keep], h.dst[keep], time, h.n, 1e15)
        np.testing.assert_allclose(laws._off(out.reshape(-1, h.n, h.n)[q]), laws._off(slow), rtol=1e-9, atol=1e-9)


def test_a_state_kept_for_thousands_of_half_lives_stays_a_number():
    t, one, zero = np.array([0.0, 9_000.0, 9_001.0]), np.ones(3), np.zeros(3, int)
    changes = _memory.changes_of(t, zero, zero + 1, one, memory := _memory.Memory(half_life=1.0))
    carried, out = _memory.Carried.start(INERTIA, 2), np.empty(4)
    for at, expected in [(1.0, 0.5), (9_002.0, 0.75), (20_000.0, 0.0)]:
        _memory.ask(INERTIA, carried, changes, memory, np.array([at]), _memory.every_dyad(2, 1), out)
        np.testing.assert_allclose(out, [0, expected, 0, 0], rtol=1e-12)


SECOND = "from lynchpin.engine.statistics.counts import STATISTICS\n"
BAD_FILES = {
    "name_again": (SECOND, "another row is named 'inertia' already"),
    "no_rows": ("STATISTIC = 1\n", "should define STATISTICS"),
    "empty": ("STATISTICS = ()\n", "should define STATISTICS"),
    "one_row": ("STATISTICS = ('inertia',)\n", "should define STATISTICS"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_does_not_keep_the_contract_is_refused(name, tmp_path, monkeypatch):
    text, complaint = BAD_FILES[name]
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    every_statistic.cache_clear()
    try:
        with pytest.raises(RuntimeError, match=f"statistics/{name}.py.*{complaint}"):
            catalogue()
    finally:
        every_statistic.cache_clear()
        sys.modules.pop(f"{room.__name__}.{name}", None)
