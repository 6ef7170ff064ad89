"""A fit that version 0.1.0 saved is read, and predicts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lynchpin.engine.rem import load_rem

REQUEST = {
    "likelihood": "ordinal", "risk_set": "full", "controls": None, "control_weights": "auto", "ties": "breslow",
    "decay_to": "now", "decay_factor": False, "clock": "time", "start": None, "stop": None, "first": None, "step": 1.0,
    "counts": "poisson", "seed": 1, "ridge": 0.0, "random": [], "cluster": "none", "effects": "inertia(half_life=30d)",
    "covariates": {}, "presence": None, "dyads": None,
}  # fmt: skip
ABOUT = {
    "format": "lynchpin rem 1", "version": "0.1.0", "names": ["inertia"], "actors": ["A", "B", "C"], "kinds": [""],
    "is_dated": False, "request": REQUEST, "half_life_interval": None, "random": [], "log_likelihood": -5.0,
    "null_log_likelihood": -5.375, "n_events": 3, "n_time_points": 3, "n_dyads": 6, "n_rows": 18, "passes": 4,
    "seconds": 0.25,
}  # fmt: skip


def test_a_fit_that_0_1_0_saved_is_read(tmp_path: Path) -> None:
    file = tmp_path / "old.fit"
    with file.open("wb") as out:
        np.savez_compressed(
            out,
            about=np.frombuffer(json.dumps(ABOUT).encode(), np.uint8),
            when=np.array([1.0, 2.0, 4.0]),
            src=np.array([0, 1, 0], np.int32),
            dst=np.array([1, 2, 1], np.int32),
            kind=np.zeros(3, np.int32),
            weight=np.ones(3),
            estimate=np.array([0.5]),
            covariance=np.array([[0.04]]),
            robust=np.empty(0),
        )
    fit = load_rem(file)
    assert fit.names == ("inertia",) and fit.estimate.tolist() == [0.5]
    assert fit.se.tolist() == pytest.approx([0.2])
    assert fit.stream.actors == ("A", "B", "C") and fit.stream.when.tolist() == [1.0, 2.0, 4.0]
    assert "inertia" in fit.summary()
