"""The states that a sentence names: by names, demonyms and capitals, and by who held office that day."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from lynchpin.record.ontology import actors, countries
from lynchpin.record.ontology.offices import holders, leads, office_of
from lynchpin.record.ontology.places import demonyms

_RUN = re.compile(r"\b[A-Z][A-Za-z]+(?:-[A-Za-z]+)*(?: [A-Z][A-Za-z]+(?:-[A-Za-z]+)*)*")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_PLACE = re.compile(r"\b(?:in|at|near|off|over|outside|around)\s+(?:the\s+)?$")
_SIDE, _NO_MORE = ("North", "South"), "(?! [A-Z])"  # "North Gyeongsang" is no state
_LONGEST_NAME = 3  # words of a person's name


@dataclass(frozen=True, slots=True)
class Named:
    """One mention: a state, where its words stand, and whether they say a place rather than somebody."""

    state: str
    start: int
    end: int
    is_place: bool


@cache
def _known() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """Names that stand for the same states whatever the day: matched whole, the longest first."""
    names = dict(demonyms())
    for country in countries.all_countries():
        for name in (country.name, *country.aliases):
            if len(name) > 3:
                names.setdefault(name, (country.iso3,))
    longest = sorted(names, key=lambda name: (-len(name), name))
    words = [re.escape(name) + (_NO_MORE if name.endswith(_SIDE) else "") for name in longest]
    return re.compile(r"(?<![A-Za-z])(" + "|".join(words) + r")(?![A-Za-z])"), names


def mentions(text: str, day: date | None, among: Collection[str] = ()) -> tuple[Named, ...]:
    """The mentions of a sentence, by their place.

    Parameters
    ----------
    text : str
    day : date, for the names of people; None for those whose state never changes
    among : ISO3 codes, those that matter most first; a surname is read as the office-holder's of one of these states
        alone. Empty: no surname is read

    Examples
    --------
    >>> [one.state for one in mentions("Bush and Kim Dae-jung call Hu.", date(2003, 1, 1), ("KOR", "USA", "CHN"))]
    ['USA', 'KOR', 'CHN']
    """
    pattern, names = _known()
    found = []
    for match in pattern.finditer(text):
        is_place = bool(_PLACE.search(text[: match.start()]))
        found += [Named(state, match.start(), match.end(), is_place) for state in names[match[1]]]
    taken = [(one.start, one.end) for one in found]
    for run in _RUN.finditer(text):
        words = [(run.start() + word.start(), run.start() + word.end()) for word in _WORD.finditer(run[0])]
        found += _people(text, words, taken, day, tuple(among))
    return tuple(sorted(found, key=lambda one: one.start))


def _people(
    text: str,
    words: Sequence[tuple[int, int]],
    taken: Sequence[tuple[int, int]],
    day: date | None,
    among: tuple[str, ...],
) -> list[Named]:
    """The people in a run of capitalised words: whole names first, the longest first, then surnames."""
    found: list[Named] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            start, end = words[at][0], words[at + length - 1][1]
            if any(start < stop and end > first for first, stop in taken):
                continue
            state = _person(text[start:end], day, among)
            if state is not None:
                found.append(Named(state, start, end, False))
                at += length - 1
                break
        at += 1
    return found


def _person(name: str, day: date | None, among: tuple[str, ...]) -> str | None:
    """The state of a person, by the whole name or by the surname of who held office on the day."""
    if " " in name:
        actor = actors.resolve(name, day)
        if actor is not None:
            return actor.states[0] if len(actor.states) == 1 else None
    held = holders(name, day) if among else ()
    known = [state for state in held if state in among]
    heads = {state for state in known if leads(office_of(name, state, day))} if day else set()
    return min(known, key=lambda state: (state not in heads, among.index(state)), default=None)


def states_of(found: Collection[Named]) -> tuple[str, ...]:
    """The states that are named, in the order of their first mention; places only where fewer than two others are."""
    acting = tuple(dict.fromkeys(one.state for one in found if not one.is_place))
    return acting if len(acting) >= 2 else tuple(dict.fromkeys(one.state for one in found))
