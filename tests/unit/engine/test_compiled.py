"""Small fits go without numba, and say what compiled ones say."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numba
import numpy as np
import pytest

from helpers.relational_plain import crowded_stream
from lynchpin.engine.compiled import LazyKernel, is_plain, is_small, njit, plainly
from lynchpin.engine.likelihoods import _kernels
from lynchpin.engine.rem import problem
from lynchpin.engine.rem._kernels import draw_controls
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.fit import fit_request
from lynchpin.engine.rem.request import Request

STREAM = crowded_stream(5, events=120, actors=7, days=60)
TERMS = "inertia(4d) reciprocity(window=9) otp(scale=log1p) outdegreeSender(4d, scale=std)"
OF_RECEIVERS = "inertia(4d) reciprocity(window=9) otp(scale=log1p)"

FITS = {
    "ordinal": {},
    "ordinal, Efron": {"ties": "efron"},
    "ordinal, controls": {"controls": 4, "control_weights": "nested"},
    "ordinal, weighted controls": {"controls": 4, "control_weights": "weighted"},
    "ordinal, errors by dyad": {"cluster": "dyad"},
    "interval": {"likelihood": "interval", "start": -1.0, "stop": 70.0},
    "interval, errors by time": {"likelihood": "interval", "cluster": "time"},
    "choice": {"likelihood": "choice"},
    "choice, Efron": {"likelihood": "choice", "ties": "efron"},
    "rate": {"likelihood": "rate", "ridge": 0.1},
    "rate, negative binomial": {"likelihood": "rate", "counts": "nb2"},
    "type": {"likelihood": "type"},
}


def asked(options):
    text = OF_RECEIVERS if options.get("likelihood") == "choice" or "controls" in options else TERMS
    return Request(terms=parse_effects(text), **options)


@pytest.mark.parametrize("name", FITS)
def test_a_small_fit_says_what_a_compiled_one_says(name, monkeypatch):
    request = asked(FITS[name])
    assert problem.prepare(request, STREAM).is_small
    plain = fit_request(request, STREAM)
    monkeypatch.setattr(problem, "is_small", lambda numbers, groups: False)
    compiled = fit_request(request, STREAM)
    for mine, theirs, unit in (
        (plain.estimate, compiled.estimate, plain.se),
        (plain.se, compiled.se, plain.se),
        (plain.covariance, compiled.covariance, np.outer(plain.se, plain.se)),
    ):
        np.testing.assert_allclose(mine / unit, theirs / unit, rtol=1e-12, atol=1e-12)
    assert plain.log_likelihood == pytest.approx(compiled.log_likelihood, rel=1e-13)
    assert plain.passes == compiled.passes


def test_workers_of_a_small_fit_change_no_digit():
    request = asked({})
    with ThreadPoolExecutor(2) as hands:
        there = fit_request(request, STREAM, executor=hands)
    here = fit_request(request, STREAM)
    assert np.array_equal(there.estimate, here.estimate) and np.array_equal(there.covariance, here.covariance)


def test_what_is_small_is_a_matter_of_the_job_alone():
    assert is_small(1_000_000, 500)
    assert not is_small(1_000_001, 500)
    assert not is_small(1_000_000, 501)
    assert not problem.prepare(asked({}), crowded_stream(1, events=700, actors=9, days=2_000)).is_small
    assert not problem.prepare(replace(asked({}), random=("sender",)), STREAM).is_small


@pytest.mark.parametrize("seed", [1, 2**63 + 5])
def test_the_same_controls_are_drawn(seed):
    lo, hi = np.array([0, 0, 5]), np.array([5, 40, 9])
    seen_ptr, seen_row, drawn = np.array([0, 1, 3, 4]), np.array([2, 0, 39, 1]), np.array([4, 10, 1])
    picks = []
    for wanted in (False, True):
        pick = np.empty(19, np.int64)
        with plainly(wanted):
            draw_controls(lo, hi, seen_ptr, seen_row, drawn, 40, np.uint64(seed), pick)
        picks.append(pick)
    assert np.array_equal(*picks)
    assert picks[0][:5].tolist() == [2, 0, 1, 3, 4]  # the event, then all others


def test_loops_over_groups_take_empty_ones():
    ptr = np.array([0, 0, 2, 2, 5, 5])
    values, floor = np.array([1.0, 3.0, -2.0, 7.0, 0.0]), np.array([0.0, -np.inf, 1.0, 9.0, -np.inf])
    for wanted in (False, True):
        rest = values.copy()
        with plainly(wanted):
            taken = _kernels.less_group_maximum(rest, ptr, floor)
        assert taken.tolist() == [0.0, 3.0, 1.0, 9.0, -np.inf]
        assert rest.tolist() == [-2.0, 0.0, -11.0, -2.0, -9.0]


@njit()
def doubled(x):
    return 2.0 * x


@njit(plain=lambda x: "plain")
def quadrupled(x):
    return doubled(doubled(x))


def test_a_kernel_is_compiled_when_it_is_called_and_may_call_another():
    @njit()
    def own(x):
        return x

    assert isinstance(own, LazyKernel) and "compiled" not in vars(own)
    assert quadrupled(3.0) == 12.0
    assert isinstance(quadrupled.compiled, numba.core.dispatcher.Dispatcher)
    with plainly(True):
        assert (quadrupled(3.0), own(1.0), is_plain()) == ("plain", 1.0, True)
        with plainly(False):
            assert is_plain()
    assert "compiled" not in vars(own) and not is_plain()


def test_a_small_file_loads_neither_numba_nor_scipys_parts_nor_stores_nor_pictures(tmp_path):
    actors = "ABCDEF"
    lines = [f"{k},{actors[STREAM.src[k] % 6]},{actors[(STREAM.src[k] + 1 + k % 5) % 6]}" for k in range(STREAM.count)]
    file = tmp_path / "small.csv"
    file.write_text("\n".join(["time,sender,receiver", *lines]), encoding="utf-8")
    heavy = ("numba", "llvmlite", "duckdb", "altair", *(f"scipy.{part}" for part in ("linalg", "special", "optimize")))
    code = f"""if True:
        import sys
        from lynchpin.cli import main
        sys.argv = ["lynchpin", "rem", {str(file)!r}, "--effects", "inertia reciprocity", "--quiet", "--json"]
        try:
            main()
        except SystemExit as end:
            assert not end.code
        print([name for name in {heavy!r} if name in sys.modules])"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
