"""Every key of a case, a theory, a scenario and a mapping, with every absurd value: read, or refused at its line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lynchpin.account.cases import Case, builtin_cases, builtin_theories, read_case, read_theory
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.answers.scenarios import read_scenario
from lynchpin.errors import LynchpinError
from lynchpin.record.sources.mapped import read_mapping

ABSURD = (
    "0", "-1", "1", "1e-320", "1e320", "-inf", "nan", "9" * 30, "9" * 5000, "true", '""', '" "', '"\\u0000"', "[]",
    "[[]]", "{}", '["a", 1]', '"1h"', '"0d"', '"-3d"', '"99999999y"', '"1e3d"', f'"{"9" * 400}d"', '"none"', '"fit"',
    '"/etc/passwd"', '"../case.toml"', '"."', f'"{"x" * 30_000}"', f"[{'[' * 500}{']' * 500}]", "2015-01-01",
    "0001-01-01", "9999-12-31", "2015-01-01T00:00:00Z", "07:32:00", '"KOR -> KOR"', '"a => b"', "3.5",
)  # fmt: skip

CASE = """\
[case]
name = "toy"
title = "A title"
account = "An account."
citation = "Somebody"
account_date = 2016-01-01
start = 2015-01-01
step = "week"
seed = 1
events = "events.csv"
agreements = "agreements.csv"
stages = "stages.csv"
flagship = "gsomia-jpn-kor"

[nodes]
USA = "United States"
JPN = "Japan"
KOR = "South Korea"
PRK = "North Korea"
"KOR.OPP" = "Opposition"

[roles]
patron = ["USA"]
ally = ["JPN", "KOR"]
adversary = ["PRK"]

[variables]
a = "ally"
b = "ally"

[groups]
all = ["cooperation", "conflict"]

[index]
half_life = "180d"

[model]
counts = "poisson"
exposure_half_life = "1y"
prior_sd = 0.5

[[class]]
name = "cooperation"
means = "talks"
types = ["AGREE", "CONSULT"]
contexts = []
sign = ""

[[class]]
name = "conflict"
types = ["THREATEN"]

[[control]]
statistic = "inertia"
half_life = "90d"

[[claim]]
id = "C1"
name = "threat"
text = "A text."

[[claim]]
id = "C2"
name = "other"
text = "A text."
untestable_because = "Nobody knows."

[[mechanism]]
name = "threat"
claim = "C1"
says = "adversary -> ally : conflict => a -> b : cooperation"
expect = "+"
half_life = "60d"
window = "1y"
lag = "7d"
note = "A note."

[[watch]]
dyad = "JPN -> KOR"
class = "cooperation"
"""
SCENARIO = """\
[scenario]
title = "A title"
assumes = "Nothing"
claim = "C1"

[[inject]]
act = "PRK -> KOR : conflict"
date = 2016-02-01
every = "30d"
until = 2016-06-01
magnitude = -5.0

[[scale]]
what = "threat"
factor = 2.0
on = "JPN -> KOR : cooperation"
from = 2016-01-01
until = 2016-02-01

[[silence]]
what = "PRK"
from = 2016-01-01

[[hold]]
actor = "USA"
until = 2016-02-01

[[remove]]
event = "x1"

[[agreement]]
deed = "postpone"
id = "gsomia-jpn-kor"
date = 2016-03-01
until = 2016-04-01

[[measure]]
name = "talks"
acts = "JPN -> KOR : cooperation"
good = "+"
"""
MAPPING = """\
name = "mine"
summary = "A feed"
citation = "Somebody"
licence = "Free"
date_format = "%d.%m.%Y"
code_scheme = "cameo-1.1"
actors = "iso3"
separator = ";"

[columns]
date = "Datum"
source = "who"
target = "whom"
code = "act"
event_id = "id"
magnitude = "m"

[fixed]
source_sector = "GOV"
"""
KEY = re.compile(r'(?m)^("?[A-Za-z_.]+"?) = (.*)$')


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a case that reads, and every file that it names."""
    write_new_case("toy", tmp_path)
    folder, built_in = tmp_path / "toy", builtin_cases()["northeast-asia"].parent
    shutil.copy(built_in / "agreements.csv", folder / "agreements.csv")
    shutil.copy(built_in / "agreement_stages.csv", folder / "stages.csv")
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    return folder


def spoilt(text: str, number: int, value: str) -> str:
    """The text with another value of its key number `number`."""
    key = list(KEY.finditer(text))[number]
    return f"{text[: key.start(2)]}{value}{text[key.end(2) :]}"


