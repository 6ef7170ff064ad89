"""What records can do: be plain JSON values, words, a picture or a sequence of rows, and hold an effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from importlib import import_module
from math import exp, inf, isfinite, nan
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import polars as pl

from lynchpin.numbers import Z90, per_cent

if TYPE_CHECKING:
    import altair as alt

Expect = Literal["+", "-", "?"]

#: Where a 90 % interval lies: clear of no effect above it or below it, or not clear.
Stand = Literal["raises", "lowers", "not clear"]

#: What an effect is counted in. The first two are logarithms of ratios; a share and a number of acts are themselves.
Unit = Literal["per doubling", "per standard deviation", "share", "acts"]

Row = TypeVar("Row")


class Told:
    """A record that can be said in words."""

    __slots__ = ()

    def summary(self) -> str:
        """The record in words, as plain text: see `lynchpin.report.text`, which is found by name as `draw` is."""
        text: str = import_module("lynchpin.report.text").text(self)
        return text


class Shown:
    """A record that a notebook shows in little, and a paper takes as a table: see `lynchpin.report.notebook`.

    The dataclasses that take it have `repr=False`: theirs would spell out every number they hold.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        text: str = import_module("lynchpin.report.notebook").brief(self)
        return text

    def _repr_html_(self) -> str:
        return self.to_html(rows=20)

    def to_html(self, rows: int | None = None) -> str:
        """The record as HTML tables and paragraphs, without style; `rows` of each table at most, None for all."""
        text: str = import_module("lynchpin.report.notebook").html(self, rows)
        return text

    def to_latex(self) -> str:
        """The tables of the record as LaTeX (package booktabs), what stands beside them as comments."""
        text: str = import_module("lynchpin.report.notebook").latex(self)
        return text


class Tabled(Shown):
    """A record whose words are what a terminal shows of it."""

    __slots__ = ()

    def summary(self) -> str:
        """The record as a terminal shows it, as plain text."""
        text: str = import_module("lynchpin.report.notebook").whole(self)
        return text


class Rows(Sequence[Row]):
    """A record that is a sequence of its rows."""

    __slots__ = ()

    rows: tuple[Row, ...]

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, at: int | slice) -> Row | tuple[Row, ...]:
        return self.rows[at]

    def __len__(self) -> int:
        return len(self.rows)


class Drawn:
    """A record that has a picture."""

    __slots__ = ()

    def plot(self) -> alt.TopLevelMixin:
        """The record as a picture: see `lynchpin.report.draw`."""
        return drawn(self)


