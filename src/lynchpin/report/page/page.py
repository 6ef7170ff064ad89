"""A brief as one HTML file that asks nothing of anyone: style, scripts, pictures and data are all inside.

The page's policy forbids every outside request and every script but its own three, named by their hashes; texts are
escaped by the template, and data by `packing.script_json`. Nothing revealed stands before its section: what is revealed
is handed to that section and to the end of the page only.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from lynchpin.report import evidence
from lynchpin.report.contract import in_short
from lynchpin.report.page import changes, figures, headlines, ledger, sources, tables, words
from lynchpin.report.page.packing import script_json
from lynchpin.report.page.words import ahead
from lynchpin.report.plots import theme, timeline
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import Brief, chance

_LIBRARIES = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")
_FOLDER = files("lynchpin.report.page")

#: The colours that the style sheet names.
_TONES: Mapping[str, str] = {
    **{name.lower(): getattr(theme, name) for name in ("INK", "MUTED", "RULE", "FAINT", "PAPER", "ACCENT")},
    "edge": "#9aa5b1", "soft": "#36414e",
    "told": "#fdf6e3", "told-rule": "#e6d5a3", "told-edge": "#b58900", "told-ink": "#7a5c00",
}  # fmt: skip


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
        record=script_json(in_short(brief)),
        claim_page=None,
    )


#: The sections of a brief that can stand alone: name -> its template, and what fills it.
SECTIONS: Mapping[str, str] = {
    "head": "head.html",
    "state": "state.html",
    "moves": "claims.html",
    "outlook": "outlook.html",
    "agreements": "agreements.html",
    "next": "revealed.html",
    "method": "method.html",
}


def section(name: str, brief: Brief, *, claim_page: Callable[[str], str] | None = None) -> Markup:
    """One section of a brief for a page that has the scripts and the style already; each picture with its numbers.

    Parameters
    ----------
    name : a key of `SECTIONS`
    brief : Brief, of which only what the section shows need be there
    claim_page : from a mechanism to the address of its own page, where there is one
    """
    fill: Mapping[str, Callable[[Brief], dict[str, Any]]] = {
        "head": _head,
        "state": lambda brief: _state(brief, {}),
        "moves": _moves,
        "outlook": _outlook,
        "agreements": _agreements,
        "next": lambda brief: {"revealed": _revealed(brief, text_in_data=True)},
        "method": lambda brief: {},
    }
    numbers = {name: number for number, name in enumerate(brief.classes)}
    shown = template("section.html", with_tables=True)
    return Markup(
        shown.render(
            part=SECTIONS[name], brief=brief, class_numbers=numbers, claim_page=claim_page, **fill[name](brief)
        )
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
    listed = sources.citations(brief.events, brief.actors, "e")
    return {
        **_head(brief),
        **_state(brief, {"without": timeline.TEXT_COLUMNS}, listed),
        **_moves(brief),
        **_outlook(brief),
        **_agreements(brief),
        "source_years": sources.by_year(listed),
        "stage_sources": sources.stage_citations(brief.agreements, brief.actors),
        "class_numbers": {name: number for number, name in enumerate(brief.classes)},
        "cited": len(listed),
    }


def _head(brief: Brief) -> dict[str, Any]:
    return {
        "headlines": headlines.headlines(brief),
        "answers": evidence.answers(brief.claims),
        "changed": changes.told(brief),
    }


def _state(
    brief: Brief, options: Mapping[str, Any], listed: Sequence[sources.Citation] | None = None
) -> dict[str, Any]:
    """The timeline, with its words in its data unless `options` leaves them out; the indices and the gap.

    `listed`: the lines of the events, where they are known.
    """
    made_from = brief.provenance
    start, end = made_from.first_event_date, made_from.origin
    listed = sources.citations(brief.events, brief.actors, "e") if listed is None else listed
    cited = sources.for_timeline(brief.events, listed)
    known = (
        f"{words.plural(brief.events.height, 'event')}, {words.day(start)} to {words.day(made_from.last_event_date)}."
    )
    if brief.events.height > len(listed):
        known += f" The latest {len(listed):,} are drawn and listed."
    return {
        "timeline": figures.timeline_figure("timeline", brief, cited, start, end, known, **options),
        "index": figures.index_figures(brief, start, end),
        "index_key": figures.INDEX_KEY,
        "gap": figures.gap_figure(brief, start, end),
    }


def _moves(brief: Brief) -> dict[str, Any]:
    rows = tables.ledger_rows(brief.claims)
    return {
        "ledger": rows,
        "groups": ledger.groups(rows),
        "marks": ledger.marks(rows),
        "rules": tables.rules(brief.claims),
        **_fade(brief),
        "fade_command": tables.fade_command(brief),
        "many": tables.many(brief.claims),
        "command": tables.ledger_command(brief.provenance),
        "fit_table": tables.frame_rows(brief.fit_table),
    }


def _outlook(brief: Brief) -> dict[str, Any]:
    return {
        "outlooks": figures.outlooks(brief),
        "outlook_groups": tables.outlook_groups(brief),
        "baselines": tables.baselines(brief.forecast),
        "past": tables.past_sentence(brief.forecast),
    }


def _agreements(brief: Brief) -> dict[str, Any]:
    end = brief.provenance.origin
    return {
        "flagship": figures.flagship_figure(brief.agreements[0], end) if brief.agreements else None,
        "flagship_acts": sources.stage_citations(brief.agreements[:1], brief.actors),
        "flagship_ahead": ahead(brief.agreements),
        "chances": figures.chances_figure(brief.agreements[0]) if brief.agreements else None,
        "has_ahead": any(life.forecast for life in brief.agreements),
        "lives": figures.lives_figure(brief.agreements[1:], end),
        "life_rows": tables.life_rows(brief.agreements, brief.actors),
    }


def _fade(brief: Brief) -> dict[str, Any]:
    """How the push of a mechanism fades: two pictures side by side, the first with short names."""
    if brief.fade is None:
        return {"fade": None, "fade_profile": None}
    shown = figures.fade_figure(brief.fade, as_of=brief.provenance.as_of is not None, letters=32)
    return {"fade": shown, "fade_profile": figures.profile_figure(brief.fade)}


def _revealed(brief: Brief, *, text_in_data: bool = False) -> dict[str, Any] | None:
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
        without = () if text_in_data else timeline.TEXT_COLUMNS
        figure = figures.timeline_figure("revealed-timeline", brief, cited, origin, end, caption, without=without)
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
    day, night = (";".join(f"--{name}:{tone(colour)}" for name, colour in _TONES.items()) for tone in (str, theme.dark))
    by_night = f"color-scheme:dark;{night}"
    chips_by_night = "".join(f"--{theme.slug(name)}:{theme.dark(one)};" for name, one in theme.VERDICTS.items())
    chips_by_day = "".join(f"--{theme.slug(name)}:{colour};" for name, colour in theme.VERDICTS.items())
    classes_by_night = "".join(f"--k{n}:{theme.dark(colour)};" for n, colour in enumerate(colours.values()))
    classes_by_day = "".join(f"--k{n}:{colour};" for n, colour in enumerate(colours.values()))
    dots = "".join(f".k{n}{{background:var(--k{n})}}" for n in range(len(colours)))
    chips = "".join(f".{(key := theme.slug(name))}{{--chip:var(--{key})}}" for name in theme.VERDICTS)
    by_night += f";{chips_by_night}{classes_by_night}"
    return (
        f":root{{color-scheme:light;{day};{chips_by_day}{classes_by_day}--font:{theme.FONT}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{by_night}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{by_night}}}}}\n"
        f"{_text('style.css')}{dots}{chips}"
    )


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
def template(name: str, *, with_tables: bool = False) -> jinja2.Template:
    """A template of the folder, with our filters; `with_tables` puts the numbers of each picture under it."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(source),
    )
    environment.globals["with_tables"] = with_tables
    environment.filters |= FILTERS
    return environment.get_template(name)


def source(name: str) -> str:
    """The text of a template of the folder."""
    return _text(f"templates/{name}")


FILTERS: Mapping[str, Any] = {
    "day": words.day,
    "long_day": words.long_day,
    "spoken": spoken,
    "chance": chance,
    "sentence_case": sentence_case,
    "signed": words.signed,
    "slug": theme.slug,
    "plural": words.plural,
    "typeset": words.typeset,
}
