"""Scales: what an act counts for between conflict (-10) and cooperation (+10), by name and version.

Tables that all claim to be "the CAMEO Goldstein scale" differ, so a number means something only with the name
of its scale beside it. Keep the value a feed ships, and recompute under one named scale before comparing
feeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.record.ontology import cameo, plover

LOWEST, HIGHEST = -10.0, 10.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A named, versioned scale.

    Attributes
    ----------
    name : str
    rates : str, what it gives a number to: "code" (CAMEO), "type" (PLOVER) or "value" (taken as given)
    version : str, the version of CAMEO whose codes it rates; "" when it rates no codes
    summary, source : str, one line each
    """

    name: str
    rates: str
    version: str
    summary: str
    source: str


_SCALES: tuple[Scale, ...] = (
    Scale(
        "plover-2.0",
        "type",
        "1.1",
        "score of the type, or of its mode where it has one",
        "PLOVER manual 2.0 (2024)",
    ),
    Scale("goldstein-icews", "code", "1.1", "the Intensity column of ICEWS", "ICEWS, doi:10.7910/DVN/28075"),
    Scale(
        "goldstein-gdelt",
        "code",
        "1.1",
        "the GoldsteinScale column of GDELT",
        "GDELT CAMEO.goldsteinscale.txt",
    ),
    Scale(
        "goldstein-ku",
        "code",
        "0.5b1",
        "the Kansas list, for codes of 2007",
        "CAMEO.SCALE 0.5b1, 21 March 2007",
    ),
    Scale(
        "chronology-2026",
        "value",
        "",
        "set by hand in the embedded chronology",
        "cases/northeast_asia/CODEBOOK.md",
    ),
)

_COLUMNS: dict[str, Callable[[cameo.CameoCode], float | None]] = {
    "goldstein-icews": lambda code: code.goldstein_icews,
    "goldstein-gdelt": lambda code: code.goldstein_gdelt,
    "goldstein-ku": lambda code: code.goldstein_ku,
}


def scales() -> dict[str, Scale]:
    """Every scale by name."""
    return {scale.name: scale for scale in _SCALES}


def scale_of(name: str) -> Scale:
    """Look a scale up.

    Raises
    ------
    UnknownName : there is no such scale
    """
    found = scales().get(name)
    if found is None:
        raise UnknownName(f"no scale named {name!r}", mend=suggest(name, scales(), noun="scale"))
    return found


def magnitude(
    scale: str,
    *,
    code: str | None = None,
    type: str | None = None,
    mode: str | None = None,
    value: float | None = None,
) -> float | None:
    """What one act counts for on a scale.

    Parameters
    ----------
    scale : str, the name of a scale
    code : str, CAMEO code, for the Goldstein scales; for "plover-2.0" it gives type and mode where they are
        not given
    type : str, PLOVER type; OTHER and "" count for nothing known
    mode : str, PLOVER mode; one without a score of its own, and any other word, leaves the score of the type
    value : float in [-10, 10], for "chronology-2026" only: taken as it is

    Returns
    -------
    float in [-10, 10], or None where the scale has no number for the act: no code or type, a code that is not
    known, the type OTHER. A code that the scale lacks has the number of the code above it (1214 that of 121).

    Raises
    ------
    UnknownName : no such scale, or no such PLOVER type
    BadValue : `value` is out of range

    Examples
    --------
    >>> magnitude("goldstein-icews", code="164"), magnitude("goldstein-gdelt", code="164")
    (-6.5, -7.0)
    >>> magnitude("plover-2.0", type="CONSULT", mode="phone"), magnitude("plover-2.0", type="CONSULT")
    (1.5, 2.5)
    """
    asked = scale_of(scale)
    if asked.rates == "value":
        return _given(value)
    if asked.rates == "code":
        return _goldstein(asked, code or "")
    found = cameo.find(code) if code and not type else None
    if found is not None:
        type, mode = found.type, mode or found.mode
    return _plover(type or plover.OTHER, mode or "")


def _given(value: float | None) -> float | None:
    if value is not None and not LOWEST <= value <= HIGHEST:  # refuses nan too
        raise BadValue(f"a magnitude of {value} is out of range", "value", "give a number from -10 to 10")
    return value


def _goldstein(scale: Scale, code: str) -> float | None:
    found = cameo.find(code, scale.version)
    if found is None:
        return None
    own = _COLUMNS[scale.name](found)
    return _goldstein(scale, code[:-1]) if own is None else own


def _plover(type_name: str, mode: str) -> float | None:
    if type_name.upper() == plover.OTHER:
        return None
    found = plover.type_of(type_name)
    own = found.modes.get(mode.lower())
    return found.score if own is None else own
