"""The model without effects, for every likelihood: its log-likelihood is the null one, its rate the common one."""

from __future__ import annotations

import numpy as np
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.errors import LynchpinError

STREAM = crowded_stream(4, events=120, days=20)  # six actors: 30 dyads
LASTS = float(STREAM.when[-1] - STREAM.when[0])
LATER = int((STREAM.when > STREAM.when[0]).sum())
TALKS = float((STREAM.kind == 1).mean())


@pytest.mark.parametrize("effects", ["", "baseline", "  "])
@pytest.mark.parametrize(
    ("likelihood", "options", "estimate"),
    [
        ("ordinal", {}, []),
        ("ordinal", {"ties": "efron"}, []),
        ("ordinal", {"ties": "exact"}, []),
        ("choice", {}, []),
        ("interval", {}, [np.log(LATER / (30 * LASTS))]),
        ("rate", {}, [np.log(120 / (30 * (LASTS + 1)))]),
        ("type", {}, [np.log(TALKS / (1 - TALKS))]),
        ("ordinal", {"controls": 3}, []),
        ("ordinal", {"cluster": "dyad"}, []),
        ("ordinal", {"ridge": 2.0}, []),
    ],
)
def test_it_fits(effects, likelihood, options, estimate, tmp_path):
    fit = lynchpin.rem(STREAM, effects, likelihood=likelihood, **options)
    assert fit.estimate.tolist() == pytest.approx(estimate, rel=1e-9)
    assert fit.log_likelihood == pytest.approx(fit.null_log_likelihood, rel=1e-9)
    if likelihood == "ordinal" and not options:
        assert fit.log_likelihood == pytest.approx(-120 * np.log(30))
    if likelihood == "interval":
        assert fit.se[0] == pytest.approx(LATER**-0.5, rel=1e-6)
    back = lynchpin.load_rem(fit.save(tmp_path / "fit"))
    assert back.to_dict() == fit.to_dict() and ("no effects" in back.summary()) is (not estimate)
    assert back.to_frame().height == len(estimate)


def test_it_ranks_everyone_alike():
    assert lynchpin.rem(STREAM, "").check().surprise == pytest.approx(np.log(30))


def test_effects_of_actors_beside_a_baseline_only():
    fit = lynchpin.rem(STREAM, "", likelihood="rate", random="sender")
    assert fit.random[0].of == "sender" and fit.log_likelihood >= fit.null_log_likelihood - 1e-6
    with pytest.raises(LynchpinError, match="without any coefficient"):
        lynchpin.rem(STREAM, "", random="sender")


def test_the_baseline_is_no_effect_among_others():
    with pytest.raises(LynchpinError, match="the baseline is no effect"):
        lynchpin.rem(STREAM, "baseline inertia", likelihood="interval")


def test_no_half_life_is_left_to_fit():
    with pytest.raises(LynchpinError, match=r"no effect's half-life"):
        lynchpin.rem(STREAM, "", half_life="fit")
