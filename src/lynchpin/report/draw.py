"""The picture of each kind of record: what `Result.plot()` finds by name."""

from __future__ import annotations

from functools import singledispatch

import altair as alt

from lynchpin.report.plots import curves, fade, fan, forest, ledger, simulated, specification_curve, theme, what_if
from lynchpin.results import (
    Fade,
    Forecast,
    Ledger,
    Sensitivity,
    SplitLedger,
    Watch,
    WhatIf,
)
from lynchpin.results.curves import Curves
from lynchpin.results.registration import Confirmation
from lynchpin.results.simulated import Residuals, Simulated


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
def _(record: Confirmation) -> alt.TopLevelMixin:
    return draw(record.ledger)


@draw.register
def _(record: SplitLedger, mechanism: str | None = None) -> alt.TopLevelMixin:
    """By dyad or triad the forest of one mechanism, the first unless another is named; by period, all paired intervals.

    Raises
    ------
    TypeError : conditions are three numbers each and have no picture
    """
    if record.by == "condition":
        raise TypeError("conditions are three numbers each and have no picture")
    if record.by == "period":
        return forest.draw_periods(forest.periods(record))
    claim = next(c for c in record.claims if mechanism in (None, c.mechanism))
    return forest.draw(forest.data(claim, record.by), record.by)


@draw.register
def _(record: Fade) -> alt.TopLevelMixin:
    """The push through time."""
    return fade.draw(fade.data(record))


@draw.register
def _(record: Curves, name: str | None = None) -> alt.TopLevelMixin:
    """One curve, the first unless another is named."""
    return curves.draw(record.curves[0] if name is None else record[name])


@draw.register
def _(record: Simulated, measure: str | None = None) -> alt.TopLevelMixin:
    """What was seen and what was drawn of one measure, the totals of effects unless another is named."""
    return simulated.draw_bands(record, measure or simulated.measures(record)[-1])


@draw.register
def _(record: Residuals, name: str | None = None) -> alt.TopLevelMixin:
    """The sums of one coefficient through time; of actors unless one is named."""
    return simulated.draw_actors(record) if name is None else simulated.draw_course(record, name)


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
