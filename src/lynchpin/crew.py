"""Who does the work: this process, processes of this machine, or any executor, such as that of a dask scheduler.

Work is cut into tasks that carry all they need, so workers share no disk. Answers come back in the order of the tasks
and are the same whoever did them: a task never asks where it runs.
"""

from __future__ import annotations

import os
import pickle
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any, TypeVar

from lynchpin.errors import BadValue, LynchpinError

T = TypeVar("T")
R = TypeVar("R")

#: What must be the same here and on a worker for the digits to be the same.
MATTERS = ("lynchpin", "numpy", "polars")

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
    tasks: Sequence[T],
    executor: Executor | None = None,
    *,
    tell: Callable[[int, int], None] | None = None,
) -> list[R]:
    """What a function makes of every task, in the order of the tasks.

    Parameters
    ----------
    function : a function of a module, so that its name tells a worker which
    tasks : what each call is handed; where there is an executor it can be pickled
    executor : any concurrent.futures.Executor, `distributed.Client().get_executor()` too; None for this process
    tell : called after each task with how many are done, and how many there are

    Raises
    ------
    BadValue : a worker has another version of what makes the digits, lacks the package, or died too often
    what the function raises : of the first task that fails, in the order of the tasks and not of the clock
    """
    if executor is None:
        done = []
        for task in tasks:
            done.append(function(task))
            if tell is not None:
                tell(len(done), len(tasks))
        return done
    here, is_here = versions(), isinstance(executor, ThreadPoolExecutor)
    futures: list[Future[Any]] = []
    try:
        for task in tasks:
            packed = (function, task) if is_here else pickle.dumps((function, task), protocol=5)
            futures.append(executor.submit(work, here, packed))
        for count, future in enumerate(as_completed(futures), 1):
            if future.exception() is not None:
                for later in futures[futures.index(future) + 1 :]:
                    later.cancel()
                break
            if tell is not None:
                tell(count, len(tasks))
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
