"""One mechanism as a page of its own: how its push fades, and what it is under every choice."""

from __future__ import annotations

from lynchpin.report.page import figures, words
from lynchpin.report.page.pictures import Table, ratio_cells, render_pictures
from lynchpin.report.plots import specification_curve as curve
from lynchpin.report.plots import theme
from lynchpin.report.plots.theme import claim_name, sentence_case
from lynchpin.results import Fade, Provenance, Sensitivity, Specification


def render_fade(made_from: Provenance, found: Fade) -> str:
    """The push of a mechanism through time as one self-contained HTML file.

    Parameters
    ----------
    made_from : Provenance, of the fit
    found : Fade

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    drawn = [figures.fade_figure(found, as_of=made_from.as_of is not None), figures.profile_figure(found)]
    rows = tuple((words.day(day), headline) for day, headline in found.acts.select("date", "headline").iter_rows())
    return render_pictures(
        "how a push fades",
        figures.fade_title(found),
        f"{made_from.case_title}. {found.sentence}",
        [figure for figure in drawn if figure is not None],
        sentences=found.words,
        tables=[Table("Acts of the cause", ("Date", "Act"), rows)],
        method=[
            f"{words.plural(made_from.events_used, 'event')} to {words.long_day(made_from.last_event_date)}; data "
            f"{made_from.data_hash[:12]}, case {made_from.case_hash[:12]}, seed {made_from.seed}, lynchpin "
            f"{made_from.version}."
        ],
        version=made_from.version,
    )


# -- A specification curve.

_CURVE_KEY = (
    figures.Key("line", theme.ACCENT, "90 % interval clear of no effect, on the expected side"),
    figures.Key("line", curve.AGAINST, "clear on the other side"),
    figures.Key("line", curve.UNCLEAR, "not clear"),
    figures.Key("diamond", theme.INK, "the case's own"),
)


def curve_figure(found: Sensitivity) -> figures.Figure:
    """The specification curve; something must have been fitted."""
    return figures.figure(
        "specification-curve",
        curve.draw(curve.data(found)),
        "Estimates from the smallest to the largest, and the choices behind them",
        "Above: what doubling the cause does to the rate, with 90 % intervals. Below: a row for each way to make a "
        "choice, dark where most of the specifications above it make it so.",
        key=_CURVE_KEY,
        least_width=680,
    )


def render_curve(made_from: Provenance, found: Sensitivity) -> str:
    """One mechanism under every choice as one self-contained HTML file.

    Parameters
    ----------
    made_from : Provenance, of the case's own fit
    found : Sensitivity

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    means = Table(
        "The choices",
        ("Choice", "Way", "The case's own", "Meaning"),
        tuple(
            (sentence_case(choice.name), level.key, "yes" if level.own else "", _means(choice.means, level.means))
            for choice in found.choices
            for level in choice.levels
        ),
    )
    heads = ("Number", "Ratio", "90 %", "Acts, cause", "Acts, target")
    open_ones = tuple(choice.name for choice in found.choices if len(choice.levels) > 1)
    every = Table(
        "Every specification, from the smallest estimate",
        (*heads, *(sentence_case(name) for name in open_ones)),
        tuple(
            (*_numbers(number, one), *(one.choices[name] for name in open_ones))
            for number, one in enumerate(found.fitted, start=1)
        ),
    )
    return render_pictures(
        "would another analyst have found the same",
        claim_name(found.claim, found.mechanism),
        f"{made_from.case_title}. {found.sentence}",
        [curve_figure(found)] if found.fitted else [],
        sentences=found.sentences(),
        tables=[means, every],
        method=[
            found.rule,
            *(f"Not fitted, {n}: {why}." for why, n in found.cannot()),
            *(f"{sentence_case(c.name)}, one way only: {c.single_because}." for c in found.choices if c.single_because),
            f"{words.plural(made_from.events_used, 'event')} to {words.long_day(made_from.last_event_date)}; data "
            f"{made_from.data_hash[:12]}, case {made_from.case_hash[:12]}, lynchpin {made_from.version}.",
        ],
        version=made_from.version,
    )


def _means(choice: str, level: str) -> str:
    return f"{choice}: {level}"


def _numbers(number: int, one: Specification) -> tuple[str, ...]:
    named = f"{number} (the case)" if one.own else str(number)
    return named, *ratio_cells(one.effect), f"{one.n_cause_events:,}", f"{one.n_target_events:,}"
