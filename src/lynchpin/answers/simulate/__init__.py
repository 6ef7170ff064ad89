"""Forward draws from a fit. May import: everything up to models, relations, and results."""

from __future__ import annotations

from lynchpin.answers.simulate.draw import Paths, simulate

__all__ = ["Paths", "simulate"]
