"""At any width no row is wider than the terminal, no word or number is broken, and nothing is left out unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from rich.table import Table
from typer.testing import CliRunner

from helpers.records import full, sparse
from helpers.widths import numbers, too_wide, words
from lynchpin.cli import app
from lynchpin.cli._terminal import put, show
from lynchpin.report.screen import parts
from lynchpin.report.width import Aside, broken, in_parts
from lynchpin.results import Brief, Forecast

RECORDS = {f"{type(record).__name__}-{number}": record for number, record in enumerate((*full(), *sparse()))}
WIDTHS = (60, 80, 100)


def printed(record: object, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    show(record, as_json=False)
    return capsys.readouterr().out


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_no_row_is_too_wide_and_no_number_is_broken(
    record: Any, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = printed(record, 400, monkeypatch, capsys)
    narrow = printed(record, width, monkeypatch, capsys)
    assert too_wide(narrow, width) == []
    said = (
        {"110", "190", "5"} if isinstance(record, (Brief, Forecast)) else set()
    )  # where more is to be seen, and how many of how many
    assert numbers(narrow) - said <= numbers(wide)
    if not isinstance(record, (Brief, Forecast)):  # a screenful: it says what it leaves out
        tables = [part for part in parts(record, width) if isinstance(part, Table)]
        empty = " ".join(str(c.header) for table in tables for c in table.columns if not any(map(str, c.cells)))
        assert words(wide) - words(empty) <= words(narrow)


COMMANDS = (
    ["cases"],
    ["check", "northeast-asia"],
    ["explain", "northeast-asia"],
    ["sources"],
    ["structure", "list"],
    ["whatif", "northeast-asia", "--list"],
    ["events", "northeast-asia", "--as-of", "2012-07-09", "--limit", "40"],
    ["events", "northeast-asia", "--as-of", "2012-07-09", "--count", "dyad"],
)


@pytest.mark.parametrize("asked", COMMANDS, ids=" ".join)
def test_commands_that_print_words_keep_to_the_width(asked: list[str]) -> None:
    shown = {width: CliRunner().invoke(app, asked, env={"COLUMNS": str(width)}) for width in (60, 80, 400)}
    assert {done.exit_code for done in shown.values()} == {0}
    for width in (60, 80):
        assert too_wide(shown[width].stdout, width) == []
        assert numbers(shown[width].stdout) <= numbers(shown[400].stdout)


def test_a_table_that_does_not_fit_becomes_two_lines_a_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Table("dyad", "mean", "80 %", title="a title", caption="how to read it")
    table.columns[1].justify = table.columns[2].justify = "right"
    table.add_row("JPN->KOR", "2.25", "0 to 6")
    monkeypatch.setenv("COLUMNS", "24")
    put(table)
    beside = capsys.readouterr().out
    assert [line.rstrip() for line in beside.splitlines()] == [
        "a title", "dyad      mean    80 %", "JPN->KOR  2.25  0 to 6", "how to read it",
    ]  # fmt: skip
    monkeypatch.setenv("COLUMNS", "18")
    put(table, alone=True)
    assert capsys.readouterr().out.splitlines() == ["a title", "dyad", "JPN->KOR", "  mean 2.25,", "  80 % 0 to 6"]


def test_columns_of_plain_text_become_a_table_where_they_do_not_fit() -> None:
    text = "A line above.\n\n           half-life  estimate\none_name        30 d     0.500\nanother         60 d    -1.250"
    *before, table = in_parts(text, 24)
    assert before == ["A line above.", ""]
    assert isinstance(table, Table)
    assert [column.header for column in table.columns] == ["", "half-life", "estimate"]
    assert [list(column.cells) for column in table.columns][2] == ["0.500", "-1.250"]
    assert list(in_parts(text, 80)) == [text.split("\n\n")[0], "", text.split("\n\n")[1]]


def test_quiet_prints_the_answer_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    record = next(record for record in full() if type(record).__name__ == "WhatIf")
    for part in parts(record, 80):
        put(part, alone=True)
    shown = capsys.readouterr().out
    assert "More cooperation: 2.5 acts." in shown
    assert "Association in time" not in shown
    assert "pairs of paths" not in shown
    assert any(isinstance(part, Aside) for part in parts(record, 80))


def test_text_is_broken_between_words_only() -> None:
    assert (
        broken("  registration 0123456789abcdef is whole", 14) == "  registration\n    0123456789abcdef\n    is whole"
    )


def test_a_number_and_its_signs_stay_on_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "a chance of > 99.5 %, or < ×0.1"
    for width in range(12, 32):
        lines = broken(said, width).split("\n")
        assert " ".join(line.strip() for line in lines) == said
        assert not any(line.strip().startswith(("%", "99.5", "×0.1")) for line in lines), width
    table = Table("what", "said of it")
    table.add_row("one", "it comes with > 99.5 % by then")
    for width in range(14, 34):
        monkeypatch.setenv("COLUMNS", str(width))
        put(table)
        shown = capsys.readouterr().out
        assert "> 99.5 %" in shown, (width, shown)


def test_quiet_leaves_out_notes_of_a_command() -> None:
    asked = ["agreements", "northeast-asia", "--as-of", "2012-07-09", "--agreement", "gsomia-jpn-kor", "--draws", "20"]
    alone = CliRunner().invoke(app, [*asked, "--quiet"], env={"COLUMNS": "80"})
    told = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    assert told.exit_code == alone.exit_code == 0, told.output
    assert "events" in told.stdout.splitlines()[0]
    assert too_wide(told.stdout, 80) == []
    assert len(alone.stdout) < len(told.stdout)
    assert alone.stdout.splitlines()[-1] in told.stdout
