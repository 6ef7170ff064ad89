"""The brief, live: what was known on any day, what came next where it is asked for, and two days side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from lynchpin.errors import UnknownName
from lynchpin.report.page import headlines, page
from lynchpin.report.page.words import any_text, interval, percent, signed, success_chance
from lynchpin.report.plots import totals
from lynchpin.report.plots.theme import actor_name, pair_name, spoken
from lynchpin.results import Brief, Watch
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.routes import on
from lynchpin.web.shown import address, asked_of, desk_of, fill, fragment, show, table

#: The parts that need a fit: section -> what gives its brief, its title, and what is said while it is worked out.
LATER: dict[str, tuple[Callable[[Desk, Asked], Brief], str, str]] = {
    "moves": (Desk.claims, "What moves it", "Fitting, moving causes in time, rolling the origin …"),
    "outlook": (Desk.outlook, "Outlook", "Drawing paths, weighing past forecasts …"),
    "agreements": (Desk.lives, "Agreements", "Fitting the moves of agreements …"),
    "next": (Desk.revealed, "What happened next", "Laying what came beside what was expected …"),
    "method": (Desk.outlook, "Method and limits", "Counting what was used …"),
}


def _brief(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    whole = request.query_params.get("whole") == "1"
    state = desk.state(asked)
    reveal = "1" if asked.as_of and request.query_params.get("reveal") == "1" else None
    first, last = reach(desk, asked)
    names = [name for name in LATER if name != "next" or reveal]
    there = ("state", "State of play", section(desk, asked, "state"))
    if not whole and request.headers.get("sec-fetch-mode") == "navigate":  # a browser, which fetches the parts at once
        desk.begin(asked)
    return show(
        request,
        "brief.html",
        asked,
        brief=state,
        head=_head(desk, asked, whole),
        parts=[
            there,
            *((name, LATER[name][1], _later(desk, asked, name, reveal, whole)) for name in names),
        ],
        first=first,
        last=last,
        steps=_steps(asked.as_of or last, first, last),
        beside=_earlier(asked.as_of or last, first),
        reveal=reveal,
    )


def reach(desk: Desk, asked: Asked) -> tuple[date, date]:
    """The days that can be stood on: a year after the record begins, to the day after it ends."""
    made_from = desk.state(Asked(asked.case, asked.store)).provenance
    first = min(made_from.first_event_date + timedelta(days=365), made_from.last_event_date)
    return first, made_from.last_event_date + timedelta(days=1)


def _steps(day: date, first: date, last: date) -> list[tuple[str, date]]:
    """Other days, near and far."""
    found = [("−1 year", day - timedelta(days=365)), ("−1 month", day - timedelta(days=30))]
    found += [("+1 month", day + timedelta(days=30)), ("+1 year", day + timedelta(days=365))]
    return [(name, other) for name, other in found if first <= other <= last]


def _earlier(day: date, first: date) -> date:
    return max(day - timedelta(days=365), first)


def _head(desk: Desk, asked: Asked, whole: bool) -> Markup:
    """The headlines: at first those that need no fit, and in their place all of them once they are there."""
    if whole or desk.has_text("head", asked):
        return Markup(desk.text("head", asked, lambda: page.section("head", desk.whole(asked))))
    path = address(desk, "/part/head", asked)
    return fill("head.html", path=path, head=page.section("head", desk.state(asked)))


def section(desk: Desk, asked: Asked, name: str) -> Markup:
    give = Desk.state if name == "state" else LATER[name][0]

    def claim_page(mechanism: str) -> str:
        return address(desk, f"/claims/{mechanism}", asked)

    return Markup(desk.text(name, asked, lambda: page.section(name, give(desk, asked), claim_page=claim_page)))


def _later(desk: Desk, asked: Asked, name: str, reveal: str | None, whole: bool) -> Markup:
    """A part that is there already, or that is waited for; else its place, which fetches it."""
    if whole or desk.has_text(name, asked):
        return section(desk, asked, name)
    _, title, doing = LATER[name]
    path = address(desk, f"/part/{name}", asked)
    with_all = address(desk, "/", asked, reveal=reveal, whole="1")
    return fill("later.html", id=name, title=title, doing=doing, path=path, whole=with_all)


def _part(request: Request) -> Response:
    asked, desk, name = asked_of(request), desk_of(request), request.path_params["name"]
    if name == "head":
        return fragment(_head(desk, asked, True))
    if name == "two":
        return fragment(Markup(desk.text("two", asked, lambda: _two(desk, asked))))
    if name not in LATER:
        raise UnknownName(f"there is no part {name[:40]!r}", "", f"one of: {', '.join(LATER)}")
    return fragment(section(desk, asked, name))


# -- Two days side by side.


def _beside(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    other = desk.asked(asked.case, asked.store, request.query_params.get("other"))
    _, last = reach(desk, asked)
    days = [asked.as_of or last, other.as_of or last]
    whole = request.query_params.get("whole") == "1"
    sides = [_side(desk, Asked(asked.case, asked.store, day), whole, days) for day in days]
    return show(request, "beside.html", asked, days=days, sides=sides)


def _side(desk: Desk, asked: Asked, whole: bool, days: list[date]) -> dict[str, Any]:
    state = desk.state(asked)
    names = dict.fromkeys(state.index.series["pair"].to_list())
    now = {pair: headlines.today(state, pair) for pair in names}
    rows = [
        (pair_name(pair, state.actors), signed(at[0]), f"{signed(at[1])} to {signed(at[2])}")
        for pair, at in now.items()
        if at is not None
    ]
    ready = whole or desk.has_text("two", asked)
    said = (
        [Markup(desk.text("two", asked, lambda: _two(desk, asked)))]
        if ready
        else [
            fill(
                "later.html",
                id=f"two-{asked.as_of}",
                title="Claims and outlook",
                doing="Fitting, moving causes in time, drawing paths …",
                path=address(desk, "/part/two", asked),
                whole=address(desk, "/beside", asked, other=days[1] if asked.as_of == days[0] else days[0], whole="1"),
            )
        ]
    )
    return {
        "day": asked.as_of,
        "head": fill("lines.html", lines=headlines.headlines(state)),
        "table": table(("Pair", "Index", "90 % interval"), rows, "How warm each pair is"),
        "parts": said,
    }


def _two(desk: Desk, asked: Asked) -> str:
    """What the fit says on a day, in one table each."""
    brief = desk.whole(asked)
    claims = [
        (
            f"{c.id} {spoken(c.mechanism) or c.claim}".strip(),
            "–" if c.effect is None else c.effect.text(" to ").replace("-", "−"),
            c.graded,
        )
        for c in brief.claims
    ]
    ahead = [
        (
            f"{actor_name(w.source, brief.actors)} → {actor_name(w.target, brief.actors)}: {spoken(w.event_class)}",
            *_watched(brief, w.source, w.target, w.event_class),
        )
        for w in brief.watch
    ]
    lives = [
        (
            life.title,
            spoken(life.stage),
            "–" if (so := success_chance(life)) is None else f"{spoken(so[1])} {percent(so[0])}",
        )
        for life in brief.agreements[:12]
    ]
    return fill(
        "two.html",
        tables=[
            table(
                ("Claim", "Effect, 90 % interval", "Grade"),
                claims,
                "What moves it: the ratio when its cause doubles; a share or acts where those are told",
            ),
            table(("Acts", "Expected", "80 % interval", "Chance of any"), ahead, "What is ahead"),
            table(("Agreement", "Stage", "A year on"), lives, "Agreements"),
        ],
    )


def _watched(brief: Brief, source: str, target: str, event_class: str) -> tuple[str, str, str]:
    rows = totals.beside(brief.forecast, Watch(source, target, event_class)) if brief.forecast.model else None
    if rows is None or rows.is_empty() or (row := rows.row(0, named=True))["low"] is None:
        return "–", "–", "–"
    return f"{row['mean']:.1f}", interval(row["low"], row["high"], 0), any_text(row)


ROUTES = [on("/", _brief), on("/part/{name}", _part, pool="slow"), on("/beside", _beside)]
