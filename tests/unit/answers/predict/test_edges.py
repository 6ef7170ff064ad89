"""Edges of predictions: splits that touch, old facts and new, levels and seeds, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lynchpin.answers.predict.facts import make_facts
from lynchpin.answers.predict.layouts import read_benchmark
from lynchpin.answers.predict.next_actor import _baseline_rank, _check_end, _spans
from lynchpin.answers.predict.protocol import Ranks, interval
from lynchpin.answers.predict.recurrency import BASELINES
from lynchpin.errors import BadData


def benchmark(folder: Path, **days: tuple[int, ...]) -> Path:
    """Three actors and one relation; the days of each split."""
    (folder / "entity2id.txt").write_text("A_b\t0\nB\t1\nC\t2\n")
    (folder / "relation2id.txt").write_text("talks\t0\n")
    for split in ("train", "valid", "test"):
        (folder / f"{split}.txt").write_text("".join(f"0\t0\t1\t{day * 24}\n" for day in days[split]))
    return folder


def test_splits_may_follow_one_another_and_not_share_a_day(tmp_path: Path) -> None:
    facts, first = read_benchmark(benchmark(tmp_path, train=(0, 1), valid=(2,), test=(3, 4)))
    assert first == (2, 3)
    assert {split: part.day.tolist() for split, part in facts.items()} == {
        "all": [0, 1, 2, 3, 4], "train": [0, 1], "valid": [2], "test": [3, 4],
    }  # fmt: skip
    for days, early, late in (
        ({"train": (0, 2), "valid": (2,), "test": (3,)}, "train", "valid"),
        ({"train": (0, 1), "valid": (2, 3), "test": (3,)}, "valid", "test"),
    ):
        with pytest.raises(BadData, match=f"{early}.txt reaches into the days of {late}.txt"):
            read_benchmark(benchmark(tmp_path, **days))


def test_the_baseline_beside_a_candidate_prefers_the_newer_fact() -> None:
    """A did it to B twenty days ago and to C yesterday: C first, then B, then whoever it was never done to."""
    facts = make_facts([80, 99, 50], [0, 0, 3], [0, 0, 0], [1, 2, 3], list("ABCD"), ["talks"])
    decay, alpha = BASELINES["combined"]
    assert decay > 0.0 and alpha < 1.0
    assert _baseline_rank(facts, 0, 0, 100).tolist() == [4, 2, 1, 3]
    often = make_facts([80, 81, 82, 99], [0, 0, 0, 0], [0] * 4, [1, 1, 1, 2], list("ABCD"), ["talks"])
    weight = {1: sum(2.0 ** (decay * (day - 100)) for day in (80, 81, 82)), 2: 2.0 ** (decay * -1)}
    assert weight[1] > weight[2], "three older ones outweigh one"
    assert _baseline_rank(often, 0, 0, 100).tolist() == [3, 1, 2, 3]


def test_levels_and_seeds_of_an_interval() -> None:
    rng = np.random.default_rng(1)
    found = Ranks(rng.integers(0, 9, 400), np.zeros(400, int), np.arange(400) // 10, np.zeros(400, bool))
    wide, narrow = interval(found, seed=3), interval(found, level=0.90, seed=3)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    ratio = (wide[1] - wide[0]) / (narrow[1] - narrow[0])
    assert ratio == pytest.approx(1.959964 / 1.644854, rel=0.08)
    assert interval(found, seed=3) == wide != interval(found, seed=4)


def test_the_check_begins_after_what_is_learnt_from() -> None:
    days = np.repeat(np.arange(100), 2)
    facts = make_facts(days, np.tile([0, 1], 100), np.zeros(200, int), np.tile([1, 2], 100), list("ABC"), ["talks"])
    early, late = _spans(facts)
    assert 0 < early < late < 99
    assert _check_end(facts, late) == 100, "all days that are left, where they are few"
    single = make_facts([5, 5], [0, 1], [0, 0], [1, 0], list("AB"), ["talks"])
    assert _spans(single) == (5, 6)
