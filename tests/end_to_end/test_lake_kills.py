"""Twenty kills while a store in parts is filled by two workers: it is sound each time, and in the end nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from lynchpin.record.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills a group of processes")]

MAPPING = '[columns]\nevent_id = "id"\ndate = "when"\nsource = "who"\ntarget = "whom"\ncode = "act"\n'
FILES, ROWS, KILLS = 24, 4000, 20


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    draw = random.Random(5)
    (tmp_path / "feed.toml").write_text('name = "feed"\n' + MAPPING)
    (tmp_path / "acts").mkdir()
    for number in range(FILES):
        rows = ["id,when,who,whom,act"]
        for k in range(ROWS):
            day = date(2010, 1, 1) + timedelta(days=draw.randrange(90))
            name = draw.randrange(ROWS) if k % 50 == 0 else number * ROWS + k  # some ids come in many files
            rows.append(f"{name},{day if k % 97 else '2010-13-01'},{draw.choice(['KOR', 'JPN'])},USA,040")
        (tmp_path / "acts" / f"{number:02}.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def begun(feed: Path, store: str) -> subprocess.Popen[bytes]:
    words = ["ingest", "feed.toml", "acts", "--store", store, "--parts", "--workers", "2", "--quiet"]
    command = [sys.executable, "-m", "lynchpin.cli", *words]
    return subprocess.Popen(
        command, cwd=feed, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def told(store: Path) -> tuple[str, list[tuple[object, ...]], int]:
    with Store.open(store, read_only=True) as opened:
        assert opened.verify() == []
        manifest = opened.manifest().select("file", "read", "accepted", "duplicates", "refused", "reasons")
        return opened.content_hash(), manifest.rows(), opened.duplicates().height


def test_twenty_kills_lose_and_double_nothing(feed):
    first = time.monotonic()
    undisturbed = begun(feed, "whole")
    assert undisturbed.wait() == 0
    took = time.monotonic() - first
    whole = told(feed / "whole")
    moments, seen, store = random.Random(1), [0], feed / "killed-0"
    for number in range(KILLS):
        if seen[-1] == FILES:  # all are in: begin anew
            seen, store = [0], feed / f"killed-{number}"
        process = begun(feed, store.name)
        time.sleep(moments.uniform(0.2, took))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.2)
        if store.exists():
            seen.append(len(told(store)[1]))
        assert seen == sorted(seen)  # what was in stays in
        print(f"files in {store.name} after each kill: {seen[1:]}")
    for killed in feed.glob("killed-*"):
        assert begun(feed, killed.name).wait() == 0
        assert told(killed) == whole
    assert sum(read for _, read, *_ in whole[1]) == FILES * ROWS
