"""Whatever stops an ingestion, the store opens, holds whole files only, and a rerun ends where it should have."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lynchpin.record import sources
from lynchpin.record.store import Store

FILES, ROWS = 6, 2500
HEADER = "\t".join(sources.get("icews").columns)

#: Says "go" when all is imported, then ingests.
CHILD = """
import sys
import duckdb, polars
from lynchpin.record import sources
from lynchpin.record.store import Store
sources.sources()
print("go", flush=True)
with Store.open(sys.argv[1], create=True) as store:
    store.ingest("icews", sys.argv[2:])
print("done", flush=True)
"""

#: The same with a limit on the size of any file that it writes.
LIMITED = """
import resource, sys
from lynchpin.cli import main
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
main()
"""


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("feed")
    paths = []
    for number in range(FILES):
        lines = [HEADER]
        for row in range(ROWS):
            day = f"20{10 + number}-{row % 12 + 1:02}-{row % 28 + 1:02}" if row % 50 else "no day"
            sides = ["Japan", "", "Japan", "Consult", "040", "1", "South Korea", "", "South Korea"]
            story = [str(random.Random(row).random()) for _ in range(9)]
            lines.append("\t".join([f"{number}-{row}", day, *sides, *story]))
        paths.append(folder / f"events.{number}.tab")
        paths[-1].write_text("\n".join([*lines, ""]))
    return paths


@pytest.fixture(scope="module")
def undisturbed(feed: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """The content hash of a quiet run, and how long it takes."""
    store = tmp_path_factory.mktemp("quiet") / "s.duckdb"
    child = start(store, feed)
    began = time.monotonic()
    assert child.communicate()[0].strip() == "done"
    took = time.monotonic() - began
    return whole(store, feed), took


def start(store: Path, feed: list[Path]) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", CHILD, store, *feed], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "go\n"
    return child


def whole(store: Path, feed: list[Path]) -> str:
    """The content hash, once every file is seen to be whole or absent."""
    with Store.open(store) as opened:
        assert opened.verify() == []
        for row in opened.manifest().iter_rows(named=True):
            assert (row["read"], row["refused"]) == (ROWS, ROWS // 50)
        assert opened.events().height == opened.manifest()["accepted"].sum()
        return opened.content_hash()


def kill_and_check(moment: float, store: Path, feed: list[Path], expected: str) -> int:
    """Kill an ingestion, look at the store, run it again; how many files were in."""
    child = start(store, feed)
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    held = 0
    if store.exists():  # else the kill came before there was one
        whole(store, feed)
        with Store.open(store, read_only=True) as opened:
            held = opened.manifest().height
    with Store.open(store, create=True) as opened:
        opened.ingest("icews", feed)
    assert whole(store, feed) == expected
    return held


def killed(times: int, feed: list[Path], undisturbed: tuple[str, float], folder: Path) -> list[int]:
    expected, took = undisturbed
    moments = random.Random(1)
    return [
        kill_and_check(moments.uniform(0, took), folder / f"{number}.duckdb", feed, expected) for number in range(times)
    ]


def test_a_killed_ingest_leaves_whole_files(feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path) -> None:
    held = killed(4, feed, undisturbed, tmp_path)
    assert all(0 <= number <= FILES for number in held)


@pytest.mark.slow
def test_a_hundred_killed_ingests_leave_whole_files(
    feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path
) -> None:
    held = killed(100, feed, undisturbed, tmp_path)
    print("files that were in at the kill:", {number: held.count(number) for number in sorted(set(held))})
    assert len(set(held)) > 2, "the kills came at all sorts of moments"


def test_a_half_written_file_would_be_seen(feed: list[Path], tmp_path: Path) -> None:
    """A fault planted: the rows of a file without its record."""
    with Store.open(tmp_path / "s", create=True) as opened:
        opened.ingest("icews", feed[0])
        opened._connection.execute("DELETE FROM files").fetchall()
    with pytest.raises(AssertionError):
        whole(tmp_path / "s", feed)


def test_a_full_disk_is_a_clear_error(feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path) -> None:
    store = tmp_path / "s.duckdb"
    with Store.open(store, create=True) as opened:
        opened.ingest("icews", feed[:1])
        before = opened.content_hash()
    limit = store.stat().st_size + 20_000
    words = ["ingest", "icews", *feed, "--store", store]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "the disk is full" in done.stderr and "to mend: free some room" in done.stderr
    assert "Traceback" not in done.stderr
    with Store.open(store) as opened:
        assert opened.manifest().height < FILES
        assert opened.manifest().height > 1 or opened.content_hash() == before
    whole(store, feed)
    with Store.open(store) as opened:
        opened.ingest("icews", feed)
    assert whole(store, feed) == undisturbed[0]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a small disk needs root")
def test_a_small_disk(feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("no small disk can be made here")
    try:
        command = [sys.executable, "-m", "lynchpin.cli", "ingest", "icews", *feed, "--store", disk / "s.duckdb"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2 and "the disk is full" in done.stderr, done.stderr
        if (disk / "s.duckdb").exists():
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            whole(disk / "s.duckdb", feed)
            with Store.open(disk / "s.duckdb") as opened:
                opened.ingest("icews", feed)
            assert whole(disk / "s.duckdb", feed) == undisturbed[0]
    finally:
        subprocess.run(["umount", disk], check=True)
