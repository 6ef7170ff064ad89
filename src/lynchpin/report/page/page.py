"""A brief as one HTML file that asks nothing of anyone: style, scripts, pictures and data are all inside.

The page's policy forbids every outside request and every script but its own three, named by their hashes; texts are
escaped by the template, and data by `packing.script_json`. Nothing revealed stands before its section: what is revealed
is handed to that section and to the end of the page only.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from lynchpin.report import evidence
from lynchpin.report.page import figures, headlines, sources, tables, words
from lynchpin.report.page.figures import script_json
from lynchpin.report.page.words import ahead
from lynchpin.report.plots import theme
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import Brief, chance

_LIBRARIES = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")
_FOLDER = files("lynchpin.report.page")


def render(brief: Brief) -> str:
    """The brief as one self-contained HTML file.

    Parameters
    ----------
    brief : Brief

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    used = scripts()
    return template("page.html").render(
        brief=brief,
        policy=policy(used),
        style=Markup(style(figures.colours(brief))),
        scripts=[Markup(script) for script in used],
        config=script_json(theme.config()),
        **_above(brief),
        revealed=_revealed(brief),
    )


def scripts() -> list[str]:
    """The only scripts that a page runs: the drawing libraries and our own."""
    return [*_libraries(), _text("page.js")]


def policy(used: Sequence[str]) -> str:
    """The policy that allows these scripts and nothing from outside."""
    return (
        "default-src 'none'; "
        f"script-src {' '.join(_hash(script) for script in used)}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _above(brief: Brief) -> dict[str, Any]:
    """What every section but the revealed one is filled from. It reads nothing that a reveal adds."""
    made_from = brief.provenance
    start, end = made_from.first_event_date, made_from.origin
    listed = sources.citations(brief.events, brief.actors, "e")
    cited = sources.for_timeline(brief.events, listed)
    known = (
        f"{words.plural(brief.events.height, 'event')}, {words.day(start)} to {words.day(made_from.last_event_date)}."
    )
    if brief.events.height > len(listed):
        known += f" The latest {len(listed):,} are drawn and listed."
    return {
        "headlines": headlines.headlines(brief),
        "answers": evidence.answers(brief.claims),
        "timeline": figures.timeline_figure("timeline", brief, cited, start, end, known),
        "index": figures.index_figures(brief, start, end),
        "index_key": figures.INDEX_KEY,
        "gap": figures.gap_figure(brief, start, end),
        "forest": figures.ledger_figure(brief),
        "ledger": tables.ledger_rows(brief.claims),
        "rules": tables.rules(brief.claims),
        **_fade(brief),
        "fade_command": tables.fade_command(brief),
        "many": tables.many(brief.claims),
        "command": tables.ledger_command(brief.provenance),
        "fit_table": tables.frame_rows(brief.fit_table),
        "outlooks": figures.outlooks(brief),
        "outlook_groups": tables.outlook_groups(brief),
        "baselines": tables.baselines(brief.forecast),
        "past": tables.past_sentence(brief.forecast),
        "flagship": figures.flagship_figure(brief.agreements[0], end) if brief.agreements else None,
        "flagship_acts": sources.stage_citations(brief.agreements[:1], brief.actors),
        "flagship_ahead": ahead(brief.agreements),
        "chances": figures.chances_figure(brief.agreements[0]) if brief.agreements else None,
        "has_ahead": any(life.forecast for life in brief.agreements),
        "lives": figures.lives_figure(brief.agreements[1:], end),
        "life_rows": tables.life_rows(brief.agreements, brief.actors),
        "source_years": sources.by_year(listed),
        "stage_sources": sources.stage_citations(brief.agreements, brief.actors),
        "class_numbers": {name: number for number, name in enumerate(brief.classes)},
        "cited": len(listed),
    }


def _fade(brief: Brief) -> dict[str, Any]:
    """How the push of a mechanism fades: two pictures side by side, the first with short names."""
    if brief.fade is None:
        return {"fade": None, "fade_profile": None}
    shown = figures.fade_figure(brief.fade, as_of=brief.provenance.as_of is not None, letters=32)
    return {"fade": shown, "fade_profile": figures.profile_figure(brief.fade)}


def _revealed(brief: Brief) -> dict[str, Any] | None:
    """What the revealed section is filled from; None where nothing was asked for."""
    if brief.revealed is None:
        return None
    origin = brief.provenance.origin
    listed = sources.citations(brief.revealed, brief.actors, "r")
    end = max([origin, *brief.revealed["date"], *brief.forecast.table["period_end"].unique()])
    figure = None
    if brief.revealed.height:
        cited = sources.for_timeline(brief.revealed, listed)
        caption = f"{words.plural(len(listed), 'event')} on or after {words.long_day(origin)}."
        figure = figures.timeline_figure("revealed-timeline", brief, cited, origin, end, caption)
    names, rows = tables.score_rows(brief.forecast)
    push = brief.revealed_fade
    return {
        "fade": None if push is None else figures.fade_figure(push, as_of=True, name="revealed-fade"),
        "from": words.long_day(origin),
        "timeline": figure,
        "listed": listed,
        "outlooks": figures.outlooks(brief, revealed=True) if brief.forecast.observed is not None else [],
        "came": tables.came_rows(brief),
        "metrics": names,
        "scores": rows,
        "verdict": tables.score_sentence(brief.forecast),
        "acts": [
            (
                title,
                [
                    line
                    for line, act in zip(lines, sorted(life.history, key=lambda act: act.date), strict=True)
                    if act.date >= origin
                ],
            )
            for (title, lines), life in zip(
                sources.stage_citations(brief.revealed_agreements, brief.actors),
                brief.revealed_agreements,
                strict=True,
            )
        ],
    }


def style(colours: Mapping[str, str]) -> str:
    """The style sheet, with a colour for each class of the case."""
    dots = "".join(f".k{number}{{background:{colour}}}" for number, colour in enumerate(colours.values()))
    chips = "".join(f".{theme.slug(name)}{{--chip:{colour}}}" for name, colour in theme.VERDICTS.items())
    names = ("INK", "MUTED", "RULE", "FAINT", "PAPER", "ACCENT")
    shared = "".join(f"--{name.lower()}:{getattr(theme, name)};" for name in names)
    return f":root{{{shared}--font:{theme.FONT}}}\n{_text('style.css')}{dots}{chips}"


@functools.cache
def _text(name: str) -> str:
    return _FOLDER.joinpath(name).read_text("utf-8")


@functools.cache
def _libraries() -> tuple[str, ...]:
    return tuple(_text(f"vendor/{name}") for name in _LIBRARIES)


@functools.cache
def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@functools.cache
def template(name: str) -> jinja2.Template:
    """A template of the folder, with our filters."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(lambda name: _text(f"templates/{name}")),
    )
    environment.filters |= {
        "day": words.day,
        "long_day": words.long_day,
        "spoken": spoken,
        "chance": chance,
        "sentence_case": sentence_case,
        "slug": theme.slug,
        "plural": words.plural,
    }
    return environment.get_template(name)
