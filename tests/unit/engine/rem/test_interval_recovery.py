"""Records drawn from rates that move within a wait, and fitted again: nothing is off, and intervals cover as they say.

A thousand records of each kind. The mean of a thousand estimates is itself uncertain by 0.03 standard errors, and the
share of a thousand intervals that hold the truth by 0.0095.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

import lynchpin
from helpers.planted_waits import Truth, drawn

RECORDS = int(os.environ.get("LYNCHPIN_RECORDS", "1000"))
SEED = 20

#: What is true, and for how long it is watched; the mean gap of events is about one.
KINDS = {
    "half-life 1 gap": (Truth(-3.1, (0.5, 1.0), (0.3, 1.0)), 1500.0),
    "half-life 3 gaps": (Truth(-3.1, (0.3, 3.0), (0.1, 3.0)), 1500.0),
    "half-life 10 gaps": (Truth(-3.2, (0.15, 10.0), (0.08, 10.0)), 2000.0),
    "half-life 30 gaps": (Truth(-3.4, (0.08, 30.0), (0.05, 30.0)), 4000.0),
    "windows": (Truth(-3.1, (0.4, -2.0), (0.1, -5.0)), 1500.0),
    "covariates": (Truth(-3.2, (0.3, 2.0), wealth=0.4), 1500.0),
    "together": (Truth(-3.0, (0.3, 1.0), (0.15, -3.0), (0.05, 10.0), wealth=-0.4, away=0.5), 2000.0),
}


def recovery(kind, records, seed=SEED):
    """-> bias in standard errors, share of 90 % intervals that hold the truth, mean gap"""
    truth, end = KINDS[kind]
    off, se, gaps = [], [], []
    for record in range(records):
        events, options = drawn(truth, end, np.random.default_rng([seed, list(KINDS).index(kind), record]))
        fit = lynchpin.rem(
            events, truth.effects, likelihood="interval", start=0.0, stop=end, time_unit="d", weight="no", **options
        )
        off.append(fit.estimate - truth.coefficients)
        se.append(fit.se)
        gaps.append(end / events.height)
    off, se = np.array(off), np.array(se)
    return off.mean(axis=0) / se.mean(axis=0), (np.abs(off) < 1.6448536 * se).mean(axis=0), float(np.mean(gaps))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_planted_is_found_again(kind):
    bias, covered, gap = recovery(kind, RECORDS)
    print(f"\n{kind}: bias in SE {np.round(bias, 3)}, covered {np.round(covered, 3)}, mean gap {gap:.2f}")
    noise = 1.0 / np.sqrt(RECORDS)
    assert (np.abs(bias) < 0.1 + max(0.0, 3.0 * noise - 0.1)).all()
    assert (np.abs(covered - 0.9) < max(0.025, 3.0 * 0.3 * noise)).all()


def test_a_few_records_are_not_far_off():
    """The same, quickly: what was wrong by six standard errors would be seen in two records."""
    bias, _, gap = recovery("half-life 1 gap", 6)
    assert (np.abs(bias) < 1.3).all() and 0.8 < gap < 1.2
