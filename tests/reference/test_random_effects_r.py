"""Random effects beside lme4 and survival, on streams that random_effects/made.py makes and made.R fits.

Standard deviations and log-likelihoods of lme4 are those of its Laplace approximation (nAGQ = 1). For negative binomial
counts it takes the expected information where we take the observed one, so those agree less closely. survival's
frailty is a normal effect of fixed variance 0.64, all of the information kept (sparse = FALSE).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import lynchpin
from lynchpin.engine.likelihoods.effects import Standing
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.problem import levels_of, prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.work import Work

sys.path.insert(0, str(Path(__file__).parent / "random_effects"))
import made

EFFECT = "reciprocity(10, scale=log1p)"


def stream_of(events):
    when, src, dst = (np.array(column) for column in zip(*events, strict=True))
    whole = [when, src.astype(np.int32), dst.astype(np.int32), np.zeros(when.size, np.int32), np.ones(when.size)]
    return EventStream(*whole, tuple("ABCDEFGHI"), ("",), False)


def test_counts_with_effects_of_dyads_equal_lme4():
    found = lynchpin.rem(stream_of(made.counts()), EFFECT, likelihood="rate", random="dyad")
    np.testing.assert_allclose(found.estimate, [-3.1593673652, 0.2736173545], atol=2e-5)
    np.testing.assert_allclose(found.se, [0.165419554, 0.161962022], rtol=0.01)  # theirs: all parameters' curvature
    assert found.random[0].sd == pytest.approx(0.981186698, abs=2e-5)
    assert found.log_likelihood == pytest.approx(-1110.79993845, abs=1e-5)


def test_counts_with_effects_of_actors_equal_lme4():
    found = lynchpin.rem(stream_of(made.counts()), EFFECT, likelihood="rate", pool=True)
    np.testing.assert_allclose(found.estimate, [-2.68900365538, 0.06209295193], atol=5e-5)
    np.testing.assert_allclose([f.sd for f in found.random], [0.314291478, 0.410412654], atol=5e-5)
    assert found.log_likelihood == pytest.approx(-1217.1547486, abs=1e-5)


def test_negative_binomial_counts_are_near_lme4():
    found = lynchpin.rem(stream_of(made.counts(0.7)), EFFECT, likelihood="rate", counts="nb2", random="dyad")
    theirs = np.array([-3.2184814889, 0.4224710251, -0.3424774502])
    assert (np.abs(found.estimate - theirs) < 0.06 * found.se).all()
    assert found.random[0].sd == pytest.approx(0.909069107, abs=0.005)
    assert found.log_likelihood == pytest.approx(-1086.04318309, abs=0.2)


@pytest.mark.parametrize(
    ("ties", "theirs", "se", "ends", "value"),
    [
        (
            "breslow",
            [0.1884163005, -0.1110405422, -0.3039852355, 0.4747883030],
            0.232989108,
            (-0.9547859627, 1.7846384182),
            -1172.915978,
        ),
        (
            "efron",
            [0.1891661034, -0.1134158840, -0.3070250466, 0.4764297279],
            0.2329103484,
            (-0.9591264313, 1.8127335636),
            -1168.946493,
        ),
    ],
)
def test_ordinal_effects_of_a_known_width_equal_survival(ties, theirs, se, ends, value):
    stream = stream_of(made.pairs())
    request = Request(terms=parse_effects(EFFECT), ties=ties, random=("dyad",))
    problem = prepare(request, stream)
    levels = levels_of(problem)
    work = Work(problem.features, problem.plan, request.model, levels=levels)
    standing = Standing(work.pooled, levels, np.zeros(1), np.zeros(1), problem.names)
    top = standing.top(np.log([0.8]))
    np.testing.assert_allclose(top.at[:4], theirs, atol=1e-9)
    np.testing.assert_allclose([top.at[1:].min(), top.at[1:].max()], ends, atol=1e-9)
    assert np.sqrt(top.factored.covariance[0, 0]) == pytest.approx(se, rel=1e-8)
    assert standing.sums.value == pytest.approx(value, abs=1e-5)