def refusals(text: str, file: Path, read: Callable[[Path], object], number: int) -> list[str]:
    """The absurd values of a key that are refused; each refusal is one clear error that names the file and a line."""
    key = list(KEY.finditer(text))[number]
    refused = []
    for value in ABSURD:
        file.write_text(spoilt(text, number, value), encoding="utf-8")
        try:
            read(file)
        except LynchpinError as error:
            assert re.search(rf"{re.escape(str(file))}, line \d+", error.where), (key[1], value[:40], str(error))
            assert len(str(error)) < 1500, (key[1], value[:40])
            assert error.mend, (key[1], value[:40], str(error))
            refused.append(value)
    return refused


KEYS_OF_CASE = [key[1] for key in KEY.finditer(CASE)]
KEYS_OF_SCENARIO = [key[1] for key in KEY.finditer(SCENARIO)]
KEYS_OF_MAPPING = [key[1] for key in KEY.finditer(MAPPING)]
#: Absurd values that some key can well have: text in any wording, a seed, a number, a length, a day, an empty list.
FINE = {
    "seed": {"0", "1", "9" * 30},
    "prior_sd": {"1", "3.5"},
    "factor": {"0", "1", "3.5", "1e-320"},
    "magnitude": {"0", "-1", "1", "3.5", "1e-320"},
    "half_life": {'"1h"', '"none"', '"fit"'},
    "exposure_half_life": {'"1h"', '"none"'},
    "window": {'"1h"'},
    "lag": {'"1h"'},
    "every": set(),
    "start": {"2015-01-01", "2015-01-01T00:00:00Z"},
    "types": {"[]"},
    "contexts": {"[]"},
}


def test_the_good_files_are_good(home: Path) -> None:
    case = read_case(home)
    (home / "s.toml").write_text(SCENARIO, encoding="utf-8")
    (home / "m.toml").write_text(MAPPING, encoding="utf-8")
    assert (case.prior_sd, case.seed, case.mechanisms[0].lag_days) == (0.5, 1, 7.0)
    assert len(read_scenario(home / "s.toml", case).changes) == 6
    assert read_mapping(home / "m.toml").separator == ";"


@pytest.mark.parametrize("number", range(len(KEYS_OF_CASE)), ids=[f"{k} {n}" for n, k in enumerate(KEYS_OF_CASE)])
def test_a_case(home: Path, number: int) -> None:
    key = KEYS_OF_CASE[number]
    accepted = set(ABSURD) - set(refusals(CASE, home / "case.toml", read_case, number))
    if key in FINE:
        assert accepted <= FINE[key]
    assert accepted.isdisjoint({"true", "nan", "-inf", "1e320", "9" * 5000, "[[]]", "{}", '["a", 1]'})


@pytest.mark.parametrize(
    "number", range(len(KEYS_OF_SCENARIO)), ids=[f"{k} {n}" for n, k in enumerate(KEYS_OF_SCENARIO)]
)
def test_a_scenario(home: Path, number: int) -> None:
    case: Case = read_case(home)
    key = KEYS_OF_SCENARIO[number]
    accepted = set(ABSURD) - set(refusals(SCENARIO, home / "s.toml", lambda file: read_scenario(file, case), number))
    if key in FINE:
        assert accepted <= FINE[key]
    assert accepted.isdisjoint({"true", "nan", "-inf", "1e320", "9" * 30, "9" * 5000, "[]", "[[]]", "{}", '["a", 1]'})


@pytest.mark.parametrize("number", range(len(KEYS_OF_MAPPING)), ids=[f"{k} {n}" for n, k in enumerate(KEYS_OF_MAPPING)])
def test_a_mapping(tmp_path: Path, number: int) -> None:
    accepted = set(ABSURD) - set(refusals(MAPPING, tmp_path / "m.toml", read_mapping, number))
    assert all(value.startswith('"') for value in accepted)  # its keys are text


@pytest.mark.parametrize("key", ["seed", "prior_sd", "half_life", "start", "patron", "two", "says", "types"])
def test_a_theory(tmp_path: Path, key: str) -> None:
    text = builtin_theories()["lateral"].read_text(encoding="utf-8")
    number = next(n for n, found in enumerate(KEY.finditer(text)) if found[1] == key)
    accepted = set(ABSURD) - set(refusals(text, tmp_path / "t.toml", read_theory, number))
    assert accepted <= FINE.get(key, set())
