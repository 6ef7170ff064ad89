"""Whatever stops an ingestion, the store opens, holds whole files only, and a rerun ends where it should have."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.store import Store, upkeep

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


#: Says "go" when all is imported, then does one thing to a store that holds the feed.
VERBS = """
import sys
import duckdb, polars
from pathlib import Path
from lynchpin.record.store import Store
verb, path, to = sys.argv[1:]
print("go", flush=True)
if verb == "compact":
    Store.compact(path)
else:
    with Store.open(path, read_only=True) as store:
        store.export(to)
print("done", flush=True)
"""


def start_verb(verb: str, store: Path, to: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", VERBS, verb, store, to], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "go\n"
    return child


def kill_verb_and_check(verb: str, moment: float, folder: Path, store: Path, expected: str) -> bool:
    """Kill a compaction or an export, look at what is there, run it again; whether the kill came before it was done."""
    child = start_verb(verb, store, folder / "out")
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    was_cut = "done" not in child.communicate()[0]
    with Store.open(store, read_only=True) as opened:
        assert opened.verify() == [] and opened.content_hash() == expected
    if verb == "export":
        if not (folder / "out").exists():
            child = start_verb(verb, store, folder / "out")
            assert "done" in child.communicate()[0]
        with Store.open(folder / "again", create=True) as opened:
            opened.ingest(None, folder / "out")
            assert opened.content_hash() == expected
        (folder / "again").unlink()
        shutil.rmtree(folder / "out")
    else:
        Store.compact(store)
        with Store.open(store) as opened:
            assert opened.verify() == [] and opened.content_hash() == expected
    left = sorted(file.name for file in folder.iterdir())
    assert left == [store.name], left
    return was_cut


@pytest.fixture
def filled(feed: list[Path], tmp_path: Path) -> Path:
    """A store with the feed in it, alone in its folder."""
    with Store.open(tmp_path / "s.duckdb", create=True) as opened:
        opened.ingest("icews", feed)
    return tmp_path / "s.duckdb"


def kills(verb: str, times: int, store: Path, expected: str) -> int:
    child = start_verb(verb, store, store.parent / "out")
    began = time.monotonic()
    child.communicate()
    took = time.monotonic() - began
    shutil.rmtree(store.parent / "out", ignore_errors=True)
    moments = random.Random(2)
    return sum(kill_verb_and_check(verb, moments.uniform(0, took), store.parent, store, expected) for _ in range(times))


@pytest.mark.parametrize("verb", ["compact", "export"])
def test_a_killed_verb_leaves_a_whole_store(verb: str, filled: Path, undisturbed: tuple[str, float]) -> None:
    kills(verb, 1, filled, undisturbed[0])


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["compact", "export"])
def test_thirty_five_kills_leave_a_whole_store(verb: str, filled: Path, undisturbed: tuple[str, float]) -> None:
    cut = kills(verb, 35, filled, undisturbed[0])
    print(f"{verb}: {cut} of 35 kills came before it was done")
    assert cut > 10


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
    left = [file.name for file in store.parent.iterdir() if file.name.startswith((f".{store.name}", f"{store.name}."))]
    assert left == [], "nothing is left beside it"
    return held


def killed(times: int, feed: list[Path], undisturbed: tuple[str, float], folder: Path) -> list[int]:
    expected, took = undisturbed
    moments = random.Random(1)
    return [
        kill_and_check(moments.uniform(0, took), folder / f"{number}.duckdb", feed, expected) for number in range(times)
    ]


def test_a_killed_ingest_leaves_whole_files(feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path) -> None:
    held = killed(2, feed, undisturbed, tmp_path)
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


def on_a_small_disk(kilobytes: int, feed: list[Path], disk: Path, expected: str) -> str:
    """Ingest on a disk of that size, then with room; what was there in between: nothing, a store, or all of it."""
    disk.mkdir()
    size = f"size={kilobytes}k"
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("no small disk can be made here")
    try:
        command = [sys.executable, "-m", "lynchpin.cli", "ingest", "icews", *feed, "--store", disk / "s.duckdb"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        was = "whole" if done.returncode == 0 else "nothing"
        if done.returncode:
            assert done.returncode == 2 and "the disk is full" in done.stderr, done.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        if (disk / "s.duckdb").exists():
            whole(disk / "s.duckdb", feed)
            with Store.open(disk / "s.duckdb", read_only=True) as opened:
                assert opened.manifest().height > 0, "an empty store is not left"
                was = "whole" if done.returncode == 0 else "part"
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert whole(disk / "s.duckdb", feed) == expected
        assert [file.name for file in disk.iterdir()] == ["s.duckdb"]
    finally:
        subprocess.run(["umount", disk], check=True)
    return was


needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a small disk needs root")


@needs_root
@pytest.mark.parametrize("kilobytes", [200])  # others below, with the slow ones
def test_a_small_disk(kilobytes: int, feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path) -> None:
    """A first ingestion on a full disk left a file that nothing could open."""
    on_a_small_disk(kilobytes, feed, tmp_path / "disk", undisturbed[0])


@pytest.mark.slow
@needs_root
def test_twenty_small_disks(feed: list[Path], undisturbed: tuple[str, float], tmp_path: Path) -> None:
    sizes = [
        16,
        64,
        128,
        256,
        300,
        400,
        512,
        640,
        800,
        1000,
        1500,
        2000,
        2500,
        3000,
        3500,
        4000,
        5000,
        6000,
        8000,
        12000,
    ]
    seen = {size: on_a_small_disk(size, feed, tmp_path / f"{size}", undisturbed[0]) for size in sizes}
    print("disk in KB, and what it held after the first try:", seen)
    assert set(seen.values()) >= {"nothing", "whole"}


def test_a_failed_ingest_leaves_no_empty_store(feed: list[Path], tmp_path: Path) -> None:
    """A wrong path left a store that other commands then took for a record without events."""
    with pytest.raises(BadData, match="no such file"), Store.open(tmp_path / "s", create=True) as opened:
        opened.ingest("icews", tmp_path / "nothing.tab")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyboardInterrupt), Store.open(tmp_path / "s", create=True) as opened:
        opened.ingest("icews", feed[0])
        raise KeyboardInterrupt
    with Store.open(tmp_path / "s") as opened:  # what came in stays, and a store that was there stays
        assert opened.manifest().height == 1
    with pytest.raises(BadData), Store.open(tmp_path / "s", create=True) as opened:
        opened.ingest("icews", tmp_path / "nothing.tab")
    assert (tmp_path / "s").exists()


@pytest.mark.parametrize(
    "after", ["0", pytest.param("0.05", marks=pytest.mark.slow), pytest.param("0.3", marks=pytest.mark.slow)]
)
def test_an_interrupt_is_never_a_fault_of_ours(after: str, feed: list[Path], tmp_path: Path) -> None:
    """DuckDB called it "Query interrupted", or an object that could not be read: the user was told of a fault of ours."""
    code = """
