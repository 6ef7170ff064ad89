"""Scenarios from the options of a command, each one line of words.

--inject  "2012-08-10 KOR -> JPN : grievance[territory]"
--scale   "2 USA -- ally : cooperation from 2012-08-01 until 2012-12-31"
--silence "PRK -> ally : material_conflict"
--hold    "PRK"
--remove  nea-2012-06-29-01
--sign    "2012-07-20 gsomia-jpn-kor"
--block   "2012-07-20 gsomia-jpn-kor"
--postpone "2012-07-20 gsomia-jpn-kor until 2012-10-01"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from lynchpin.cases import Case
from lynchpin.errors import BadValue
from lynchpin.events import parse_day
from lynchpin.scenarios import building
from lynchpin.scenarios.scenario import Change, Remove, Span
from lynchpin.theory import Place

_SPAN = re.compile(r"(?P<what>.*?)(?:\s+from\s+(?P<first>\S+))?(?:\s+until\s+(?P<last>\S+))?\s*$", re.DOTALL)


def changes_of(
    case: Case,
    *,
    inject: Sequence[str] = (),
    scale: Sequence[str] = (),
    silence: Sequence[str] = (),
    hold: Sequence[str] = (),
    remove: Sequence[str] = (),
    sign: Sequence[str] = (),
    block: Sequence[str] = (),
    postpone: Sequence[str] = (),
) -> tuple[Change, ...]:
    """Changes from lines of words.

    Parameters
    ----------
    inject : "DATE ACT"
    scale : "FACTOR WHAT", and where wanted "from DATE" and "until DATE"
    silence : "WHAT", the same
    hold : "STATE", the same
    remove : ids of past events
    sign, block : "DATE AGREEMENT"
    postpone : "DATE AGREEMENT until DATE"

    Raises
    ------
    LynchpinError : a line does not read, or names what the case does not have
    """
    changes: list[Change] = []
    for line in inject:
        day, _, act = line.strip().partition(" ")
        shift = len(day) + 2 + len(act) - len(act.lstrip())
        when = _day(day, "--inject", line)
        changes.append(
            building.inject(case, act.strip(), when, place=Place("--inject", 1, shift), where=f"--inject {line!r}")
        )
    for line in scale:
        number, _, rest = line.strip().partition(" ")
        try:
            factor = float(number)
        except ValueError:
            raise BadValue(
                f"{number!r} is no factor", f"--scale {line!r}", 'write "FACTOR WHAT", as in "2 patron_push"'
            ) from None
        changes.append(_scale(case, rest, factor, "--scale", line, len(number) + 2))
    changes += [_scale(case, line, 0.0, "--silence", line, 1) for line in silence]
    for line in hold:
        what, span = _spanned(line, "--hold", line)
        changes.append(building.hold(case, what, span, where=f"--hold {line!r}"))
    changes += [Remove(event, f"--remove {event!r}") for event in remove]
    for verb, lines in (("sign", sign), ("block", block), ("postpone", postpone)):
        for line in lines:
            what, span = _spanned(line, f"--{verb}", line)
            day, _, agreement = what.partition(" ")
            when, where = _day(day, f"--{verb}", line), f"--{verb} {line!r}"
            changes.append(building.deed(verb, agreement.strip(), when, span.last, where=where))
    return tuple(changes)


def _scale(case: Case, text: str, factor: float, option: str, line: str, column: int) -> Change:
    what, span = _spanned(text, option, line)
    place = Place(option, 1, column)
    return building.scale(case, what, factor, span, place=place, on_place=place, where=f"{option} {line!r}")


def _spanned(text: str, option: str, line: str) -> tuple[str, Span]:
    found = _SPAN.match(text)
    assert found is not None
    first, last = (_day(found[name], option, line) if found[name] else None for name in ("first", "last"))
    if first and last and last < first:
        raise BadValue(f"until {last} is before from {first}", f"{option} {line!r}", "swap them")
    return found["what"].strip(), Span(first, last)


def _day(text: str, option: str, line: str) -> date:
    return parse_day(text, name=f"{option} {line!r}")
