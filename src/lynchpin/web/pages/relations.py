"""Relations: how warm each pair is on any day, as a network that can be played through time, and pair by pair."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from lynchpin.days import optional_day
from lynchpin.report.page import figures, words
from lynchpin.report.plots.theme import actor_name, pair_name
from lynchpin.results import Brief
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.routes import on
from lynchpin.web.shown import address, asked_of, desk_of, fill, show

#: The picture of the network, in its own units.
_WIDE, _HIGH, _REACH = 640, 440, 165


@dataclass(frozen=True, slots=True)
class Tie:
    """One pair on a day: where its line runs, how thick, and what it stands for."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    mood: str  # "warm", "cold" or "even"
    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The network on a day."""

    day: date
    ties: tuple[Tie, ...]


def places(states: list[str]) -> dict[str, tuple[float, float]]:
    """Where each state stands: on a ring, the first on top."""
    step = 2 * math.pi / max(len(states), 1)
    return {
        state: (_WIDE / 2 + _REACH * 1.35 * math.sin(k * step), _HIGH / 2 - _REACH * math.cos(k * step))
        for k, state in enumerate(states)
    }


def frames(state: Brief, on: date | None = None) -> list[Frame]:
    """The network at the end of each year, and at the end of the record; or on one day alone."""
    series = state.index.series.drop_nulls("index").sort("date")
    days: list[date] = sorted(set(series["date"].to_list()))
    if not days:
        return []
    if on is not None:
        days = [max((day for day in days if day <= on), default=days[0])]
    else:
        days = [
            day for day, later in zip(days, [*days[1:], None], strict=True) if later is None or later.year != day.year
        ]
    ends = {pair: tuple(pair.split("-")) for pair in dict.fromkeys(series["pair"].to_list())}
    at = places(_states(ends))
    rows: dict[date, list[Tie]] = {day: [] for day in days}
    for pair, day, index, lower, upper in series.select("pair", "date", "index", "lower", "upper").iter_rows():
        if day not in rows:
            continue
        (x1, y1), (x2, y2) = (at[one] for one in ends[pair])
        mood = "warm" if lower > 0 else "cold" if upper < 0 else "even"
        rows[day].append(
            Tie(
                pair_name(pair, state.actors),
                round(x1, 1),
                round(y1, 1),
                round(x2, 1),
                round(y2, 1),
                round(1.0 + 9.0 * abs(index), 1),
                mood,
                words.signed(index),
                words.interval(lower, upper),
            )
        )
    return [Frame(day, tuple(rows[day])) for day in days]


def _states(ends: dict[str, tuple[str, ...]]) -> list[str]:
    return sorted({one for pair in ends.values() for one in pair})


def _relations(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    state = desk.state(asked)
    day = optional_day(request.query_params.get("on") or None, name="on")
    shown = frames(state, day)
    ends = {pair: tuple(pair.split("-")) for pair in dict.fromkeys(state.index.series["pair"].to_list())}
    at = places(_states(ends))
    nodes = [(actor_name(code, state.actors), round(x, 1), round(y, 1)) for code, (x, y) in at.items()]
    return show(
        request,
        "relations.html",
        asked,
        frames=shown,
        nodes=nodes,
        size=(_WIDE, _HIGH),
        on=day,
        last=state.provenance.last_event_date,
        rest=desk.text("relations", asked, lambda: _pairs(desk, asked)),
        all_years=address(desk, "/relations", asked),
    )


def _pairs(desk: Desk, asked: Asked) -> str:
    """The gap, and the index of each pair with its turns."""
    state = desk.state(asked)
    start, end = state.provenance.first_event_date, state.provenance.origin
    turns = [
        (
            pair_name(pair, state.actors),
            words.day(day, "month"),
            "up" if after >= before else "down",
            words.signed(before),
            words.signed(after),
        )
        for pair, day, before, after in state.index.change_points.select("pair", "date", "before", "after").iter_rows()
    ]
    return fill(
        "relation_pairs.html",
        gap=figures.gap_figure(state, start, end),
        index=figures.index_figures(state, start, end),
        key=figures.INDEX_KEY,
        turns=turns,
        days=round(state.index.half_life_days),
    )


ROUTES = [on("/relations", _relations)]
