"""Pages of a few pictures, each one HTML file that asks nothing of anyone. May import: results, plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lynchpin.brief import figures, page, words
from lynchpin.brief.packing import script_json
from lynchpin.plots import theme
from lynchpin.results import Fade, Provenance


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
