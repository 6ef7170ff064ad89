"""How long and in what form the acts of a cause are remembered, and whether joint acts are among them: the levels of
these choices, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, log
from typing import Final, Literal

from lynchpin.account.cases import Mechanism
from lynchpin.account.theory import SAID, joint_acts
from lynchpin.errors import BadValue
from lynchpin.results.sensitivity import Choice, Level

Form = Literal["decay", "window", "decay in a window", "for good"]


@dataclass(frozen=True, slots=True)
class Recall:
    """How the acts of a cause are remembered."""

    half_life_days: float  # inf: no fading
    window_days: float  # inf: no window


@dataclass(frozen=True, slots=True)
class Length:
    """How long acts are remembered under a level: so many days, or so many times a half-life that is fitted."""

    days: float | None  # None: fitted to each record; inf: for good
    times: float = 1.0


def length_choice(mechanism: Mechanism, days: float, more: Sequence[float]) -> Choice:
    """Lengths of memory that are tried: by the half-life where acts fade, else by the window.

    Parameters
    ----------
    days : float, the half-life of the case's own fit; inf where acts do not fade
    more : days, tried besides
    """
    levels = tuple(level for level, _ in _lengths(mechanism, days, more))
    return Choice("half-life", "how long an act of the cause is remembered", levels)


def lengths(mechanism: Mechanism, days: float, more: Sequence[float]) -> dict[str, Length]:
    """What each level of `length_choice` stands for, by its key; parameters as there."""
    return {level.key: length for level, length in _lengths(mechanism, days, more)}


def _lengths(mechanism: Mechanism, days: float, more: Sequence[float]) -> list[tuple[Level, Length]]:
    fades = isfinite(days)
    own = days if fades else mechanism.window_days
    fitted = (Level("fitted", "half-life fitted to each record, at the case's own step", False), Length(None))
    if mechanism.half_life_days is None:
        tried = [
            (Level("fitted", "fitted to each record, at the case's own step", True), Length(None)),
            (Level("fitted / 2", "half of that", False), Length(None, 0.5)),
            (Level("fitted x 2", "twice that", False), Length(None, 2.0)),
        ]
    elif isfinite(own):
        kind = "half-life" if fades else "window"
        tried = [
            (Level(f"{own * factor:g} d", f"{words} {kind}", factor == 1.0), Length(own * factor))
            for factor, words in ((1.0, "the case's own"), (0.5, "half the"), (2.0, "twice the"))
        ]
        tried.append(fitted)
    else:
        tried = [(Level("none", "acts are remembered for good, as the case has it", True), Length(inf)), fitted]
    keys = {level.key for level, _ in tried}
    besides = [(Level(f"{one:g} d", "asked for", False), Length(one)) for one in more]
    return tried + [(level, length) for level, length in besides if level.key not in keys]


def form_of(mechanism: Mechanism) -> Form:
    """The case's own form of memory."""
    fades, ends = mechanism.half_life_days != inf, isfinite(mechanism.window_days)
    if fades:
        return "decay in a window" if ends else "decay"
    return "window" if ends else "for good"


def form_choice(mechanism: Mechanism) -> Choice:
    """Forms of memory that are tried."""
    means = {
        "decay": "an act fades, by half every half-life",
        "window": "an act counts in full, for as long as a fading one counts in all (half-life / ln 2)",
        "decay in a window": "an act fades, and is forgotten at the end of the window",
        "for good": "an act is never forgotten",
    }
    own = form_of(mechanism)
    others = {"decay": ("window",), "window": ("decay",), "decay in a window": ("decay",), "for good": ()}[own]
    levels = tuple(Level(name, means[name], name == own) for name in (own, *others))
    return Choice("memory", "how it is remembered", levels, "" if others else "an act is never forgotten")


def recall(mechanism: Mechanism, own_days: float, length: Length, form: str, fitted_days: float) -> Recall:
    """Half-life and window under a level of length and one of form.

    Parameters
    ----------
    own_days : float, the half-life of the case's own fit; inf where acts do not fade
    length : Length, of a level of "half-life"
    form : str, key of a level of "memory"
    fitted_days : float, the half-life that was fitted to this record
    """
    if length.days is None:
        days = fitted_days * length.times
    elif length.days == inf:
        return Recall(inf, inf)
    else:
        days = length.days if isfinite(own_days) else length.days * log(2.0)  # the case speaks of a window
    if form == "window":
        return Recall(inf, float(round(days / log(2.0))))
    if form == "decay in a window":
        return Recall(days, mechanism.window_days)
    return Recall(days, inf)


def said_otherwise(mechanism: Mechanism, remembered: Recall) -> Mechanism:
    """The mechanism with another memory."""
    return replace(mechanism, half_life_days=remembered.half_life_days, window_days=remembered.window_days)


def check_half_lives(days: Sequence[float]) -> tuple[float, ...]:
    """Half-lives as asked for.

    Raises
    ------
    BadValue : one is not above zero
    """
    for one in days:
        if not 0.0 < one < inf:
            raise BadValue(f"a half-life of {one:g} days cannot be", "--half-life", "write days, weeks or years: 30d")
    return tuple(days)


# -- Joint acts, which a mechanism leaves out or counts.

_JOINT: Final[Mapping[str, Literal["with", "without"]]] = {"left out": "without", "counted": "with"}


def joint_choice(mechanism: Mechanism) -> Choice:
    """The choice "joint acts", the mechanism's own level first."""
    own = joint_acts(mechanism.checked)
    means = "whether an act that stands on both sides counts as a cause"
    if own == "none":
        return Choice("joint acts", means, (Level("none", SAID["none"], True),), SAID["none"])
    levels = tuple(Level(name, SAID[name], name == own) for name in _JOINT)
    return Choice("joint acts", means, tuple(sorted(levels, key=lambda level: not level.own)))


def with_joint(mechanism: Mechanism, level: str) -> Mechanism:
    """A mechanism under a level of "joint acts"."""
    if level not in _JOINT:
        return mechanism
    return replace(mechanism, checked=replace(mechanism.checked, joint=_JOINT[level]))
