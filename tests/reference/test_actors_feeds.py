"""Our table of office-holders against two published lists, and the shares of two real feeds that it resolves.

The lists and feeds are not ours to hand on; the tests are skipped where no copy is at hand.
"""

from __future__ import annotations

import csv
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from lynchpin.record.ontology import actors, countries, sectors
from lynchpin.record.ontology._tables import rows

# Spells of Archigos from which our days differ, and why; everything else agrees to the day
DIFFERENT = {
    ("JPN", "Keizo Obuchi"),  # until the cabinet resigned, not until the stroke
    ("CHN", "Hu Jintao"),  # as president, not as head of the party
    ("RUS", "Boris Yeltsin"),  # from his oath, before the Soviet Union ended
    ("IND", "Narendra Modi"),  # from the oath of 26 May
    ("ISR", "Ariel Sharon"),  # until Olmert followed in his own right
    ("SYR", "Bashar al-Assad"),  # from his oath
    ("VEN", "Hugo Chavez"),  # until his death on 5 March 2013; Archigos has 2012
    ("ZAF", "Thabo Mvuyelwa Mbeki"),  # from election by parliament
    ("SRB", "Ivica Dačić"),  # prime minister and then foreign minister as one spell
    ("ETH", "Haile-Mariam Desalegne"),  # from the oath, not as acting
    ("THA", "Abhisit Vejjajiva"),  # royal command, not the vote
    ("THA", "Yingluck Shinawatra"),  # the vote
}


@pytest.fixture
def feed(shared: Path, request: pytest.FixtureRequest) -> list[list[str]]:
    path = shared / "data" / request.param / "events.tsv"
    if not path.exists():
        pytest.skip(f"no copy of {request.param} at hand")
    return [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]


def published(shared: Path, name: str) -> list[dict[str, str]]:
    path = shared / "data" / "structural" / name
    if not path.exists():
        pytest.skip(f"no copy of {name} at hand")
    return list(csv.DictReader(path.read_text(encoding="latin-1").splitlines()))


@cache
def plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()


@cache
def numbers(state: str, system: str) -> set[int]:
    found = {getattr(country, system) for country in countries.all_countries() if country.iso3 == state}
    return {number for number in found if number is not None}


def test_days_of_office_agree_with_archigos(shared: Path) -> None:
    spells = {
        (int(float(row["gwcode"])), row["startdate"], row["enddate"], plain(row["leader"]).split()[-1])
        for row in published(shared, "archigos.csv")
        if row["enddate"] > "1990"
    }
    checked = [row for row in rows("leaders") if row["checked"] == "archigos"]
    assert len(checked) >= 120
    assert not {(row["state"], row["name"]) for row in checked} & DIFFERENT
    for row in checked:
        first = date.fromisoformat(row["valid_from"])
        own = [spell for spell in spells if spell[0] in numbers(row["state"], "gw") and spell[3] in plain(row["name"])]
        near = [spell for spell in own if abs((date.fromisoformat(spell[1]) - first).days) <= 1]
        assert near, row
        if near[0][2] < "2015-12-31":
            assert row["valid_to"], row
            assert abs((date.fromisoformat(near[0][2]) - date.fromisoformat(row["valid_to"])).days) <= 1, row


def test_every_effective_leader_of_the_five_states_and_russia_is_there(shared: Path) -> None:
    lacking = []
    for row in published(shared, "archigos.csv"):
        if int(float(row["gwcode"])) not in {2, 732, 740, 731, 710, 365} or row["enddate"] < "1998-03-01":
            continue
        middle = max(date.fromisoformat(row["startdate"]), date(1998, 3, 1))
        middle += (min(date.fromisoformat(row["enddate"]), date(2015, 12, 30)) - middle) / 2
        state = next(
            c.iso3 for c in countries.all_countries() if c.gw == int(float(row["gwcode"])) and c.covers(middle)
        )
        held = [
            entry["name"]
            for entry in rows("leaders")
            if entry["state"] == state and entry["valid_from"] <= str(middle) <= (entry["valid_to"] or "9999-12-31")
        ]
        if not any(plain(row["leader"]).split()[-1] in plain(name) for name in held):
            lacking.append((state, row["leader"], str(middle)))
    assert [leader for _, leader, _ in lacking] == ["Mikio Aoki"]  # stood in for two days in April 2000


