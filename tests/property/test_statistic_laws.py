"""Every registered statistic obeys every law; and each law catches the fault that it is there for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lynchpin.statistics import _trace, catalogue
from lynchpin.testing import STATISTIC_LAWS, crowded_history, laws

STATISTICS = list(catalogue().values())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("law", STATISTIC_LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda s: s.name)
def test_law(statistic, law, seed):
    law(statistic, crowded_history(seed))
    assert seed  # the law itself asserts


INERTIA = catalogue()["inertia"]


def peek(t, cell, amount, at, n_cells, half_life_days):
    """The trace kernel with `<=` for `<`."""
    return _trace.trace_reference(t - 1e-9, cell, amount, at, n_cells, half_life_days)


def test_peeking_is_caught(monkeypatch):
    monkeypatch.setattr(laws, "traces", peek)
    with pytest.raises(AssertionError):
        laws.looks_strictly_before(INERTIA, crowded_history(1))
    with pytest.raises(AssertionError):
        laws.agrees_with_reference(INERTIA, crowded_history(1))


FAULTS = [
    (laws.agrees_with_reference, lambda N: N * 1.001),
    (laws.follows_names, lambda N: N * np.arange(N.shape[-1])),
    (laws.does_not_depend_on_batches, lambda N: N - N.mean(axis=0)),
]


@pytest.mark.parametrize(("law", "fault"), FAULTS, ids=lambda x: getattr(x, "__name__", ""))
def test_faulty_statistic_is_caught(law, fault):
    with pytest.raises(AssertionError):
        law(replace(INERTIA, of_traces=fault), crowded_history(1))


def test_calendar_is_caught(monkeypatch):
    def drifting(t, cell, amount, at, n_cells, half_life_days):
        return _trace.trace_reference(t, cell, amount, at, n_cells, half_life_days) * (1 + at[:, None] / 1e4)

    monkeypatch.setattr(laws, "traces", drifting)
    with pytest.raises(AssertionError):
        laws.ignores_the_calendar(INERTIA, crowded_history(1))


def test_undescribed_is_caught():
    with pytest.raises(AssertionError):
        laws.is_described(replace(INERTIA, source=""), crowded_history(1))


def test_kernel_agrees_with_reference_where_events_precede_and_follow_the_asked_times():
    rng = np.random.default_rng(5)
    t, cell, amount = np.sort(rng.integers(-20, 40, 80)).astype(float), rng.integers(0, 5, 80), rng.random(80)
    at = np.array([-30.0, 0.0, 0.0, 7.5, 100.0])
    fast = _trace.traces(t, cell, amount, at, 5, 3.0)
    np.testing.assert_allclose(fast, _trace.trace_reference(t, cell, amount, at, 5, 3.0), rtol=1e-12, atol=1e-15)


def test_events_long_before_1970_are_no_nonsense():
    t, cell = np.array([-60_000.0, -59_990.0]), np.array([1, 0])
    found = _trace.traces(t, cell, np.ones(2), np.array([-59_980.0]), 3, 10.0)
    np.testing.assert_allclose(found, [[0.5, 0.25, 0.0]])


def test_two_statistics_of_one_name_are_refused(monkeypatch):
    import lynchpin.statistics as room

    room.catalogue.cache_clear()
    monkeypatch.setattr(room, "import_module", lambda name: type("M", (), {"STATISTIC": INERTIA}))
    with pytest.raises(RuntimeError, match="a name of its own"):
        room.catalogue()
    room.catalogue.cache_clear()
