"""How numbers, days and names are written in a brief."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lynchpin.report.plots.theme import actor_name, sentence_case, spoken
from lynchpin.results import AgreementLife, chance, chance_beside

UNKNOWN = "–"

#: Signs that no address holds as they stand: blanks and others that are not printed, quotes, and what ends a tag.
_NO_ADDRESS = re.compile(r"""[\x00-\x20\x7f"'<>\\`]""")

_SECTORS = {
    "": "",
    "GOV": "",
    "MIL": "military",
    "LEG": "legislature",
    "OPP": "opposition",
    "JUD": "courts",
    "CVL": "society",
}


def number(value: float | None, places: int = 2) -> str:
    """A number with its decimals.

    Examples
    --------
    >>> number(-0.5), number(1234.0, 0), number(None)
    ('−0.50', '1,234', '–')
    """
    if value is None or value != value:
        return UNKNOWN
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if not float(text.replace(",", "")) else text.replace("-", "−")


def signed(value: float | None, places: int = 2) -> str:
    """A number with its sign.

    Examples
    --------
    >>> signed(0.251), signed(-0.1), signed(0.001)
    ('+0.25', '−0.10', '0.00')
    """
    text = number(value, places)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,") else text


def interval(lower: float | None, upper: float | None, places: int = 2) -> str:
    """An interval in words.

    Examples
    --------
    >>> interval(2, 9, 0), interval(None, None)
    ('2 to 9', '–')
    """
    if lower is None or upper is None:
        return UNKNOWN
    return f"{number(lower, places)} to {number(upper, places)}"


def percent(share: float | None) -> str:
    """A chance in per cent, never 0 or 100; a dash for none.

    Examples
    --------
    >>> percent(0.123), percent(0.999), percent(0.001), percent(1.0)
    ('12 %', '> 99.5 %', '< 0.5 %', '> 99.5 %')
    """
    return UNKNOWN if share is None else chance(share)


def typeset(text: str) -> str:
    """A sentence of a terminal as a page sets it: arrows and minus signs as everywhere else there.

    Examples
    --------
    >>> typeset("USA -> JPN: 8.3 acts, 0.0 with (-8.3; -10.0 to -7.0), on 2012-07-09")
    'USA → JPN: 8.3 acts, 0.0 with (−8.3; −10.0 to −7.0), on 2012-07-09'
    """
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text.replace("->", "→"))


def span(lower: float | None, upper: float | None) -> str:
    """The interval of a chance.

    Examples
    --------
    >>> span(0.12, 0.999), span(None, None)
    ('12 % to > 99.5 %', '–')
    """
    return UNKNOWN if lower is None or upper is None else f"{chance(lower)} to {chance(upper)}"


def any_text(row: Mapping[str, Any]) -> str:
    """The chance of at least one in a row of `totals.over_horizon`, with what stands beside it."""
    return chance_beside(*(row[name] for name in ("p_any", "any_lower", "any_upper", "base_rate")))


