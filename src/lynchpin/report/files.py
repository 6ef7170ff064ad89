"""A record as a file: `page` is one HTML file that asks nothing of anyone, `spec` one picture in Vega-Lite."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from lynchpin._version import __version__
from lynchpin.errors import BadValue
from lynchpin.report.draw import draw
from lynchpin.report.page import backtest, mechanism, pictures, scenario
from lynchpin.report.page import page as brief
from lynchpin.report.plots import dyads, fade, triads
from lynchpin.results import (
    Backtest,
    Brief,
    DyadLedger,
    Fade,
    PeriodLedger,
    Provenance,
    Sensitivity,
    TriadLedger,
    WhatIf,
)

_SPLIT_WIDTH, _CURVE_WIDTH = 980, 900  # of pictures of one part, in pixels
_PER_DOUBLING = "rate ratio when the cause doubles"


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
def _(record: Fade, made_from: Provenance) -> str:
    return mechanism.render_fade(made_from, record)


@page.register
def _(record: Sensitivity, made_from: Provenance) -> str:
    return mechanism.render_curve(made_from, record)


@page.register
def _(record: WhatIf, made_from: Provenance) -> str:
    return scenario.render_scenario(made_from, record)


@page.register
def _(record: PeriodLedger, made_from: Provenance) -> str:
    return pictures.render_periods(made_from, record)


@page.register
def _(record: DyadLedger, made_from: Provenance) -> str:
    return pictures.render_dyads(made_from, record)


@page.register
def _(record: TriadLedger, made_from: Provenance | None = None) -> str:
    return pictures.render_triads(record, __version__)


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
def _(record: Fade, made_from: Provenance) -> dict[str, Any]:
    return fade.whole(record, as_of=made_from.as_of is not None)


@spec.register
def _(record: Sensitivity, made_from: Provenance | None = None) -> dict[str, Any]:
    if not record.fitted:
        raise BadValue("there is nothing to draw", "--out", record.sentences()[-1])
    return _alone(draw(record), _CURVE_WIDTH)


@spec.register
def _(record: PeriodLedger, made_from: Provenance) -> dict[str, Any]:
    return _alone(draw(record), _SPLIT_WIDTH, title=made_from.case_title)


@spec.register
def _(record: DyadLedger, made_from: Provenance) -> dict[str, Any]:
    return dyads.whole(record, f"{made_from.case_title}: {_PER_DOUBLING}, by dyad")


@spec.register
def _(record: TriadLedger, made_from: Provenance | None = None) -> dict[str, Any]:
    """The mechanisms with an estimate; all where none has one."""
    shown = [claim for claim in record.claims if any(one.rate_ratio is not None for one in claim.triads)]
    return triads.whole(shown or record.claims, f"{record.title}: {_PER_DOUBLING}")


def _alone(chart: Any, width: int, **properties: Any) -> dict[str, Any]:
    """A picture of one part: as wide as asked, on white."""
    spec: dict[str, Any] = chart.properties(width=width, background="white", **properties).to_dict(validate=False)
    return spec
