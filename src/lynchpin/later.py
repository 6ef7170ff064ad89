"""Libraries that take long to load and that most commands need nothing of: loaded when first asked for something."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module, and loads it when something of it is first asked for.

    Parameters
    ----------
    name : str, as it would be imported

    Examples
    --------
    >>> later = Later("fractions")
    >>> later.Fraction(1, 2) + later.Fraction(1, 3)
    Fraction(5, 6)
    """

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, asked: str) -> Any:
        return getattr(import_module(self.__dict__["_name"]), asked)
