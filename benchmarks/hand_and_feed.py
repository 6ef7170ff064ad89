"""Is response coding at work? The embedded chronology beside a machine-coded feed on the same days.

    LYNCHPIN_SHARED=... python benchmarks/hand_and_feed.py

Where the validation data is: `icews_2011_2014` and `icews_2018h1` are read into a store, folded and classified as
`lynchpin claims --events` does, and laid beside the chronology by `lynchpin.answers.coding.beside`. Kinds are the
case's groups, cooperation and conflict, since a feed seldom says what an act was about. Writes hand_and_feed.json,
which docs/explanation/account.md is made from. A minute on one core.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from lynchpin.account.cases import Case, case_events, read_case
from lynchpin.answers.coding.beside import beside
from lynchpin.record.store import Store

FILE = Path(__file__).with_name("hand_and_feed.json")
SHARED = Path(os.environ.get("LYNCHPIN_SHARED") or Path(__file__).resolve().parents[2] / "shared")
FEEDS = ("icews_2011_2014", "icews_2018h1")
ANSWER_DAYS = (7, 14, 30)


def kinds(case: Case, events: pl.DataFrame) -> pl.DataFrame:
    """The acts of a record with the group of their class as kind: cooperation, conflict."""
    of = {name: group for group in ("cooperation", "conflict") for name in case.groups[group]}
    kind = pl.col("event_class").replace_strict(of, default=None, return_dtype=pl.String)
    return events.filter(pl.col("source").is_not_null()).select("date", "source", "target", kind=kind)


def main() -> int:
    if not all((SHARED / "data" / feed).is_dir() for feed in FEEDS):
        print(f"{SHARED} holds no validation data: name its folder in LYNCHPIN_SHARED", file=sys.stderr)
        return 2
    case = read_case("northeast-asia")
    hand, told = kinds(case, case_events(case)), {}
    for feed in FEEDS:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "feed.duckdb"
            with Store.open(path, create=True) as store:
                store.ingest(None, [SHARED / "data" / feed / "events.tsv"])
            coded = kinds(case, case_events(case, path))
        span = hand.filter(pl.col("date").is_between(coded["date"].min(), coded["date"].max()))
        told[feed] = {
            str(days): asdict(beside(span, coded, case.states, answer_days=days, seed=case.seed))
            for days in ANSWER_DAYS
        }
    FILE.write_text(json.dumps(told, indent=1, default=str) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
