"""Pages of a few pictures, each one HTML file that asks nothing of anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from lynchpin.report.page import figures, page, words
from lynchpin.report.page.figures import script_json
from lynchpin.report.plots import dyads, lateral_gap, periods, theme, triads, what_if
from lynchpin.report.plots import specification_curve as curve
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import DyadLedger, Fade, PeriodLedger, Provenance, Sensitivity, Specification, TriadLedger, WhatIf
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


# -- A specification curve as a page of its own.

_CURVE_KEY = (
    figures.Key("line", theme.ACCENT, "90 % interval clear of no effect, on the expected side"),
    figures.Key("line", curve.AGAINST, "clear on the other side"),
    figures.Key("line", curve.UNCLEAR, "not clear"),
    figures.Key("diamond", theme.INK, "the case's own"),
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
    drawn = figures.figure(
        "specification-curve",
        curve.draw(curve.data(found)),
        "Estimates from the smallest to the largest, and the choices behind them",
        "Above: what doubling the cause does to the rate, with 90 % intervals. Below: a row for each way to make a "
        "choice, dark where most of the specifications above it make it so.",
        key=_CURVE_KEY,
        least_width=680,
    )
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
        " · ".join(part for part in (found.claim, sentence_case(spoken(found.mechanism))) if part),
        f"{made_from.case_title}. {found.sentence}",
        [drawn] if found.fitted else [],
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
    ratio, interval = words.number(one.rate_ratio), words.interval(one.rate_ratio_lower, one.rate_ratio_upper)
    return named, ratio, interval, f"{one.n_cause_events:,}", f"{one.n_target_events:,}"


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


# -- A scenario against its baseline as one HTML file that asks nothing of anyone.

#: Yardsticks that are drawn month by month.
_DRAWN = 4

_SCENARIO_KEY = (
    figures.Key("line", what_if.WITHOUT, "without"),
    figures.Key("line", what_if.WITH, "with the scenario"),
)


def render_scenario(made_from: Provenance, found: WhatIf) -> str:
    """The comparison as one self-contained HTML file.

    Parameters
    ----------
    made_from : Provenance, of the fit
    found : WhatIf

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    scripts = page.scripts()
    differences = figures.figure(
        "differences",
        what_if.draw(what_if.data(found)),
        "What differs",
        "Expected acts with the scenario minus without it: mean of the pairs of paths, and the bar that holds 90 % of "
        "them. Coloured where the bar leaves out no difference. Acts that the scenario puts in are not counted.",
    )
    return page.template("scenario.html").render(
        made_from=made_from,
        found=found,
        policy=page.policy(scripts),
        style=Markup(page.style({})),
        scripts=[Markup(script) for script in scripts],
        config=script_json(theme.config()),
        differences=differences,
        months=[*(_months(found, name, k) for k, name in enumerate(_names(found))), *_gap(found)],
        rows=_rows(found),
    )


def _names(found: WhatIf) -> list[str]:
    return found.monthly["name"].unique(maintain_order=True).to_list()[:_DRAWN]


def _months(found: WhatIf, name: str, number: int) -> figures.Figure:
    chart = what_if.draw_months(what_if.months(found, name))
    return figures.figure(f"months-{number}", chart, name, "Bands hold 90 % of the paths.", key=_SCENARIO_KEY)


def _gap(found: WhatIf) -> list[figures.Figure]:
    """The lateral gap, where the case has one."""
    frame = lateral_gap.data_ahead(found)
    if frame.is_empty():
        return []
    caption = (
        "How close the two allies stand, less how close the patron stands to them. The acts that the scenario puts in "
        "count here. The band holds the difference in 90 % of the pairs, around the line without the scenario."
    )
    return [figures.figure("gap", lateral_gap.draw_ahead(frame), "The lateral gap", caption, key=_SCENARIO_KEY)]


def _rows(found: WhatIf) -> list[dict[str, Any]]:
    """Dyads and classes that differ, the largest first."""
    moved = found.table.filter((found.table["difference"].abs() >= 0.005) | (found.table["put_in"] > 0))
    return moved.with_columns(size=moved["difference"].abs()).sort("size", descending=True).to_dicts()
