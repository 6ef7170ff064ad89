"""What no command can work with is refused in one sentence with exit code 2, before any work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lynchpin.account.cases.builtin import write_new_case

LYNCHPIN = [sys.executable, "-m", "lynchpin.cli"]


@pytest.fixture
def no_work(monkeypatch):
    """Reading a record counts as work."""

    def worked(*words, **options):
        raise AssertionError("it was refused too late")

    monkeypatch.setattr("lynchpin.account.cases.record.case_events", worked)
    monkeypatch.setattr("lynchpin.account.cases.known.case_events", worked)


OPTIONS = [
    ("brief", "--draws", "0"), ("brief", "--draws", "1000000000"), ("brief", "--days", "0"),
    ("brief", "--days", "999999999999999999999"), ("forecast", "--draws", "99"), ("forecast", "--days", "2000"),
    ("forecast", "--seed", "-1"), ("forecast", "--workers", "100000"), ("whatif", "--draws", "100001"),
    ("claims", "--shifts", "10000"), ("claims", "--shifts", "1000000000000"), ("claims", "--seed", str(2**128)),
    ("claims", "--workers", "257"), ("attribute", "--workers", "100000"), ("agreements", "--draws", "10001"),
    ("fade", "--days", "36526"), ("fade", "--days", "-1"), ("backtest", "--every", "0"), ("backtest", "--every", "121"),
    ("backtest", "--workers", "-1"), ("events", "--limit", "-1"), ("predict", "northeast-asia", "--top", "0"),
    ("sensitivity", "northeast-asia", "patron_push", "--shifts", "10000"), ("rem", "x.csv", "--seed", str(2**64)),
    ("track", "issue", "northeast-asia", "--file", "t.duckdb", "--draws", "1"),
    ("events", "--since", "0001-01-01"), ("brief", "--as-of", "9999-12-31"), ("backtest", "--from", "0001-01-01"),
    ("claims", "--split", "2200-01-01"), ("triads", "lateral", "--on", "1799-12-31"),
]  # fmt: skip


@pytest.mark.parametrize("words", OPTIONS, ids=[" ".join(words)[:60] for words in OPTIONS])
def test_an_absurd_option_is_refused_before_any_work(run, no_work, words):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert f"{words[-2]} should be a " in err
    assert f"not {words[-1]}" in err
    assert len(err.splitlines()) == 3


def test_ends_of_the_limits_are_within_them(run):
    code, out, _ = run("events", "--limit", "0", "--since", "1800-01-01", "--until", "2199-12-31", "--json")
    assert (code, '"events": 4225' in out) == (0, True)


FILES = [
    ["check", "{}"], ["explain", "{}"], ["brief", "{}"], ["events", "--events", "{}"], ["claims", "--structure", "{}"],
    ["whatif", "--scenario", "{}"], ["store", "info", "{}"], ["store", "verify", "{}"], ["structure", "list", "{}"],
    ["structure", "import", "{}", "--store", "s.duckdb"], ["ingest", "auto", "{}", "--store", "s.duckdb"],
    ["ingest", "chronology", "{}", "--store", "s.duckdb"], ["track", "list", "--file", "{}"], ["predict", "{}"],
]  # fmt: skip


@pytest.mark.parametrize("words", FILES, ids=[" ".join(words) for words in FILES])
@pytest.mark.parametrize("kind", ["pipe", "device", "endless", "looped"])
def test_what_is_no_file_is_refused(run, tmp_path, monkeypatch, words, kind):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.toml")
    Path("looped.toml").symlink_to("looped.toml")
    path = {"device": "/dev/zero", "endless": "a/" * 5000 + "b.toml"}.get(kind, f"{kind}.toml")
    code, out, err = run(*(word.format(path) for word in words))
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 3 and len(err) < 1200


@pytest.mark.parametrize(
    "words",
    [
        ["explain"],
        pytest.param(["events", "--csv"], marks=pytest.mark.slow),
        pytest.param(["events", "--limit", "0"], marks=pytest.mark.slow),
        ["--help"],
    ],
)
def test_no_room_for_the_answer(words):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        shown = subprocess.run([*LYNCHPIN, *words], stdout=full, stderr=subprocess.PIPE, text=True)
    assert shown.returncode == 2
    assert shown.stderr.startswith("the answer cannot be written: No space left on device\n")
    assert len(shown.stderr.splitlines()) == 3


@pytest.mark.parametrize("words", [["explain"], ["events", "--csv"]])
def test_a_reader_who_leaves_early_is_no_fault(words):
    with subprocess.Popen([*LYNCHPIN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None and command.stderr is not None
        assert command.stdout.readline()
        command.stdout.close()
        assert command.stderr.read() == ""
    assert command.returncode == 0


def test_files_outside_a_case_are_read_when_that_is_allowed(run, tmp_path):
    write_new_case("toy", tmp_path)
    case = tmp_path / "toy" / "case.toml"
    (tmp_path / "toy" / "events.csv").rename(tmp_path / "events.csv")
    case.write_text(case.read_text().replace('"events.csv"', '"../events.csv"'))
    code, _, err = run("check", case)
    assert code == 2
    assert "lies outside the folder of the case" in err and "--allow-outside" in err
    assert run("check", case, "--allow-outside")[0] == 0
    assert run("--allow-outside", "explain", case)[0] == 0
    assert run("check", case)[0] == 2  # it is allowed for one run, not for good


def test_a_case_cannot_say_where_its_brief_goes(run, tmp_path):
    write_new_case("toy", tmp_path)
    case = tmp_path / "toy" / "case.toml"
    case.write_text(case.read_text().replace('name = "toy"', 'name = "../../escaped"'))
    code, _, err = run("brief", case, "--out", tmp_path / "a" / "b")
    assert (code, list(tmp_path.rglob("*escaped*"))) == (2, [])
    assert "cannot be a case's name" in err


def test_a_seed_of_the_command_line_is_used_exactly(run):
    seed = 99999999999999999999999999999
    code, out, _ = run("forecast", "--as-of", "2012-07-09", "--seed", seed, "--draws", "100", "--days", "30", "--json")
    other = run("forecast", "--as-of", "2012-07-09", "--seed", seed - 1, "--draws", "100", "--days", "30", "--json")[1]
    assert code == 0
    assert out != other  # as floats the two would be one