def drawn(record: object, *what: str | None) -> alt.TopLevelMixin:
    """The picture of a record. What draws it is found by name: `results` imports nothing that draws.

    Parameters
    ----------
    record : a result
    what : which part of it, where `lynchpin.report.draw` takes that of this kind of record
    """
    picture: alt.TopLevelMixin = import_module("lynchpin.report.draw").draw(record, *what)
    return picture


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its 90 % interval, each end of which is wrong in 5 of 100 cases.

    Most are what one unit of a statistic does to a rate. A statistic is the logarithm of one plus a decayed count, so
    that doubling that multiplies the rate by two to the power of the estimate: the rate ratio per doubling. Others are
    a share (0.58) or a difference of so many acts; then the numbers are themselves, and there is no rate ratio. An
    effect that is not known is None in the place of a record.

    estimate, lower, upper : log rate ratio per unit of the statistic; in the unit itself where that is no ratio
    standard_error : of the estimate; None where the interval is not made of it
    unit : what `size`, `at_least` and `at_most` are counted in
    """

    estimate: float
    lower: float
    upper: float
    standard_error: float | None = None
    unit: Unit = "per doubling"

    @classmethod
    def of(cls, estimate: float, standard_error: float, most: float = inf) -> Effect:
        """An estimate whose interval reaches 1.645 standard errors to either side, and to no end above `most`.

        Examples
        --------
        >>> print(Effect.of(0.5, 0.2))
        1.41 (1.13–1.78)
        """
        beta, error = float(estimate), float(standard_error)
        return cls(beta, min(beta - Z90 * error, most), min(beta + Z90 * error, most), error)

    @property
    def is_ratio(self) -> bool:
        """Whether it says how many times as often: no effect is 1 then, and else 0."""
        return self.unit in _SIZE

    def in_unit(self, value: float) -> float:
        """A number of the scale of `estimate` in the unit: a ratio where that is one."""
        return _SIZE[self.unit](value) if self.unit in _SIZE else value

    @property
    def size(self) -> float:
        """The estimate in the unit."""
        return self.in_unit(self.estimate)

    @property
    def at_least(self) -> float:
        """The lower end in the unit: the truth is below it in 5 of 100 cases."""
        return self.in_unit(self.lower)

    @property
    def at_most(self) -> float:
        """The upper end in the unit: the truth is above it in 5 of 100 cases."""
        return self.in_unit(self.upper)

    @property
    def rate_ratio(self) -> float:
        """How many times as often, when the cause doubles (or is one standard deviation higher); nan where no ratio."""
        return self.size if self.is_ratio else nan

    @property
    def rate_ratio_lower(self) -> float:
        return self.at_least if self.is_ratio else nan

    @property
    def rate_ratio_upper(self) -> float:
        return self.at_most if self.is_ratio else nan

    @property
    def stand(self) -> Stand:
        """Where the interval lies; a share has no side, and is never clear."""
        if self.unit == "share":
            return "not clear"
        return "raises" if self.lower > 0.0 else "lowers" if self.upper < 0.0 else "not clear"

    def number(self) -> str:
        """The estimate in the unit as text: "1.42", "58 %", "+3.1".

        Examples
        --------
        >>> Effect(1.0, 0.0, 2.0).number(), Effect(0.58, 0.43, 0.71, unit="share").number()
        ('2.00', '58 %')
        """
        return _number(self.size, self.unit)

    def interval(self, between: str = "–", *, open_from: float = inf) -> str:
        """The interval in the unit; a ratio's upper end is open from `open_from` on.

        Examples
        --------
        >>> Effect(0.58, 0.43, 0.71, unit="share").interval(), Effect(3.1, -0.2, 6.0, unit="acts").interval()
        ('43–71 %', '-0.2 to +6.0')
        """
        if self.is_ratio:
            return interval_text(self.at_least, self.at_most, between, open_from=open_from)
        if self.unit == "share" and (self.lower < 0.005 or self.upper > 0.995):
            return f"{chance(self.lower)} to {chance(self.upper)}"
        if self.unit == "share":
            low, high = chance(self.lower), chance(self.upper)
            plain_ends = low[0].isdigit() and high[0].isdigit()
            return f"{low.removesuffix(' %')}{between}{high}" if plain_ends else f"{low} to {high}"
        return f"{_number(self.lower, self.unit)} to {_number(self.upper, self.unit)}"

    def text(self, between: str = "–", *, open_from: float = inf) -> str:
        """The estimate in the unit with its interval: "1.42 (1.10–1.83)"; what shows nothing says so."""
        if self.is_unseen:
            return UNSEEN
        return f"{self.number()} ({self.interval(between, open_from=open_from)})"

    @property
    def is_unseen(self) -> bool:
        """Whether it is a ratio whose interval says nothing: see `is_unseen`."""
        return self.is_ratio and is_unseen(self.at_least, self.at_most)

    def __str__(self) -> str:
        return self.text()


def p_text(p: float) -> str:
    """A p-value with three decimals; none is nothing.

    Examples
    --------
    >>> p_text(0.0213), p_text(0.0001)
    ('0.021', '< 0.001')
    """
    return "< 0.001" if p < 0.0005 else f"{p:.3f}"


def chance(share: float) -> str:
    """A chance in per cent: none is said to be nothing, or to be certain.

    Examples
    --------
    >>> chance(0.123), chance(0.0049), chance(0.0), chance(0.996), chance(1.0)
    ('12 %', '< 0.5 %', '< 0.5 %', '> 99.5 %', '> 99.5 %')
    """
    if share < 0.005:
        return "< 0.5 %"
    return "> 99.5 %" if share > 0.995 else per_cent(min(max(share, 0.01), 0.99))


def how_often(share: float) -> str:
    """How many of a hundred, as a person would say it; none is said to be none, or all.

    Examples
    --------
    >>> how_often(0.123), how_often(0.002), how_often(0.999)
    ('12 of 100', 'fewer than 1 of 200', 'more than 199 of 200')
    """
    if share < 0.005:
        return "fewer than 1 of 200"
    return "more than 199 of 200" if share > 0.995 else f"{min(max(share * 100.0, 1.0), 99.0):.0f} of 100"


def part(share: float) -> str:
    """A share of things that were counted: nothing and all are said only of exactly that.

    Examples
    --------
    >>> part(0.123), part(0.0026), part(0.0), part(-0.0026), part(0.9987), part(1.0)
    ('12 %', '< 1 %', '0 %', '> -1 %', '> 99 %', '100 %')
    """
    text = per_cent(share)
    if text == "-0 %":
        return "> -1 %"
    return "< 1 %" if text == "0 %" and share > 0.0 else "> 99 %" if text == "100 %" and share < 1.0 else text


def _number(value: float, unit: Unit) -> str:
    """A number in its unit, without the unit's name but for per cent."""
    if unit == "share":
        return chance(value)
    return _signed(value) if unit == "acts" else f"{value:.2f}"


