"""Our Aalen-Johansen estimator beside that of lifelines, on competing risks without ties (aalen_johansen/make.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from lynchpin.answers.agreements.aalen_johansen import aalen_johansen


def test_equals_lifelines():
    theirs = json.loads((Path(__file__).parent / "aalen_johansen" / "lifelines.json").read_text(encoding="utf-8"))
    time, cause = np.array(theirs["time"]), np.array(theirs["cause"])
    then = np.where(cause == 0, -1, cause)
    nothing = np.zeros(time.size)
    ours = aalen_johansen(nothing, time, nothing.astype(np.int64), then, 3, np.array(theirs["at"]))
    for event in (1, 2):
        np.testing.assert_allclose(ours[:, 0, event], theirs["incidence"][str(event)], rtol=1e-10)  # the same sums
