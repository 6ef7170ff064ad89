"""How much a file, a key or an option may hold: every limit once, far beyond what anyone needs and within what runs.

The readers of our files, the commands and the public functions look here, so that what is too much for one of them is
refused by all, by name, before any work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from lynchpin.errors import BadData, BadValue


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; `whole` numbers alone."""

    low: float
    high: float
    whole: bool = False
    usual: str = ""

    def __str__(self) -> str:
        noun = "whole number" if self.whole else "number"
        return f"a {noun} from {_written(self.low)} to {_written(self.high)}"


#: Days in a hundred years; nothing fades more slowly, and no lag is longer.
CENTURY = 36525.0

#: Numbers by the name of their key or option.
NUMBERS: dict[str, Range] = {
    # keys of files
    "prior_sd": Range(0.001, 100.0, usual="0.5"),
    "against": Range(0.01, 0.99, usual="0.5"),
    "magnitude": Range(-10.0, 10.0),
    "factor": Range(0.0, 1000.0, usual="write 0 to silence, 2 to double"),
    "length of time": Range(1.0 / 24.0, CENTURY),
    # options of commands, and arguments of functions
    "seed": Range(0, 2**128 - 1, whole=True),
    "draws": Range(100, 100_000, whole=True, usual="1000"),
    "chance_draws": Range(2, 10_000, whole=True, usual="200"),
    "days": Range(16, 1841, whole=True, usual="180"),  # 1 to 60 months
    "days_beyond": Range(0, CENTURY, whole=True, usual="180"),
    "seed_64": Range(0, 2**64 - 1, whole=True),
    "shifts": Range(19, 9_999, whole=True, usual="499"),
    "curve_shifts": Range(0, 9_999, whole=True),
    "workers": Range(1, 256, whole=True),
    "processes": Range(0, 256, whole=True),
    "every": Range(1, 120, whole=True, usual="1"),
    "limit": Range(0, 1_000_000_000, whole=True, usual="50"),
    "rows": Range(1, 100_000, whole=True, usual="1000"),
    "port": Range(0, 65_535, whole=True, usual="8642"),
    "top": Range(1, 1_000_000, whole=True, usual="20"),
}

#: The first and the last day that a case or a scenario may name.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2199, 12, 31)

#: The bytes of a file that is read whole: of TOML, and of CSV tables of agreements.
TOML_BYTES, CSV_BYTES = 1 << 20, 1 << 26
#: Parts of a dotted key, and brackets inside each other.
DEPTH = 16
#: Digits of a whole number in a file: more than any seed has.
DIGITS = 40
#: Signs of a text, and of a name.
TEXT, NAME = 20_000, 200

#: How many a case, a theory or a scenario may have of each.
COUNTS: dict[str, int] = {
    "nodes": 200,
    "blocs": 50,
    "roles": 50,
    "variables": 50,
    "groups": 50,
    "class": 40,
    "claim": 100,
    "control": 40,
    "mechanism": 100,
    "share": 100,
    "watch": 500,
    "calendar": 200,
    "inject": 200,
    "scale": 200,
    "silence": 200,
    "hold": 200,
    "remove": 200,
    "agreement": 200,
    "measure": 50,
}
#: Edges and names in the text of one mechanism, and conditions in one rule.
TERMS = 24
#: Ways in which the free names of one mechanism can be given to nodes.
WAYS = 20_000
#: Numbers that the design of a fit may hold (8 bytes each), and its coefficients.
CELLS, COEFFICIENTS = 100_000_000, 2_500
#: Readings of edges, over all steps and dyads of a mechanism.
READ = 1_000_000_000


def number(name: str, value: object, *, where: str = "", kind: str = "") -> float:
    """A number within its range.

    Parameters
    ----------
    name : str, the key or option, as the user knows it
    value : object
    where : str, for the error; the name where it is empty
    kind : str, the row of `NUMBERS`; that of the name where it is empty

    Raises
    ------
    BadValue : it is no number, not finite, or out of range

    Examples
    --------
    >>> number("prior_sd", 0.5)
    0.5
    """
    return float(_checked(name, value, where, kind))


def whole(name: str, value: object, *, where: str = "", kind: str = "") -> int:
    """As `number`, of a whole number, which is kept exactly.

    Examples
    --------
    >>> whole("seed", 2**53 + 1) == 2**53 + 1
    True
    """
    return int(_checked(name, value, where, kind))


def optional(name: str, value: object, *, where: str = "", kind: str = "") -> int | None:
    """As `whole`, where None stays None."""
    return None if value is None else whole(name, value, where=where, kind=kind)


def _checked(name: str, value: object, where: str, kind: str) -> int | float:
    span = NUMBERS[kind or name]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = is_number and span.low <= value <= span.high  # type: ignore[operator]  # a number, which mypy cannot see
    if not fits or (span.whole and value != int(value)):  # type: ignore[call-overload]
        usual = f"; {span.usual} is usual" if span.usual[:1].isdigit() else f"; {span.usual}" if span.usual else ""
        raise BadValue(f"{name} should be {span}, not {_written(value)}", where or name, f"write {span}{usual}")
    return value  # type: ignore[return-value]


def day(name: str, value: date, *, where: str) -> date:
    """A day that a case or a scenario may name; BadValue for one out of range."""
    if not FIRST_DAY <= value <= LAST_DAY:
        what = f"{name} should be a day from {FIRST_DAY} to {LAST_DAY}, not {value}"
        raise BadValue(what, where, "mend the year")
    return value


def count(noun: str, many: int, *, where: str) -> None:
    """Refuse more of a kind of table than a file may have."""
    if many > COUNTS[noun]:
        raise BadData(f"{many} times [{noun}], and at most {COUNTS[noun]} may stand in a file", where, "use fewer")


def _written(value: object) -> str:
    """A number short enough to be shown."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**42 else f"a number of {int(math.log10(abs(value))) + 1} digits"
    return f"{value:g}" if isinstance(value, float) else f"{str(value)[:40]!r}"
