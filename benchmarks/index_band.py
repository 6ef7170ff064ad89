"""How often the band of the relation index holds the truth, on records made up like those of every embedded pair.

    python benchmarks/index_band.py

tests/helpers/index_band.py says how a record is made up. Writes index_band.json, which
docs/explanation/index-and-gap.md is made from; a slow test holds it to a run and to what is promised. A minute on
one core.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from helpers.index_band import coverage
from lynchpin.account.cases import builtin_cases, read_known
from lynchpin.answers.relations.blocks import block_length, persistence
from lynchpin.answers.relations.index import pair_acts
from lynchpin.events import acts_of

FILE = Path(__file__).with_name("index_band.json")
SEED, RECORDS, FEWEST_ACTS = 20_261_201, 60, 20


def pairs() -> Iterator[tuple[str, str, pl.DataFrame, date]]:
    """Each pair of each embedded case: case, pair, its acts in the order of time, and the day after the record."""
    for name in builtin_cases():
        known = read_known(name)
        acts = pair_acts(acts_of(known.events), known.case.states)
        for low, high in (sorted(pair) for pair in combinations(known.case.states, 2)):
            mine = acts.filter((pl.col("low") == low) & (pl.col("high") == high))
            if mine.height:
                yield name, f"{low}-{high}", mine, known.origin


def measured(case: str, pair: str, acts: pl.DataFrame, origin: date, records: int = RECORDS) -> dict[str, object]:
    magnitude = acts["magnitude"].to_numpy().astype(np.float64)
    days = acts["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    last = int(np.datetime64(origin, "D").astype(np.int64))
    seed = SEED + sum(ord(letter) * 31**k for k, letter in enumerate(f"{case} {pair}")) % 1_000_003
    held, remembered, width = coverage(magnitude, days, last, records, seed)
    return {
        "case": case,
        "pair": pair,
        "acts": acts.height,
        "warm": round(float((magnitude > 0.0).mean()), 3),
        "block": round(block_length(persistence(magnitude)), 2),
        "remembered": round(remembered, 1),
        "holds": round(held, 3),
        "width": round(width, 2),
    }


if __name__ == "__main__":
    rows = [measured(*pair) for pair in pairs() if pair[2].height >= FEWEST_ACTS]
    FILE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
