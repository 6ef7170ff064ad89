"""Why the ledger tells large effects of bursty records too small: its estimate beside others of the same records.

    python benchmarks/ledger_bias.py [RECORDS [SHIFTS]]

Draws records of the second generator (tests/helpers/planted_bursts.py) with a true ratio of 2.00, and prints for each
of its worlds the mean estimate, its spread, the mean error, how often the 90 % interval holds the truth, and how
often it would, were the estimates centred on it: first of the ledger's one step, then with the waves of the year out
as well; and the mean of the estimate at the top of the likelihood, where all steps are taken, without and with the
year. Seeds are not those of the release check. About a minute of one core for a hundred records.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from helpers.calibration import MECHANISM
from helpers.planted_bursts import BURSTS, bursty_case, bursty_fit
from lynchpin.answers.evidence.placebo import WAVES, draw_lags, lay_null, slow_waves, under
from lynchpin.model import Fit
from lynchpin.model.design.build import Column
from lynchpin.model.fit import penalty
from lynchpin.model.newton import maximise
from lynchpin.numbers import Z90

TRUTH, FIRST = 1.0, 2_100_000


def year(rows: int) -> np.ndarray:
    """The two slowest waves of the year, rows being weeks: (rows, 4)."""
    at = 2.0 * np.pi * 7.0 * np.arange(rows) / 365.25
    return np.column_stack([wave(k * at) for k in (1, 2) for wave in (np.cos, np.sin)])


def one_step(fit: Fit, seed: int, shifts: int, more: np.ndarray | None) -> tuple[float, float]:
    """The ledger's effect and its error; `more` is taken out unit by unit, besides."""
    null = lay_null(fit, MECHANISM, steps_up=more)
    found = under(fit, MECHANISM, null, draw_lags(fit, MECHANISM, shifts, seed))
    assert found is not None
    return found.estimate, found.clustered_error * found.spread


def top(fit: Fit, more: np.ndarray | None) -> float:
    """The same effect where the likelihood is highest: no prior on it, levels and waves of each unit beside it."""
    design, k = fit.design, fit.design.position(MECHANISM)
    out = np.hstack([np.ones((design.rows, 1)), slow_waves(design.rows, WAVES), *(() if more is None else (more,))])
    columns, units = list(design.columns), []
    for unit in design.units:
        if k in unit.columns:
            at = len(columns) + np.arange(out.shape[1])
            columns += [Column("out", "control", unit.event_class, None)] * out.shape[1]
            unit = replace(
                unit, columns=np.concatenate([unit.columns, at]), X=np.asfortranarray(np.hstack([unit.X, out]))
            )
        units.append(unit)
    wider = replace(design, columns=tuple(columns), units=tuple(units))
    precision = np.full(len(columns), 1e-6)
    precision[: fit.estimate.size] = penalty(fit)
    precision[k] = 1e-9
    beta = np.zeros(len(columns))
    beta[: fit.estimate.size] = fit.estimate
    return float(maximise(wider, beta, fit.theta, precision, tolerance=1e-7)[0][k])


def main(records: int = 100, shifts: int = 199) -> None:
    case = bursty_case(Path(tempfile.mkdtemp()))
    for world, (name, truth) in enumerate(BURSTS.items()):
        seeds = range(FIRST + 1000 * world, FIRST + 1000 * world + records)
        told: dict[str, list[tuple[float, float]]] = {"one step": [], "one step, the year out": []}
        tops: dict[str, list[float]] = {"top": [], "top, the year out": []}
        for seed in seeds:
            fit = bursty_fit(case, seed, effect=TRUTH, **truth)
            outs = (None, year(fit.design.rows))
            for key, more in zip(told, outs, strict=True):
                told[key].append(one_step(fit, seed, shifts, more))
            for key, more in zip(tops, outs, strict=True):
                tops[key].append(top(fit, more))
        print(f"{name}, {records} records, true ratio {2.0**TRUTH:.2f}")
        for key, rows in told.items():
            estimate, error = np.array(rows).T
            holds, centred = (np.mean(np.abs(estimate - at) <= Z90 * error) for at in (TRUTH, estimate.mean()))
            print(
                f"  {key}: mean ratio {2.0 ** estimate.mean():.2f}, sd {estimate.std():.2f}, error {error.mean():.2f}, "
                f"interval holds the truth {holds:.0%}, were it centred {centred:.0%}"
            )
        for key, found in tops.items():
            print(f"  {key}: mean ratio {2.0 ** np.mean(found):.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
