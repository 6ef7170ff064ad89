"""The queue and what is kept: each question once, a bounded number, progress, and calling off."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from lynchpin.errors import BadValue
from lynchpin.web.work import MOST_WAITING, Busy, Kept, Late, Threads, Work


def until(done: Any, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_answer_is_worked_out_once_however_many_ask() -> None:
    kept, calls, gate = Kept(4), [], threading.Event()

    def make() -> int:
        calls.append(1)
        gate.wait(5)
        return 7

    got: list[int] = []
    askers = [threading.Thread(target=lambda: got.append(kept.get("key", make))) for _ in range(5)]
    for asker in askers:
        asker.start()
    gate.set()
    for asker in askers:
        asker.join()
    assert got == [7] * 5
    assert len(calls) == 1


def test_the_least_lately_used_is_given_up_first() -> None:
    kept = Kept(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: 1)
    assert [kept.has(key) for key in ("a", "b", "c")] == [True, False, True]
    assert len(kept) == 2


def test_an_error_is_kept_by_nobody() -> None:
    kept = Kept(2)
    with pytest.raises(BadValue):
        kept.get("a", lambda: (_ for _ in ()).throw(BadValue("no")))
    assert kept.get("a", lambda: 3) == 3


def test_a_job_tells_how_far_it_has_come() -> None:
    work, gate = Work(), threading.Event()

    def do(tell: Any) -> str:
        tell("half", 1, 2)
        gate.wait(5)
        return "answer"

    job = work.start("a job", "key", do)
    assert work.start("again", "key", do) is job
    until(lambda: job.done == 1)
    assert job.told() | {"seconds": 0} == {
        "id": "1", "title": "a job", "state": "running", "doing": "half", "done": 1, "of": 2, "seconds": 0, "error": None,
    }  # fmt: skip
    gate.set()
    assert job.answer.result(5) == "answer"
    until(lambda: job.state == "done")
    work.close()


def test_a_job_that_is_called_off_ends() -> None:
    work, started = Work(), threading.Event()

    def forever(tell: Any) -> None:
        started.set()
        while True:
            tell("on and on", 0, 0)
            time.sleep(0.01)

    running, waiting = work.start("one", 1, forever), work.start("two", 2, forever)
    started.wait(5)
    assert work.ahead_of(waiting) == 1
    work.cancel(waiting)
    work.cancel(running)
    until(lambda: running.state == "cancelled")
    assert waiting.state == "cancelled"
    assert work.start("one", 1, lambda tell: 5).answer.result(5) == 5  # asked anew
    work.close()


def test_no_more_wait_than_may() -> None:
    work, gate = Work(), threading.Event()
    for number in range(MOST_WAITING):
        work.start("x", number, lambda tell: gate.wait(5))
    with pytest.raises(Busy):
        work.start("x", "one more", lambda tell: None)
    gate.set()
    work.close()


def test_a_job_says_what_went_wrong() -> None:
    work = Work()

    def wrong(tell: Any) -> None:
        raise BadValue("not so", "here", "otherwise")

    job = work.start("x", 1, wrong)
    until(lambda: job.state == "failed")
    assert job.told()["error"] == "not so\n  where: here\n  to mend: otherwise"
    work.close()


# -- Threads that pages wait for.


def test_who_waits_too_long_is_told_and_the_work_goes_on() -> None:
    """What has begun is finished, and counts as waiting until then; what has not begun is never done."""
    threads, gate, done = Threads(1, 2), threading.Event(), []

    def slow() -> int:
        gate.wait(5)
        done.append("slow")
        return 7

    async def ask() -> None:
        with pytest.raises(Late, match=r"longer than 0\.05 s"):
            await threads.run(slow, seconds=0.05)
        with pytest.raises(Late):
            await threads.run(lambda: done.append("never"), seconds=0.05)  # the one thread is taken
        assert threads._now == 1
        with pytest.raises(Busy):
            threads._now = 2
            await threads.run(slow)
        threads._now = 1
        gate.set()
        assert await threads.run(lambda: 3, seconds=5.0) == 3

    asyncio.run(ask())
    until(lambda: threads._now == 0)
    assert done == ["slow"]
    threads.close()


def test_an_error_reaches_who_waits() -> None:
    threads = Threads(1, 2)

    def wrong() -> None:
        raise BadValue("not so")

    async def ask() -> None:
        with pytest.raises(BadValue, match="not so"):
            await threads.run(wrong, seconds=5.0)

    asyncio.run(ask())
    until(lambda: threads._now == 0)
    threads.close()


def test_what_is_begun_ahead_is_done_while_few_wait() -> None:
    threads, gate, done = Threads(1, 4), threading.Event(), []
    threads.begin(lambda: done.append(1))
    until(lambda: done == [1])
    threads._now = 2
    threads.begin(lambda: done.append(2))  # half of those that may wait do: nothing is begun ahead of them
    threads._now = 0
    threads.begin(gate.set)
    assert gate.wait(5)
    assert done == [1]
    threads.close()
