"""How often each part of the verdict passes under no effect: the figures of docs/decisions/0009-verdict.md.

    python benchmarks/verdict_rates.py [RECORDS]

Draws the records of the slow tests (tests/unit/evidence/planted.py), in which causes and outcomes wander by themselves
and nothing moves anything, and prints, for each way of wandering, the share of them that pass: a z-test by the model's
own error, the interval, the placebo with 0, 4 or 6 slow waves taken out, and the whole rule. Five CPU minutes for 200.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit" / "evidence"))

from helpers.planted import RECORDS, WANDERING, planted_case, planted_fit, rate, seeds_of
from lynchpin.answers.evidence.placebo import draw_lags, placebo
from lynchpin.answers.evidence.verdict import PLACEBO_LEVEL
from lynchpin.defaults import SHIFTS
from lynchpin.numbers import Z90

MECHANISMS = ("shared_threat", "patron_push")
WAVES = (0, 4, 6)


def main(records: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        case = planted_case(Path(folder))
    for number, (name, truth) in enumerate(WANDERING.items()):
        passed: dict[str, list[list[bool]]] = {}
        for seed in seeds_of(number)[:records]:
            fit = planted_fit(case, seed, **truth)
            verdicts = {claim.mechanism: claim.verdict for claim in fit.claims(seed=seed)}
            row: dict[str, list[bool]] = {}
            for mechanism in MECHANISMS:
                k = fit.design.position(mechanism)
                row.setdefault("z-test, the model's error", []).append(
                    bool(fit.estimate[k] > Z90 * np.sqrt(fit.covariance[k, k]))
                )
                row.setdefault("interval", []).append(bool(fit.estimate[k] > Z90 * fit.standard_error[k]))
                lags = draw_lags(fit, mechanism, SHIFTS, seed)
                for waves in WAVES:
                    found = placebo(fit, mechanism, lags, waves=waves)
                    p = [1.0, 1.0] if found is None else [found.p_value(side) for side in (1.0, -1.0)]
                    row.setdefault(f"placebo, {waves} waves out", []).append(p[0] <= PLACEBO_LEVEL)
                    row.setdefault(f"placebo, {waves} waves out, the other side", []).append(p[1] <= PLACEBO_LEVEL)
                for verdict in ("supported", "contradicted"):
                    row.setdefault(f"the rule: {verdict}", []).append(verdicts[mechanism] == verdict)
            for what, hits in row.items():
                passed.setdefault(what, []).append(hits)
        print(f"\n{name}: {truth}", flush=True)
        for what, all_hits in passed.items():
            hits = np.array(all_hits)
            said = "; ".join(f"{mechanism} {rate(hits[:, at])}" for at, mechanism in enumerate(MECHANISMS))
            print(f"  {what:40} {said}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
