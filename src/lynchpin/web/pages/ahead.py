"""Ahead: what is expected, chances by a day, who acts next, where agreements will stand, and how forecasts did."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from lynchpin.days import optional_day
from lynchpin.defaults import DAYS, DRAWS, STAGE_DRAWS
from lynchpin.errors import LynchpinError
from lynchpin.report.contract import values
from lynchpin.report.page import words
from lynchpin.report.plots.theme import pair_name, spoken
from lynchpin.report.text import text
from lynchpin.results import Prediction, StageBy, chance, chance_beside, plain
from lynchpin.session.questions import any_of, index, next_actors
from lynchpin.session.stages import stage_by
from lynchpin.session.track import listed
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.pages.brief import LATER
from lynchpin.web.routes import on
from lynchpin.web.shown import address, asked_of, awaited, desk_of, failed, fill, fragment, multi, show, table
from lynchpin.web.work import Tell


def _ahead(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    state, case = desk.state(asked), desk.case(asked)
    origin = state.provenance.origin
    by = optional_day(request.query_params.get("by") or None, name="by") or origin + timedelta(days=DAYS)
    given = {name: request.query_params.get(name, "")[:2000] for name in ("any", "actor", "act", "role", "agreement")}
    answers = {
        "any": answered(_any, desk, asked, multi(request, "any"), by) if given["any"].strip() else "",
        "next": answered(_next, desk, asked, given["actor"], given["act"], given["role"], origin)
        if given["actor"]
        else "",
        "stage": answered(_stage, desk, asked, given["agreement"], by) if given["agreement"] else "",
    }
    parts = {
        name: fill(
            "later.html",
            id=name,
            title=LATER[name][1],
            doing=LATER[name][2],
            path=address(desk, f"/part/{name}", asked),
            whole=address(desk, f"/part/{name}", asked),
        )
        for name in ("outlook", "agreements")
    }
    parts["index"] = fill(
        "later.html",
        id="index",
        title="The relations ahead",
        doing="Drawing paths …",
        path=address(desk, "/ahead/index", asked),
        whole=address(desk, "/ahead/index", asked),
    )
    return show(
        request,
        "ahead.html",
        asked,
        case=case,
        given=given,
        by=by,
        answers=answers,
        parts=parts,
        lives=state.agreements,
        track=_track(desk, asked),
    )


def answered(ask: Any, *given: Any) -> str:
    """An answer, or what is wrong with the question, in its place."""
    try:
        return str(ask(*given))
    except LynchpinError as error:
        return failed(error)


def _any(desk: Desk, asked: Asked, patterns: list[str], by: date) -> str:
    key = ("any", tuple(patterns), by)
    chances = desk.answer(key, asked, lambda: any_of(desk.fit(asked), patterns, by, draws=DRAWS))
    lines = text(chances).splitlines()
    return fill(
        "ahead_any.html", chances=[{"chance": chance(one.p_any), "acts": one.acts} for one in chances], lines=lines
    )


def _next(desk: Desk, asked: Asked, actor: str, event_class: str, role: str, origin: date) -> str:
    record = desk.store(asked) or desk.case(asked).path
    asked_as = role if role in ("receiver", "sender") else "receiver"

    def rank(tell: Tell) -> Prediction:
        return next_actors(
            record,
            actor,
            case=desk.case(asked).path,
            day=str(origin),
            event_class=event_class or None,
            asked_as=asked_as,
            top=8,
            progress=lambda done, of: tell("reading the history", done, of),
        )

    key = ("next", actor, event_class, asked_as, desk.stamp(asked))
    then = address(desk, "/ahead", asked, actor=actor, act=event_class, role=role) + "#next-actor"
    ranking = awaited(desk, "Who acts next", key, rank, then)
    if isinstance(ranking, Markup):
        return ranking
    rows = [
        (
            one.actor,
            chance_beside(one.chance, one.lower, one.upper, one.base_rate),
            one.baseline_rank,
            [reason.says for reason in one.reasons],
        )
        for one in ranking.candidates
    ]
    whom = "To whom" if asked_as == "receiver" else "From whom"
    title = f"{whom}, on {words.long_day(ranking.day)}: {ranking.actor}, {spoken(ranking.act)}"
    check = "; ".join(f"{one.model}: mean reciprocal rank {one.mrr:.2f}" for one in ranking.check)
    after = (
        f"Held-out check: {check}. Better: {ranking.better}."
        if check
        else "The record is too short for a check on held-out days."
    )
    return fill("ahead_next.html", rows=rows, title=title, after=after)


def _stage(desk: Desk, asked: Asked, agreement: str, by: date) -> str:
    def look() -> StageBy:
        found = stage_by(desk.case(asked), agreement, by, desk.store(asked), as_of=asked.as_of, draws=STAGE_DRAWS)
        return found[1]

    chances = desk.answer(("stage", agreement, by), asked, look)
    rows = [
        (
            spoken(one.stage),
            words.percent(one.probability),
            words.span(one.lower, one.upper),
            words.percent(one.base_rate),
        )
        for one in chances.stages
    ]
    return fill(
        "ahead_stage.html",
        lines=text(chances).splitlines(),
        table=table(("Stage", "Chance", "90 % interval", "Base rate"), rows, f"On {words.long_day(by)}"),
    )


def _index(request: Request) -> Response:
    """The relation index ahead: a part of the page."""
    asked, desk = asked_of(request), desk_of(request)
    state = desk.state(asked)

    def shown() -> str:
        ahead = index(desk.fit(asked), days=DAYS, draws=DRAWS)
        last = ahead.table.filter(ahead.table["date"] == ahead.table["date"].max())
        rows = [
            (
                pair_name(row["pair"], state.actors) if "-" in row["pair"] else row["pair"],
                words.signed(row["mean"]),
                words.interval(row["q05"], row["q95"]),
            )
            for row in last.iter_rows(named=True)
        ]
        title = f"At the end of {DAYS} days"
        return fill(
            "part.html",
            id="index",
            title="The relations ahead",
            lead="",
            figures=[],
            below=table(("Pair", "Index expected", "90 % interval"), rows, title),
        )

    return fragment(desk.text("index ahead", asked, shown))


def _track(desk: Desk, asked: Asked) -> str:
    """The track record that is served, if any."""
    if desk.track is None:
        return ""
    try:
        record = values(listed(desk.track, desk.case(asked).name))
    except LynchpinError as error:
        return failed(error)
    issued = [
        (
            one["number"],
            one["case"] + (f": {one['agreement']}" if one.get("agreement") else ""),
            one["origin"],
            one["horizon_days"],
            str(one["hash"])[:12],
        )
        for one in (plain(each) for each in record["issued"])
    ]
    means = plain(record["means"])
    heads = list(means[0]) if means else []
    scored = (
        table(
            heads,
            [[words.number(v, 3) if isinstance(v, float) else v for v in row.values()] for row in means],
            "Mean scores",
        )
        if means
        else ""
    )
    return table(("Number", "Of", "From", "Days", "Hash"), issued, "Issued, and never changed") + scored


ROUTES = [on("/ahead", _ahead, pool="slow"), on("/ahead/index", _index, pool="slow")]
