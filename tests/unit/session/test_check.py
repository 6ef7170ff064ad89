"""Check reads every file that a case names, and says the fault of each with its file and line."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lynchpin.account.cases import builtin_cases, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.errors import BadData, LynchpinError
from lynchpin.files import allowing_outside
from lynchpin.record.ontology.countries import all_countries
from lynchpin.session.check import check_case

BUILT_IN = builtin_cases()["northeast-asia"].parent
SCENARIO = '[[scale]]\nwhat = "patron_push"\nfactor = 2.0\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_new_case("toy", tmp_path)
    folder = tmp_path / "toy"
    shutil.copy(BUILT_IN / "agreements.csv", folder / "agreements.csv")
    shutil.copy(BUILT_IN / "agreement_stages.csv", folder / "stages.csv")
    shutil.copy(BUILT_IN / "events.csv", folder / "events.csv")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "twice.toml").write_text(SCENARIO)
    names = 'agreements = "agreements.csv"\nstages = "stages.csv"\nflagship = "gsomia-jpn-kor"\nevents ='
    spoil(folder / "case.toml", "events =", names)
    return folder


def spoil(file: Path, old: str, fresh: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, fresh, 1), encoding="utf-8")


def test_a_case_that_holds_together(home: Path) -> None:
    report = check_case(read_case(home))
    agreements = (BUILT_IN / "agreements.csv").read_text(encoding="utf-8").splitlines()[1:]
    stages = (BUILT_IN / "agreement_stages.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert (report["agreements"], report["stages"], report["scenarios"]) == (len(agreements), len(stages), 1)
    assert report["events"] == sum(report["by_class"].values()) + report["in_no_class"] == 2269


FAULTS = [
    ("agreements.csv", ",JPN;KOR,", ",JPN;KRO,", "agreements.csv, line 2"),
    ("agreements.csv", ",information_security,", ",,", "agreements.csv, line 2"),
    ("stages.csv", ",negotiating,", ",negotiated,", "stages.csv, line 2"),
    ("stages.csv", "gsomia-jpn-kor,", "gsomia,", "stages.csv, line 2"),
    ("case.toml", 'flagship = "gsomia-jpn-kor"', 'flagship = "gsomia"', "agreements.csv"),
    ("case.toml", 'stages = "stages.csv"\n', "", "case.toml, line 14, [case] agreements"),
    ("case.toml", 'stages = "stages.csv"', 'stages = "events.csv"', "events.csv, line 1"),
    ("case.toml", "start = 2015-01-01", "start = 2025-12-01", "the record"),
    ("scenarios/twice.toml", "factor = 2.0", "factor = -2.0", "twice.toml, line 3"),
    ("scenarios/twice.toml", '"patron_push"', '"patron_pusch"', "twice.toml, line 2"),
    ("events.csv", ",ACCUSE,", ",ACUSE,", "events.csv, line"),
]


@pytest.mark.parametrize(("file", "old", "fresh", "where"), FAULTS, ids=[f"{f[0]} {f[2][:20]}" for f in FAULTS])
def test_a_fault_in_any_file_is_found(home: Path, file: str, old: str, fresh: str, where: str) -> None:
    spoil(home / file, old, fresh)
    with pytest.raises(LynchpinError) as caught:
        check_case(read_case(home))
    assert where in caught.value.where
    assert caught.value.mend


def test_every_file_with_a_fault_is_named(home: Path) -> None:
    spoil(home / "stages.csv", ",negotiating,", ",negotiated,")
    spoil(home / "scenarios" / "twice.toml", "factor = 2.0", "factor = -2.0")
    spoil(home / "events.csv", ",ACCUSE,", ",ACUSE,")
    with pytest.raises(BadData) as caught:
        check_case(read_case(home))
    assert caught.value.what.startswith("3 faults\n")
    for where in ("stages.csv, line 2", "twice.toml, line 3", "events.csv, line"):
        assert where in str(caught.value)


def test_a_scenario_from_elsewhere_is_refused(home: Path) -> None:
    inside = home / "scenarios" / "twice.toml"
    inside.rename(home.parent / "elsewhere.toml")
    inside.symlink_to(home.parent / "elsewhere.toml")
    with pytest.raises(BadData, match="outside the folder of the case"):
        check_case(read_case(home))
    with allowing_outside():
        assert check_case(read_case(home))["scenarios"] == 1


def test_a_fit_that_no_one_would_wait_for_is_refused(home: Path) -> None:
    codes = [country.iso3 for country in all_countries() if country.iso3 not in ("USA", "JPN", "KOR", "PRK")][:60]
    spoil(home / "case.toml", "[roles]", "".join(f'{code} = "{code}"\n' for code in codes) + "[roles]")
    with pytest.raises(BadData) as caught:
        check_case(read_case(home))
    assert f"the fit would have {2 * (1 + 64 * 63 + 1) + 2:,} coefficients" in caught.value.what
    assert caught.value.where == "case.toml"


def test_what_was_mended_in_a_file_of_the_case_is_said(home: Path) -> None:
    """Semicolons and a comment are read, and the user is told, once for each file."""
    for name in ("agreements.csv", "stages.csv", "events.csv"):
        rows = list(csv.reader((home / name).read_text(encoding="utf-8").splitlines()))
        with (home / name).open("w", encoding="utf-8", newline="") as out:
            out.write("# made by hand\n")
            csv.writer(out, delimiter="|").writerows(rows)
    command = [sys.executable, "-m", "lynchpin.cli", "check", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("agreements.csv", "stages.csv", "events.csv"):
        for said in ("the fields are parted by bars", "lines above the header are passed over"):
            assert done.stderr.count(f"{home / name}: {said}\n") == 1, (name, said, done.stderr)
