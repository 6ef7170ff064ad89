"""Writes lifelines.json beside this file: cumulative incidences of two causes by lifelines 0.30.3 (pandas 2, numpy 2).

    pip install lifelines==0.30.3 && python tests/reference/aalen_johansen/make.py

The times have no ties, because lifelines moves tied times by a random amount.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np


def main() -> None:
    import lifelines
    from lifelines import AalenJohansenFitter

    rng = np.random.default_rng(7)
    n = 60
    first, second, censored = rng.exponential(10.0, n), rng.exponential(15.0, n), rng.exponential(20.0, n)
    time = np.round(np.minimum(np.minimum(first, second), censored), 6)
    cause = np.where(time == np.round(censored, 6), 0, np.where(time == np.round(first, 6), 1, 2))
    assert np.unique(time).size == n
    at = [1.0, 3.0, 5.0, 8.0, 12.0, 20.0]
    incidence = {}
    for event in (1, 2):
        fitted = AalenJohansenFitter(calculate_variance=False).fit(time, cause, event_of_interest=event)
        incidence[event] = [float(fitted.predict(t)) for t in at]
    answer = {
        "lifelines": lifelines.__version__,
        "time": time.tolist(),
        "cause": cause.tolist(),
        "at": at,
        "incidence": incidence,
    }
    Path(__file__).with_name("lifelines.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
