"""Are turns found that a reader would name, and how often is one told where there is none?

    python benchmarks/turns.py

Holds the turns of every embedded pair against known_turns.toml, by the protocol written there, and counts how often a
turn is told in the pair's own acts moved about in blocks. Writes turns.json, which docs/explanation/index-and-gap.md is
made from; a slow test holds it to a run. Half a minute on one core.
"""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))

from index_band import pairs

from lynchpin.answers.relations.blocks import block_length, moved_orders, persistence
from lynchpin.answers.relations.change_points import FEWEST_QUARTERS, change_points

FILE, KNOWN = Path(__file__).with_name("turns.json"), Path(__file__).with_name("known_turns.toml")
SEED, RECORDS = 20_261_201, 20

Known = dict[str, object]


def known_turns() -> tuple[dict[str, float], list[Known]]:
    """The protocol, and the turns that a reader would name."""
    held = tomllib.loads(KNOWN.read_text("utf-8"))
    return held["protocol"], held["turn"]


def asked(acts: pl.DataFrame, day: date, quarters: int) -> bool:
    """Whether a pair has acts in enough quarters before a day and from it on."""
    quarter = pl.col("date").dt.truncate("1q")
    before = acts.filter(pl.col("date") < day).select(quarter).n_unique()
    return min(before, acts.filter(pl.col("date") >= day).select(quarter).n_unique()) >= quarters


def matched(told: pl.DataFrame, known: list[Known], within_days: float) -> dict[int, int]:
    """Known turn -> the told one that finds it: the nearest pairs first, each of either used once."""
    near = sorted(
        (abs((row["date"] - one["day"]).days), k, j)  # type: ignore[operator]
        for k, one in enumerate(known)
        for j, row in enumerate(told.iter_rows(named=True))
        if (row["after"] > row["before"]) == (one["way"] == "up")
    )
    found: dict[int, int] = {}
    for days, k, j in near:
        if days <= within_days and k not in found and j not in found.values():
            found[k] = j
    return found


def false_rate(acts: pl.DataFrame, records: int, seed: int) -> float:
    """The share of records with the pair's acts moved in blocks as long as its signs persist that have a turn told."""
    magnitude = acts["magnitude"].to_numpy().astype(np.float64)
    length = block_length(persistence(magnitude))
    orders = moved_orders(acts.height, length, records, np.random.default_rng(seed))
    told = [change_points("", acts.with_columns(magnitude=pl.Series(magnitude[o])), k) for k, o in enumerate(orders)]
    return float(np.mean([one.height > 0 for one in told]))


def measured(case: str, pair: str, acts: pl.DataFrame, records: int = RECORDS) -> dict[str, object]:
    protocol, every = known_turns()
    known = [one for one in every if one["pair"] == pair and asked(acts, one["day"], int(protocol["quarters"]))]  # type: ignore[arg-type]
    told = change_points(pair, acts, SEED).filter(pl.col("p") <= protocol["p"])
    found = matched(told, known, protocol["within_days"])
    seed = SEED + sum(ord(letter) * 31**k for k, letter in enumerate(f"{case} {pair}")) % 1_000_003
    return {
        "case": case,
        "pair": pair,
        "acts": acts.height,
        "told": [
            {"date": str(row["date"]), "way": "up" if row["after"] > row["before"] else "down", "p": round(row["p"], 3)}
            for row in told.iter_rows(named=True)
        ],
        "known": [
            {"day": str(one["day"]), "way": one["way"], "what": one["what"], "found": str(told["date"][found[k]])}
            if k in found
            else {"day": str(one["day"]), "way": one["way"], "what": one["what"], "found": None}
            for k, one in enumerate(known)
        ],
        "records": records,
        "false": round(false_rate(acts, records, seed), 3),
    }


if __name__ == "__main__":
    rows = []
    for case, pair, acts, _ in pairs():
        if acts["date"].dt.truncate("1q").n_unique() >= 2 * FEWEST_QUARTERS:
            rows.append(measured(case, pair, acts))
            print(json.dumps(rows[-1])[:240], flush=True)
    FILE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
