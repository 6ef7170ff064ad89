"""ICEWS and POLECAT by the interface of a Dataverse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpers.publisher import PAGE, QUICK, Publisher, cuts_short, md5
from lynchpin.errors import BadData, UnknownName
from lynchpin.record.fetch import DATASETS, FetchReport, fetch_dataverse

YEAR, TABLE, WEEK = b"year " * 100, b"table " * 100, b"week " * 100


def listed(identity: int, name: str, body: bytes, **more: Any) -> dict[str, Any]:
    return {
        "restricted": False,
        "dataFile": {"id": identity, "filename": name, "filesize": len(body), "md5": md5(body), **more},
    }


@pytest.fixture
def icews(publisher: Publisher) -> Publisher:
    table = listed(2, "Events.2017.20201006.tab", b"as Dataverse stores it")
    table["dataFile"] |= {
        "originalFileFormat": "text/tsv",
        "originalFileName": "Events.2017.20201006.tsv",
        "originalFileSize": len(TABLE),
        "md5": md5(TABLE),
    }
    closed = listed(6, "events.1990.tab", b"closed") | {"restricted": True}
    files = [
        listed(1, "events.2018.20200427084805.tab", YEAR),
        table,
        listed(3, "20230410-icews-events.tab", WEEK),
        listed(
            4, "20230410-icews-events.tab", WEEK + b"!", md5="", checksum={"type": "MD5", "value": md5(WEEK + b"!")}
        ),
        listed(5, "BBN ACCENT Event Coding Evaluation.pdf", b"a manual"),
        closed,
        listed(7, "../events.tab", b"outside"),
        {"label": "no file"},
    ]
    bodies = {"1": YEAR, "2?format=original": TABLE, "2": b"as Dataverse stores it", "3": WEEK, "4": WEEK + b"!"}
    publisher.dataverse(DATASETS["icews"].doi, files, bodies)
    return publisher


def fetch(publisher: Publisher, folder: Path, source: str = "icews", match: str = "*") -> FetchReport:
    return fetch_dataverse(source, folder, match=match, base_url=publisher.url, manners=QUICK)


def test_event_files_as_they_were_deposited(icews: Publisher, tmp_path: Path) -> None:
    report = fetch(icews, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "events.2018.20200427084805.tab": YEAR,
        "Events.2017.20201006.tsv": TABLE,
        "3-20230410-icews-events.tab": WEEK,
        "4-20230410-icews-events.tab": WEEK + b"!",
    }
    assert [(file.name, file.why) for file in report.failed] == [("events.1990.tab", "the file needs an account")]
    assert len(report.malformed) == 2


def test_only_what_fits(icews: Publisher, tmp_path: Path) -> None:
    assert [file.name for file in fetch(icews, tmp_path, match="EVENTS.2018*").files] == [
        "events.2018.20200427084805.tab"
    ]
    with pytest.raises(BadData, match=r"no event file of icews fits '\*1901\*'"):
        fetch(icews, tmp_path, match="*1901*")


def test_a_broken_file_is_taken_up(icews: Publisher, tmp_path: Path) -> None:
    icews.misdeeds["/api/access/datafile/1"] = [cuts_short(0.5)]
    assert fetch(icews, tmp_path, match="*2018*").counts["fetched"] == 1
    assert icews.ranges == [("/api/access/datafile/1", "bytes=250-")]


def test_polecat(publisher: Publisher, tmp_path: Path) -> None:
    files = [
        listed(1, "ngecEvents.DV.2018.txt", YEAR),
        listed(2, "ngecEventsDV-2021-Apr.txt.gz", WEEK),
        listed(3, "README.txt", b""),
    ]
    publisher.dataverse(DATASETS["polecat"].doi, files, {"1": YEAR, "2": WEEK})
    assert fetch(publisher, tmp_path, "polecat").counts["fetched"] == 2


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b'{"data": {}}', b'{"data": {"latestVersion": {"files": 1}}}', b"\xff"]
)
def test_another_answer_than_a_dataverse_gives(publisher: Publisher, tmp_path: Path, answer: bytes) -> None:
    publisher.files["/api/datasets/:persistentId/"] = answer
    with pytest.raises(BadData, match="the answer is not what a Dataverse gives"):
        fetch(publisher, tmp_path)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'polecat'"):
        fetch_dataverse("polcat", tmp_path)


@pytest.mark.parametrize("size", ["1e400", "-1e400", "NaN", '"many"'])
def test_a_size_that_is_no_number_is_one_clear_error(publisher: Publisher, tmp_path: Path, size: str) -> None:
    """`filesize: 1e400` ended with a fault of ours."""
    entry = f'{{"dataFile": {{"id": 8, "filename": "ngecevents.zip", "filesize": {size}}}}}'
    path = f"/api/datasets/:persistentId/?persistentId={DATASETS['polecat'].doi}"
    publisher.files[path] = f'{{"data": {{"latestVersion": {{"files": [{entry}]}}}}}}'.encode()
    with pytest.raises(BadData, match="no entry of the list can be read") as caught:
        fetch(publisher, tmp_path, "polecat")
    assert "ngecevents.zip" in caught.value.what and "--base-url" in caught.value.mend


@pytest.mark.parametrize("body", [PAGE, b"[" * 100_000, b'{"status": "ERROR", "message": "not found"}'])
def test_an_answer_of_another_kind(publisher: Publisher, tmp_path: Path, body: bytes) -> None:
    publisher.files[f"/api/datasets/:persistentId/?persistentId={DATASETS['polecat'].doi}"] = body
    with pytest.raises(BadData, match="not what a Dataverse gives"):
        fetch(publisher, tmp_path, "polecat")
