"""What takes long: how far it has come, as a stream of server-sent events, and a way to call it off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from lynchpin.web.shown import desk_of
from lynchpin.web.work import Job

#: Seconds between two looks, and until a stream ends; a browser asks anew by itself.
_LOOK, _LONGEST = 0.25, 600.0


def _job(request: Request) -> Job:
    job = desk_of(request).work.jobs.get(request.path_params["job"])
    if job is None:
        raise HTTPException(404, "that is no longer known")
    return job


def told(request: Request, job: Job) -> dict[str, object]:
    return job.told() | {"ahead": desk_of(request).work.ahead_of(job)}


async def _state(request: Request) -> Response:
    return JSONResponse(told(request, _job(request)))


async def _events(request: Request) -> Response:
    job = _job(request)

    async def stream() -> AsyncIterator[str]:
        last, clock = None, asyncio.get_running_loop()
        end = clock.time() + _LONGEST
        yield "retry: 1000\n\n"
        while clock.time() < end:
            now = told(request, job)
            if now != last:
                yield f"data: {json.dumps(now)}\n\n"
                last = now
            if job.state in ("done", "failed", "cancelled"):
                return
            await asyncio.sleep(_LOOK)

    return StreamingResponse(stream(), media_type="text/event-stream")


async def _cancel(request: Request) -> Response:
    job = _job(request)
    desk_of(request).work.cancel(job)
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse(told(request, job))
    return RedirectResponse("/", 303)


ROUTES = [
    Route("/jobs/{job}", _state),
    Route("/jobs/{job}/events", _events),
    Route("/jobs/{job}/cancel", _cancel, methods=["POST"]),
]
