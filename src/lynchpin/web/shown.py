"""A page from its template, and what every page has: the way about, the case, the record and the day it stands on."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lynchpin._version import __version__
from lynchpin.errors import LynchpinError
from lynchpin.report.page import figures, page, words
from lynchpin.report.page.packing import script_json
from lynchpin.report.plots import theme
from lynchpin.results import Brief
from lynchpin.web.desk import Asked, Desk, of_query
from lynchpin.web.work import Tell

Answer = TypeVar("Answer")

_FOLDER = files("lynchpin.web")

#: The pages, in the order of the way about: path -> name.
PAGES = {
    "/": "Brief",
    "/events": "Events",
    "/relations": "Relations",
    "/claims": "Claims",
    "/theory": "Theory",
    "/whatif": "What if",
    "/ahead": "Ahead",
    "/data": "Data",
    "/code": "Code an act",
}


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def asked_of(request: Request) -> Asked:
    """What a request is about; errors as for `Desk.asked`."""
    return desk_of(request).asked(*of_query(request.query_params))


def address(desk: Desk, path: str, asked: Asked, **more: Any) -> str:
    """The address of a page about the same case, record and day; what is as usual is left out."""
    usual = desk.asked(asked.case, None, None).store
    named: list[tuple[str, Any]] = []
    if asked.case != desk.first.case:
        named.append(("case", asked.case))
    if asked.store != usual:
        named.append(("store", asked.store))
    if asked.as_of is not None and "as_of" not in more:
        named.append(("as_of", asked.as_of))
    for key, value in more.items():
        several = value if isinstance(value, (list, tuple)) else [value]
        named += [(key, one) for one in several if one not in (None, "")]
    return f"{path}?{urlencode(named)}" if named else path


@functools.cache
def _environment() -> jinja2.Environment:
    shared = jinja2.FunctionLoader(page.source)
    own = jinja2.FunctionLoader(lambda name: _FOLDER.joinpath(f"templates/{name}").read_text("utf-8"))
    made = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.PrefixLoader({"report": shared, "web": own}),
    )
    made.globals["with_tables"] = True
    made.filters |= page.FILTERS
    made.filters["half_life"] = words.half_life
    made.filters["iso_day"] = lambda text: words.day(date.fromisoformat(str(text)))
    return made


def fill(template: str, **given: Any) -> Markup:
    """A template of this wing, filled."""
    return Markup(_environment().get_template(f"web/{template}").render(**given))


def show(request: Request, template: str, asked: Asked, *, status: int = 200, **given: Any) -> Response:
    """A whole page."""
    desk = desk_of(request)
    here = request.url.path
    link = functools.partial(address, desk, asked=asked)
    way = [
        (link(path), name, path == here or (path != "/" and here.startswith(f"{path}/")))
        for path, name in PAGES.items()
    ]
    text = fill(
        template,
        asked=asked,
        desk=desk,
        way=way,
        link=link,
        here=here,
        version=__version__,
        config=script_json(theme.config()),
        settings=json.dumps(
            {"includeIndicatorStyles": False, "allowEval": False, "historyCacheSize": 0, "selfRequestsOnly": True}
        ),
        stylesheet=address(desk, "/style.css", Asked(asked.case, "", None)),
        query=[(key, value) for key, value in request.query_params.multi_items()],
        **given,
    )
    return HTMLResponse(text, status)


def fragment(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status)


def failed(error: LynchpinError) -> Markup:
    """An error as a part of a page: what, where, how to mend."""
    return fill("error.html", error=error)


def picture(figure: figures.Figure, level: str = "h3") -> Markup:
    """A picture with its words, its key and its numbers."""
    return fill("picture.html", figure=figure, level=level)


def class_style(brief: Brief | None) -> str:
    """The style sheet of the brief, with the colours of a case's classes."""
    return page.style({} if brief is None else figures.colours(brief))


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]], caption: str = "") -> Markup:
    """Any table."""
    return fill("table.html", heads=heads, rows=rows, caption=caption)


def multi(request: Request, name: str, most: int = 50) -> list[str]:
    """The values of a parameter that may repeat."""
    return [value for value in request.query_params.getlist(name) if value.strip()][:most]


def plain_query(query: Mapping[str, str], *names: str) -> dict[str, str | None]:
    """Parameters by name; None where they are not given, or empty."""
    return {name: query.get(name) or None for name in names}


def awaited(desk: Desk, title: str, key: Hashable, work: Callable[[Tell], Answer], then: str) -> Answer | Markup:
    """The answer of a job that is done; else how far it has come, and it is started where nobody has.

    Raises
    ------
    Busy : too many wait
    LynchpinError : what went wrong in it
    """
    job = desk.work.start(title, key, work)
    if job.state == "done":
        answer: Answer = job.answer.result()
        return answer
    return fill("job.html", job=job, then=then)
