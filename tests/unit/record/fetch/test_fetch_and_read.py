"""What was fetched can be read, and what has not wholly arrived is never read; a user's table of actors is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.ontology import actors
from lynchpin.testing.feeds import samples

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
