"""Pages of a few pictures, each one HTML file that asks nothing of anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lynchpin.report.page import figures, page, words
from lynchpin.report.page.figures import script_json
from lynchpin.report.plots import dyads, periods, theme, triads
from lynchpin.results import DyadLedger, PeriodLedger, Provenance, TriadLedger
from lynchpin.results.dyads import spread_text
from lynchpin.results.periods import change_text


@dataclass(frozen=True, slots=True)
class Table:
    """A table of such a page, as text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render_pictures(
    kicker: str,
    title: str,
    about: str,
    pictures: Sequence[figures.Figure],
    *,
    sentences: Sequence[str] = (),
    tables: Sequence[Table] = (),
    method: Sequence[str] = (),
    version: str = "",
) -> str:
    """A page: a title, what it is about, sentences, pictures, tables, and how they were made."""
    scripts = page.scripts()
    return page.template("pictures.html").render(
        kicker=kicker,
        title=title,
        about=about,
        sentences=sentences,
        pictures=pictures,
        tables=tables,
        method=method,
        version=version,
        policy=page.policy(scripts),
        style=Markup(page.style({})),
        scripts=[Markup(script) for script in scripts],
        config=script_json(theme.config()),
    )


_FOREST_KEY = (
    figures.Key("square", triads.OWN, "its own record, 90 %"),
    figures.Key("dot", theme.ACCENT, "given all the others (shrunk)"),
    figures.Key("diamond", theme.INK, "all together"),
)


def render_triads(found: TriadLedger, version: str) -> str:
    """One theory on every triad as one self-contained HTML file: a forest for each mechanism, and its numbers.

    Parameters
    ----------
    found : TriadLedger
    version : str, of the package

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    drawn = [
        figures.figure(
            f"forest-{number}",
            triads.draw(triads.data(claim)),
            triads.heading(claim),
            f"{claim.says} (expected {claim.expect}). Acts of the cause / of the target stand beside each name.",
            key=_FOREST_KEY,
            value=_mean(claim.rate_ratio, claim.rate_ratio_lower, claim.rate_ratio_upper),
        )
        for number, claim in enumerate(found.claims)
    ]
    heads = ("Triad", "Acts, cause", "Acts, target", "Own ratio", "90 %", "Shrunk", "90 %", "Weight", "Why not")
    tables = [
        Table(
            triads.heading(claim),
            heads,
            tuple(
                (
                    f"{one.triad} {one.title}",
                    f"{one.n_cause_events:,}",
                    f"{one.n_target_events:,}",
                    words.number(one.rate_ratio),
                    words.interval(one.rate_ratio_lower, one.rate_ratio_upper),
                    words.number(one.shrunk),
                    words.interval(one.shrunk_lower, one.shrunk_upper),
                    words.percent(one.weight),
                    one.left_out_because or "",
                )
                for one in claim.triads
            ),
        )
        for claim in found.claims
    ]
    tied = f" Between the two allies: {found.between}." if found.between else ""
    return render_pictures(
        "one theory, every triad",
        found.title,
        f"{words.plural(found.events_used, 'event')}, {words.long_day(found.first_event_date)} to "
        f"{words.long_day(found.last_event_date)}. Roles are read for {words.long_day(found.on)}.{tied}",
        drawn,
        tables=tables,
        method=(found.method, *found.remarks),
        version=version,
    )


def _mean(ratio: float | None, lower: float | None, upper: float | None) -> str:
    """The mean over triads, beside the title."""
    if ratio is None:
        return "too few triads with data to pool"
    return f"×{words.number(ratio)} ({words.interval(lower, upper)}) per doubling"


# -- Claims by period and by dyad as pages of their own.


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


_SPLIT_KEY = (
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
                key=_SPLIT_KEY,
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
