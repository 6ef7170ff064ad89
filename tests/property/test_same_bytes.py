"""One seed, one input: the same bytes of JSON with one worker and several. (Of backtests see their own laws too.)"""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from lynchpin.account.cases.builtin import write_new_case
from lynchpin.answers.simulate import draw
from lynchpin.cli import app

NORTHEAST = ["northeast-asia", "--as-of", "2012-07-09", "--draws", "300"]
ANSWERS = {
    "forecast": ["forecast", *NORTHEAST, "--days", "60"],
    "forecast --any": ["forecast", *NORTHEAST, "--any", "PRK -> KOR : conflict", "--by", "2012-09-30"],
    "forecast --index": ["forecast", *NORTHEAST, "--index", "--days", "60"],
    "whatif": ["whatif", *NORTHEAST, "--scenario", "gsomia-signed", "--days", "60"],
    "backtest": ["backtest", "small/case.toml", "--from", "2016-08-01", "--to", "2016-10-01", "--horizon", "1m"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bytes")
    write_new_case("small", folder)
    return folder


def answer(name, workers, *more):
    done = CliRunner().invoke(app, [*ANSWERS[name], "--json", "--workers", str(workers), *more])
    assert done.exit_code == 0, done.output
    return done.stdout_bytes


@pytest.mark.parametrize("name", [*list(ANSWERS)[:-1], pytest.param("backtest", marks=pytest.mark.slow)])
def test_the_same_bytes_with_any_number_of_workers(folder, monkeypatch, name):
    monkeypatch.chdir(folder)
    alone = answer(name, 1)
    assert len(alone) > 500
    for workers in (2, 4) if name == "forecast" else (3,):
        assert answer(name, workers) == alone


def test_paths_that_are_numbered_within_their_chunk_are_caught(monkeypatch):
    """The fault: each worker's share is one chunk, whose paths count from nought."""
    play = draw.play
    monkeypatch.setattr(draw, "play", lambda *parts: play(*parts[:5], 0, *parts[6:]))
    said = []
    for workers in (1, 2):
        monkeypatch.setattr(draw, "_CHUNK", 300 // workers)
        said.append(answer("forecast --any", workers))
    assert said[0] != said[1]
