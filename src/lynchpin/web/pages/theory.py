"""The theory: a mechanism edited in the page, checked as it is written, refitted, and saved as a case of one's own."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lynchpin.errors import BadValue, LynchpinError
from lynchpin.report.contract import claim_rows
from lynchpin.report.page.pictures import ratio_cells
from lynchpin.report.plots.theme import claim_name, spoken
from lynchpin.session.facade import Fit
from lynchpin.session.known import read_known
from lynchpin.session.questions import fit_known, timing_effect
from lynchpin.session.theory import Draft, check_text, drafted, known_words, save
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.pages.claims import row_facts
from lynchpin.web.routes import field, form_of, on
from lynchpin.web.shown import address, asked_of, desk_of, failed, fill, fragment, show

_NEW = "new_mechanism"


def _theory(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    case = desk.case(asked)
    named = {m.name: m for m in case.mechanisms}
    name = request.query_params.get("mechanism", "")[:80]
    if name in named:
        one = named[name]
        half = (
            "fit"
            if one.half_life_days is None
            else "none"
            if one.half_life_days == float("inf")
            else f"{one.half_life_days:g}d"
        )
        draft = Draft(one.name, one.says, one.expect, half, one.claim)
    elif request.query_params.get("new") == "1" or not named:
        draft = Draft(_NEW, "", "?", "60d", "")
    else:
        return RedirectResponse(address(desk, "/theory", asked, mechanism=next(iter(named))), 303)
    return show(
        request,
        "theory.html",
        asked,
        case=case,
        draft=draft,
        is_new=draft.name not in named,
        mechanisms=[(m.name, claim_name(m.claim, m.name)) for m in case.mechanisms],
        claims=[(claim.id, claim.text) for claim in case.claims],
        words=known_words(case),
        checked=_checked(desk, asked, draft, refit=False),
        saved=None,
    )


def _draft(request: Request) -> Draft:
    return Draft(
        field(request, "name", 80).strip(),
        field(request, "says"),
        field(request, "expect", 4),
        field(request, "half_life", 20),
        field(request, "claim", 40),
    )


def _checked(desk: Desk, asked: Asked, draft: Draft, *, refit: bool) -> str:
    """What the text says, or what is wrong under the word; where it says something, its row is fetched."""
    checked = check_text(desk.case(asked), draft)
    if checked.error is not None:
        before, word, after = (
            draft.says[: checked.start],
            draft.says[checked.start : checked.end],
            draft.says[checked.end :],
        )
        return fill("theory_wrong.html", error=checked.error, before=before, word=word, after=after)
    row = address(desk, "/theory/row", asked)
    return fill("theory_right.html", sentence=checked.sentence, row=row, at_once=refit)


def _check(request: Request) -> Response:
    return fragment(_checked(desk_of(request), asked_of(request), _draft(request), refit=True))


def _refitted(desk: Desk, asked: Asked, draft: Draft) -> tuple[str, Fit]:
    """The fit of the case with the mechanism as it is drafted, kept by its text."""
    text, made = drafted(desk.case(asked), draft)
    key = ("drafted", sha256(text.encode()).hexdigest())

    def fit() -> Fit:
        return fit_known(read_known(made, desk.store(asked), as_of=asked.as_of))

    return text, desk.answer(key, asked, fit)


def _row(request: Request) -> Response:
    """The number at once; its verdict, which moves its cause in time, is fetched after it."""
    asked, desk, draft = asked_of(request), desk_of(request), _draft(request)
    _, fitted = _refitted(desk, asked, draft)
    before = None
    if draft.name in {m.name for m in desk.case(asked).mechanisms}:
        before = ratio_cells(timing_effect(desk.fit(asked), draft.name))
    now = timing_effect(fitted, draft.name)
    return fragment(
        fill(
            "theory_row.html",
            now=ratio_cells(now),
            has_effect=now is not None,
            before=before,
            name=spoken(draft.name),
            path=address(desk, "/theory/verdict", asked),
            draft=asdict(draft),
        )
    )


def _verdict(request: Request) -> Response:
    asked, desk, draft = asked_of(request), desk_of(request), _draft(request)
    text, fitted = _refitted(desk, asked, draft)
    key = ("drafted ledger", sha256(text.encode()).hexdigest())
    ledger = desk.answer(key, asked, lambda: fitted.claims(workers=2))
    row = next(one for one in claim_rows(ledger) if one["mechanism"] == draft.name)
    return fragment(fill("theory_verdict.html", facts=row_facts(row)))


def _save(request: Request) -> Response:
    """Write the case as one of the asker's own, and show it."""
    asked, desk, draft = asked_of(request), desk_of(request), _draft(request)
    name = field(request, "save_as", 80).strip()
    try:
        if "name" not in form_of(request):
            raise BadValue("there is nothing to save", "name", "write a mechanism first")
        text, _ = drafted(desk.case(asked), draft)
        with desk.writing:
            home = desk.new_folder("cases", name)
            desk.cases[name] = save(desk.case(asked), text, name, home.parent)
    except LynchpinError as error:
        case = desk.case(asked)
        return show(
            request,
            "theory.html",
            asked,
            status=422,
            case=case,
            draft=draft,
            is_new=draft.name not in {m.name for m in case.mechanisms},
            mechanisms=[(m.name, claim_name(m.claim, m.name)) for m in case.mechanisms],
            claims=[(claim.id, claim.text) for claim in case.claims],
            words=known_words(case),
            checked=_checked(desk, asked, draft, refit=False),
            saved=failed(error),
        )
    return RedirectResponse(address(desk, "/claims", Asked(name, asked.store, asked.as_of)), 303)


ROUTES = [
    on("/theory", _theory),
    on("/theory/check", _check, post=True),
    on("/theory/row", _row, pool="slow", post=True),
    on("/theory/verdict", _verdict, pool="slow", post=True),
    on("/theory", _save, pool="slow", post=True),
]
