"""How the ledger does on records whose truth is known: read from the file that benchmarks/ledger_rates.py writes."""

from __future__ import annotations

import json
from pathlib import Path

from parts.text import as_table, prose

FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "ledger_rates.json"

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
