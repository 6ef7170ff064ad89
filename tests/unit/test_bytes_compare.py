"""The comparison of two revisions' outputs (benchmarks/same_bytes.py): what is rounding, and what is not."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest

from helpers.load import load

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    return lambda name: load(BENCHMARKS / f"{name}.py", monkeypatch)


@pytest.fixture
def apart(bench):
    compare = bench("_bytes_compare").compare
    return lambda old, new: compare("stdout", old, new, 1e-9, 1e-12)


def test_the_same_bytes_are_no_difference(apart):
    assert apart("a\n", "a\n") is None


@pytest.mark.parametrize(
    ("old", "new", "is_rounding", "largest"),
    [
        ({"a": [1.0, 2.0]}, {"a": [1.0, 2.0 * (1 + 4e-16)]}, True, 4.4e-16),
        ({"a": 1e-15}, {"a": -1e-15}, True, 2.0),
        ({"a": 1.0}, {"a": 1.0 + 1e-8}, False, 1e-8),
        ({"a": 1}, {"a": True}, False, math.nan),
        ({"a": 1}, {"b": 1}, False, math.nan),
        ({"a": [1]}, {"a": [1, 2]}, False, math.nan),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False, math.nan),
    ],
)
def test_numbers_of_json_that_are_near_are_rounding(apart, old, new, is_rounding, largest):
    found = apart(json.dumps(old), json.dumps(new))
    assert found.is_rounding is is_rounding
    assert found.largest == pytest.approx(largest, rel=0.1, nan_ok=True)


def test_json_is_told_by_path_and_values(apart):
    found = apart('{"a": [{"b": 1.0}]}', '{"a": [{"b": 1.5}]}')
    assert found.lines == (".a[0].b: 1.0 -> 1.5 (3.3e-01)",)


@pytest.mark.parametrize(
    ("old", "new", "is_rounding"),
    [
        ("x 0.1000000000000 y", "x 0.1000000000001 y", True),
        ("x 0.10 y", "x 0.11 y", False),
        ("x -0.1", "x 0.1", False),
        ("on 2012-07-09", "on 2012-07-10", False),
        ("x 0.1 y", "x 0.1 z", False),
        ("x 0.1 y", "x 0.1 y ", False),
        ("x1 2", "x2 2", False),
    ],
)
def test_numbers_of_a_text_that_are_near_are_rounding(apart, old, new, is_rounding):
    assert apart(old, new).is_rounding is is_rounding


def test_a_line_is_shown_from_where_it_parts(apart):
    found = apart("same\n" + "a" * 500 + "b", "same\n" + "a" * 500 + "c\nmore")
    assert found.lines == (f"- {'a' * 40}b / + {'a' * 40}c", "+ more")


def test_a_database_is_compared_by_its_rows(bench, tmp_path):
    import duckdb

    texts = []
    for order in ((1, 2), (2, 1)):
        file = tmp_path / f"{order[0]}.duckdb"
        with duckdb.connect(str(file)) as database:
            database.execute("CREATE TABLE t (a INTEGER)")
            database.executemany("INSERT INTO t VALUES (?)", [(value,) for value in order])
        texts.append(bench("_bytes_compare").readable(file))
    assert texts[0] == texts[1]
    assert "[1]\n[2]" in texts[0]


def test_every_statistic_is_in_a_job(bench):
    page = (BENCHMARKS.parent / "docs" / "reference" / "statistics.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    named = " ".join(bench("_bytes_jobs").STATISTICS).replace("(", " ").replace(":", " ").split()
    assert len(listed) > 30
    assert listed - set(named) == set()


def test_seconds_are_left_out_and_json_stays_json(bench):
    same_bytes, compare = bench("same_bytes"), bench("_bytes_compare")
    used = Counter()
    text = compare.normalised('{"seconds": 1.2e-05, "n": 3}', same_bytes._VARYING, used)
    assert json.loads(text) == {"seconds": 0, "n": 3}
    assert used.total() == 1


def test_a_command_without_a_job_is_named(bench):
    uncovered = bench("same_bytes").uncovered
    helps = {
        "--help": "Usage\n\nCommands:\n  brief  Fit.\n  dance  Move.\n",
        "store --help": "Commands:\n  sing  La.\n",
    }
    assert uncovered(helps) == ["dance", "store sing"]


def test_only_takes_what_a_job_stands_on(bench):
    chosen = [job.line for job in bench("same_bytes").jobs("@ after type*")]
    assert "new small" in chosen
    assert any("--save type.rem" in line for line in chosen)
    assert not any(line.startswith("brief") for line in chosen)
