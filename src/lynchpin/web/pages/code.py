"""Code an act: a dated sentence becomes a proposed row, which a person accepts or mends into the chronology."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lynchpin.days import parse_day
from lynchpin.errors import LynchpinError
from lynchpin.report.page.words import percent
from lynchpin.results.coding import Coded, CoderScores
from lynchpin.session.coding import COLUMNS, Coder, append, coder, new_row, scores
from lynchpin.session.questions import vocabulary
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.pages.ahead import answered
from lynchpin.web.routes import field, on
from lynchpin.web.shown import address, asked_of, desk_of, failed, fill, fragment, show, table

#: Letters of the sentence that is read.
_LONGEST = 600


def _code(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    sentence = " ".join(request.query_params.get("sentence", "").split())[:_LONGEST]
    day = request.query_params.get("date", "")[:20]
    shown = ""
    if sentence and (desk.fits.has("coder") or request.query_params.get("whole") == "1"):
        shown = answered(_proposed, desk, asked, sentence, day)
    elif sentence:  # it learns first, which takes some seconds
        shown = fill(
            "later.html",
            id="proposed",
            title="The proposed row",
            doing="Learning from the embedded chronology, then reading the sentence …",
            path=address(desk, "/code/row", asked, sentence=sentence, date=day),
            whole=address(desk, "/code", asked, sentence=sentence, date=day, whole="1"),
        )
    return show(
        request,
        "code.html",
        asked,
        sentence=sentence,
        day=day or str(desk.state(asked).provenance.last_event_date),
        shown=shown,
        own=_is_own(desk, asked),
        done=request.query_params.get("done", "")[:80],
        accuracy=address(desk, "/code/accuracy", asked),
    )


def _row(request: Request) -> Response:
    """The proposed row: a part of the page."""
    asked, desk = asked_of(request), desk_of(request)
    sentence = " ".join(request.query_params.get("sentence", "").split())[:_LONGEST]
    return fragment(answered(_proposed, desk, asked, sentence, request.query_params.get("date", "")[:20]))


def _is_own(desk: Desk, asked: Asked) -> bool:
    """Whether the chronology of the case may be written to: it is not one that comes with the package."""
    return desk.case(asked).events_file is not None and asked.case not in desk.built_in


def learnt(desk: Desk) -> Coder:
    """The coder, learnt once for all."""
    return desk.fits.get("coder", coder)


def _proposed(desk: Desk, asked: Asked, sentence: str, day: str) -> str:
    when = parse_day(day, name="date")
    coded = learnt(desk).code(sentence, when)
    return _form(desk, asked, coded, None)


def _form(
    desk: Desk, asked: Asked, coded: Coded, wrong: LynchpinError | None, given: dict[str, str] | None = None
) -> str:
    first = coded.actors[0] if coded.actors else None
    values = given or {
        "date": str(coded.day),
        "summary": coded.sentence,
        "source": ";".join(first.source) if first else "",
        "target": ";".join(first.target) if first else "",
        "event_type": coded.types[0].value,
        "contexts": coded.contexts[0].value,
        "magnitude": "" if coded.magnitude is None else f"{coded.magnitude:.1f}",
    }
    said = vocabulary()
    return fill(
        "code_row.html",
        coded=coded,
        values=values,
        said=said,
        percent=percent,
        own=_is_own(desk, asked),
        actors=[(";".join(one.source), ";".join(one.target), percent(one.chance)) for one in coded.actors],
        action=address(desk, "/code", asked),
        wrong=None if wrong is None else failed(wrong),
        theory=address(desk, "/theory", asked),
        lives=desk.state(asked).agreements,
    )


def _append(request: Request) -> Response:
    """Take the row as the person left it."""
    asked, desk = asked_of(request), desk_of(request)
    values = {name: field(request, name, 2_000) for name in COLUMNS}
    try:
        with desk.writing:
            case = desk.case(asked)
            row = new_row(case, values)
            append(case, row)
    except LynchpinError as error:
        coded = learnt(desk).code(values["summary"][:_LONGEST], desk.state(asked).provenance.last_event_date)
        shown = _form(desk, asked, coded, error, values)
        return show(
            request,
            "code.html",
            asked,
            status=422,
            sentence=values["summary"][:_LONGEST],
            day=values["date"][:20],
            shown=shown,
            own=_is_own(desk, asked),
            done="",
            accuracy=address(desk, "/code/accuracy", asked),
        )
    return RedirectResponse(address(desk, "/code", asked, done=row["event_id"]), 303)


def _accuracy(request: Request) -> Response:
    """How often the proposals were right on held-out years: a part of the page."""
    desk = desk_of(request)
    found: CoderScores = desk.fits.get("coder scores", scores)
    heads = (
        "Sentences",
        "Type first",
        "among three",
        "Quad class",
        "Context first",
        "among three",
        "Actors first",
        "among three",
        "States",
    )
    rows = [
        (
            f"{name}: {one.sentences:,}",
            *(
                percent(share)
                for share in (
                    one.type_first,
                    one.type_among_three,
                    one.quad_class,
                    one.context_first,
                    one.context_among_three,
                    one.actors_first,
                    one.actors_among_three,
                    one.states_first,
                )
            ),
        )
        for name, one in found.by.items()
    ]
    kinds = sorted({*found.confusion, *(name for row in found.confusion.values() for name in row)})
    wrong = [(name.lower(), *(row.get(kind, 0) or "" for kind in kinds)) for name, row in found.confusion.items()]
    caption = (
        f"Learnt from {found.trained_on:,} sentences before {found.trained_before}, tried on those from then on. "
        "Actors: of sentences that name both sides."
    )
    return fragment(
        fill(
            "code_accuracy.html",
            table=table(heads, rows, caption),
            confusion=table(
                ("Coded as", *(kind.lower() for kind in kinds)),
                wrong,
                "Rows: as a person coded them; columns: the first proposal",
            ),
        )
    )


ROUTES = [
    on("/code", _code, pool="slow"),
    on("/code", _append, pool="slow", post=True),
    on("/code/row", _row, pool="slow"),
    on("/code/accuracy", _accuracy, pool="slow"),
]
