"""Uploads, saved cases and coded acts: whole or not there, whatever the name and whenever it stops."""

from __future__ import annotations

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lynchpin.account.cases import Case
from lynchpin.errors import BadData, BadValue
from lynchpin.record.store import Store
from lynchpin.session import coding, theory
from lynchpin.session.facade import load_case
from lynchpin.session.stores import with_names
from lynchpin.web import intake

BAD_ROW = "bad-1,not-a-day,,day,ZZZ,GOV,KOR,GOV,NOPE,,history,99,,<script>,,verified,\n"


def nothing(*_: Any) -> None:
    """Tell nobody."""


def uploaded(case: Case, folder: Path, rows: int = 30) -> None:
    assert case.events_file is not None
    lines = case.events_file.read_text(encoding="utf-8").splitlines(keepends=True)[: rows + 1]
    intake.keep(io.BytesIO("".join([*lines, BAD_ROW]).encode()), "own.csv", folder / "uploads/mine/auto")


def test_a_store_is_made_of_its_files(northeast: Case, tmp_path: Path) -> None:
    uploaded(northeast, tmp_path)
    (report,) = intake.read_all(tmp_path, "mine", nothing)
    assert (report["read"], report["accepted"], report["refused"]) == (31, 30, 1)
    with Store.open(tmp_path / "stores/mine.duckdb", read_only=True) as store:
        assert store.refused()["raw"].to_list() == [BAD_ROW.strip()]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_file_that_cannot_be_read_leaves_the_old_store(northeast: Case, tmp_path: Path) -> None:
    uploaded(northeast, tmp_path)
    intake.read_all(tmp_path, "mine", nothing)
    before = (tmp_path / "stores/mine.duckdb").read_bytes()
    intake.keep(io.BytesIO(b"nothing that we know"), "../../x.csv", tmp_path / "uploads/mine/auto")
    with pytest.raises(BadData, match="no source knows this file") as caught:
        intake.read_all(tmp_path, "mine", nothing)
    assert str(tmp_path) not in str(caught.value)
    assert (tmp_path / "stores/mine.duckdb").read_bytes() == before
    assert (tmp_path / "uploads/mine/auto/x.csv").exists()


