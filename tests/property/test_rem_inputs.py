"""Malformed inputs of `rem`, made from good ones by kind: each is refused with its reason, noted, or changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.errors import LynchpinError

PAIRS = ["ab", "ba", "ac", "cb", "bd", "ab", "ca", "da", "bc", "dc", "ab", "cd", "bd", "ac"]
HEAD = ["time", "sender", "receiver", "type", "weight"]
ROWS = [
    [f"2012-01-{k:02d}", pair[0], pair[1], "talk" if k % 3 else "visit", f"{1 + k % 4}"]
    for k, pair in enumerate(PAIRS, 1)
]
ATTRIBUTE = [["a", "1.5"], ["b", "-1"], ["c", "0.5"], ["d", "2"]]
SPELLS = [["a", "", ""], ["b", "2011-12-01", ""], ["c", "2012-01-01", "2012-02-01"]]
TIME, SENDER, RECEIVER, TYPE, WEIGHT = range(5)

Table = list[list[str]]


def text_of(head: list[str], rows: Table) -> str:
    return "\n".join(",".join(row) for row in [head, *rows]) + "\n"


def run(events: str, *options: str, attribute: str = "", spells: str = "", effects: str = "inertia(9d) send(x)"):
    """(answer, error): exactly one of them."""
    with TemporaryDirectory() as folder:
        files = {"e.csv": events, "x.csv": attribute or text_of(["actor", "value"], ATTRIBUTE)}
        files["p.csv"] = spells or text_of(["actor", "from", "to"], SPELLS)
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        words = ["rem", f"{folder}/e.csv", "--effects", effects, "--presence", f"{folder}/p.csv", "--json", *options]
        if "(x" in effects:
            words += ["--covariate", f"x={folder}/x.csv"]
        done = CliRunner().invoke(app, words)
    if done.exit_code == 0:
        return json.loads(done.stdout), None
    assert isinstance(done.exception, LynchpinError) or done.exit_code == 2, repr(done.exception)
    return None, str(done.exception) if isinstance(done.exception, LynchpinError) else done.output


def numbers(answer):
    return {key: answer[key] for key in ("estimate", "se", "log_likelihood", "n_events", "n_dyads", "n_rows")}


@pytest.fixture(scope="module")
def good():
    answer, error = run(text_of(HEAD, ROWS))
    assert error is None and answer["n_events"] == 14 and not answer["notes"]
    return numbers(answer)


def cell(column, *values):
    """One cell becomes one of the values."""

    def change(draw, head, rows):
        rows[draw(st.integers(0, 13))][column] = draw(st.sampled_from(values))

    return change


def row(change_row):
    def change(draw, head, rows):
        change_row(rows[draw(st.integers(0, 13))])

    return change


def said_in_another_way(draw, head, rows):
    """A name once in capitals, with a blank inside, or with a mark that has no width."""
    mine = rows[draw(st.integers(0, 13))]
    mine[SENDER] = draw(st.sampled_from([mine[SENDER].upper(), f"{mine[SENDER]}\u200b", f"0{mine[SENDER]}"]))


def blanks_around(draw, head, rows):
    for mine in rows:
        for column in range(5):
            mine[column] = " " * draw(st.integers(0, 2)) + mine[column] + " " * draw(st.integers(0, 2))


def shuffled(draw, head, rows):
    rows[:] = draw(st.permutations(rows))


def another_column(draw, head, rows):
    head.append(draw(st.sampled_from(["note", "id", "place"])))
    for k, mine in enumerate(rows):
        mine.append(str(k))


def days_as_digits(draw, head, rows):
    for mine in rows:
        mine[TIME] = mine[TIME].replace("-", "")


def with_a_zone(draw, head, rows):
    zone = draw(st.sampled_from(["Z", "+00:00", "-0000"]))
    for mine in rows:
        mine[TIME] += "T00:00:00" + zone


def weights_renamed(draw, head, rows):
    head[WEIGHT] = draw(st.sampled_from(["value", "increment", "magnitude"]))


def header(column):
    def change(draw, head, rows):
        head[column] = draw(st.sampled_from(["x1", "wer", "colonne", ""]))

    return change


#: kind -> how the table of events is changed, and what may come of it: refused, noted, or the same numbers
EVENTS = {
    "no name": (cell(SENDER, "", " ", "nan", "NULL", "N/A"), "refused"),
    "no receiver": (cell(RECEIVER, "", "\t", "<NA>", "None"), "refused"),
    "a name that may be none": (cell(SENDER, "NA"), "noted or refused"),
    "a control character": (cell(SENDER, "a\x00", "b\x07", "a\x1f"), "refused"),
    "itself": (row(lambda mine: mine.__setitem__(RECEIVER, mine[SENDER])), "refused"),
    "no time": (
        cell(TIME, "", "  ", "nan", "inf", "soon", "2012-13-01", "2012-02-30", "09/07/2012", "1e400"),
        "refused",
    ),
    "another kind of time": (cell(TIME, "2012", "20120103", "15340", "1341792000", "2012-01-03T00:00Z"), "refused"),
    "no weight": (cell(WEIGHT, "", "heavy", "inf", "nan", "1,5"), "refused"),
    "too few cells": (row(lambda mine: mine.__delitem__(slice(2, None))), "refused"),
    "too many cells": (row(lambda mine: mine.append("more")), "refused"),
    "no header of times": (header(TIME), "refused"),
    "no header of receivers": (header(RECEIVER), "refused"),
    "another spelling": (said_in_another_way, "noted or refused"),
    "no type": (cell(TYPE, "", " "), "noted"),
    "weights by another name": (weights_renamed, "noted"),
    "days as digits": (days_as_digits, "same, noted"),
    "a zone": (with_a_zone, "same, noted"),
    "blanks": (blanks_around, "same"),
    "another order": (shuffled, "same"),
    "another column": (another_column, "same"),
}


@pytest.mark.parametrize("kind", EVENTS)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(data=st.data())
def test_tables_of_events(good, kind, data):
    change, may = EVENTS[kind]
    head, rows = list(HEAD), [list(mine) for mine in ROWS]
    change(data.draw, head, rows)
    answer, error = run(text_of(head, rows))
    held_against(may, answer, error, good)


def held_against(may, answer, error, good):
    if error is not None:
        assert "refused" in may, error
        assert "to mend" in error or "Usage" in error
        return
    assert may != "refused", numbers(answer)
    if "noted" in may:
        assert answer["notes"]
    if "same" in may:
        assert numbers(answer)["estimate"] == pytest.approx(good["estimate"], rel=1e-9)
        assert answer["n_events"] == good["n_events"] and answer["n_rows"] == good["n_rows"]


def value(*values):
    return lambda draw: [[a, draw(st.sampled_from(values)) if k == 1 else v] for k, (a, v) in enumerate(ATTRIBUTE)]


ATTRIBUTES = {
    "a value that lacks": (value("", "NA", "nan", "."), "refused"),
    "a word": (value("rich", "1,5", "--", "0x1f"), "refused"),
    "without end": (value("inf", "-inf", "1e999"), "refused"),
    "an actor less": (lambda draw: draw(st.permutations(ATTRIBUTE))[1:], "refused"),
    "an actor twice": (lambda draw: [*ATTRIBUTE, draw(st.sampled_from(ATTRIBUTE))], "refused"),
    "another spelling": (lambda draw: [["A", "1.5"], *ATTRIBUTE[1:]], "refused"),
    "a name that is no actor": (
        lambda draw: [*ATTRIBUTE, [draw(st.sampled_from(["e", "zz", "NA"])), "3"]],
        "same, noted",
    ),
    "no name": (lambda draw: [*ATTRIBUTE, [draw(st.sampled_from(["", " ", "nan"])), "3"]], "refused"),
    "another order": (lambda draw: draw(st.permutations(ATTRIBUTE)), "same"),
}


@pytest.mark.parametrize("kind", ATTRIBUTES)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(data=st.data())
def test_tables_of_values(good, kind, data):
    change, may = ATTRIBUTES[kind]
    held_against(may, *run(text_of(HEAD, ROWS), attribute=text_of(["actor", "value"], change(data.draw))), good)


PRESENCE = {
    "leaves before it enters": ([["d", "2012-02-01", "2012-01-01"]], "refused"),
    "enters when it leaves": ([["d", "2012-02-01", "2012-02-01"]], "refused"),
    "no actor": ([["e", "", ""]], "refused"),
    "no name": ([["", "2012-01-01", ""]], "refused"),
    "a number beside dates": ([["d", "3", ""]], "refused"),
    "no time": ([["d", "soon", ""]], "refused"),
    "spells that overlap": ([["d", "", "2012-01-20"], ["d", "2012-01-10", ""]], "same, noted"),
    "spells that touch": ([["d", "2012-01-10", ""], ["d", "", "2012-01-10"]], "same, noted"),
    "a spell within another": ([["d", "", ""], ["d", "2012-01-10", "2012-01-11"]], "same, noted"),
    "an act without being there": ([["d", "2012-01-10", ""]], "refused"),
}


@pytest.mark.parametrize("kind", PRESENCE)
def test_tables_of_presence(good, kind):
    rows, may = PRESENCE[kind]
    answer, error = run(text_of(HEAD, ROWS), spells=text_of(["actor", "from", "to"], [*SPELLS, *rows]))
    held_against(may, answer, error, good)


OPTIONS = [
    "--ridge nan", "--ridge -1", "--ridge inf", "--workers -1", "--workers 0", "--seed -1", "--seed 9223372036854775808",
    "--controls 0", "--controls -3", "--half-life 0d", "--half-life nan", "--half-life 30x", "--half-life -4",
    "--start 2030-01-01", "--start nan", "--start soon", "--start 15340", "--stop 2001-01-01", "--stop 12",
    "--start 2012-01-09 --stop 2012-01-05", "--time-unit s", "--time-unit fortnight", "--weight wieght",
    "--likelihood rate --step 0", "--likelihood rate --step nan", "--likelihood rate --step 1e-300",
    "--likelihood rate --step -1d", "--likelihood rate --step inf", "--covariate x=nowhere.csv", "--covariate y",
    "--dyads /dev/null", "--presence /dev/zero", "--save /dev/full", "--save nowhere/at/all", "--ties exakt",
    "--ties exact --random sender", "--actors nowhere.csv", "--actors /dev/zero", "--actors /dev/null", "--clock hours",
    "--first -1", "--first 99", "--covariate-from before", "--effects psABBA(9d)",
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS)
def test_options_that_cannot_be(good, options):
    answer, error = run(text_of(HEAD, ROWS), *options.split())
    held_against("refused", answer, error, good)


def test_an_option_that_no_effect_uses():
    table = text_of(HEAD, ROWS)
    with TemporaryDirectory() as folder:
        (Path(folder) / "y.csv").write_text(text_of(["actor", "value"], ATTRIBUTE))
        answer, error = run(table, "--covariate", f"y={folder}/y.csv")
        assert answer is None and "covariate y is in no effect" in error
        answer, error = run(table, "--covariate", f"x={folder}/y.csv")
        assert answer is None and "covariate x is there twice" in error


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.text(alphabet='ab,"\n\r0129-:T.\u00e9\x00;\t#', max_size=80), st.integers(0, 300))
def test_rubbish_put_into_a_table(good, rubbish, at):
    """Whatever stands in the middle of a good table: an answer in order, or an error with its mend."""
    text = text_of(HEAD, ROWS)
    answer, _ = run(text[:at] + rubbish + text[at:])
    if answer is not None:
        rows = sum(1 for line in (text[:at] + rubbish + text[at:]).splitlines() if line.strip()) - 1
        is_same = numbers(answer) == good
        assert is_same or answer["notes"] or answer["n_events"] <= rows
