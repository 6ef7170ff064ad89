"""A case's rate model: its design, and the fit of coefficients, pooling, dispersion and half-lives.

Names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lynchpin.model.fit import Fit, fit_case

__all__ = ["Fit", "fit_case"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("lynchpin.model.fit"), name)
    raise AttributeError(f"module 'lynchpin.model' has no attribute {name!r}")
