"""Records of a known truth are measured as the ledger measures them, whoever does the work."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor, Future

import numpy as np
import pytest

from helpers.calibration import GENERATORS, MECHANISM, records
from helpers.planted import planted_case, planted_fit, planted_known
from lynchpin.answers.evidence.placebo import draw_lags, placebo
from lynchpin.answers.evidence.rates import COLUMNS, Drawn, rates


class Elsewhere(Executor):
    """A worker that sees nothing but what is pickled."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, task, /, *args, **kwargs):
        self.tasks += 1
        function, given = pickle.loads(pickle.dumps((task, args)))
        future: Future = Future()
        future.set_result(pickle.loads(pickle.dumps(function(*given))))
        return future


def test_a_record_is_fitted_and_its_timing_measured(tmp_path):
    case = planted_case(tmp_path)
    (row,) = rates([Drawn(planted_known(case, 7, effect=1.0), MECHANISM, 7, shifts=49)])
    fit = planted_fit(case, 7, effect=1.0)
    k = fit.design.position(MECHANISM)
    timing = placebo(fit, MECHANISM, draw_lags(fit, MECHANISM, 49, 7))
    assert timing is not None and len(COLUMNS) == 4
    z = fit.estimate[k] / fit.standard_error[k]
    assert row == pytest.approx([z, timing.estimate, timing.clustered_error, timing.spread], rel=1e-12)


def test_no_record_is_no_row():
    assert rates([]).shape == (0, 4)


def test_the_same_bytes_whoever_fits_them(tmp_path):
    """Five records of five worlds: two tasks, of four records and of one."""
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    alone = records(GENERATORS["wandering"], 0.6, tmp_path / "here", most=1)
    workers = Elsewhere()
    assert (
        records(GENERATORS["wandering"], 0.6, tmp_path / "there", most=1, executor=workers).tobytes() == alone.tobytes()
    )
    assert workers.tasks == 2 and np.array_equal(alone[:, 0], np.arange(5)) and set(alone[:, 1]) == {0.6}
