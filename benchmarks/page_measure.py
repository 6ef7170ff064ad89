"""Measures the page as who waits for it: `python benchmarks/page_measure.py [NAME...]`, over HTTP, of a fresh process.

    start     seconds from starting the command to the address, and to the whole first page, kernels compiled
    warm      seconds for the first page again
    what-if   2,000 pairs of paths, each question new: one client, then 8 at once
    theory    a mechanism edited: seconds to the ratio of its new row
    day       a day not asked before: the state of play, then every part, and the page's longest answer meanwhile
    memory    resident bytes after the first 200 requests and after 2,000 more (not unless named: minutes)

Medians; the load of the machine stands beside them, for every second here is a second shared, and the seconds of work
that the server took for each, which no other load lengthens much.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
USUAL = ("start", "warm", "what-if", "theory", "day")
PARTS = ("head", "moves", "outlook", "agreements", "method")


@contextmanager
def serving(folder: str) -> Iterator[tuple[str, float, subprocess.Popen[str]]]:
    """A server of its own: its address, the seconds until it said so, and its process."""
    began = time.perf_counter()
    words = [sys.executable, "-m", "lynchpin.cli", "serve", "--port", "0", "--dir", folder]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}
    ) as server:
        assert server.stdout is not None
        try:
            address = server.stdout.readline().split()[-1].rstrip("/")
            yield address, time.perf_counter() - began, server
        finally:
            server.terminate()
            server.wait(20)


def took(do: Callable[[], httpx.Response]) -> float:
    """Seconds until an answer is there; anything but 200 ends the measurement."""
    began = time.perf_counter()
    answer = do()
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, (answer.request.url, answer.status_code, answer.text[:300])
    assert 'class="error"' not in answer.text, answer.text[:300]
    return seconds


def worked(process: subprocess.Popen[str]) -> float:
    """Seconds of work of a process so far, on all cores."""
    after_name = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def say(name: str, seconds: list[float] | float, bar: str, work: float | None = None) -> None:
    several = sorted(seconds) if isinstance(seconds, list) else [seconds]
    p95 = several[min(len(several) - 1, int(0.95 * len(several)))]
    more = f", p95 {p95:.2f}, of {len(several)}" if len(several) > 1 else ""
    more += f", work {work / len(several):.2f} s each" if work is not None else ""
    print(f"{name}: {statistics.median(several):.2f} s{more} (bar: {bar}; load {os.getloadavg()[0]:.1f})", flush=True)


def start(runs: int = 3) -> None:
    said, whole, work = [], [], 0.0
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            with serving(folder) as (address, seconds, server):
                took(lambda: httpx.get(f"{address}/", timeout=120))
                whole.append(time.perf_counter() - began)
                said.append(seconds)
                work += worked(server)
    say("start to the address", said, "none")
    say("start to the first page", whole, "6", work)


def warm(ask: httpx.Client, server: subprocess.Popen[str]) -> None:
    before = worked(server)
    seconds = [took(lambda: ask.get("/")) for _ in range(9)]
    say("first page again", seconds, "1", worked(server) - before)


def what_if(ask: httpx.Client, server: subprocess.Popen[str]) -> None:
    took(lambda: ask.get("/whatif/answer", params={"dial.patron_push": "1.01"}))  # the baseline is there from here on
    numbers = iter(range(10_000))

    def one(client: httpx.Client) -> float:
        return took(
            lambda: client.get("/whatif/answer", params={"dial.patron_push": f"{1.1 + next(numbers) / 1000:.3f}"})
        )

    before = worked(server)
    alone = [one(ask) for _ in range(15)]
    say("what-if, one client", alone, "0.6", worked(server) - before)
    clients = [httpx.Client(base_url=ask.base_url, timeout=120) for _ in range(8)]
    seconds: list[float] = []
    before = worked(server)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(6):
            seconds += pool.map(one, clients)
    say("what-if, 8 at once", seconds, "1.5, p95 2.5", worked(server) - before)


def theory(ask: httpx.Client, server: subprocess.Popen[str]) -> None:
    def edited(weight: int) -> float:
        draft = {
            "name": "patron_push", "expect": "+", "half_life": f"{60 + weight}d", "claim": "C3",
            "says": "patron -- a : cooperation => a -> b : security_cooperation",
        }  # fmt: skip
        began = time.perf_counter()
        took(lambda: ask.post("/theory/check", data=draft))
        row = ask.post("/theory/row", data=draft)
        assert row.status_code == 200 and "×" in row.text, row.text[:300]
        return time.perf_counter() - began

    before = worked(server)
    seconds = [edited(k) for k in range(7)]
    say("theory edit to the number", seconds, "2.5", worked(server) - before)


def day(ask: httpx.Client, server: subprocess.Popen[str]) -> None:
    before = worked(server)
    state, whole, longest = [], [], []
    for asked in ("2011-03-11", "2012-07-09", "2014-10-02", "2016-02-03", "2018-01-15"):
        done = threading.Event()
        meanwhile: list[float] = []

        def knock(done: threading.Event = done, meanwhile: list[float] = meanwhile) -> None:
            with httpx.Client(base_url=ask.base_url, timeout=120) as other:
                while not done.wait(0.1):
                    meanwhile.append(took(lambda: other.get("/events", params={"state": "PRK"})))

        knocking = threading.Thread(target=knock)
        began = time.perf_counter()
        first = ask.get("/", params={"as_of": asked}, headers={"sec-fetch-mode": "navigate"})  # as a browser says
        state.append(time.perf_counter() - began)
        knocking.start()
        paths = re.findall(r'hx-get="(/part/[^"]+)"', first.text)
        assert len(paths) >= len(PARTS), paths
        with ThreadPoolExecutor(len(paths)) as pool:
            list(pool.map(lambda path: took(lambda: ask.get(path.replace("&amp;", "&"))), paths))
        whole.append(time.perf_counter() - began)
        done.set()
        knocking.join()
        longest += [max(meanwhile)] if meanwhile else []
    say("a new day: state of play", state, "1")
    say("a new day: all of it", whole, "4", worked(server) - before)
    say("the longest that another page took meanwhile", longest, "none")


def memory(ask: httpx.Client, process: subprocess.Popen[str]) -> None:
    first = last = 0
    for number in range(2_200):
        took(lambda number=number: ask.get(*ROUND[number % len(ROUND)](number)))
        if number == 199:
            first = resident(process.pid)
    last = resident(process.pid)
    said = f"{first >> 20} MB after 200 requests, {last >> 20} MB after 2,000 more"
    print(f"memory: {said}: {last / first - 1:+.1%} (bar: 5 %)")


def resident(pid: int) -> int:
    """Bytes that a process holds in memory."""
    held = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert held is not None
    return int(held[1]) << 10


#: What is asked in turn where memory is watched: light and heavy, old questions and new ones.
ROUND: tuple[Callable[[int], tuple[str]], ...] = (
    lambda n: ("/",),
    lambda n: (f"/events?state=PRK&page={1 + n % 5}",),
    lambda n: ("/relations",),
    lambda n: (f"/whatif/answer?dial.patron_push={1.1 + n / 10_000:.3f}",),
    lambda n: ("/theory?mechanism=patron_push",),
    lambda n: (f"/api/events?as_of={2000 + n % 18}-01-01&limit=50",),
    lambda n: (f"/events.csv?state=KOR&text=word{n}",),
    lambda n: ("/whatif",),
    lambda n: ("/data",),
    lambda n: (f"/relations?as_of={2003 + n // 100 % 20}-07-09",),
)


def main(names: tuple[str, ...]) -> None:
    if "start" in names:
        start()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(folder) as (address, _, process),
        httpx.Client(base_url=address, timeout=300) as ask,
    ):
        took(lambda: ask.get("/"))
        took(lambda: ask.get("/", params={"whole": "1"}))
        for name, do in {"warm": warm, "what-if": what_if, "theory": theory, "day": day, "memory": memory}.items():
            if name in names:
                do(ask, process)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or USUAL)