import os, signal, sys, threading, time
from lynchpin.record.store import _file
from lynchpin.cli import main
held = _file.run
def run(connection, sql, *values, **given):
    if "INSERT INTO events" in sql:
        threading.Timer(float(os.environ["AFTER"]), os.kill, (os.getpid(), signal.SIGINT)).start()
        held(connection, "SELECT sum(range) FROM range(2000000000)")
    return held(connection, sql, *values, **given)
_file.run = run
main()
"""
    command = [sys.executable, "-c", code, "ingest", "icews", feed[0], "--store", tmp_path / "s", "--quiet"]
    environment = {**os.environ, "AFTER": after}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=100)
    assert done.returncode == 130 and "fault" not in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


# --- compact -----------------------------------------------------------------------------------------------------------


def test_compact_keeps_a_link_and_a_mode(filled: Path) -> None:
    """It put a new file in the place of the link, and the store went on in two copies."""
    link = filled.parent / "link.duckdb"
    link.symlink_to(filled.name)
    filled.chmod(0o640)
    Store.compact(link)
    assert link.is_symlink() and link.resolve() == filled
    assert filled.stat().st_mode & 0o7777 == 0o640
    assert sorted(file.name for file in filled.parent.iterdir()) == ["link.duckdb", "s.duckdb"]


def test_compact_refuses_a_second_name(filled: Path) -> None:
    os.link(filled, filled.parent / "other")
    before = filled.stat().st_ino
    with pytest.raises(BadData, match="another name"):
        Store.compact(filled)
    assert filled.stat().st_ino == before


def test_nobody_writes_while_compact_works(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that another program committed on the way were lost: it is refused until the new file is in place."""
    told = []
    writer = "import sys; from lynchpin.record.store import Store; Store.open(sys.argv[1]).close()"
    settle = upkeep.settle

    def meanwhile(new: Path) -> None:
        settle(new)
        done = subprocess.run([sys.executable, "-c", writer, filled], capture_output=True, text=True, check=False)
        told.append((done.returncode, "the store is in use" in done.stderr))

    monkeypatch.setattr(upkeep, "settle", meanwhile)
    Store.compact(filled)
    assert told == [(1, True)]


def test_what_a_killed_program_left_goes_away(filled: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f".s.duckdb.{dead.pid}.compact", f".s.duckdb.{dead.pid}.new"):
        (filled.parent / name).write_bytes(b"x")
    alive = filled.parent / f".s.duckdb.{os.getppid()}.compact"
    alive.write_bytes(b"x")
    Store.open(filled).close()
    assert sorted(file.name for file in filled.parent.iterdir()) == [alive.name, "s.duckdb"]
