"""big-store: a case's commands on a store of 2 and of 20 million rows of GDELT; each run is a process of its own.

    events --limit 5     the newest five of all
    claims               the built-in case of five states; beside it the same from a store that holds only its own rows
    ingest               one file of 2 million rows more (in the store of 20 million)

LYNCHPIN_BENCH_MILLIONS makes the larger store shorter.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from _gdelt import write_export

MILLIONS = int(os.environ.get("LYNCHPIN_BENCH_MILLIONS", 20))
STATES = {"USA", "JPN", "KOR", "PRK", "CHN"}
SPAN = (date(2005, 1, 1), date(2012, 7, 8))
_MEASURE = """
import resource, subprocess, sys, time
begin = time.perf_counter()
done = subprocess.run([sys.executable, "-m", "lynchpin.cli", *sys.argv[1:]], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def measured(*words: object, times: int = 2) -> tuple[float, float, float]:
    """Seconds of the clock, of the processor, and the greatest resident size in MB, of one command; the best run."""
    runs = []
    for _ in range(times):
        command = [sys.executable, "-c", _MEASURE, *map(str, words)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        assert told[0] == "0", words
        runs.append(tuple(map(float, told[1:])))
    best = min(runs)
    print(f"\n{' '.join(map(str, words[:2]))}: {best[0]:.2f} s, {best[1]:.2f} s of processor, {best[2]:.0f} MB")
    return best[0], best[1], best[2]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store of two million rows, and one of those of its rows that have a state of the case on each side."""
    from lynchpin.record.store import Store

    folder = tmp_path_factory.mktemp("big")
    export = write_export(folder / "20120708.export.CSV", 2_000_000, added=SPAN)
    with export.open() as lines, (folder / "own.export.CSV").open("w") as own:
        for line in lines:
            fields = line.split("\t", 18)
            if fields[7] in STATES and fields[17] in STATES:
                own.write(line)
    for name, file in (("big", export), ("own", folder / "own.export.CSV")):
        with Store.open(folder / name, create=True) as store:
            store.ingest("gdelt", file)
    export.unlink()
    return folder / "big", folder / "own"


@pytest.mark.slow
def test_two_million_rows(stores: tuple[Path, Path]) -> None:
    big, own = stores
    _, busy, memory = measured("events", "northeast-asia", "--store", big, "--limit", 5)
    assert busy < 1.5 and memory < 300
    claims = ("claims", "northeast-asia", "--as-of", "2012-07-09", "--events")
    small = measured(*claims, own)
    _, busy, memory = measured(*claims, big)
    assert memory < 700 and busy < 1.5 * small[1]


@pytest.mark.slow
def test_twenty_million_rows(tmp_path: Path) -> None:
    for part in range(MILLIONS // 2):
        file = tmp_path / f"{part:02}.export.CSV"
        write_export(file, 2_000_000, first=part * 2_000_000, seed=part, added=SPAN)
        _, _, memory = measured("ingest", "gdelt", file, "--store", tmp_path / "s", times=1)
        assert memory < 1000
        file.unlink()
    for words in (
        ("events", "northeast-asia", "--store", tmp_path / "s", "--limit", 5),
        ("claims", "northeast-asia", "--as-of", "2012-07-09", "--events", tmp_path / "s"),
    ):
        assert measured(*words)[2] < 1000
