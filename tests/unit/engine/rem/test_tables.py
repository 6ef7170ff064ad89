"""Tables beside the events (covariates, presence, dyads at risk): errors name their own lines, notes say what was mended."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from lynchpin.cli import app

EVENTS = "time,sender,receiver\n" + "".join(
    f"{k},{a},{b}\n" for k, (a, b) in enumerate([("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"), ("a", "c")] * 6, 1)
)
HEAD = "# a comment, alone\n\n"


def run(folder, *words, **files):
    for name, text in {"acts": EVENTS, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["rem", str(folder / "acts.csv"), *words, "--quiet"])
    return done, str(folder)


COVARIATE = ("--effects", "inertia send(x)", "--covariate")
PRESENCE = ("--effects", "inertia", "--presence")
DYADS = ("--effects", "inertia", "--dyads")
ROWS = "actor,value\na,1\n# halfway, a comment, too\n\nb,2\n"

#: Words, the file, its text, what is said, and the line: comments and blank lines count.
WRONG = [
    (COVARIATE, "x", f"{HEAD}{ROWS}c,much\n", "x is no number: 'much'", 8),
    (COVARIATE, "x", f"{HEAD}{ROWS}c,\n", "no value", 8),
    (COVARIATE, "x", f"{HEAD}{ROWS}c,3\n\nb,4\n", "b is there twice", "s 7 and 10"),
    (COVARIATE, "x", f"{HEAD}{ROWS},3\n", "no actor", 8),
    (COVARIATE, "x", f"{HEAD}actor,value,time\na,1,0\n\nb,2,0\nc,3,soon\n", "'soon'", 7),
    (PRESENCE, "p", f"{HEAD}actor,from,to\na,,\n\nb,4,2\n", "b leaves before it enters", 6),
    (PRESENCE, "p", f"{HEAD}actor,from,to\na,,9\n\nb,,\nc,,never-ever\n", "never-ever", 7),
    (PRESENCE, "p", f"{HEAD}actor,from,to\na,,\n\nz,,\n", "no actor 'z' in the events", 6),
    (DYADS, "d", f"{HEAD}sender,receiver\na,b\n\nb,b\n", "a pair of an actor with itself", 6),
    (DYADS, "d", f"{HEAD}sender,receiver\na,b\n# b, c, no\n\nb,z\n", "no actor 'z' in the events", 7),
]


@pytest.mark.parametrize(("words", "name", "text", "said", "line"), WRONG)
def test_the_line_of_an_error(words, name, text, said, line, tmp_path):
    file = tmp_path / f"{name}.csv"
    done, _ = run(tmp_path, *words[:-1], words[-1], f"x={file}" if name == "x" else str(file), **{name: text})
    assert isinstance(done.exception, Exception)
    message = str(done.exception)
    place = f"{file}, line{line}" if isinstance(line, str) else f"{file}, line {line}"
    assert said in message and f"where: {place}\n" in message, message


def test_what_was_mended_in_a_table_is_said(tmp_path):
    files = {
        "x": "actor;value\na;1,5\n\nb;2\nc;3\n",
        "p": "actor\tfrom\tto\na\t\t20\na\t10\t\n",
        "d": f"{HEAD}sender,receiver\na,b\nb,a\nb,c\nc,a\na,c\n",
    }
    given = ("--covariate", f"x={tmp_path}/x.csv", "--presence", f"{tmp_path}/p.csv", "--dyads", f"{tmp_path}/d.csv")
    done, folder = run(tmp_path, "--effects", "inertia send(x)", "--ridge", "1", *given, **files)
    assert done.exception is None, done.exception
    for name, said in (
        ("x", "the fields are parted by semicolons"),
        ("x", "decimal commas read in the column 'value'"),
        ("x", "blank lines passed over: 1"),
        ("p", "the fields are parted by tabs"),
        ("p", "1 spells overlap or touch an earlier one and are united with it: a (line 3)"),
        ("d", "lines above the header are passed over"),
    ):
        assert done.stdout.count(f"{folder}/{name}.csv: {said}") == 1, (name, said, done.stdout)


def test_a_risk_set_that_is_none_is_refused_beside_a_table_of_pairs(tmp_path):
    given = ("--effects", "inertia", "--dyads", f"{tmp_path}/d.csv", "--risk-set", "fulll")
    done, _ = run(tmp_path, *given, d="sender,receiver\na,b\nb,a\n")
    assert str(done.exception).startswith("no risk set 'fulll'")
