"""Network statistics as rows of a few kernels, by the field's own names; and the memory and traces that they stand on.

Each module holds a kernel or two and `STATISTICS`, one row for each statistic that is read off them. `catalogue()`
finds the modules by their place in this folder: a new statistic is a row in one, or a file with rows of its own, and
nothing else is edited.
"""

from __future__ import annotations

import copyreg
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from lynchpin.engine.statistics.base import GEOMETRIC, PRODUCT, UNIQUE, Statistic

__all__ = ["Statistic", "catalogue", "every_statistic", "of_counts", "of_legs", "of_ties", "statistic_named"]

WITHOUT_ROWS = ("base", "memory", "trace")


@cache
def every_statistic() -> dict[str, Statistic]:
    """Statistic name -> statistic, in alphabetical order, with those that are only divided by.

    Raises
    ------
    RuntimeError : two rows have one name, or a module has no STATISTICS
    """
    rows: dict[str, Statistic] = {}
    for module in iter_modules(__path__):
        if module.name.startswith("_") or module.name in WITHOUT_ROWS:
            continue
        own = getattr(import_module(f"{__name__}.{module.name}"), "STATISTICS", ())
        if not own or not all(isinstance(row, Statistic) for row in own):
            raise RuntimeError(
                f"statistics/{module.name}.py should define STATISTICS, a tuple of one or more Statistic"
            )
        for row in own:
            if row.name in rows:
                raise RuntimeError(f"statistics/{module.name}.py: another row is named {row.name!r} already")
            rows[row.name] = row
    return dict(sorted(rows.items(), key=lambda item: item[0].lower()))


def catalogue() -> dict[str, Statistic]:
    """The statistics that can be an effect: name -> statistic, in alphabetical order; those of ties by `of_ties`, and
    those whose legs are joined otherwise by `of_legs`."""
    return {
        name: row
        for name, row in every_statistic().items()
        if row.about != "all" and not name.endswith((UNIQUE, PRODUCT, GEOMETRIC))
    }


def of_ties() -> dict[str, Statistic]:
    """The statistics that have a form that counts ties, not events: name -> that form."""
    return {name.removesuffix(UNIQUE): row for name, row in every_statistic().items() if name.endswith(UNIQUE)}


def of_legs(joined: str) -> dict[str, Statistic]:
    """The two-paths whose legs are joined by their product or geometric mean, "product" or "geometric": name -> row."""
    end = f"({joined})"
    return {name.removesuffix(end): row for name, row in every_statistic().items() if name.endswith(end)}


def of_counts() -> dict[str, Statistic]:
    """The statistics that are functions of decayed counts alone, which a case can name and a simulation can update."""
    return {name: statistic for name, statistic in catalogue().items() if statistic.of_traces is not None}


def statistic_named(name: str) -> Statistic:
    """The statistic of this name, be it an effect or what others are divided by.

    Raises
    ------
    KeyError : there is none
    """
    return every_statistic()[name]


# Workers are told a statistic's name, and compile nothing that has been compiled before.
copyreg.pickle(Statistic, lambda statistic: (statistic_named, (statistic.name,)))
