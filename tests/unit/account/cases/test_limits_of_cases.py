"""How much a case may hold, and how its name and its files may be called."""

from __future__ import annotations

from pathlib import Path

import pytest

from lynchpin import limits
from lynchpin.account.cases import is_theory, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.errors import BadData, BadMechanism, BadValue, LynchpinError
from lynchpin.record.ontology.countries import all_countries
from lynchpin.session.facade import load_case


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_new_case("toy", tmp_path)
    return tmp_path / "toy" / "case.toml"


def put(file: Path, old: str, fresh: str) -> str:
    text = file.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, fresh, 1)
    file.write_text(changed, encoding="utf-8")
    return changed


def refused(file: Path, kind: type[LynchpinError], words: str) -> LynchpinError:
    with pytest.raises(kind) as caught:
        read_case(file)
    assert words in caught.value.what
    assert "case.toml, line " in caught.value.where
    return caught.value


@pytest.mark.parametrize(
    "name", ["../../escaped", "/somewhere/else", ".", "..", "a/b", "a\\\\b", "a b", "", "1st", "é", "a" * 201, "a\\n"]
)
def test_a_name_is_no_path(file: Path, name: str) -> None:
    put(file, 'name = "toy"', f'name = "{name}"')
    assert refused(file, BadValue, "cannot be a case's name").where == f"{file}, line 7, [case] name"


@pytest.mark.parametrize("key", ["events", "agreements", "stages"])
def test_files_lie_beside_the_case_unless_that_is_allowed(file: Path, key: str) -> None:
    outside = file.parent.parent / "outside.csv"
    outside.write_bytes((file.parent / "events.csv").read_bytes())
    other = {"agreements": "stages", "stages": "agreements"}.get(key, "citation")
    put(file, 'events = "events.csv"', f'{key} = "../outside.csv"\n{other} = "events.csv"')
    put(file, "citation", "account_date = 2015-01-01\n#")
    assert f"[case] {key}" in refused(file, BadData, "'../outside.csv' lies outside the folder of the case").where
    allowed = load_case(file, allow_outside=True)
    assert getattr(allowed, f"{key}_file").samefile(outside)
    with pytest.raises(BadData):
        load_case(file)


def test_a_seed_is_used_exactly(file: Path) -> None:
    for seed in (2**53 + 1, 99999999999999999999999999999):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("seed = 1\n", f"seed = {seed}\n"), encoding="utf-8")
        assert read_case(file).seed == seed
        file.write_text(text, encoding="utf-8")


def test_a_mark_at_the_start_is_no_part_of_the_text(file: Path) -> None:
    plain = read_case(file)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_case(file).labels == plain.labels


def test_a_watched_dyad_has_two_states(file: Path) -> None:
    put(file, 'dyad = "JPN -> KOR"', 'dyad = "JPN -> JPN"')
    assert refused(file, BadValue, "JPN is on both sides of the dyad").where.endswith("[watch] dyad")


def test_terms_of_a_mechanism_are_counted(file: Path) -> None:
    edge, most = "adversary -> ally : conflict", limits.TERMS
    put(file, edge, " & ".join([edge] * most))
    assert read_case(file).mechanisms[0].name == "shared_threat"
    put(file, edge, f"{edge} & {edge}")
    error = refused(file, BadMechanism, f"{most + 1} edges and names stand in one mechanism, and at most {most} may")
    assert "column" in error.where


def test_ten_thousand_terms_are_refused_at_once(file: Path) -> None:
    edge = "adversary -> ally : conflict"
    put(file, edge, " & ".join([edge] * 10_000))
    refused(file, BadData, "signs")


def test_ways_through_references_multiply(file: Path) -> None:
    """m1 is m0 four times, m2 is m1 four times: each alone is small, and the last is read 4 ** 9 times."""
    text = file.read_text(encoding="utf-8")
    head = '\n[[mechanism]]\nname = "m{}"\nsays = "{} => a -> b : cooperation"\n'
    text += head.format(0, "adversary -> ally : conflict")
    for n in range(1, 10):
        text += head.format(n, " | ".join([f"m{n - 1}"] * 4))
    file.write_text(text, encoding="utf-8")
    # m0 has 1 adversary and 2 allies to sum over
    assert f"{2 * 4**7:,} ways" in refused(file, BadMechanism, "its names can be given to nodes in").what


def test_names_that_are_summed_multiply(file: Path) -> None:
    codes = [country.iso3 for country in all_countries() if country.iso3 not in ("USA", "JPN", "KOR", "PRK")][:21]
    put(file, 'PRK = "North Korea"\n', 'PRK = "North Korea"\n' + "".join(f'{code} = "{code}"\n' for code in codes))
    put(file, 'b = "ally"\n', 'b = "ally"\nw = "*"\nx = "*"\ny = "*"\nz = "*"\n')
    put(file, "adversary -> ally : conflict", "w -> x : conflict & x -> y : conflict & y -> z : conflict")
    refused(file, BadMechanism, f"in {3 * 25**4:,} ways, and at most 20,000 may be summed")


def test_tables_are_counted(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    one = '\n[[class]]\nname = "c{}"\ntypes = ["AGREE"]\n'
    file.write_text(text + "".join(one.format(n) for n in range(38)), encoding="utf-8")
    assert len(read_case(file).classes) == 40
    file.write_text(text + "".join(one.format(n) for n in range(500)), encoding="utf-8")
    refused(file, BadData, "502 times [class], and at most 40")


DEEP = {
    "dotted keys": ("a" + ".a" * 50_000 + " = 1\n", "nests deeper than 16 levels", 2),
    "dotted, quoted": ('"a"' + ' . "a"' * 20 + " = 1\n", "nests deeper than 16 levels", 2),
    "brackets": ("x = " + "[" * 50_000 + "\n", "nests deeper than 16 levels", 2),
    "braces": ("x = " + "{a = " * 17 + "1" + "}" * 17 + "\n", "nests deeper than 16 levels", 2),
    "a table": ("[" + "a." * 20 + "a]\n", "nests deeper than 16 levels", 2),
    "digits": ("x = " + "9" * 5000 + "\n", "a number of 5000 digits", 2),
    "hexadecimal": ("x = 0x" + "f" * 5000 + "\n", "a number of 5002 digits", 2),
    "one more key": ("x = 1\n" * 2, "", 3),
}


@pytest.mark.parametrize(("text", "words", "line"), DEEP.values(), ids=list(DEEP))
def test_toml_that_the_parser_would_choke_on(file: Path, text: str, words: str, line: int) -> None:
    file.write_text("# a line\n" + text + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert f"case.toml, line {line}" in refused(file, BadData, words).where
    assert not is_theory(file)


def test_dots_and_brackets_in_texts_are_no_depth(file: Path) -> None:
    put(
        file, '"What the account says', '"""x.' + "a." * 40 + "[" * 40 + ' """ # ' + "[" * 40 + '"What the account says'
    )
    put(file, "citation = ", "# " + "a." * 40 + "[" * 40 + "\ncitation = ")
    assert read_case(file).account.startswith("x.a.a.")


def test_a_file_of_megabytes_is_refused(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "# " + "x" * (1 << 20), encoding="utf-8")
    with pytest.raises(BadData, match="the case is larger than 1,048,576 bytes"):
        read_case(file)
