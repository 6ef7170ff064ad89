"""The text of a model to its terms: `inertia(30d) reciprocity otp(class=coop, scale=log1p) inertia:reciprocity`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from lynchpin.days import format_duration
from lynchpin.engine.rem.peers import ours_for
from lynchpin.engine.rem.times import DAYS
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import BadValue, UnknownName, suggest

Scale = Literal["none", "std", "prop", "log1p"]

_SCALES = get_args(Scale)
_ARGUMENTS = ("half_life", "window", "class", "legs", "scale", "unique", "weight", "of", "absent", "symmetric")
#: The word for a model without effects, beside the empty text.
BASELINE = "baseline"
_TERM = re.compile(r"\s*(?:([A-Za-z]\w*)(\(([^()]*)\))?|(\S))")


@dataclass(frozen=True, slots=True)
class Effect:
    """One statistic with what it remembers.

    half_life, window : in the unit of the times (days where times are dates); at most one is given; neither: full
    classes : types of events that count; none: all
    legs : for two-paths, the types of each leg; None: `classes` for both
    unique : for two-paths, count third parties
    weighted : count the weights of events in place of the events
    of : name of the covariate
    absent : the value of an actor or a dyad that its table does not name; None: every one must be named
    symmetric : the covariate's table names each pair once, for both directions
    """

    statistic: str
    half_life: float | None = None
    window: float | None = None
    classes: tuple[str, ...] = ()
    legs: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    scale: Scale = "none"
    unique: bool = False
    weighted: bool = True
    of: str = ""
    absent: float | None = None
    symmetric: bool = False

    def __str__(self) -> str:
        return self.text()

    def text(self, span: Callable[[float], str] = format_duration) -> str:
        """As it can be read again; `span` writes a length of time."""
        words = [self.of] if self.of else []
        words += [f"half_life={span(self.half_life)}"] if self.half_life else []
        words += [f"window={span(self.window)}"] if self.window else []
        words += [f"class={'|'.join(self.classes)}"] if self.classes else []
        words += [f"legs={'|'.join(self.legs[0])}/{'|'.join(self.legs[1])}"] if self.legs else []
        words += [f"scale={self.scale}"] if self.scale != "none" else []
        words += ["unique"] if self.unique else []
        words += [] if self.weighted else ["weight=no"]
        words += [f"absent={self.absent!r}"] if self.absent is not None else []
        words += ["symmetric"] if self.symmetric else []
        return f"{self.statistic}({', '.join(words)})" if words else self.statistic


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient: an effect, or the product of several."""

    effects: tuple[Effect, ...]

    def __str__(self) -> str:
        return self.text()

    def text(self, span: Callable[[float], str] = format_duration) -> str:
        return ":".join(effect.text(span) for effect in self.effects)

    @property
    def name(self) -> str:
        """The short name of a column: statistics and covariates only."""
        return ":".join(f"{e.statistic}({e.of})" if e.of else e.statistic for e in self.effects)


def parse_effects(
    text: str,
    *,
    half_life: float | None = None,
    scale: Scale = "none",
    length: Callable[[str, str], float] = DAYS.length,
) -> tuple[Term, ...]:
    """Read the effects of a model.

    Parameters
    ----------
    text : effects apart by blanks, commas or `+`; `a:b` is a product. Arguments in brackets, apart by commas: a
        length of time or `half_life=30d`; `window=90d`; `class=coop` or `class=coop|talk`; `legs=coop/conflict` for
        the two legs of a two-path; `scale=none`, `std`, `prop` or `log1p`; `unique`; `weight=no`; the name of a
        covariate, or `of=name`, with `absent=0` and `symmetric`. A length is a number and a unit (h, d, w, mo, y), or a
        bare number in the unit of the times. Nothing, or `baseline`, is the model without effects.
    half_life, scale : what an effect has that names none of its own
    length : (text, where) -> a length in the unit of the times, see `Clock.length`

    Raises
    ------
    BadValue, UnknownName : with the column of the text

    Examples
    --------
    >>> [str(term) for term in parse_effects("inertia(30d) otp(class=coop, scale=log1p) inertia:reciprocity")]
    ['inertia(half_life=30d)', 'otp(class=coop, scale=log1p)', 'inertia:reciprocity']
    """
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
            effect = _effect(match[1], match[3] or "", text, column, match.start(3) + 1, half_life, scale, length)
            terms = [*terms[:-1], Term((*terms[-1].effects, effect))] if joins else [*terms, Term((effect,))]
            joins = False
        at = match.end()
    if joins:
        raise BadValue("a product without its second effect", _where(text, len(text)), "write a:b")
    if not terms:
        raise BadValue("no effects", "effects", f"write {BASELINE}, or name some of: {', '.join(catalogue())}")
    twice = {str(term) for term in terms if [str(t) for t in terms].count(str(term)) > 1}
    if twice:
        raise BadValue(f"{sorted(twice)[0]} is there twice", "effects", "leave one out")
    return tuple(terms)


