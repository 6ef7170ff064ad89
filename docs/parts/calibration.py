"""How what is promised holds: read from the files that studies in benchmarks/ write."""

from __future__ import annotations

import json
from pathlib import Path

from parts.text import as_table, prose

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
FILE = BENCHMARKS / "ledger_rates.json"

#: Generators by name, in words.
_SAID = {
    "wandering": "five worlds in which causes and outcomes wander by themselves",
    "bursts": "a second generator, written apart: bursts, seasons, seven states, two worlds; fewer records",
    "lingering": "the same where reactions linger for days and inertia takes part of the effect; nothing is promised",
}


def calibration_shown() -> str:
    """A table for each generator."""
    held = json.loads(FILE.read_text("utf-8"))
    parts = []
    for name, by_effect in held.items():
        heads = ("true ratio", "records", "mean estimate", "90 % interval covers", "in the worst world")
        heads += ("at most holds", "strong", "moderate or better", "slight or better")
        rows = [
            (
                f"{2.0 ** float(effect):.2f}",
                f"{found['n']:,}",
                f"{2.0 ** found['mean']:.2f}",
                *(
                    f"{100.0 * found[key]:.1f} %"
                    for key in ("coverage", "worst_coverage", "at_most_holds", "strong", "moderate", "slight")
                ),
            )
            for effect, found in by_effect.items()
        ]
        parts += [prose(f"{_SAID[name][0].upper()}{_SAID[name][1:]}:"), as_table(heads, rows)]
    return "\n\n".join(parts)


def band_shown() -> str:
    """How often the band of the index holds the truth, pair by pair, those that remember most first."""
    rows = json.loads((BENCHMARKS / "index_band.json").read_text("utf-8"))
    heads = ("pair", "case", "acts", "cooperative", "acts to a block", "acts remembered", "band holds", "its width")
    return as_table(
        heads,
        [
            (
                row["pair"],
                row["case"],
                f"{row['acts']:,}",
                f"{row['warm']:.0%}",
                f"{row['block']:.1f}",
                f"{row['remembered']:.1f}",
                f"{row['holds']:.1%}",
                f"{row['width']:.2f}",
            )
            for row in sorted(rows, key=lambda row: -row["remembered"])
        ],
    )
