"""Contexts: what an act is about. Two vocabularies, kept apart, with a bridge from PLOVER's to ours.

Ours are the fifteen issue tags of the hand-coded chronology. PLOVER's are those of its manual; `source` tells
which come from the public draft and which are known only from notes on the 2.0 manual, so the list may lack a
few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology._tables import rows

Vocabulary = Literal["lynchpin", "plover"]


@dataclass(frozen=True, slots=True)
class Context:
    """One tag.

    Attributes
    ----------
    vocabulary : str, "lynchpin" or "plover"
    name : str, lower case, unique within its vocabulary
    ours : str, for one of PLOVER's the tag of ours that comes closest, or ""; a tag of ours stands for itself
    meaning : str, one line
    source : str, for PLOVER's: "draft manual" or "field notes"
    """

    vocabulary: str
    name: str
    ours: str
    meaning: str
    source: str


@cache
def contexts(vocabulary: Vocabulary) -> dict[str, Context]:
    """The tags of one vocabulary by name.

    Raises
    ------
    UnknownName : there is no such vocabulary
    """
    found = {
        row["name"]: Context(
            vocabulary=row["vocabulary"],
            name=row["name"],
            ours=row["ours"] or (row["name"] if vocabulary == "lynchpin" else ""),
            meaning=row["meaning"],
            source=row["source"],
        )
        for row in rows("contexts")
        if row["vocabulary"] == vocabulary
    }
    if not found:
        known = {row["vocabulary"] for row in rows("contexts")}
        raise UnknownName(f"no vocabulary of contexts named {vocabulary!r}", mend=suggest(vocabulary, known))
    return found


def to_ours(tags: Iterable[str]) -> tuple[str, ...]:
    """Say PLOVER's contexts in our tags; those without a counterpart are left out.

    Parameters
    ----------
    tags : iterable of str, from either vocabulary (a tag of ours stays); unknown ones are left out, since
        feeds add words of their own

    Returns
    -------
    tuple of str, sorted, no repeats

    Examples
    --------
    >>> to_ours(["reparations", "military", "legal", "sanctions"])
    ('alliance', 'history', 'sanctions')
    """
    ours, theirs = contexts("lynchpin"), contexts("plover")
    said = {tag if tag in ours else theirs[tag].ours for tag in tags if tag in ours or tag in theirs}
    return tuple(sorted(said - {""}))
