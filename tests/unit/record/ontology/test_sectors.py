"""Sectors: three schemes of codes, and lists of phrases in which order means nothing."""

from __future__ import annotations

from itertools import permutations

import pytest

from lynchpin.errors import UnknownName
from lynchpin.record.ontology import sectors
from lynchpin.record.ontology._tables import rows

OURS = {"GOV", "MIL", "LEG", "OPP", "JUD", "CVL"}

# phrases as ICEWS gives them for an actor of that kind, our sector
ICEWS = [
    ("Government", "GOV"),  # "Government (Zimbabwe)"
    ("Executive,Executive Office,Government", "GOV"),  # a head of government
    ("Executive,Foreign Ministry,Government", "GOV"),
    ("Defense / Security Ministry,Executive,Government", "MIL"),
    ("Defense / Security Ministry,Executive,Government,Legislative / Parliamentary,Lower House", "MIL"),
    ("Government,Military", "MIL"),
    ("Army,Government,Military", "MIL"),
    ("Army Special Forces,Government", "MIL"),
    ("Government,Coast Guard", "GOV"),
    (
        "Elite,Executive,Executive Office,Government,Government Major Party (In Government),Military,Parties",
        "GOV",
    ),
    ("Executive,Foreign Ministry,Government,Judicial", "GOV"),
    ("Government,Judicial", "JUD"),
    ("Justice / Law Ministry,Government", "GOV"),
    ("Government,Legislative / Parliamentary", "LEG"),
    ("(National) Major Party,Government Major Party (In Government),Parties", "LEG"),
    ("(National) Major Party,Opposition Major Party (Out Of Government),Parties", "OPP"),
    ("(National) Minor Party,Opposition Minor Party (Out of Government),Parties", "OPP"),
    ("Government,Legislative / Parliamentary,Opposition Major Party (Out Of Government),Parties", "OPP"),
    (
        "Center Left,Elite,Executive,Executive Office,Government,Opposition Major Party (Out Of Government)",
        "GOV",
    ),
    ("Government,Police", "GOV"),
    ("Executive,Government,State Media", "GOV"),
    ("General Population / Civilian / Social,Social", "CVL"),
    ("Business,Social", "CVL"),
    ("Media,News,Print News,Social", "CVL"),
    ("Dissident,Protestors / Popular Opposition / Mobs", "CVL"),
    ("Human Rights IGOs,Human Rights NGOs,Nongovernmental Organizations / Activists", "CVL"),
    ("Dissident", "OPP"),
    ("Dissident,Rebel", ""),
    ("Criminals / Gangs,Dissident", ""),
    ("International Government Organization,Regional,Regional Diplomatic IGOs", ""),
    ("Elite,Global Diplomatic IGOs,Government,International Government Organization", ""),
    ("Parties", ""),
    ("Unspecified", ""),
    ("Sunni,Center Right", ""),
    ("NA", ""),
    ("", ""),
    ('"Executive,Government"', "GOV"),
    (" government , military ", "MIL"),
]

# code, as CAMEO, as PLOVER
CODES = [
    ("GOV", "GOV", "GOV"),
    ("COP", "GOV", "GOV"),
    ("MIL", "MIL", "MIL"),
    ("LEG", "LEG", "LEG"),
    ("OPP", "OPP", "OPP"),
    ("JUD", "JUD", "JUD"),
    ("MED", "CVL", "CVL"),
    ("JRN", "", "CVL"),
    ("HLH", "CVL", ""),
    ("REB", "", ""),
    ("gov", "GOV", "GOV"),
    ("XYZ", "", ""),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "sector"), ICEWS)
def test_from_icews(text: str, sector: str) -> None:
    assert sectors.from_icews(text) == sector


def test_order_means_nothing() -> None:
    phrases = ["Government", "Legislative / Parliamentary", "Parties", "Defense / Security Ministry"]
    assert {sectors.from_icews(",".join(order)) for order in permutations(phrases)} == {"MIL"}


@pytest.mark.parametrize(("code", "as_cameo", "as_plover"), CODES)
def test_from_code(code: str, as_cameo: str, as_plover: str) -> None:
    assert sectors.from_code(code, "cameo") == as_cameo
    assert sectors.from_code(code, "plover") == as_plover


def test_med_is_media_in_cameo_and_health_in_plover() -> None:
    assert sectors.sectors("cameo")["MED"].meaning == "media"
    assert sectors.sectors("plover")["MED"].meaning == "health"


def test_every_sector_is_listed_once_and_mapped_to_ours_or_none() -> None:
    listed = [(row["scheme"], row["code"].casefold()) for row in rows("sectors")]
    assert len(listed) == len(set(listed))
    assert set(sectors.sectors("lynchpin")) == OURS
    assert {row["ours"] for row in rows("sectors")} == {"", *OURS}


def test_ranks_of_icews_phrases_lead_to_one_sector_each() -> None:
    found: dict[int, set[str]] = {}
    for sector in sectors.sectors("icews").values():
        found.setdefault(sector.rank, set()).add(sector.ours)
    assert sorted(found) == list(range(1, 14))
    assert all(len(ours) == 1 for ours in found.values()), found


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'icews'"):
        sectors.sectors("icew")
