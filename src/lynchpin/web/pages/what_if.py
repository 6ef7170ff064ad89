"""What if: dials and switches, the answer beside them, an address that says it all, and a file to keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lynchpin.defaults import DAYS, PAIRS
from lynchpin.errors import BadValue, LynchpinError
from lynchpin.limits import whole
from lynchpin.report.page import scenario as drawing
from lynchpin.report.plots.theme import claim_name
from lynchpin.session.questions import explained, played, scenario_file, scenarios
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.routes import on
from lynchpin.web.shown import address, asked_of, desk_of, failed, fill, fragment, show

KINDS = ("inject", "scale", "silence", "hold", "remove", "sign", "block", "postpone")
_DEEDS = ("sign", "block", "postpone")
_FACTOR = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Question:
    """What a form or an address asks: the lines of each kind of change, as the command line takes them."""

    scenario: str | None
    days: int
    changes: dict[str, list[str]]
    dials: dict[str, float]  # mechanism -> factor, where it is moved

    @property
    def is_empty(self) -> bool:
        return self.scenario is None and not any(self.lines().values())

    def lines(self) -> dict[str, list[str]]:
        """All changes, those of the dials among them."""
        moved = [f"{factor:g} {name}" for name, factor in self.dials.items() if factor != 0.0]
        off = [name for name, factor in self.dials.items() if factor == 0.0]
        lines = {kind: list(self.changes[kind]) for kind in KINDS}
        return lines | {"scale": moved + lines["scale"], "silence": off + lines["silence"]}

    def query(self) -> list[tuple[str, str]]:
        """The same as an address says it: what is as usual is left out."""
        named = [("scenario", self.scenario)] if self.scenario else []
        named += [("days", str(self.days))] if self.days != DAYS else []
        named += [(f"dial.{name}", f"{factor:g}") for name, factor in self.dials.items()]
        return named + [(kind, line) for kind in KINDS for line in self.changes[kind]]


def read(request: Request) -> Question:
    """The question of an address: lines as they are, dials, and the parts of the form's own rows.

    Raises
    ------
    BadValue : a number cannot be read, or too much is asked at once
    """
    query = request.query_params
    changes = {kind: [line.strip() for line in query.getlist(kind) if line.strip()] for kind in KINDS}
    changes["inject"] += _rows(query, "act", lambda act, at: f"{at} {act}")
    for verb in _DEEDS:
        rows = zip(
            query.getlist("deed"),
            query.getlist("deed_id"),
            query.getlist("deed_date"),
            query.getlist("deed_until"),
            strict=False,
        )
        for named, agreement, day, until in rows:
            if named == verb and agreement and day:
                changes[verb].append(f"{day} {agreement}" + (f" until {until}" if until and verb == "postpone" else ""))
    dials = {}
    for key, value in query.items():
        if key.startswith("dial.") and value.strip() not in ("", "1"):
            if not _FACTOR.fullmatch(value.strip()):
                raise BadValue(f"{value[:40]!r} is no factor", key, "write a number, as in 2 or 0.5")
            if float(value) != 1.0:
                dials[key.removeprefix("dial.")] = float(value)
    if sum(len(lines) for lines in changes.values()) + len(dials) > 100 or any(
        len(line) > 2_000 for lines in changes.values() for line in lines
    ):
        raise BadValue("too much is changed at once", "changes", "ask for at most 100 changes")
    text = query.get("days") or str(DAYS)
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise BadValue(f"{text[:40]!r} is no number of days", "days", f"write it as in {DAYS}")
    return Question(query.get("scenario") or None, whole("days", int(text)), changes, dials)


def _rows(query: Any, name: str, line: Any) -> list[str]:
    """Rows of a form: an act and its day, where both are given."""
    pairs = zip(query.getlist(name), query.getlist(f"{name}_date"), strict=False)
    return [line(act.strip(), day) for act, day in pairs if act.strip() and day]


def _page(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    case, state = desk.case(asked), desk.state(asked)
    error, question = None, None
    try:
        question = read(request)
        answer = None if question.is_empty else _answer(desk, asked, question)
    except LynchpinError as wrong:
        answer, error = None, failed(wrong)
    told = [row for row in explained(case)["mechanisms"] if row["name"] in {m.name for m in case.mechanisms}]
    origin = state.provenance.origin
    return show(
        request,
        "what_if.html",
        asked,
        case=case,
        question=question,
        answer=answer,
        error=error,
        mechanisms=[(row["name"], claim_name(row["claim"], row["name"]), row["sentence"]) for row in told],
        scenarios=scenarios(case),
        lives=[life for life in state.agreements if life.stage != "ended"],
        origin=origin,
        soon=origin + timedelta(days=14),
        usual=DAYS,
        status=422 if error else 200,
        dates=[date.fromordinal(origin.toordinal() + 30 * k) for k in (1, 2)],
    )


def _part(request: Request) -> Response:
    """The answer alone; it tells the browser the address that asks the same."""
    asked, desk = asked_of(request), desk_of(request)
    question = read(request)
    shown = fill("what_if_none.html") if question.is_empty else _answer(desk, asked, question)
    response = fragment(shown)
    response.headers["hx-push-url"] = _address(desk, "/whatif", asked, question)
    return response


def _address(desk: Desk, path: str, asked: Asked, question: Question) -> str:
    base, query = address(desk, path, asked), urlencode(question.query())
    return base + (("&" if "?" in base else "?") + query if query else "")


def _answer(desk: Desk, asked: Asked, question: Question) -> str:
    lines = question.lines()
    key = ("what if", question.scenario, question.days, tuple((kind, tuple(lines[kind])) for kind in KINDS))
    return desk.text(key, asked, lambda: _worked_out(desk, asked, question, lines))


def _worked_out(desk: Desk, asked: Asked, question: Question, lines: dict[str, list[str]]) -> str:
    fitted, kept = desk.fit(asked), desk.baseline(asked, question.days)
    compared = played(fitted, question.scenario, days=question.days, draws=PAIRS, seed=None, kept=kept, **lines)
    return fill(
        "what_if_answer.html",
        found=compared,
        share=_address(desk, "/whatif", asked, question),
        file=_address(desk, "/whatif.toml", asked, question),
        json=_json(desk, asked, question, lines),
        **drawing.parts(compared),
    )


def _json(desk: Desk, asked: Asked, question: Question, lines: dict[str, list[str]]) -> str:
    plain = Question(question.scenario, question.days, lines, {})
    return _address(desk, "/api/whatif", asked, plain)


def _file(request: Request) -> Response:
    """The scenario as a TOML file."""
    asked, desk = asked_of(request), desk_of(request)
    question = read(request)
    text = scenario_file(desk.case(asked), question.scenario, "A scenario made on the page", **question.lines())
    return Response(
        text,
        media_type="application/toml; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="scenario.toml"'},
    )


ROUTES = [on("/whatif", _page, pool="slow"), on("/whatif/answer", _part, pool="slow"), on("/whatif.toml", _file)]