def plural(count: int, noun: str, many: str = "") -> str:
    """A count with its noun.

    Examples
    --------
    >>> plural(1, "event"), plural(1200, "event"), plural(2, "pass", "passes")
    ('1 event', '1,200 events', '2 passes')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def day(value: date | None, precision: str = "day") -> str:
    """A day as it is said, as precise as it is known.

    Examples
    --------
    >>> day(date(2012, 7, 9)), day(date(2012, 7, 9), "month"), day(date(2012, 7, 9), "year")
    ('9 Jul 2012', 'Jul 2012', '2012')
    """
    if value is None:
        return UNKNOWN
    if precision == "year":
        return f"{value:%Y}"
    return f"{value:%b %Y}" if precision == "month" else f"{value.day} {value:%b %Y}"


def long_day(value: date) -> str:
    """A day in full.

    Examples
    --------
    >>> long_day(date(2012, 7, 9))
    '9 July 2012'
    """
    return f"{value.day} {value:%B %Y}"


def half_life(days: float | None) -> str:
    """A half-life in days, or in years from two years on.

    Examples
    --------
    >>> half_life(60.0), half_life(1095.75), half_life(None)
    ('60 days', '3.0 years', '–')
    """
    if days is None:
        return UNKNOWN
    return f"{days / 365.25:.1f} years" if days >= 730 else plural(round(days), "day")


def all_of(names: Sequence[str]) -> str:
    """Names in a row.

    Examples
    --------
    >>> all_of(["a"]), all_of(["a", "b"]), all_of(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def side(codes: Sequence[str], sector: str, name: str, actors: Mapping[str, str]) -> str:
    """One side of an event: its states by name, with its sector when that is not the government.

    Examples
    --------
    >>> side(["KOR"], "LEG", "", {"KOR": "South Korea"})
    'South Korea (legislature)'
    """
    states = all_of([actor_name(code, actors) for code in codes]) or name or "unknown"
    part = _SECTORS.get(sector, sector)
    return f"{states} ({part})" if part else states


def mover(code: str, actors: Mapping[str, str]) -> str:
    """The side that moved an agreement, by name; a state's sector in words when the case has no name for it.

    Examples
    --------
    >>> mover("KOR.MIL", {"KOR": "South Korea"}), mover("", {})
    ('South Korea (military)', 'jointly')
    """
    if not code:
        return "jointly"
    state, _, sector = code.partition(".")
    return actors[code] if code in actors else side([state], sector, "", actors)


def web_address(url: str) -> tuple[str, str] | None:
    """An address that may be made a link, and the host to show for it; None for anything but plain http and https.

    Examples
    --------
    >>> web_address("https://www.example.org/a?b=1")
    ('https://www.example.org/a?b=1', 'example.org')
    >>> web_address("javascript:alert(1)") is None
    True
    """
    if _NO_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return (url, host.removeprefix("www.")) if parts.scheme in ("http", "https") and host else None


# -- What is likely next for an agreement, in words and numbers.

_YEAR = 365


@dataclass(frozen=True, slots=True)
class ForceRow:
    """A force in one line."""

    name: str
    means: str
    change: str
    interval: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the brief says of the flagship's future; empty lists where there is nothing to say."""

    lead: str
    success: str
    forces: list[ForceRow]
    analogues: list[str]


def success_chance(life: AgreementLife) -> tuple[float, str] | None:
    """The chance that the agreement stands so a year on, and what "so" is; None without a model or after the end."""
    goal = life.success.split(" or ") if life.success else []
    year = [one for one in life.forecast if one.horizon_days == _YEAR and one.stage in goal]
    return (sum(one.probability for one in year), spoken(life.success)) if year else None


def likely(life: AgreementLife, most: int = 2) -> str:
    """The likeliest stages a year on: "in force 34 %, ended 24 %"."""
    year = sorted((c for c in life.forecast if c.horizon_days == _YEAR), key=lambda one: -one.probability)
    return ", ".join(f"{spoken(c.stage)} {chance(c.probability)}" for c in year[:most] if c.probability >= 0.05)


def ahead(lives: Sequence[AgreementLife]) -> Ahead | None:
    """The outlook of the first agreement; None where no model was fitted or it has ended."""
    found = success_chance(lives[0]) if lives else None
    if found is None:
        return None
    life, (share, success) = lives[0], found
    lead = f"It stands at: {spoken(life.standing)}. The chance that it stands {success} a year on is {chance(share)}."
    forces = [
        ForceRow(
            sentence_case(spoken(force.name)),
            force.means,
            f"{signed(100 * force.change, 0)}",
            f"{signed(100 * force.lower, 0)} to {signed(100 * force.upper, 0)}",
        )
        for force in life.forces
        if abs(force.change) >= 0.005
    ]
    near = [
        f"{one.title}, {day(one.date, 'month')}: {spoken(one.stage_after)} a year later; "
        f"last known: {spoken(one.stage_known)}"
        for one in life.analogues
    ]
    return Ahead(lead, success, forces, near)
