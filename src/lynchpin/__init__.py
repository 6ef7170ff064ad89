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
    from lynchpin.cases import Case, Theory, Triad, bind, builtin_cases, read_theory
    from lynchpin.errors import LynchpinError
    from lynchpin.models import Fit
    from lynchpin.relational import RemFit, load_rem, rem
    from lynchpin.results import Backtest, Brief, Claim, Forecast
    from lynchpin.store import Store
    from lynchpin.structure import Structure, import_tables
    from lynchpin.triads import find_triads
    from lynchpin.workbench import fit, load_case, make_brief

_WHERE = {
    "Backtest": "results",
    "Brief": "results",
    "Case": "cases",
    "Claim": "results",
    "Fit": "models",
    "Forecast": "results",
    "LynchpinError": "errors",
    "RemFit": "relational.result",
    "Store": "store",
    "Structure": "structure",
    "Theory": "cases",
    "Triad": "cases",
    "backtest": "backtests",
    "bind": "cases",
    "builtin_cases": "cases",
    "find_triads": "triads",
    "fit": "workbench",
    "import_tables": "structure",
    "load_case": "workbench",
    "load_rem": "relational.result",
    "make_brief": "workbench",
    "read_theory": "cases",
    "rem": "relational.api",
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
    "RemFit",
    "Store",
    "Structure",
    "Theory",
    "Triad",
    "__version__",
    "backtest",
    "bind",
    "builtin_cases",
    "find_triads",
    "fit",
    "import_tables",
    "load_case",
    "load_rem",
    "make_brief",
    "read_theory",
    "rem",
    "render",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"lynchpin.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'lynchpin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
