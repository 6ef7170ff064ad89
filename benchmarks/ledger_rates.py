"""How the ledger does on records whose truth is known: the table of docs/explanation/claims.md, anew.

    python benchmarks/ledger_rates.py [GENERATOR ...] [--workers N | --scheduler ADDRESS]

Draws, fits and measures the records of tests/helpers/calibration.py, and writes what they show into ledger_rates.json,
which the page is made from. About forty minutes on one core for all; a slow test holds the rates to what is promised.
Records are drawn here and fitted by whoever does the work, on workers that have nothing but the package: the file has
the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from helpers.calibration import EFFECTS, GENERATORS, records, summary
from lynchpin.session.cluster import hands

FILE = Path(__file__).with_name("ledger_rates.json")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument(
        "names", nargs="*", metavar="GENERATOR", help=f"of {', '.join(GENERATORS)}; all if none is named"
    )
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--scheduler")
    given = asked.parse_args()
    held = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    with hands(given.workers, given.scheduler) as crew:
        for name in given.names or list(GENERATORS):
            held[name] = {}
            for effect in EFFECTS:
                with tempfile.TemporaryDirectory() as folder:
                    found = records(GENERATORS[name], effect, Path(folder), executor=crew)
                held[name][str(effect)] = summary(found)
                print(name, effect, held[name][str(effect)], flush=True)
                FILE.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
