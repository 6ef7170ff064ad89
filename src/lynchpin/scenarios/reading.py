"""Reading a scenario file: TOML to a checked `Scenario`, with every complaint pointing at its line and column."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from lynchpin.cases import Case
from lynchpin.cases.lines import Lines
from lynchpin.cases.table import Table, tables
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.scenarios import building
from lynchpin.scenarios.scenario import Change, Measure, Remove, Scenario, Span
from lynchpin.theory import Place

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
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"cannot read the scenario: {error}", str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise BadData(
            f"the scenario is not TOML: {error}", path.name, "mend that line; https://toml.io shows the form"
        ) from None
    return _build(values, Lines(text, path.name), path.stem, case)


def _path(scenario: str | Path, case: Case) -> Path:
    path, named = Path(scenario), scenarios_of(case)
    if path.is_file():
        return path
    if str(scenario) in named:
        return named[str(scenario)]
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise BadData("there is no scenario here", str(path), "docs/how-to/what-if.md shows how to write one")
    raise UnknownName(
        f"no scenario named {str(scenario)!r} beside {case.name}",
        "",
        f"{suggest(str(scenario), named)} A path to a TOML file will do too.",
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
                magnitude=_number(table, "magnitude") if "magnitude" in table.values else None,
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
                    _number(table, "factor") if kind == "scale" else 0.0,
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
    if first and last and last < first:
        raise BadValue(
            f"until {last} is before from {first}", _at(table.lines, table.name, table.index, "until"), "swap them"
        )
    return Span(first, last)


def _number(table: Table, key: str) -> float:
    return table.number(key, above=float("-inf"))


def _place(table: Table, key: str) -> Place:
    """Where the first character of a text stands, inside its quotes."""
    line, column = table.lines.find(table.name, table.index, key)
    return Place(table.lines.file, line, column + 1)


def _at(lines: Lines, table: str, index: int = 0, key: str = "") -> str:
    line, column = lines.find(table, index, key)
    return str(Place(lines.file, line, column))
