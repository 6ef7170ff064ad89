"""ingest-gdelt: two million rows of GDELT 2.0 into a store, beside two peers; each run is a process of its own.

    lynchpin         detect, read, type, resolve, check, find duplicates, write: `Store.ingest`
    duckdb-floor     DuckDB's own CSV reader writes the columns that the store has to a table, unchecked
    duckdb-fields    the same, only the fields that the store reads, as texts
    pandas-plain     `read_csv` as one writes it first, types guessed, and a filter on rows with two states; it writes
                     nothing, and the codes lose their zeros ("010" is 10)
    pandas-texts     the same with every field a text, which keeps the codes

Beside the seconds of the clock stand those of the processor (of all threads): on a busy machine only they compare.
LYNCHPIN_BENCH_ROWS makes the file shorter or longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from _gdelt import write_export

ROWS = int(os.environ.get("LYNCHPIN_BENCH_ROWS", 2_000_000))

_COMMON = """
import json, resource, sys, time
file, to = sys.argv[1:]
begin, busy = time.perf_counter(), time.process_time()
{work}
told = {{"rows": rows, "seconds": time.perf_counter() - begin, "cpu": time.process_time() - busy}}
print(json.dumps(told | {{"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}))
"""
_DUCKDB = """
import duckdb
columns = {{f"c{{at}}": "VARCHAR" for at in range(61)}}
with duckdb.connect(to) as db:
    db.execute(f'''CREATE TABLE t AS SELECT {chosen} FROM read_csv(
        ?, delim='\\t', quote='', escape='', header=false, auto_detect=false, columns={{columns}})''', [file])
    rows = db.execute("SELECT count(*) FROM t").fetchone()[0]
"""
_SAME = """
    c0 AS event_id, strptime(c1, '%Y%m%d')::DATE AS "date", 'day' AS "precision",
    CASE WHEN c7 IS NULL THEN [] ELSE [c7] END AS source, c12 AS source_sector, c6 AS source_name,
    CASE WHEN c17 IS NULL THEN [] ELSE [c17] END AS target, c22 AS target_sector, c16 AS target_name,
    c28 AS "type", '' AS "mode", []::VARCHAR[] AS contexts, c26 AS code, 'cameo-gdelt' AS code_scheme,
    c30::DOUBLE AS magnitude_shipped, c30::DOUBLE AS magnitude, 'goldstein-gdelt' AS "scale", '' AS agreement,
    c26 AS summary, c60 AS url, 'coded' AS status, 'gdelt' AS dataset, 'g.CSV' AS file, 1::BIGINT AS "row"
"""
_FIELDS = "c0, c1, c5, c6, c7, c12, c13, c14, c15, c16, c17, c22, c23, c24, c26, c30, c59, c60"
_WORK = {
    "lynchpin": """
from lynchpin.record.store import Store
with Store.open(to, create=True) as store:
    report = store.ingest("gdelt", file)
rows = report.read
assert report.read == report.accepted + report.refused + report.duplicates
""",
    "duckdb-floor": _DUCKDB.format(chosen=_SAME).replace("{{", "{").replace("}}", "}"),
    "duckdb-fields": _DUCKDB.format(chosen=_FIELDS).replace("{{", "{").replace("}}", "}"),
    "pandas-plain": """
import pandas
frame = pandas.read_csv(file, sep="\\t", header=None)
kept = frame[frame[7].notna() & frame[17].notna()]
rows = len(frame)
""",
    "pandas-texts": """
import csv, pandas
frame = pandas.read_csv(file, sep="\\t", header=None, dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE)
kept = frame[(frame[7] != "") & (frame[17] != "")]
rows = len(frame)
""",
}


@pytest.fixture(scope="session")
def export(tmp_path_factory):
    return write_export(tmp_path_factory.mktemp("gdelt") / "20191024143000.export.CSV", ROWS)


@pytest.mark.slow
@pytest.mark.benchmark(group="ingest-gdelt")
@pytest.mark.parametrize("who", sorted(_WORK))
def test_ingest_gdelt(benchmark, export, tmp_path, who):
    """Best of two runs for each; memory is the greatest resident size of the process."""
    if who.startswith("pandas"):
        pytest.importorskip("pandas")
    runs = []

    def run():
        script = _COMMON.format(work=_WORK[who].strip())
        to = tmp_path / f"{len(runs)}.duckdb"
        done = subprocess.run([sys.executable, "-c", script, export, to], check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))

    benchmark.pedantic(run, rounds=1 if who.startswith("pandas") else 2)
    best = min(runs, key=lambda told: told["seconds"])
    benchmark.extra_info.update(best)
    took = f"{best['seconds']:.1f} s, {best['cpu']:.1f} s of processor"
    print(f"\n{who}: {took}, {best['mb']:.0f} MB, {best['rows']} rows")
    assert best["rows"] == ROWS
    if who == "lynchpin":
        assert best["mb"] < 2048
