"""Countries: codes and names of states that begin, end, and change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lynchpin.errors import UnknownName
from lynchpin.record.ontology import Country, countries

SYSTEMS: tuple[countries.System, ...] = ("iso3", "cow", "gw", "fips", "cameo", "name")

# text, system, day, ISO3
FOUND = [
    ("KOR", None, None, "KOR"),
    ("kor", None, None, "KOR"),
    ("ROK", None, None, "KOR"),
    ("Republic of Korea", None, None, "KOR"),
    ("Korea, South", None, None, "KOR"),
    ("Korea", None, None, "KOR"),
    ("D.P.R.K.", None, None, "PRK"),
    ("the United States", None, None, "USA"),
    ("Burma", None, None, "MMR"),
    ("Côte d’Ivoire", None, None, "CIV"),
    ("Ivory Coast", None, None, "CIV"),
    ("Türkiye", None, None, "TUR"),
    ("St. Lucia", None, None, "LCA"),
    ("Antigua & Barbuda", None, None, "ATG"),
    ("Occupied Palestinian Territory", None, None, "PSE"),
    ("KS", "fips", None, "KOR"),
    ("JA", "fips", None, "JPN"),
    ("SU", "fips", None, "SDN"),
    ("OD", "fips", None, "SSD"),
    ("GZ", "fips", None, "PSE"),
    ("ROM", "cameo", None, "ROU"),
    ("TMP", "cameo", None, "TLS"),
    ("GZS", "cameo", None, "PSE"),
    ("2", "cow", None, "USA"),
    ("002", "cow", None, "USA"),
    ("732.0", "cow", None, "KOR"),
    (365, "cow", None, "RUS"),
    (365, "cow", date(1991, 12, 25), "SUN"),
    (365, "gw", date(1991, 12, 26), "RUS"),
    ("Russia", None, date(1962, 10, 16), "SUN"),
    ("Russia", None, None, "RUS"),
    (345, "gw", date(1999, 3, 24), "YUG"),
    (345, "gw", date(2006, 6, 4), "SCG"),
    (340, "gw", date(2006, 6, 5), "SRB"),
    (345, "cow", date(2006, 6, 5), "SRB"),
    ("Yugoslavia", None, date(2005, 1, 1), "SCG"),
    ("Serbia", None, date(1999, 3, 24), "YUG"),
    (260, "cow", date(1989, 11, 9), "DEU"),
    (260, "gw", date(2012, 7, 9), "DEU"),
    (255, "cow", date(2012, 7, 9), "DEU"),
    ("GDR", None, date(1989, 11, 9), "DDR"),
    (315, "cow", date(1992, 12, 31), "CSK"),
    (678, "cow", date(1980, 1, 1), "YEM"),
    (679, "cow", date(2012, 7, 9), "YEM"),
    (678, "gw", date(2012, 7, 9), "YEM"),
    (680, "cow", date(1980, 1, 1), "YMD"),
    (816, "gw", date(1970, 1, 1), "VNM"),
    (817, "gw", date(1970, 1, 1), "RVN"),
    ("Kosovo", None, None, "XKX"),
    ("KSV", "cameo", date(2008, 2, 17), "XKX"),
    ("South Sudan", None, date(2011, 7, 9), "SSD"),
    ("East Timor", None, date(2002, 5, 20), "TLS"),
    ("Eritrea", None, date(1993, 5, 24), "ERI"),
    ("Montenegro", None, date(2006, 6, 3), "MNE"),
    ("Hong Kong", None, date(2018, 6, 1), "HKG"),
    ("Macau", None, None, "MAC"),
    ("Taiwan", None, None, "TWN"),
    ("CHN", "cameo", None, "CHN"),
]

# text, system, day: nothing
MISSING = [
    ("JA", None, None),  # two letters could be anything
    ("KR", "fips", date(1950, 1, 1)),  # Kiribati, before it was a state
    ("AFR", "cameo", None),  # a region
    ("NA", None, None),
    ("", None, None),
    ("Kosovo", None, date(2008, 2, 16)),
    ("South Sudan", None, date(2011, 7, 8)),
    (260, "cow", date(2012, 7, 9)),
    (345, "gw", date(2006, 6, 5)),
    (817, "cow", date(1976, 1, 1)),
    ("SUN", "iso3", date(1992, 1, 1)),
    ("Japan", "iso3", None),
    ("European Union", None, None),
]


@pytest.mark.parametrize(("text", "system", "on", "iso3"), FOUND)
def test_resolve(text: str | int, system: countries.System | None, on: date | None, iso3: str) -> None:
    assert countries.resolve(text, system=system, on=on).iso3 == iso3
    found = countries.find(text, system=system, on=on)
    assert found is not None and found.iso3 == iso3


@pytest.mark.parametrize(("text", "system", "on"), MISSING)
def test_nothing_is_guessed(text: str | int, system: countries.System | None, on: date | None) -> None:
    assert countries.find(text, system=system, on=on) is None
    with pytest.raises(UnknownName):
        countries.resolve(text, system=system, on=on)


# what is asked, what the error says
SAYS = [
    (("Sout Korea", None, None), "did you mean 'South Korea' (KOR)?"),
    (("JA", None, None), "could be FIPS or ISO"),
    (("Kosovo", None, date(2000, 1, 1)), "Kosovo: from 2008-02-17"),
    (("SUN", "iso3", date(2000, 1, 1)), "Soviet Union: until 1991-12-25"),
    ((999, "cow", None), "no country with cow 999"),
    (("Japan", "isо3", None), "did you mean 'iso3'?"),  # a Cyrillic letter
]


@pytest.mark.parametrize(("asked", "says"), SAYS)
def test_errors_say_how_to_mend(asked: tuple[str, countries.System | None, date | None], says: str) -> None:
    with pytest.raises(UnknownName) as caught:
        countries.resolve(*asked)
    assert says in str(caught.value)


def _days() -> list[date]:
    """The days on which something changes, and the day before and after each."""
    ends = {day for row in countries.all_countries() for day in (row.valid_from, row.valid_to) if day}
    return sorted({day + timedelta(days=shift) for day in ends for shift in (-1, 0, 1)} | {date(2026, 1, 1)})


def _keys(row: Country, system: countries.System | None) -> set[str]:
    return {countries._key(text, system) for text in countries._texts(row, system)}


@pytest.mark.parametrize("system", [*SYSTEMS, None])
def test_nothing_is_ambiguous_on_any_day(system: countries.System | None) -> None:
    rows = [(row, _keys(row, system)) for row in countries.all_countries()]
    for day in _days():
        bearers: dict[str, Country] = {}
        for row, keys in rows:
            if not row.covers(day):
                continue
            for key in keys:
                assert bearers.setdefault(key, row) is row, f"{key} on {day}: {bearers[key].name}, {row.name}"
        assert len(bearers) > 50


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_row_is_found_by_all_it_is_known_by(system: countries.System) -> None:
    asked = 0
    for row in countries.all_countries():
        day = row.valid_to or row.valid_from
        for text in countries._texts(row, system):
            assert countries.resolve(text, system=system, on=day) == row, text
            asked += 1
    assert asked > 150


def test_without_a_day_the_latest_bearer_is_given() -> None:
    for row in countries.all_countries():
        latest = countries.resolve(row.iso3, "iso3")
        assert (latest.valid_to or date.max) >= (row.valid_to or date.max), row.name


def test_laws_of_every_row() -> None:
    rows = countries.all_countries()
    assert len(rows) > 250
    assert len(set(rows)) == len(rows)
    assert list(rows) == sorted(rows, key=lambda row: (row.iso3, row.valid_from or date.min))
    for row in rows:
        assert len(row.iso3) == 3 and row.iso3.isalpha() and row.iso3.isupper(), row
        assert all(len(code) == 2 and code.isupper() for code in row.fips), row
        assert all(len(code) == 3 and code.isupper() for code in row.cameo), row
        assert row.name and row.name not in row.aliases and len(set(row.aliases)) == len(row.aliases), row
        assert row.valid_from is None or row.valid_from >= date(1945, 9, 1), row
        assert (row.valid_from or date.min) < (row.valid_to or date.max), row
        assert row.icews_name in ("", row.name, *row.aliases), row


def test_spans_read_as_words() -> None:
    assert countries.resolve("USA").span == "always"
    assert countries.resolve("SCG").span == "from 2003-02-04 until 2006-06-04"
