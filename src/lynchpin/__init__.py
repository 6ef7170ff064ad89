"""Lynchpin: from an account of how states push and pull one another to a brief that is tested and played forward.

>>> import lynchpin
>>> case = lynchpin.load_case("northeast-asia")
>>> case.states
('USA', 'JPN', 'KOR', 'PRK', 'CHN')

Names are imported when first used, so that `import lynchpin` and `lynchpin --help` cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lynchpin._version import __version__

if TYPE_CHECKING:
    from lynchpin.backtests import backtest
    from lynchpin.brief import render
    from lynchpin.cases import Case, builtin_cases
    from lynchpin.errors import LynchpinError
    from lynchpin.models import Fit
    from lynchpin.results import Backtest, Brief, Claim, Forecast
    from lynchpin.store import Store
    from lynchpin.workbench import fit, load_case, make_brief

_WHERE = {
    "Backtest": "results",
    "Brief": "results",
    "Case": "cases",
    "Claim": "results",
    "Fit": "models",
    "Forecast": "results",
    "LynchpinError": "errors",
    "Store": "store",
    "backtest": "backtests",
    "builtin_cases": "cases",
    "fit": "workbench",
    "load_case": "workbench",
    "make_brief": "workbench",
    "render": "brief",
}

__all__ = [
    "Backtest",
    "Brief",
    "Case",
    "Claim",
    "Fit",
    "Forecast",
    "LynchpinError",
    "Store",
    "__version__",
    "backtest",
    "builtin_cases",
    "fit",
    "load_case",
    "make_brief",
    "render",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"lynchpin.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'lynchpin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
