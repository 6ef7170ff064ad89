"""Countries: one row for each state and each span of days in which its codes and name stayed the same.

A state that changed has several rows: the Soviet Union ends on 1991-12-25 and Russia begins the next day, and
both carry COW 365. Days are inclusive; an empty end is open; beginnings before September 1945 are left open.
States begin on the day of the Gleditsch-Ward list, the small states it leaves out on the day of COW.

ISO has no three letters for some: XKX (Kosovo) is in common use; RVN (South Vietnam), ZAN (Zanzibar) and TBT
(Tibet) are the abbreviations of COW and Gleditsch-Ward. SUN, YUG, SCG, CSK, DDR, YMD and ANT are withdrawn
ISO codes. Hong Kong and Macao stay rows of their own throughout. VNM before 1976 is North Vietnam, whose COW
code goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Literal, get_args

from lynchpin.days import parse_cell
from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology._tables import many, rows

System = Literal["iso3", "cow", "gw", "fips", "cameo", "name"]


@dataclass(frozen=True, slots=True)
class Country:
    """A state or land over a span of days.

    Attributes
    ----------
    iso3 : str, three letters; the code the package uses everywhere
    cow, gw : int, Correlates of War and Gleditsch-Ward numbers, or None where those lists lack it
    fips : tuple of str, FIPS 10-4 codes (GDELT's geography), the first one preferred; may be empty
    cameo : tuple of str, CAMEO codes (GDELT's actors), the first one preferred; may be empty
    icews_name : str, as in the country columns of ICEWS where seen there, else ""
    name : str, the common English name
    aliases : tuple of str, other names
    valid_from, valid_to : date, first and last day, or None when open
    """

    iso3: str
    cow: int | None
    gw: int | None
    fips: tuple[str, ...]
    cameo: tuple[str, ...]
    icews_name: str
    name: str
    aliases: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether the row holds on that day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    @property
    def span(self) -> str:
        """The days for which the row holds, in words."""
        first = f"from {self.valid_from}" if self.valid_from else ""
        last = f"until {self.valid_to}" if self.valid_to else ""
        return f"{first} {last}".strip() or "always"


@cache
def all_countries() -> tuple[Country, ...]:
    """Every row, by ISO3 code and then by date."""
    return tuple(
        Country(
            iso3=row["iso3"],
            cow=int(row["cow"]) if row["cow"] else None,
            gw=int(row["gw"]) if row["gw"] else None,
            fips=many(row["fips"]),
            cameo=many(row["cameo"]),
            icews_name=row["icews_name"],
            name=row["name"],
            aliases=many(row["aliases"]),
            valid_from=parse_cell(row["valid_from"]),
            valid_to=parse_cell(row["valid_to"]),
        )
        for row in rows("countries")
    )


def find(text: str | int, system: System | None = None, on: date | None = None) -> Country | None:
    """As `resolve`, but None where that raises for an unknown country."""
    known = _index(system).get(_key(text, system), ())
    return next((country for country in known if on is None or country.covers(on)), None)


def resolve(text: str | int, system: System | None = None, on: date | None = None) -> Country:
    """Find a country by code or name.

    Parameters
    ----------
    text : str or int, a code or a name; case, accents, dots and "the" do not matter
    system : {"iso3", "cow", "gw", "fips", "cameo", "name"}, what `text` is. None: an ISO3 code or a name,
        never a code of two letters, since FIPS and ISO2 give the same letters to different countries
    on : date, the day for which it is asked; without it the latest bearer is given ("Russia" is Russia, not
        the Soviet Union). Feeds write of Kosovo or South Sudan before they were states: leave `on` out to
        accept that

    Returns
    -------
    Country: the row that holds on that day

    Raises
    ------
    UnknownName : nothing of that name or code, or not on that day, or no such system

    Examples
    --------
    >>> resolve("Republic of Korea").iso3, resolve("KS", "fips").iso3
    ('KOR', 'KOR')
    >>> resolve(365, "cow", date(1985, 3, 11)).iso3
    'SUN'
    """
    found = find(text, system, on)
    if found is not None:
        return found
    what = f"no country with {system} {text!r}" if system else f"no country named {str(text)!r}"
    other_days = _index(system).get(_key(text, system), ())
    if other_days:
        spans = "; ".join(f"{country.name}: {country.span}" for country in reversed(other_days))
        raise UnknownName(f"{what} on {on}", mend=f"known {spans}; leave the date out to take the latest")
    raise UnknownName(what, mend=_nearest(text, system))


def bearers(name: str) -> tuple[Country, ...]:
    """Every row that has borne a name, the latest first; empty for a name that is no country's."""
    return _index("name").get(_key(name, "name"), ())


@cache
def spells(text: str | int, system: System | None = None) -> tuple[tuple[date, Country | None], ...]:
    """Every state that a code or name stands for over time: the first day of each spell, and who bears it from then on.

    Returns
    -------
    tuple of (first day, Country or None), by day, from `date.min` on

    Examples
    --------
    >>> [(str(first), state and state.iso3) for first, state in spells(365, "cow")]
    [('0001-01-01', 'SUN'), ('1991-12-26', 'RUS')]
    """
    days = {date.min}
    for country in _index(system).get(_key(text, system), ()):
        days |= {country.valid_from or date.min}
        days |= {country.valid_to + timedelta(days=1)} if country.valid_to else set()
    return tuple((day, find(text, system, on=day)) for day in sorted(days))


@cache
def _index(system: System | None) -> dict[str, tuple[Country, ...]]:
    """Key -> the rows that bear it, the latest first."""
    if system is not None and system not in get_args(System):
        raise UnknownName(
            f"no country code system named {system!r}",
            mend=suggest(str(system), get_args(System), noun="system"),
        )
    found: dict[str, list[Country]] = {}
    for country in sorted(all_countries(), key=_latest, reverse=True):
        for key in dict.fromkeys(_key(text, system) for text in _texts(country, system)):
            found.setdefault(key, []).append(country)
    return {key: tuple(bearers) for key, bearers in found.items()}


def _latest(country: Country) -> tuple[date, date]:
    return country.valid_to or date.max, country.valid_from or date.min


def _texts(country: Country, system: System | None) -> Iterator[str | int]:
    """What a row is known by in one system."""
    if system is None or system == "iso3":
        yield country.iso3
    if system is None or system == "name":
        yield from (country.name, *country.aliases)
        if country.icews_name:
            yield country.icews_name
    if system == "fips":
        yield from country.fips
    if system == "cameo":
        yield from country.cameo
    number = country.cow if system == "cow" else country.gw if system == "gw" else None
    if number is not None:
        yield number


@cache
def _key(text: str | int, system: System | None) -> str:
    """The form in which a text is looked up."""
    plain = str(text).strip()
    if system in ("cow", "gw"):
        return plain.removesuffix(".0").lstrip("0")
    return plain.upper() if system in ("iso3", "fips", "cameo") else plain_name(plain)


def plain_name(name: str) -> str:
    """A name without case, accents, signs and "the"; "&" is "and", "st" is "saint"."""
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    letters = re.sub(r"[.'’`]", "", letters.casefold().replace("&", " and "))
    words = re.sub(r"[^\w]|_", " ", letters).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


def _nearest(text: str | int, system: System | None) -> str:
    if system in ("cow", "gw", "fips"):
        return f"see the {system} column of ontology/tables/countries.csv"
    if len(str(text)) == 2 and system is None:
        return "two letters could be FIPS or ISO: name the system, as in system='fips'"
    known = _index(system)
    near = get_close_matches(_key(text, system), known, n=1)
    if not near:
        return "write the ISO3 code or the English name"
    country = known[near[0]][0]
    return f"did you mean {country.name!r} ({country.iso3})?"
