"""Whether two revisions say the same: the same commands on the same inputs with each, compared byte by byte.

    python benchmarks/same_bytes.py BASE [HEAD]            HEAD is the checked-out commit if not given
    python benchmarks/same_bytes.py BASE HEAD --only 'rem *interval*'
    python benchmarks/same_bytes.py --list                 the jobs

BASE and HEAD are git revisions, or folders that hold `src`. Compared are exit code, stdout, stderr and every file
that a command wrote (databases and Parquet by their rows). Ends with 1 where anything differs beyond rounding, or where
a job does not end as the table of jobs says (`_bytes_jobs.py`).
"""

from __future__ import annotations

import argparse
import fnmatch
import re
import shlex
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from _bytes_compare import Difference, Rule, compare, normalised, readable
from _bytes_inputs import write_inputs
from _bytes_jobs import GROUPS
from _revisions import Tree, check_origin, lay_out

PROBE = Path(__file__).parent / "_bytes_probe.py"


@dataclass(frozen=True, slots=True)
class Job:
    """A command line, the group it is of, and the exit code that it should end with."""

    line: str
    group: str
    code: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job left behind: part ("exit code", "stdout", ... or a file's path) -> text."""

    parts: dict[str, str]
    seconds: float


@dataclass(slots=True)
class Bench:
    """A tree at work: its own folder of inputs and what was written there, and the rules of what may vary."""

    tree: Tree
    folder: Path
    mirror: str
    used: Counter[str] = field(default_factory=Counter)
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def run(self, job: Job, limit: float) -> Outcome:
        words = shlex.split(job.line.replace("{mirror}", self.mirror))
        is_probe = words[0] == "@"
        command = [sys.executable, str(PROBE), *words[1:]] if is_probe else self.tree.command(*words)
        began = perf_counter()
        try:
            ran = subprocess.run(
                command,
                cwd=self.folder,
                env=self.tree.environment(),
                capture_output=True,
                timeout=limit,
                stdin=subprocess.DEVNULL,
            )
            parts = {"exit code": str(ran.returncode), "stdout": _text(ran.stdout), "stderr": _text(ran.stderr)}
        except subprocess.TimeoutExpired:
            parts = {"exit code": f"not done after {limit:.0f} s"}
        seconds = perf_counter() - began
        parts |= {str(file.relative_to(self.folder)): readable(file) for file in self._written()}
        rules = self._rules()
        return Outcome({part: normalised(text, rules, self.used) for part, text in parts.items()}, seconds)

    def _written(self) -> list[Path]:
        """Files that are new, or not as they were before the last job."""
        now = {f: (f.stat().st_mtime_ns, f.stat().st_size) for f in sorted(self.folder.rglob("*")) if f.is_file()}
        changed = [file for file, mark in now.items() if self.seen.get(file) != mark]
        self.seen = now
        return changed

    def note_inputs(self) -> None:
        self._written()

    def _rules(self) -> list[Rule]:
        package = re.escape(str(self.tree.folder / "src" / "lynchpin"))
        folders = "|".join(re.escape(str(folder)) for folder in (self.folder, self.tree.folder))
        return [
            Rule("the package's files, by name", re.compile(package + r"""(?:/[^\s"'<>/:]+)*/"""), "PACKAGE/"),
            Rule("folders of the run", re.compile(folders), "RUN"),
            Rule("the mirror's address", re.compile(re.escape(self.mirror)), "MIRROR"),
            *_VARYING,
        ]


#: What varies with the clock; JSON stays JSON.
_VARYING = [
    Rule("seconds of processor time", re.compile(r'("seconds"): [\d.e+-]+'), r"\1: 0"),
]


def jobs(only: str | None) -> list[Job]:
    """All jobs, or the first ones (which others stand on) and those whose line or group fits a pattern."""
    every = [
        Job(line, group, code) for group, (text, code) in GROUPS.items() for line in text.splitlines() if line.strip()
    ]
    repeated = [line for line, times in Counter(job.line for job in every).items() if times > 1]
    if repeated:
        raise SystemExit(f"a job that is listed twice: {repeated}")
    if only is None:
        return every

    def fits(job: Job) -> bool:
        return job.group == only or fnmatch.fnmatchcase(job.line, only) or only in job.line

    savers = [job for job in every if "--save" in job.line and any("after" in j.line for j in every if fits(j))]
    return [job for job in every if job.group == "first" or job in savers or fits(job)]


def uncovered(helps: dict[str, str]) -> list[str]:
    """Commands that a help text lists and that no job runs to its end."""
    run = [shlex.split(job.line) for job in jobs(None) if job.code == 0 and "--help" not in job.line]
    missing = []
    for line, text in helps.items():
        group = shlex.split(line)[:-1]
        listed = re.findall(r"^  (\w+)  ", text.partition("Commands:\n")[2], re.MULTILINE)
        done = [words[: len(group) + 1] for words in run]
        missing += [" ".join([*group, name]) for name in listed if [*group, name] not in done]
    return missing


@contextmanager
def publisher(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine. -> its address"""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """Nothing: progress is ours."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="backslashreplace")


@dataclass(slots=True)
class Tally:
    """What the comparison came to, group by group."""

    same: Counter[str] = field(default_factory=Counter)
    rounding: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    largest: float = 0.0

    def add(self, job: Job, pair: tuple[Outcome, Outcome], differences: list[Difference], show: int) -> None:
        ended = pair[0].parts["exit code"]
        if ended != str(job.code):
            self.wrong[job.group] += 1
            said = pair[0].parts.get("stderr", "").strip().splitlines()[-3:]
            print(f"\nENDS WITH {ended}, not {job.code}, in base: {job.line}", *said, sep="\n    ")
        if not differences:
            self.same[job.group] += 1
            return
        is_rounding = all(d.is_rounding for d in differences)
        (self.rounding if is_rounding else self.other)[job.group] += 1
        print(f"\n{'ROUNDING' if is_rounding else 'DIFFERS'}: {job.line}")
        for found in differences:
            if found.is_rounding:
                self.largest = max(self.largest, found.largest)
            size = "" if found.largest != found.largest else f", at most {found.largest:.1e} apart"
            print(f"  {found.part}: {len(found.lines)} differences{size}")
            for line in found.lines[:show]:
                print(f"    {line}")
            if len(found.lines) > show:
                print(f"    ... and {len(found.lines) - show} more")

    def table(self) -> str:
        heads = ("group", "jobs", "the same", "rounding", "differ", "end otherwise than listed")
        rows = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * 5]
        counts = (self.same, self.rounding, self.other, self.wrong)
        for group in [*GROUPS, "all"]:
            found = [sum(c.values()) if group == "all" else c[group] for c in counts]
            if sum(found):
                rows.append(f"| {group} | {sum(found[:3])} | " + " | ".join(map(str, found)) + " |")
        return "\n".join(rows)


def differences_of(old: Outcome, new: Outcome, relative: float, absolute: float) -> list[Difference]:
    parts = dict.fromkeys([*old.parts, *new.parts])
    nothing = "(not written)"
    found = (compare(p, old.parts.get(p, nothing), new.parts.get(p, nothing), relative, absolute) for p in parts)
    return [difference for difference in found if difference is not None]


def run_both(listed: list[Job], benches: list[Bench], options: argparse.Namespace) -> Tally:
    """Each tree's jobs in their order, both trees at once."""
    tally, helps, began = Tally(), {}, perf_counter()
    pools = [ThreadPoolExecutor(1) for _ in benches]
    asked: list[list[Future[Outcome]]] = [
        [pool.submit(bench.run, job, options.limit) for job in listed]
        for pool, bench in zip(pools, benches, strict=True)
    ]
    try:
        for k, job in enumerate(listed):
            old, new = asked[0][k].result(), asked[1][k].result()
            clock = f"{perf_counter() - began:4.0f} s  {k + 1}/{len(listed)}"
            print(f"{clock}  {old.seconds:5.1f} {new.seconds:5.1f}  {job.line[:100]}", file=sys.stderr)
            tally.add(job, (old, new), differences_of(old, new, options.relative, options.absolute), options.show)
            if job.line.endswith("--help") and "Commands:" in old.parts.get("stdout", ""):
                helps[job.line] = old.parts["stdout"]
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)
    for name in uncovered(helps):
        tally.wrong["help"] += 1
        print(f"\nNO JOB RUNS: lynchpin {name}")
    return tally


