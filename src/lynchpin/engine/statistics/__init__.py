"""Network statistics, one file each, by the field's own names; and the memory and the traces that they stand on.

`catalogue()` finds the modules of this folder by name and collects their `STATISTIC`: a new statistic is one file and
nothing else. Statistics do not import one another.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from lynchpin.engine.statistics.base import Statistic

__all__ = ["Statistic", "catalogue", "of_counts"]


@cache
def catalogue() -> dict[str, Statistic]:
    """Statistic name -> statistic, in alphabetical order.

    Raises
    ------
    RuntimeError : two files give one name, or a file has no STATISTIC
    """
    found: dict[str, Statistic] = {}
    for file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        if file.stem in ("base", "memory", "trace"):
            continue
        statistic = getattr(import_module(f"{__name__}.{file.stem}"), "STATISTIC", None)
        if not isinstance(statistic, Statistic) or statistic.name in found:
            raise RuntimeError(f"statistics/{file.name} should define one STATISTIC with a name of its own")
        found[statistic.name] = statistic
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def of_counts() -> dict[str, Statistic]:
    """The statistics that are functions of decayed counts alone, which a case can name and a simulation can update."""
    return {name: statistic for name, statistic in catalogue().items() if statistic.of_traces is not None}