def test_months_of_office_agree_with_the_leader_list(shared: Path) -> None:
    """A second list, by month, for those of our leaders that it knows and whose offices are the highest ones."""
    highest = ("president", "prime minister", "supreme leader")
    own = [row for row in rows("leaders") if row["office"] in highest and row["state"] in ("USA", "KOR", "JPN", "PRK")]
    seen = 0
    for row in published(shared, "leaderlist_3_21.csv"):
        if not row["syear"].isdigit() or int(row["syear"]) < 1998:
            continue
        name = plain(row["leader"]).replace(",", " ").split()
        for entry in own:
            same = (
                name
                and int(row["ccode"]) in numbers(entry["state"], "cow")
                and name[-1] in plain(entry["name"]).split()
            )
            begins = f"{int(row['syear']):04d}-{int(row['smonth']):02d}"
            if same and abs(int(begins[:4]) - int(entry["valid_from"][:4])) <= 1:
                seen += 1
                assert begins == entry["valid_from"][:7], (row, entry)
    assert seen >= 8


def answers(names: set[str]) -> dict[str, tuple[list[date], list[actors.Actor | None]]]:
    spells = {name: actors.spells(name) for name in names}
    return {name: ([first for first, _ in found], [actor for _, actor in found]) for name, found in spells.items()}


def has_country(name: str) -> bool:
    """Whether a name is a state's or carries something in brackets at its end."""
    return name.endswith(")") or bool(countries.bearers(name))


@pytest.mark.parametrize("feed", ["icews_2018h1", "icews_2011_2014"], indirect=True)
def test_the_shares_of_a_real_feed(feed: list[list[str]]) -> None:
    known = answers({name for row in feed for name in (row[0], row[2])})

    def states(name: str, day: date) -> tuple[str, ...]:
        firsts, found = known[name]
        actor = found[bisect_right(firsts, day) - 1]
        return actor.states if actor else ()

    pairs = [bool(states(row[0], day) and states(row[2], day)) for row, day in dated(feed)]
    carrying = [pair for pair, row in zip(pairs, feed, strict=True) if has_country(row[0]) and has_country(row[2])]
    assert sum(carrying) / len(carrying) >= 0.97
    assert sum(pairs) / len(pairs) >= 0.80
    lost = actors.unresolved(name for row in feed for name in (row[0], row[2]))
    assert sum(count for _, count in lost) / (2 * len(feed)) < 0.06
    assert lost[0][1] < 500  # nothing large is left out


def dated(feed: list[list[str]]) -> Iterator[tuple[list[str], date]]:
    days: dict[str, date] = {}
    for row in feed:
        yield row, days.setdefault(row[3], date.fromisoformat(row[3]))


def test_names_agree_with_the_country_and_sectors_that_icews_gives(shared: Path) -> None:
    path = shared / "data" / "icews_raw_sample" / "events.2018.sample.tab"
    if not path.exists():
        pytest.skip("no copy of the raw sample at hand")
    seen: dict[tuple[str, str, str], date] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            for side in ("Source", "Target"):
                key = row[f"{side} Name"], row[f"{side} Country"], row[f"{side} Sectors"]
                seen[key] = date.fromisoformat(row["Event Date"])
    wrong, checked, alike, told = [], 0, 0, Counter[tuple[str, str]]()
    for (name, country, phrases), day in seen.items():
        found, given = actors.resolve(name, day), countries.find(country, "name")
        if not found or not given or not found.states:
            continue
        checked += 1
        if found.states != (given.iso3,):
            wrong.append((name, country, found))
        if found.how == "sector":
            theirs = sectors.from_icews(phrases)
            alike += found.sector == theirs
            told[found.sector, theirs] += found.sector != theirs
    assert checked > 500
    assert len(wrong) / checked < 0.01, wrong
    assert alike / (alike + sum(told.values())) > 0.85, told.most_common(12)
