"""What is being worked out: one bounded queue of jobs, and answers that are kept while there is room.

An answer is known by its key, which holds the hashes of all that it is made from. `Kept.get` works one out once,
however many ask; `Work` runs jobs on a few threads, tells how far each has come, and lets it be cancelled.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from lynchpin.errors import LynchpinError

Answer = TypeVar("Answer")
State = Literal["waiting", "running", "done", "failed", "cancelled"]

#: Jobs that may wait; one more is refused, so that a crowd cannot fill the memory.
MOST_WAITING = 32
#: Jobs that are remembered once they have ended.
MOST_ENDED = 64


class Busy(Exception):
    """The queue is full: to be asked again later."""


class Late(Busy):
    """An answer takes longer than one may wait for it: it is still worked out, and to be asked for again."""


class Cancelled(BaseException):
    """Raised within a job that was cancelled, at the next thing that it tells; no `except Exception` may stop it."""


class Kept:
    """Answers by key, the least lately used given up first; an answer that is being worked out is worked out once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer of a key; `make` is called in this thread where nobody has. An error is kept by nobody."""
        with self._lock:
            answer = self._answers.get(key)
            mine = answer is None
            if answer is None:
                answer = self._answers[key] = Future()
            self._answers.move_to_end(key)
        if mine:
            try:
                answer.set_result(make())
            except BaseException as error:
                with self._lock:
                    self._answers.pop(key, None)
                # who waited besides is told so; a cancelled job is nobody else's fault, so they may ask again
                answer.set_exception(
                    error if isinstance(error, Exception) else Busy("what it waited for was cancelled")
                )
                raise
            with self._lock:
                while len(self._answers) > self._most:
                    oldest = next(iter(self._answers))
                    if not self._answers[oldest].done():
                        break
                    del self._answers[oldest]
        made: Answer = answer.result()
        return made

    def has(self, key: Hashable) -> bool:
        """Whether the answer is there already."""
        with self._lock:
            return key in self._answers and self._answers[key].done()

    def __len__(self) -> int:
        return len(self._answers)


Tell = Callable[[str, int, int], None]


@dataclass(eq=False)
class Job:
    """A piece of work: what it is, how far it has come, and its answer once it has ended."""

    id: str
    title: str
    key: Hashable
    state: State = "waiting"
    doing: str = ""
    done: int = 0
    of: int = 0
    started: float = field(default_factory=time.monotonic)
    answer: Future[Any] = field(default_factory=Future)
    wanted: bool = True

    def tell(self, doing: str, done: int, of: int) -> None:
        """What a job says of itself as it goes; raises `Cancelled` where nobody wants it any more."""
        if not self.wanted:
            raise Cancelled
        self.doing, self.done, self.of = doing, done, of

    def told(self) -> dict[str, Any]:
        """How it stands, as plain values."""
        error = self.answer.exception() if self.state == "failed" else None
        return {
            "id": self.id,
            "title": self.title,
            "state": self.state,
            "doing": self.doing,
            "done": self.done,
            "of": self.of,
            "seconds": round(time.monotonic() - self.started, 1),
            "error": None if error is None else str(error),
        }


class Work:
    """A few threads for what takes long, a few for what does not, and a list of who waits."""

    def __init__(self, threads: int = 1) -> None:
        self._long = ThreadPoolExecutor(threads, "long")
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.jobs: OrderedDict[str, Job] = OrderedDict()

    def start(self, title: str, key: Hashable, do: Callable[[Tell], Any]) -> Job:
        """Queue a job, or join the one of the same key that waits, runs, or is done.

        Raises
        ------
        Busy : too many wait
        """
        with self._lock:
            for job in self.jobs.values():
                if job.key == key and job.wanted and job.state in ("waiting", "running", "done"):
                    return job
            waiting = sum(job.state in ("waiting", "running") for job in self.jobs.values())
            if waiting >= MOST_WAITING:
                raise Busy(f"{waiting} questions wait already")
            ended = [job for job in self.jobs.values() if job.state not in ("waiting", "running")]
            for job in ended[: max(0, len(ended) - MOST_ENDED)]:
                del self.jobs[job.id]
            job = Job(str(next(self._numbers)), title, key)
            self.jobs[job.id] = job
        self._long.submit(self._run, job, do)
        return job

    def cancel(self, job: Job) -> None:
        """Nobody wants it: it ends before it starts, or at the next thing that it tells."""
        job.wanted = False
        with self._lock:
            if job.state == "waiting":
                job.state = "cancelled"

    def ahead_of(self, job: Job) -> int:
        """How many stand before it."""
        with self._lock:
            before = itertools.takewhile(lambda one: one is not job, self.jobs.values())
            return sum(one.state in ("waiting", "running") for one in before)

    def close(self) -> None:
        """Let go of the threads; what runs ends at the next thing that it tells."""
        for job in self.jobs.values():
            job.wanted = False
        self._long.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job, do: Callable[[Tell], Any]) -> None:
        with self._lock:
            if not job.wanted:
                job.state = "cancelled"
                return
            job.state = "running"
        try:
            answer = do(job.tell)
        except Cancelled:
            job.state = "cancelled"
        except Exception as error:
            job.answer.set_exception(error)
            job.state = "failed"
            if not isinstance(error, LynchpinError):
                raise
        else:
            job.answer.set_result(answer)
            job.state = "done" if job.wanted else "cancelled"


class Threads:
    """Threads that pages wait for without blocking one another; so many may wait, and no more."""

    def __init__(self, threads: int, most: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "page")
        self._lock = threading.Lock()
        self._most, self._now = most, 0

    async def run(self, do: Callable[..., Answer], *given: Any, seconds: float | None = None) -> Answer:
        """Call a function on one of the threads.

        Parameters
        ----------
        do, given : the function and what it is called with
        seconds : how long is waited for its answer; None for as long as it takes

        Raises
        ------
        Busy : too many wait
        Late : the seconds are over. Work that has begun goes on, and counts as waiting until it ends
        """
        with self._lock:
            if self._now >= self._most:
                raise Busy(f"{self._now} questions wait already")
            self._now += 1
        work = self._pool.submit(do, *given)
        work.add_done_callback(self._ended)
        answer = asyncio.wrap_future(work)
        await asyncio.wait((answer,), timeout=seconds)
        if not answer.done():
            work.cancel()  # where it has not begun
            answer.add_done_callback(lambda late: late.cancelled() or late.exception())  # told to who asks again
            raise Late(f"this takes longer than {seconds:g} s")
        return answer.result()

    def _ended(self, work: Future[Any]) -> None:
        with self._lock:
            self._now -= 1

    def begin(self, do: Callable[[], Any]) -> None:
        """Call a function on one of the threads once one is free; nobody waits for it, so nothing is queued for long.

        What goes wrong is told to whoever asks for the same.
        """
        if self._now < self._most // 2:
            self._pool.submit(do)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
