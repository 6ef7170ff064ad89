"""The words of the embedded cases are short and their own: no long description, no long passage in quotation marks."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lynchpin.account.cases.builtin import builtin_cases, case_path

MOST_WORDS, MOST_QUOTED = 40, 12
#: An account is told in a paragraph, and so is what a scenario assumes.
PARAGRAPHS = ("account", "assumes")
#: No description: addresses, and names of series.
NO_WORDS = ("source_url", "evidence_url", "series")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]*)[\"”»]|(?<!\w)['‘]([^'‘’]{3,})['’](?!\w)")


def texts(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Every text of a case: where it stands, itself, and whether it is a paragraph."""
    for file in sorted(folder.rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                yield from ((f"{file.name}, row {number}, {k}", v, False) for k, v in row.items() if k not in NO_WORDS)
    for file in sorted(folder.rglob("*.toml")):
        yield from _values(tomllib.loads(file.read_text(encoding="utf-8")), file.name, "")


def _values(value: object, where: str, key: str) -> Iterator[tuple[str, str, bool]]:
    if isinstance(value, str):
        yield f"{where}, {key}", value, key in PARAGRAPHS
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _values(part, where, name)
    elif isinstance(value, list):
        for part in value:
            yield from _values(part, where, key)


def faults(where: str, text: str, is_paragraph: bool) -> list[str]:
    words = len(text.split())
    long = [f"{where}: {words} words"] if words > MOST_WORDS and not is_paragraph else []
    quoted = [one or other for one, other in _QUOTED.findall(text)]
    return long + [f"{where}: quotes {part!r}" for part in quoted if len(part.split()) > MOST_QUOTED]


@pytest.mark.parametrize("name", sorted(builtin_cases()))
def test_descriptions_are_short_and_their_own(name: str) -> None:
    told = list(texts(case_path(name).parent))
    assert len(told) > 1000
    assert [fault for one in told for fault in faults(*one)] == []


def test_a_long_text_and_a_long_quotation_would_be_seen() -> None:
    twelve = " ".join(["word"] * 12)
    assert faults("x", " ".join(["word"] * 40), False) == faults("x", f"He said “{twelve}”.", False) == []
    assert faults("x", " ".join(["word"] * 41), True) == []
    assert faults("x", " ".join(["word"] * 41), False) == ["x: 41 words"]
    for quoted in (f'"{twelve} more"', f"‘{twelve} more’", f"'{twelve} more'"):
        assert len(faults("x", f"He said {quoted}.", True)) == 1
    assert (
        faults("x", "The premier's visit and the minister's talks on Japan's offer to the South's navy.", False) == []
    )
