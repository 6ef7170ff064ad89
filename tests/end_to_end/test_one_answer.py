"""One question, one answer: each is put to every command that answers it, and to Python; one number, as printed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from lynchpin.cli import app

AS_OF = ("--as-of", "2012-07-09")
DYADS = [
    ("KOR", "JPN", "security_cooperation"),
    ("PRK", "KOR", "material_conflict"),
    ("CHN", "JPN", "verbal_conflict"),
    ("CHN", "PRK", "material_conflict"),
]


def run(*args: str) -> str:
    ran = CliRunner().invoke(app, list(args))
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def asked(*args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*args, "--json"))
    return found


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return asked("brief", "northeast-asia", *AS_OF, "--out", str(tmp_path_factory.mktemp("page")))


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    patterns = [word for i, j, c in DYADS for word in ("--any", f"{i} -> {j} : {c}")]
    return {
        "forecast": asked("forecast", "northeast-asia", *AS_OF, "--draws", "200"),
        "any": asked("forecast", "northeast-asia", *AS_OF, *patterns, "--by", "2013-01-08", "--draws", "200"),
        "whatif": asked("whatif", "northeast-asia", *AS_OF, "--silence", "shared_threat", "--draws", "200"),
        "index": asked("forecast", "northeast-asia", *AS_OF, "--index", "--draws", "200"),
    }


def totals(said: dict[str, Any], unit: tuple[str, str, str]) -> dict[str, Any]:
    [row] = [row for row in said["totals"] if (row["source"], row["target"], row["class"]) == unit]
    return row


@pytest.mark.parametrize("unit", DYADS, ids=[f"{i}-{j} {c}" for i, j, c in DYADS])
def test_acts_expected_and_the_chance_of_any(unit, brief, answers, fit_2012) -> None:
    any_of = answers["any"]["any"][DYADS.index(unit)]
    [row] = [r for r in answers["whatif"]["differences"] if (r["source"], r["target"], r["class"]) == unit]
    told = fit_2012.forecast(draws=200)
    whole = told.totals.filter(
        (pl.col("model") == told.model)
        & (pl.col("source") == unit[0])
        & (pl.col("target") == unit[1])
        & (pl.col("event_class") == unit[2])
    ).row(0, named=True)
    in_forecast, in_brief = totals(answers["forecast"], unit), totals(brief, unit)
    assert in_forecast == in_brief
    means = {f"{mean:.1f}" for mean in (any_of["mean"], row["baseline"], whole["mean"], in_brief["mean"])}
    assert len(means) == 1, means
    chances = {any_of["p_any"], row["any_baseline"], round(whole["p_any"], 6), in_brief["p_any"]}
    assert max(chances) - min(chances) < 1e-5 and min(chances) > 0.0 and max(chances) < 1.0, chances
    assert any_of["lower"] <= any_of["p_any"] <= any_of["upper"] and 0.0 < any_of["base_rate"] < 1.0


def test_an_agreement_a_year_on(brief) -> None:
    ask = ("northeast-asia", *AS_OF, "--agreement", "gsomia-jpn-kor")
    [life] = asked("agreements", *ask)["agreements"]
    [in_brief] = [one for one in brief["agreements"] if one["id"] == "gsomia-jpn-kor"]
    by = asked("forecast", *ask, "--by", "2013-07-08")

    def year(rows: list[dict[str, Any]]) -> dict[str, tuple[float, float, float]]:
        return {
            row["stage"]: tuple(round(row[key], 4) for key in ("probability", "lower", "upper", "base_rate"))
            for row in rows
            if row["horizon_days"] == 365
        }

    assert year(life["forecast"]) == year(in_brief["forecast"]) == year(by["stages"])
    goal = sum(year(life["forecast"])[stage][0] for stage in ("signed", "in_force"))
    shown = re.search(r"stands signed or in force a year on is (\d+) %", run("brief", "northeast-asia", *AS_OF))
    assert shown is None or int(shown[1]) == round(100 * goal)


def test_the_index_ahead_and_the_side_without(answers) -> None:
    ahead = {(row["pair"], row["date"]): row["mean"] for row in answers["index"]["index"]}
    base = {(row["pair"], row["date"]): row["baseline"] for row in answers["whatif"]["relation_index"]}
    assert ahead.keys() == base.keys()
    assert all(value == pytest.approx(base[key], abs=1e-9) for key, value in ahead.items())


def test_the_ratios_of_claims(brief) -> None:
    claims = {(row["id"], row["mechanism"]): row for row in asked("claims", "northeast-asia", *AS_OF)["claims"]}
    for row in brief["claims"]:
        other = claims[row["id"], row["mechanism"]]
        assert [row[key] for key in ("rate_ratio", "at_most", "grade")] == [
            other[key] for key in ("rate_ratio", "at_most", "grade")
        ]


def test_who_acts_next_is_as_python_says() -> None:
    from lynchpin.answers.predict import predict

    told = asked("predict", "northeast-asia", "--actor", "PRK", "--class", "material_conflict", "--date", "2012-07-09")
    here = predict("northeast-asia", "PRK", event_class="material_conflict", day="2012-07-09")
    assert [one["chance"] for one in told["candidates"]] == pytest.approx(
        [one.chance for one in here.candidates], rel=1e-4
    )
    assert all(
        0.0 < one["chance"] < 1.0 and one["lower"] <= one["chance"] <= one["upper"] for one in told["candidates"]
    )


def test_every_command_says_first_what_it_stands_on() -> None:
    head = r"northeast-asia, as of 2012-07-09: 1,520 events from 1998-01-23 to 2012-07-08, own chronology"
    for args in (
        ("fit",),
        ("forecast", "--draws", "100"),
        ("forecast", "--any", "PRK -> KOR : conflict", "--by", "2012-12-31", "--draws", "100"),
        ("whatif", "--silence", "PRK", "--days", "30", "--draws", "100"),
        ("agreements", "--draws", "20"),
    ):
        said = run(args[0], "northeast-asia", *AS_OF, *args[1:])
        assert re.match(head, said), said[:200]
    late = run("fit", "northeast-asia", "--as-of", "2040-01-01")
    assert "The record ends on " in late.splitlines()[1]


def test_the_case_of_the_folder_is_used_and_it_is_said(tmp_path: Path, monkeypatch) -> None:
    run("new", "mine", "--dir", str(tmp_path))
    monkeypatch.chdir(tmp_path / "mine")
    for command in (("fit",), ("claims", "--shifts", "19")):
        ran = CliRunner().invoke(app, list(command))
        assert ran.exit_code == 0 and ran.stdout.startswith("mine, "), ran.output
        assert "the case of this folder is used" in ran.stderr
    named = CliRunner().invoke(app, ["fit", "northeast-asia", *AS_OF])
    assert named.stdout.startswith("northeast-asia, ") and "of this folder" not in named.stderr
