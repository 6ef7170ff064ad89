"""Who does the work: this process, processes of this machine, or any executor, such as that of a dask scheduler.

Work is cut into tasks that carry all they need, so workers share no disk. Answers come back in the order of the tasks
and are the same whoever did them: a task never asks where it runs.
"""

from __future__ import annotations

import os
import pickle
import platform
import warnings
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any, TypeVar

from lynchpin.errors import BadValue, LynchpinError

T = TypeVar("T")
R = TypeVar("R")

#: What must be the same here and on a worker for the digits to be the same.
MATTERS = ("lynchpin", "numpy", "polars")

#: Bytes of tasks that are out, at most (one task may be more): they lie in memory here and with a scheduler.
OUT_BYTES = 1 << 29

#: Each worker has one thread: two that share a machine do not wait for each other, and sums have one order.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"), "1")


@cache
def versions() -> dict[str, str]:
    """The versions of what makes the digits, in this process."""
    return {**{name: version(name) for name in MATTERS}, "python": platform.python_version()}


@contextmanager
def hands(workers: int = 1, executor: Executor | None = None) -> Iterator[Executor | None]:
    """The executor that is given; else processes of this machine, each with one thread.

    Parameters
    ----------
    workers : int, 1 or more; of one nothing is made: None is handed on, and this process does the work
    executor : any concurrent.futures.Executor; it is whole afterwards

    Raises
    ------
    BadValue : fewer than one
    """
    if workers < 1:
        raise BadValue(f"{workers} workers", "workers", "ask for 1 or more")
    if executor is not None or workers == 1:
        yield executor
        return
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)  # a process that is spawned takes what stands here
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def each(
    function: Callable[[T], R],
    tasks: Iterable[T],
    executor: Executor | None = None,
    *,
    of: int | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> list[R]:
    """What a function makes of every task, in the order of the tasks.

    Tasks may be cut one by one, as a generator does: then workers begin while others are still cut, and what waits for
    them is no more than `OUT_BYTES`.

    Parameters
    ----------
    function : a function of a module, so that its name tells a worker which
    tasks : what each call is handed; where there is an executor it can be pickled
    executor : any concurrent.futures.Executor, `distributed.Client().get_executor()` too; None for this process
    of : how many tasks there are, where they are no sequence
    tell : called after each task with how many are done, and how many there are

    Raises
    ------
    BadValue : a worker has another version of what makes the digits, lacks the package, or died too often
    what the function raises : of the first task that fails, in the order of the tasks and not of the clock
    """
    total = of if of is not None else len(tasks) if isinstance(tasks, Sized) else 0
    if executor is None:
        done = []
        for task in tasks:
            done.append(function(task))
            if tell is not None:
                tell(len(done), total)
        return done
    futures: list[Future[R]] = []
    try:
        _send(function, iter(tasks), executor, futures, None if tell is None else lambda done: tell(done, total))
        return [future.result() for future in futures]  # of several that fail, the first task speaks, as it does here
    except LynchpinError:
        raise
    except (BrokenExecutor, CancelledError):
        raise BadValue(
            "a worker died, perhaps for want of memory", "workers", "take fewer, or give each more"
        ) from None
    except Exception as error:
        raise _told(error) from error
    finally:
        for future in futures:
            future.cancel()


def called(task: tuple[Callable[[Any], Any], Any]) -> Any:
    """A function of what stands beside it: for `each`, where tasks are of several kinds."""
    function, given = task
    return function(given)


def _send(
    function: Callable[[T], R],
    tasks: Iterator[T],
    executor: Executor,
    futures: list[Future[R]],
    tell: Callable[[int], None] | None,
) -> None:
    """Send tasks out as they are cut, and wait until all are done; once one fails, only those before it are."""
    here, is_here = versions(), isinstance(executor, ThreadPoolExecutor)
    bytes_of: dict[Future[R], int] = {}  # of the tasks that are out
    ended: SimpleQueue[Future[R]] = SimpleQueue()
    out, has_failed = 0, False
    while True:
        for task in () if has_failed else tasks:
            packed = (function, task) if is_here else pickle.dumps((function, task), protocol=5)
            with (
                warnings.catch_warnings()
            ):  # a task carries its rows, so that workers share no disk: dask need not say so
                warnings.filterwarnings("ignore", message="Sending large graph")
                future: Future[R] = executor.submit(work, here, packed)
            futures.append(future)
            bytes_of[future] = len(packed) if isinstance(packed, bytes) else 0
            future.add_done_callback(ended.put)
            out += bytes_of[future]
            if out >= OUT_BYTES:
                break
        if not bytes_of:
            return
        while (done := ended.get()) not in bytes_of:  # what was taken back
            pass
        out -= bytes_of.pop(done)
        if done.cancelled() or done.exception() is not None:
            has_failed = True
            for later in futures[futures.index(done) + 1 :]:
                later.cancel()
                out -= bytes_of.pop(later, 0)
        elif not has_failed and tell is not None:
            tell(len(futures) - len(bytes_of))


def work(here: dict[str, str], packed: bytes | tuple[Callable[[Any], Any], Any]) -> Any:
    """Runs on a worker: the task, if what makes the digits is the same there.

    Parameters
    ----------
    here : what `versions` says where the work was cut
    packed : a function and its task; bytes, which another version of them could not even read

    Raises
    ------
    BadValue : a version differs
    """
    there = versions()
    other = [f"{name} {there.get(name)} for {mine}" for name, mine in here.items() if there.get(name) != mine]
    if other:
        raise BadValue(
            f"a worker has another version: {', '.join(other)}",
            platform.node(),
            "install on every worker what is installed here; other versions would give other digits",
        )
    function, task = pickle.loads(packed) if isinstance(packed, bytes) else packed
    return function(task)


def _told(error: Exception) -> Exception:
    """An error of the cluster in our words; any other as it is."""
    chain: list[BaseException] = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None and before not in chain:
        chain.append(before)
    if any(type(one).__name__ == "KilledWorker" for one in chain):
        return BadValue(
            "a task was begun on several workers, and each died",
            "scheduler",
            "give workers more memory, or look at their logs",
        )
    if any("No module named 'lynchpin" in str(one) for one in chain):
        return BadValue(
            "a worker lacks lynchpin, or has an older one",
            "scheduler",
            f"install lynchpin {version('lynchpin')} where each worker runs",
        )
    return error
