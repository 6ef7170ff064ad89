"""The Aalen-Johansen estimator: by hand, as Kaplan and Meier's, with late entry, and on simulated chains."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.aalen_johansen import aalen_johansen, stays
from lynchpin.answers.agreements.moments import STANDING_STAGES
from lynchpin.results import AgreementLife, StageRow


def test_by_hand_with_ties_and_censoring():
    start, stop = np.zeros(5), np.array([1.0, 1.0, 2.0, 2.0, 3.0])
    before, then = np.zeros(5, dtype=np.int64), np.array([1, 2, -1, 1, 2])
    found = aalen_johansen(start, stop, before, then, 3, np.array([0.0, 1.0, 2.0, 5.0]))
    np.testing.assert_allclose(found[:, 0], [[1, 0, 0], [0.6, 0.2, 0.2], [0.4, 0.4, 0.2], [0.0, 0.4, 0.6]], atol=1e-15)
    np.testing.assert_allclose(found.sum(axis=2), 1.0, atol=1e-12)


def test_who_comes_late_is_not_at_risk_before():
    start, stop = np.array([0.0, 2.0]), np.array([1.0, 3.0])
    zero = np.zeros(2, dtype=np.int64)
    found = aalen_johansen(start, stop, zero, zero + 1, 2, np.array([1.0]))
    assert found[0, 0, 1] == 1.0


def test_simulated_illness_and_death_near_the_matrix_exponential():
    rng = np.random.default_rng(3)
    generator = np.array([[-0.3, 0.2, 0.1], [0.05, -0.25, 0.2], [0.0, 0.0, 0.0]])
    rows = []
    for _ in range(4000):
        state, time = 0, 0.0
        while state != 2 and time < 6.0:
            stay = rng.exponential(1.0 / -generator[state, state])
            stop = min(time + stay, 6.0)
            chances = np.clip(generator[state], 0.0, None)
            then = int(rng.choice(3, p=chances / chances.sum())) if stop < 6.0 else -1
            rows.append((time, stop, state, then))
            state, time = (then, stop) if then >= 0 else (2, 6.0)
    table = np.array(rows)
    at = np.array([1.0, 3.0, 5.0])
    found = aalen_johansen(table[:, 0], table[:, 1], table[:, 2].astype(int), table[:, 3].astype(int), 3, at)
    values, vectors = np.linalg.eig(generator)
    for q, time in enumerate(at):
        exact = (vectors @ np.diag(np.exp(values * time)) @ np.linalg.inv(vectors)).real
        np.testing.assert_allclose(found[q, 0], exact[0], atol=0.025)  # three standard errors of 4000


def act(day, stage):
    return StageRow(date.fromisoformat(day), "day", stage, "", "", "", "")


def test_acts_of_one_day_are_one_move():
    acts = (act("2016-11-01", "negotiating"), act("2016-11-23", "signed"), act("2016-11-23", "in_force"))
    life = AgreementLife("g", "G", ("JPN", "KOR"), "", "other", "in_force", date(2016, 11, 23), acts)
    start, stop, before, then = stays([life], date(2016, 12, 1))
    names = [STANDING_STAGES[k] for k in before]
    assert list(zip(start, stop, names, strict=True)) == [(0, 22, "negotiating"), (22, 30, "in_force")]
    assert [STANDING_STAGES[k] if k >= 0 else "" for k in then] == ["in_force", ""]


@pytest.mark.parametrize("origin", [date(2012, 7, 9), date(2026, 1, 1)])
def test_sums_to_one_on_the_embedded_agreements(northeast, origin):
    lives = read_agreements(northeast.agreements_file, northeast.stages_file, before=origin, among=None)
    found = aalen_johansen(*stays(lives, origin), len(STANDING_STAGES), np.linspace(0.0, 3650.0, 11))
    assert np.abs(found.sum(axis=2) - 1.0).max() < 1e-12
    assert (found[:, -1, -1] == 1.0).all() and found[5, 0, -1] > 0.0