def _signed(value: float) -> str:
    text = f"{value:+.1f}"
    return text if float(text) else "0.0"  # what rounds to none has no sign


class Estimated:
    """A record that holds an effect, and is read as if it held its numbers: each is None where the effect is.

    The rate ratio and its ends are None too where the unit is no ratio.
    """

    __slots__ = ()

    effect: Effect | None

    @property
    def estimate(self) -> float | None:
        return None if self.effect is None else self.effect.estimate

    @property
    def standard_error(self) -> float | None:
        return None if self.effect is None else self.effect.standard_error

    @property
    def lower(self) -> float | None:
        return None if self.effect is None else self.effect.lower

    @property
    def upper(self) -> float | None:
        return None if self.effect is None else self.effect.upper

    @property
    def unit(self) -> Unit | None:
        return None if self.effect is None else self.effect.unit

    @property
    def at_least(self) -> float | None:
        return None if self.effect is None else self.effect.at_least

    @property
    def at_most(self) -> float | None:
        return None if self.effect is None else self.effect.at_most

    @property
    def rate_ratio(self) -> float | None:
        return None if self.effect is None or not self.effect.is_ratio else self.effect.rate_ratio

    @property
    def rate_ratio_lower(self) -> float | None:
        return None if self.effect is None or not self.effect.is_ratio else self.effect.rate_ratio_lower

    @property
    def rate_ratio_upper(self) -> float | None:
        return None if self.effect is None or not self.effect.is_ratio else self.effect.rate_ratio_upper

    @property
    def stand(self) -> Stand | None:
        return None if self.effect is None else self.effect.stand


#: The keys under which the rate ratio of an effect and its ends are told.
RATIO = ("rate_ratio", "rate_ratio_lower", "rate_ratio_upper")


#: An exponent within what a number can hold.
_FURTHEST = 700.0


def per_doubling(estimate: float) -> float:
    """Rate ratio when one plus the decayed count of the cause doubles: the statistic is a log1p.

    A record of next to nothing can give any estimate: what no number can hold is the greatest or least that one can.

    Examples
    --------
    >>> per_doubling(1.0), per_doubling(5000.0) > 1e200
    (2.0, True)
    """
    return float(2.0 ** min(max(estimate, -_FURTHEST), _FURTHEST))


def _per_unit(estimate: float) -> float:
    return exp(min(max(estimate, -_FURTHEST), _FURTHEST))


#: From the logarithm of a ratio to the ratio, by unit; units that are not here are no ratios.
_SIZE: Mapping[str, Callable[[float], float]] = {"per doubling": per_doubling, "per standard deviation": _per_unit}


def interval_text(lower: float, upper: float, between: str = "–", *, open_from: float = inf) -> str:
    """Two ends with two decimals; from `open_from` on, the upper one is open.

    Examples
    --------
    >>> interval_text(1.1, 1.834), interval_text(1.1, 1.834, " to "), interval_text(0.2, 512.0, open_from=100.0)
    ('1.10–1.83', '1.10 to 1.83', '0.20–…')
    """
    return f"{lower:.2f}{between}{upper:.2f}" if upper < open_from else f"{lower:.2f}{between}…"


#: What is said in place of a ratio whose interval says nothing.
UNSEEN = "nothing to be seen"

#: How many times the upper end is the lower one from which on an interval on both sides of 1 says nothing.
_HOLDS_ALL = 100.0


def is_unseen(lower: float, upper: float) -> bool:
    """Whether the interval of a ratio holds "no effect" and all else: its ends differ by a hundred times or more.

    Examples
    --------
    >>> is_unseen(0.002, 322.24), is_unseen(0.4, 2.6), is_unseen(1.5, 400.0)
    (True, False, False)
    """
    return lower < 1.0 < upper and upper >= _HOLDS_ALL * lower


def flat(record: Any) -> dict[str, Any]:
    """The values of a record by key, in the order of its fields; those that `SPREAD` names stand for several keys."""
    spread: Mapping[str, tuple[str, ...]] = getattr(record, "SPREAD", {})
    return {key: getattr(record, key) for f in fields(record) for key in spread.get(f.name, (f.name,))}


def plain(value: Any) -> Any:
    """A record as plain JSON values: dates as YYYY-MM-DD, floats to six significant digits, no NaN or infinity.

    Six digits are more than any estimate here can defend, and keep the text the same wherever it is made.
    """
    if is_dataclass(value) and not isinstance(value, type):
        to_dict = getattr(value, "to_dict", None)
        return plain(to_dict() if to_dict else flat(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, pl.DataFrame):
        return [plain(row) for row in value.to_dicts()]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}") if isfinite(value) else None
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return plain(value.item())  # a numpy scalar
