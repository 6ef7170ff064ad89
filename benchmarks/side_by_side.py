"""How fast two revisions are, in one run: each workload with one, then with the other, a process of its own each time.

    python benchmarks/side_by_side.py BASE [HEAD] [-n 5]    HEAD is the checked-out commit if not given
    python benchmarks/side_by_side.py BASE HEAD --only brief

BASE and HEAD are git revisions, or folders that hold `src`. Clock, processor (all threads and children) and peak
memory are those of the whole process, start and import included; the `cold` workloads compile every kernel anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from _revisions import Tree, check_origin, lay_out

FIVE = "inertia reciprocity outdegreeSender indegreeReceiver otp"
TWELVE = (
    "inertia(30d) inertia(365d) reciprocity(30d) reciprocity(365d) outdegreeSender(30d) indegreeSender(30d) "
    "outdegreeReceiver(30d) indegreeReceiver(30d) otp(30d) itp(30d) osp(30d) isp(30d)"
)


@dataclass(frozen=True, slots=True)
class Workload:
    """A command line that is timed.

    Attributes
    ----------
    name : str
    words : tuple of str, of the command `lynchpin`
    is_cold : bool, the folder of compiled kernels is new for each run
    most : int, runs at most, for what takes long
    """

    name: str
    words: tuple[str, ...]
    is_cold: bool = False
    most: int = 100


_RATE = ("--likelihood", "rate", "--scale", "log1p", "--json")
WORKLOADS = (
    Workload("--help", ("--help",)),
    Workload("brief, cold", ("brief", "--as-of", "2012-07-09", "--quiet"), is_cold=True, most=2),
    Workload("brief, warm", ("brief", "--as-of", "2012-07-09", "--quiet")),
    Workload("claims, warm", ("claims", "--as-of", "2012-07-09", "--json")),
    Workload("rem, cold", ("rem", "thirty.csv", "--effects", FIVE, "--json"), is_cold=True, most=2),
    Workload("rem, 2,000 events of 30 actors", ("rem", "thirty.csv", "--effects", FIVE, "--json")),
    Workload(
        "rem, 15,261 events of 185 actors, 20 controls",
        ("rem", "year.csv", "--effects", FIVE, "--half-life", "30", "--scale", "log1p", "--controls", "20", "--json"),
    ),
    Workload("rem, 100,000 events of 200 actors, rate", ("rem", "tenth.csv", "--effects", TWELVE, *_RATE), most=3),
)


@dataclass(frozen=True, slots=True)
class Spent:
    """Clock and processor seconds and peak megabytes of a process and its children."""

    clock: float
    processor: float
    megabytes: float


def spend(tree: Tree, workload: Workload, folder: Path, run: str) -> Spent:
    """Run it once.

    Raises
    ------
    SystemExit : it failed
    """
    more = {}
    if workload.is_cold:
        cold = tree.cache / f"cold-{run}"
        more["NUMBA_CACHE_DIR"] = str(cold)
    with (folder / f"{tree.side}.out").open("wb") as out, (folder / f"{tree.side}.err").open("w+b") as err:
        began = perf_counter()
        started = subprocess.Popen(
            tree.command(*workload.words), cwd=folder, env=tree.environment(**more), stdout=out, stderr=err
        )
        _, status, used = os.wait4(started.pid, 0)
        clock = perf_counter() - began
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            err.seek(0)
            raise SystemExit(f"{tree.revision}: {workload.name} ended with {started.returncode}\n{err.read().decode()}")
    if workload.is_cold:
        shutil.rmtree(cold, ignore_errors=True)
    unit = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss counts bytes there, kilobytes elsewhere
    return Spent(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def in_pairs(workload: Workload, trees: list[Tree], folder: Path, runs: int) -> list[list[Spent]]:
    """Runs of each tree, in turn; one more of each goes first where kernels may have to be compiled."""
    if not workload.is_cold:
        for tree in trees:
            first = spend(tree, workload, folder, "first")
            print(f"{workload.name}, {tree.side}: {first.clock:.2f} s, not counted", file=sys.stderr)
    found: list[list[Spent]] = [[] for _ in trees]
    for k in range(min(runs, workload.most)):
        for tree, spent in zip(trees, found, strict=True):
            spent.append(spend(tree, workload, folder, str(k)))
            print(f"{workload.name}, {tree.side}: {spent[-1].clock:.2f} s", file=sys.stderr)
    return found


def rows(workload: Workload, found: list[list[Spent]]) -> Iterator[str]:
    """One row for each measure: least, median and most of base and head, and the ratio of the medians."""
    for measure, unit, digits in (("clock", "s", 2), ("processor", "s", 2), ("megabytes", "MB", 0)):
        base, head = ([getattr(one, measure) for one in spent] for spent in found)
        label = measure if unit == "s" else "peak memory"
        told = [f"{min(v):.{digits}f} / {median(v):.{digits}f} / {max(v):.{digits}f} {unit}" for v in (base, head)]
        name = f"{workload.name} (runs: {len(base)})" if measure == "clock" else ""
        yield f"| {name} | {label} | {told[0]} | {told[1]} | {median(head) / median(base):.2f} |"


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", help="git revision, or a folder that holds src")
    parser.add_argument("head", nargs="?", default="HEAD", help="the same; the checked-out commit if not given")
    parser.add_argument("-n", type=int, default=5, help="runs of each; 2 where every kernel is compiled [5]")
    parser.add_argument("--only", metavar="WORDS", default="", help="workloads whose name holds this")
    options = parser.parse_args(words)
    chosen = [workload for workload in WORKLOADS if options.only in workload.name]
    if not chosen or options.n < 1:
        parser.error("no workload is left" if not chosen else "-n must be at least 1")
    with TemporaryDirectory() as made:
        home = Path(made).resolve()
        trees = [lay_out(options.base, "base", home), lay_out(options.head, "head", home)]
        for tree in trees:
            check_origin(tree)
        # in a process of its own: a child's peak memory counts what its parent held when it was forked
        subprocess.run([sys.executable, str(Path(__file__).with_name("_drawn.py")), str(home / "run")], check=True)
        table = []
        for workload in chosen:
            table += rows(workload, in_pairs(workload, trees, home / "run", options.n))
    heads = [f"{tree.side}: {tree.revision} ({tree.commit}), least / median / most" for tree in trees]
    print("| workload | of | " + " | ".join(heads) + " | head / base |\n| --- | --- | ---: | ---: | ---: |")
    print("\n".join(table))


if __name__ == "__main__":
    main(sys.argv[1:])
