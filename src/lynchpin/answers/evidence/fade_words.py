"""What a fade says, in sentences. Half-lives are of an act's weight; a push is told as a multiple of the rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import log

from lynchpin.model.half_life import GRID_DAYS
from lynchpin.results import Fade, interval_text
from lynchpin.results.base import UNSEEN, is_unseen

#: Share of the tried half-lives (on a log scale) that may be left standing before the record is said to tell nothing.
MOSTLY = 0.75

_HOW = "90 %, by profile likelihood"
_RANGE = f"from {GRID_DAYS[0]:.0f} days to {GRID_DAYS[-1] / 365:.0f} years"


def described(found: Fade) -> Fade:
    """The same with its words."""
    lines = [
        *_graded(found),
        half_life(found),
        *_peak_in_words(found),
        _today(found),
        *_doubt(found),
        "Association in time is not called cause.",
    ]
    return replace(found, words=tuple(lines))


def _graded(found: Fade) -> list[str]:
    """What the record says of the mechanism itself, before any of its numbers."""
    if found.evidence is None:
        return []
    said = f"The record shows {found.evidence.words()}"
    return [f"{said}." if found.evidence.is_shown else f"{said}: what follows is what was measured, and no finding."]


def half_life(found: Fade) -> str:
    """How fast it fades, or that the record cannot tell."""
    if found.half_life_days is None:
        return "The case has it that acts do not fade."
    says = _of_the_record(found)
    if found.is_fitted:
        return f"{says[:1].upper()}{says[1:]}."
    given = f"The case gives it a half-life of {_days(found.half_life_days)}"
    return f"{given}; {says}." if says else f"{given}."


def _of_the_record(found: Fade) -> str:
    """What the profile says; "" where there is none."""
    if found.half_life_interval is None or found.best_days is None:
        return ""
    low, high = found.half_life_interval
    if log(high / low) > MOSTLY * log(GRID_DAYS[-1] / GRID_DAYS[0]):
        nearly = "" if found.open_below and found.open_above else "nearly "
        return f"the record cannot tell how fast it fades: {nearly}any half-life {_RANGE} will do"
    if found.best_days == GRID_DAYS[-1]:
        return f"by the record, it fades slowly or not at all (half-life at least {low:.0f} days; {_HOW})"
    if found.open_above:
        between = f"at least {low:.0f}; no upper end up to {GRID_DAYS[-1]:.0f} days"
    elif found.open_below:
        between = f"at most {high:.0f}; no lower end down to {GRID_DAYS[0]:.0f} days"
    else:
        between = f"{low:.0f} to {high:.0f}"
    return f"by the record, an act weighs half after {_days(found.best_days)} ({between}; {_HOW})"


def _doubt(found: Fade) -> list[str]:
    """That the push itself is in doubt; nothing where it is not."""
    if not found.is_doubtful:
        return []
    if found.is_fitted:
        return [
            "With the half-life's own uncertainty counted in, the interval of the strongest day lies on both sides of "
            "no push; the ledger's interval holds the half-life at its best."
        ]
    return ["The interval of the strongest day lies on both sides of no push: how fast it fades then means little."]


def _peak_in_words(found: Fade) -> list[str]:
    top = found.peak
    if top is None:
        return []
    after = f", after “{top.headline.rstrip('.')}”" if top.headline else ""
    if is_unseen(top.lower, top.upper):
        return [f"{UNSEEN.capitalize()}: on its strongest day, {_day(top.date)}, its 90 % interval {_WIDE}."]
    size = f"{top.times:.2f} times the rate with {found.against} ({interval_text(top.lower, top.upper, ' to ')})"
    gone = (
        f"Half of that, on a log scale, was gone by {_day(top.half_gone)}."
        if top.half_gone is not None
        else f"Half of that was not gone by {_day(found.origin)}."
    )
    most = "The push was strongest" if top.times >= 1.0 else "It held acts back most"
    return [f"{most} on {_day(top.date)}{after}: {size}. {gone}"]


def _today(found: Fade) -> str:
    if is_unseen(found.lower, found.upper):
        return f"On {_day(found.origin)} there is {UNSEEN} of it: its 90 % interval {_WIDE}."
    interval = interval_text(found.lower, found.upper, " to ")
    return f"On {_day(found.origin)} it stands at {found.times:.2f} ({interval})."


_WIDE = "lies on both sides of no push, and its ends differ by a hundred times or more"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(days: float) -> str:
    return f"{days / 365.25:.0f} year{'s' if days > 400 else ''}" if days % 365.25 == 0 else f"{days:.0f} days"
