"""Toy histories and the laws that every statistic must obey; shipped, so that a plug-in can be held to them.

`feeds` holds ten made-up lines of each machine-coded feed.
"""

from __future__ import annotations

from lynchpin.testing.laws import STATISTIC_LAWS, ToyHistory, crowded_history

__all__ = ["STATISTIC_LAWS", "ToyHistory", "crowded_history"]
