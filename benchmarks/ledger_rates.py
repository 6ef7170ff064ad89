"""How the ledger does on records whose truth is known: the table of docs/explanation/claims.md, anew.

    python benchmarks/ledger_rates.py [GENERATOR]

Draws, fits and measures the records of tests/helpers/calibration.py, and writes what they show into ledger_rates.json,
which the page is made from. About forty minutes on one core for all; a slow test holds the rates to what is promised.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from helpers.calibration import EFFECTS, GENERATORS, records, summary

FILE = Path(__file__).with_name("ledger_rates.json")


def main(names: list[str]) -> None:
    held = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    for name in names or list(GENERATORS):
        held[name] = {}
        for effect in EFFECTS:
            with tempfile.TemporaryDirectory() as folder:
                held[name][str(effect)] = summary(records(GENERATORS[name], effect, Path(folder)))
            print(name, effect, held[name][str(effect)], flush=True)
            FILE.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
