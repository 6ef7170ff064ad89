"""Parts that come from a scenario played: what `lynchpin whatif` prints, the scenarios beside the case."""

from __future__ import annotations

from functools import cache

import lynchpin
from lynchpin.answers.scenarios import read_scenario, scenarios_of, what_if
from lynchpin.results import WhatIf
from parts.runs import AS_OF, CASE, lines_of
from parts.text import as_table, fence

SHOWN = "push-doubled"


@cache
def played() -> WhatIf:
    """The scenario that the documentation shows."""
    return what_if(lynchpin.fit(CASE, as_of=AS_OF), SHOWN)


def whatif_shown() -> str:
    """The command and its output."""
    command = f"$ lynchpin whatif {CASE} --scenario {SHOWN} --as-of {AS_OF}"
    return fence("\n".join([command, *lines_of(played())]))


def scenarios_shown() -> str:
    """Name, title and claim of every scenario beside the case, and what each takes for granted."""
    case = lynchpin.load_case(CASE)
    read = [read_scenario(name, case) for name in scenarios_of(case)]
    return as_table(
        ("name", "what if", "claim", "taken for granted"),
        [(f"`{one.name}`", one.title, one.claim, one.assumes) for one in read],
    )
