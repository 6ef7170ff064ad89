"""Counts to come, the baselines they must beat, and the scores that say whether they do.

May import: everything up to simulate, and results.
"""

from __future__ import annotations

from lynchpin.forecast.baselines import BASELINES

__all__ = ["BASELINES"]
