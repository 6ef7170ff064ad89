"""The contract of `--json` over HTTP: one address for each question, the same keys and the same numbers.

`/api/openapi.json` describes it; it is made from the table that answers, so that the two cannot differ.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lynchpin._version import __version__
from lynchpin.report.contract import dump
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.questions import ABOUT, QUESTIONS, Question
from lynchpin.web.shown import desk_of

#: Seconds that one request may take; what takes longer is kept once it is there, for who asks again.
SECONDS = 60.0


def _route(question: Question) -> Route:
    def work(desk: Desk, asked: Asked | None, given: dict[str, Any]) -> str:
        if asked is None:
            return dump(question.do(**given))
        if not question.slow:
            return dump(question.do(desk, asked, **given))
        key = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in given.items())
        return desk.text(("api", question.path, key), asked, lambda: dump(question.do(desk, asked, **given)))

    async def respond(request: Request) -> Response:
        """What cannot be asked is refused here, before it waits behind what can."""
        desk = desk_of(request)
        given = {param.name: param.read(request) for param in question.params}
        asked = None
        if question.about:
            case, _, as_of = (param.read(request) for param in ABOUT)
            asked = desk.asked(case, request.query_params.get("store"), as_of)
        threads = desk.slow if question.slow else desk.quick
        text = await threads.run(work, desk, asked, given, seconds=SECONDS)
        return Response(text, media_type="application/json")

    return Route(f"/api/{question.path}", respond, methods=["GET"], name=f"api-{question.path}")


def openapi() -> dict[str, Any]:
    """The description of all questions."""
    fault = {
        "description": "what is wrong, where, and how to mend it",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}},
    }
    text = {"type": "string"}
    unread = {"description": "no request that can be read", "content": {"text/plain": {"schema": text}}}
    named = {
        "type": "object",
        "required": ["what", "where", "mend"],
        "properties": {"what": text, "where": text, "mend": text},
    }
    paths = {
        f"/api/{q.path}": {
            "get": {
                "operationId": q.path,
                "summary": q.asks,
                "parameters": [param.schema() for param in ((*ABOUT, *q.params) if q.about else q.params)],
                "responses": {
                    "200": {
                        "description": f"what `lynchpin {q.path} --json` prints",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "400": unread,
                    **dict.fromkeys(("404", "405", "414", "422", "429"), fault),
                },
            }
        }
        for q in QUESTIONS
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lynchpin",
            "version": __version__,
            "description": "The contract of `--json`: docs/reference/json.md.",
        },
        "paths": paths,
        "components": {"schemas": {"Fault": {"type": "object", "required": ["error"], "properties": {"error": named}}}},
    }


async def _described(request: Request) -> Response:
    return JSONResponse(openapi())


async def _listed(request: Request) -> Response:
    """The questions and their addresses, for a person."""
    rows = {f"/api/{q.path}": q.asks for q in QUESTIONS}
    return JSONResponse({"described_at": "/api/openapi.json", "questions": rows})


ROUTES = [Route("/api", _listed), Route("/api/openapi.json", _described), *map(_route, QUESTIONS)]