def column_names(terms: Sequence[Term], span: Callable[[float], str] = format_duration) -> tuple[str, ...]:
    """Short names where they tell the terms apart, else the whole text; `span` writes a length of time."""
    short = [term.name for term in terms]
    return tuple(t.text(span) if short.count(s) > 1 else s for t, s in zip(terms, short, strict=True))


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
    effect = Effect(name, half_life=half_life if events and statistic.scales else None, scale=scale)
    at = start
    for part in inside.split(",") if inside.strip() else []:
        where = _where(text, at + len(part) - len(part.lstrip()))
        key, _, value = (word.strip() for word in part.partition("="))
        at += len(part) + 1
        if not value and key in ("unique", "symmetric"):
            value = "yes"
        elif not value and key[:1].isdigit():
            key, value = "half_life", key
        elif not value and not events and key:
            key, value = "of", key
        if key not in _ARGUMENTS:
            raise UnknownName(f"{name} has no argument {key!r}", where, suggest(key, _ARGUMENTS))
        effect = _with(effect, key, value, where, length)
    if effect.half_life and effect.window:
        effect = replace(effect, half_life=None) if effect.half_life == half_life else effect
        if effect.half_life:
            raise BadValue("both a half-life and a window", _where(text, column), "give one of them")
    if events and (effect.absent is not None or effect.symmetric):
        raise BadValue(f"{name} has no table of values", _where(text, column), "leave out absent and symmetric")
    if effect.symmetric and statistic.feed != "dyad values":
        raise BadValue(f"{name} is of actors, not of pairs", _where(text, column), "leave out symmetric")
    if not events and not effect.of:
        raise BadValue(f"{name} needs a covariate", _where(text, column), f"write {name}(population)")
    if effect.scale == "prop" and statistic.share_of is None:
        raise BadValue(f"{name} has no proportion", _where(text, column), "use scale=log1p, std or none")
    return effect


def _with(effect: Effect, key: str, value: str, where: str, length: Callable[[str, str], float]) -> Effect:
    if key in ("half_life", "window"):
        span = length(value, where)
        return replace(effect, half_life=span) if key == "half_life" else replace(effect, window=span)
    if key == "absent":
        return replace(effect, absent=_value(value, where))
    if key in ("unique", "weight", "symmetric"):
        if value not in ("yes", "no"):
            raise BadValue(f"{key} is yes or no, not {value!r}", where, f"write {key}=no")
        yes = value == "yes"
        if key == "symmetric":
            return replace(effect, symmetric=yes)
        return replace(effect, unique=yes) if key == "unique" else replace(effect, weighted=yes)
    if key == "scale":
        if value not in _SCALES:
            raise UnknownName(f"no scale {value!r}", where, suggest(value, _SCALES))
        return replace(effect, scale=value)  # type: ignore[arg-type]
    if not value:
        raise BadValue(f"{key} has no value", where, f"write {key}=...")
    if key == "of":
        return replace(effect, of=value)
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
