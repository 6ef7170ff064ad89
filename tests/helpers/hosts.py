"""Hosts of our own on one machine: network namespaces with a bridge between them, each seeing nothing of the test's folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NET, HERE, PORT = "10.77.0", "10.77.0.1", 8799
BRIDGE = "lynchpin0"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS"), "1")


def why_none() -> str:
    """Why no hosts can be made here; "" where they can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        return "there is no ip or no unshare"
    made = subprocess.run(["ip", "netns", "add", "lynchpin-try"], capture_output=True, check=False).returncode == 0
    subprocess.run(["ip", "netns", "del", "lynchpin-try"], capture_output=True, check=False)
    return "" if made else "network namespaces cannot be made here"


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


@dataclass
class Hosts:
    """A scheduler on this host, and workers on others; `hidden` is a folder that they do not see."""

    hidden: Path
    workers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"tcp://{HERE}:{PORT}"

    def start(self, number: int) -> None:
        """A worker on host `number`, with one thread."""
        command = (
            f"mount -t tmpfs none {self.hidden} && cd {self.hidden} && exec {sys.executable} -m distributed.cli.dask_worker "
            f"{self.address} --nthreads 1 --no-nanny --no-dashboard --name w{number} --local-directory {self.hidden}"
        )
        environment = {**os.environ, **ONE_THREAD}
        inside = ["ip", "netns", "exec", f"lynchpin{number}", "unshare", "-m", "sh", "-c", command]
        self.workers[number] = subprocess.Popen(
            inside, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self.workers.clear()


@contextmanager
def hosts(hidden: Path, count: int = 3) -> Iterator[Hosts]:
    """So many hosts beside this one, and a scheduler here."""
    scheduler = None
    made = Hosts(hidden)
    try:
        ip(f"link add {BRIDGE} type bridge")
        ip(f"addr add {HERE}/24 dev {BRIDGE}")
        ip(f"link set {BRIDGE} up")
        for k in range(count):
            ip(f"netns add lynchpin{k}")
            ip(f"link add lyh{k} type veth peer name lyg{k}")
            ip(f"link set lyh{k} master {BRIDGE}")
            ip(f"link set lyh{k} up")
            ip(f"link set lyg{k} netns lynchpin{k}")
            ip(f"-n lynchpin{k} addr add {NET}.{10 + k}/24 dev lyg{k}")
            ip(f"-n lynchpin{k} link set lyg{k} up")
            ip(f"-n lynchpin{k} link set lo up")
        words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", HERE, "--port", str(PORT)]
        scheduler = subprocess.Popen(
            [*words, "--no-dashboard", "--no-show"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        yield made
    finally:
        made.stop()
        if scheduler is not None:
            scheduler.kill()
            scheduler.wait()
        for k in range(count):
            subprocess.run(["ip", "netns", "del", f"lynchpin{k}"], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", BRIDGE], capture_output=True, check=False)
