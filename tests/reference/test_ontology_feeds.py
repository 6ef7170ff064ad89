"""Our tables against the real feeds and state lists, where a copy of them is at hand (else skipped).

The copies are not ours to hand on. They are looked for in the folder named by LYNCHPIN_SHARED, or in `shared` beside
the project; `countrycode` (GPL) is a second opinion in tests only.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from lynchpin.record.ontology import Country, cameo, countries, quad, scales, sectors

GDELT = ("20191024143000.export.CSV", "20151027220000.export.CSV", "v1_58_columns.export.CSV")

# What stands in GDELT's country columns and is no country: CAMEO regions, and FIPS' high seas
REGIONS = {"AFR", "EUR", "MEA", "NMR", "SAF", "SEA", "WST"}
SEAS = {"OS"}

# Spans of COW in which our rows differ by design: (code, first day)
COW_OPEN = {
    (740, "1860-01-01"),  # Japan is one open row; COW leaves out the occupation
    (255, "1816-01-01"),  # the Germany that ended in 1945
}


def shared(*parts: str) -> Path:
    """A file among the shared data; the test is skipped where there is none."""
    root = os.environ.get("LYNCHPIN_SHARED") or Path(__file__).parents[2].parent / "shared"
    path = Path(root).joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"no copy of {'/'.join(parts)} at hand")
    return path


def tab(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def comma(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def gdelt() -> Iterator[list[str]]:
    """Rows of the three exports: 57, 58 or 61 columns, no header."""
    for name in GDELT:
        with shared("gdelt", name).open(encoding="utf-8") as lines:
            yield from (line.rstrip("\n").split("\t") for line in lines)


def test_icews_codes_labels_and_scores() -> None:
    seen = {
        (row["CAMEO Code"], row["Event Text"].casefold(), float(row["Intensity"]))
        for row in tab(shared("icews_raw_sample", "events.2018.sample.tab"))
    }
    assert len(seen) == 122
    for code, label, score in seen:
        assert cameo.lookup(code).label.casefold() == label
        assert scales.magnitude("goldstein-icews", code=code) == score, code
    assert {code for code, _, _ in seen} == checked("icews")


def test_icews_labels_lead_to_their_codes() -> None:
    listed = {row["relation"]: row["code"] for row in tab(shared("icews_2011_2014", "relation_cameo.tsv"))}
    assert len(listed) == 233
    for label, code in listed.items():
        assert cameo.from_label(label).code == (code if len(code) > 2 else f"{code}0"), label
    assert set(listed.values()) == checked("icews-label")


def test_every_label_of_the_benchmark_files_is_known() -> None:
    events = shared("icews_2018h1", "events.tsv").read_text(encoding="utf-8").splitlines()
    used = Counter(line.split("\t")[1] for line in events)
    used.update(
        line.split("\t")[0]
        for line in shared("icews14_tkg", "relation2id.txt").read_text(encoding="utf-8").splitlines()
        if "\t" in line
    )
    assert len(used) > 230
    assert all(cameo.from_label(label) for label in used)


def test_gdelt_scores_and_quad_classes() -> None:
    seen = {(row[26], float(row[30]), int(row[29])) for row in gdelt()}
    assert len(seen) == 148
    for code, score, number in seen:
        assert cameo.lookup(code).goldstein_gdelt == score, code
        assert quad.quad_class("gdelt", code=code) == number, code


def test_gdelt_scores_of_1979() -> None:
    with shared("gdelt", "v1_reduced_ctrl_a_1979.csv").open(encoding="utf-8") as lines:
        seen = {(row[3], float(row[6])) for row in (line.split("\x01") for line in lines)}
    assert len(seen) > 80
    for code, score in seen:
        assert cameo.lookup(code).goldstein_gdelt == score, code
    assert {code for code, _ in seen} | {row[26] for row in gdelt()} == checked("gdelt")


def checked(feed: str) -> set[str]:
    """The codes that our table says were seen in a feed."""
    return {row.code for row in cameo.codes().values() if feed in row.checked}


def test_gdelt_countries() -> None:
    codes, places = set(), set()
    for row in gdelt():
        codes |= {row[7], row[17]}
        places |= {row[at] for at in ((37, 45, 53) if len(row) == 61 else (37, 44, 51))}
    assert len(codes) > 100 and len(places) > 120
    assert {code for code in codes - {""} if not countries.find(code, "cameo")} == REGIONS
    assert {code for code in places - {""} if not countries.find(code, "fips")} == SEAS


def test_gdelt_actor_types_are_listed() -> None:
    types = {row[at] for row in gdelt() for at in (12, 13, 14, 22, 23, 24)} - {""}
    assert len(types) > 25
    assert types <= set(sectors.sectors("cameo"))


def test_icews_countries() -> None:
    rows = tab(shared("icews_raw_sample", "events.2018.sample.tab"))
    names = {row[column] for row in rows for column in ("Source Country", "Target Country")} - {"NA"}
    assert len(names) == 148
    for name in names:
        found = countries.resolve(name, on=date(2018, 6, 1))
        assert found.icews_name == name


def test_icews_sectors() -> None:
    found = Counter(
        sectors.from_icews(row[column])
        for row in tab(shared("icews_raw_sample", "events.2018.sample.tab"))
        for column in ("Source Sectors", "Target Sectors")
        if row[column] != "NA"
    )
    assert set(found) == {"", "GOV", "MIL", "LEG", "OPP", "JUD", "CVL"}
    assert found.total() == 5400
    assert found["GOV"] > found["CVL"] > found["LEG"] > found["OPP"]
    assert found[""] / found.total() < 0.2


def test_cow_states() -> None:
    asked = 0
    for row in comma(shared("structural", "cow_states.csv")):
        code, first, last = int(float(row["ccode"])), _day(row, "st"), _day(row, "end")
        if last < date(1945, 9, 1) or (code, str(first)) in COW_OPEN:
            continue
        asked += 1
        bearers = [country for country in countries.all_countries() if country.cow == code]
        begins = min(country.valid_from or date.min for country in bearers)
        for day in (max(first, begins), last):
            assert countries.resolve(code, "cow", on=day).cow == code
        if last.year < 2016 and row["stateabb"] != "SYR":  # Syria's years inside the United Arab Republic
            assert countries.find(code, "cow", on=last + timedelta(days=1)) is None, row["statenme"]
    assert asked == 203


def _day(row: dict[str, str], end: str) -> date:
    year, month, day = (int(float(row[f"{end}{part}"])) for part in ("year", "month", "day"))
    return date(year, month, day)


def test_gw_states_begin_and_end_on_the_listed_days() -> None:
    asked = 0
    for row in comma(shared("structural", "gw_states.csv")):
        code = int(float(row["gwcode"]))
        first, last = date.fromisoformat(row["startdate"]), date.fromisoformat(row["enddate"])
        if last < date(1945, 9, 1):
            continue
        asked += 1
        bearers = [country for country in countries.all_countries() if country.gw == code]
        begins = min(country.valid_from or date.min for country in bearers)
        assert begins == (first if first >= date(1945, 9, 1) else date.min), row["statename"]
        assert countries.find(code, "gw", on=last) is not None, row["statename"]
        if last.year < 2017:
            assert max(country.valid_to or date.max for country in bearers) == last, row["statename"]
    assert asked == 181


def test_state_names_of_both_lists_are_known() -> None:
    rows = comma(shared("structural", "gw_states.csv"))
    named = {row["statename"]: int(float(row["gwcode"])) for row in rows if row["enddate"] >= "1990"}
    unknown = {name for name, code in named.items() if not _bears(countries.find(name), code)}
    assert unknown <= {name for name in named if "(" in name or "/" in name}, unknown
    assert len(unknown) < 15


def _bears(country: Country | None, code: int) -> bool:
    return country is not None and country.gw == code


# countrycode 0.6.0 and our table differ here; ours is right, or it is a matter of rule
COUNTRYCODE_DIFFERS = {
    ("SRB", "cown"),  # it has none; COW goes on with 345
    ("VNM", "gwn"),  # it says 817, which is the former South
    ("YEM", "gwn"),  # it has none; Gleditsch-Ward go on with 678
    ("SSD", "fips"),  # it has none; GDELT writes OD
    ("VAT", "cown"),  # its 327 is the Papal States, which ended in 1870
    ("VAT", "gwn"),
    ("CUW", "fips"),
    ("MAF", "fips"),
    ("SXM", "fips"),
}


def test_codes_against_countrycode() -> None:
    codelist = pytest.importorskip("countrycode.countrycode").codelist
    differ, asked = set(), 0
    for at, iso3 in enumerate(codelist["iso3c"]):
        found = countries.find(iso3, "iso3") if iso3 else None
        if found is None:
            continue
        ours = {"cown": found.cow, "gwn": found.gw, "fips": found.fips[0] if found.fips else None}
        for system, code in ours.items():
            theirs = codelist[system][at]
            asked += 1
            if str(theirs or "") != str(code or ""):
                differ.add((iso3, system))
    assert asked > 700
    assert differ == COUNTRYCODE_DIFFERS


def test_every_iso_code_of_countrycode_has_a_row() -> None:
    codelist = pytest.importorskip("countrycode.countrycode").codelist
    missing = {iso3 for iso3 in codelist["iso3c"] if iso3 and not countries.find(iso3, "iso3")}
    assert missing == {"UMI"}  # uninhabited outlying islands


def test_english_names_of_countrycode_are_known() -> None:
    codelist = pytest.importorskip("countrycode.countrycode").codelist
    pairs = zip(codelist["country.name.en"], codelist["iso3c"], strict=True)
    named = {name: iso3 for name, iso3 in pairs if name and iso3 and iso3 != "UMI"}
    wrong = {name for name, iso3 in named.items() if getattr(countries.find(name), "iso3", None) != iso3}
    assert len(named) > 240
    assert wrong == set()
