"""`lynchpin serve` as a process: it prints where it is, answers there, and needs a token on another address."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import lynchpin

ROOT = Path(lynchpin.__file__).parents[1]
TOKEN = "a-token-for-tests"


def started(*words: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lynchpin.cli", "serve", "--dir", str(folder / "desk"), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@contextmanager
def serving(*words: str, folder: Path) -> Iterator[str]:
    with started("--port", "0", *words, folder=folder) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said.startswith("serving http://"), process.stderr and process.stderr.read()
            yield said.split()[-1].rstrip("/")
        finally:
            process.terminate()
            process.wait(20)


def test_it_says_where_it_is_and_answers_there(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as address:
        answer = httpx.get(f"{address}/", timeout=60)
        assert answer.status_code == 200
        assert "Japan-South Korea defence cooperation" in answer.text
        assert httpx.get(f"{address}/", headers={"host": "evil.example"}, timeout=60).status_code == 421
        assert not (tmp_path / "desk").exists()  # nothing is written before something is saved


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is this machine's own only on Linux")
def test_another_address_needs_the_token(tmp_path: Path) -> None:
    with serving("--host", "127.0.0.2", "--token", TOKEN, folder=tmp_path) as address:
        assert address.startswith("http://127.0.0.2:")
        assert httpx.get(f"{address}/api", timeout=60).status_code == 401
        shown = httpx.get(f"{address}/api", headers={"authorization": f"Bearer {TOKEN}"}, timeout=60)
        assert shown.status_code == 200


WRONG = [  # words, what is said
    pytest.param(
        ("--host", "127.0.0.2", "--port", "0"),
        "give --token",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is this machine's own only on Linux"),
    ),
    (("nowhere",), "nowhere"),
    (("--port", "70000"), "port"),
    (("--host", "not.an.address.example", "--token", TOKEN), "cannot listen"),
]


@pytest.mark.parametrize(("words", "says"), WRONG, ids=lambda one: " ".join(one) if isinstance(one, tuple) else one)
def test_what_is_wrong_is_said_at_once(run, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    code, _, said = run("serve", "--dir", tmp_path / "desk", *words)
    assert code == 2 and says in said
