"""Real structural tables, when they are at hand: rows add up, and facts that are known from elsewhere are found."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin.account.cases import bind, read_theory
from lynchpin.account.structure import Structure, import_tables, who

DAY = date(2012, 7, 9)

#: data set -> rows (`wc -l` less the header; for Parquet its own count)
ROWS = {
    "atop": 273_296,
    "cow-contiguity": 1_874,
    "cow-nmc": 17_121,
    "cow-states": 243,
    "gw-states": 216,
    "icow": 848,
    "mid": 10_358,
    "tss": 264,
}


@pytest.fixture(scope="module")
def structure(shared, tmp_path_factory):
    folder = shared / "data" / "structural"
    if not folder.is_dir():
        pytest.skip("the structural tables are not on this machine")
    store = tmp_path_factory.mktemp("structure") / "s"
    made = {table.dataset: table for table in import_tables(store, [folder])}
    assert {name: table.read for name, table in made.items()} == ROWS
    assert all(table.read == table.accepted + table.refused for table in made.values())
    return Structure.open(store)


def test_facts_that_are_known_from_elsewhere(structure):
    known = structure.on(DAY)
    allies = who(known, "allied_with", ["USA"], "defense")
    assert {"JPN", "KOR", "PHL", "AUS", "GBR", "CAN"} <= set(allies)
    assert set(who(known, "allied_with", ["CHN"], "defense")) == {"PRK"}
    assert "KOR" not in who(known, "allied_with", ["JPN"], "defense")
    assert "KOR" in who(known, "allied_with", ["JPN"], "nonaggression")  # coded so; no alliance
    assert set(who(known, "claims_against", ["KOR"], 0.0)) == {"JPN", "PRK"}
    assert set(who(known, "capability_share", [], 0.03)) == {"CHN", "IND", "JPN", "RUS", "USA"}
    assert "SUN" in who(structure.on(date(1985, 1, 1)), "rival_of", ["USA"], 0.0)
    assert "RUS" not in structure.on(date(1985, 1, 1)).states()


def test_the_triads_of_the_claims_rule(structure):
    found = {triad.name: triad for triad in bind(read_theory("lateral"), structure, date(2011, 10, 8))}
    assert len(found) == 19
    assert {"USA-JPN-KOR", "USA-ARG-GBR", "USA-BOL-CHL", "USA-ESP-GBR", "RUS-KAZ-UZB", "RUS-ARM-AZE"} <= set(found)
    assert set(found["USA-JPN-KOR"].roles["adversary"]) == {"CHN", "CUB", "IRN", "PRK", "RUS"}
    assert all(not triad.left_out for triad in found.values())
    assert len(bind(read_theory("lateral", between="contiguous(other, water)"), structure, date(2011, 10, 8))) == 160
