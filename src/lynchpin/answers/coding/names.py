"""The states that a sentence names: by names, demonyms and capitals, and by who held office that day."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache

from lynchpin.record.ontology import actors, countries
from lynchpin.record.ontology.places import demonyms

_CAPITAL = re.compile(r"\b[A-Z][A-Za-z]+(?:[- ][A-Z][A-Za-z]+)*\b")
_PLACE = re.compile(r"\b(?:in|at|near|off|over|outside|around)\s+(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class Named:
    """One mention: a state, where its words stand, and whether they say a place rather than somebody."""

    state: str
    start: int
    end: int
    is_place: bool


@cache
def _known() -> tuple[re.Pattern[str], dict[str, str]]:
    """Names that stand for one state whatever the day: matched whole, the longest first."""
    names = dict(demonyms())
    for country in countries.all_countries():
        for name in (country.name, *country.aliases):
            if len(name) > 3:
                names.setdefault(name, country.iso3)
    longest = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(r"(?<![A-Za-z])(" + "|".join(map(re.escape, longest)) + r")(?![A-Za-z])"), names


def mentions(text: str, day: date | None, among: Collection[str] = ()) -> tuple[Named, ...]:
    """The mentions of a sentence, by their place.

    Parameters
    ----------
    text : str
    day : date, for the names of people; None for those whose state never changes
    among : ISO3 codes; a surname is read as the office-holder's of one of these states alone. None: no surname is read
    """
    pattern, names = _known()
    found = [
        Named(names[match[1]], match.start(), match.end(), bool(_PLACE.search(text[: match.start()])))
        for match in pattern.finditer(text)
    ]
    taken = [(one.start, one.end) for one in found]
    for match in _CAPITAL.finditer(text):
        for word in re.finditer(r"[A-Za-z]+(?:-[a-z]+)?", match[0]):
            start, end = match.start() + word.start(), match.start() + word.end()
            if any(start < stop and end > first for first, stop in taken):
                continue
            state = _person(match[0], word[0], day, frozenset(among))
            if state is not None:
                found.append(Named(state, match.start(), match.end(), False))
                taken.append((match.start(), match.end()))
    return tuple(sorted(found, key=lambda one: one.start))


def _person(whole: str, word: str, day: date | None, among: frozenset[str]) -> str | None:
    """The state of a person, by the whole name or by the surname of who held office on the day."""
    actor = actors.resolve(whole, day) if " " in whole else None
    if actor is not None and len(actor.states) == 1:
        return actor.states[0]
    holders = {state for state in actors.surname(word, day) if state in among}
    return next(iter(holders)) if len(holders) == 1 else None


def states_of(found: Collection[Named]) -> tuple[str, ...]:
    """The states that are named, in the order of their first mention; places only where fewer than two others are."""
    acting = tuple(dict.fromkeys(one.state for one in found if not one.is_place))
    return acting if len(acting) >= 2 else tuple(dict.fromkeys(one.state for one in found))
