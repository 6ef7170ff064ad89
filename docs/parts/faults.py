"""What common errors say: each is raised by running the command that raises it, in a folder made for that."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.errors import LynchpinError
from parts.text import prose

STREAM = "time,sender,receiver\n1,A,B\n2,B,A\n3,A,C\n4,C,A\n5,B,C\n6,A,B\n7,C,B\n8,B,A\n"
#: heading -> the command, and what it means.
FAULTS: dict[str, tuple[str, str]] = {
    "A case that is not there": (
        "lynchpin brief norteast-asia",
        "A word without a slash is the name of a built-in case or of a folder here; `lynchpin cases` lists the "
        "built-in ones.",
    ),
    "A word of a mechanism that nobody knows": (
        "lynchpin check wrong.toml",
        "Each word of a mechanism is a state, role, class or variable of the case. The line and column are those "
        "of the file.",
    ),
    "A key that a case does not have": (
        "lynchpin check key.toml",
        "Keys are checked, so that a slip of the pen is not ignored. [Write a case of your "
        "own](../how-to/own-case.md) lists them all.",
    ),
    "A day that is none": (
        "lynchpin claims my-case --as-of 09/07/2012",
        "Days are written YYYY-MM-DD, since 09/07 is two days.",
    ),
    "A day before anything happened": (
        "lynchpin claims my-case --as-of 1990-01-01",
        "`--as-of` leaves out everything that happened or became known on that day or later. Nothing is left here.",
    ),
    "A name that is nearly right": (
        "lynchpin agreements --agreement gsoma-jpn-kor",
        "Names of agreements, mechanisms, scenarios and statistics are exact; the nearest one is offered.",
    ),
    "A scenario that is not there": (
        "lynchpin whatif my-case --scenario push-doubled",
        "Scenarios are files of the case, in its folder `scenarios`; `lynchpin whatif CASE --list` shows them.",
    ),
    "A file of no known source": (
        "lynchpin ingest auto notes.txt --store s.duckdb",
        "`auto` looks at the first line. A table of your own is read with [a mapping](../how-to/read-a-feed.md), "
        "a few lines of TOML.",
    ),
    "A store that is not there": (
        "lynchpin events my-case --events nothing.duckdb",
        "A store is a file that `lynchpin ingest` made.",
    ),
    "A file that is not a store": (
        "lynchpin events my-case --events notes.txt",
        "Raw feeds are not read here: ingest them first.",
    ),
    "A column that is not there": (
        "lynchpin rem renamed.csv --effects inertia",
        "`rem` wants who, whom and when, under one of the names that the message lists; rename the column in the file.",
    ),
    "A statistic that nobody knows": (
        'lynchpin rem stream.csv --effects "inertia reciprocty"',
        "[The statistics](statistics.md), and [what other programs call them](../how-to/coming-from.md).",
    ),
    "A length with a unit beside bare times": (
        'lynchpin rem stream.csv --effects "inertia(30d)"',
        "A half-life of 30 days says nothing of times that are bare numbers, until their unit is told.",
    ),
    "An effect that runs off": (
        'lynchpin rem separated.csv --effects "inertia reciprocity"',
        "No event of this file answers another, so no finite coefficient fits best: separation. The effect is named. "
        "More events, fewer effects, or a ridge (`--ridge`) mend it.",
    ),
    "A covariate with gaps": (
        'lynchpin rem stream.csv --effects "send(size)" --covariate size=size.csv',
        "A value that is not known is not zero. Say what absence means, or fill it in.",
    ),
}


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder with what the commands read, as the folder one stands in."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path(name)
        CliRunner().invoke(app, ["new", "my-case"])
        text = (folder / "my-case" / "case.toml").read_text(encoding="utf-8")
        events = (folder / "my-case" / "events.csv").read_text(encoding="utf-8")
        (folder / "events.csv").write_text(events, encoding="utf-8")
        (folder / "wrong.toml").write_text(text.replace("patron -- a", "patrn -- a", 1), encoding="utf-8")
        (folder / "key.toml").write_text(text.replace("\nstart =", "\nstrat =", 1), encoding="utf-8")
        (folder / "notes.txt").write_text("Notes of a meeting.\n", encoding="utf-8")
        (folder / "stream.csv").write_text(STREAM, encoding="utf-8")
        (folder / "renamed.csv").write_text(STREAM.replace("sender", "who"), encoding="utf-8")
        same = "".join(f"{time},A,B\n" for time in range(1, 9))
        (folder / "separated.csv").write_text(f"time,sender,receiver\n0,B,C\n{same}", encoding="utf-8")
        (folder / "size.csv").write_text("actor,value\nA,1\nB,2\n", encoding="utf-8")
        yield folder


def said_by(command: str) -> str:
    """What a command that must fail says."""
    width = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
    finally:
        if width is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = width
    if not isinstance(done.exception, LynchpinError):
        raise AssertionError(f"{command} left with {done.exit_code}: {done.output}{done.exception!r}")
    return str(done.exception)


def faults_shown() -> str:
    """Each error: the command, what it prints, what it means."""
    parts = []
    with _folder():
        for heading, (command, means) in FAULTS.items():
            parts.append(f"### {heading}\n\n```text\n$ {command}\n{said_by(command)}\n```\n\n{prose(means)}")
    return "\n\n".join(["", *parts]).lstrip("\n")
