"""Pages of a few pictures, each one HTML file that asks nothing of anyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lynchpin._version import __version__
from lynchpin.report.page import figures, page, words
from lynchpin.report.page.packing import script_json
from lynchpin.report.plots import forest, theme
from lynchpin.report.plots.theme import claim_name
from lynchpin.results import Effect, Provenance, SplitClaim, SplitLedger
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
            forests(ledger),
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
            )
        ]
    else:
        kicker, title, drawn = "the same everywhere?", "Each claim, dyad by dyad", forests(ledger)
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
    acts, own, shrunk = (
        (f"{one.n_cause_events:,}", f"{one.n_target_events:,}"),
        ratio_cells(one.effect),
        ratio_cells(one.shrunk),
    )
    why = one.left_out_because or ""
    if ledger.by == "period":
        days = f"{words.day(one.first)} to {words.day(one.last)}"
        return name, days, *acts, *own, why or change_text(claim.before(at))
    if ledger.by == "triad":
        return f"{one.part} {one.title}", *acts, *own, *shrunk, words.percent(one.weight), why
    return name, one.part, acts[1], *own, *shrunk, why


def ratio_cells(effect: Effect | None) -> tuple[str, str]:
    """A rate ratio and its interval as two cells."""
    if effect is None:
        return words.UNKNOWN, words.UNKNOWN
    return words.number(effect.rate_ratio), words.interval(effect.rate_ratio_lower, effect.rate_ratio_upper)


def forests(ledger: SplitLedger) -> list[figures.Figure]:
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
            mean = None if claim.pooled is None else ratio_cells(claim.pooled.effect)
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
