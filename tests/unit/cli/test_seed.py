"""The seed that an answer says is the one it was made with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lynchpin.account.cases.builtin import write_new_case
from lynchpin.cli import app


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seed")
    write_new_case("small", folder)
    return folder / "small"


ASKED = (["--days", "30"], ["--days", "30", "--index"], ["--any", "JPN -> KOR : cooperation", "--by", "2017-01-31"])


@pytest.mark.parametrize("more", ASKED, ids=" ".join)
def test_a_forecast_says_its_seed(small: Path, more: list[str]) -> None:
    told = []
    for seed in ([], ["--seed", "77"]):
        words = ["forecast", str(small), "--as-of", "2017-01-01", "--draws", "100", "--json", *more, *seed]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        told.append(json.loads(done.output)["seed"])
    assert told[0] != 77 and told[1] == 77
