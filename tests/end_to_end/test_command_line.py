"""The command line, from a file on disk to a brief, and every kind of bad input: one clear error and exit code 2."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from lynchpin import cli
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.record.store import Store


@pytest.fixture
def toy(tmp_path):
    write_new_case("toy", tmp_path)
    return tmp_path / "toy"


CLAIM_KEYS = {
    "id", "mechanism", "says", "expect", "estimate", "lower", "upper", "half_life_days", "verdict", "n_cause_events",
    "n_target_events", "untestable_because",
}  # fmt: skip
BRIEF_KEYS = {
    "case", "as_of", "events_used", "last_event_date", "claims", "forecast", "agreements", "data_hash", "seed", "version",
}  # fmt: skip


def test_brief_as_json_keeps_its_contract(run):
    code, out, err = run("brief", "--as-of", "2012-07-09", "--json", "--draws", "100")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert set(answer) >= BRIEF_KEYS
    assert all(set(claim) >= CLAIM_KEYS for claim in answer["claims"])
    assert answer["last_event_date"] < "2012-07-09" == answer["as_of"]


def test_a_brief_asked_for_twice_is_the_same(run, toy):
    code, out, err = run("brief", toy, "--json", "--draws", "200")
    assert (code, err) == (0, "") and set(json.loads(out)) >= BRIEF_KEYS
    assert run("brief", toy, "--json", "--draws", "200")[1] == out


def test_brief_writes_one_file_that_asks_for_nothing(run, tmp_path):
    code, out, _ = run("brief", "--as-of", "2012-07-09", "--out", tmp_path, "--draws", "100", "--quiet")
    file = tmp_path / "northeast-asia" / "brief.html"
    page = file.read_text(encoding="utf-8")
    assert code == 0
    assert "brief.html" in out
    assert list(tmp_path.rglob("*.*")) == [file]
    assert "default-src 'none'" in html.unescape(page)
    tags = re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.DOTALL)
    assert not re.search(r"<(script|img|iframe|source)[^>]* src=|@import|url\(", tags)
    assert re.findall(r"<link[^>]*>", tags) == ['<link rel="icon" href="data:,">']
    assert "2012-08-10" not in page  # the landing on Dokdo/Takeshima came a month later
    assert "Lee lands on" not in page


def test_claims_has_a_row_for_each_claim(run):
    code, out, _ = run("claims", "--shifts", "19", "--json")
    claims = json.loads(out)["claims"]
    assert code == 0
    assert {claim["id"] for claim in claims} == {f"C{k}" for k in range(1, 13)}
    assert all((claim["estimate"] is None) == (claim["untestable_because"] is not None) for claim in claims)


def test_own_case_from_new_to_brief(run, tmp_path):
    assert run("new", "mine", "--dir", tmp_path)[0] == 0
    assert run("check", tmp_path / "mine")[0] == 0
    assert "shared_threat" in run("explain", tmp_path / "mine")[1]
    assert run("brief", tmp_path / "mine", "--out", tmp_path, "--draws", "100", "--quiet")[0] == 0
    assert (tmp_path / "mine" / "brief.html").stat().st_size > 500_000


def test_feed_to_store_to_fit(run, toy, tmp_path):
    store = tmp_path / "s.duckdb"
    code, out, _ = run("ingest", "chronology", toy / "events.csv", "--store", store, "--json")
    report = json.loads(out)
    assert code == 0
    assert report["read"] == report["accepted"] + report["duplicates"] + report["refused"] == 12
    code, out, _ = run("fit", toy, "--events", store, "--json")
    assert code == 0
    assert json.loads(out)["events_used"] == 12
    again = json.loads(run("ingest", "auto", toy / "events.csv", "--store", store, "--json")[1])
    assert again["files"][0]["already"] is True
    assert json.loads(run("events", toy, "--events", store, "--json")[1])["events"] == 12


def test_a_feed_that_runs_late_is_known_late(run, toy, tmp_path):
    store = tmp_path / "s.duckdb"
    assert run("ingest", "chronology", toy / "events.csv", "--store", store, "--known-lag", "7d")[0] == 0
    first, *_ = json.loads(run("events", toy, "--events", store, "--json")[1])["rows"]
    happened, known = (date.fromisoformat(first[name]) for name in ("date", "known_from"))
    assert known - happened == timedelta(days=7)
    for day, shown in ((known, False), (known + timedelta(days=1), True)):
        rows = json.loads(run("events", toy, "--events", store, "--as-of", day, "--json")[1])["rows"]
        assert (first in rows) == shown


@pytest.mark.parametrize(
    "words", [("fit",), ("claims",), ("forecast", "--draws", "100"), ("explain",), ("check",), ("events",)]
)
def test_every_verb_prints_text_and_json(run, toy, words):
    code, text, _ = run(words[0], toy, *words[1:])
    assert code == 0 and len(text) > 100
    code, out, _ = run(words[0], toy, *words[1:], "--json")
    assert code == 0 and json.loads(out)["case"] == "toy"


def bad_case(folder, text):
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return folder


def empty_store(folder):
    with Store.open(folder / "empty.duckdb", create=True):
        pass
    return folder / "empty.duckdb"


def text_file(folder):
    (folder / "not.duckdb").write_text("hello")
    return folder / "not.duckdb"


def new_case(folder):
    write_new_case("toy", folder)
    return folder / "toy"


def short_csv(folder):
    (folder / "short.csv").write_text("event_id,date,precision\n1,2012-01-01,day\n")
    return folder / "short.csv"


# words of the command (a function makes a file and gives its path), and what the error must say
BAD = [
    (["brief", lambda f: bad_case(f, "[case]\nname = 3\n")], "name should be"),
    (["brief", lambda f: bad_case(f, "[case\n")], "not TOML"),
    (["brief", "north-asia"], "no case named 'north-asia'"),
    (["brief", "--as-of", "2012-02-30"], "'2012-02-30' is not a day"),
    (["brief", "--as-of", "yesterday"], "'yesterday' is not a day"),
    (["brief", "--as-of", "1990-01-01"], "no event of the record was known before 1990-01-01"),
    (["brief", "--as-of", "1998-02-20"], "steps of 7 days"),
    (["brief", "--events", empty_store], "no event"),
    (["brief", "--events", lambda f: f / "none.duckdb"], "none.duckdb"),
    (["brief", "--events", text_file], "not.duckdb"),
    (["brief", new_case, "--out", text_file], "cannot write"),
    (["forecast", "--days", "3"], "--days should be a whole number from 16 to 1841, not 3"),
    (["forecast", "--draws", "5"], "--draws should be a whole number from 100 to 100000, not 5"),
    (["events", "--state", "XYZ"], "no state named 'XYZ'"),
    (["events", "--count", "moon"], "cannot count by 'moon'"),
    (["ingest", "chronology", short_csv, "--store", lambda f: f / "s.duckdb"], "event_type"),
    (["ingest", "icewz", short_csv, "--store", lambda f: f / "s.duckdb"], "icewz"),
    (["ingest", "icews", lambda f: f / "none.tab", "--store", lambda f: f / "s.duckdb"], "none.tab"),
    (["ingest", "auto", short_csv, "--store", lambda f: f / "s.duckdb", "--known-lag", "soon"], "write days, as in 7d"),
    (["new", "a/b"], "cannot be a case's name"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[b[1] for b in BAD])
def test_bad_input_is_one_clear_error(run, tmp_path, words, said):
    code, out, err = run(*(word(tmp_path) if callable(word) else word for word in words))
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert out == ""
    assert err.count("to mend:") <= 1 and len(err.splitlines()) <= 4


def test_a_fault_of_ours_is_owned_without_a_traceback(run, monkeypatch):
    def broken(*words, **options):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("lynchpin.session.facade.load_case", broken)
    code, _, err = run("explain")
    assert code == 1
    assert "a fault of ours: ZeroDivisionError: planted" in err
    assert "Traceback" not in err
    monkeypatch.setattr(sys, "argv", ["lynchpin", "explain", "--debug"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


HEAVY = ("numpy", "polars", "numba", "scipy", "duckdb", "altair", "rich")


def test_help_imports_nothing_heavy():
    code = f"import sys, lynchpin.cli._main; print([m for m in {HEAVY!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_installed_command_says_its_version():
    command = Path(sys.executable).parent / "lynchpin"
    shown = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    from lynchpin import __version__

    assert shown.stdout.strip() == __version__


def test_a_closed_pipe_is_no_error():
    command = Path(sys.executable).parent / "lynchpin"
    shown = subprocess.run(
        f"{command} events --csv | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines()[-1] == "0"
    assert shown.stderr == ""
