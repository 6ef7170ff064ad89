"""Scenarios: what is changed, and how the futures differ."""

from __future__ import annotations

from lynchpin.answers.scenarios.compare import Baseline, baseline, what_if
from lynchpin.answers.scenarios.reading import changes_of, read_scenario, scenarios_of
from lynchpin.answers.scenarios.scenario import Scenario

__all__ = ["Baseline", "Scenario", "baseline", "changes_of", "read_scenario", "scenarios_of", "what_if"]
