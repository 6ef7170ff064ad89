"""Cases to start from: a copy says what its original says, and a draft only what the store can bear."""

from __future__ import annotations

import polars as pl
import pytest

from lynchpin.account.cases import case_events, read_case
from lynchpin.account.cases.builtin import builtin_cases, write_new_case
from lynchpin.account.cases.drafts import write_from_store, write_like
from lynchpin.errors import BadData, BadValue, UnknownName
from lynchpin.record.store import Store

HEADER = (
    "event_id,date,precision,source,source_sector,target,target_sector,event_type,mode,contexts,magnitude,agreement,"
    "summary,source_url,status\n"
)


def stored(folder, *acts):
    """A store of hand-coded acts, each (day, source, target, type)."""
    rows = [
        f"t-{day}-{k},{day},day,{source},GOV,{target},GOV,{kind},,diplomacy,1.0,,An act.,,recalled\n"
        for k, (day, source, target, kind) in enumerate(acts)
    ]
    (folder / "events.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    with Store.open(folder / "s.duckdb", create=True) as store:
        store.ingest("chronology", [folder / "events.csv"])
    return folder / "s.duckdb"


@pytest.mark.parametrize("name", sorted(builtin_cases()))
def test_a_copy_says_what_its_original_says(name, tmp_path):
    written = write_like(name, "mine", tmp_path)
    assert written[0] == tmp_path / "mine" / "case.toml" and all(file.is_file() for file in written)
    mine, theirs = read_case(tmp_path / "mine"), read_case(name)
    assert (mine.name, mine.title, mine.account_date) == ("mine", theirs.title, theirs.account_date)
    assert [m.says for m in mine.mechanisms] == [m.says for m in theirs.mechanisms]
    assert case_events(mine).equals(case_events(theirs))
    assert mine.agreements_file.read_bytes() == theirs.agreements_file.read_bytes()


def test_a_copy_of_a_case_of_ones_own(tmp_path):
    write_new_case("first", tmp_path)
    write_like(tmp_path / "first", "second", tmp_path)
    first, second = ((tmp_path / name / "case.toml").read_text(encoding="utf-8") for name in ("first", "second"))
    assert second == first.replace('name = "first"', 'name = "second"', 1)
    with pytest.raises(BadData, match="is there already"):
        write_like(tmp_path / "first", "second", tmp_path)
    with pytest.raises(BadData, match="is a theory, not a case"):
        write_like("lateral", "third", tmp_path)
    with pytest.raises(BadValue, match="cannot be a case's name"):
        write_like(tmp_path / "first", "../third", tmp_path)
    assert not (tmp_path / "third").exists()


def test_a_draft_speaks_of_the_classes_and_roles_that_are_there(tmp_path):
    store = stored(
        tmp_path,
        ("2015-03-01", "USA", "JPN", "CONSULT"),
        ("2015-03-02", "JPN", "KOR", "AGREE"),
        ("2015-03-03", "JPN", "KOR", "ACCUSE"),
        ("2015-02-01", "CHN", "VNM", "ASSAULT"),  # between others: no class of the case comes of it
    )
    write_from_store(store, ["USA", "JPN", "KOR"], "drafted", tmp_path)
    case = read_case(tmp_path / "drafted")
    assert case.states == ("USA", "JPN", "KOR") and case.roles == {"patron": ("USA",), "ally": ("JPN", "KOR")}
    assert case.class_names == ("cooperation", "verbal_conflict")
    assert case.groups == {"conflict": ("verbal_conflict",)}
    assert [m.name for m in case.mechanisms] == ["patron_push", "grievance_brake", "grievance_against_push"]
    assert [claim.id for claim in case.claims] == ["L1", "L3"] and str(case.start) == "2015-02-01"
    assert case_events(case, store).filter(pl.col("event_class").is_not_null()).height >= 3


def test_without_conflict_what_speaks_of_it_is_left_out(tmp_path):
    store = stored(tmp_path, ("2015-03-01", "USA", "JPN", "CONSULT"), ("2015-03-02", "JPN", "KOR", "AGREE"))
    write_from_store(store, ["USA", "JPN", "KOR", "PRK"], "drafted", tmp_path)
    case = read_case(tmp_path / "drafted")
    assert case.roles["adversary"] == ("PRK",) and case.groups == {}
    assert [m.name for m in case.mechanisms] == ["patron_push"]


@pytest.mark.parametrize(
    ("states", "error", "match"),
    [
        (["USA", "JPN"], BadValue, "3 states or more"),
        (["USA", "JPN", "JPN"], BadValue, "each once"),
        (["USA", "JPN", "KR"], UnknownName, "no state named 'KR'"),
        (["USA", "JPN", ""], UnknownName, "no state named ''"),
        (["BRA", "ARG", "CHL"], BadData, "no act among BRA, ARG, CHL"),
    ],
)
def test_states_that_cannot_make_a_case(tmp_path, states, error, match):
    store = stored(tmp_path, ("2015-03-02", "JPN", "KOR", "AGREE"))
    with pytest.raises(error, match=match):
        write_from_store(store, states, "drafted", tmp_path)
    assert not (tmp_path / "drafted").exists()
