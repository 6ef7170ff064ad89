"""Who does the work makes no difference to the answer, and what goes wrong on a worker is said."""

from __future__ import annotations

import os
import pickle
import platform
import threading
import time
import warnings
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import pytest

from lynchpin import crew
from lynchpin.errors import BadValue, UnknownName


def squared(number: int) -> int:
    return number * number


def refused(number: int) -> int:
    raise UnknownName(f"no {number}", "here", "take another")


def threads_of(_: int) -> tuple[int, str]:
    return os.getpid(), os.environ["OPENBLAS_NUM_THREADS"] + os.environ["POLARS_MAX_THREADS"]


class Elsewhere(Executor):
    """A worker that sees nothing but what is pickled, and the last task first."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future, bytes]] = []
        self.cancelled = 0

    def submit(self, task, /, *args, **kwargs):
        future: Future = Future()
        future.add_done_callback(self._count)
        self.waiting.append((future, pickle.dumps((task, args))))
        if len(self.waiting) == 3:
            for waiting, packed in reversed(self.waiting):
                function, given = pickle.loads(packed)
                try:
                    waiting.set_result(function(*given))
                except Exception as error:  # as any executor hands it on
                    waiting.set_exception(pickle.loads(pickle.dumps(error)))
        return future

    def _count(self, future: Future) -> None:
        self.cancelled += future.cancelled()


def test_answers_come_in_the_order_of_the_tasks():
    told: list[tuple[int, int]] = []
    alone = crew.each(squared, [3, 1, 2], tell=lambda done, of: told.append((done, of)))
    assert alone == [9, 1, 4] and told == [(1, 3), (2, 3), (3, 3)]
    told.clear()
    assert crew.each(squared, [3, 1, 2], Elsewhere(), tell=lambda done, of: told.append((done, of))) == alone
    assert told == [(1, 3), (2, 3), (3, 3)]
    with ThreadPoolExecutor(2) as pool:
        assert crew.each(squared, [3, 1, 2], pool) == alone
    assert crew.each(squared, [], Elsewhere()) == []


def test_processes_have_one_thread_each_and_leave_nothing_behind(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    with crew.hands(2) as pool:
        found = crew.each(threads_of, [0, 1], pool)
    assert {told for _, told in found} == {"11"} and os.getpid() not in {process for process, _ in found}
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7" and "POLARS_MAX_THREADS" not in os.environ


def test_one_worker_is_this_process_and_a_given_executor_stays():
    with crew.hands(1) as pool:
        assert pool is None
    given = Elsewhere()
    with crew.hands(4, given) as pool:
        assert pool is given
    with pytest.raises(BadValue, match="0 workers"), crew.hands(0):
        pass


def test_what_a_worker_refuses_is_refused_here():
    with pytest.raises(UnknownName, match="no 3") as refusal:
        crew.each(refused, [3, 1, 2], Elsewhere())
    assert refusal.value.mend == "take another"


@pytest.mark.parametrize("last", [0, 1, 2])
def test_of_several_that_fail_the_first_task_speaks(last):
    """Whoever fails first by the clock: here each of the three in turn is done long before or after the others."""

    class Timed(Executor):
        def __init__(self) -> None:
            self.pool, self.count = ThreadPoolExecutor(3), 0

        def submit(self, task, /, *args, **kwargs):
            wait = 0.2 if self.count == last else 0.0
            self.count += 1
            return self.pool.submit(lambda: (time.sleep(wait), task(*args))[1])

    for _ in range(3):
        with pytest.raises(UnknownName, match="no 3"):
            crew.each(refused, [3, 1, 2], Timed())


def test_a_worker_of_another_version_is_refused(monkeypatch):
    here = crew.versions()
    monkeypatch.setattr(crew, "versions", lambda: here | {"numpy": "0.1"})
    with pytest.raises(BadValue, match=rf"numpy 0.1 for {here['numpy']}") as refusal:
        crew.work(here, b"never read")
    assert refusal.value.where == platform.node()


def test_a_dead_worker_is_said_so():
    class Dead(Executor):
        def submit(self, task, /, *args, **kwargs):
            raise BrokenExecutor

    with pytest.raises(BadValue, match="a worker died"):
        crew.each(squared, [1], Dead())


def test_what_is_not_begun_is_taken_back():
    """Ctrl-C while the first answer is told: the executor is left with nothing to do."""

    class Slow(Executor):
        def __init__(self) -> None:
            self.futures: list[Future] = []

        def submit(self, task, /, *args, **kwargs):
            self.futures.append(Future())
            if len(self.futures) == 1:
                self.futures[0].set_result(task(*args))
            return self.futures[-1]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    slow = Slow()
    with pytest.raises(KeyboardInterrupt):
        crew.each(squared, [1, 2, 3], slow, tell=stop)
    assert [future.cancelled() for future in slow.futures] == [False, True, True]


def test_what_a_cluster_says_is_told_in_our_words():
    class KilledWorker(Exception):
        pass

    class Broken(Executor):
        def __init__(self, error: Exception) -> None:
            self.error = error

        def submit(self, task, /, *args, **kwargs):
            future: Future = Future()
            future.set_exception(self.error)
            return future

    with pytest.raises(BadValue, match="begun on several workers"):
        crew.each(squared, [1], Broken(KilledWorker()))
    with pytest.raises(BadValue, match="lacks lynchpin"):
        crew.each(squared, [1], Broken(ModuleNotFoundError("No module named 'lynchpin'")))
    with pytest.raises(ZeroDivisionError):
        crew.each(squared, [1], Broken(ZeroDivisionError()))


class Later(Executor):
    """Workers that end one task each time they are asked for the next one by hand."""

    def __init__(self) -> None:
        self.out: list[tuple[Future, bytes]] = []
        self.most = 0

    def submit(self, task, /, *args, **kwargs):
        future: Future = Future()
        self.out.append((future, pickle.dumps((task, args))))
        self.most = max(self.most, len(self.out))
        return future

    def end_one(self) -> None:
        future, packed = self.out.pop(0)
        task, args = pickle.loads(packed)
        future.set_result(task(*args))


@pytest.mark.parametrize(("bytes_out", "most"), [(1, 1), (1 << 29, 6)])
def test_tasks_are_cut_as_there_is_room_for_them(monkeypatch, bytes_out, most):
    """Six tasks that are cut one by one; with room for one only, none is cut before the one before it is done."""
    monkeypatch.setattr(crew, "OUT_BYTES", bytes_out)
    workers, cut, told = Later(), [], []

    def tasks():
        for number in range(6):
            cut.append((number, len(told)))
            yield number

    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.002):
            if workers.out:
                workers.end_one()

    working = threading.Thread(target=work)
    working.start()
    try:
        found = crew.each(squared, tasks(), workers, of=6, tell=lambda done, of: told.append((done, of)))
    finally:
        stop.set()
        working.join()
    assert found == [0, 1, 4, 9, 16, 25] and told == [(k, 6) for k in range(1, 7)]
    if most == 1:
        assert workers.most == 1 and cut == [(k, k) for k in range(6)]
    assert [number for number, _ in cut] == list(range(6))


def test_once_a_task_fails_no_more_are_cut(monkeypatch):
    monkeypatch.setattr(crew, "OUT_BYTES", 1)
    cut = []

    def tasks():
        for number in range(6):
            cut.append(number)
            yield number

    class Now(Executor):
        def submit(self, task, /, *args, **kwargs):
            future: Future = Future()
            try:
                future.set_result(task(*args))
            except Exception as error:
                future.set_exception(error)
            return future

    with pytest.raises(UnknownName, match="no 0"):
        crew.each(refused, tasks(), Now())
    assert cut == [0]


def test_that_a_task_carries_its_rows_is_no_warning():
    class Dask(Executor):
        def submit(self, task, /, *args, **kwargs):
            warnings.warn("Sending large graph of size 31.72 MiB.\nThis may cause some slowdown.", stacklevel=2)
            future: Future = Future()
            future.set_result(task(*args))
            return future

    assert crew.each(squared, [3], Dask()) == [9]
