"""The fit of the hazards: planted ones are found again, the mode is a mode, and too little is refused."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.agreements.covariates import MEANINGS
from lynchpin.answers.agreements.hazard_fit import fit_hazards
from lynchpin.answers.agreements.hazards import COLUMNS, column_values
from lynchpin.answers.agreements.spells import CLOCK_WEEKS, MOST_SETBACKS, Spells
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, Standing, is_possible, moved
from lynchpin.errors import DidNotConverge

#: Move -> log hazard per week. What bears on it is drawn anew for each run, from a Gaussian of this standard deviation.
RATES = {
    "progress": -4.0,
    "advance": -3.6,
    "sign": -3.4,
    "take_effect": -3.2,
    "setback": -3.8,
    "suspend": -4.8,
    "notice": -5.0,
    "resume": -3.6,
    "end": -5.5,
}
PLANTED_SD = 0.4
PLANTED = np.random.default_rng(5).normal(0.0, PLANTED_SD, (len(MOVES), len(COLUMNS)))
POSSIBLE = np.array([[is_possible(standing, step) for standing in STANDINGS] for step in MOVES])


def simulated(n, seed):
    """Lives drawn from PLANTED in continuous time: covariates fixed for half a year, then drawn anew."""
    rng = np.random.default_rng(seed)
    rows = []
    for a in range(n):
        standing, setbacks, fresh, since, t = Standing(0), 0, False, 0.0, 0.0
        x, new = rng.standard_normal(len(MEANINGS)), rng.random() < 0.4
        while t < 300.0 and not standing.has_ended:
            piece = sum(t - since >= w - 1e-9 for w in CLOCK_WEEKS)
            known = np.array([piece >= 1, piece >= 2, piece >= 3, np.log2(1 + setbacks), fresh, new, 0.0, *x])
            rates = np.exp(list(RATES.values()) + PLANTED @ known) * POSSIBLE[:, STANDINGS.index(standing)]
            edge = min([t + 26.0 - t % 26.0, *(since + w for w in CLOCK_WEEKS if since + w > t + 1e-9)])
            wait = rng.exponential(1.0 / rates.sum())
            move = int(rng.choice(len(MOVES), p=rates / rates.sum())) if t + wait < edge else -1
            stop = min(t + wait, edge)
            rows.append((a, stop - t, STANDINGS.index(standing), piece, setbacks, fresh, new, *x, move))
            t = stop
            if move >= 0:
                step = MOVES[move]
                standing, fresh, since = moved(standing, step), step == "setback", t
                setbacks = min(setbacks + fresh, MOST_SETBACKS)
            elif abs(t % 26.0) < 1e-9 or abs(t % 26.0 - 26.0) < 1e-9:
                x, new = rng.standard_normal(len(MEANINGS)), rng.random() < 0.4
    table = np.array(rows)
    whole = {
        name: table[:, k].astype(int) for name, k in {"agreement": 0, "standing": 2, "piece": 3, "setbacks": 4}.items()
    }
    return Spells(
        ids=tuple(f"a{k}" for k in range(n)),
        kinds=("other",) * n,
        first_day=np.zeros(len(table), dtype=int),
        weeks=table[:, 1],
        is_fresh=table[:, 5] > 0,
        is_new=table[:, 6] > 0,
        x=table[:, 7:-1],
        move=table[:, -1].astype(int),
        **whole,
    )


@pytest.fixture(scope="module")
def rows():
    return simulated(150, seed=11)


@pytest.fixture(scope="module")
def found(rows):
    return fit_hazards(rows)


def test_planted_effects_are_found_again(found):
    """The 90 % intervals hold nine in ten of the planted effects, and the prior finds their spread."""
    first, inside, pairs = 1 + len(STANDINGS), [], []
    for k, posterior in enumerate(found.moves):
        covariance = np.linalg.inv(posterior.factor @ posterior.factor.T)
        for c, name in enumerate(COLUMNS):
            if name == "outside":
                continue
            truth = PLANTED[k, c] * (found.scale[list(MEANINGS).index(name)] if name in MEANINGS else 1.0)
            estimate, error = posterior.mode[first + c], np.sqrt(covariance[first + c, first + c])
            inside.append(abs(estimate - truth) < 1.645 * error)
            pairs.append((estimate, truth))
    assert 0.83 < np.mean(inside) < 0.97  # 117 intervals: nine in ten, give or take two standard errors
    assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.8
    assert found.coefficient_sd == pytest.approx(PLANTED_SD, abs=0.1)


def test_nothing_planted_on_agreements_and_kinds_is_found(found):
    assert found.agreement_sd < 0.25


def test_the_rates_balance_at_the_mode(rows, found):
    """The prior on a move's mean is flat enough that fitted and made moves agree: the score equation of its level."""
    x = column_values(found, rows.x, rows.piece, rows.setbacks, rows.is_fresh, rows.is_new)
    q = len(STANDINGS)
    for k, step in enumerate(MOVES):
        b = found.moves[k].mode
        at_risk = np.array([is_possible(s, step) for s in STANDINGS])[rows.standing]
        eta = b[0] + b[1 : 1 + q][rows.standing] + x @ b[1 + q : 1 + q + len(COLUMNS)]
        eta += b[1 + q + len(COLUMNS)] + b[2 + q + len(COLUMNS) :][rows.agreement]
        fitted = (rows.weeks * np.exp(eta))[at_risk].sum()
        assert fitted == pytest.approx((rows.move == k).sum(), abs=0.1)


def test_a_warm_start_comes_to_the_same(rows, found):
    again = fit_hazards(rows, found)
    for one, other in zip(found.moves, again.moves, strict=True):
        np.testing.assert_allclose(one.mode, other.mode, atol=0.02)


def test_who_is_left_out_has_only_the_prior(rows):
    left = fit_hazards(rows.without("a3"))
    at = 1 + len(STANDINGS) + len(COLUMNS) + 1 + 3
    for posterior in left.moves:
        assert posterior.mode[at] == 0.0
        spread = np.sqrt(np.linalg.inv(posterior.factor @ posterior.factor.T)[at, at])
        assert spread == pytest.approx(left.agreement_sd, rel=1e-6)


def test_too_few_moves_are_refused(rows):
    few = rows.where(np.arange(rows.move.size) < 20)
    with pytest.raises(DidNotConverge, match="moves of agreements are not enough"):
        fit_hazards(few)
