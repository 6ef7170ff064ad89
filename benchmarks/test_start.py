"""start: how long a person waits before anything happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.benchmark(group="start")
def test_start_lynchpin_help(benchmark):
    command = Path(sys.executable).parent / "lynchpin"
    shown = benchmark.pedantic(lambda: subprocess.run([command, "--help"], capture_output=True, check=True), rounds=7)
    assert b"brief" in shown.stdout


@pytest.mark.benchmark(group="start")
def test_start_peer_python_that_does_nothing(benchmark):
    done = benchmark.pedantic(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), rounds=7)
    assert done.returncode == 0
