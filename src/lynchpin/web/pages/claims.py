"""The claims: the ledger, and a page for each mechanism that states one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lynchpin.days import optional_day
from lynchpin.errors import UnknownName, suggest
from lynchpin.report.contract import claim_rows
from lynchpin.report.page import figures, mechanism, words
from lynchpin.report.page.pictures import forests, ratio_cells
from lynchpin.report.plots import forest, placebo, theme
from lynchpin.report.plots.theme import claim_name, spoken
from lynchpin.results import Sensitivity, SplitLedger, evidence_text
from lynchpin.results.splits import shown
from lynchpin.session.brief import how_it_fades
from lynchpin.session.questions import curve, explained, parted, placebo_draws, timing_effect, without_acts
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.pages.brief import section
from lynchpin.web.routes import on
from lynchpin.web.shown import address, asked_of, desk_of, fill, fragment, multi, show, table
from lynchpin.web.work import Tell

#: What a row of the ledger says in words of its own above the list of its other keys.
_SAID = (
    "id",
    "claim",
    "mechanism",
    "says",
    "sentence",
    "note",
    "top_events",
    "expect",
    "estimate",
    "lower",
    "upper",
    "standard_error",
    "rate_ratio",
    "rate_ratio_lower",
    "rate_ratio_upper",
    "percent_per_doubling",
    "heldout_windows",
    "unit",
    "at_least",
    "at_most",
    "verdict",
    "grade",
    "side",
)
#: What stands open of the other keys; the rest is folded.
_FIRST = (
    "would_settle",
    "n_cause_events",
    "n_target_events",
    "half_life_days",
    "half_life_interval",
    "placebo_p",
    "heldout_gain",
    "untestable_because",
)
_NAMES = {
    "n_cause_events": "acts of its cause",
    "n_target_events": "acts of what it moves",
    "bh_p": "placebo p, Benjamini–Hochberg",
    "holm_p": "placebo p, Holm",
    "placebo_p": "placebo p, expected side",
    "placebo_p_against": "placebo p, other side",
    "heldout_gain": "held-out gain, nats",
    "half_life_days": "half-life, days",
    "half_life_interval": "its 90 % interval",
    "detectable": "smallest ratio it could have shown",
    "heldout_steps": "held-out steps",
    "fit_z": "z of the joint fit",
    "timing_z": "z of its timing",
    "levels": "z that each grade asks for",
    "would_settle": "what would settle it",
    "prior_sensitivity": "ratio with priors half and twice as wide",
    "model_estimate": "coefficient of the joint model",
    "model_standard_error": "standard error of the joint model",
    "model_rate_ratio": "rate ratio of the joint model",
}
#: Parts of a claim's page that are fetched once it stands: name -> title, and what is said meanwhile.
_PARTS = {
    "shifts": ("Its cause moved in time", "Moving the cause …"),
    "fade": ("How it fades", "Following the push day by day …"),
    "dyads": ("The same everywhere?", "Fitting it in every dyad …"),
    "periods": ("Did it change?", "Fitting it before and after …"),
}


def _claims(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    told = explained(desk.case(asked))
    ready = request.query_params.get("whole") == "1" or desk.has_text("moves", asked)
    if ready:
        ledger = section(desk, asked, "moves")
    else:
        ledger = fill(
            "later.html",
            id="moves",
            title="What moves it",
            doing="Fitting, moving causes in time, rolling the origin …",
            path=address(desk, "/part/moves", asked),
            whole=address(desk, "/claims", asked, whole="1"),
        )
    names = [(row["name"], claim_name(row["claim"], row["name"])) for row in told["mechanisms"]]
    return show(request, "claims.html", asked, ledger=ledger, names=names)


def _claim(request: Request) -> Response:
    asked, desk, name = asked_of(request), desk_of(request), request.path_params["name"]
    said = _named(desk, asked, name)
    days = desk.state(asked).provenance
    middle = _split_day(request, asked, desk)
    is_rate = name in {one.name for one in desk.case(asked).mechanisms}  # else it moves agreements, or is a count
    parts = [
        fill(
            "later.html",
            id=part,
            title=title,
            doing=doing,
            path=address(desk, f"/claim/{name}/{part}", asked, split=middle if part == "periods" else None),
            whole=address(desk, f"/claim/{name}/{part}", asked),
        )
        for part, (title, doing) in (_PARTS if is_rate else {}).items()
    ]
    first = fill(
        "later.html",
        id="row",
        title="What the record says",
        doing="Fitting, moving causes in time, rolling the origin …",
        path=address(desk, f"/claim/{name}/row", asked, acts=multi(request, "acts")),
        whole=address(desk, f"/claim/{name}/row", asked),
    )
    curve_shown = _curve_shown(desk, asked, name) if is_rate else None
    return show(
        request,
        "claim.html",
        asked,
        said=said,
        title=claim_name(said["claim"], name),
        first=first,
        parts=parts,
        split=middle,
        last=days.last_event_date,
        name=name,
        curve=curve_shown,
    )


def _named(desk: Desk, asked: Asked, name: str) -> dict[str, Any]:
    """A mechanism of the case in words.

    Raises
    ------
    UnknownName : the case has none of that name
    """
    rows = explained(desk.case(asked))["mechanisms"]
    for row in rows:
        if row["name"] == name:
            claims = {claim.id: claim.text for claim in desk.case(asked).claims}
            return dict(row) | {"text": claims.get(row["claim"], "")}
    raise UnknownName(f"no mechanism named {name[:80]!r}", asked.case, suggest(name, [row["name"] for row in rows]))


def _split_day(request: Request, asked: Asked, desk: Desk) -> date:
    """The day that parts the periods: the one asked for, else the middle of the record."""
    given = optional_day(request.query_params.get("split") or None, name="split")
    made_from = desk.state(asked).provenance
    return given or date.fromordinal((made_from.first_event_date.toordinal() + made_from.origin.toordinal()) // 2)


def _part(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    name, part = request.path_params["name"], request.path_params["part"]
    _named(desk, asked, name)
    if part == "row":
        return fragment(_row(desk, asked, name, multi(request, "acts")))
    if part == "shifts":
        return fragment(desk.text(("shifts", name), asked, lambda: _shifts(desk, asked, name)))
    if part == "fade":
        return fragment(desk.text(("fade", name), asked, lambda: _fade(desk, asked, name)))
    if part == "dyads":
        return fragment(desk.text(("dyads", name), asked, lambda: _dyads(desk, asked, name)))
    if part == "periods":
        day = _split_day(request, asked, desk)
        return fragment(desk.text(("periods", name, day), asked, lambda: _periods(desk, asked, name, day)))
    raise UnknownName(f"there is no part {part[:40]!r}", "", f"one of: row, {', '.join(_PARTS)}")


# -- What the record says, and what it would say without some acts.


def _row(desk: Desk, asked: Asked, name: str, left_out: list[str]) -> str:
    row = next(one for one in claim_rows(desk.ledger(asked)) if one["mechanism"] == name)
    ratio = None
    if row.get("rate_ratio") is not None:
        ratio = words.number(row["rate_ratio"]), words.interval(row["rate_ratio_lower"], row["rate_ratio_upper"])
    return fill(
        "claim_row.html",
        row=row,
        ratio=ratio,
        percent=row.get("percent_per_doubling"),
        said=evidence_text(row["grade"], row["side"]),
        facts=row_facts(row, first=True),
        more=row_facts(row, first=False),
        left_out=left_out,
        without=_without(desk, asked, name, left_out) if left_out else "",
        path=address(desk, f"/claims/{name}", asked),
        asked=asked,
        desk=desk,
        link=lambda path: address(desk, path, asked),
    )


def row_facts(row: dict[str, Any], *, first: bool | None = None) -> list[tuple[str, str]]:
    """The keys of a row of the ledger that have no words of their own, named and written out; empty ones left out.

    `first`: those that stand open alone, or the others alone; None for all.
    """
    facts = [
        (_NAMES.get(key, spoken(key)), _value(value))
        for key, value in row.items()
        if key not in _SAID and first in (None, key in _FIRST)
    ]
    if first:
        return [(key, value) for key, value in facts if value]
    windows = "; ".join(
        f"{_day(one['start'])} to {_day(one['end'])}: {words.signed(one['gain'])}"
        for one in row.get("heldout_windows") or ()
    )
    return [(key, value) for key, value in (*facts, ("gain in each held-out window", windows)) if value]


def _day(text: Any) -> str:
    return words.day(date.fromisoformat(str(text)))


def _value(value: Any) -> str:
    """Any value of a row in words; nothing for none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}".replace("-", "−")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return " to ".join(_value(one) for one in value) if len(value) == 2 else "; ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(
            f"{spoken(str(key))}: {_value(one)}" for key, one in value.items() if one not in (None, "", [])
        )
    return "" if value is None else str(value)


