"""The rule on records whose truth is known: rarely supported under no effect, usually where the effect is as stated."""

from __future__ import annotations

import numpy as np
import pytest
from planted import planted_case, planted_fit


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return planted_case(tmp_path_factory.mktemp("planted"))


def verdicts(case, seeds, shifts, **truth):
    """Per record: verdict of each mechanism, and whether a z-test by the model alone finds it at one-sided 5 %."""
    found, naive, stated = [], [], []
    for seed in seeds:
        fit = planted_fit(case, seed, **truth)
        ledger = fit.claims(shifts=shifts, seed=seed)
        found.append([claim.verdict for claim in ledger])
        at = [fit.design.position(claim.mechanism) for claim in ledger]
        naive.append(fit.estimate[at] / np.sqrt(np.diag(fit.covariance)[at]) > 1.645)
        stated.append([np.log2(claim.detectable or np.inf) for claim in ledger])
    return np.array(found), np.array(naive), np.array(stated)


def test_seldom_supported_under_no_effect_fast(case):
    found, _, stated = verdicts(case, range(16), 99)
    assert (found == "supported").mean() <= 0.07
    assert np.isfinite(stated[:, 0]).all() and (stated > 0).all()


def test_an_effect_well_above_the_stated_one_is_found_fast(case):
    found, _, _ = verdicts(case, range(6), 99, effect=1.6)
    assert (found[:, 0] == "supported").mean() >= 0.8
    assert (found[:, 1] == "supported").mean() <= 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    "truth",
    [
        {"trend": 2.0, "half_life_weeks": 26.0, "spread": 0.8},
        {"trend": 0.0, "half_life_weeks": 52.0, "spread": 1.0},
        {"trend": 0.0, "half_life_weeks": 200.0, "spread": 1.0},
        {"trend": 3.0, "half_life_weeks": 8.0, "spread": 0.5},
    ],
)
def test_at_most_5_percent_supported_under_no_effect(case, truth):
    found, naive, _ = verdicts(case, range(200), 199, **truth)
    print(truth, "supported", (found == "supported").mean(axis=0), "naive", naive.mean(axis=0))
    assert ((found == "supported").mean(axis=0) <= 0.05).all()
    assert naive.mean(axis=0).max() > 0.08, "a z-test that trusts the model alone has to fail here"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("truth", "least"),
    [
        ({"trend": 0.0, "half_life_weeks": 2.0, "spread": 0.01}, 0.80),
        (
            {},
            0.60,
        ),  # half-year wanderings and a trend that no column of the model knows: the stated effect is too small
    ],
)
def test_power_at_the_effect_that_each_record_states(case, truth, least):
    """Each record without an effect states one; the record of the same seed with that effect is asked whether it shows."""
    shown = []
    for seed in range(200):
        stated = planted_fit(case, seed, **truth).claims(shifts=99, seed=seed)[0].detectable
        if stated is not None:
            found = planted_fit(case, seed, effect=float(np.log2(stated)), **truth).claims(shifts=99, seed=seed)[0]
            shown.append(found.verdict == "supported")
    print(truth, "supported", np.mean(shown), "of", len(shown))
    assert np.mean(shown) > least
