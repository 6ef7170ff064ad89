"""The questions that can be asked over HTTP: what each is about, its parameters, and what answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lynchpin import defaults
from lynchpin.errors import BadValue
from lynchpin.report.contract import answer
from lynchpin.session import questions
from lynchpin.session.agreements import agreements
from lynchpin.session.brief import how_it_fades
from lynchpin.session.check import check_case
from lynchpin.session.events import list_events
from lynchpin.session.stages import stage_by
from lynchpin.web.desk import Asked, Desk
from lynchpin.web.params import Param


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its path below /api, what it asks, its parameters, and what answers it."""

    path: str
    asks: str
    params: tuple[Param, ...]
    do: Callable[..., Mapping[str, Any]]  # (desk, asked, **params)
    about: bool = True  # whether it is about a case, a record and a day
    slow: bool = True  # whether it fits or draws: then its answers are kept


#: What every question about a case, a record and a day may name.
ABOUT = (
    Param("case", means="A case that is served; the first one by default."),
    Param("store", means="A store that is served; empty for the case's own chronology."),
    Param("as_of", "day", means="Use only what happened and was known before this day."),
)
_DAYS = Param("days", "whole", "How far ahead, rounded to whole months.", defaults.DAYS)
_DRAWS = Param("draws", "whole", "Simulated paths.", defaults.DRAWS)
_SEED = Param("seed", "whole", "Another seed than the case's.")

#: Work of one request is bounded: what is beyond these is for the command line. Days are those of all paths together.
MOST_DRAWS, MOST_SHIFTS, MOST_PATH_DAYS, MOST_STAGE_DRAWS, MOST_PERIODS = 5_000, 1_999, 2_000_000, 1_000, 6


def _at_most(name: str, value: int, most: int) -> None:
    """Refuse more than one request may ask for."""
    if value > most:
        raise BadValue(f"{name} should be at most {most:,} here", name, "ask the command line for more")


def _bounded(draws: int, days: int) -> None:
    """Refuse more paths, or longer ones, than one request may ask for."""
    _at_most("draws", draws, MOST_DRAWS)
    if draws * days > MOST_PATH_DAYS:
        what = (
            f"{draws:,} paths of {days:,} days are {draws * days:,} days, and at most {MOST_PATH_DAYS:,} are drawn here"
        )
        raise BadValue(what, "draws", "ask for fewer paths or days, or ask the command line")


def _brief(desk: Desk, asked: Asked, reveal: bool) -> Mapping[str, Any]:
    return answer(desk.revealed(asked) if reveal else desk.whole(asked))


def _fit(desk: Desk, asked: Asked) -> Mapping[str, Any]:
    fitted = desk.fit(asked)
    return answer(questions.coefficients(fitted), fitted.made_from)


def _claims(
    desk: Desk, asked: Asked, shifts: int, seed: int | None, split: list[str], by: str | None
) -> Mapping[str, Any]:
    _at_most("shifts", shifts, MOST_SHIFTS)
    _at_most("days to split on", len(split), MOST_PERIODS)
    fitted = desk.fit(asked)
    if split or by:
        parts = desk.answer(("parted", tuple(split), by), asked, lambda: questions.parted(fitted, split=split, by=by))
        return answer(parts, fitted.made_from)
    return answer(desk.ledger(asked, shifts, seed), fitted.made_from)


def _forecast(
    desk: Desk,
    asked: Asked,
    days: int,
    draws: int,
    seed: int | None,
    any: list[str],
    by: str | None,
    index: bool,
    agreement: str | None,
    stage: list[str],
) -> Mapping[str, Any]:
    _bounded(draws, days)
    if agreement or stage:
        if not agreement or not by or any or index:
            mend = "give agreement and by, and perhaps stage"
            raise BadValue("agreement and by go together, and without any and index", "forecast", mend)
        made_from, chances = stage_by(
            desk.case(asked), agreement, by, desk.store(asked), stages=stage, as_of=asked.as_of, draws=draws, seed=seed
        )
        return answer(chances, made_from)
    if (any and index) or bool(any) != (by is not None):
        raise BadValue("any and by go together, and index without them", "forecast", "give both any and by")
    fitted = desk.fit(asked)
    if any:
        return answer(questions.any_of(fitted, any, by or "", draws=draws, seed=seed), fitted.made_from)
    if index:
        return answer(questions.index(fitted, days=days, draws=draws, seed=seed), fitted.made_from)
    make = lambda: fitted.forecast(days=days, draws=draws, seed=seed)  # noqa: E731
    return answer(desk.answer(("forecast", days, draws, seed), asked, make), fitted.made_from)


