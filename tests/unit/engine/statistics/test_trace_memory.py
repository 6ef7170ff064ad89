"""Windows and lags of a trace: the kernel is the formula, strictly before, and an emptied cell is zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lynchpin.engine.statistics import trace
from lynchpin.engine.statistics.trace import trace_reference, traces

MEMORIES = [
    (60.0, np.inf, 0.0),
    (np.inf, 9.0, 0.0),
    (5.0, 9.0, 0.0),
    (5.0, np.inf, 4.0),
    (np.inf, 3.0, 4.0),
    (2.5, 6.5, 1.5),
]
CELLS = 3


def history(seed: int, count: int = 60) -> tuple[np.ndarray, ...]:
    """Small and crowded: several acts a day, three cells, every day asked for."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.integers(0, 20, count)).astype(float)
    return t, rng.integers(0, CELLS, count), rng.choice([1.0, 0.5], count), np.arange(0.0, 40.0)


@pytest.mark.parametrize("memory", MEMORIES, ids=str)
def test_kernel_is_the_formula(memory):
    for seed in range(5):
        t, cell, amount, at = history(seed)
        slow = trace_reference(t, cell, amount, at, CELLS, *memory)
        np.testing.assert_allclose(traces(t, cell, amount, at, CELLS, *memory), slow, rtol=1e-12, atol=1e-13)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, CELLS - 1)), max_size=25),
    st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True),
    st.sampled_from(MEMORIES),
)
def test_kernel_is_the_formula_whatever_is_asked(acts, at, memory):
    t, cell = (np.array([act[k] for act in sorted(acts)], dtype=float) for k in (0, 1))
    columns = (t, cell.astype(int), np.ones(t.size), np.array(sorted(at), dtype=float), CELLS)
    np.testing.assert_allclose(traces(*columns, *memory), trace_reference(*columns, *memory), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("memory", "counts"),
    [  # one act on day 10: on which days it counts
        ((np.inf, np.inf, 0.0), range(11, 40)),
        ((np.inf, 5.0, 0.0), range(11, 16)),
        ((np.inf, np.inf, 5.0), range(16, 40)),
        ((np.inf, 5.0, 5.0), range(16, 21)),
    ],
    ids=str,
)
def test_an_act_counts_strictly_after_its_lag_and_to_the_end_of_its_window(memory, counts):
    found = traces([10], np.array([0]), np.ones(1), np.arange(40), 1, *memory)[:, 0]
    assert np.flatnonzero(found).tolist() == list(counts)
    assert set(found) <= {0.0, 1.0}


def test_an_emptied_cell_is_zero_and_not_what_rounding_leaves():
    t = np.arange(0.0, 300.0) / 7.0
    found = traces(t, np.zeros(300, int), np.full(300, 0.1), np.array([40.0, 60.0, 400.0]), 1, 3.3, 10.0)
    assert found[0, 0] > 0.0 and found[1:, 0].tolist() == [0.0, 0.0]


def test_later_acts_change_nothing():
    t, cell, amount, at = history(3)
    for memory in MEMORIES:
        whole = traces(t, cell, amount, at, CELLS, *memory)
        for day in (4.0, 9.0, 15.0):
            early = t < day - memory[2]  # under a lag even acts of the last days are not yet felt
            cut = traces(t[early], cell[early], amount[early], at, CELLS, *memory)
            np.testing.assert_array_equal(cut[at <= day], whole[at <= day])


def test_the_laws_catch_faults(monkeypatch):
    """Faults planted once: a window a day short, and a lag that is left out."""
    columns, memory = (*history(1), CELLS), (5.0, 6.0, 4.0)
    slow, honest = trace_reference(*columns, *memory), trace.window_kernel
    assert not np.allclose(traces(*columns, 5.0, 6.0, 0.0), slow)
    monkeypatch.setattr(trace, "window_kernel", lambda *a: honest(*a[:-1], a[-1] - 1.0))
    assert not np.allclose(traces(*columns, *memory), slow)
