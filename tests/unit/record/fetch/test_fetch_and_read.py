"""What was fetched can be read, and what has not wholly arrived is never read; a user's table of actors is used."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helpers.publisher import Publisher
from lynchpin.cli import app
from lynchpin.errors import BadData, BadValue
from lynchpin.record import sources
from lynchpin.record.ontology import actors
from lynchpin.testing.feeds import event_line, samples

TRIPLES = samples()["triples"].text


def test_a_part_is_left_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "whole.tsv").write_text(TRIPLES, encoding="utf-8")
    (tmp_path / "begun.tsv.part").write_text(TRIPLES, encoding="utf-8")
    assert [file.name for file, _ in sources.plan(None, [tmp_path]).taken] == ["whole.tsv"]


@pytest.mark.parametrize("named", ["begun.tsv.part", "begun*"])
def test_a_part_that_is_named_is_refused(tmp_path: Path, named: str) -> None:
    (tmp_path / "begun.tsv.part").write_text(TRIPLES, encoding="utf-8")
    with pytest.raises(BadData, match="a download that has not ended"):
        sources.plan(None, [tmp_path / named])


def test_ingest_with_a_table_of_ones_own(tmp_path: Path) -> None:
    feed, table, store = tmp_path / "feed.tsv", tmp_path / "mine.csv", tmp_path / "record.duckdb"
    feed.write_text("Zorro of Mexico\tMake statement\tJapan\t2018-01-01\n", encoding="utf-8")
    table.write_text("name,state,sector\nZorro of Mexico,MEX,CVL\n", encoding="utf-8")
    run = CliRunner().invoke
    assert run(app, ["ingest", "triples", str(feed), "--store", str(store), "--actors", str(table)]).exit_code == 0
    found = run(app, ["actors", str(store), "--json"])
    assert {"MEX", "JPN"} <= {word for row in json.loads(found.stdout)["rows"] for word in map(str, row.values())}
    assert actors.resolve("Zorro of Mexico") is None  # the table held for that run


def test_fetch_reads_into_a_store_under_a_filter(tmp_path: Path, publisher: Publisher) -> None:
    lines = [
        event_line(GLOBALEVENTID=str(n), SQLDATE=day, Actor2CountryCode=target)
        for n, (day, target) in enumerate([("20191024", "JPN"), ("20191024", "CHN"), ("20191001", "JPN")])
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("20191024143000.export.CSV", "".join(f"{line}\n" for line in lines))
    publisher.gdelt({"20191024143000.export.CSV.zip": packed.getvalue()})
    words = ["--since", "2019-10-24", "--until", "2019-10-25", "--states", "KOR,JPN", "--dir", str(tmp_path / "gdelt")]
    fetch = ["fetch", "gdelt", *words, "--base-url", publisher.url, "--json"]
    with pytest.raises(BadValue, match="the files come whole"):
        CliRunner().invoke(app, fetch, catch_exceptions=False)
    done = CliRunner().invoke(app, [*fetch, "--store", str(tmp_path / "s.duckdb")], catch_exceptions=False)
    told = json.loads(done.stdout)["ingested"]
    assert (told["read"], told["accepted"], told["filtered"]) == (3, 1, {"before_since": 1, "other_states": 1})