def _fade(
    desk: Desk, asked: Asked, mechanism: str | None, dyad: str | None, days: int, reveal: bool
) -> Mapping[str, Any]:
    made_from, push = how_it_fades(
        desk.case(asked), mechanism, desk.store(asked), as_of=asked.as_of, reveal=reveal, dyad=dyad, days=days
    )
    return answer(push, made_from)


def _what_if(
    desk: Desk, asked: Asked, scenario: str | None, days: int, draws: int, seed: int | None, **changes: list[str]
) -> Mapping[str, Any]:
    _bounded(draws, days)
    fitted = desk.fit(asked)
    kept = desk.baseline(asked, days, draws, seed)
    compared = questions.played(fitted, scenario, days=days, draws=draws, seed=seed, kept=kept, **changes)
    return answer(compared, fitted.made_from)


def _agreements(desk: Desk, asked: Asked, agreement: str | None, draws: int, what_if: str | None) -> Mapping[str, Any]:
    _at_most("draws", draws, MOST_STAGE_DRAWS)
    make = partial(
        agreements,
        desk.case(asked),
        desk.store(asked),
        as_of=asked.as_of,
        agreement=agreement,
        draws=draws,
        deed=what_if,
    )
    return answer(desk.answer(("agreements", agreement, draws, what_if), asked, make))


def _attribute(desk: Desk, asked: Asked, replay: bool, **period: Any) -> Mapping[str, Any]:
    fitted = desk.fit(asked)
    make = partial(questions.shares, fitted, first=period["from"], last=period["to"], replay=replay)
    return answer(desk.answer(("shares", replay, *period.values()), asked, make), fitted.made_from)


def _events(
    desk: Desk, asked: Asked, state: list[str], count: str | None, limit: int, **filters: Any
) -> Mapping[str, Any]:
    case = desk.case(asked)
    named = {"class": "event_class", "type": "event_type"}
    given = {named.get(key, key): value for key, value in filters.items()}
    listed = list_events(
        case, desk.store(asked), as_of=asked.as_of, states=state, count=count, limit=None if count else limit, **given
    )
    rows = listed.rows.rename({"event_class": "class"}, strict=False)
    return {"case": case.name, "as_of": asked.as_of, "events": listed.total, "rows": rows}


def _predict(desk: Desk, asked: Asked, actor: str, role: str, date: str, top: int, **act: Any) -> Mapping[str, Any]:
    store = desk.store(asked)
    record = desk.cases[asked.case] if store is None else store
    ranking = questions.next_actors(
        record, actor, case=desk.cases[asked.case], day=date, event_class=act["class"], asked_as=role, top=top
    )
    return answer(ranking)


def _actors(desk: Desk, asked: Asked, unresolved: bool) -> Mapping[str, Any]:
    store = desk.store(asked)
    if store is None:
        raise BadValue("a chronology has no table of actors", "store", "name a store that is served")
    rows = questions.store_states(store, unresolved=unresolved)
    return {"store": store.name, "unresolved": unresolved, "actors": rows.height, "rows": rows}


_CHANGES = tuple(
    Param(name, "texts", means)
    for name, means in {
        "inject": "Put an act in: DATE ACT.",
        "scale": "Multiply rates or a mechanism: FACTOR WHAT.",
        "silence": "Switch rates or a mechanism off.",
        "hold": "Hold a state at its mean rates of last year.",
        "remove": "Take a past event out of memory: its id.",
        "sign": "Sign an agreement: DATE ID.",
        "block": "Refuse an agreement: DATE ID.",
        "postpone": "Sign an agreement on the later day: DATE ID until DATE.",
    }.items()
)
_EVENTS = (
    Param("state", "texts", "ISO3 codes, each on either side."),
    Param("dyad", means="A -> B, or A -- B."),
    Param("class", means="One class of the case."),
    Param("type", means="One PLOVER type."),
    Param("since", "day", "From this day on."),
    Param("until", "day", "Before this day."),
    Param("agreement", means="Steps of one agreement."),
    Param("source", means="Who acted, ISO3."),
    Param("target", means="On whom, ISO3."),
    Param("count", means="Count by year, class, type, dyad or status, instead of listing."),
    Param("limit", "whole", "Only so many of the newest.", 1000, limit="rows"),
)