def _without(desk: Desk, asked: Asked, name: str, acts: list[str]) -> Markup:
    """The fit without some acts, beside the fit with them: every mechanism, the one asked about first."""
    fitted = desk.fit(asked)
    other = desk.answer(("without", tuple(sorted(acts))), asked, lambda: without_acts(fitted, acts))
    rows, of_ledger = [], {one.mechanism: one.effect for one in desk.ledger(asked).rows}
    for one in sorted(fitted.case.mechanisms, key=lambda one: one.name != name):
        before, after = of_ledger.get(one.name), timing_effect(other, one.name)
        rows.append((claim_name(one.claim, one.name), *ratio_cells(before), *ratio_cells(after)))
    heads = ("Mechanism", "With all acts", "90 %", "Without", "90 %")
    return table(heads, rows, f"The case fitted anew without {words.plural(len(acts), 'act')}")


# -- The other parts.


def _shifts(desk: Desk, asked: Asked, name: str) -> str:
    drawn = placebo_draws(desk.fit(asked), name)
    if drawn is None:
        return fill(
            "part.html",
            id="shifts",
            title=_PARTS["shifts"][0],
            lead="Nothing of the cause is left to be moved.",
            figures=[],
        )
    chart = placebo.draw(placebo.data(drawn["moved"], drawn["own"]), drawn["own"], spoken(name))
    caption = (
        "What the mechanism would seem to do, had its acts come at other times. Far out on the expected side: no "
        "accident of timing."
    )
    key = [
        figures.Key("box", theme.tint(theme.MUTED, 0.55), "the cause moved"),
        figures.Key("line", theme.ACCENT, "the record as it is"),
    ]
    figure = figures.figure("shifts", chart, f"{len(drawn['moved'])} random shifts", caption, key=key)
    return fill("part.html", id="shifts", title=_PARTS["shifts"][0], lead="", figures=[figure])


