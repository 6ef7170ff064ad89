"""Writing a scenario as a TOML file, so that what was tried can be kept, sent and played again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from lynchpin.answers.scenarios.scenario import Change, Deed, Hold, Inject, Multiply, Scenario, Span

Value = str | float | date


def scenario_text(scenario: Scenario) -> str:
    """The text of a file that `read_scenario` reads back to the same changes and yardsticks.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str, TOML
    """
    tables: list[tuple[str, dict[str, Value]]] = []
    for change in scenario.changes:
        tables.append(_change(change))
    tables += [("measure", {"name": one.name, "acts": one.says, "good": one.good}) for one in scenario.measures]
    head: dict[str, Value] = {"title": scenario.title}
    head |= {key: text for key, text in (("assumes", scenario.assumes), ("claim", scenario.claim)) if text}
    lines = ["[scenario]", *_lines(head)]
    for name, values in tables:
        lines += ["", f"[[{name}]]", *_lines(values)]
    return "\n".join(lines) + "\n"


def _change(change: Change) -> tuple[str, dict[str, Value]]:
    """The table of a change, and its keys."""
    if isinstance(change, Inject):
        often = {"every": f"{change.every_days}d"} if change.every_days is not None else {}
        last = {"until": change.until} if change.until is not None else {}
        size = {"magnitude": change.magnitude} if change.magnitude is not None else {}
        return "inject", {"act": change.says, "date": change.day, **often, **last, **size}
    if isinstance(change, Multiply):
        what, on = change.says, ""
        if change.mechanism:
            what, on = change.mechanism, change.says.removeprefix(change.mechanism).removeprefix(" on ")
        narrowed = {"on": on} if on else {}
        if change.factor == 0.0:
            return "silence", {"what": what, **narrowed, **_span(change.span)}
        return "scale", {"what": what, "factor": change.factor, **narrowed, **_span(change.span)}
    if isinstance(change, Hold):
        return "hold", {"actor": change.actor, **_span(change.span)}
    if isinstance(change, Deed):
        later = {"until": change.until} if change.until is not None else {}
        return "agreement", {"deed": change.verb, "id": change.agreement, "date": change.day, **later}
    return "remove", {"event": change.event}


def _span(span: Span) -> dict[str, Value]:
    return {name: day for name, day in (("from", span.first), ("until", span.last)) if day is not None}


def _lines(values: dict[str, Value]) -> Iterator[str]:
    for key, value in values.items():
        written = _text(value) if isinstance(value, str) else value if isinstance(value, date) else repr(float(value))
        yield f"{key} = {written}"


def _text(text: str) -> str:
    """A string of TOML: as one of JSON, which is the same but for the one letter that TOML will not have bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
