"""Scenarios: what is changed, and how the futures differ."""

from __future__ import annotations

from lynchpin.answers.scenarios.compare import Baseline, baseline, what_if
from lynchpin.answers.scenarios.reading import changes_of, read_scenario, scenarios_of
from lynchpin.answers.scenarios.scenario import Scenario
from lynchpin.answers.scenarios.writing import scenario_text

__all__ = [
    "Baseline",
    "Scenario",
    "baseline",
    "changes_of",
    "read_scenario",
    "scenario_text",
    "scenarios_of",
    "what_if",
]
