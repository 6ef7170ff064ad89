"""The default forecasts of two revisions on the same days and dyads, paired: who is nearer, and by how much.

    python benchmarks/forecast_pairs.py BASE [HEAD] --feed STORE [--month-feed STORE]

BASE and HEAD are git revisions, or folders that hold `src`. STORE is a store made of a feed that we may not ship: the
300 dyads that were busiest before 2013, by rank, the 25 busiest learnt alone, and Northeast Asia, from 24 monthly
origins in 2013 and 2014; and the embedded record from 19 Julys. Gain: 1 - HEAD's mean score / BASE's; 90 % intervals
and p-values resample origins in blocks as long as a span, and pairs of states. Holm's correction is over all rows.
`--month-feed` adds half a year of another feed at a month, told apart; `--only` runs the subjects whose name holds a
text. The last line is the processor time of the 300 dyads, warm, baselines left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from _revisions import Tree, check_origin, lay_out

RESAMPLES, SEED, METRICS = 10_000, 20120709, ("crps", "log_score")
RANKS = ((1, 25), (26, 100), (101, 300))
PROBE = Path(__file__).with_name("_forecast_probe.py")


@dataclass(frozen=True, slots=True)
class Row:
    """One paired difference."""

    what: str
    gain: float
    lower: float
    upper: float
    p: float
    origins: int


def jobs(feed: str | None, month_feed: str | None, until: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and description of every subject."""
    years = {"first": "2013-01-01", "last": until, "every": 1, "months": [1, 3], "warm": True}
    if feed:
        yield "300 dyads", {"kind": "dyads", "store": feed, "count": 300, **years}
        yield "the 25 busiest alone", {"kind": "dyads", "store": feed, "count": 25, **years}
        yield "Northeast Asia", {"kind": "case", "store": feed, **years}
    julys = {"first": "2006-07-01", "last": "2024-07-01", "every": 12, "months": [1, 3, 6], "warm": True}
    yield "embedded record", {"kind": "case", "store": None, **julys}
    if month_feed:
        half = {"first": "2018-04-01", "last": "2018-05-31", "every": 1, "months": [1], "warm": True}
        yield "300 dyads, half a year", {"kind": "dyads", "store": month_feed, "count": 300, **half}


def run(tree: Tree, job: dict[str, Any], home: Path) -> dict[str, Any]:
    """What the probe of a tree wrote."""
    asked, out = home / "job.json", home / f"{tree.side}.npz"
    asked.write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, str(PROBE), str(asked), str(out)]
    subprocess.run(command, check=True, env=tree.environment(), cwd=tree.folder)
    with np.load(out) as found:
        return dict(found)


def compared(what: str, base: dict[str, Any], head: dict[str, Any], rows: np.ndarray, every: int) -> Iterator[Row]:
    """A row for each horizon and metric of some units."""
    names = list(dict.fromkeys(base["pairs"][rows].tolist()))
    member = np.array([[pair == name for name in names] for pair in base["pairs"][rows]], dtype=float)
    for key in [key for key in base if key.split(" ")[-1] in METRICS]:
        months, metric = key.split(" ")
        ours, theirs = (found[key][:, rows] @ member for found in (head, base))
        n, pairs = ours.shape
        block, rng = max(1, -(-int(months) // every)), np.random.default_rng(SEED)
        starts = rng.integers(0, n, (RESAMPLES, -(-n // block)))
        picked = ((starts[:, :, None] + np.arange(block)) % n).reshape(RESAMPLES, -1)[:, :n]
        times = np.zeros((RESAMPLES, n))
        np.add.at(times, (np.arange(RESAMPLES)[:, None], picked), 1.0)
        drawn = rng.multinomial(pairs, np.full(pairs, 1.0 / pairs), RESAMPLES) if pairs > 3 else np.ones((1, pairs))
        gains = 1.0 - ((times @ ours) * drawn).sum(axis=1) / ((times @ theirs) * drawn).sum(axis=1)
        low, high = np.quantile(gains, [0.05, 0.95])
        p = 2.0 * (1 + min((gains <= 0.0).sum(), (gains >= 0.0).sum())) / (RESAMPLES + 1)
        horizon = round(int(months) * 30.4375)
        gain = 1.0 - float(ours.sum() / theirs.sum())
        yield Row(f"{what}, {horizon} days, {metric}", gain, float(low), float(high), min(float(p), 1.0), n)


def holm(rows: list[Row]) -> list[float]:
    """P-values corrected for how many there are."""
    order = sorted(range(len(rows)), key=lambda k: rows[k].p)
    corrected, least = [0.0] * len(rows), 0.0
    for place, k in enumerate(order):
        least = max(least, min(1.0, (len(rows) - place) * rows[k].p))
        corrected[k] = least
    return corrected


def main() -> None:
    """Read the command line, run both trees, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("head", nargs="?", default="HEAD")
    parser.add_argument("--feed")
    parser.add_argument("--month-feed")
    parser.add_argument("--until", default="2014-12-01", help="no origin of the feed after this day")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    gated: list[Row] = []
    told: list[Row] = []
    seconds: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        home = Path(folder)
        trees = [lay_out(revision, side, home) for revision, side in ((asked.base, "base"), (asked.head, "head"))]
        for tree in trees:
            check_origin(tree)
        for name, job in jobs(asked.feed, asked.month_feed, asked.until):
            if asked.only not in name:
                continue
            base, head = (run(tree, job, home) for tree in trees)
            everyone = np.arange(base["pairs"].size)
            if name == "300 dyads":
                seconds = {tree.side: float(found["seconds"]) for tree, found in zip(trees, (base, head), strict=True)}
                rank = np.array([list(dict.fromkeys(base["dyads"].tolist())).index(dyad) + 1 for dyad in base["dyads"]])
                for low, high in RANKS:
                    rows = np.flatnonzero((rank >= low) & (rank <= high))
                    gated += compared(f"ranks {low}-{high}", base, head, rows, job["every"])
            elif name.endswith("half a year"):
                told += compared(name, base, head, everyone, job["every"])
            else:
                gated += compared(name, base, head, everyone, job["every"])
    print(f"base {trees[0].revision} ({trees[0].commit}), head {trees[1].revision} ({trees[1].commit})")
    for row, p in zip(gated, holm(gated), strict=True):
        print(
            f"{row.what:42} {row.gain:+7.2%} ({row.lower:+.2%} to {row.upper:+.2%})  p {row.p:.4f}, Holm {p:.4f}, "
            f"{row.origins} origins"
        )
    for row in told:
        interval = f"({row.lower:+.2%} to {row.upper:+.2%})"
        print(f"told only: {row.what:31} {row.gain:+7.2%} {interval}, {row.origins} origins")
    if seconds:
        both = f"base {seconds['base']:.2f}, head {seconds['head']:.2f}"
        print(f"processor seconds of the 300 dyads: {both}, {seconds['head'] / seconds['base']:.3f}")


if __name__ == "__main__":
    main()
