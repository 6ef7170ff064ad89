"""What was known on a day: nothing of that day or later, ends that lie ahead hidden, conditions looked up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from lynchpin.account.structure import (
    CONDITIONS,
    KINDS,
    LOOKS_AT,
    OWN,
    KnownFacts,
    Structure,
    facts_about,
    import_tables,
    who,
)
from lynchpin.account.structure import conditions as conditions_module
from lynchpin.account.structure.known import own_facts
from lynchpin.account.structure.store import Imported
from lynchpin.errors import UnknownName
from lynchpin.record.ontology import countries

DAY = date(2012, 7, 9)
OURS = Structure.open()


def made_of(rows: list[dict[str, object]]) -> Structure:
    """A structure of these facts, known from the day after `since` to `until`."""
    whole = [
        {
            "kind": "rivalry",
            "a": "JPN",
            "b": "KOR",
            "until": None,
            "value": None,
            "detail": "",
            "dataset": "x",
            "row": 2,
        }
        | row
        | {"known_from": row["since"], "known_to": row.get("until")}
        for row in rows
    ]
    return Structure(pl.DataFrame(whole, schema=own_facts().schema), (), "made")


def test_own_facts_are_of_known_kinds_and_states_each_with_a_source():
    facts = own_facts()
    assert set(facts["kind"]) <= set(KINDS) and set(facts["dataset"]) == {OWN}
    for row in facts.iter_rows(named=True):
        kind = KINDS[row["kind"]]
        assert countries.find(row["a"], "iso3") and (not kind.pair or countries.find(row["b"], "iso3"))
        assert kind.directed or not kind.pair or row["a"] < row["b"]
        assert (row["value"] is not None) == (row["kind"] in ("capability", "contiguity"))
    assert "" not in {line.rsplit(",", 1)[-1] for line in _source_lines()}


def _source_lines() -> list[str]:
    from importlib.resources import files

    return files("lynchpin.account.structure").joinpath("builtin.csv").read_text(encoding="utf-8").splitlines()


def test_later_facts_change_nothing():
    """The no-leakage law: facts that become known on the day or later, and ends on it or later, are as if unwritten."""
    early = [{"since": date(2000, 1, 1), "until": date(2012, 7, 9)}, {"since": date(2001, 1, 1), "detail": "open"}]
    late = [{"since": date(2012, 7, 10), "detail": "late"}]
    known = made_of(early + late).on(DAY)
    unwritten = made_of([{"since": date(2000, 1, 1)}, early[1]]).on(DAY)
    assert known.facts("rivalry") == unwritten.facts("rivalry")
    assert known.of("rivalry", "KOR", within_days=3650) == unwritten.of("rivalry", "KOR", within_days=3650)
    assert len(made_of(early + late).on(date(2012, 7, 10)).facts("rivalry")) == 2  # one has ended, one has begun


def test_the_law_catches_an_end_that_is_told(monkeypatch):
    """A fault planted once: the end of a fact is shown before it has come."""
    told = made_of([{"since": date(2000, 1, 1), "until": date(2013, 1, 1)}])
    honest = told.on(DAY).facts("rivalry")
    assert honest[0].until is None and honest[0].known_to is None
    monkeypatch.setattr(
        "lynchpin.account.structure.known.replace", lambda fact, **changes: replace(fact, known_to=None)
    )
    assert told.on(DAY).facts("rivalry") != honest


def test_within_looks_back_so_far_and_no_further():
    known = made_of([{"since": date(1990, 1, 1), "until": date(2002, 7, 9)}]).on(DAY)
    assert not known.of("rivalry", "KOR")
    assert known.of("rivalry", "KOR", within_days=3653.0) and not known.of("rivalry", "KOR", within_days=3652.0)
    assert known.of("rivalry", "KOR", within_days=1e9)


NATO = "ALB BEL BGR CAN CZE DEU DNK ESP EST FRA GBR GRC HRV HUN ISL ITA LTU LUX LVA NLD NOR POL PRT ROU SVK SVN TUR"
RIO = "ARG BHS BOL BRA CHL COL CRI DOM ECU GTM HND HTI MEX NIC PAN PER PRY SLV TTO URY VEN"
PACIFIC = {"AUS", "JPN", "KOR", "PHL"}
ALLIES_1970 = {
    *PACIFIC,
    "TWN",
    *["BEL", "CAN", "DEU", "DNK", "FRA", "GBR", "GRC", "ISL", "ITA", "LUX", "NLD", "NOR", "PRT", "TUR"],
    *RIO.split(),
} - {"BHS"}
ALLIES_2012 = {*PACIFIC, *NATO.split(), *RIO.split()} - {"MEX"}  # Mexico left the Rio pact in 2004

LOOKED_UP = [  # condition, others, option, day, who
    ("allied_with", ["USA"], "defense", DAY, ALLIES_2012),
    ("allied_with", ["USA"], "defense", date(1970, 1, 1), ALLIES_1970),
    ("allied_with", ["USA"], "defense", date(2014, 10, 18), ALLIES_2012 - {"NIC", "BOL"}),
    ("allied_with", ["FRA"], "defense", DAY, {"USA"}),
    ("allied_with", ["USA"], "neutrality", DAY, set()),
    ("allied_with", ["USA", "CHN"], "any", DAY, {*ALLIES_2012, "PRK"}),
    ("claim_with", ["JPN"], 0.0, DAY, {"CHN", "KOR", "RUS", "TWN"}),
    ("claims_against", ["JPN"], 0.0, DAY, {"CHN", "TWN"}),
    ("claims_against", ["KOR"], 0.0, DAY, {"JPN", "PRK"}),
    ("claims_against", ["GBR"], 0.0, DAY, {"ARG", "DNK", "ESP", "ISL"}),
    ("claim_with", ["CHL"], 0.0, date(2014, 1, 27), {"ARG", "BOL", "PER"}),
    ("claim_with", ["CHL"], 0.0, date(2014, 1, 28), {"ARG", "BOL"}),
    ("rival_of", ["KOR"], 0.0, DAY, {"PRK"}),
    ("rival_of", ["CHN"], 0.0, date(1996, 12, 31), set()),
    ("rival_of", ["CHN"], 0.0, date(1997, 1, 1), {"JPN", "USA"}),
    ("major_power", [], "", date(1985, 1, 1), {"CHN", "FRA", "GBR", "SUN", "USA"}),
    ("capability_share", [], 0.03, DAY, {"CHN", "JPN", "RUS", "USA"}),
    ("stronger_than", ["JPN"], "", DAY, {"CHN", "RUS", "USA"}),
    ("contiguous", ["KOR"], "land", DAY, {"PRK"}),
    ("contiguous", ["KOR"], "water", DAY, {"JPN", "PRK"}),
    ("disputed_with", ["KOR"], 3652.5, DAY, set()),
]


@pytest.mark.parametrize(("condition", "others", "option", "day", "expected"), LOOKED_UP)
def test_conditions_find_the_states(condition, others, option, day, expected):
    found = who(OURS.on(day), condition, others, option)
    assert set(found) == expected
    kinds = {fact.kind for facts in found.values() for fact in facts}
    assert kinds <= set(LOOKS_AT[condition])


def test_every_condition_is_looked_up_and_tested():
    assert set(CONDITIONS) == set(LOOKS_AT) == set(conditions_module._HOW) == {row[0] for row in LOOKED_UP}


def test_an_imported_kind_replaces_ours_and_the_rest_stays(tmp_path):
    (tmp_path / "claims.csv").write_text(
        "chal,tgt,begclaim,endclaim,name\n816,710,197504,201799,Paracels\n", encoding="utf-8"
    )
    import_tables(tmp_path / "s", [tmp_path / "claims.csv"])
    structure = Structure.open(tmp_path / "s")
    known = structure.on(DAY)
    assert set(who(known, "claim_with", ["CHN"], 0.0)) == {"VNM"}
    assert set(who(known, "allied_with", ["USA"], "defense")) == ALLIES_2012
    assert structure.last_day == date(2018, 1, 1)
    ours, ended = structure.on("2020-01-01").remarks(("claim", "alliance"))[::-1]
    assert ended == "claim: icow ends on 2017-12-31; what held then is taken to hold on 2020-01-01"
    assert ours.startswith("alliance: no table was imported")
    assert structure.on(DAY).remarks(("claim",)) == ()


def test_states_are_members_where_a_table_says_so(tmp_path):
    assert {"JPN", "KOR", "USA"} <= OURS.on(DAY).states()
    (tmp_path / "gw.csv").write_text(
        "gwcode,stateabb,statename,startdate,enddate\n2,USA,x,1816-01-01,2017-12-31\n817,RVN,x,1954-05-01,1975-04-30\n",
        encoding="utf-8",
    )
    import_tables(tmp_path / "s", [tmp_path / "gw.csv"])
    assert Structure.open(tmp_path / "s").on(DAY).states() == {"USA"}
    assert isinstance(Structure.open(tmp_path / "s").on("1970-01-01"), KnownFacts)
    assert Structure.open(tmp_path / "s").on("1970-01-01").states() == {"USA", "RVN"}


def test_facts_about_two_states_are_those_that_name_both():
    found = facts_about(OURS, "Japan", "KOR", on=DAY)
    assert found.states == ("JPN", "KOR")
    assert [(fact.kind, fact.a, fact.b) for fact in found.facts] == [
        ("claim", "JPN", "KOR"),
        ("contiguity", "JPN", "KOR"),
    ]
    assert "JPN claims territory of KOR: Dokdo/Takeshima, since 1952 (lynchpin)" in found.summary()
    assert len(facts_about(OURS, "JPN", on=DAY).facts) > 6
    assert "no fact holds" in facts_about(OURS, "JPN", "PHL", on=DAY).summary()
    with pytest.raises(UnknownName, match="no country named 'Jappan'"):
        facts_about(OURS, "Jappan", on=DAY)


def table(dataset: str, last: date, *kinds: str) -> Imported:
    return Imported(dataset, kinds, f"{dataset}.csv", "00", date(1950, 1, 1), last, 3, 3, 0, {}, 3, "", "")


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_tables_of_a_kind_the_later_end_counts(order: int):
    """An old and a new edition, whichever was imported first; a table of another kind says nothing of this one."""
    tables = [table("old", date(2003, 12, 31), "alliance"), table("new", date(2012, 12, 31), "alliance", "claim")]
    other = table("other", date(2020, 12, 31), "rivalry")
    known = Structure(own_facts(), (other, *tables[::order]), "made")
    assert known.ends("alliance") == known.ends("claim") == ("new", date(2012, 12, 31))
    assert known.ends("rivalry") == ("other", date(2020, 12, 31)) and known.ends("contiguity") is None
    assert known.last_day == date(2021, 1, 1)


@pytest.mark.parametrize(("last", "said"), [(date(2011, 7, 8), 1), (date(2011, 7, 9), 0), (date(2012, 7, 8), 0)])
def test_a_table_that_ends_more_than_a_year_before_the_day_is_said(last: date, said: int):
    """366 days before 2012-07-09 is 2011-07-09, since 2012 is a leap year."""
    known = Structure(own_facts(), (table("t", last, "rivalry"),), "made").on(DAY)
    remarks = known.remarks(("rivalry", "rivalry"))
    assert len(remarks) == said
    assert all(f"rivalry: t ends on {last}; what held then is taken to hold on 2012-07-09" == one for one in remarks)


def test_a_fact_is_known_on_its_day_and_its_end_on_the_day_after():
    """`known_from` is the first day on whose morning it is known; an end known from a day hides it after that day."""
    made = made_of([{"since": date(2012, 7, 9), "until": date(2012, 7, 20)}])
    found = {day: made.on(date(2012, 7, day)) for day in (8, 9, 20, 21)}
    assert [bool(known.facts("rivalry")) for known in found.values()] == [False, True, True, False]
    assert found[20].facts("rivalry")[0].until is None, "its end lies ahead"
    held = {days: bool(found[21].of("rivalry", "KOR", within_days=days)) for days in (0.0, 0.5, 1.0, 30.0)}
    assert held == {0.0: False, 0.5: False, 1.0: True, 30.0: True}
