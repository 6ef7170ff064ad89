"""A relational event model with curves as a page of its own."""

from __future__ import annotations

from lynchpin.report.page import figures
from lynchpin.report.page.pictures import Table, render_pictures
from lynchpin.report.plots import curves as plots
from lynchpin.report.plots import theme
from lynchpin.report.text import text
from lynchpin.results.curves import Curve, Curves

_METHOD = (
    "Natural cubic splines; how straight each is held was found by the fit. Bands are pointwise, and cover on the "
    "average over the range. Association in time is not called cause."
)


def figure(curve: Curve, number: int = 0) -> figures.Figure:
    """One curve with its words."""
    straight = "It is a straight line." if curve.kind == "smooth" and curve.df < 1.05 else ""
    caption = f"{curve.df:.1f} effective degrees of freedom. {straight}".strip()
    key = [figures.Key("box", theme.tint(theme.ACCENT, 0.18), "90 % pointwise")]
    name = f"curve-{number}"
    return figures.figure(name, plots.draw(curve, name), plots.title(curve), caption, key=key)


def render(found: Curves) -> str:
    """The curves as one self-contained HTML file: the whole text, to be written as UTF-8."""
    cells = ("estimate", "se", "lower", "upper")
    rows = tuple((row["name"], *(f"{row[cell]:.3f}" for cell in cells)) for row in found.coefficients.to_dicts())
    others = Table("The other effects", ("Effect", "Estimate", "SE", "Lower", "Upper (90 %)"), rows)
    return render_pictures(
        "effects that are curves",
        f"A relational event model, {found.likelihood}",
        f"{found.n_events:,} events, {found.n_rows:,} rows compared.",
        [figure(curve, k) for k, curve in enumerate(found.curves)],
        sentences=text(found).splitlines()[:1],
        tables=[others] if rows else [],
        method=[_METHOD],
    )
