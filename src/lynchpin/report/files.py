"""A record as a file: `page` is one HTML file that asks nothing of anyone, `spec` one picture in Vega-Lite."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from lynchpin.errors import BadValue
from lynchpin.report.draw import draw
from lynchpin.report.page import backtest, mechanism, pictures, scenario
from lynchpin.report.page import curves as curves_page
from lynchpin.report.page import page as brief
from lynchpin.report.page import simulated as simulated_page
from lynchpin.report.plots import curves, fade, forest, simulated
from lynchpin.results import (
    Backtest,
    Brief,
    Fade,
    Provenance,
    Sensitivity,
    SplitLedger,
    WhatIf,
)
from lynchpin.results.curves import Curves
from lynchpin.results.simulated import Residuals, Simulated

_SPLIT_WIDTH, _CURVE_WIDTH = 980, 900  # of pictures of one part, in pixels


@singledispatch
def page(record: object, made_from: Provenance | None = None) -> str:
    """A record as one self-contained HTML file.

    Parameters
    ----------
    record : a record that has a page
    made_from : Provenance, of the fit behind it; left out where the record carries its own

    Returns
    -------
    str, the whole text of the file; write it as UTF-8

    Raises
    ------
    TypeError : the record has no page
    """
    raise TypeError(f"{type(record).__name__} has no page")


@page.register
def _(record: Brief, made_from: Provenance | None = None) -> str:
    return brief.render(record)


@page.register
def _(record: Backtest, made_from: Provenance | None = None) -> str:
    return backtest.render(record)


@page.register
def _(record: Curves, made_from: Provenance | None = None) -> str:
    return curves_page.render(record)


@page.register
def _(record: Simulated, made_from: Provenance | None = None) -> str:
    return simulated_page.render(record)


@page.register
def _(record: Residuals, made_from: Provenance | None = None) -> str:
    return simulated_page.render_residuals(record)


@page.register
def _(record: Fade, made_from: Provenance) -> str:
    return mechanism.render_fade(made_from, record)


@page.register
def _(record: Sensitivity, made_from: Provenance) -> str:
    return mechanism.render_curve(made_from, record)


@page.register
def _(record: WhatIf, made_from: Provenance) -> str:
    return scenario.render_scenario(made_from, record)


@page.register
def _(record: SplitLedger, made_from: Provenance | None = None) -> str:
    return pictures.render_splits(record, made_from)


@singledispatch
def spec(record: object, made_from: Provenance | None = None) -> dict[str, Any]:
    """A record as one Vega-Lite specification, for a file.

    Parameters
    ----------
    record, made_from : as for `page`

    Raises
    ------
    BadValue : there is nothing to draw
    TypeError : the record has no such picture
    """
    raise TypeError(f"{type(record).__name__} has no picture for a file")


@spec.register
def _(record: Curves, made_from: Provenance | None = None) -> dict[str, Any]:
    return curves.whole(record)


@spec.register
def _(record: Simulated, made_from: Provenance | None = None) -> dict[str, Any]:
    return simulated.whole(record)


@spec.register
def _(record: Residuals, made_from: Provenance | None = None) -> dict[str, Any]:
    return simulated.whole_residuals(record)


@spec.register
def _(record: Fade, made_from: Provenance) -> dict[str, Any]:
    return fade.whole(record, as_of=made_from.as_of is not None)


@spec.register
def _(record: Sensitivity, made_from: Provenance | None = None) -> dict[str, Any]:
    if not record.fitted:
        raise BadValue("there is nothing to draw", "--out", record.sentences()[-1])
    return _alone(draw(record), _CURVE_WIDTH)


@spec.register
def _(record: SplitLedger, made_from: Provenance | None = None) -> dict[str, Any]:
    """Periods in one picture; dyads and triads as a forest for each mechanism, one below the other."""
    title = record.made_from.title if record.made_from else "" if made_from is None else made_from.case_title
    return _alone(draw(record), _SPLIT_WIDTH, title=title) if record.by == "period" else forest.whole(record, title)


def _alone(chart: Any, width: int, **properties: Any) -> dict[str, Any]:
    """A picture of one part: as wide as asked, on white."""
    spec: dict[str, Any] = chart.properties(width=width, background="white", **properties).to_dict(validate=False)
    return spec
