"""Chances of each standing: equal to whole transition matrices, sum to one, start where it stands, stay ended."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.agreements.occupancy import END, MEMORIES, occupancy, occupancy_reference
from lynchpin.answers.agreements.spells import CLOCK_WEEKS
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, Standing, is_possible

POSSIBLE = np.array([[is_possible(standing, step) for standing in STANDINGS] for step in MOVES])


def toy(weeks, draws=2, seed=1, rate=-3.0):
    rng = np.random.default_rng(seed)
    base = np.where(POSSIBLE[:, :, None], rng.normal(rate, 1.0, (*POSSIBLE.shape, draws)), -np.inf)
    clock = rng.normal(0.0, 0.5, (len(MOVES), len(CLOCK_WEEKS) + 1, draws))
    memory = rng.normal(0.0, 0.5, (len(MOVES), len(MEMORIES), draws))
    return base, clock, memory, rng.normal(0.0, 0.3, (len(MOVES), weeks, draws))


@pytest.mark.parametrize(
    ("standing", "mem", "age", "weeks"), [(0, 0, 3, 6), (3, 2, 24, 6), (7, 4, 102, 5), (2, 1, 0, 6), (9, 0, 300, 3)]
)
def test_equals_the_reference(standing, mem, age, weeks):
    parts = toy(weeks)
    ours = occupancy(*parts, standing, mem, age, least=0.0)
    for d in range(2):
        slow = occupancy_reference(*(part[:, :, d] for part in parts), standing, mem, age)
        np.testing.assert_allclose(ours[d], slow, atol=1e-14)


@pytest.mark.slow
def test_equals_the_reference_past_every_piece_of_the_clock():
    parts = toy(115, draws=1)
    slow = occupancy_reference(*(part[:, :, 0] for part in parts), 7, 3, 3)
    np.testing.assert_allclose(occupancy(*parts, 7, 3, 3, least=0.0)[0], slow, atol=1e-13)


def test_sums_to_one_starts_where_it_stands_and_ends_for_good():
    parts = toy(120, draws=20)
    for standing in range(len(STANDINGS)):
        table = occupancy(*parts, standing, 0, 0)
        assert np.abs(table.sum(axis=2) - 1.0).max() < 1e-12
        assert (table >= 0.0).all()
        assert (table[:, 0, standing] == 1.0).all()
        assert (np.diff(table[:, :, END], axis=1) >= 0.0).all()
    ended = occupancy(*parts, END, 0, 0)
    assert (ended[:, :, END] == 1.0).all() and ended[:, :, :END].sum() == 0.0


def test_a_level_is_never_lost():
    table = occupancy(*toy(60), STANDINGS.index(Standing(2)), 0, 0)
    below = [k for k, standing in enumerate(STANDINGS) if standing.level < 2]
    assert table[:, :, below].sum() == 0.0


def test_one_way_out_is_the_exponential():
    base = np.full((*POSSIBLE.shape, 1), -np.inf)
    base[MOVES.index("end")] = np.log(0.02)
    nothing = [np.zeros((len(MOVES), size, 1)) for size in (len(CLOCK_WEEKS) + 1, len(MEMORIES), 80)]
    table = occupancy(base, *nothing, 0, 0, 0, least=0.0)
    np.testing.assert_allclose(table[0, :, 0], np.exp(-0.02 * np.arange(81)), rtol=1e-12)


def test_three_states_in_a_row_equal_their_matrix_power():
    base = np.full((*POSSIBLE.shape, 1), -np.inf)
    sign, end = 0.1, 0.03
    base[MOVES.index("sign"), 0] = np.log(sign)
    base[MOVES.index("end"), STANDINGS.index(Standing(2))] = np.log(end)
    nothing = [np.zeros((len(MOVES), size, 1)) for size in (len(CLOCK_WEEKS) + 1, len(MEMORIES), 60)]
    table = occupancy(base, *nothing, 0, 0, 0, least=0.0)[0]
    step = np.array([[np.exp(-sign), 1 - np.exp(-sign), 0], [0, np.exp(-end), 1 - np.exp(-end)], [0, 0, 1]])
    whole = np.linalg.matrix_power(step, 60)[0]
    np.testing.assert_allclose(table[60, [0, STANDINGS.index(Standing(2)), END]], whole, rtol=1e-12)


def test_what_is_not_followed_is_small():
    parts = toy(104, draws=5)
    assert np.abs(occupancy(*parts, 0, 0, 0) - occupancy(*parts, 0, 0, 0, least=0.0)).max() < 2e-5
