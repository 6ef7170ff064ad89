"""predict: a benchmark of who acts next, from files to scores."""

from __future__ import annotations

import pytest

from lynchpin.answers.predict import read_benchmark, recurrency, run_benchmark
from lynchpin.answers.predict.protocol import collect
from lynchpin.testing.feeds import write_benchmark


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = write_benchmark(tmp_path_factory.mktemp("predict") / "b", days=120, facts_a_day=25)
    run_benchmark(made, split="valid")  # compiled
    return made


@pytest.mark.benchmark(group="predict")
def test_predict_lynchpin(benchmark, folder):
    found = benchmark.pedantic(lambda: run_benchmark(folder, split="valid", with_baselines=False), rounds=3)
    assert found.scores.models[0].mrr > 30.0


@pytest.mark.benchmark(group="predict")
def test_predict_peer_combined_recurrency(benchmark, folder):
    parts, (begin, end) = read_benchmark(folder)
    facts = parts["all"]
    run = lambda: collect(recurrency(facts, begin, decay=0.04, alpha=0.99999), facts, end)  # noqa: E731
    assert benchmark.pedantic(run, rounds=3).day.size > 0
