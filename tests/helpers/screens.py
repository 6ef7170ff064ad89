"""Every command that shows a table or words about a case, run once; and what it shows at any width.

    PYTHONPATH=src:tests python tests/helpers/screens.py greece-turkey 80 [2011-07-19]

prints all of them, to be read by eye.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from typer.testing import CliRunner

from lynchpin import load_case
from lynchpin.cli import _terminal as terminal
from lynchpin.cli import app
from lynchpin.model import Fit
from lynchpin.report import screen
from lynchpin.report.contract import answer, dump
from lynchpin.session.agreements import agreements_of
from lynchpin.session.known import read_known


@dataclass(frozen=True)
class Screen:
    """What one command shows: `at(width)` is its text; `told` are the answers behind it, as `--json` would print them."""

    words: tuple[str, ...]
    at: Callable[[int], str]
    told: list[dict[str, Any]] = field(default_factory=list)


def commands(case: str, day: str, folder: Path, *, light: bool = False) -> list[list[str]]:
    """Every command about a case on a day; `light` leaves out what takes more than a few seconds."""
    read = load_case(case)
    on = ["--as-of", day] if day else []
    first, last = read.watch[0], read.watch[-1]
    any_of = [word for w in (first, last) for word in ("--any", f"{w.source} -> {w.target} : {w.event_class}")]
    origin = read_known(case, as_of=day or None).origin
    by = str(origin + timedelta(300))
    mechanism = read.mechanisms[0].name
    few = ["--draws", "100"]
    asked = [
        ["explain"],
        ["check"],
        ["fit", *on],
        ["forecast", *on, *few],
        ["forecast", *on, *any_of, "--by", by, *few],
        ["forecast", *on, "--index", *few],
        ["whatif", "--list"],
        ["whatif", *on, "--silence", first.source, *few],
        ["events", *on, "--limit", "30"],
        *(["events", *on, "--count", by] for by in ("year", "month", "class", "type", "dyad", "actor", "status")),
        ["predict", "--actor", first.source, "--class", first.event_class, "--date", str(origin)],
    ]
    if read.agreements_file is not None:
        asked += [["agreements", *on, "--draws", "20"]]
        known = [life.id for life in agreements_of(read, origin)]
        if known:
            ask = ["--agreement", read.flagship if read.flagship in known else known[0]]
            asked += [["agreements", *on, *ask, "--draws", "20"], ["forecast", *on, *ask, "--by", by]]
    if not light:
        asked += [
            ["brief", *on, "--out", str(folder)],
            ["claims", *on],
            ["claims", *on, "--by", "dyad"],
            *([["claims", *on, "--by", "condition"]] if case == "northeast-asia" else []),  # it has products
            ["claims", *on, "--split", str(origin - timedelta(1000))],
            ["attribute", *on],
            ["fade", mechanism, *on],
            ["register", *on, "--out", str(folder / "registration.json")],
            ["backtest", "--horizon", "1,6", "--every", "6", *(["--to", day] if day else [])],
            ["sensitivity", mechanism, *on, "--vary", "step"],
            ["track", "issue", *on, "--file", str(folder / "track.duckdb")],
        ]
    return [[*one[:2], case, *one[2:]] if one[0] == "track" else [one[0], case, *one[1:]] for one in asked]


@contextmanager
def _noted(records: list[Any]) -> Iterator[None]:
    """What `show` is given is written down."""
    own = screen.parts

    def parts(record: Any, width: int = 100) -> Any:
        records.append(record)
        return own(record, width)

    with patch.object(screen, "parts", parts):
        yield


def run(words: Sequence[str]) -> Screen:
    """A command, run once where it shows a record, else once for each width."""
    records: list[Any] = []
    with _noted(records):
        ran = CliRunner().invoke(app, list(words), env={"COLUMNS": "400"})
    assert ran.exit_code == 0, (words, ran.output)
    head = ran.stdout.split("\n\n", 1)[0]

    def at(width: int) -> str:
        if not records:
            return CliRunner().invoke(app, list(words), env={"COLUMNS": str(width)}).stdout
        out = StringIO()
        with patch.dict(os.environ, {"COLUMNS": str(width)}), patch.object(sys, "stdout", out):
            if "events from" in head:
                terminal.say(head + "\n")
            for record in records:
                for part in screen.parts(record, width):
                    terminal.put(part)
        return out.getvalue()

    return Screen(tuple(words), at, [json.loads(dump(answer(one))) for one in records if not isinstance(one, Fit)])


if __name__ == "__main__":
    name, wide, *rest = sys.argv[1:]
    for one in commands(name, rest[0] if rest else "", Path("/tmp/lynchpin-screens"), light="--light" in rest):
        print(f"\n$ lynchpin {' '.join(one)}")
        print(run(one).at(int(wide)))
