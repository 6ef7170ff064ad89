"""Words that stand for a state in a sentence without being its name: its people, its capital, its offices."""

from __future__ import annotations

from functools import cache

from lynchpin.record.ontology._tables import many, rows


@cache
def demonyms() -> dict[str, tuple[str, ...]]:
    """Word -> ISO3 codes; none for a name that only seems to hold a state's.

    Examples
    --------
    >>> demonyms()["Tokyo"], demonyms()["two Koreas"], demonyms()["South China Sea"]
    (('JPN',), ('KOR', 'PRK'), ())
    """
    return {name: many(row["state"]) for row in rows("demonyms") for name in many(row["name"])}
