"""spread: how much two workers of a scheduler shorten what one does, each with one thread, started before the clock.

    backtest     the 300 busiest dyads of a generated feed, 24 origins
    claims       20 triads x the mechanisms of `lateral`, 499 shifts and more each
    ingest       four files of a million rows of GDELT into a store in parts

The clock runs over the whole call: reading, cutting, sending, working, putting together. One worker and two are asked
in turn, in one run, and the ratio of the best of each is judged. Beside it stand the seconds of the processor that this
process and the workers took: on a machine that does other things too, they say what an idle one would show.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import _gdelt
import pytest

from lynchpin.crew import ONE_THREAD

distributed = pytest.importorskip("distributed")

ROUNDS = int(os.environ.get("LYNCHPIN_BENCH_ROUNDS", 2))
WANTED, WANTED_OF_INGEST = 1.7, 1.6


#: The states of the twenty triads of `lateral`, and some that are rivals of theirs.
_STATES = """ALB ARG BOL BRA CAN CHL CHN COL CRI CUB DEU DNK ESP GBR GRC HND HRV IRN ISL JPN KOR LTU LVA NIC NLD PER PRK
PRT RUS SLV SVN SYR TUR URY USA VEN"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from lynchpin.record.store import Store

    _gdelt._STATES = _STATES.split()

    folder = tmp_path_factory.mktemp("spread")
    export = _gdelt.write_export(folder / "20120708.export.CSV", 400_000, added=(date(2006, 1, 1), date(2012, 7, 8)))
    with Store.open(folder / "store", create=True) as made:
        made.ingest("gdelt", export)
    export.unlink()
    return folder / "store"


@pytest.fixture(scope="module")
def crews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    with running(tmp_path_factory.mktemp("workers")) as both:
        yield both


@contextmanager
def running(folder: Path) -> Iterator[tuple[Any, Any]]:
    """The executors of one worker and of two, of one scheduler; each process has one thread."""
    environment = {**os.environ, **ONE_THREAD}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": folder}
    words = ["--host", "127.0.0.1", "--port", "8798", "--no-dashboard", "--no-show"]
    started = [subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_scheduler", *words], **quiet)]  # type: ignore[call-overload]
    try:
        for _ in range(2):
            command = [sys.executable, "-m", "distributed.cli.dask_worker", "tcp://127.0.0.1:8798"]
            more = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
            started.append(subprocess.Popen([*command, *more], **quiet))  # type: ignore[call-overload]
        with distributed.Client("tcp://127.0.0.1:8798", timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            first = next(iter(client.scheduler_info()["workers"]))
            needed = ("answers.evidence.triads", "session.backtest", "session.retold", "record.store.lake_filling")
            client.run(exec, f"import {', '.join(f'lynchpin.{name}' for name in needed)}")
            alone = {"workers": [first], "allow_other_workers": False}
            yield client.get_executor(pure=False, **alone), client.get_executor(pure=False)
    finally:
        for process in started:
            process.kill()
            process.wait()


def busy(crew: Any) -> float:
    """Seconds of the processor that the workers took by now."""
    return sum(crew._client.run(time.process_time).values())


def gained(what: str, call: Callable[[Any], object], crews: tuple[Any, Any], rounds: int = ROUNDS) -> float:
    """How many times as fast two are as one."""
    took: tuple[list[tuple[float, ...]], list[tuple[float, ...]]] = ([], [])
    for executor in crews if rounds > 1 else ():  # kernels are read from their caches once
        call(executor)
    for _ in range(rounds):
        for times, executor in zip(took, crews, strict=True):
            before = time.perf_counter(), time.process_time(), busy(executor)
            call(executor)
            after = time.perf_counter(), time.process_time(), busy(executor)
            times.append(tuple(end - begin for begin, end in zip(before, after, strict=True)))
    (one, own, theirs), (two, own_two, theirs_two) = map(min, took)
    print(f"\n{what}: {one:.2f} s with one worker, {two:.2f} s with two: {one / two:.2f} times as fast")
    print(
        f"  processor: {own:.2f} s here and {theirs:.2f} s by the worker; {own_two:.2f} and {theirs_two:.2f} s with two"
    )
    return one / two


@pytest.mark.slow
def test_a_backtest_of_three_hundred_dyads(store: Path, crews: tuple[Any, Any]) -> None:
    from lynchpin.session.backtest import backtest

    def call(executor: Any) -> object:
        return backtest(None, store, dyads="top:300", first="2010-01-01", last="2011-12-01", executor=executor)

    assert gained("backtest", call, crews) >= WANTED


@pytest.mark.slow
def test_twenty_triads(store: Path, crews: tuple[Any, Any]) -> None:
    from lynchpin.answers.evidence.triads import triad_claims

    def call(executor: Any) -> object:
        return triad_claims("lateral", store, on="2012-07-09", executor=executor)

    assert gained("claims --triads", call, crews) >= WANTED


@pytest.mark.slow
def test_four_million_rows(tmp_path: Path, crews: tuple[Any, Any]) -> None:
    from lynchpin.record.store import Store

    span, million = (date(2005, 1, 1), date(2012, 7, 8)), 1_000_000
    base = _gdelt.write_export(tmp_path / "0.export.CSV", million, added=span)
    files = [base] + [
        _gdelt.write_moved(base, tmp_path / f"{k}.export.CSV", first=k * million, days=109 * k, added=span)
        for k in range(1, 4)
    ]
    made: list[Path] = []

    def call(executor: Any) -> None:
        made.append(tmp_path / f"lake-{len(made)}")
        with Store.open(made[-1], create=True, parts=True) as lake:
            assert lake.ingest("gdelt", files, executor=executor).accepted > 3.9 * million

    ratio = gained("ingest", call, crews, rounds=1)
    with Store.open(made[0], read_only=True) as one, Store.open(made[1], read_only=True) as two:
        assert one.content_hash() == two.content_hash()
    assert ratio >= WANTED_OF_INGEST
