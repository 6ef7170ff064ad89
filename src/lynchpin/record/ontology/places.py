"""Words that stand for a state in a sentence without being its name: its people, its capital, its offices."""

from __future__ import annotations

from functools import cache

from lynchpin.record.ontology._tables import many, rows


@cache
def demonyms() -> dict[str, str]:
    """Word -> ISO3.

    Examples
    --------
    >>> demonyms()["Tokyo"], demonyms()["South Korean"]
    ('JPN', 'KOR')
    """
    return {name: row["state"] for row in rows("demonyms") for name in many(row["name"])}
