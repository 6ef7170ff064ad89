"""A period played anew: it begins as the record stood, keeps to the formula, and feeds on itself where history cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import case_path
from lynchpin.answers.evidence import attribution
from lynchpin.answers.evidence.attribution import FEWEST, MOST, paths_for, replay
from lynchpin.answers.simulate import reference, simulate
from lynchpin.answers.simulate.draw import posterior
from lynchpin.answers.simulate.moves import past_moves
from lynchpin.session.facade import fit as fit_case

AS_OF = date(2012, 7, 9)


@pytest.fixture(scope="module")
def fit():
    return fit_case("northeast-asia", as_of=AS_OF)


@pytest.fixture(scope="module")
def no_feedback(tmp_path_factory):
    """A case without controls, whose one mechanism is moved by acts that nothing is drawn for."""
    folder = tmp_path_factory.mktemp("plain")
    text = case_path("northeast-asia").read_text(encoding="utf-8")
    head, tail = text.split("[[control]]", 1)[0], text.split("# The mechanisms that state the claims.", 1)[1]
    veto = next(part for part in tail.split("[[mechanism]]") if 'name = "domestic_veto"' in part)
    claim = next(part for part in text.split("[[claim]]") if 'id = "C6"' in part)
    (folder / "case.toml").write_text(f"{head}\n[[claim]]{claim}\n[[mechanism]]{veto}", encoding="utf-8")
    for name in ("events.csv", "agreements.csv", "agreement_stages.csv"):
        (folder / name).write_bytes((case_path("northeast-asia").parent / name).read_bytes())
    return fit_case(read_case(folder))


def plain_means(fit, beta, row: int, without: int | None = None) -> np.ndarray:
    """Means of one row by the formula, a mechanism at none where it is named: shape (units,)."""
    out = []
    for unit in fit.design.units:
        x = unit.X[row].copy()
        x[unit.columns == without] = 0.0
        out.append(np.exp(fit.design.offset[unit.event_class][row] + x @ beta[unit.columns]))
    return np.array(out)


@pytest.mark.parametrize("row", [0, 137, 500, 700])
def test_a_run_begins_as_the_record_stood(fit, row):
    beta = posterior(fit, 3, 1)
    paths = simulate(fit, 1, 3, 1, moves=past_moves(fit, row, 1), expected=True, coefficients=beta)
    exact = np.stack([plain_means(fit, b, row) for b in beta])
    np.testing.assert_allclose(paths.expected[:, 0], exact, rtol=2e-5)


def test_without_feedback_both_numbers_agree(no_feedback):
    """Nothing drawn is remembered, and the cause comes as it came: the replay is the formula, path by path."""
    [share] = attribution(no_feedback, seed=3)
    assert abs(share.share) > 0.002  # there is something to agree on
    assert share.replayed == pytest.approx(share.expected, rel=0.15)  # by coefficients of its own on every path
    assert share.replayed_share == pytest.approx(share.share, abs=0.01)
    k = no_feedback.design.position("domestic_veto")
    rows = np.arange(200, 420)
    beta = posterior(no_feedback, 5, 2)
    again = replay(no_feedback, ["domestic_veto"], rows, {"domestic_veto": beta}, 2)["domestic_veto"]
    moved = [at for at, unit in enumerate(no_feedback.design.units) if k in unit.columns]
    for ours, without in ((again.with_it, None), (again.without, k)):
        exact = [sum(plain_means(no_feedback, b, row, without)[moved].sum() for row in rows) for b in beta]
        np.testing.assert_allclose(ours, exact, rtol=1e-4)


def test_feedback_counts_in_the_replay_only(fit):
    """The more the acts feed on themselves, the more is missing when some do not come."""
    k = fit.design.position("shared_threat")
    own = [
        p
        for p, column in enumerate(fit.design.columns)
        if column.name.startswith("inertia") and column.event_class == "security_cooperation"
    ]
    rows, shares = np.arange(500, 701), []
    for inertia in (0.0, 0.6):
        beta = np.tile(fit.estimate, (60, 1))
        beta[:, own], beta[:, k] = 0.0, 0.5
        beta[:, own[0]] = inertia
        shares.append(replay(fit, ["shared_threat"], rows, {"shared_threat": beta}, 4)["shared_threat"].share)
    assert shares[1] > shares[0] + 0.03 > 0.03


def test_the_kernel_and_the_reference_play_the_same_past(fit):
    moves, beta = past_moves(fit, 650, 6), posterior(fit, 4, 9)
    fast = simulate(fit, 6, 4, 9, moves=moves, expected=True, coefficients=beta)
    slow = reference.play(fit, moves, beta, 9)
    np.testing.assert_allclose(fast.expected, slow.means, rtol=1e-4)


def test_acts_of_sectors_come_as_they_came(no_feedback):
    """Traces of cells that nothing is drawn for are those of the record at every step."""
    design = no_feedback.design
    first, steps = 60, 30
    moves = past_moves(no_feedback, first, steps)
    layer = next(iter(moves.start))
    node = {name: k for k, name in enumerate(design.case.nodes)}
    i, j = node["KOR.CVL"], node["KOR.GOV"]
    from lynchpin.answers.simulate.inflow import inflow

    takes = inflow(design, layer)
    value = moves.start[layer][i, j]
    for step in range(steps):
        assert value == pytest.approx(design.layers(layer)[design.steps.burn_in + first + step, i, j], abs=1e-9)
        gained = sum(gain for at, of, a, b, gain in moves.added if (at, of, a, b) == (step, layer, i, j))
        value = value * takes.decay + takes.steady[i, j] + gained


def test_nothing_of_a_cause_is_nothing(fit):
    share = next(s for s in attribution(fit, date(2012, 6, 1)) if s.mechanism == "burden")
    assert (share.replayed_share, share.replayed_lower, share.replayed_upper) == (0.0, 0.0, 0.0)


def test_a_seed_gives_one_answer_with_any_number_of_workers(tmp_path):
    fit = planted_fit(planted_case(tmp_path), 5, effect=1.0)
    one, two = (attribution(fit, date(2011, 1, 1), seed=1, workers=n) for n in (1, 3))
    assert one == two != attribution(fit, date(2011, 1, 1), seed=2)
    assert "replayed" in one.summary() and "replayed" not in attribution(fit, replays=False).summary().splitlines()[0]
    assert replace(one[0], replayed=None).share == attribution(fit, date(2011, 1, 1), seed=1, replays=False)[0].share


def test_paths_follow_the_length_of_the_period():
    assert paths_for(1) == MOST and paths_for(10_000) == FEWEST and FEWEST < paths_for(700) < MOST
