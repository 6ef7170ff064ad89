"""The events of a record: a timeline to brush, filters, the table with its sources, downloads, and each act alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from lynchpin.days import optional_day
from lynchpin.errors import BadValue, UnknownName
from lynchpin.events import SCHEMA, first_day, last_day
from lynchpin.report.events import events_csv
from lynchpin.report.page import figures, packing, sources, words
from lynchpin.report.picture import drawn
from lynchpin.report.plots import timeline
from lynchpin.report.plots.theme import actor_name, pair_name, spoken
from lynchpin.results import Brief
from lynchpin.session.events import list_events, state_names
from lynchpin.session.questions import vocabulary, weights_of_act
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.routes import on
from lynchpin.web.shown import address, asked_of, desk_of, fill, fragment, picture, show

#: Acts on a page of the table, and the newest acts that are looked through in a large store.
ROWS, MOST = 100, 20_000
_NAMES = ("state", "with", "sector", "class", "type", "context", "agreement", "status", "since", "until", "text")


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The acts that fit, by date, and how they were asked for."""

    rows: pl.DataFrame
    total: int  # of the record, without the filters of this page
    filters: dict[str, str]

    def citations(self, brief: Brief) -> list[sources.Citation]:
        return sources.citations(self.rows, _names(brief), "x")


def _names(brief: Brief) -> dict[str, str]:
    """What every state is called: as the case says, else by its English name."""
    return {**state_names(), **brief.actors}


def find(desk: Desk, asked: Asked, request: Request) -> Found:
    """The acts of the record, known on the day, that fit every filter of a request.

    Raises
    ------
    LynchpinError : a filter names what is not there
    """
    given = {name: request.query_params.get(name, "").strip()[:200] for name in _NAMES}
    since, until = (
        optional_day(given["since"] or None, name="since"),
        optional_day(given["until"] or None, name="until"),
    )
    case = desk.case(asked)
    listed = desk.answer(
        ("events", given["state"], given["with"], given["class"], given["type"], given["agreement"], since, until),
        asked,
        lambda: list_events(
            case,
            desk.store(asked),
            as_of=asked.as_of,
            limit=MOST,
            states=[one for one in (given["state"], given["with"]) if one],
            event_class=given["class"] or None,
            event_type=given["type"] or None,
            agreement=given["agreement"] or None,
            since=since,
            until=until,
        ),
    )
    rows = listed.rows
    if given["sector"]:
        rows = rows.filter((pl.col("source_sector") == given["sector"]) | (pl.col("target_sector") == given["sector"]))
    if given["context"]:
        rows = rows.filter(pl.col("contexts").list.contains(given["context"]))
    if given["status"]:
        rows = rows.filter(pl.col("status") == given["status"])
    for word in given["text"].lower().split():
        texts = (
            pl.col(name).fill_null("").str.to_lowercase()
            for name in ("summary", "source_name", "target_name", "event_id")
        )
        rows = rows.filter(pl.any_horizontal(text.str.contains(word, literal=True) for text in texts))
    return Found(rows, listed.total, {name: value for name, value in given.items() if value})


