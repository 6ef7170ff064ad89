"""The life of an agreement: its stages and rules, the hazards of its next move, and what they make likely.

stages, rules, reading      what a history is, and reading one
covariates, leaders, spells what bears on it, strictly before each day; the rows a model is fitted to
hazards, occupancy          competing hazards with shrinkage; chances of each stage by date
aalen_johansen              the same chances without a model
outlook                     forecast, forces and analogues of each agreement
stage_by, moments, rivals   the chances on a day, when a stage is reached; past moments, and what must be beaten
"""

from __future__ import annotations

from lynchpin.answers.agreements.outlook import Fitted, fit_agreements, look_ahead
from lynchpin.answers.agreements.reading import read_agreements

__all__ = ["Fitted", "fit_agreements", "look_ahead", "read_agreements"]
