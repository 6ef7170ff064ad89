"""The text of a model to its terms: `inertia(30d) reciprocity otp(class=coop, scale=log1p) inertia:reciprocity`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from lynchpin.days import format_duration, parse_duration
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import BadValue, UnknownName, suggest

Scale = Literal["none", "std", "prop", "log1p"]

_SCALES = get_args(Scale)
_ARGUMENTS = ("half_life", "window", "class", "legs", "scale", "unique", "weight", "of")
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

    def __str__(self) -> str:
        said = [self.of] if self.of else []
        said += [f"half_life={_span(self.half_life)}"] if self.half_life else []
        said += [f"window={_span(self.window)}"] if self.window else []
        said += [f"class={'|'.join(self.classes)}"] if self.classes else []
        said += [f"legs={'|'.join(self.legs[0])}/{'|'.join(self.legs[1])}"] if self.legs else []
        said += [f"scale={self.scale}"] if self.scale != "none" else []
        said += ["unique"] if self.unique else []
        said += [] if self.weighted else ["weight=no"]
        return f"{self.statistic}({', '.join(said)})" if said else self.statistic


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient: an effect, or the product of several."""

    effects: tuple[Effect, ...]

    def __str__(self) -> str:
        return ":".join(str(effect) for effect in self.effects)

    @property
    def name(self) -> str:
        """The short name of a column: statistics and covariates only."""
        return ":".join(f"{e.statistic}({e.of})" if e.of else e.statistic for e in self.effects)


def parse_effects(text: str, *, half_life: float | None = None, scale: Scale = "none") -> tuple[Term, ...]:
    """Read the effects of a model.

    Parameters
    ----------
    text : effects apart by blanks, commas or `+`; `a:b` is a product. Arguments in brackets, apart by commas: a
        length of time or `half_life=30d`; `window=90d`; `class=coop` or `class=coop|talk`; `legs=coop/conflict` for
        the two legs of a two-path; `scale=none`, `std`, `prop` or `log1p`; `unique`; `weight=no`; the name of a
        covariate, or `of=name`. A length is a number and a unit (h, d, w, mo, y), or a bare number in the unit of the
        times.
    half_life, scale : what an effect has that names none of its own

    Raises
    ------
    BadValue, UnknownName : with the column of the text

    Examples
    --------
    >>> [str(term) for term in parse_effects("inertia(30d) otp(class=coop, scale=log1p) inertia:reciprocity")]
    ['inertia(half_life=30d)', 'otp(class=coop, scale=log1p)', 'inertia:reciprocity']
    """
    terms: list[Term] = []
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
            effect = _effect(match[1], match[3] or "", text, column, match.start(3) + 1, half_life, scale)
            terms = [*terms[:-1], Term((*terms[-1].effects, effect))] if joins else [*terms, Term((effect,))]
            joins = False
        at = match.end()
    if joins:
        raise BadValue("a product without its second effect", _where(text, len(text)), "write a:b")
    if not terms:
        raise BadValue("no effects", "effects", f"name some of: {', '.join(catalogue())}")
    twice = {str(term) for term in terms if [str(t) for t in terms].count(str(term)) > 1}
    if twice:
        raise BadValue(f"{sorted(twice)[0]} is there twice", "effects", "leave one out")
    return tuple(terms)


def column_names(terms: Sequence[Term]) -> tuple[str, ...]:
    """Short names where they tell the terms apart, else the whole text."""
    short = [term.name for term in terms]
    return tuple(str(t) if short.count(s) > 1 else s for t, s in zip(terms, short, strict=True))


def _effect(
    name: str, inside: str, text: str, column: int, start: int, half_life: float | None, scale: Scale
) -> Effect:
    if name not in catalogue():
        raise UnknownName(f"no statistic named {name!r}", _where(text, column), suggest(name, catalogue()))
    statistic = catalogue()[name]
    events = statistic.feed == "events"
    effect = Effect(name, half_life=half_life if events and statistic.scales else None, scale=scale)
    at = start
    for part in inside.split(",") if inside.strip() else []:
        where = _where(text, at + len(part) - len(part.lstrip()))
        key, _, value = (word.strip() for word in part.partition("="))
        at += len(part) + 1
        if not value and key == "unique":
            value = "yes"
        elif not value and key[:1].isdigit():
            key, value = "half_life", key
        elif not value and not events and key:
            key, value = "of", key
        if key not in _ARGUMENTS:
            raise UnknownName(f"{name} has no argument {key!r}", where, suggest(key, _ARGUMENTS))
        effect = _with(effect, key, value, where)
    if effect.half_life and effect.window:
        effect = replace(effect, half_life=None) if effect.half_life == half_life else effect
        if effect.half_life:
            raise BadValue("both a half-life and a window", _where(text, column), "give one of them")
    if not events and not effect.of:
        raise BadValue(f"{name} needs a covariate", _where(text, column), f"write {name}(population)")
    if effect.scale == "prop" and statistic.share_of is None:
        raise BadValue(f"{name} has no proportion", _where(text, column), "use scale=log1p, std or none")
    return effect


def _with(effect: Effect, key: str, value: str, where: str) -> Effect:
    if key in ("half_life", "window"):
        try:
            span = float(value)
        except ValueError:
            span = parse_duration(value, where=where)
        if not 0.0 < span < float("inf"):
            raise BadValue(f"{key} must be more than zero and finite, not {value}", where, "write 30d")
        return replace(effect, half_life=span) if key == "half_life" else replace(effect, window=span)
    if key in ("unique", "weight"):
        if value not in ("yes", "no"):
            raise BadValue(f"{key} is yes or no, not {value!r}", where, f"write {key}=no")
        yes = value == "yes"
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


def _span(value: float) -> str:
    return format_duration(value)


def _where(text: str, column: int) -> str:
    return f"effects, column {column}: {text.strip()[:60]}"