def _fade(desk: Desk, asked: Asked, name: str) -> str:
    _, push = how_it_fades(desk.case(asked), name, desk.store(asked), as_of=asked.as_of)
    drawn = [figures.fade_figure(push, as_of=asked.as_of is not None), figures.profile_figure(push)]
    return fill(
        "part.html", id="fade", title="How it fades", lead=" ".join(push.words), figures=[one for one in drawn if one]
    )


def _only(ledger: SplitLedger, name: str) -> SplitLedger:
    return replace(ledger, claims=tuple(claim for claim in ledger.claims if claim.mechanism == name))


def _dyads(desk: Desk, asked: Asked, name: str) -> str:
    whole = desk.answer(("parted", (), "dyad"), asked, lambda: parted(desk.fit(asked), by="dyad"))
    own = _only(whole, name)
    drawn = forests(own) if own.claims else []
    return fill("part.html", id="dyads", title=_PARTS["dyads"][0], lead=_of_ledger(own), figures=drawn)


def _of_ledger(own: SplitLedger) -> str:
    """The mechanism's row of the ledger, that its parts are read against; "" where it has no number."""
    rows = [shown(claim.ledger) for claim in own.claims if claim.ledger is not None]
    return f"Its row in the ledger, whole record: {rows[0]}." if rows else ""


def _periods(desk: Desk, asked: Asked, name: str, day: date) -> str:
    whole = desk.answer(("parted", (str(day),), None), asked, lambda: parted(desk.fit(asked), split=[str(day)]))
    own = _only(whole, name)
    drawn = []
    if own.claims and any(one.effect is not None for one in own.claims[0].splits):
        chart = forest.draw_periods(forest.periods(own))
        caption = "What doubling the cause does, in each period; 90 % intervals."
        drawn = [figures.figure("periods", chart, f"Before and after {words.long_day(day)}", caption)]
    rows = [
        (
            f"{words.day(one.first)} to {words.day(one.last)}",
            one.n_cause_events,
            one.n_target_events,
            *ratio_cells(one.effect),
            one.left_out_because,
        )
        for claim in own.claims
        for one in claim.splits
    ]
    below = table(("Period", "Acts, cause", "Acts, target", "Ratio", "90 %", "Why not"), rows)
    return fill("part.html", id="periods", title=_PARTS["periods"][0], lead=_of_ledger(own), figures=drawn, below=below)


# -- The specification curve takes long: it is queued, and its page waits for it.


def _curve_key(desk: Desk, asked: Asked, name: str) -> Any:
    return ("curve", name, desk.stamp(asked))


def _start_curve(request: Request) -> Response:
    asked, desk, name = asked_of(request), desk_of(request), request.path_params["name"]
    _named(desk, asked, name)

    def work(tell: Tell) -> Sensitivity:
        done = 0

        def step(what: str, of: int) -> None:
            nonlocal done
            done += 1
            tell(what, done, of)

        tell("fitting", 0, 0)
        return curve(desk.fit(asked), name, desk.store(asked), step)

    desk.work.start(f"{name} under every choice", _curve_key(desk, asked, name), work)
    return RedirectResponse(address(desk, f"/claims/{name}", asked) + "#curve", 303)


def _curve_shown(desk: Desk, asked: Asked, name: str) -> Markup:
    """The curve, or how far it has come, or what starts it."""
    key = _curve_key(desk, asked, name)
    jobs = [job for job in list(desk.work.jobs.values()) if job.key == key and job.wanted]
    here = address(desk, f"/claims/{name}", asked)
    start = address(desk, f"/claims/{name}/curve", asked)
    if not jobs:
        return fill("curve_start.html", start=start)
    job = jobs[-1]
    if job.state == "done":
        found: Sensitivity = job.answer.result()
        drawn = [mechanism.curve_figure(found)] if found.fitted else []
        return fill("curve.html", figures=drawn, sentences=found.sentences())
    if job.state == "failed":
        return fill("curve_failed.html", error=str(job.answer.exception()), start=start)
    return fill("job.html", job=job, then=here)


ROUTES = [
    on("/claims", _claims),
    on("/claims/{name}", _claim),
    on("/claims/{name}/curve", _start_curve, post=True),
    on("/claim/{name}/{part}", _part, pool="slow"),
]
