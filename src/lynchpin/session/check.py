"""Checking a case or a theory: every file that it names is read, as the commands that use it would read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import polars as pl

from lynchpin.account.cases import Case, Theory, case_events
from lynchpin.account.cases.record import origin_of
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.scenarios import read_scenario, scenarios_of
from lynchpin.errors import LynchpinError, several
from lynchpin.model.design import refuse_oversize
from lynchpin.model.design.steps import lay_steps

T = TypeVar("T")


def check_theory(theory: Theory) -> dict[str, Any]:
    """What a theory holds, once it has been read."""
    return {
        "case": theory.name,
        "roles": len(theory.roles),
        "rules": sum(not isinstance(played, tuple) for played in theory.roles.values()),
        "classes": len(theory.text.classes),
        "claims": len(theory.text.claims),
        "mechanisms": len(theory.text.mechanisms),
        "controls": len(theory.text.controls),
        "events": "none: a theory names no states; `lynchpin triads` lists those that fit it",
    }


def check_case(case: Case) -> dict[str, Any]:
    """What a case holds, once it and every file that it names have been read: counts to hold against what was meant.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict, what there is -> how many

    Raises
    ------
    LynchpinError : the first fault of each file, all of them in one error
    """
    faults: list[LynchpinError] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except LynchpinError as error:
            faults.append(error)
            return None

    report: dict[str, Any] = {
        "case": case.name,
        "states": len(case.states),
        "sectors": len(case.sectors),
        "classes": len(case.classes),
        "claims": len(case.claims),
        "mechanisms": len(case.mechanisms),
        "controls": len(case.controls),
    }
    lives = tried(lambda: _agreements(case))
    if lives:
        report |= {"agreements": lives[0], "stages": lives[1]}
    scenarios = scenarios_of(case)
    for name in scenarios:
        tried(partial(read_scenario, name, case))
    if scenarios:
        report["scenarios"] = len(scenarios)
    report |= tried(lambda: _events(case)) or {}
    several(faults)
    return report


def _agreements(case: Case) -> tuple[int, int] | None:
    """How many agreements, and how many rows of their stages; None where the case names neither."""
    if case.agreements_file is None or case.stages_file is None:
        return None
    lives = read_agreements(case.agreements_file, case.stages_file, before=None, among=None, first=case.flagship)
    return len(lives), sum(len(life.history) for life in lives)


def _events(case: Case) -> dict[str, Any]:
    """The case's own chronology in numbers, laid out as a fit would lay it out."""
    if case.events_file is None:
        return {"events": "none: the case names no chronology; give --events STORE"}
    events = case_events(case)
    refuse_oversize(case, lay_steps(case.start, origin_of(events, None), case.step_days))
    counts = dict(events["event_class"].value_counts().iter_rows())
    return {
        "events": events.height,
        "first": events["date"].min(),
        "last": events["date"].max(),
        "by_class": {name: counts.get(name, 0) for name in case.class_names},
        "in_no_class": counts.get(None, 0),
        "verified_without_address": events.filter((pl.col("status") == "verified") & (pl.col("url") == "")).height,
    }
