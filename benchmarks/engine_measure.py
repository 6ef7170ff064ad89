"""Measures the relational-event engine and writes benchmarks/engine_results.json, docs/performance.md and its picture.

    python benchmarks/engine_measure.py            what can be generated
    python benchmarks/engine_measure.py --world    the world-scale record too (two CPU minutes, 1.5 GB)
    python benchmarks/engine_measure.py --no-whole, --no-fixed, --no-growth   a part of it
    python benchmarks/engine_measure.py idle icews_2018h1_rate    what is named; the rest keeps its figures
    python benchmarks/engine_measure.py --write    no measuring: the page from the results that are there

Every figure is CPU seconds (all threads and processes, kernels compiled before) and the peak memory of a process of its
own: of statistics and fit, or of a whole program (`whole_...`), start and reading included. Validation data is read
where it lies beside the checkout or in LYNCHPIN_SHARED.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from _stream import FIVE, TWELVE, world

import lynchpin
from lynchpin.engine.rem.events import EventStream, read_events, stream_of
from lynchpin.record.ontology import actors

HERE = Path(__file__).parent
RESULTS = HERE / "engine_results.json"
PAGE = HERE.parent / "docs" / "performance.md"
PICTURE = HERE.parent / "docs" / "pictures" / "engine-growth.svg"
SHARED = Path(os.environ.get("LYNCHPIN_SHARED", HERE.parents[1] / "shared"))

RATE: dict[str, Any] = {"likelihood": "rate", "scale": "log1p"}


def measure(
    make: Callable[..., EventStream], arguments: dict[str, Any], effects: str, options: dict[str, Any]
) -> dict[str, Any]:
    """Fit in a process of its own. -> CPU and wall seconds, megabytes, and what was fitted."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, make, arguments, effects, options).result()


def _measured(
    make: Callable[..., EventStream], arguments: dict[str, Any], effects: str, options: dict[str, Any]
) -> dict[str, Any]:
    small = world(states=30, days=40, events=2000)
    lynchpin.rem(small, effects, **{**options, "memory": 0})  # compiles
    if options.get("likelihood") == "rate":
        lynchpin.rem(replace(small, actors=tuple(map(str, range(170)))), effects, **options)
    stream = make(**arguments)
    before, wall = _cpu(), perf_counter()
    found = lynchpin.rem(stream, effects, **options)
    spent, wall = _cpu() - before, perf_counter() - wall
    return {
        "events": found.n_events,
        "actors": len(stream.actors),
        "dyads": found.n_dyads,
        "rows": found.n_rows,
        "passes": found.passes,
        "cpu_seconds": round(spent, 3),
        "wall_seconds": round(wall, 3),
        "peak_mb": round(_peak_mb()),
        "estimate": [float(f"{b:.5g}") for b in found.estimate],
        "se": [float(f"{b:.5g}") for b in found.se],
        "log_likelihood": found.log_likelihood,
    }


def _cpu() -> float:
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1e3 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def states_of(file: str) -> EventStream:
    """An ICEWS file at the level of states: every actor by its state, acts between two states."""
    frame = pl.read_csv(
        file, separator="\t", has_header=False, quote_char=None, new_columns=["sender", "type", "receiver", "time"]
    )
    names = pl.concat([frame["sender"], frame["receiver"]]).unique()
    found = {
        name: actor.states[0]
        for name in names
        if (actor := actors.resolve(name)) is not None and len(actor.states) == 1
    }
    by_state = frame.with_columns(pl.col(side).replace_strict(found, default=None) for side in ("sender", "receiver"))
    kept = by_state.drop_nulls(["sender", "receiver"]).filter(pl.col("sender") != pl.col("receiver"))
    return stream_of(kept.drop("type"))


Workload = tuple[Callable[..., EventStream], dict[str, Any], str, dict[str, Any]]


def growth() -> dict[str, list[Workload]]:
    """Time against events, actors and idle dyads; all else equal."""
    with_controls = {"half_life": 30.0, "scale": "log1p", "controls": 20}
    events = [{"states": 60, "days": 365, "events": size} for size in (10_000, 30_000, 100_000, 300_000)]
    actors = [{"states": states, "days": 100, "events": 20_000} for states in (25, 50, 100, 200)]
    idle = [{"states": 60, "idle": idle, "days": 200, "events": 20_000} for idle in (60, 140, 340, 640)]
    return {
        "events": [(world, size, TWELVE, RATE) for size in events],
        "controls": [(world, size | {"days": 3650}, FIVE, with_controls) for size in events],
        "actors": [(world, size, TWELVE, RATE) for size in actors],
        "idle": [(world, size, TWELVE, RATE) for size in idle],
    }


