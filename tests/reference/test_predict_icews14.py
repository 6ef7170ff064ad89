"""The benchmark of who acts next on ICEWS14: the baselines at their authors' figures, the choice model at ours.

The data are not in this repository; without them these tests are skipped. Figures: Gastinger et al. (2024), History
repeats itself, IJCAI, and the corrections in their repository's README of 1 September 2025; MRR and H@10 in percent.
"""

from __future__ import annotations

import pytest

from lynchpin.answers.predict import read_benchmark, recurrency, run_benchmark
from lynchpin.answers.predict.benchmark import model_scores
from lynchpin.answers.predict.protocol import collect

#: (lambda, alpha) -> MRR, H@10, and how far ours may be: theirs have a lambda and an alpha for each relation.
PUBLISHED = {
    "relaxed": (0.0, 0.0, 14.4, 28.6, 0.1),
    "strict": (0.04, 1.0, 36.0, 47.9, 0.5),
    "combined": (0.04, 0.99999, 37.4, 51.5, 0.8),
}


@pytest.fixture(scope="module")
def folder(shared):
    path = shared / "data" / "icews14_tkg"
    if not path.exists():
        pytest.skip("icews14_tkg is not at hand")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_recurrency_baselines_are_where_their_authors_put_them(folder, name):
    decay, alpha, mrr, hits_10, within = PUBLISHED[name]
    parts, (_, test_day) = read_benchmark(folder)
    found = model_scores(name, collect(recurrency(parts["all"], test_day, decay=decay, alpha=alpha), parts["all"]))
    assert abs(found.mrr - mrr) <= within and abs(found.hits_10 - hits_10) <= within


@pytest.mark.slow
def test_choice_model_on_valid(folder):
    """On valid only: test was for the end, and was scored once."""
    found = run_benchmark(folder, split="valid", with_baselines=False).scores
    assert found.questions == 17_028 and found.actors == 7_128
    assert found.models[0].mrr == pytest.approx(49.55, abs=0.15)  # libraries may move the last digits
