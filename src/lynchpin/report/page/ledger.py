"""The claims ledger as a picture with a line for each row: where its estimate and both ends lie, and how it is graded.

It is drawn without any script: places are in per cent of the width, so that one drawing serves every page. Rows in one
unit share an axis. A grade is told by a shape (up: for what the account expects, down: against; the fuller and larger,
the stronger), by a colour and by its word, so that none of the three is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

from lynchpin.report.page.tables import LedgerRow
from lynchpin.report.plots import ledger
from lynchpin.results import Unit

#: Shapes of the grades: the outline of a mark around (0, 0), in pixels, and whether it is filled.
_UP, _DOWN = "M0,-{0} L{0},{1} L-{0},{1} Z", "M0,{0} L{0},-{1} L-{0},-{1} Z"
_ROUND, _SQUARE = "M-5,0 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0 Z", "M0,-6 L6,0 L0,6 L-6,0 Z"
MARKS: dict[str, tuple[str, bool]] = {
    "strong for": (_UP.format(9, 6.5), True),
    "moderate for": (_UP.format(7, 5), True),
    "slight for": (_UP.format(7, 5), False),
    "none": (_ROUND, False),
    "slight against": (_DOWN.format(7, 5), False),
    "moderate against": (_DOWN.format(7, 5), True),
    "strong against": (_DOWN.format(9, 6.5), True),
    "the model's answer": (_SQUARE, False),
    "untestable": (_ROUND, False),
}

_TITLES: dict[Unit, str] = {
    "per doubling": "Rate when the cause doubles",
    "per standard deviation": "Rate when the cause is one standard deviation higher",
    "share": "Share of agreements, counted",
    "acts": "Acts more or fewer, of two futures",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: places in per cent of the width, each within 0 to 100; `cut` says that an end lies beyond.

    expected : the part of the axis on the side that the account expects, as (from, width); None where it says neither
    """

    row: LedgerRow
    low: float
    middle: float
    high: float
    cut_low: bool
    cut_high: bool
    expected: tuple[float, float] | None
    mark: str
    is_filled: bool

    @property
    def width(self) -> float:
        """Of the interval."""
        return round(self.high - self.low, 2)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows in one unit: their axis as (place, words) of each tick, the place of no effect, and the rows."""

    title: str
    ticks: tuple[tuple[float, str], ...]
    none: float
    lines: tuple[Line, ...]


def groups(rows: Sequence[LedgerRow]) -> list[Group]:
    """The rows that have an estimate, by unit, in their order.

    Parameters
    ----------
    rows : from `tables.ledger_rows`
    """
    by_unit: dict[Unit, list[LedgerRow]] = {}
    for row in rows:
        if row.claim.effect is not None:
            by_unit.setdefault(row.claim.effect.unit, []).append(row)
    return [_group(unit, some) for unit, some in by_unit.items()]


def _group(unit: Unit, rows: Sequence[LedgerRow]) -> Group:
    is_ratio = unit in ("per doubling", "per standard deviation")
    if is_ratio:
        low, high = ledger.bounds(ledger.data([row.claim for row in rows]))
        ticks = [tick for tick in ledger.FEW_TICKS if low <= tick <= high]
        named, none = [(tick, f"×{tick:g}") for tick in ticks], 1.0
    elif unit == "share":
        low, high, none = 0.0, 1.0, 0.5
        named = [(tick, f"{100 * tick:.0f} %") for tick in (0.0, 0.25, 0.5, 0.75, 1.0)]
    else:
        ends = [abs(end) for row in rows for end in (row.claim.at_least, row.claim.at_most) if end is not None]
        reach = float(max(1, ceil(max(ends, default=1.0))))
        low, high, none = -reach, reach, 0.0
        named = [(-reach, f"−{reach:g}"), (0.0, "0"), (reach, f"+{reach:g}")]

    def place(value: float) -> float:
        inside = min(max(value, low), high)
        share = log(inside / low) / log(high / low) if is_ratio else (inside - low) / (high - low)
        return round(100.0 * share, 2)

    middle = place(none)
    sides = {"+": (middle, round(100.0 - middle, 2)), "-": (0.0, middle)}
    lines = []
    for row in rows:
        claim, effect = row.claim, row.claim.effect
        assert effect is not None
        least = claim.at_least if claim.at_least is not None else effect.size
        most = claim.at_most if claim.at_most is not None else effect.size
        outline, is_filled = MARKS[claim.graded]
        lines.append(
            Line(
                row=row,
                low=place(least),
                middle=place(effect.size),
                high=place(most),
                cut_low=least < low,
                cut_high=most > high,
                expected=sides.get(claim.expect),
                mark=outline,
                is_filled=is_filled,
            )
        )
    return Group(_TITLES[unit], tuple((place(value), text) for value, text in named), middle, tuple(lines))


def marks(rows: Sequence[LedgerRow]) -> list[tuple[str, str, bool]]:
    """The key: each grade that stands among the rows, strongest for it first, with its shape."""
    seen = {row.claim.graded for row in rows if row.claim.effect is not None}
    return [(name, *mark) for name, mark in MARKS.items() if name in seen]