def fixed() -> dict[str, Workload]:
    """The workloads that other software was measured on, where their data is here."""
    out: dict[str, Workload] = {}
    sub30, b = SHARED / "reference" / "sub30.csv", SHARED / "reference" / "icews14_state_stream_B.csv"
    if sub30.exists():
        out["sub30"] = read_events, {"path": str(sub30)}, FIVE, {}
    if b.exists():
        for scale in ("none", "log1p"):
            common = {"half_life": 30.0, "scale": scale}
            out[f"b_full_{scale}"] = read_events, {"path": str(b)}, FIVE, common
            for controls in (5, 20, 100):
                for weights in ("weighted", "nested"):
                    drawn = common | {"controls": controls, "control_weights": weights}
                    out[f"b_{controls}_{weights}_{scale}"] = read_events, {"path": str(b)}, FIVE, drawn
    for name in ("icews_2018h1", "icews_2011_2014"):
        file = SHARED / "data" / name / "events.tsv"
        if file.exists():
            out[name] = states_of, {"file": str(file)}, FIVE, {"half_life": 30.0, "scale": "log1p"}
            out[f"{name}_rate"] = states_of, {"file": str(file)}, TWELVE, RATE
    return out


#: Runs of a whole program; the median is kept.
RUNS = 9


def whole() -> dict[str, tuple[str, ...]]:
    """Commands that are timed from start to end, as a process of their own: name -> words of `lynchpin`."""
    reference = SHARED / "reference"
    b = ("--half-life", "30", "--time-unit", "d", "--controls", "20", "--control-weights", "weighted")
    wanted = {
        "history": (reference / "peers" / "data" / "history.csv", FIVE, ("--weight", "no")),
        "sub30": (reference / "sub30.csv", FIVE, ()),
        "b_20": (reference / "icews14_state_stream_B.csv", FIVE, b),
    }
    return {
        name: ("rem", str(file), "--effects", effects, "--json", *options)
        for name, (file, effects, options) in wanted.items()
        if file.exists()
    }


def measure_whole(words: tuple[str, ...]) -> dict[str, Any]:
    """CPU seconds and megabytes of a process and its children: one more run goes first, which may compile."""
    spent: list[tuple[float, float]] = []
    for _ in range(1 + RUNS):
        started = subprocess.Popen([sys.executable, "-m", "lynchpin.cli", *words], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            raise SystemExit(f"lynchpin {' '.join(words)} ended with {started.returncode}")
        spent.append((used.ru_utime + used.ru_stime, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)))
    cpu, megabytes = zip(*spent[1:], strict=True)
    return {"cpu_seconds": round(median(cpu), 3), "peak_mb": round(median(megabytes)), "runs": RUNS}


def main(words: list[str]) -> None:
    held = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    named = {word for word in words if not word.startswith("--")}

    def asked(name: str, part: str) -> bool:
        if named:
            return name in named
        return "--write" not in words and f"--no-{part}" not in words and (part != "world" or "--world" in words)

    for name, command in whole().items():  # first: a child's peak memory counts what its parent held at the fork
        if asked(f"whole_{name}", "whole"):
            held.setdefault("whole", {})[name] = measure_whole(command)
            RESULTS.write_text(json.dumps(held, indent=1) + "\n")
    for name, workload in fixed().items():
        if asked(name, "fixed"):
            held.setdefault("fixed", {})[name] = measure(*workload)
            RESULTS.write_text(json.dumps(held, indent=1) + "\n")
    for name, workloads in growth().items():
        if asked(name, "growth"):
            held.setdefault("growth", {})[name] = [measure(*workload) for workload in workloads]
            RESULTS.write_text(json.dumps(held, indent=1) + "\n")
    if asked("world", "world"):
        held["world"] = measure(world, {}, TWELVE, RATE)
        RESULTS.write_text(json.dumps(held, indent=1) + "\n")
    from engine_page import write_page

    write_page(held, PAGE, PICTURE)


if __name__ == "__main__":
    np.set_printoptions(precision=4)
    main(sys.argv[1:])
