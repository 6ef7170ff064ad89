"""The server is killed (SIGKILL) in the middle of an upload, a coded act and a save of a theory, at twenty moments: nothing
is half-written, and the next server starts on what is there.

Two kinds of moments. Every system call that could leave something half-done (a write, a sync, a rename, a new folder) is one:
a process that does the same work through the same functions is killed before each of them in turn. And the whole server is
killed while requests run, at moments of the clock.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

import lynchpin
from lynchpin.account.cases import Case
from lynchpin.record.store import Store
from lynchpin.session.facade import load_case
from lynchpin.web.desk import lay

ROOT = Path(lynchpin.__file__).parents[1]
MOMENTS = 20

#: What is done, in a process of its own: it is killed before the n-th call that could leave something half-done.
_WORK = """
import io, os, pathlib, shutil, signal, sys
folder, what, last = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
from lynchpin.session import coding, theory
from lynchpin.session.facade import load_case
from lynchpin.web import intake
import lynchpin.account.cases.editing, lynchpin.account.cases.drafts
case = load_case(folder / "cases/own")
text, _ = theory.drafted(case, theory.Draft("patron_push", "patron -- a : cooperation => a -> b : cooperation", "+", "60d", "C3"))
row = coding.new_row(case, {"date": "2014-03-01", "source": "KOR;JPN", "source_sector": "GOV", "target": "JPN;KOR",
    "target_sector": "GOV", "event_type": "CONSULT", "contexts": "diplomacy", "magnitude": "1.5", "summary": "Ministers meet."})
rows = b"".join(open(case.events_file, "rb").read().splitlines(keepends=True)[:2000])
calls = 0
WATCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "os.truncate", "shutil.copyfile"}
def watch(event, args):
    global calls
    if event in WATCHED and (event != "open" or not isinstance(args[2], int) or args[2] & (os.O_WRONLY | os.O_RDWR)):
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
fsync = os.fsync
def synced(handle):
    watch("os.rename", ())
    fsync(handle)
os.fsync = synced
sys.addaudithook(watch)
if what == "save":
    theory.save(case, text, "saved", folder / "cases")
elif what == "append":
    coding.append(case, row)
else:
    intake.keep(io.BytesIO(rows), "own.csv", folder / "uploads/mine/auto")
