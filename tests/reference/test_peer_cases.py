"""What goldfish, remverse, relevent and eventnet fit in their own tests and vignettes, as commands of `lynchpin rem`.

`peer_cases.toml` has each command with the right values, and why a peer has others. The data is in the reference folder.
"""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from lynchpin.cli import app

CASES = tomllib.loads(Path(__file__).with_name("peer_cases.toml").read_text(encoding="utf-8"))["case"]

#: Two fits agree in this much of a log-likelihood, and of a standard error.
LOGLIK, SE = 1e-5, 1e-4


@pytest.fixture(scope="module")
def peers(shared: Path) -> Path:
    return shared / "reference" / "peers"


@pytest.fixture(scope="module")
def data(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the cases, and those that are made of them."""
    folder = tmp_path_factory.mktemp("peers")
    for file in (peers / "data").iterdir():
        (folder / file.name).symlink_to(file)
    for name, make in MADE.items():
        make(lambda file: pl.read_csv(folder / f"{file}.csv", infer_schema_length=0)).write_csv(folder / f"{name}.csv")
    return folder


Read = Callable[[str], pl.DataFrame]


def pairs(rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(sorted(rows), schema=["sender", "receiver"], orient="row")


def either_way(read: Read) -> pl.DataFrame:
    """Dyads that ever act, and those the other way."""
    acted = {*read("history").select("sender", "receiver").iter_rows()}
    return pairs([*(acted | {(b, a) for a, b in acted})])


def held_over_waits(read: Read) -> pl.DataFrame:
    """Changes dated at the time point before: a value at the end of a wait holds over all of it, as in remstimate."""
    times = read("history")["time"].cast(pl.Float64).unique().sort()
    table = read("info_extraversion").with_columns(pl.col("time").cast(pl.Float64))
    before = [float(times.filter(times < t).max() or 0.0) for t in table["time"]]  # type: ignore[arg-type]
    return table.with_columns(time=pl.Series(before))


def only_cooperates(read: Read) -> pl.DataFrame:
    """1 for a dyad on the days on which it cooperates and has no conflict."""
    days = read("signed12").group_by("time", "sender", "receiver").agg(conflicts=(pl.col("type") == "conflict").any())
    on = days.filter(~pl.col("conflicts")).select(pl.col("time").cast(pl.Float64), "sender", "receiver")
    edges = [on.with_columns(pl.col("time") + late, value=pl.lit(value)) for late, value in ((-0.4, 1), (0.4, 0))]
    return pl.concat(edges).sort("time", "sender", "receiver")


def attribute(read: Read, column: str) -> pl.DataFrame:
    return read("se_actors").select(actor="label", value=column)


MADE: dict[str, Callable[[Read], pl.DataFrame]] = {
    "eight": lambda read: pl.DataFrame({"actor": range(1, 9)}),
    "class_acts": lambda read: read("class").filter(pl.col("sender") != "NA"),  # the last row only says when it ended
    "history_either_way": either_way,
    "extraversion_over_waits": held_over_waits,
    "cooperates": only_cooperates,
    "floor": lambda read: attribute(read, "floor"),
    "grade": lambda read: attribute(read, "gradeType"),
}


def test_every_case_is_a_command_or_says_what_it_lacks(peers):
    told = {case["id"]: case for case in json.loads((peers / "cases.json").read_text(encoding="utf-8"))["cases"]}
    assert [case["id"] for case in CASES] == [*told]
    for case in CASES:
        assert ("command" in case) is not ("lacks" in case)
        assert "command" in case or not told[case["id"]]["expressible"]
        if "command" in case:
            right = told[case["id"]]["right"]
            assert case["coef"] == right["coef"] and case.get("loglik") == right.get("loglik")
            assert case["tolerance"] == told[case["id"]]["tolerance_in_se"]


COMMANDS = [pytest.param(case, id=case["id"]) for case in CASES if "command" in case]


@pytest.mark.parametrize("case", COMMANDS)
def test_it_agrees(data, case, monkeypatch):
    monkeypatch.chdir(data)
    done = CliRunner().invoke(app, ["rem", *shlex.split(case["command"]), "--json"])
    assert done.exit_code == 0, done.exception
    found = json.loads(done.stdout)
    times = np.array(case.get("times", [1.0] * len(found["names"])))
    estimate, se = np.array(found["estimate"]) * times, np.array(found["se"]) * times
    right = np.array(case.get("se", se))
    np.testing.assert_allclose((estimate - case["coef"]) / right, 0.0, atol=case["tolerance"])
    np.testing.assert_allclose(se / right, 1.0, atol=SE)
    if "loglik" in case:
        assert found["log_likelihood"] == pytest.approx(case["loglik"], abs=LOGLIK)
