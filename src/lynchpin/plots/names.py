"""What a code is called on the page: pairs, classes, stages. May import: nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping


def actor_name(code: str, actors: Mapping[str, str]) -> str:
    """The actor's name, or its code when the case names none."""
    return actors.get(code, code)


def pair_key(a: str, b: str) -> str:
    """The key of an unordered pair: its codes in alphabetical order.

    Examples
    --------
    >>> pair_key("KOR", "JPN")
    'JPN-KOR'
    """
    return "-".join(sorted((a, b)))


def pair_name(pair: str, actors: Mapping[str, str]) -> str:
    """A pair by the names of its actors.

    Examples
    --------
    >>> pair_name("JPN-KOR", {"JPN": "Japan", "KOR": "South Korea"})
    'Japan – South Korea'
    """
    return " – ".join(actor_name(code, actors) for code in pair.split("-"))


def spoken(name: str) -> str:
    """An identifier as words.

    Examples
    --------
    >>> spoken("security_cooperation")
    'security cooperation'
    """
    return name.replace("_", " ").replace("-", " ")


def sentence_case(text: str) -> str:
    """The first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]