NAMES = [
    "../../etc/passwd",
    "a/b\\c.csv",
    "\x00\x01",
    ".hidden",
    "a" * 5000,
    "=cmd().csv",
    "\u202egnp.csv",
    "..",
    "-rf",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_can_do_no_harm(tmp_path: Path, name: str) -> None:
    kept = intake.keep(io.BytesIO(b"x"), name, tmp_path / "here/auto")
    assert kept.parent == tmp_path / "here/auto"
    assert not kept.name.startswith((".", "-"))
    assert len(kept.name) <= 120


def test_reading_is_called_off(northeast: Case, tmp_path: Path) -> None:
    from lynchpin.web.work import Cancelled

    uploaded(northeast, tmp_path)

    def stop(what: str, done: int, of: int) -> None:
        if what == "reading":
            raise Cancelled

    with pytest.raises(Cancelled):
        intake.read_all(tmp_path, "mine", stop)
    assert not (tmp_path / "stores/mine.duckdb").exists()


_SAVES = """
import sys
from pathlib import Path
from lynchpin.session import theory
from lynchpin.session.facade import load_case
case = load_case("northeast-asia")
text, _ = theory.drafted(case, theory.Draft("patron_push", "patron -- a : cooperation => a -> b : cooperation", "+", "60d", "C3"))
print("ready", flush=True)
for number in range(1000):
    theory.save(case, text, f"case-{number}", Path(sys.argv[1]) / "cases")
"""


def test_a_save_that_is_killed_leaves_whole_cases_alone(tmp_path: Path) -> None:
    """Killed at a moment nobody chose: every case that is there reads, and has all its files."""
    root = Path(theory.__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", _SAVES, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.35)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    whole = {
        file.name
        for file in load_case("northeast-asia").path.parent.iterdir()
        if file.suffix in (".csv", ".md", ".toml")
    }
    for case in (tmp_path / "cases").glob("*"):
        assert whole <= {file.name for file in case.iterdir()}
        assert load_case(case).name == case.name


# -- A mechanism written anew.


def test_only_the_mechanism_changes(northeast: Case) -> None:
    case = load_case("northeast-asia")
    text, made = theory.drafted(
        case, theory.Draft("patron_push", "patron -- a : cooperation => a -> b : cooperation", "-", "30d", "C3")
    )
    before = case.path.read_text(encoding="utf-8").splitlines()
    changed = [(a, b) for a, b in zip(before, text.splitlines(), strict=True) if a != b]
    assert [b for _, b in changed] == [
        'says = "patron -- a : cooperation => a -> b : cooperation"', 'expect = "-"', 'half_life = "30d"',
    ]  # fmt: skip
    assert made.mechanism("patron_push").half_life_days == 30.0
    added, made = theory.drafted(case, theory.Draft("mine", "PRK -> KOR : conflict => KOR -> PRK : conflict"))
    assert added.startswith(case.path.read_text(encoding="utf-8").rstrip())
    assert made.mechanisms[-1].name == "mine"


WORDS = [  # text, the word that is marked
    ("patrn -- a : cooperation => a -> b : cooperation", "patrn"),
    ("patron -- a : cooperation => a -> b : coperation", "coperation"),
    ("patron -- a : cooperation\n=> a -> zz : cooperation", "zz"),
    ("patron -- a : cooperation = a -> b : cooperation", "="),
]


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_an_error_stands_under_its_word(text: str, word: str) -> None:
    checked = theory.check_text(load_case("northeast-asia"), theory.Draft("x", text))
    assert checked.error is not None
    assert text[checked.start : checked.end] == word


# -- Names assigned by hand, and acts that are coded.


def test_names_are_kept_in_a_table_that_ingest_reads() -> None:
    first = with_names("", {"Somebody, Else": ("South Korea", "MIL")})
    again = with_names(first, {"Another": ("JPN", ""), "Somebody, Else": ("KOR", "GOV")})
    assert list(csv.reader(io.StringIO(again)))[1:] == [["Somebody, Else", "KOR", "GOV"], ["Another", "JPN", ""]]
    for name, state, sector in (("a;b", "KOR", ""), ("a\nb", "KOR", ""), ("x", "Nowhere", ""), ("x", "KOR", "ZZZ")):
        with pytest.raises(BadValue):
            with_names("", {name: (state, sector)})


@pytest.fixture
def own(northeast: Case, tmp_path: Path) -> Any:
    shutil.copytree(northeast.path.parent, tmp_path / "own")
    return load_case(tmp_path / "own")


ROW = {"date": "2014-03-01", "source": "KOR;JPN", "source_sector": "GOV", "target": "JPN;KOR", "target_sector": "GOV",
       "event_type": "CONSULT", "contexts": "diplomacy", "magnitude": "1.5", "summary": '=cmd() "quoted", <b>'}  # fmt: skip


def test_an_act_joins_the_chronology(own: Any) -> None:
    before = own.events_file.read_text(encoding="utf-8")
    row = coding.new_row(own, ROW)
    coding.append(own, row)
    text = own.events_file.read_text(encoding="utf-8")
    assert text.startswith(before)
    last = list(csv.DictReader(io.StringIO(text)))[-1]
    assert (last["event_id"], last["source"], last["summary"]) == (
        "own-2014-03-01-01",
        "JPN;KOR",
        '=cmd() "quoted", <b>',
    )
    assert coding.new_row(own, ROW)["event_id"] == "own-2014-03-01-02"


@pytest.mark.parametrize(
    "wrong",
    [{"date": "soon"}, {"source": "ZZZ"}, {"event_type": "TALK"}, {"magnitude": "much"}, {"summary": " "}],
    ids=str,
)
def test_a_row_that_breaks_a_rule_is_refused(own: Any, wrong: dict[str, str]) -> None:
    with pytest.raises((BadData, BadValue)):
        coding.new_row(own, ROW | wrong)


def test_a_case_of_the_package_is_never_written_to() -> None:
    case = load_case("northeast-asia")
    with pytest.raises(BadData, match="cannot be written to"):
        coding.append(case, coding.new_row(case, ROW))
