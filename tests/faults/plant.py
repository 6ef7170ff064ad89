"""Plant faults one at a time and see which tests catch them; a score by room.

    python tests/faults/plant.py                  the tests of each fault's own room
    python tests/faults/plant.py --far            and the whole default suite, without docs, where those pass
    python tests/faults/plant.py --only cli/      only faults whose file begins so

Nothing here is collected by pytest. The faults are data, in faults.toml beside this file. Each is put into a copy of
the tree, never into the tree itself. Near are the tests of the room, and the examples in the faulty file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path("src") / "lynchpin"
_COPIED = ("src", "tests", "benchmarks", "docs", "pyproject.toml", "README.md")
_FAR = ["tests", "src", "--deselect", "tests/end_to_end/test_docs.py"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One slip: `find`, which stands in `file` once, becomes `put`; `first` is a test file of the room to run first."""

    file: str
    find: str
    put: str
    why: str
    first: str = ""

    @property
    def tests(self) -> Path:
        """The folder of the room's own tests: the nearest that there is for the file's folder."""
        folder = Path("tests/unit") / Path(self.file).parent
        return next(place for place in (folder, *folder.parents) if (ROOT / place).is_dir())

    @property
    def room(self) -> str:
        return str(self.tests.relative_to("tests/unit"))

    @property
    def near(self) -> list[list[str]]:
        """What pytest is given, one run after the other: the likeliest file of the room, then all of the room."""
        first = self.tests / self.first
        likeliest = [[str(first)]] if self.first and (ROOT / first).is_file() else []
        return [*likeliest, [str(self.tests), str(SOURCE / self.file)]]


def read() -> list[Fault]:
    """The faults, each with its text in the tree exactly once.

    Raises
    ------
    SystemExit : the tree has changed under a fault
    """
    file = Path(__file__).with_name("faults.toml")
    faults = [Fault(**one) for one in tomllib.loads(file.read_text(encoding="utf-8"))["fault"]]
    for fault in faults:
        count = (ROOT / SOURCE / fault.file).read_text(encoding="utf-8").count(fault.find)
        if count != 1:
            raise SystemExit(f"{fault.file}: {fault.find!r} stands there {count} times, not once; mend {file.name}")
    return faults


@contextmanager
def planted(fault: Fault, tree: Path) -> Iterator[None]:
    """The fault in a copy of the tree; the file is put back afterwards."""
    file = tree / SOURCE / fault.file
    sound, before = file.read_text(encoding="utf-8"), file.stat()
    file.write_text(sound.replace(fault.find, fault.put), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(sound, encoding="utf-8")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # as it was, so that what was compiled still holds


def failing(tree: Path, paths: list[str], kernels: str) -> str:
    """The first test that fails, "" when all pass."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree / "src"),
        "OPENBLAS_NUM_THREADS": "1",
        "CI": "1",  # property tests judge no machine that is busy
        "PYTHONDONTWRITEBYTECODE": "1",  # a faulty file is compiled in memory only
    }
    if kernels:
        environment["NUMBA_CACHE_DIR"] = kernels
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *paths],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return ""
    named = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if not named:
        raise RuntimeError(f"pytest ended with {run.returncode}: {run.stdout[-300:]}")
    return named[0].split(" - ")[0].partition(" ")[2]


def catching(fault: Fault, tree: Path, paths: list[str], kernels: str) -> str:
    """The first test that fails with the fault and passes without it, "" when there is none."""
    unsound: list[str] = []
    while True:
        with planted(fault, tree):
            by = failing(tree, [*paths, *(f"--deselect={test}" for test in unsound)], kernels)
        if not by or not failing(tree, [by], ""):
            return by
        unsound.append(by)


def trial(fault: Fault, trees: SimpleQueue[Path], *, far: bool) -> tuple[Fault, str, str]:
    """The fault, "near", "far" or "" for where it was caught, and by which test."""
    tree = trees.get()
    try:
        # A compiled kernel does not know that one it calls has changed: a fault beside one gets a cache of its own.
        is_kernel = "njit" in (tree / SOURCE / fault.file).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as own:
            kernels = own if is_kernel else ""
            for paths in fault.near:
                if by := catching(fault, tree, paths, kernels):
                    return fault, "near", by
            by = catching(fault, tree, _FAR, kernels) if far else ""
            return fault, "far" if by else "", by
    finally:
        trees.put(tree)


def copies(folder: Path, count: int) -> SimpleQueue[Path]:
    """Copies of the tree, one for each worker."""
    trees: SimpleQueue[Path] = SimpleQueue()
    for number in range(count):
        tree = folder / str(number)
        for name in _COPIED:
            place = ROOT / name
            if place.is_dir():
                shutil.copytree(place, tree / name)  # with what is compiled: it holds while the files are as old
            elif place.is_file():
                tree.mkdir(exist_ok=True)
                shutil.copy(place, tree / name)
        trees.put(tree)
    return trees


def main() -> None:
    """Plant every fault, and print where each was caught and the score by room."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--far", action="store_true", help="the whole default suite too, where the room's tests pass")
    parser.add_argument("--only", default="", metavar="PATH", help="only faults whose file begins so")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    faults = [fault for fault in read() if fault.file.startswith(asked.only)]
    if not faults:
        raise SystemExit(f"no fault is planted in {asked.only}")
    where: dict[str, Counter[str]] = {fault.room: Counter() for fault in faults}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.workers) as pool:
        trees = copies(Path(folder), asked.workers)
        for run in as_completed([pool.submit(trial, fault, trees, far=asked.far) for fault in faults]):
            fault, caught, by = run.result()
            where[fault.room][caught] += 1
            print(f"{caught or 'MISSED':7} {fault.file}: {fault.why}  [{by}]", flush=True)
    print(f"\n{'room':24} {'faults':>6} {'near':>5} {'far':>5} {'missed':>6}")
    for room, count in where.items():
        print(f"{room:24} {count.total():6} {count['near']:5} {count['far']:5} {count['']:6}")
    near, far = (sum(count[name] for count in where.values()) for name in ("near", "far"))
    print(f"{'all':24} {len(faults):6} {near:5} {far:5} {len(faults) - near - far:6}")
    print(
        f"caught by tests of the same room: {near / len(faults):.0%}; by these or the others: {(near + far) / len(faults):.0%}"
    )


if __name__ == "__main__":
    main()
