"""Records drawn from rates that move within a wait, and fitted again: nothing is off, and intervals cover as they say.

A thousand records of each kind. The mean of a thousand estimates is itself uncertain by 0.03 standard errors. Less the
first-order error, whose mean is zero, the bias is told to 0.004: see `test_recovery`, which has the reasoning. What is left
falls with the root of the length of a record, and is that of estimates from a record that feeds on itself.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

import lynchpin
from helpers.planted_waits import Truth, drawn
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.work import Work

RECORDS = int(os.environ.get("LYNCHPIN_RECORDS", "1000"))
SEED = 20

#: What is true, and for how long it is watched; the mean gap of events is about one.
KINDS = {
    "half-life 1 gap": (Truth(-3.1, (0.5, 1.0), (0.3, 1.0)), 3000.0),
    "half-life 3 gaps": (Truth(-3.1, (0.3, 3.0), (0.1, 3.0)), 3000.0),
    "half-life 10 gaps": (Truth(-3.2, (0.15, 10.0), (0.08, 10.0)), 5000.0),
    "half-life 30 gaps": (Truth(-3.4, (0.08, 30.0), (0.05, 30.0)), 12000.0),
    "windows": (Truth(-3.1, (0.4, -2.0), (0.1, -5.0)), 3000.0),
    "covariates": (Truth(-3.2, (0.3, 2.0), wealth=0.4), 3000.0),
    "together": (Truth(-3.0, (0.3, 1.0), (0.15, -3.0), (0.05, 10.0), wealth=-0.4, away=0.5), 5000.0),
}


def fitted(kind, record, seed=SEED):
    """-> what the estimate is off by, its standard error, the score of the truth, the information, the mean gap"""
    truth, end = KINDS[kind]
    events, options = drawn(truth, end, np.random.default_rng([seed, list(KINDS).index(kind), record]))
    fit = lynchpin.rem(
        events, truth.effects, likelihood="interval", start=0.0, stop=end, time_unit="d", weight="no", **options
    )
    problem = prepare(fit.request, fit.stream)
    work = Work(problem.features, problem.plan, fit.request.model)
    score = work.sums(truth.coefficients).gradient
    work.forget()  # what is kept for the next pass: a thousand of them are 40 GB
    return fit.estimate - truth.coefficients, fit.se, score, np.linalg.inv(fit.covariance), end / events.height


def summed(fits):
    """-> covered, plain bias, bias less the first-order error, its noise, all in standard errors; the score's mean over
    its own error; the mean gap
    """
    off, se, scores, information, gaps = (np.array(column) for column in zip(*fits, strict=True))
    of_others = (information.sum(axis=0) - information) / (len(fits) - 1)
    left = off - np.linalg.solve(of_others, scores[..., None])[..., 0]
    typical, root = se.mean(axis=0), np.sqrt(len(fits))
    return (
        (np.abs(off) < 1.6448536 * se).mean(axis=0),
        off.mean(axis=0) / typical,
        left.mean(axis=0) / typical,
        left.std(axis=0) / typical / root,
        scores.mean(axis=0) / scores.std(axis=0) * root,
        float(gaps.mean()),
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_planted_is_found_again(kind):
    covered, plain, bias, noise, score, gap = summed([fitted(kind, record) for record in range(RECORDS)])
    print(f"\n{kind}: covered {np.round(covered, 3)}, bias in SE {np.round(plain, 3)} +- {RECORDS**-0.5:.3f},")
    print(
        f"less the first-order error {np.round(bias, 3)} +- {np.round(noise, 3)}, score {np.round(score, 1)}, gap {gap:.2f}"
    )
    assert (np.abs(score) < 4.0).all()  # the record is a draw of the truth
    assert (np.abs(bias) < 0.1).all() and (np.abs(plain) < 0.1 + 3.0 * RECORDS**-0.5).all()
    assert abs(covered.mean() - 0.9) < 0.025 and (np.abs(covered - 0.9) < max(0.025, 0.9 * RECORDS**-0.5)).all()


def test_a_few_records_are_not_far_off():
    """The same, quickly: with the rate at the end of a wait for all of it inertia is off by fourteen standard errors."""
    covered, plain, _, _, score, gap = summed([fitted("half-life 1 gap", record) for record in range(5)])
    assert (np.abs(plain) < 1.3).all() and (np.abs(score) < 6.0).all() and 0.8 < gap < 1.2
    assert covered.mean() > 0.5
