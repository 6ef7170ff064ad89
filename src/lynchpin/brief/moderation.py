"""Claims by period and by dyad as pages of their own. May import: results, plots."""

from __future__ import annotations

from lynchpin.brief import figures, words
from lynchpin.brief.pictures import Table, render_pictures
from lynchpin.plots import dyads, periods, theme, triads
from lynchpin.results import DyadLedger, PeriodLedger, Provenance
from lynchpin.results.dyads import spread_text
from lynchpin.results.periods import change_text


def render_periods(made_from: Provenance, found: PeriodLedger) -> str:
    """Each mechanism before and after a day as one self-contained HTML file: write the text as UTF-8."""
    days = " and ".join(words.long_day(day) for day in found.splits)
    drawn = figures.figure(
        "periods",
        periods.draw(periods.data(found)),
        "What doubling the cause does to the rate, by period",
        "With 90 % intervals; earlier periods light, later ones dark. A change that is clear stands in bold.",
        least_width=680,
    )
    rows = tuple(
        (
            f"{claim.id} {claim.mechanism}",
            f"{words.day(one.first)} to {words.day(one.last)}",
            f"{one.n_cause_events:,}",
            f"{one.n_target_events:,}",
            words.number(one.rate_ratio),
            words.interval(one.rate_ratio_lower, one.rate_ratio_upper),
            one.nothing_because or change_text(claim, at),
        )
        for claim in found.claims
        for at, one in enumerate(claim.periods)
    )
    heads = ("Mechanism", "Period", "Acts, cause", "Acts, target", "Ratio", "90 %", "Later over earlier")
    return render_pictures(
        "did it change",
        f"Each claim before and after {days}",
        made_from.case_title,
        [drawn],
        tables=[Table("Every period", heads, rows)],
        method=[found.method, _made(made_from)],
        version=made_from.version,
    )


_KEY = (
    figures.Key("square", triads.OWN, "its own acts, 90 %"),
    figures.Key("dot", theme.ACCENT, "given all the others (shrunk)"),
    figures.Key("diamond", theme.INK, "all together"),
)


def render_dyads(made_from: Provenance, found: DyadLedger) -> str:
    """Each mechanism by dyad as one self-contained HTML file: write the text as UTF-8."""
    drawn = []
    for number, claim in enumerate(found.claims):
        title, _, value = dyads.heading(claim).partition(": ")
        drawn.append(
            figures.figure(
                f"dyads-{number}",
                dyads.draw(claim),
                title,
                f"{claim.says}. {spread_text(claim)}.",
                key=_KEY,
                value=value,
            )
        )
    rows = tuple(
        (
            f"{claim.id} {claim.mechanism}",
            one.dyad,
            f"{one.n_target_events:,}",
            words.number(one.rate_ratio),
            words.interval(one.rate_ratio_lower, one.rate_ratio_upper),
            words.number(one.shrunk),
            words.interval(one.shrunk_lower, one.shrunk_upper),
            one.left_out_because or "",
        )
        for claim in found.claims
        for one in claim.dyads
    )
    heads = ("Mechanism", "Dyad", "Acts", "Own ratio", "90 %", "Shrunk", "90 %", "Why not")
    return render_pictures(
        "the same everywhere?",
        "Each claim, dyad by dyad",
        made_from.case_title,
        drawn,
        tables=[Table("Every dyad", heads, rows)],
        method=[found.method, _made(made_from)],
        version=made_from.version,
    )


def _made(made_from: Provenance) -> str:
    return (
        f"{words.plural(made_from.events_used, 'event')} to {words.long_day(made_from.last_event_date)}; data "
        f"{made_from.data_hash[:12]}, case {made_from.case_hash[:12]}, lynchpin {made_from.version}."
    )
