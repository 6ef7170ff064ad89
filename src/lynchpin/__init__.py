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
    from lynchpin.account.cases import Case, Theory, Triad, bind, builtin_cases, read_theory
    from lynchpin.account.cases.find_triads import find_triads
    from lynchpin.account.structure import Structure, import_tables
    from lynchpin.engine.rem import RemFit, load_rem, rem
    from lynchpin.errors import LynchpinError
    from lynchpin.model import Fit
    from lynchpin.record.store import Store
    from lynchpin.report.page import render
    from lynchpin.results import Backtest, Brief, Claim, Forecast
    from lynchpin.session.backtest import backtest
    from lynchpin.session.brief import make_brief
    from lynchpin.session.known import fit, load_case

_WHERE = {
    "Backtest": "results",
    "Brief": "results",
    "Case": "account.cases",
    "Claim": "results",
    "Fit": "model",
    "Forecast": "results",
    "LynchpinError": "errors",
    "RemFit": "engine.rem.result",
    "Store": "record.store",
    "Structure": "account.structure",
    "Theory": "account.cases",
    "Triad": "account.cases",
    "backtest": "session.backtest",
    "bind": "account.cases",
    "builtin_cases": "account.cases",
    "find_triads": "account.cases.find_triads",
    "fit": "session.known",
    "import_tables": "account.structure",
    "load_case": "session.known",
    "load_rem": "engine.rem.result",
    "make_brief": "session.brief",
    "read_theory": "account.cases",
    "rem": "engine.rem.api",
    "render": "report.page",
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
