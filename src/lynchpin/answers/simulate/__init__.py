"""Forward draws from a fit."""

from __future__ import annotations

from lynchpin.answers.simulate.draw import Paths, simulate

__all__ = ["Paths", "simulate"]
