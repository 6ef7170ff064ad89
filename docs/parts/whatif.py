"""Parts that come from a scenario played: what `lynchpin whatif` prints, the scenarios beside the case."""

from __future__ import annotations

from functools import cache
from io import StringIO
from textwrap import fill

from rich.console import Console

import lynchpin
from lynchpin.answers.scenarios import read_scenario, scenarios_of, what_if
from lynchpin.report.tables import what_if_table
from lynchpin.results import WhatIf
from parts.runs import AS_OF, CASE, WIDTH
from parts.text import as_table, fence

SHOWN = "push-doubled"


@cache
def played() -> WhatIf:
    """The scenario that the documentation shows."""
    return what_if(lynchpin.fit(CASE, as_of=AS_OF), SHOWN)


def whatif_shown() -> str:
    """The command and its output."""
    found, table = played(), StringIO()
    Console(file=table, width=WIDTH, highlight=False).print(what_if_table(found))
    rows = [line.rstrip() for line in table.getvalue().splitlines()]
    said = [fill(text, WIDTH) for text in (*found.sentences, "", found.note)]
    head = [f"$ lynchpin whatif {CASE} --scenario {SHOWN} --as-of {AS_OF}", found.title]
    return fence("\n".join([*head, *(f"  {change}" for change in found.changes), "", *rows, "", *said]))


def scenarios_shown() -> str:
    """Name, title and claim of every scenario beside the case, and what each takes for granted."""
    case = lynchpin.load_case(CASE)
    read = [read_scenario(name, case) for name in scenarios_of(case)]
    return as_table(
        ("name", "what if", "claim", "taken for granted"),
        [(f"`{one.name}`", one.title, one.claim, one.assumes) for one in read],
    )
