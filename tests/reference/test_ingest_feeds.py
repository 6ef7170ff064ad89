"""Real files: the raw ICEWS sample and the sourced chronology. They are not in this repository.

They are looked for in the folder that LYNCHPIN_SHARED names, else in `shared` beside the checkout; without them
these tests are skipped. The expected numbers were counted with awk and plain Python, not with the reader.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lynchpin.record.store import IngestReport, Store

SHARED = Path(os.environ.get("LYNCHPIN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
SAMPLE = SHARED / "data" / "icews_raw_sample" / "events.2018.sample.tab"
CHRONOLOGY = SHARED / "cases" / "northeast_asia" / "events.csv"

Ingested = tuple[IngestReport, pl.DataFrame]


def ingested(path: Path, folder: Path) -> Ingested:
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    with Store.open(folder / "store", create=True) as store:
        return store.ingest(None, path), store.events()


@pytest.fixture(scope="module")
def icews(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    return ingested(SAMPLE, tmp_path_factory.mktemp("icews"))


@pytest.fixture(scope="module")
def chronology(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    return ingested(CHRONOLOGY, tmp_path_factory.mktemp("chronology"))


@pytest.fixture(scope="module")
def lines() -> list[list[str]]:
    if not SAMPLE.exists():
        pytest.skip("no sample")
    return [line.split("\t") for line in SAMPLE.read_text(encoding="utf-8").split("\n")[1:] if line]


def test_icews_is_accepted_whole(icews: Ingested) -> None:
    report, _ = icews
    assert (report.read, report.accepted, report.refused, report.duplicates) == (3705, 3705, 0, 0)
    assert report.reasons == {}


def test_icews_countries_resolve_but_for_those_it_leaves_out(icews: Ingested, lines: list[list[str]]) -> None:
    report, events = icews
    assert report.unresolved == {"source": 147, "target": 232}
    assert [sum(line[at] == "NA" for line in lines) for at in (4, 10)] == [147, 232]
    assert report.unknown_places == {}
    states = Counter(state for sides in events["source"] for state in sides)
    told = Counter(line[4] for line in lines)
    pairs = {"KOR": "South Korea", "PRK": "North Korea", "JPN": "Japan", "RUS": "Russian Federation"}
    assert {code: states[code] for code in pairs} == {code: told[name] for code, name in pairs.items()}


def test_icews_magnitudes_are_those_it_ships(icews: Ingested, lines: list[list[str]]) -> None:
    _, events = icews
    assert events.filter(pl.col("magnitude") != pl.col("magnitude_shipped")).height == 0
    assert events["magnitude"].null_count() == 0
    shipped = sum(float(line[7]) for line in lines)
    assert events["magnitude_shipped"].sum() == pytest.approx(shipped, abs=1e-6)


def test_icews_codes_keep_their_zeros(icews: Ingested, lines: list[list[str]]) -> None:
    _, events = icews
    assert Counter(events["code"]) == Counter(line[6] for line in lines)
    assert (events["type"] == "OTHER").sum() == sum(line[6][:2] in ("01", "02") for line in lines)


def test_icews_consultations_are_mirrored(icews: Ingested) -> None:
    """FORMATS.md, fact 4: each of the 492 is written twice with the sides swapped."""
    _, events = icews
    consult = events.filter(pl.col("code") == "040")
    there = Counter(consult.select("date", "source_name", "target_name").rows())
    back = Counter(consult.select("date", "target_name", "source_name").rows())
    assert consult.height == 492 and there == back


def test_icews_rows_point_at_their_lines(icews: Ingested, lines: list[list[str]]) -> None:
    _, events = icews
    for event_id, row in events.select("event_id", "row").gather_every(97).rows():
        assert lines[row - 2][0] == event_id


def test_the_chronology_is_accepted_whole(chronology: Ingested) -> None:
    report, events = chronology
    assert (report.read, report.accepted, report.refused, report.duplicates) == (4225, 4225, 0, 0)
    assert report.unresolved == {"source": 0, "target": 0}
    assert (events["date"].min(), events["date"].max()) >= (date(1998, 1, 1), date(2025, 1, 1))


def test_the_chronology_counts_are_those_of_its_codebook(chronology: Ingested) -> None:
    _, events = chronology
    types = Counter(events["type"])
    assert (types["CONSULT"], types["AGREE"], types["ACCUSE"], types["AID"]) == (1454, 360, 330, 22)
    assert Counter(events["status"]) == {"verified": 2465, "recalled": 1760}
    assert (events["precision"] == "month").sum() == 125
    mutual = events.filter((pl.col("source") == pl.col("target")) & (pl.col("source").list.len() > 1))
    assert mutual.height == 1935
    assert mutual.filter(pl.col("source") == ["JPN", "KOR", "USA"]).height == 157
    assert Counter(tag for tags in events["contexts"] for tag in tags)["diplomacy"] == 963
