"""ingest-text: 300,000 benchmark facts in the text form of ICEWS, resolved, checked, written and folded into episodes.

    lynchpin        `Store.ingest` and `Store.folded`; names are looked up, since the form ships no states
    duckdb-floor    DuckDB's own CSV reader writes the four fields to a table, unchecked

The file is generated; LYNCHPIN_BENCH_TEXT names a real one instead.
"""

from __future__ import annotations

import os
import time
from itertools import count
from pathlib import Path

import duckdb
import numpy as np
import pytest

from lynchpin.record.ontology import cameo, countries
from lynchpin.record.store import Store

ROWS = 300_000
PHRASES = ["", "Government", "Head of Government", "Foreign Affairs", "Military", "Citizen", "Police", "Lawmaker"]


@pytest.fixture(scope="session")
def facts(tmp_path_factory):
    real = os.environ.get("LYNCHPIN_BENCH_TEXT")
    if real:
        return Path(real)
    rng = np.random.default_rng(1)
    states = [row.name for row in countries.all_countries() if row.valid_to is None]
    labels = [code.label for code in cameo.codes().values() if len(code.code) > 2]
    file = tmp_path_factory.mktemp("text") / "events.tsv"
    with file.open("w", encoding="utf-8") as out:
        for _ in range(ROWS):
            a, b = (_name(rng, states) for _ in range(2))
            label = labels[min(rng.geometric(0.05), len(labels)) - 1]
            day = np.datetime64("2018-01-01") + int(rng.integers(0, 181))
            out.write(f"{a}\t{label}\t{b}\t{day}\n")
    return file


def _name(rng, states):
    if rng.random() < 0.15:
        return f"Somebody {rng.geometric(0.002)}"  # as often unknown as in the real file
    state = states[min(rng.geometric(0.04), len(states)) - 1]
    phrase = PHRASES[rng.integers(len(PHRASES))]
    return f"{phrase} ({state})" if phrase else state


@pytest.mark.slow
@pytest.mark.benchmark(group="ingest-text")
def test_ingest_text_lynchpin(benchmark, facts, tmp_path):
    fresh, busy = count(), []

    def run():
        begin = time.process_time()
        with Store.open(tmp_path / f"{next(fresh)}.duckdb", create=True) as store:
            report = store.ingest("triples", facts)
            folded = store.folded()
        busy.append(time.process_time() - begin)
        return report, folded

    report, folded = benchmark.pedantic(run, rounds=2)
    benchmark.extra_info["cpu"] = min(busy)
    print(f"\n{report.read} rows, {folded.events.height} episodes, {min(busy):.1f} s of processor")
    assert report.read == report.accepted + report.duplicates + report.refused == folded.reports + report.duplicates


@pytest.mark.slow
@pytest.mark.benchmark(group="ingest-text")
def test_ingest_text_peer_duckdb_floor(benchmark, facts, tmp_path):
    fresh = count()

    def run():
        with duckdb.connect(str(tmp_path / f"{next(fresh)}.duckdb")) as db:
            db.execute(
                f"create table t as select * from read_csv('{facts}', delim='\t', quote='', header=false, "
                "all_varchar=true)"
            )
            return db.execute("select count(*) from t").fetchone()[0]

    assert benchmark.pedantic(run, rounds=2) > 0
