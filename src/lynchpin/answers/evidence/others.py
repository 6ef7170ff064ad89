"""Rows of claims whose evidence is not the timing of a cause: counts of agreements, and two futures."""

from __future__ import annotations

from lynchpin.model import Fit
from lynchpin.results import Claim


def other_rows(fit: Fit) -> dict[str, tuple[Claim, ...]]:
    """The rows of such claims, by the claim's id; a claim that has rows of both kinds shows both."""
    return {}
