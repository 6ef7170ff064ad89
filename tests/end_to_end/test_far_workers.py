"""Three workers on three hosts that share no disk: the same bytes, with one killed, one slowed and one late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from helpers.hosts import Hosts, hosts, why_none
from lynchpin.record.store import Store

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_none()), reason=why_none())]

ASKED = {
    "claims": "claims lateral --triads all --on 2012-07-09 --as-of 2012-07-09 --store store",
    "sensitivity": "sensitivity northeast-asia patron_push --as-of 2012-07-09 --vary step,rows,classes,scale",
    "backtest": "backtest --dyads top:20 --store store --from 2010-07-01 --to 2012-06-01 --horizon 1m",
}


@pytest.fixture(scope="module")
def folder(northeast, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("far")
    with Store.open(folder / "store", create=True) as store:
        store.ingest("chronology", [northeast.events_file])
    return folder


@pytest.fixture(scope="module")
def three(folder):
    with hosts(folder) as made:
        yield made
        made.stop()


def begun(name: str, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "lynchpin.cli", *ASKED[name].split(), "--json", *more]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> bytes:
    out, said = process.communicate(timeout=600)
    assert process.returncode == 0, said.decode()
    return out


def kill_while_it_works(three: Hosts, number: int) -> None:
    """Kill a worker as soon as it has a task in hand."""
    with distributed.Client(three.address, set_as_default=False) as client:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            names = {address: worker["name"] for address, worker in client.scheduler_info()["workers"].items()}
            busy = {names.get(address) for address, tasks in client.processing().items() if tasks}
            if f"w{number}" in busy:
                three.workers[number].kill()
                return
            time.sleep(0.05)
    raise AssertionError("the worker never had a task")


def slow_down(three: Hosts, number: int, until: threading.Event) -> None:
    """A worker that stands still three quarters of the time."""
    process = three.workers[number].pid
    while not until.wait(0.1):
        os.kill(process, signal.SIGSTOP)
        until.wait(0.3)
        os.kill(process, signal.SIGCONT)


@pytest.mark.parametrize("name", ASKED)
def test_the_same_bytes_whatever_happens_to_the_workers(three, folder, name):
    alone = ended(begun(name, folder, *(["--workers", "1"] if name != "claims" else [])))
    assert len(alone) > 1000
    three.start(0)
    three.start(1)
    done = threading.Event()
    slowed = threading.Thread(target=slow_down, args=(three, 1, done))
    slowed.start()
    try:
        spread = begun(name, folder, "--scheduler", three.address)
        kill_while_it_works(three, 0)
        three.start(2)  # late
        assert ended(spread) == alone
    finally:
        done.set()
        slowed.join()
        three.stop()
