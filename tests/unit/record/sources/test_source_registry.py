"""Sources are found by their place, have one name each, and are told apart by a first line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lynchpin.errors import BadData, BadValue, UnknownName
from lynchpin.events import SCHEMA
from lynchpin.record import sources
from lynchpin.record.ontology import scales
from lynchpin.record.sources._base import HELPERS, complete

ICEWS = "\t".join(sources.get("icews").columns) + "\n"
CHRONOLOGY = ",".join(sources.get("chronology").columns) + "\n"


def test_every_source_says_what_it_is() -> None:
    found = sources.sources()
    assert {"chronology", "icews"} <= set(found)
    for name, source in found.items():
        assert source.name == name
        assert source.summary and source.citation and source.licence and source.columns
        assert source.scale in scales.scales()


def test_two_sources_of_one_name_are_refused() -> None:
    one = sources.get("icews")
    with pytest.raises(BadValue, match="two sources are named 'icews'") as caught:
        sources.collect([("icews", one), ("other", replace(one, summary="another"))])
    assert caught.value.where == "icews and other"


def test_a_module_without_a_source_is_refused() -> None:
    with pytest.raises(BadValue, match="no SOURCE"):
        sources.collect([("empty", None)])


def test_a_misspelt_name_is_helped() -> None:
    with pytest.raises(UnknownName, match="no source named 'icew'") as caught:
        sources.get("icew")
    assert caught.value.mend == "did you mean 'icews'?"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ICEWS, "icews"),
        ("\ufeff" + ICEWS, "icews"),
        (ICEWS.replace("CAMEO Code\t", ""), "icews"),
        (ICEWS.replace("\n", "\r\n"), "icews"),
        (CHRONOLOGY, "chronology"),
        ("\ufeff" + CHRONOLOGY, "chronology"),
        (CHRONOLOGY.replace("magnitude", "magnitud"), "chronology"),
    ],
)
def test_the_first_line_tells_the_source(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8", newline="")
    assert sources.detect(path).name == name


def test_an_unknown_file_is_shown_with_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(BadData, match=r"its first line is 'a,b,c'") as caught:
        sources.detect(path)
    assert "line 1" in caught.value.where
    assert "icews" in caught.value.mend and "chronology" in caught.value.mend


def test_a_file_of_two_sources_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.tab"
    path.write_text(ICEWS, encoding="utf-8")
    one = sources.get("icews")
    monkeypatch.setattr(sources, "sources", lambda: {"a": replace(one, name="a"), "b": replace(one, name="b")})
    with pytest.raises(BadData, match="more than one source: a, b"):
        sources.detect(path)


@pytest.mark.parametrize("name", ["chronology", "icews"])
def test_what_is_no_file_is_said(tmp_path: Path, name: str) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    for path, said in [(tmp_path / "none", "no such file"), (tmp_path, "a folder"), (empty, "is empty")]:
        with pytest.raises(BadData, match=said):
            sources.get(name).read(path)
        with pytest.raises(BadData, match=said):
            sources.detect(path)


@pytest.mark.parametrize(("name", "header"), [("chronology", CHRONOLOGY), ("icews", ICEWS)])
def test_a_header_alone_reads_as_no_rows_of_the_contract(tmp_path: Path, name: str, header: str) -> None:
    path = tmp_path / "file"
    path.write_text(header, encoding="utf-8")
    frame = sources.get(name).read(path).collect()
    assert frame.height == 0
    assert dict(frame.schema) == {**SCHEMA, **HELPERS}


def test_complete_fills_what_a_source_leaves_out() -> None:
    import polars as pl

    frame = complete(pl.LazyFrame({"event_id": ["a"], "row": [2]})).collect()
    assert dict(frame.schema) == {**SCHEMA, **HELPERS}
    assert frame["event_id"].to_list() == ["a"] and frame["date"].to_list() == [None]
