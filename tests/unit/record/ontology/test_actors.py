"""Actors by name: who a name stands for on a day, and what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lynchpin.errors import BadData
from lynchpin.record.ontology import actors, sectors
from lynchpin.record.ontology._tables import many, rows

# name as a feed writes it, day, states, sector, how
KNOWN = [
    ("South Korea", "2012-07-09", ("KOR",), "", "state"),
    ("south_korea", "2012-07-09", ("KOR",), "", "state"),
    ("Head of Government (South Korea)", "2012-07-09", ("KOR",), "GOV", "sector"),
    ("Head_of_Government_(South_Korea)", "2012-07-09", ("KOR",), "GOV", "sector"),
    ("Citizen (Thailand)", "2012-07-09", ("THA",), "CVL", "sector"),
    ("Police (India)", "2012-07-09", ("IND",), "GOV", "sector"),
    ("Foreign Affairs (Bangladesh)", "2012-07-09", ("BGD",), "GOV", "sector"),
    ("Defense / Security Ministry (Japan)", "2012-07-09", ("JPN",), "MIL", "sector"),
    ("Appeals Court (Japan)", "2012-07-09", ("JPN",), "JUD", "sector"),
    ("Member of Legislative (Govt) (India)", "2012-07-09", ("IND",), "LEG", "sector"),
    ("Main Opposition (Japan)", "2012-07-09", ("JPN",), "OPP", "sector"),
    ("Armed Gang (Syria)", "2012-07-09", ("SYR",), "", "sector"),
    ("Some New Phrase (Japan)", "2012-07-09", ("JPN",), "", "sector"),
    ("Lee Myung Bak", "2008-02-24", ("KOR",), "", "person"),
    ("Lee Myung Bak", "2008-02-25", ("KOR",), "GOV", "leader"),
    ("Lee Myung Bak", "2013-02-24", ("KOR",), "GOV", "leader"),
    ("Lee Myung Bak", "2013-02-25", ("KOR",), "", "person"),
    ("Shinzo Abe", "2012-07-09", ("JPN",), "", "person"),
    ("Shinzo Abe", "2007-09-25", ("JPN",), "GOV", "leader"),
    ("Itsunori Onodera", "2013-01-01", ("JPN",), "MIL", "leader"),
    ("Recep Tayyip Erdogan", "2012-07-09", ("TUR",), "GOV", "leader"),  # accents do not matter
    ("Abdel Fattah Al-Sisi", "2013-07-03", ("EGY",), "MIL", "leader"),
    ("Abdel Fattah Al-Sisi", "2014-07-03", ("EGY",), "GOV", "leader"),
    ("Ban Ki Moon", "2005-01-01", ("KOR",), "GOV", "leader"),
    ("Ban Ki Moon", "2012-07-09", (), "", "organisation"),
    ("Ban Ki Moon", "2018-01-01", ("KOR",), "", "person"),
    ("Rahul Gandhi", "2018-01-01", ("IND",), "", "person"),
    ("Bharatiya Janata", "2014-05-25", ("IND",), "OPP", "organisation"),
    ("Bharatiya Janata", "2014-05-26", ("IND",), "LEG", "organisation"),
    ("Ministry (Bharatiya Janata)", "2018-01-01", ("IND",), "LEG", "organisation"),
    ("Militant (Taliban)", "2018-01-01", ("AFG",), "", "organisation"),
    ("Combatant (Al Qaeda)", "2018-01-01", (), "", "organisation"),
    ("Chongwadai", "2018-01-01", ("KOR",), "GOV", "organisation"),
    ("United Nations", "2018-01-01", (), "", "organisation"),
    ("North Atlantic Treaty Organization", "2018-01-01", (), "", "organisation"),
    ("European Union", "2018-01-01", (), "", "organisation"),
    ("Scotland", "2018-01-01", ("GBR",), "", "place"),
    ("Citizen (Africa)", "2018-01-01", (), "CVL", "place"),
    ("Unspecified Actor", "2018-01-01", (), "", "unspecified"),
]

UNKNOWN = [
    "",
    "Nobody At All",
    "Citizen (Nowhere)",
    "Citizen ()",
    "Democratic Party",  # of a dozen countries
    "National Liberation Army",
    "Social Democratic Party",
    "National Intelligence Service",  # Seoul's and Nairobi's
    "Lee Myung",  # nothing is matched by likeness
]


@pytest.fixture
def own_tables() -> Iterator[None]:
    yield
    actors.forget_tables()


@pytest.mark.parametrize(("name", "day", "states", "sector", "how"), KNOWN)
def test_who_it_is(name: str, day: str, states: tuple[str, ...], sector: str, how: str) -> None:
    found = actors.resolve(name, date.fromisoformat(day))
    assert found == actors.Actor(states, sector, how)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", UNKNOWN)
def test_nothing_is_guessed(name: str) -> None:
    assert actors.resolve(name) is None
    assert actors.resolve(name, date(2012, 7, 9)) is None


def test_without_a_day_only_what_always_holds() -> None:
    assert actors.resolve("Bharatiya Janata") == actors.Actor(("IND",), "", "organisation")
    assert actors.resolve("Angela Merkel") == actors.Actor(("DEU",), "GOV", "leader")
    assert actors.resolve("Ban Ki Moon") == actors.Actor((), "", "leader")


def test_a_state_is_one_only_on_its_days() -> None:
    assert actors.resolve("Citizen (Kosovo)", date(2007, 1, 1)) is None
    assert actors.resolve("Citizen (Kosovo)", date(2018, 1, 1)) == actors.Actor(("XKX",), "CVL", "sector")


@pytest.mark.parametrize("name", [*dict.fromkeys(row[0] for row in KNOWN), "Kosovo", "Russia", "Shinzo Abe", "Nobody"])
def test_spells_say_the_same_as_day_by_day(name: str) -> None:
    spells = actors.spells(name)
    assert spells[0][0] == date.min
    assert all(before[1] != after[1] for before, after in pairwise(spells))
    days = {date(1997, 1, 1) + timedelta(days=97 * step) for step in range(120)}
    days |= {first + timedelta(days=shift) for first, _ in spells[1:] for shift in (-1, 0)}
    for day in sorted(days):
        assert [actor for first, actor in spells if first <= day][-1] == actors.resolve(name, day), day


def test_unresolved_names_by_volume() -> None:
    names = ["B", "A", "Japan", "B", "United Nations", "Unspecified Actor", "C", "A", "B", ""]
    assert actors.unresolved(names) == [("B", 3), ("A", 2), ("C", 1)]


def test_a_table_of_ones_own_comes_first(tmp_path: Path, own_tables: None) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(
        "name,state,sector,valid_from,valid_to,source\n"
        "Zorro;El Zorro,Mexico,CVL,,,a film\n"
        "Lee Myung Bak,,,,,for a test\n"
        "The Pair,JPN;KOR,GOV,2012-01-01,2012-12-31,\n",
        encoding="utf-8",
    )
    assert actors.add_table(table) == 3
    assert actors.resolve("el zorro") == actors.Actor(("MEX",), "CVL", "table")
    assert actors.resolve("Lee Myung Bak", date(2012, 1, 1)) == actors.Actor((), "", "table")
    assert actors.resolve("The Pair", date(2012, 7, 9)) == actors.Actor(("JPN", "KOR"), "GOV", "table")
    assert actors.resolve("The Pair", date(2013, 7, 9)) == actors.Actor(("JPN", "KOR"), "", "table")
    assert [first for first, _ in actors.spells("The Pair")] == [date.min, date(2012, 1, 1), date(2013, 1, 1)]
    actors.forget_tables()
    assert actors.resolve("Zorro") is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name\nA\n", "the columns name and state must be there"),
        ("name,state,colour\nA,JPN,red\n", "unknown column 'colour'"),
        ("name,state\nA,Atlantis\n", "no country 'Atlantis'"),
        ("name,state,sector\nA,JPN,KING\n", "no sector 'KING'"),
        ("name,state,valid_from\nA,JPN,2012\n", "valid_from '2012' is not a day"),
        ("name,state,valid_from,valid_to\nA,JPN,2012-02-01,2012-01-01\n", "is before valid_from"),
        ("name,state\nA,JPN,more\n", "more fields than columns"),
        ("name,state\n ,JPN\n", "no name"),
        ("", "the columns name and state must be there"),
    ],
)
def test_a_table_that_cannot_be_read_adds_nothing(tmp_path: Path, own_tables: None, text: str, what: str) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("name,state\nZorro,MEX\n", encoding="utf-8")
    actors.add_table(table)
    table.write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match=what) as told:
        actors.add_table(table)
    assert "mine.csv" in told.value.where and told.value.mend
    assert actors.resolve("A") is None
    assert actors.resolve("Zorro") is not None


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="cannot be read"):
        actors.add_table(tmp_path / "none.csv")


def test_the_tables_keep_to_their_words() -> None:
    ours = {"", *sectors.sectors("lynchpin")}
    assert {row["sector"] for name in ("leaders", "organisations", "phrases") for row in rows(name)} <= ours
    assert {row["checked"] for row in rows("leaders")} == {"archigos", "recalled"}
    assert len(rows("leaders")) > 500
    people = [name for row in rows("people") for name in many(row["name"])]
    leading = {name for row in rows("leaders") for name in many(row["name"])}
    assert len(people) == len(set(people))
    assert not leading & set(people)


def test_one_person_is_of_one_state() -> None:
    states: dict[str, set[str]] = {}
    for row in rows("leaders"):
        for name in many(row["name"]):
            states.setdefault(name, set()).add(row["state"])
    assert not {name for name, found in states.items() if len(found) > 1}


@pytest.mark.parametrize("office", ["president", "prime minister", "premier", "foreign minister", "defence minister"])
@pytest.mark.parametrize("state", ["USA", "KOR", "JPN", "PRK", "CHN"])
def test_one_office_is_held_by_one_person_at_a_time(state: str, office: str) -> None:
    held = sorted(
        (row["valid_from"], row["valid_to"] or "9999-12-31", row["name"])
        for row in rows("leaders")
        if row["state"] == state and row["office"] == office
    )
    for before, after in pairwise(held):
        # Wang Yi stands as one spell, from foreign minister to the party's foreign affairs office and back
        assert before[1] < after[0] or "Wang Yi" in (before[2], after[2]), (before, after)
