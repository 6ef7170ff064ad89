"""The application: every route, the files that pages load, and the guard before all of it."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lynchpin.errors import BadValue, LynchpinError
from lynchpin.web import api, jobs
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.guard import Guard, Rules, TooMuch
from lynchpin.web.pages import ahead, brief, claims, code, data, events, relations, theory, what_if
from lynchpin.web.routes import on_error
from lynchpin.web.shown import class_style, desk_of, failed, show
from lynchpin.web.work import Busy

_OWN, _REPORT = files("lynchpin.web"), files("lynchpin.report.page")

#: The files that pages load: name -> where it stands, and its type.
STATIC = {
    "app.css": (_OWN / "static/app.css", "text/css"),
    "app.js": (_OWN / "static/app.js", "text/javascript"),
    "day.js": (_OWN / "static/day.js", "text/javascript"),
    "page.js": (_REPORT / "page.js", "text/javascript"),
    "vendor/htmx.min.js": (_OWN / "static/vendor/htmx.min.js", "text/javascript"),
    **{
        f"vendor/{name}.min.js": (_REPORT / f"vendor/{name}.min.js", "text/javascript")
        for name in ("vega", "vega-lite", "vega-embed")
    },
}


def make_app(desk: Desk, rules: Rules) -> Guard:
    """The whole application for a desk, behind the rules."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        desk.close()

    routes: list[BaseRoute] = [Route("/static/{name:path}", _static), Route("/style.css", _style)]
    for part in (brief, events, relations, claims, theory, what_if, ahead, data, code, jobs, api):
        routes += part.ROUTES
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            LynchpinError: on_error,
            Busy: on_error,
            TooMuch: on_error,
            HTTPException: _not_here,
            500: on_error,
        },
    )
    app.state.desk = desk
    return Guard(app, rules)


@functools.cache
def _file(name: str) -> bytes:
    return STATIC[name][0].read_bytes()


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(_file(name), media_type=STATIC[name][1], headers={"cache-control": "no-cache"})


async def _style(request: Request) -> Response:
    """The style sheet, with the colours of the classes of a case."""
    desk = desk_of(request)
    asked = desk.asked(request.query_params.get("case"), "", None)
    text = await desk.quick.run(lambda: desk.text("style", asked, lambda: class_style(desk.state(asked))))
    return Response(text, media_type="text/css", headers={"cache-control": "no-cache"})


async def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/api"):
        told = {"error": {"what": error.detail, "where": request.url.path, "mend": "see /api/openapi.json"}}
        return JSONResponse(told, error.status_code, error.headers)
    desk = desk_of(request)
    said = BadValue(f"there is nothing at {request.url.path[:80]}" if error.status_code == 404 else error.detail)
    asked = Asked(desk.first.case, desk.first.store)
    return show(request, "failed.html", asked, status=error.status_code, title="Not here", message=failed(said))
