"""predict --benchmark at scale: a record of a chosen shape is made on disk, scored in its own process, and measured.

    python benchmarks/predict_scale.py make OUT --shape icews18      468,558 facts, 23,033 actors, 256 acts, 304 days
    python benchmarks/predict_scale.py make OUT --shape tkgl-icews   15,513,446 facts, 87,856 actors, 391, 10,224
    python benchmarks/predict_scale.py run OUT [--questions 20000] [--ranks FILE]

`run` prints processor seconds, by stage too, peak memory and scores; with --ranks it keeps the ranks of every question,
and says whether a file of that name has the same ones. The shapes are those of data sets that others use; the facts are
made up. What is made is written day by day. The first shape is laid out as train, valid and test by tabs, the second as
an edge list of the Temporal Graph Benchmark, in unix seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Shape:
    """How large a record is: facts, actors, relations, days; and the first days of valid and test, or an edge list."""

    facts: int
    actors: int
    relations: int
    days: int
    splits: tuple[int, int] | None = None


SHAPES = {
    "icews18": Shape(468_558, 23_033, 256, 304, (240, 272)),
    "tkgl-icews": Shape(15_513_446, 87_856, 391, 10_224),
    "tkgl-icews-eighth": Shape(15_513_446 // 8, 87_856, 391, 10_224 // 8),
    "small": Shape(20_000, 800, 40, 100, (80, 90)),
    "small-edges": Shape(20_000, 800, 40, 100),
}
#: Of a day's facts: a fact told before, its pair in another act, its mirror; the others are two actors anew.
AGAIN, PAIR, MIRROR = 0.55, 0.17, 0.08
DAY = 86_400


def days_of(shape: Shape, seed: int = 1) -> Iterator[np.ndarray]:
    """Facts day by day, shape (facts of the day, 3): source, relation, target; no fact twice on a day.

    Actors and acts are drawn by a Zipf law, actors come in one after another, and what is told again is told of late:
    the age of what is repeated is log-uniform.
    """
    rng = np.random.default_rng(seed)
    past = np.empty((shape.facts, 3), np.int32)
    of_actor = np.cumsum(1.0 / (np.arange(shape.actors) + 10.0))
    of_act = np.cumsum(1.0 / (np.arange(shape.relations) + 3.0))
    until = np.linspace(0, shape.facts, shape.days + 1).astype(np.int64)
    for a, b in pairwise(until.tolist()):
        met = max(2, shape.actors * b // shape.facts)  # actors who have come in
        debut = np.arange(max(0, shape.actors * a // shape.facts), met)
        rows = np.empty((0, 3), np.int32)
        while len(rows) < b - a:
            m = int(1.3 * (b - a)) + 8
            drawn = np.searchsorted(of_actor, rng.random((m, 2)) * of_actor[met - 1]).astype(np.int32)
            act = np.searchsorted(of_act, rng.random(m) * of_act[-1]).astype(np.int32)
            fresh = np.column_stack([drawn[:, 0], act, drawn[:, 1]])
            if a > 0:
                age = np.exp(rng.random(m) * np.log(a)).astype(np.int64)
                old = past[a - np.clip(age, 1, a)]
                kind = np.searchsorted(np.cumsum([AGAIN, PAIR, MIRROR]), rng.random(m))
                fresh[kind == 0] = old[kind == 0]
                fresh[kind == 1] = np.column_stack([old[:, 0], act, old[:, 2]])[kind == 1]
                fresh[kind == 2] = old[kind == 2][:, ::-1]
            if debut.size:
                fresh[: debut.size, 2] = debut[: len(fresh)]
            rows = np.concatenate([rows, fresh[fresh[:, 0] != fresh[:, 2]]])
            _, first = np.unique(rows, axis=0, return_index=True)
            rows, debut = rows[np.sort(first)], debut[:0]
        past[a:b] = rows[: b - a]
        yield past[a:b]


def run(folder: Path, questions: int | None, ranks: Path | None, split: str) -> dict[str, object]:
    """Score a benchmark in this process, and tell what it took."""
    from lynchpin.answers.predict import run_benchmark

    began, at = time.process_time(), time.time()
    found = run_benchmark(folder, split=split, most_questions=questions)  # type: ignore[arg-type]
    told = found.scores
    out: dict[str, object] = {
        "processor_seconds": round(time.process_time() - began, 1),
        "seconds": round(time.time() - at, 1),
        "peak_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "stages": found.seconds,
        "actors": told.actors, "acts": told.relations, "questions": told.questions,
        "answers_learned_from": told.fitted, "questions_learned_from": found.choice.questions,
        "mrr": {each.model: round(each.mrr, 3) for each in told.models}, "shortlisted": round(told.shortlisted, 2),
    }  # fmt: skip
    if ranks is not None:
        columns = {
            f"{name}_{part}": getattr(each, part)
            for name, each in found.ranks.items()
            for part in ("above", "tied", "day", "is_head")
        }
        if ranks.exists():
            held = np.load(ranks)
            out["same_ranks"] = {name: bool(np.array_equal(held[name], columns[name])) for name in columns}
        else:
            np.savez(ranks, **columns)
    return out


def make(folder: Path, shape: Shape, seed: int = 1) -> None:
    """Write a record of a shape into a folder, day by day."""
    folder.mkdir(parents=True, exist_ok=True)
    if shape.splits is None:
        with (folder / "made_edgelist.csv").open("wb") as out:
            out.write(b"timestamp,head,tail,relation_type\n")
            for day, rows in enumerate(days_of(shape, seed)):
                at = np.full(len(rows), 788_918_400 + DAY * day)  # from 1995-01-01
                frame = pl.DataFrame({"t": at, "s": rows[:, 0], "o": rows[:, 2], "r": rows[:, 1]})
                frame.write_csv(out, include_header=False)
        return
    handles = [(folder / f"{split}.txt").open("wb") for split in ("train", "valid", "test")]
    for day, rows in enumerate(days_of(shape, seed)):
        frame = pl.DataFrame({"s": rows[:, 0], "r": rows[:, 1], "o": rows[:, 2], "t": np.full(len(rows), 24 * day)})
        frame.write_csv(handles[np.searchsorted(shape.splits, day, side="right")], include_header=False, separator="\t")
    for handle in handles:
        handle.close()
    for name, count in (("entity", shape.actors), ("relation", shape.relations)):
        (folder / f"{name}2id.txt").write_text("".join(f"{name} {k}\t{k}\n" for k in range(count)))


if __name__ == "__main__":
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("what", choices=("make", "run"))
    read.add_argument("folder", type=Path)
    read.add_argument("--shape", choices=SHAPES, default="icews18")
    read.add_argument("--questions", type=int)
    read.add_argument("--ranks", type=Path)
    read.add_argument("--split", default="test")
    given = read.parse_args()
    if given.what == "make":
        make(given.folder, SHAPES[given.shape])
    else:
        print(json.dumps(run(given.folder, given.questions, given.ranks, given.split), indent=1))
