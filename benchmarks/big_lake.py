"""A generated GDELT lake of any size, filled by workers; then a case's claims on it.

    python benchmarks/big_lake.py FOLDER [--millions 50] [--workers 2] [--fill]

Files of a million rows are made four at a time in FOLDER (some 4 GB with what they are made of), read into FOLDER/lake
and taken away; a run that was stopped goes on. Prints, and writes into FOLDER/big_lake.json, for each four million rows
the seconds of the clock and of the processor, and at the end the bytes of a row, the time and memory of `claims` of the
built-in case, and what `store verify` says; --fill leaves that out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from _gdelt import write_export, write_moved
from test_big_store import SPAN, measured

MILLION, AT_ONCE, BASES, DAYS = 1_000_000, 4, 5, 109

CLAIMS = ("claims", "northeast-asia", "--as-of", "2012-07-09", "--events")


def base(folder: Path, number: int) -> Path:
    """One of the files that all others are moved from: a million rows of their own."""
    path = folder / f"base-{number}.csv"
    if not path.is_file():
        write_export(path, MILLION, seed=100 + number, added=SPAN)
    return path


def files(folder: Path, first: int, count: int) -> list[Path]:
    """Files of a million rows: no id stands in two of them, and no act is another's on the same day."""
    folder.joinpath("files").mkdir(exist_ok=True)
    made = []
    for number in range(first, first + count):
        out = folder / "files" / f"{number:04}.export.CSV"
        made.append(
            write_moved(
                base(folder, number % BASES), out, first=number * MILLION, days=DAYS * (number // BASES), added=SPAN
            )
        )
    return made


def filled(folder: Path, first: int, count: int, workers: int) -> dict[str, float]:
    """What it takes to read so many files more into the lake."""
    given = files(folder, first, count)
    words = ("--store", folder / "lake", "--parts", "--workers", workers, "--quiet")
    seconds, busy, _ = measured("ingest", "gdelt", *given, *words, times=1)
    for file in given:
        file.unlink()
    return {"rows": count * MILLION, "seconds": seconds, "processor": busy, "workers": workers}


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--millions", type=int, default=50)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--fill", action="store_true")
    given = asked.parse_args()
    folder: Path = given.folder
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "big_lake.json"
    held = json.loads(told.read_text("utf-8")) if told.is_file() else {"fills": []}
    done = sum(one["rows"] for one in held["fills"]) // MILLION
    while done < given.millions:
        count = min(AT_ONCE, given.millions - done)
        held["fills"].append(filled(folder, done, count, given.workers))
        done += count
        held |= {"rows": done * MILLION, "bytes": size(folder / "lake"), "day": str(date.today())}
        told.write_text(json.dumps(held, indent=2) + "\n", "utf-8")
        print(held["fills"][-1], flush=True)
    if given.fill:
        return
    seconds, busy, memory = measured(*CLAIMS, folder / "lake")
    held["claims"] = {"seconds": seconds, "processor": busy, "memory_mb": memory}
    command = [sys.executable, "-m", "lynchpin.cli", "store", "verify", "--store", str(folder / "lake"), "--json"]
    held["verify"] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    told.write_text(json.dumps(held, indent=2) + "\n", "utf-8")
    print(json.dumps(held, indent=2))


if __name__ == "__main__":
    main()
