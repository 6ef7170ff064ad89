"""The picture of each kind of record: what `Result.plot()` finds by name."""

from __future__ import annotations

from functools import singledispatch

import altair as alt

from lynchpin.report.plots import dyads, fade, fan, ledger, periods, specification_curve, theme, triads, what_if
from lynchpin.results import (
    DyadLedger,
    Fade,
    Forecast,
    Ledger,
    PeriodLedger,
    Sensitivity,
    TriadLedger,
    Watch,
    WhatIf,
)


@singledispatch
def draw(record: object) -> alt.TopLevelMixin:
    """The picture of a record.

    Raises
    ------
    TypeError : the record has none
    """
    raise TypeError(f"{type(record).__name__} has no picture")


@draw.register
def _(record: Ledger) -> alt.TopLevelMixin:
    """A forest of rate ratios on a log axis."""
    return ledger.draw(ledger.data(record.rows))


@draw.register
def _(record: DyadLedger, mechanism: str | None = None) -> alt.TopLevelMixin:
    """The forest of one mechanism, the first unless another is named."""
    return dyads.draw(next(c for c in record.claims if mechanism in (None, c.mechanism)))


@draw.register
def _(record: TriadLedger, mechanism: str | None = None) -> alt.TopLevelMixin:
    """The forest of one mechanism, the first unless another is named."""
    return triads.draw(triads.data(next(c for c in record.claims if mechanism in (None, c.mechanism))))


@draw.register
def _(record: PeriodLedger) -> alt.TopLevelMixin:
    """Paired intervals, a row for each mechanism and period."""
    return periods.draw(periods.data(record))


@draw.register
def _(record: Fade) -> alt.TopLevelMixin:
    """The push through time."""
    return fade.draw(fade.data(record))


@draw.register
def _(record: Forecast, source: str, target: str, event_class: str) -> alt.TopLevelMixin:
    """The fan of one dyad and class: months behind as bars, months ahead as bands."""
    watch = Watch(source, target, event_class)
    name = f"{source} to {target}, {event_class.replace('_', ' ')}"
    drawn = (fan.behind(record, watch), fan.ahead(record, watch), fan.came(record, watch))
    return fan.draw(*drawn, name, theme.ACCENT)


@draw.register
def _(record: Sensitivity) -> alt.TopLevelMixin:
    """The specification curve."""
    return specification_curve.draw(specification_curve.data(record))


@draw.register
def _(record: WhatIf) -> alt.TopLevelMixin:
    """The differences, largest first, with their intervals."""
    return what_if.draw(what_if.data(record))
