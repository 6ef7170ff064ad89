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
    from lynchpin.account.cases import Theory, Triad, bind, builtin_cases, read_theory
    from lynchpin.account.cases.find_triads import find_triads
    from lynchpin.account.structure import Structure, import_tables
    from lynchpin.errors import LynchpinError
    from lynchpin.record.store import Store
    from lynchpin.report.page import render
    from lynchpin.results import Backtest, Brief, Claim, Forecast
    from lynchpin.session.backtest import backtest
    from lynchpin.session.brief import make_brief
    from lynchpin.session.facade import Case, Fit, fit, load_case
    from lynchpin.session.rem import LastingFit, RemFit, lasting, load_rem, rem

_WHERE = {
    "Backtest": "results",
    "Brief": "results",
    "Case": "session.facade",
    "Claim": "results",
    "Fit": "session.facade",
    "Forecast": "results",
    "LastingFit": "session.rem",
    "LynchpinError": "errors",
    "RemFit": "session.rem",
    "Store": "record.store",
    "Structure": "account.structure",
    "Theory": "account.cases",
    "Triad": "account.cases",
    "backtest": "session.backtest",
    "bind": "account.cases",
    "builtin_cases": "account.cases",
    "confirm": "session.register",
    "find_triads": "account.cases.find_triads",
    "fit": "session.facade",
    "import_tables": "account.structure",
    "lasting": "session.rem",
    "load_case": "session.facade",
    "load_rem": "session.rem",
    "make_brief": "session.brief",
    "read_theory": "account.cases",
    "register": "session.register",
    "rem": "session.rem",
    "render": "report.page",
}

__all__ = [
    "Backtest",
    "Brief",
    "Case",
    "Claim",
    "Fit",
    "Forecast",
    "LastingFit",
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
    "confirm",
    "find_triads",
    "fit",
    "import_tables",
    "lasting",
    "load_case",
    "load_rem",
    "make_brief",
    "read_theory",
    "register",
    "rem",
    "render",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"lynchpin.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'lynchpin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
