"""Malformed cases, theories, scenarios and mappings: each is refused at a line of a file, or works for all who read it.

Each input is a good one with one fault, or two, of a kind that users make or that a stranger may: a line lost, doubled or
moved, a value of another kind or size, a name misspelt, a file cut short, nesting without end, bytes that are no text.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lynchpin.account.cases import builtin_cases, builtin_theories, is_theory, read_case, read_theory
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.account.cases.find_triads import sentences
from lynchpin.answers.evidence.claims import sentence
from lynchpin.answers.scenarios import changes_of, read_scenario, what_if
from lynchpin.errors import DidNotConverge, LynchpinError
from lynchpin.record.sources.mapped import read_mapping
from lynchpin.session.check import check_case, check_theory
from lynchpin.session.facade import fit

BUILT_IN = builtin_cases()["northeast-asia"].parent
SCENARIO = (BUILT_IN / "scenarios" / "push-doubled.toml").read_text(encoding="utf-8")
THEORY = builtin_theories()["lateral"].read_text(encoding="utf-8")
MAPPING = """\
name = "mine"
date_format = "%d.%m.%Y"
code_scheme = "cameo-1.1"
actors = "iso3"
separator = ";"

[columns]
date = "Datum"
source = "who"
target = "whom"
code = "act"

[fixed]
source_sector = "GOV"
"""
VALUES = st.sampled_from([
    "0", "-1", "1e-320", "1e320", "nan", "9" * 30, "9" * 5000, "true", '""', '"\\u0000"', "[]", "{}", '["a", 1]', '"0d"',
    '"99999999y"', '"/etc/passwd"', '"../x"', "0001-01-01", "9999-12-31", "'''", '"""', '"', "[[[[", "1.5.2", "=", "",
    f'"{"x" * 30_000}"', "[" * 400, "a." * 400 + "a", "2015-13-40", '"KOR -> KOR : conflict => a -> a : conflict"',
])  # fmt: skip
SIGNS = st.sampled_from([*"()[]{}=\"'#.,:;&|*->~ \t\r\n\\\0é→", "USA", "ally", "not ", "=>", "\ufeff", "\ud7ff"])


def _lines(text: str, at: int, change: Callable[[list[str], int], list[str]]) -> str:
    lines = text.split("\n")
    return "\n".join(change(lines, at % len(lines)))


def _moved(text: str, at: int, to: int) -> str:
    lines = text.split("\n")
    lines.insert(to % len(lines), lines.pop(at % len(lines)))
    return "\n".join(lines)


def _value(text: str, at: int, value: str) -> str:
    keys = list(re.finditer(r"(?m)^\S+ = (.*)$", text))
    if not keys:
        return text
    key = keys[at % len(keys)]
    return text[: key.start(1)] + value + text[key.end(1) :]


def _signs(text: str, at: int, signs: str, lost: int) -> str:
    place = at % len(text)
    return text[:place] + signs + text[place + lost :]


PLACE = st.integers(0, 10**6)
FAULTS: dict[str, st.SearchStrategy[Callable[[str], str]]] = {
    "a line lost": PLACE.map(lambda at: lambda text: _lines(text, at, lambda ls, k: ls[:k] + ls[k + 1 :])),
    "a line doubled": PLACE.map(lambda at: lambda text: _lines(text, at, lambda ls, k: [*ls[: k + 1], *ls[k:]])),
    "a line moved": st.tuples(PLACE, PLACE).map(lambda at: lambda text: _moved(text, *at)),
    "another value": st.tuples(PLACE, VALUES).map(lambda to: lambda text: _value(text, *to)),
    "other signs": st.tuples(PLACE, SIGNS, st.integers(0, 3)).map(lambda to: lambda text: _signs(text, *to)),
    "cut short": PLACE.map(lambda at: lambda text: text[: at % len(text)]),
    "a table of another name": st.tuples(PLACE, st.sampled_from(["case", "mechanism", "triad", "x", "roles.a"])).map(
        lambda to: lambda text: _lines(text, to[0], lambda ls, k: [*ls[:k], f"[{to[1]}]", *ls[k:]])
    ),
}
FAULT = st.sampled_from(sorted(FAULTS)).flatmap(FAULTS.__getitem__)
FAULTY = st.lists(FAULT, min_size=1, max_size=2)
MANY = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
RECORD = r"^the record$|^events\.csv$"  # where a case and its record, each sound, do not fit together


def put(text: str, faults: list[Callable[[str], str]], file: Path, stray: bytes) -> None:
    for fault in faults:
        text = fault(text) or " "
    content = text.encode("utf-8", errors="surrogatepass")
    file.write_bytes(content[: len(content) // 2] + stray + content[len(content) // 2 :])


STRAY = st.sampled_from([b""] * 15 + [b"\xff\xfe", b"\x00", b"\xef\xbb\xbf"])


def refused(read: Callable[[], object]) -> bool:
    """Whether it is refused: by one error that names a line of a file, is short, and says more than what."""
    try:
        read()
    except LynchpinError as error:
        shown = str(error)
        assert re.search(r"[\w-]+\.(toml|csv),? line \d+", error.where or shown) or re.search(RECORD, error.where), (
            shown
        )
        assert len(shown) < 3000 and "Traceback" not in shown
        return True
    return False


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_new_case("toy", tmp_path)
    folder = tmp_path / "toy"
    for name in ("agreements", "agreement_stages", "events"):
        shutil.copy(BUILT_IN / f"{name}.csv", folder / f"{name}.csv")
    file = folder / "case.toml"
    named = 'agreements = "agreements.csv"\nstages = "agreement_stages.csv"\nflagship = "gsomia-jpn-kor"\nevents ='
    file.write_text(file.read_text().replace("events =", named, 1).replace("start = 2015", "start = 2022"))
    return folder


@MANY
@given(faults=FAULTY, stray=STRAY)
def test_a_case(home: Path, faults: list[Callable[[str], str]], stray: bytes) -> None:
    file = home / "case.toml"
    good = home / "good"
    if not good.exists():
        shutil.copy(file, good)
    put(good.read_text(encoding="utf-8"), faults, file, stray)
    if is_theory(file):
        assert refused(lambda: check_theory(read_theory(file)))
    elif not refused(lambda: check_case(read_case(file))):
        case = read_case(file)
        assert all(sentence(mechanism, case) for mechanism in case.mechanisms)
        if case.events_file is not None:
            with suppress(DidNotConverge):  # the file is sound; what its record can give is for the fit to say
                assert fit(case).estimate.size > 0


@MANY
@given(faults=FAULTY, stray=STRAY)
def test_a_theory(tmp_path: Path, faults: list[Callable[[str], str]], stray: bytes) -> None:
    file = tmp_path / "t.toml"
    put(THEORY, faults, file, stray)
    if not refused(lambda: check_theory(read_theory(file))):
        theory = read_theory(file)
        assert len(sentences(theory)) == len(theory.text.mechanisms)


@MANY
@given(faults=FAULTY, stray=STRAY)
def test_a_scenario(fit_2012, tmp_path: Path, faults: list[Callable[[str], str]], stray: bytes) -> None:
    file = tmp_path / "s.toml"
    put(SCENARIO, faults, file, stray)
    if not refused(lambda: read_scenario(file, fit_2012.case)):
        try:
            assert what_if(fit_2012, file, changes=changes_of(fit_2012.case), days=30, draws=100).horizon_days == 31
        except LynchpinError as error:  # what the file says is sound, and does not fit the origin of the fit
            assert error.where or error.mend, str(error)


@MANY
@given(faults=FAULTY, stray=STRAY)
def test_a_mapping(tmp_path: Path, faults: list[Callable[[str], str]], stray: bytes) -> None:
    file = tmp_path / "m.toml"
    put(MAPPING, faults, file, stray)
    if not refused(lambda: read_mapping(file)):
        mapping = read_mapping(file)
        assert {"date", "source", "target", "code"} <= {*mapping.columns, *mapping.fixed}
