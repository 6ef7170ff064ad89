"""Pages of a few pictures, each one HTML file that asks nothing of anyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from lynchpin._version import __version__
from lynchpin.report.page import figures, page, words
from lynchpin.report.page.figures import script_json
from lynchpin.report.plots import forest, lateral_gap, theme, what_if
from lynchpin.report.plots import specification_curve as curve
from lynchpin.report.plots.theme import claim_name, sentence_case
from lynchpin.results import Effect, Fade, Provenance, Sensitivity, Specification, SplitClaim, SplitLedger, WhatIf
from lynchpin.results.splits import change_text, pooled_text


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
        claim_name(found.claim, found.mechanism),
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
    return named, *_ratio(one.effect), f"{one.n_cause_events:,}", f"{one.n_target_events:,}"


# -- Claims by dyad, by period and by triad as pages of their own.


def render_splits(ledger: SplitLedger, made_from: Provenance | None = None) -> str:
    """Each mechanism part by part as one self-contained HTML file: write the text as UTF-8.

    Parameters
    ----------
    ledger : SplitLedger, of dyads, periods or triads
    made_from : Provenance, of the fit; None for triads, which have one each
    """
    rows = [tuple(_split_row(ledger, claim, at) for at in range(len(claim.splits))) for claim in ledger.claims]
    if (triads := ledger.made_from) is not None:
        tied = f" Between the two allies: {triads.between}." if triads.between else ""
        return render_pictures(
            "one theory, every triad",
            triads.title,
            f"{words.plural(triads.events_used, 'event')}, {words.long_day(triads.first_event_date)} to "
            f"{words.long_day(triads.last_event_date)}. Roles are read for {words.long_day(triads.on)}.{tied}",
            _forests(ledger),
            tables=[
                Table(claim_name(claim.id, claim.mechanism), _HEADS["triad"], each)
                for claim, each in zip(ledger.claims, rows, strict=True)
            ],
            method=(ledger.method, *triads.remarks),
            version=__version__,
        )
    assert made_from is not None
    if ledger.by == "period":
        kicker, days = "did it change", " and ".join(words.long_day(day) for day in ledger.days)
        title = f"Each claim before and after {days}"
        drawn = [
            figures.figure(
                "periods",
                forest.draw_periods(forest.periods(ledger)),
                "What doubling the cause does to the rate, by period",
                "With 90 % intervals; earlier periods light, later ones dark. A change that is clear stands in bold.",
                least_width=680,
            )
        ]
    else:
        kicker, title, drawn = "the same everywhere?", "Each claim, dyad by dyad", _forests(ledger)
    return render_pictures(
        kicker,
        title,
        made_from.case_title,
        drawn,
        tables=[Table(f"Every {ledger.by}", _HEADS[ledger.by], tuple(row for each in rows for row in each))],
        method=[ledger.method, _made(made_from)],
        version=made_from.version,
    )


_OWN, _SHRUNK = ("Own ratio", "90 %"), ("Shrunk", "90 %")
_HEADS: Mapping[str, tuple[str, ...]] = {
    "dyad": ("Mechanism", "Dyad", "Acts", *_OWN, *_SHRUNK, "Why not"),
    "period": ("Mechanism", "Period", "Acts, cause", "Acts, target", "Ratio", "90 %", "Later over earlier"),
    "triad": ("Triad", "Acts, cause", "Acts, target", *_OWN, *_SHRUNK, "Weight", "Why not"),
}


def _split_row(ledger: SplitLedger, claim: SplitClaim, at: int) -> tuple[str, ...]:
    """One part of a mechanism as cells."""
    one, name = claim.splits[at], f"{claim.id} {claim.mechanism}"
    acts, own, shrunk = (f"{one.n_cause_events:,}", f"{one.n_target_events:,}"), _ratio(one.effect), _ratio(one.shrunk)
    why = one.left_out_because or ""
    if ledger.by == "period":
        days = f"{words.day(one.first)} to {words.day(one.last)}"
        return name, days, *acts, *own, why or change_text(claim.before(at))
    if ledger.by == "triad":
        return f"{one.part} {one.title}", *acts, *own, *shrunk, words.percent(one.weight), why
    return name, one.part, acts[1], *own, *shrunk, why


def _ratio(effect: Effect | None) -> tuple[str, str]:
    """A rate ratio and its interval as two cells."""
    if effect is None:
        return words.UNKNOWN, words.UNKNOWN
    return words.number(effect.rate_ratio), words.interval(effect.rate_ratio_lower, effect.rate_ratio_upper)


def _forests(ledger: SplitLedger) -> list[figures.Figure]:
    """The forest of each mechanism, with the mean beside its title."""
    each, of_triads = ledger.by, ledger.by == "triad"
    key = (
        figures.Key("square", forest.OWN, f"its own {'record' if of_triads else 'acts'}, 90 %"),
        figures.Key("dot", theme.ACCENT, "given all the others (shrunk)"),
        figures.Key("diamond", theme.INK, "all together"),
    )
    drawn = []
    for number, claim in enumerate(ledger.claims):
        if of_triads:
            caption = (
                f"{claim.says} (expected {claim.expect}). Acts of the cause / of the target stand beside each name."
            )
            mean = None if claim.pooled is None else _ratio(claim.pooled.effect)
            value = pooled_text(claim, "triads") if mean is None else f"×{mean[0]} ({mean[1]}) per doubling"
        else:
            caption, value = f"{claim.says}. {pooled_text(claim)}.", forest.expected(claim, each)
        drawn.append(
            figures.figure(
                f"{'forest' if of_triads else 'dyads'}-{number}",
                forest.draw(forest.data(claim, each), each),
                claim_name(claim.id, claim.mechanism),
                caption,
                key=key,
                value=value,
            )
        )
    return drawn


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
