"""Nothing in the code is against macOS or Windows: what only some systems have is asked for before it is used."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

import lynchpin
from lynchpin.record.store import _file
from lynchpin.web import intake

PACKAGE = Path(lynchpin.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
#: What Windows lacks, and what macOS lacks of it; `os.kill` is there on Windows and does something else.
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_CALLS = {
    "os": {"chown", "fchmod", "fork", "geteuid", "getuid", "kill", "killpg", "mkfifo", "nice", "posix_fadvise",
           "sched_getaffinity", "setsid", "wait", "waitpid"},
    "signal": {"SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGUSR1", "alarm", "pause", "setitimer", "sigwait"},
    "resource": {"getrusage", "prlimit", "setrlimit"},
}  # fmt: skip
ASKS = ("sys.platform", "os.name", "hasattr(os")


def unasked(source: str) -> list[str]:
    """What a source uses of one system alone, outside any function that asks which system it is on."""
    found = []
    tree = ast.parse(source)
    asking = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(sign in ast.get_source_segment(source, node) for sign in ASKS)  # type: ignore[operator]
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names if name.name.partition(".")[0] in POSIX_MODULES]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if (node.module or "").partition(".")[0] in POSIX_MODULES else []
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            whole = f"{node.value.id}.{node.attr}"
            names = [whole] if node.attr in POSIX_CALLS.get(node.value.id, ()) else []
        else:
            continue
        if names and not any(node.lineno in lines for lines in asking):
            found += [f"line {node.lineno}: {name}" for name in names]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_what_one_system_has_is_asked_for(file: Path) -> None:
    assert unasked(file.read_text(encoding="utf-8")) == []


def test_what_is_not_asked_for_would_be_seen() -> None:
    assert unasked("import resource\n") == ["line 1: resource"]
    assert unasked("import os\ndef f(p):\n    os.kill(p, 0)\n") == ["line 3: os.kill"]
    assert unasked("import os\ndef f():\n    return os.fork() if hasattr(os, 'fork') else None\n") == []


def test_no_process_is_touched_to_see_whether_it_lives_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda process, signal: killed.append(process))
    monkeypatch.setattr(sys, "platform", "win32")
    assert _file.is_alive(os.getppid())
    assert killed == []


def test_reading_an_upload_is_held_by_the_clock_alone_where_there_are_no_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # importing it fails, as it does on Windows
    for platform in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        intake._limit(os.getpid())
