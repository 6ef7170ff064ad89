"""Seeds of what is drawn, acts that are counted once, and the clusters of a placebo, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.answers.evidence import claims, placebo
from lynchpin.answers.evidence.claims import measure
from lynchpin.answers.evidence.fade import fade
from lynchpin.answers.evidence.shifts import moved_columns
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.defaults import SHIFTS
from lynchpin.model import Fit
from lynchpin.model.design import expand
from lynchpin.model.newton import clustered_covariance, clustered_meat


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    return planted_fit(planted_case(tmp_path_factory.mktemp("planted")), 5, effect=1.0)


def test_the_seed_of_the_shifts_is_the_one_that_is_asked_for(fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    draw_lags = placebo.draw_lags

    def noted(fit: Fit, name: str, shifts: int, seed: int) -> Any:
        asked.append((shifts, seed))
        return draw_lags(fit, name, shifts, seed)

    monkeypatch.setattr(placebo, "draw_lags", noted)
    own = fit.case.seed
    for seed, used in ((None, own), (0, 0), (own + 1, own + 1)):
        measure(fit, shifts=19, seed=seed)
        assert set(asked) == {(19, used)}
        asked.clear()
    claims(fit, shifts=19, seed=4)
    assert set(asked) == {(19, 4)} and len(asked) == len(fit.case.mechanisms)
    assert SHIFTS != 19


def test_another_seed_moves_the_cause_by_other_lags(fit: Fit) -> None:
    one, same, other = (placebo.draw_lags(fit, "shared_threat", 40, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same) and (one[1:] != other[1:]).mean() > 0.9
    p = {seed: measure(fit, shifts=40, seed=seed).of["patron_push"].timing.p_value(1.0) for seed in range(6)}
    assert len(set(p.values())) > 1


def test_another_seed_gives_the_push_another_band_and_the_same_middle(fit: Fit) -> None:
    one, same, other = (fade(fit, "shared_threat", seed=seed).curve for seed in (1, 1, 2))
    assert one.equals(same)
    assert one["times"].equals(other["times"]) and not one["lower"].equals(other["lower"])


def test_an_act_done_together_is_one_act_of_a_cause_and_one_of_a_target(fit: Fit) -> None:
    rows = [  # source, target, class: an act of the push, of the target, of neither
        (["JPN", "USA"], ["JPN", "USA"], "cooperation"),
        (["JPN", "KOR"], ["JPN", "KOR"], "cooperation"),
        (["JPN", "KOR", "USA"], ["JPN", "KOR", "USA"], "cooperation"),
        (["KOR"], ["JPN"], "cooperation"),
        (["PRK"], ["JPN", "KOR"], "conflict"),
        (["JPN", "KOR"], ["PRK"], "conflict"),
    ]
    events = pl.DataFrame(
        {
            "date": [fit.events["date"][0]] * len(rows),
            "source": [row[0] for row in rows],
            "target": [row[1] for row in rows],
            "event_class": [row[2] for row in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
        }
    )
    acts = expand(events, fit.case)
    push, threat = fit.case.mechanism("patron_push"), fit.case.mechanism("shared_threat")
    assert count_cause(acts, fit.case, push) == 1, "with Japan; that of all three is joint"
    assert count_cause(acts, fit.case, threat) == 1, "one act against both allies"
    assert count_target(acts, push) == count_target(acts, threat) == 3


def test_the_sandwich_of_a_few_coefficients_is_that_of_all(fit: Fit) -> None:
    meat = clustered_meat(fit.design, fit.estimate, fit.theta)
    rows = fit.covariance[[fit.design.position(name) for name in ("shared_threat", "patron_push")]]
    few = clustered_covariance(fit.design, fit.estimate, fit.theta, rows)
    np.testing.assert_allclose(few, rows @ meat @ rows.T, rtol=1e-9)


def test_the_two_directions_of_a_pair_are_one_cluster_of_a_placebo(fit: Fit) -> None:
    """The sum over blocks of a pair's both directions is squared, not each direction's own."""
    name, lags = "shared_threat", np.array([0, 400])
    null = placebo.lay_null(fit, name, 0)
    score, _, clustered = placebo._moved(fit, name, null, lags, {})
    columns = moved_columns(fit.design, name, lags, {})
    against = np.zeros((len(null.solved), lags.size))
    for row in null.rows:
        x = columns[row.unit.source, row.unit.target]
        against[row.at] += ((x * row.weight) @ row.others).T
    taken = null.solved @ against
    ways = {(row.unit.source, row.unit.target) for row in null.rows}
    assert ways == {("JPN", "KOR"), ("KOR", "JPN")}
    blocks, total = np.zeros((lags.size, null.edges.size)), np.zeros(lags.size)
    ends = [*null.edges[1:].tolist(), fit.design.rows]
    for row in null.rows:
        x = columns[row.unit.source, row.unit.target]
        cleaned = x * row.residual
        total += cleaned.sum(axis=1)
        for b, (first, end) in enumerate(zip(null.edges.tolist(), ends, strict=True)):
            drift = row.others_residual[b] @ taken[row.at]
            blocks[:, b] += cleaned[:, first:end].sum(axis=1) - drift
    np.testing.assert_allclose(score, total, rtol=1e-9)
    np.testing.assert_allclose(clustered, (blocks**2).sum(axis=1), rtol=1e-9)


def test_an_interval_is_that_of_90_in_100(fit: Fit) -> None:
    frame = fit.to_frame()
    half = (frame["upper"] - frame["lower"]) / 2.0
    np.testing.assert_allclose(half, 1.6448536 * fit.standard_error, rtol=1e-6)
    quiet = replace(fit, clustered=fit.covariance * 0.5)
    np.testing.assert_allclose(quiet.standard_error, np.sqrt(np.diag(fit.covariance)))
    loud = replace(fit, clustered=fit.covariance * 9.0)
    np.testing.assert_allclose(loud.standard_error, 3.0 * np.sqrt(np.diag(fit.covariance)))