print(calls)
"""


@pytest.fixture
def desk_folder(northeast: Case, tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    shutil.copytree(northeast.path.parent, folder / "cases/own", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return folder


def whole_or_unchanged(folder: Path, before: bytes) -> None:
    """Every case reads, the chronology is as it was or whole rows longer, an upload is whole, and no leftover is in the way."""
    for home in (folder / "cases").iterdir():
        assert load_case(home / "case.toml").events_file is not None
        assert {file.name for file in (folder / "cases/own").iterdir() if not file.name.startswith(".")} <= {
            file.name for file in home.iterdir()
        }
    now = (folder / "cases/own/events.csv").read_bytes()
    assert now.startswith(before)
    added = now.removeprefix(before).decode()
    assert added == "" or added.endswith("\n")
    columns = len(before.split(b"\n")[0].split(b","))
    assert all(len(row) == columns for row in csv.reader(added.splitlines()))
    for store in folder.glob("stores/*.duckdb"):
        with Store.open(store, read_only=True) as opened:
            assert opened.refused().height == 0
    for file in folder.glob("uploads/*/*/*"):
        assert not file.name.startswith(".")
        assert file.read_bytes().endswith(b"\n")
    desk = lay([], [], folder)  # what a server does first
    assert {home.name for home in (folder / "cases").iterdir()} <= set(desk.cases)
    desk.close()


def do(folder: Path, what: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WORK, str(folder), what, str(last)],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def killed_before_each_call(folder: Path, what: str, moments: Callable[[int], range]) -> None:
    before = (folder / "cases/own/events.csv").read_bytes()
    pristine = folder.parent / "pristine"
    shutil.copytree(folder, pristine)
    whole = do(folder, what, 0)
    assert whole.returncode == 0, whole.stderr
    calls = int(whole.stdout)
    assert calls > 3
    for last in moments(calls):
        shutil.rmtree(folder)
        shutil.copytree(pristine, folder)
        assert do(folder, what, last).returncode == -signal.SIGKILL
        whole_or_unchanged(folder, before)
        if not (folder / "cases/saved").exists():  # it was whole when the process was killed: its name is taken
            again = do(folder, what, 0)  # what is left over blocks nobody
            assert again.returncode == 0, again.stderr
            whole_or_unchanged(folder, before)


@pytest.mark.parametrize(
    "what", ["append", pytest.param("save", marks=pytest.mark.slow), pytest.param("upload", marks=pytest.mark.slow)]
)
def test_killed_at_the_worst_moment(desk_folder: Path, what: str) -> None:
    """Before the last call: that moves all into its place, or tidies up."""
    killed_before_each_call(desk_folder, what, lambda calls: range(calls, calls + 1))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["save", "append", "upload"])
def test_killed_before_any_call(desk_folder: Path, what: str) -> None:
    """Twenty moments, or every one where there are fewer."""
    killed_before_each_call(desk_folder, what, lambda calls: range(1, calls + 1, max(1, calls // MOMENTS)))


# -- The whole server, while requests run.


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with subprocess.Popen(
        [sys.executable, "-m", "lynchpin.cli", "serve", "--port", "0", "--dir", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1].rstrip("/"), process
        finally:
            process.kill()
            process.wait(20)


def asked(address: str, what: str, rows: bytes, number: int) -> None:
    """One request of a kind; the server may be gone before it answers."""
    with suppress(httpx.HTTPError):
        if what == "upload":
            given = {"store": f"store-{number}", "source": "auto"}
            httpx.post(f"{address}/data/upload", data=given, files={"file": ("own.csv", rows)}, timeout=30)
        elif what == "append":
            row = {
                "date": "2014-03-01", "source": "JPN;KOR", "source_sector": "GOV", "target": "JPN;KOR", "target_sector": "GOV",
                "event_type": "CONSULT", "contexts": "diplomacy", "magnitude": "1.5", "summary": f"Ministers meet, {number}.",
            }  # fmt: skip
            httpx.post(f"{address}/code?case=own", data=row, timeout=30)
        else:
            draft = {
                "name": "patron_push", "says": "patron -- a : cooperation => a -> b : cooperation", "expect": "+",
                "half_life": "60d", "claim": "C3", "save_as": f"saved-{number}",
            }  # fmt: skip
            httpx.post(f"{address}/theory?case=own", data=draft, timeout=30)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["upload", "append", "save"])
def test_a_server_that_is_killed_leaves_nothing_half_written(desk_folder: Path, northeast: Case, what: str) -> None:
    assert northeast.events_file is not None
    rows = b"".join(northeast.events_file.read_bytes().splitlines(keepends=True)[:300])
    before = (desk_folder / "cases/own/events.csv").read_bytes()
    done = 0
    for moment in range(MOMENTS // 2):
        with serving(desk_folder) as (address, process):
            asked(address, what, rows, 100 * moment + 99)  # one is whole, however busy the machine is
            begun = threading.Thread(
                target=lambda address=address, moment=moment: [
                    asked(address, what, rows, 100 * moment + k) for k in range(20)
                ]
            )
            begun.start()
            time.sleep(0.15 + 0.11 * moment)
            process.send_signal(signal.SIGKILL)
            process.wait(20)
            begun.join()
        now = (desk_folder / "cases/own/events.csv").read_bytes()
        assert now.startswith(before)
        added = list(csv.reader(now.removeprefix(before).decode().splitlines()))
        assert all(len(row) == len(before.split(b"\n")[0].split(b",")) for row in added)
        ids = [row[0] for row in added]
        assert len(ids) == len(set(ids))
        whole_or_unchanged(desk_folder, now)
        done = len(ids) + len(list(desk_folder.glob("cases/saved*"))) + len(list(desk_folder.glob("uploads/*/*/*")))
    assert done  # some of it was there to be broken
    with serving(desk_folder) as (address, _):
        answer = httpx.get(f"{address}/data", timeout=60)
        assert answer.status_code == 200
        assert re.search(r"<h1>", answer.text)
