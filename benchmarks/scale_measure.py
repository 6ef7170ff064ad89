"""Unit costs that docs/explanation/scale.md reckons with; each in seconds of the processor of one thread.

    POLARS_MAX_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/scale_measure.py [PART ...]

PART is ingest, ledger, curve, backtest or tasks; all if none is named. What was measured is written into
scale_results.json, part by part, with the day. Some two minutes of one core. The lake of fifty million rows is filled
by big_lake.py, and speed-ups are those of test_spread.py.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import _gdelt

from lynchpin.crew import ONE_THREAD

FILE = Path(__file__).with_name("scale_results.json")
SPAN = (date(2005, 1, 1), date(2012, 7, 8))


@contextmanager
def clock(held: dict[str, Any], name: str) -> Iterator[None]:
    """Seconds of the processor of this process that the block takes."""
    begin = time.process_time()
    yield
    held[name] = round(time.process_time() - begin, 3)


def ingest(folder: Path) -> dict[str, Any]:
    """Rows of GDELT into a store of one file, and into one in parts."""
    from lynchpin.record.store import Store

    rows, held = 400_000, dict[str, Any]()
    file = _gdelt.write_export(folder / "0.export.CSV", rows, added=SPAN)
    held |= {"rows": rows, "bytes_of_text": file.stat().st_size}
    for name, parts in (("file", False), ("parts", True)):
        with Store.open(folder / name, create=True, parts=parts) as store, clock(held, f"seconds_{name}"):
            store.ingest("gdelt", file)
        of = folder / name
        held[f"bytes_{name}"] = sum(one.stat().st_size for one in ([of] if of.is_file() else of.rglob("*.*")))
    return held


def ledger(folder: Path) -> dict[str, Any]:
    """A fit of the built-in case, and 499 shifts of one mechanism after another."""
    from lynchpin.answers.evidence.placebo import draw_lags, placebo
    from lynchpin.session.facade import fit

    fit("northeast-asia", as_of="2012-07-09")
    held: dict[str, Any] = {"shifts": 499}
    with clock(held, "seconds_fit"):
        fitted = fit("northeast-asia", as_of="2012-07-09")
    names = [m.name for m in fitted.case.mechanisms]
    placebo(fitted, names[0], draw_lags(fitted, names[0], 19, 1))
    with clock(held, "seconds_shifts"):
        for name in names:
            placebo(fitted, name, draw_lags(fitted, name, 499, 1))
    design = fitted.design
    moved = [sum(design.position(name) in unit.columns for unit in design.units) for name in names]
    cells = design.rows * len(design.units)
    return held | {"mechanisms": len(names), "cells": cells, "cells_moved": 500 * design.rows * sum(moved)}


def curve(folder: Path) -> dict[str, Any]:
    """Specifications of one mechanism, without shifts and with some."""
    from lynchpin.session.facade import fit

    fitted, held = fit("northeast-asia", as_of="2012-07-09"), dict[str, Any]()
    vary = ("step", "half-life", "memory", "scale")
    plain = fitted.sensitivity("patron_push", vary=vary, shifts=19)
    with clock(held, "seconds_plain"):
        fitted.sensitivity("patron_push", vary=vary)
    with clock(held, "seconds_shifted"):
        fitted.sensitivity("patron_push", vary=vary, shifts=9_999)
    return held | {"specifications": len(plain.specifications), "shifts": 9_999}


def backtest(folder: Path) -> dict[str, Any]:
    """The 300 busiest dyads of a feed of 100,000 reports, a third of them told late, from 1 and 12 origins."""
    from lynchpin.record.store import Store
    from lynchpin.session.backtest import backtest

    export = _gdelt.write_export(folder / "20120708.export.CSV", 100_000, added=(date(2006, 1, 1), date(2012, 7, 8)))
    with Store.open(folder / "feed", create=True) as made:
        made.ingest("gdelt", export)
    held: dict[str, Any] = {"reports": 100_000, "dyads": 300, "origins": 12}
    asked = {"dyads": "top:300", "last": "2011-12-01"}
    backtest(None, folder / "feed", first="2011-12-01", **asked)
    with clock(held, "seconds_one_origin"):
        backtest(None, folder / "feed", first="2011-12-01", **asked)
    with clock(held, "seconds"):
        backtest(None, folder / "feed", first="2011-01-01", **asked)
    return held


def tasks(folder: Path) -> dict[str, Any]:
    """Tasks that do nothing, and tasks of a megabyte, sent to a scheduler and its workers; of all their processors."""
    from test_spread import running

    from lynchpin.crew import each

    def spent(client: Any) -> tuple[float, float, float]:
        of_scheduler = client.run_on_scheduler(time.process_time)
        return time.process_time(), of_scheduler, sum(client.run(time.process_time).values())

    held: dict[str, Any] = {}
    with running(folder) as (_, executor):
        each(len, [b""] * 10, executor)
        for name, given in (("small", [b""] * 2000), ("megabyte", [os.urandom(1 << 20)] * 200)):
            begin, before = time.perf_counter(), spent(executor._client)
            each(len, given, executor)
            took = [round(b - a, 3) for a, b in zip(before, spent(executor._client), strict=True)]
            held |= {f"{name}_tasks": len(given), f"{name}_clock": round(time.perf_counter() - begin, 3)}
            held |= {f"{name}_{who}": one for who, one in zip(("here", "scheduler", "workers"), took, strict=True)}
    return held


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    one.__name__: one for one in (ingest, ledger, curve, backtest, tasks)
}


def main(names: list[str]) -> None:
    if any(os.environ.get(name, "1") != "1" for name in ONE_THREAD) or "POLARS_MAX_THREADS" not in os.environ:
        raise SystemExit("pin the threads, as it is said above: seconds of one thread are what is asked for")
    held = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    for name in names or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            held[name] = PARTS[name](Path(folder)) | {"day": str(date.today())}
        print(name, json.dumps(held[name]), flush=True)
        FILE.write_text(json.dumps(held, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