QUESTIONS = (
    Question(
        "brief", "Everything that a brief shows.", (Param("reveal", "yes", "Add what happened next.", False),), _brief
    ),
    Question("fit", "The coefficients of the rate model.", (), _fit),
    Question(
        "claims",
        "The claims ledger; or each mechanism by period, dyad or condition.",
        (
            Param("shifts", "whole", "Random shifts of each cause in time.", defaults.SHIFTS),
            _SEED,
            Param("split", "texts", "Before and after these days."),
            Param("by", means="dyad or condition."),
        ),
        _claims,
    ),
    Question(
        "attribute",
        "What share of the acts each mechanism accounts for.",
        (
            Param("from", "day", "Only from this day on."),
            Param("to", "day", "Only before this day."),
            Param("replay", "yes", "Play the period anew too.", False),
        ),
        _attribute,
    ),
    Question(
        "forecast",
        "Counts ahead; or the chance of a pattern, the index, or an agreement's stage by a day.",
        (
            _DAYS,
            _DRAWS,
            _SEED,
            Param("any", "texts", "Chance of at least one such act; with by."),
            Param("by", "day", "The last day that counts."),
            Param("index", "yes", "The relation index ahead.", False),
            Param("agreement", means="Where an agreement will stand; with by."),
            Param("stage", "texts", "When it comes to this stage."),
        ),
        _forecast,
    ),
    Question(
        "fade",
        "How the push of a mechanism comes and goes.",
        (
            Param("mechanism", means="Its name."),
            Param("dyad", means="A -> B."),
            Param("days", "whole", "How far beyond the last known day.", defaults.DAYS, limit="days_beyond"),
            Param("reveal", "yes", "Mark the acts that came.", False),
        ),
        _fade,
    ),
    Question(
        "whatif",
        "Futures with and without a scenario, path by path.",
        (
            Param("scenario", means="A scenario beside the case."),
            _DAYS,
            Param("draws", "whole", "Pairs of paths.", defaults.PAIRS),
            _SEED,
            *_CHANGES,
        ),
        _what_if,
    ),
    Question(
        "agreements",
        "Where agreements stand, and the chance of each stage to come.",
        (
            Param("agreement", means="Only this one."),
            Param("draws", "whole", "Draws behind every interval.", defaults.STAGE_DRAWS, limit="chance_draws"),
            Param("what_if", means="sign, block or postpone, done today."),
        ),
        _agreements,
    ),
    Question(
        "explain",
        "Every mechanism in a sentence.",
        (),
        lambda desk, asked: questions.explained(desk.case(asked)),
        slow=False,
    ),
    Question(
        "check", "Whether the case holds together.", (), lambda desk, asked: check_case(desk.case(asked)), slow=False
    ),
    Question("events", "The events of the record that fit every filter.", _EVENTS, _events, slow=False),
    Question(
        "predict",
        "Whom an act will reach, or whom it will come from.",
        (
            Param("actor", means="ISO3 code.", required=True),
            Param("class", means="The act, as a class of the case."),
            Param("date", "day", "The day.", required=True),
            Param("role", means="receiver or sender.", usual="receiver"),
            Param("top", "whole", "How many to show.", defaults.SHOWN),
        ),
        _predict,
    ),
    Question(
        "actors",
        "The actors of a store by volume.",
        (Param("unresolved", "yes", "Names without a state.", False),),
        _actors,
        slow=False,
    ),
    Question(
        "sources", "The feeds that can be read.", (), lambda: {"sources": questions.feeds()}, about=False, slow=False
    ),
)
