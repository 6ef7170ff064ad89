"""What records can do: be plain JSON values, be said in words, be drawn, and be a sequence of their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar, overload

import polars as pl

if TYPE_CHECKING:
    import altair as alt

Row = TypeVar("Row")


class Told:
    """A record that can be said in words."""

    __slots__ = ()

    def summary(self) -> str:
        """The record in words, as plain text: see `lynchpin.report.text`, which is found by name as `draw` is."""
        text: str = import_module("lynchpin.report.text").text(self)
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

    def plot(self, *what: str, **options: str | None) -> alt.TopLevelMixin:
        """The record as a picture: see `lynchpin.report.draw`, which knows what each kind of record may be asked for.

        It is found by name: `results` imports nothing that draws.
        """
        picture: alt.TopLevelMixin = import_module("lynchpin.report.draw").draw(self, *what, **options)
        return picture


def plain(value: Any) -> Any:
    """A record as plain JSON values: dates as YYYY-MM-DD, floats to six significant digits, no NaN or infinity.

    Six digits are more than any estimate here can defend, and keep the text the same wherever it is made.
    """
    if is_dataclass(value) and not isinstance(value, type):
        to_dict = getattr(value, "to_dict", None)
        return plain(to_dict()) if to_dict else {f.name: plain(getattr(value, f.name)) for f in fields(value)}
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
