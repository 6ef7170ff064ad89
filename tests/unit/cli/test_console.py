"""A console that is not of Unicode shows an answer with plain signs, and never a fault of ours."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "encoding", ["ascii", *(pytest.param(e, marks=pytest.mark.slow) for e in ("latin-1", "cp1252"))]
)
def test_a_console_of_another_encoding_shows_the_answer(encoding):
    asked = [sys.executable, "-m", "lynchpin.cli", "explain", "northeast-asia"]
    plain = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(asked, capture_output=True, env=plain, check=False)
    assert done.returncode == 0, done.stderr
    assert "patron_push" in done.stdout.decode(encoding)


def test_signs_have_plain_ones_in_their_place():
    show = "from lynchpin.cli._terminal import plain_where_needed as p; p(); print('0.9\\u20131.2 \\u2192 \\u2265 \\u4e2d')"
    plain = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, env=plain, check=True)
    assert done.stdout.decode().strip() == "0.9-1.2 -> >= ?"
