"""Quad classes: verbal or material, cooperation or conflict, under each of the published mappings by name.

    mapping   01-02   03-05   06-08   09      10-13   14      15, 17-20   16
    gdelt     1       1       2       2       3       3       4           4
    icews     1       1       2       3       3       4       4           4
    phoenix   0       1       2       3       3       4       4           3
    plover    none    by PLOVER type: 163 is COERCE, and 084-087 RETREAT, whatever the root

`gdelt` is as read in the feed's QuadClass column, where 09 (investigate) is material cooperation and 14
(protest) verbal conflict.
"""

from __future__ import annotations

from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology import cameo, plover

NAMES: dict[int, str] = {
    0: "neutral",
    1: "verbal cooperation",
    2: "material cooperation",
    3: "verbal conflict",
    4: "material conflict",
}

_LAST_ROOT: dict[str, tuple[tuple[int, int], ...]] = {  # (last root of the run, class), in order
    "gdelt": ((5, 1), (9, 2), (14, 3), (20, 4)),
    "icews": ((5, 1), (8, 2), (13, 3), (20, 4)),
    "phoenix": ((2, 0), (5, 1), (8, 2), (13, 3), (15, 4), (16, 3), (20, 4)),
}

MAPPINGS: tuple[str, ...] = (*_LAST_ROOT, "plover")


def quad_class(mapping: str, *, code: str | None = None, type: str | None = None) -> int | None:
    """The quad class of an act under one named mapping.

    Parameters
    ----------
    mapping : {"gdelt", "icews", "phoenix", "plover"}
    code : str, CAMEO 1.1 code
    type : str, PLOVER type, for "plover" only; it goes before `code`

    Returns
    -------
    int, 1 to 4, 0 for Phoenix' neutral; None where the mapping has none: no code, an unknown code, the type
    OTHER

    Raises
    ------
    UnknownName : no such mapping, or no such PLOVER type

    Examples
    --------
    >>> quad_class("gdelt", code="141"), quad_class("icews", code="141"), quad_class("phoenix", code="010")
    (3, 4, 0)
    """
    if mapping not in MAPPINGS:
        raise UnknownName(f"no quad mapping named {mapping!r}", mend=suggest(mapping, MAPPINGS, noun="mapping"))
    found = cameo.find(code) if code else None
    if mapping == "plover":
        name = type or (found.type if found else plover.OTHER)
        return None if name.upper() == plover.OTHER else plover.type_of(name).quad
    if found is None:
        return None
    return next(number for last, number in _LAST_ROOT[mapping] if int(found.root) <= last)
