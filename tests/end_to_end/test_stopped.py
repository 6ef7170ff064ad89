"""Ctrl-C ends us quietly, with the code that shells give to it, also while libraries are loaded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

#: Where the user stops us: before the first library, while a command's are loaded, and between the two.
WHEN = {
    "typer is loaded": ("typer", "--help"),
    "a command is added": ("lynchpin.cli.track", "--help"),
    "the engine is loaded": ("lynchpin.engine.rem.api", "rem none.csv --effects inertia"),
    "numpy is loaded": ("numpy._core", "explain"),
}


@pytest.mark.parametrize("when", WHEN)
def test_stopped_while(when, tmp_path):
    module, words = WHEN[when]
    code = f"""if True:
        import os, signal, sys
        class Stops:
            def find_spec(self, name, path=None, target=None):
                if name == {module!r}:
                    os.kill(os.getpid(), signal.SIGINT)
        from lynchpin.cli import run
        sys.meta_path.insert(0, Stops())
        sys.argv = ["lynchpin", *{words.split()!r}]
        run()"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path, env=dict(os.environ)
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr and "fault" not in done.stderr


def test_nothing_is_loaded_before_we_can_be_stopped():
    code = "import sys, lynchpin.cli; print(sorted(m for m in sys.modules if m.startswith(('typer', 'lynchpin'))))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "['lynchpin', 'lynchpin._version', 'lynchpin.cli']"