def _events(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    found, state, case = find(desk, asked, request), desk.state(asked), desk.case(asked)
    try:
        page = max(int(request.query_params.get("page", "1")[:6]), 1)
    except ValueError:
        raise BadValue("page is no number", "page", "count pages from 1") from None
    newest = found.rows.reverse()
    shown = newest.slice((page - 1) * ROWS, ROWS)
    said = vocabulary()
    here = dict(found.filters)
    return show(
        request,
        "events.html",
        asked,
        found=found,
        picture=_pictured(desk, asked, state, found),
        lines=_lines(shown, state),
        page=page,
        pages=-(-found.rows.height // ROWS) or 1,
        more=lambda **other: address(desk, "/events", asked, **(here | other)),
        file=lambda kind: address(desk, f"/events.{kind}", asked, **here),
        given=found.filters,
        states={code: case.labels.get(code, code) for code in case.states},
        classes=case.class_names,
        said=said,
        lives=state.agreements,
        statuses=("verified", "recalled", "coded"),
    )


def _lines(rows: pl.DataFrame, state: Brief) -> list[tuple[str, sources.Citation, dict[str, Any]]]:
    """Newest first: id, citation, row."""
    ordered = rows.sort("date", maintain_order=True)
    cited = sources.citations(ordered, _names(state), "x")
    lines = [(row["event_id"] or "", line, row) for line, row in zip(cited, ordered.iter_rows(named=True), strict=True)]
    return lines[::-1]


def _timeline(state: Brief, found: Found) -> figures.Figure | None:
    """The acts that fit by pair and class, with a brush."""
    if found.rows.is_empty():
        return None
    listed = found.citations(state)
    cited = sources.for_timeline(found.rows, listed)
    pairs = figures.lanes(state)
    classes, colours = list(state.classes), figures.colours(state)
    dots = timeline.dots(cited, pairs, classes, state.actors)
    pairs = [pair for pair in pairs if pair_name(pair, state.actors) in set(dots["pair"])]
    if not pairs:
        return None
    dots = timeline.dots(cited, pairs, classes, state.actors)
    ends = first_day(dots), last_day(dots) + timedelta(days=1)
    chart = timeline.draw(dots, pairs, classes, colours, state.actors, start=ends[0], end=ends[1], zoom=False)
    chart.layer[-1].params = [timeline.brush()]
    caption = "Draw over it to choose days; larger dots: larger magnitude."
    return figures.figure("timeline", chart, "When", caption, key=figures.class_key(state))


def _pictured(desk: Desk, asked: Asked, state: Brief, found: Found) -> Markup:
    """The timeline as the page shows it; nothing where nothing can be drawn."""

    def shown() -> str:
        figure = _timeline(state, found)
        return "" if figure is None else picture(figure, "h2")

    return Markup(desk.text(("timeline", *found.filters.items()), asked, shown))


def _file(request: Request) -> Response:
    """What fits, as a file."""
    asked, desk, kind = asked_of(request), desk_of(request), request.path_params["kind"]
    found = find(desk, asked, request)
    name = f"{asked.case}-events.{kind}"
    if kind == "csv":
        return _download(events_csv(found.rows).encode(), "text/csv; charset=utf-8", name)
    if kind == "parquet":
        stream = io.BytesIO()
        found.rows.write_parquet(stream)
        return _download(stream.getvalue(), "application/vnd.apache.parquet", name)
    if kind not in ("svg", "png"):
        raise UnknownName(f"no file of kind {kind[:20]!r}", "", "ask for csv, parquet, svg or png")
    figure = _timeline(desk.state(asked), found)
    if figure is None:
        raise BadValue("there is nothing to draw", "", "choose other filters")
    return _download(drawn(whole_spec(figure), kind), f"image/{'svg+xml' if kind == 'svg' else 'png'}", name)


def whole_spec(figure: figures.Figure, width: int = 960) -> dict[str, Any]:
    """The specification of a figure for a file: on white, so wide, its data in rows."""
    return packing.unpacked(figure.spec) | {"width": width, "background": "white"}


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


# -- One act.


def _event(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    row = one_row(desk, asked, request.path_params["id"])
    state = desk.state(asked)
    names = _names(state)
    cited = sources.citations(pl.DataFrame([row], schema_overrides=SCHEMA | {"event_class": pl.String()}), names, "x")[
        0
    ]
    sides = ((actor_name(a, names), actor_name(b, names)) for a in row["source"] for b in row["target"] if a != b)
    dyads = [f"{a} → {b}" for a, b in sides]
    pairs = [pair_name(pair, names) for pair in timeline.pairs_of(row["source"], row["target"])]
    weights = address(desk, f"/weight/{row['event_id']}", asked)
    life = next((life for life in state.agreements if life.id == row["agreement"]), None)
    same = _same_days(desk, asked, row)
    return show(
        request,
        "event.html",
        asked,
        row=row,
        magnitude=words.signed(row["magnitude"], 1),
        line=cited,
        dyads=dyads,
        pairs=pairs,
        weights=weights,
        life=life,
        case=desk.case(asked),
        same=_lines(same, state),
    )


def one_row(desk: Desk, asked: Asked, event_id: str) -> dict[str, Any]:
    """The act of an id.

    Raises
    ------
    UnknownName : the record, as known on the day, holds none
    """
    events = desk.known(asked).events
    rows = events.filter(pl.col("event_id") == event_id)
    if rows.is_empty():
        raise UnknownName(f"no act {event_id[:80]!r} is known on that day", "", "the events page lists them")
    return rows.row(0, named=True)


def _same_days(desk: Desk, asked: Asked, row: dict[str, Any]) -> pl.DataFrame:
    """What else happened between the same states in the weeks around it."""
    events = desk.known(asked).events
    near = events.filter(
        pl.col("event_id").is_not_null()
        & (pl.col("event_id") != row["event_id"])
        & pl.col("date").is_between(row["date"] - timedelta(days=21), row["date"] + timedelta(days=21))
    )
    both = {*row["source"], *row["target"]}
    involved = [
        len(both & {*(a or []), *(b or [])}) >= min(2, len(both))
        for a, b in near.select("source", "target").iter_rows()
    ]
    return near.filter(pl.Series(involved, dtype=pl.Boolean)).head(40)


def _weight(request: Request) -> Response:
    """What one act weighs in the claims: a part of its page."""
    asked, desk = asked_of(request), desk_of(request)
    row = one_row(desk, asked, request.path_params["id"])
    rows = desk.answer(("weight", row["event_id"]), asked, lambda: weights_of_act(desk.fit(asked), row["event_id"]))
    return fragment(fill("weight.html", rows=_weighed(rows), link=lambda path: address(desk, path, asked)))


def _weighed(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        | {
            "name": f"{row['claim']} {spoken(row['mechanism'])}".strip(),
            "ratio": words.number(row["rate_ratio"], 3),
            "without": words.number(row["rate_ratio_without"], 3),
        }
        for row in rows
    ]


ROUTES = [
    on("/events", _events),
    on("/events.{kind}", _file, pool="slow"),
    on("/events/{id:path}", _event),
    on("/weight/{id:path}", _weight, pool="slow"),
]
