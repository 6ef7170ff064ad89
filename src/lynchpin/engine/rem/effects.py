"""The text of a model to its terms: `inertia(30d) reciprocity otp(class=coop, scale=log1p) inertia:reciprocity`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from lynchpin.engine.rem.peers import ours_for
from lynchpin.engine.rem.terms import SHIFT_NAMES, Effect, Legs, OfType, Scale, Term
from lynchpin.engine.rem.times import DAYS, Clock
from lynchpin.engine.statistics import catalogue, of_legs, of_ties
from lynchpin.errors import BadValue, UnknownName, suggest

_SCALES = get_args(Scale)
_OF_TYPES = get_args(OfType)
_JOINED = get_args(Legs)
_ARGUMENTS = (
    "half_life",
    "window",
    "lag",
    "class",
    "type",
    "latest",
    "legs",
    "joined",
    "first",
    "second",
    "scale",
    "unique",
    "new",
    "weight",
    "of",
    "absent",
    "symmetric",
    "factor",
    "level",
)
#: What reads one value of a covariate, so that it can be of kinds.
_OF_ONE_VALUE = ("send", "receive", "tie")
#: The word for a model without effects, beside the empty text.
BASELINE = "baseline"
_TERM = re.compile(r"\s*(?:([A-Za-z]\w*)(\(([^()]*)\))?|(\S))")


def parse_effects(
    text: str,
    *,
    half_life: float | None = None,
    scale: Scale = "none",
    clock: Clock = DAYS,
) -> tuple[Term, ...]:
    """Read the effects of a model.

    Parameters
    ----------
    text : effects apart by blanks, commas or `+`; `a:b` is a product. Arguments in brackets, apart by commas: a
        length of time or `half_life=30d`; `window=90d`; `lag=10d`; `class=coop` or `class=coop|talk`; `type=same`,
        `other`, `each` or `interact` where types are at risk; `legs=coop/conflict` for the two legs of a two-path;
        `of=friends`, `first=friends` or `second=friends` for a covariate of pairs as the network of all, or of a leg;
        `joined=smaller`, `product` or `geometric` for what counts of the two legs; `scale=none`, `std`, `prop`,
        `log1p`, `sqrt` or `geometric`; `unique`; `new`; `weight=no`; the name of a covariate, or `of=name`, with
        `absent=0`, `symmetric` and `factor`. A length is a number and a unit (h, d, w, mo, y), or a bare number
        in the unit of the times. Nothing, or `baseline`, is the model without effects.
    half_life, scale : what an effect has that names none of its own
    clock : what lengths are read, and written, in

    Raises
    ------
    BadValue, UnknownName : with the column of the text

    Examples
    --------
    >>> [str(term) for term in parse_effects("inertia(30d) otp(class=coop, scale=log1p) inertia:reciprocity")]
    ['inertia(half_life=30d)', 'otp(class=coop, scale=log1p)', 'inertia:reciprocity']
    """
    if scale not in _SCALES:
        raise UnknownName(f"no scale {scale!r}", "scale", suggest(scale, _SCALES))
    terms: list[Term] = []
    if text.strip() in ("", BASELINE):
        return ()
    at, joins = 0, False
    while at < len(text.rstrip()):
        match = _TERM.match(text, at)
        assert match is not None
        column = match.start(1 if match[1] else 4) + 1
        if match[4]:
            if match[4] == ":" and terms and not joins:
                joins = True
            elif match[4] not in ",+":
                raise BadValue(f"{match[4]!r} is not expected here", _where(text, column), "effects look like otp(30d)")
        else:
            effect = _effect(match[1], match[3] or "", text, column, match.start(3) + 1, half_life, scale, clock.length)
            terms = [*terms[:-1], Term((*terms[-1].effects, effect))] if joins else [*terms, Term((effect,))]
            joins = False
        at = match.end()
    if joins:
        raise BadValue("a product without its second effect", _where(text, len(text)), "write a:b")
    if not terms:
        raise BadValue("no effects", "effects", f"write {BASELINE}, or name some of: {', '.join(catalogue())}")
    twice = sorted(term.text(clock.span) for term in terms if terms.count(term) > 1)
    if twice:
        raise BadValue(f"{twice[0]} is there twice", "effects", "leave one out")
    return tuple(terms)


def _effect(
    name: str,
    inside: str,
    text: str,
    column: int,
    start: int,
    half_life: float | None,
    scale: Scale,
    length: Callable[[str, str], float],
) -> Effect:
    if name == BASELINE:
        raise BadValue(
            "the baseline is no effect", _where(text, column), "leave it out: a likelihood with a clock has one"
        )
    if name not in catalogue():
        raise UnknownName(f"no statistic named {name!r}", _where(text, column), ours_for(name, catalogue()))
    statistic = catalogue()[name]
    events = statistic.feed == "events"
    effect = Effect(name, half_life=half_life if events and statistic.decays else None, scale=scale)
    at, decays = start, False
    for part in inside.split(",") if inside.strip() else []:
        where = _where(text, at + len(part) - len(part.lstrip()))
        key, _, value = (word.strip() for word in part.partition("="))
        at += len(part) + 1
        if not value and (key in ("unique", "symmetric", "factor") or (key == "new" and (events or effect.of))):
            value = "yes"
        elif not value and key[:1].isdigit():
            key, value = "half_life", key
        elif not value and not events and key:
            key, value = "of", key
        if key not in _ARGUMENTS:
            raise UnknownName(f"{name} has no argument {key!r}", where, suggest(key, _ARGUMENTS))
        effect, decays = _with(effect, key, value, where, length), decays or key == "half_life"
    if effect.joined != "smaller":
        _refuse_joined(effect, _where(text, column))
    if effect.unique:
        effect = _of_ties(effect, decays, _where(text, column))
    if any(effect.networks) or effect.legs:
        effect = _of_networks(effect, decays, _where(text, column))
    if statistic.feed == "types":
        return _of_types(effect, inside, _where(text, column))
    effect = effect if effect.type == "all" else _by_type(effect, _where(text, column))
    if not statistic.scales and (effect.half_life or effect.window or effect.lag):
        what = "the half-life" if effect.half_life else "the window" if effect.window else "the lag"
        raise BadValue(f"{name} does not decay", _where(text, column), f"leave out {what}")
    if effect.half_life and effect.window:
        effect = effect if decays else replace(effect, half_life=None)
        if effect.half_life:
            raise BadValue("both a half-life and a window", _where(text, column), "give one of them")
    if events and not any(effect.networks) and (effect.absent is not None or effect.symmetric):
        raise BadValue(f"{name} has no table of values", _where(text, column), "leave out absent and symmetric")
    if effect.half_life and not effect.row.decays and statistic.scales:
        raise BadValue(f"{name} does not decay: a tie is there or not", _where(text, column), "leave out the half-life")
    if effect.symmetric and statistic.feed.endswith("actor values"):
        raise BadValue(f"{name} is of actors, not of pairs", _where(text, column), "leave out symmetric")
    if (effect.factor or effect.level) and name not in _OF_ONE_VALUE:
        raise BadValue(f"{name} has no factor", _where(text, column), f"{', '.join(_OF_ONE_VALUE)} have one")
    if (effect.factor or effect.level) and effect.absent:
        raise BadValue("who has no value is none of the kinds", _where(text, column), "write absent=0")
    if effect.factor and effect.level:
        raise BadValue("a level is one of a factor", _where(text, column), "leave out factor, or level")
    if not events and not effect.of:
        raise BadValue(f"{name} needs a covariate", _where(text, column), f"write {name}(population)")
    if effect.scale == "prop" and (effect.row.share_of is None or effect.new):
        what = f"{name} of who is new" if effect.new else name
        raise BadValue(f"{what} has no proportion", _where(text, column), "use scale=log1p, std or none")
    return effect


def _of_types(effect: Effect, inside: str, where: str) -> Effect:
    """The type of an alternative, of which only the level is said.

    Raises
    ------
    BadValue : anything else is
    """
    plain = Effect(effect.statistic, level=effect.level)
    if effect != replace(plain, scale=effect.scale) or "scale" in inside:
        raise BadValue("the type of an alternative takes a level and nothing else", where, "write type(level=talks)")
    return plain


def _by_type(effect: Effect, where: str) -> Effect:
    """An effect of events whose type is, or is not, that of the alternative.

    Raises
    ------
    BadValue : it reads no events, or says already which
    """
    if not effect.row.feed.startswith("events") or any(effect.networks):
        raise BadValue("type= is of events", where, "leave it out")
    if effect.legs or (effect.classes and effect.type != "interact"):
        what = "legs" if effect.legs else "class"
        raise BadValue(f"type={effect.type} and {what}= both say which events count", where, "give one of them")
    return effect


def _refuse_joined(effect: Effect, where: str) -> None:
    """Legs are joined where there are two, and counted.

    Raises
    ------
    BadValue
    """
    if effect.statistic not in of_legs(effect.joined):
        have = ", ".join(of_legs(effect.joined))
        raise BadValue(f"{effect.statistic} joins no two legs", where, f"leave out joined: {have} do")
    if effect.unique:
        raise BadValue("unique counts third parties, whatever their legs are", where, "leave out joined, or unique")


def _of_ties(effect: Effect, decays: bool, where: str) -> Effect:
    """An effect that counts ties, which stay until a window takes them; `decays`: it names a half-life of its own.

    Raises
    ------
    BadValue
    """
    if effect.statistic not in of_ties():
        have = ", ".join(of_ties())
        raise BadValue(f"{effect.statistic} has no unique form", where, f"leave out unique: {have} have one")
    if decays:
        mend = "leave out the half-life, or say window=: a tie is there while an event is in the window"
        raise BadValue(f"{effect.statistic}(unique) does not decay: a tie is there or not", where, mend)
    return replace(effect, half_life=None)


def _of_networks(effect: Effect, decays: bool, where: str) -> Effect:
    """An effect whose legs are of some types each, or that reads networks in place of events.

    Raises
    ------
    BadValue : it reads none, or an argument speaks of events that it does not read
    """
    name, row = effect.statistic, effect.row
    if (effect.legs or effect.first or effect.second) and not row.has_legs:
        raise BadValue(f"{name} has no legs", where, "leave them out: two-paths have them")
    if any(effect.networks) and not (row.feed == "events" and row.scales):
        raise BadValue(f"{name} reads no network", where, "leave it out: counts, degrees and paths can")
    if effect.of and row.feed == "events" and (effect.first or effect.second):
        raise BadValue("of is both legs", where, "give of, or first and second")
    if not any(effect.networks):
        return effect
    if effect.legs:
        raise BadValue("legs are types of events, and one leg is a network", where, "write class= for the other")
    if effect.scale == "prop":
        raise BadValue(f"{name} of a network has no proportion", where, "use scale=log1p, std or none")
    if all(effect.networks):
        given = {"class": effect.classes, "window": effect.window, "half_life": decays, "weight": not effect.weighted}
        given["lag"] = effect.lag
        if said := [key for key, is_given in given.items() if is_given]:
            raise BadValue(f"{said[0]} is of events, and {name} reads a network", where, f"leave out {said[0]}")
        return replace(effect, half_life=None)
    if effect.half_life and not effect.window:
        mend = "write unique or window=, or give other effects half-lives of their own"
        raise BadValue("a network does not decay, and the other leg would", where, mend)
    return effect


def _with(effect: Effect, key: str, value: str, where: str, length: Callable[[str, str], float]) -> Effect:
    if key in ("half_life", "window", "lag"):
        return replace(effect, **{key: length(value, where)})  # type: ignore[arg-type]
    if key == "absent":
        return replace(effect, absent=_value(value, where))
    if key in ("unique", "new", "weight", "symmetric", "factor"):
        if value not in ("yes", "no"):
            raise BadValue(f"{key} is yes or no, not {value!r}", where, f"write {key}=no")
        yes = value == "yes"
        return replace(effect, **{"weighted" if key == "weight" else key: yes})  # type: ignore[arg-type]
    if key == "latest":
        if effect.statistic not in SHIFT_NAMES:
            raise BadValue(f"{effect.statistic} is no shift", where, "leave out latest")
        if value not in ("class", "all"):
            raise UnknownName(f"no latest {value!r}", where, suggest(value, ("class", "all")))
        return replace(effect, latest=value)  # type: ignore[arg-type]
    if key == "joined":
        if value not in _JOINED:
            raise UnknownName(f"no way {value!r} to join legs", where, suggest(value, _JOINED))
        return replace(effect, joined=value)  # type: ignore[arg-type]
    if key == "type":
        if value not in _OF_TYPES:
            raise UnknownName(f"no type {value!r}", where, suggest(value, _OF_TYPES))
        return replace(effect, type=value)  # type: ignore[arg-type]
    if key == "scale":
        if value not in _SCALES:
            raise UnknownName(f"no scale {value!r}", where, suggest(value, _SCALES))
        return replace(effect, scale=value)  # type: ignore[arg-type]
    if not value:
        raise BadValue(f"{key} has no value", where, f"write {key}=...")
    if key in ("of", "first", "second", "level"):
        return replace(effect, **{key: value})  # type: ignore[arg-type]
    if key == "class":
        return replace(effect, classes=tuple(value.split("|")))
    first, slash, second = value.partition("/")
    if not slash or not first or not second:
        raise BadValue(f"legs are two, not {value!r}", where, "write legs=cooperation/conflict")
    return replace(effect, legs=(tuple(first.split("|")), tuple(second.split("|"))))


def _value(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        raise BadValue(f"absent is a number, not {text!r}", where, "write absent=0")
    return number


def _where(text: str, column: int) -> str:
    return f"effects, column {column}: {text.strip()[:60]}"
