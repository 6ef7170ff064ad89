"""Toy histories and the laws that every statistic must obey; shipped, so that a plug-in can be held to them.

May import: errors, events, statistics.
"""

from __future__ import annotations

from lynchpin.testing.histories import History, crowded_history
from lynchpin.testing.laws import STATISTIC_LAWS

__all__ = ["STATISTIC_LAWS", "History", "crowded_history"]
