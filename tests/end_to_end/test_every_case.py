"""Every command of the tutorial runs on every embedded case; and the path of a newcomer, in the words of its page.

The commands are read out of the pages. In the tutorial the name of its case, its day and the case of one's own are put in the
place of those of the page; a case of one's own is then a copy.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import lynchpin
from lynchpin.account.cases import builtin_cases, read_case

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL, OWN_CASE = DOCS / "tutorial" / "ten-minutes.md", DOCS / "how-to" / "own-case.md"
#: The one with fewest acts.
LIGHT = "israel-turkey"
#: What takes seconds at most of it; the others fit, draw or write a brief.
QUICK = ("check", "explain", "events", "new", "sed", "ingest")


def commands(page: Path) -> Iterator[str]:
    """Each command of the console blocks of a page, in order."""
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            yield part.partition("\n")[0]


def said_of(command: str, case: str, day: str) -> str:
    """A command of the tutorial with another case in the place of its own."""
    command = command.replace("northeast-asia", case).replace("2012-07-09", day)
    command = re.sub(r"^lynchpin new my-case$", f"lynchpin new my-case --like {case}", command)
    return re.sub(r"^lynchpin events (?=--)", f"lynchpin events {case} ", command)


def run(command: str, folder: Path) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "COLUMNS": "110"}
    command = command.replace("lynchpin ", f"{sys.executable} -m lynchpin.cli ", 1) if _is_ours(command) else command
    done = subprocess.run(command, shell=True, cwd=folder, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def _is_ours(command: str) -> bool:
    return command.startswith("lynchpin ")


def is_quick(command: str) -> bool:
    words = command.split()
    return (words[1] if words[0] == "lynchpin" else words[0]) in QUICK


def test_the_tutorial_is_read_as_it_stands() -> None:
    found = list(commands(TUTORIAL))
    assert len(found) >= 12 and sum(map(is_quick, found)) >= 8
    assert said_of("lynchpin events --as-of 2012-07-09 --count class", "a-b", "2014-10-31") == (
        "lynchpin events a-b --as-of 2014-10-31 --count class"
    )
    assert said_of("lynchpin new my-case", "a-b", "") == "lynchpin new my-case --like a-b"
    assert said_of("lynchpin check my-case", "a-b", "") == "lynchpin check my-case"


@pytest.mark.slow
def test_the_quick_commands_of_the_tutorial_run_on_a_light_case(tmp_path: Path) -> None:
    day = str(read_case(LIGHT).account_date)
    printed = [run(said_of(command, LIGHT, day), tmp_path) for command in commands(TUTORIAL) if is_quick(command)]
    assert LIGHT in printed[0] and (tmp_path / "my-case" / "case.toml").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted(builtin_cases()))
def test_every_command_of_the_tutorial_runs_on_every_case(case: str, tmp_path: Path) -> None:
    day = str(read_case(case).account_date)
    for command in commands(TUTORIAL):
        begun = time.monotonic()
        run(said_of(command, case, day), tmp_path)
        print(f"{time.monotonic() - begun:6.1f} s  {said_of(command, case, day)}")
    assert (tmp_path / "out" / case / "brief.html").stat().st_size > 100_000


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(builtin_cases()))
def test_the_python_of_the_tutorial_runs_on_every_case(name: str, tmp_path: Path) -> None:
    """Its calls, with the first mechanism and watched dyad of each case."""
    case = lynchpin.load_case(name)
    day = str(read_case(name).account_date)
    fit = case.fit(as_of=day)
    assert fit.converged and str(fit.made_from.last_event_date) < day
    claims = fit.claims()
    assert all(claim.sentence for claim in claims if claim.mechanism)
    assert fit.summary().startswith(f"{name}, the days before ") and fit.to_frame().height > 0
    frame = fit.forecast(days=180, draws=200).to_frame()
    assert (frame["q05"] <= frame["q95"]).all() and frame["month"].max() == 6
    with lynchpin.Store.open(tmp_path / "record.duckdb", create=True) as store:
        events = read_case(name).events_file
        assert events is not None and store.ingest(None, events).refused == 0
    assert lynchpin.fit(name, tmp_path / "record.duckdb", as_of=day).made_from.events_used == fit.made_from.events_used
    brief = lynchpin.make_brief(name, tmp_path / "record.duckdb", as_of=day, reveal=True, draws=200)
    assert brief.revealed is not None
    assert str(brief.events["date"].max()) < day <= str(brief.revealed["date"].min())


# The path of a newcomer


@pytest.mark.slow
def test_the_path_of_a_newcomer(tmp_path: Path) -> None:
    """Every command of the page, to the letter, one after the other; what each took is printed."""
    asked = list(commands(OWN_CASE))
    whole = time.monotonic()
    for command in asked:
        begun = time.monotonic()
        printed = run(command, tmp_path)
        print(f"{time.monotonic() - begun:6.1f} s  {command}")
        if command.startswith("lynchpin check"):
            assert printed.startswith("case ")
    print(f"{time.monotonic() - whole:6.1f} s  in all")
    new = [command for command in asked if command.startswith("lynchpin new")]
    assert [sum(word in command for command in new) for word in ("--like", "--from-feed")] == [1, 1]
    edited = (tmp_path / "straits" / "case.toml").read_text(encoding="utf-8")
    assert 'title = "Two allies and a strait"' in edited
    briefs = sorted(path.parent.name for path in (tmp_path / "out").glob("*/brief.html"))
    assert briefs == ["drafted", "my-case", "straits"]
    told = json.loads(run("lynchpin check drafted --json", tmp_path))
    assert told["case"] == "drafted" and told["mechanisms"] >= 2
