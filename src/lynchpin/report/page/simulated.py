"""A record among records drawn from its fit, and its residuals, each as a page of its own."""

from __future__ import annotations

from lynchpin.report.page import figures
from lynchpin.report.page.pictures import render_pictures
from lynchpin.report.plots import simulated as plots
from lynchpin.report.plots import theme
from lynchpin.report.text import text
from lynchpin.results.simulated import Residuals, Simulated

_DRAWN = (
    "Draws are from the estimate, without the doubt about it. A band holds 90 of 100 draws, so that one number of ten "
    "is outside by chance; numbers of one record go together."
)
_EXPECTED = (
    "Sums of scores (Schoenfeld's residuals) over the root of the information, and sums of a model that holds (Lin, "
    "Wei and Ying 1993). Standard deviations of actors are given the past; the fit to the same events draws them a "
    "little toward 0."
)


def render(record: Simulated) -> str:
    """The record among its draws as one self-contained HTML file: the whole text, to be written as UTF-8."""
    key = [figures.Key("box", theme.tint(theme.ACCENT, 0.18), "90 of 100 draws")]
    pictures = [
        figures.figure(f"bands-{k}", plots.draw_bands(record, measure, f"bands-{k}"), measure, "", key=key)
        for k, measure in enumerate(plots.measures(record))
    ]
    return render_pictures(
        "does the model make such records?",
        f"A relational event model, {record.likelihood}",
        f"{record.n_events:,} events, {record.draws:,} draws (seed {record.seed}).",
        pictures,
        sentences=text(record).splitlines()[:1],
        method=[_DRAWN],
    )


def render_residuals(record: Residuals) -> str:
    """The residuals as one self-contained HTML file: the whole text, to be written as UTF-8."""
    pictures = [
        figures.figure(
            f"course-{k}",
            plots.draw_course(record, row["name"], f"course-{k}"),
            f"{row['name']} through time",
            f"It strays {row['largest']:.2f} at most; 90 of 100 of a model that holds stay below {row['bound']:.2f}.",
        )
        for k, row in enumerate(record.tests.iter_rows(named=True))
    ]
    pictures.append(figures.figure("actors", plots.draw_actors(record), "Actors, seen and expected", ""))
    return render_pictures(
        "what was not expected",
        f"A relational event model, {record.likelihood}",
        "Martingale residuals, everyone at risk.",
        pictures,
        sentences=text(record).splitlines()[:1],
        method=[_EXPECTED],
    )