def asked_for(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", nargs="?", help="git revision, or a folder that holds src")
    parser.add_argument("head", nargs="?", default="HEAD", help="the same; the checked-out commit if not given")
    parser.add_argument("--only", metavar="PATTERN", help="jobs whose line holds or fits this, or a group")
    parser.add_argument("--list", action="store_true", help="name the jobs, and leave")
    parser.add_argument("--relative", type=float, default=1e-9, help="numbers this near are rounding [1e-9]")
    parser.add_argument("--absolute", type=float, default=1e-12, help="so are numbers whose difference is less [1e-12]")
    parser.add_argument("--show", type=int, default=8, help="differences shown of each output [8]")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds that a job may take [300]")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="work in this folder, and leave what was made there")
    options = parser.parse_args(words)
    if options.base is None and not options.list:
        parser.error("name a revision to compare with")
    return options


def main(words: list[str]) -> int:
    options = asked_for(words)
    sys.stdout.reconfigure(line_buffering=True)  # differences are read while the rest runs
    listed = jobs(options.only)
    if options.list:
        print("\n".join(f"{job.group:7} {job.line}" for job in listed))
        return 0
    with TemporaryDirectory() as made:
        home = (options.keep or Path(made)).resolve()
        trees = [lay_out(options.base, "base", home), lay_out(options.head, "head", home)]
        with publisher(home / "base-run" / "published") as mirror:
            benches = []
            for tree in trees:
                check_origin(tree)
                folder = home / f"{tree.side}-run"
                if folder.exists():
                    raise SystemExit(f"{folder} is there already: remove it, or name another folder with --keep")
                write_inputs(folder)
                benches.append(Bench(tree, folder, mirror))
                benches[-1].note_inputs()
            tally = run_both(listed, benches, options)
    print(f"\nbase: {trees[0].revision} ({trees[0].commit}), head: {trees[1].revision} ({trees[1].commit})\n")
    print(tally.table())
    bounds = f"{options.relative:g} of each other, or {options.absolute:g} in all"
    print(f"\nRounding: numbers within {bounds}; the largest seen is {tally.largest:.1e} of each other.")
    print("Left out of the comparison, with how often in base and head:")
    for name in benches[0].used:
        print(f"  {name}: {benches[0].used[name]}, {benches[1].used[name]}")
    return 1 if tally.other or tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
