"""Reading a scenario file: TOML to a checked `Scenario`, with every complaint pointing at its line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lynchpin.account.cases import Case
from lynchpin.account.theory import Place
from lynchpin.answers.scenarios import scenario
from lynchpin.answers.scenarios import scenario as building
from lynchpin.answers.scenarios.scenario import Change, Measure, Remove, Scenario, Span
from lynchpin.days import parse_day
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.files import beside, shown, stands
from lynchpin.toml import Lines, Table, parse_toml, read_toml, tables

_KEYS = {
    "scenario": ("title", "assumes", "claim"),
    "inject": ("act", "date", "every", "until", "magnitude"),
    "scale": ("what", "factor", "on", "from", "until"),
    "silence": ("what", "on", "from", "until"),
    "hold": ("actor", "from", "until"),
    "remove": ("event",),
    "agreement": ("deed", "id", "date", "until"),
    "measure": ("name", "acts", "good"),
}


def scenarios_of(case: Case) -> dict[str, Path]:
    """The scenarios that lie beside a case, in its folder `scenarios`: name -> file."""
    return {file.stem: file for file in sorted((case.path.parent / "scenarios").glob("*.toml"))}


def read_scenario(scenario: str | Path, case: Case) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    scenario : str or Path, the name of a scenario beside the case, or a TOML file
    case : Case

    Raises
    ------
    BadData : there is no such file, it is not TOML, a key is missing, unknown or of the wrong kind
    UnknownName, BadMechanism, BadValue : a name, an act or a number that the case cannot take
    """
    path = _path(scenario, case)
    return _build(*parse_toml(read_toml(path, "scenario"), str(path), "scenario"), path.stem, case)


def _path(scenario: str | Path, case: Case) -> Path:
    path, named = Path(scenario), scenarios_of(case)
    if str(scenario) in named:
        file = named[str(scenario)]
        return beside(case.path.parent, f"scenarios/{file.name}", f"the scenario {file.stem!r} of {case.path.name}")
    if stands(path):
        return path
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise BadData("there is no scenario here", shown(path), "docs/how-to/what-if.md shows how to write one")
    raise UnknownName(
        f"no scenario named {str(scenario)!r} beside {case.name}",
        "",
        f"{suggest(str(scenario), named).rstrip('?')}, or give a path to a TOML file"
        if named
        else "the case has none of its own; give a path to a TOML file",
    )


def _build(values: dict[str, Any], lines: Lines, name: str, case: Case) -> Scenario:
    for section in values:
        if section not in _KEYS:
            raise BadData(
                f"no table named [{section}] in a scenario", _at(lines, section), suggest(section, _KEYS, noun="table")
            )
    top = Table(values.get("scenario", {}), lines, "scenario", keys=_KEYS["scenario"])
    changes: list[Change] = []
    for table in tables(values, "inject", lines, _KEYS["inject"]):
        changes.append(
            building.inject(
                case,
                table.text("act"),
                table.day("date"),
                every_days=table.duration("every") if "every" in table.values else None,
                until=table.day("until", None) if "until" in table.values else None,
                magnitude=table.number("magnitude") if "magnitude" in table.values else None,
                place=_place(table, "act"),
                where=_at(lines, "inject", table.index, "date"),
            )
        )
    for kind in ("scale", "silence"):
        for table in tables(values, kind, lines, _KEYS[kind]):
            changes.append(
                building.scale(
                    case,
                    table.text("what"),
                    table.number("factor") if kind == "scale" else 0.0,
                    _span(table),
                    on=table.text("on", ""),
                    place=_place(table, "what"),
                    on_place=_place(table, "on"),
                    where=_at(lines, kind, table.index, "factor" if kind == "scale" else "what"),
                )
            )
    for table in tables(values, "hold", lines, _KEYS["hold"]):
        where = _at(lines, "hold", table.index, "actor")
        changes.append(building.hold(case, table.text("actor"), _span(table), where=where))
    for table in tables(values, "remove", lines, _KEYS["remove"]):
        changes.append(Remove(table.text("event"), _at(lines, "remove", table.index, "event")))
    for table in tables(values, "agreement", lines, _KEYS["agreement"]):
        until = table.day("until") if "until" in table.values else None
        where = _at(lines, "agreement", table.index, "id")
        verb = table.one_of("deed", ("sign", "block", "postpone"))
        changes.append(building.deed(verb, table.text("id"), table.day("date"), until, where=where))
    claim, ids = top.text("claim", ""), tuple(c.id for c in case.claims)
    if claim and claim not in ids:
        raise UnknownName(
            f"no claim named {claim!r}", _at(lines, "scenario", 0, "claim"), suggest(claim, ids, noun="claim")
        )
    return Scenario(
        name, top.text("title", name), top.text("assumes", ""), claim, tuple(changes), _measures(values, lines, case)
    )


def _measures(values: dict[str, Any], lines: Lines, case: Case) -> tuple[Measure, ...]:
    return tuple(
        building.measure(
            case,
            table.text("name"),
            table.text("acts"),
            table.one_of("good", ("+", "-", "?"), "?"),
            place=_place(table, "acts"),
        )
        for table in tables(values, "measure", lines, _KEYS["measure"])
    )


def _span(table: Table) -> Span:
    first = table.day("from") if "from" in table.values else None
    last = table.day("until") if "until" in table.values else None
    if first and last and last <= first:
        raise BadValue(
            f"until {last} is not after from {first}", _at(table.lines, table.name, table.index, "until"), "swap them"
        )
    return Span(first, last)


def _place(table: Table, key: str) -> Place:
    """Where the first character of a text stands, inside its quotes."""
    line, column = table.lines.find(table.name, table.index, key)
    return Place(table.lines.file, line, column + 1)


def _at(lines: Lines, table: str, index: int = 0, key: str = "") -> str:
    line, column = lines.find(table, index, key)
    return str(Place(lines.file, line, column))


# -- Scenarios from the options of a command, each one line of words.

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
    scale : "FACTOR WHAT", and where wanted "from DATE" and "until DATE", that day left out
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
            scenario.inject(case, act.strip(), when, place=Place("--inject", 1, shift), where=f"--inject {line!r}")
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
        changes.append(scenario.hold(case, what, span, where=f"--hold {line!r}"))
    changes += [Remove(event, f"--remove {event!r}") for event in remove]
    for verb, lines in (("sign", sign), ("block", block), ("postpone", postpone)):
        for line in lines:
            what, span = _spanned(line, f"--{verb}", line)
            day, _, agreement = what.partition(" ")
            when, where = _day(day, f"--{verb}", line), f"--{verb} {line!r}"
            changes.append(scenario.deed(verb, agreement.strip(), when, span.last, where=where))
    return tuple(changes)


def _scale(case: Case, text: str, factor: float, option: str, line: str, column: int) -> Change:
    what, span = _spanned(text, option, line)
    place = Place(option, 1, column)
    return scenario.scale(case, what, factor, span, place=place, on_place=place, where=f"{option} {line!r}")


def _spanned(text: str, option: str, line: str) -> tuple[str, Span]:
    match = _SPAN.match(text)
    assert match is not None
    first, last = (_day(match[name], option, line) if match[name] else None for name in ("first", "last"))
    if first and last and last <= first:
        raise BadValue(f"until {last} is not after from {first}", f"{option} {line!r}", "swap them")
    return match["what"].strip(), Span(first, last)


def _day(text: str, option: str, line: str) -> date:
    return parse_day(text, name=f"{option} {line!r}")
