"""ingest: a coded feed into a store."""

from __future__ import annotations

from itertools import count

import duckdb
import numpy as np
import pytest

from lynchpin.record.store import Store

ROWS = 100_000
COLUMNS = "\t".join(
    (
        *("Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code"),
        *("Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher"),
        *("City", "District", "Province", "Country", "Latitude", "Longitude"),
    )
)
ACTS = [("Consult", "040", "1.0"), ("Accuse", "112", "-2.0"), ("Sign formal agreement", "057", "8.0")]
STATES = ["Japan", "South Korea", "United States", "China", "North Korea", "Russian Federation", "India", "France"]


@pytest.fixture(scope="session")
def feed(tmp_path_factory):
    rng = np.random.default_rng(1)
    file = tmp_path_factory.mktemp("feed") / "events.2018.generated.tab"
    with file.open("w", encoding="utf-8") as out:
        out.write(COLUMNS + "\n")
        for k in range(ROWS):
            text, code, score = ACTS[rng.integers(3)]
            a, b = rng.choice(8, 2, replace=False)
            day = f"2018-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
            left, right = (f"Government ({STATES[x]})\tExecutive,Government\t{STATES[x]}" for x in (a, b))
            out.write(
                f"{k}\t{day}\t{left}\t{text}\t{code}\t{score}\t{right}\t{k}\t1\tPaper\t\t\t\tJapan\t35.0\t139.0\n"
            )
    return file


@pytest.mark.benchmark(group="ingest")
def test_ingest_lynchpin(benchmark, feed, tmp_path):
    fresh = count()

    def run():
        with Store.open(tmp_path / f"{next(fresh)}.duckdb", create=True) as store:
            return store.ingest("icews", [feed])

    report = benchmark.pedantic(run, rounds=3)
    assert report.read == ROWS


@pytest.mark.benchmark(group="ingest")
def test_ingest_peer_duckdb_csv_reader(benchmark, feed, tmp_path):
    fresh = count()

    def run():
        with duckdb.connect(str(tmp_path / f"{next(fresh)}.duckdb")) as db:
            db.execute(f"create table t as select * from read_csv('{feed}', delim='\t', quote='', all_varchar=true)")
            return db.execute("select count(*) from t").fetchone()[0]

    assert benchmark.pedantic(run, rounds=3) == ROWS
