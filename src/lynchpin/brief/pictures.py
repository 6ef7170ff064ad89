"""Pages of a few pictures, each one HTML file that asks nothing of anyone. May import: results, plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lynchpin.brief import figures, page, words
from lynchpin.brief.packing import script_json
from lynchpin.plots import theme, triads
from lynchpin.results import Fade, Provenance, TriadLedger


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
