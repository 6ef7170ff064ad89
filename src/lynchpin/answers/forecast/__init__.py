"""Counts to come, the baselines they must beat, and the scores that say whether they do."""

from __future__ import annotations

from lynchpin.answers.forecast.baselines import BASELINES
from lynchpin.answers.forecast.forecast import MECHANISM, MODEL, forecast, reveal

__all__ = ["BASELINES", "MECHANISM", "MODEL", "forecast", "reveal"]
