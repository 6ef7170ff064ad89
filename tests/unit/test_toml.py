"""The reader of our TOML files: values, and the place of each key, from the top of the file to a repeated table."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin.errors import BadData, LynchpinError, UnknownName
from lynchpin.toml import Table, parse_toml, tables

TEXT = """name = "mine"  # the top of the file
kinds = 3

[case]
start = 2012-07-09
title = '''two
lines'''
seed = 7

[[class]]
name = "first"

[[class]]
name = "second"
"""


def test_values_and_their_places() -> None:
    values, lines = parse_toml(TEXT.encode(), "a.toml", "case")
    case = Table(values["case"], lines, "case")
    assert (case.day("start"), case.number("seed"), case.text("title")) == (date(2012, 7, 9), 7.0, "two\nlines")
    assert [table.text("name") for table in tables(values, "class", lines, ("name",))] == ["first", "second"]
    assert lines.where("case", 0, "seed") == "a.toml, line 8, [case] seed"
    assert lines.where("class", 1, "name") == "a.toml, line 14, [class] name"
    assert lines.where("", 0, "kinds") == "a.toml, line 2, kinds"
    assert lines.where("", 0, "case") == "a.toml, line 4, case"  # a table asked for as a key of the top
    assert lines.where("kinds") == "a.toml, line 2, [kinds]"  # a key asked for as a table
    assert lines.find("", 0, "name") == (1, 8)
    assert lines.find("nowhere") == (1, 1)


def test_a_byte_order_mark_is_dropped() -> None:
    values, lines = parse_toml(b"\xef\xbb\xbf" + TEXT.encode(), "a.toml", "case")
    assert (values["name"], lines.find("", 0, "name")) == ("mine", (1, 8))


FAULTS = [
    (b"name = \xff", "the mapping is not UTF-8 text", "a.toml, line 1, byte 7"),
    (b"name = mine", "the mapping is not TOML: Invalid value (at line 1, column 8)", "a.toml, line 1"),
]


@pytest.mark.parametrize(("content", "what", "where"), FAULTS, ids=["bytes", "form"])
def test_what_is_no_toml(content: bytes, what: str, where: str) -> None:
    with pytest.raises(BadData) as caught:
        parse_toml(content, "a.toml", "mapping")
    assert (caught.value.what, caught.value.where) == (what, where)
    assert caught.value.mend


def test_an_unknown_key_at_the_top() -> None:
    values, lines = parse_toml(TEXT.encode(), "a.toml", "case")
    with pytest.raises(BadData) as caught:
        Table(values, lines, "", keys=("name", "case", "class", "kind"))
    assert str(caught.value) == (
        "no key named 'kinds' in the top of the file\n  where: a.toml, line 2, kinds\n  to mend: did you mean 'kind'?"
    )


def test_a_value_of_the_wrong_kind() -> None:
    values, lines = parse_toml(TEXT.encode(), "a.toml", "case")
    top = Table(values, lines, "")
    with pytest.raises(LynchpinError) as caught:
        top.text("kinds")
    assert (caught.value.what, caught.value.where) == ('kinds should be "text", not 3', "a.toml, line 2, kinds")
    with pytest.raises(UnknownName, match="name cannot be 'mine'"):
        top.one_of("name", ("yours",))
