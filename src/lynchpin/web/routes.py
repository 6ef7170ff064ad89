"""From a plain function of a request to a route: on which threads it runs, and how its errors are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lynchpin.errors import BadData, BadValue, LynchpinError, UnknownName
from lynchpin.web.desk import Asked
from lynchpin.web.guard import TooMuch
from lynchpin.web.shown import desk_of, failed, fragment, show
from lynchpin.web.work import Busy, Late

Pool = Literal["quick", "slow"]
Page = Callable[[Request], Response]


def on(path: str, do: Page, *, pool: Pool = "quick", post: bool = False) -> Route:
    """A route: `do` runs on a thread of a pool, so that nobody waits for another; a form is read before it."""

    async def answer(request: Request) -> Response:
        desk = desk_of(request)
        if request.method == "POST":
            request.state.form = await request.form(max_files=20, max_fields=500, max_part_size=1 << 20)
        try:
            threads = desk.quick if pool == "quick" else desk.slow
            return await threads.run(partial(do, request))
        finally:
            if request.method == "POST":
                await request.state.form.close()

    answer.__name__ = f"{path.strip('/').replace('/', '_') or 'brief'}{'_post' if post else ''}"
    return Route(path, answer, methods=["POST"] if post else ["GET"])


def form_of(request: Request) -> FormData:
    form: FormData = request.state.form
    return form


def field(request: Request, name: str, most: int = 20_000) -> str:
    """A field of a form as text, with plain line ends.

    Raises
    ------
    BadValue : it is a file, or too long
    """
    value = form_of(request).get(name, "")
    if not isinstance(value, str):
        raise BadValue(f"{name} should be text", name, "write it in the form")
    if len(value) > most:
        raise BadValue(f"{name} is longer than {most:,} letters", name, "make it shorter")
    return value.replace("\r\n", "\n")


# -- What goes wrong, for a page, for a part of one, and for a program.


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (UnknownName, 404),
    (LynchpinError, 422),
    (TooMuch, 413),
    (Busy, 429),
)


def status_of(error: Exception) -> int:
    """404 for a name that is not there, 422 for what the asker can mend, 413 for too much, 429 to be asked later."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _as_ours(error: Exception) -> LynchpinError:
    if isinstance(error, LynchpinError):
        return error
    if isinstance(error, Late):
        return BadValue(str(error), "", "ask for the same again in a moment: it is still worked out, and kept")
    if isinstance(error, Busy):
        return BadValue("too much is being worked out already", "", "ask again in a moment")
    if isinstance(error, TooMuch):
        return BadData(str(error), "", "send less")
    return BadData(f"a fault of ours: {type(error).__name__}", "", "the terminal that serves this page says more")


async def on_error(request: Request, error: Exception) -> Response:
    """A page that says what is wrong, or JSON where a program asked."""
    ours, status = _as_ours(error), status_of(error)
    if request.url.path.startswith("/api"):
        told = {"error": {"what": ours.what, "where": ours.where, "mend": ours.mend}}
        return JSONResponse(told, status, {"retry-after": "2"} if status == 429 else None)
    if request.headers.get("hx-request"):
        return fragment(failed(ours), 200)
    desk = desk_of(request)
    first = Asked(desk.first.case, desk.first.store)
    return show(request, "failed.html", first, status=status, title="This cannot be shown", message=failed(ours))
