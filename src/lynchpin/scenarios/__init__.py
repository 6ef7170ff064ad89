"""Scenarios: what is changed, and how the futures differ. May import: everything up to forecast, and results."""

from __future__ import annotations

from lynchpin.scenarios.compare import what_if
from lynchpin.scenarios.options import changes_of
from lynchpin.scenarios.reading import read_scenario, scenarios_of
from lynchpin.scenarios.scenario import Scenario

__all__ = ["Scenario", "changes_of", "read_scenario", "scenarios_of", "what_if"]
