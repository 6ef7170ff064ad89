"""Likelihoods, one file each, and the routine that fits them.

A likelihood is plain functions of arrays; `fit` knows the rate model's penalty and its clusters but no case by name.
May import: errors, events, results, statistics, cases, design.
"""

from __future__ import annotations

from lynchpin.models.fit import Fit, fit_case

__all__ = ["Fit", "fit_case"]
