"""A design in which one mechanism has several coefficients: one for each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from lynchpin.design.build import Column, Design, Unit
from lynchpin.statistics._base import Floats

#: Of a unit: what its column of a part is, given the column of the whole: shape (rows,), or None where it has none.
Part = Callable[[Unit, Floats], Floats | None]


def parted(design: Design, name: str, parts: Sequence[tuple[str, Part]], levels: Sequence[Part] = ()) -> Design:
    """Put the parts of a mechanism in the place of its column.

    Parameters
    ----------
    design : Design
    name : str, the mechanism; its column stays in the list, without a unit
    parts : (label, part) for each; columns with a Gaussian prior like that of a mechanism
    levels : further columns, each with a coefficient of its own for every unit that the mechanism moves

    Returns
    -------
    Design. The columns of the parts stand right after those that there were, in their order; then those of `levels`.
    """
    k = design.position(name)
    columns = list(design.columns)
    of_whole = columns[k]
    columns += [replace(of_whole, name=f"{name} · {label}") for label, _ in parts]
    first = len(design.columns)
    units = []
    for unit in design.units:
        if k not in unit.columns:
            units.append(unit)
            continue
        here = unit.columns != k
        whole = unit.X[:, ~here][:, 0]
        at, values = list(unit.columns[here]), list(unit.X[:, here].T)
        for number, (_, part) in enumerate(parts):
            value = part(unit, whole)
            if value is not None:
                at.append(first + number)
                values.append(value)
        for level in levels:
            value = level(unit, whole)
            if value is not None:
                at.append(len(columns))
                values.append(value)
                columns.append(Column(f"level of {unit.source}->{unit.target}", "control", unit.event_class, None))
        units.append(replace(unit, columns=np.array(at), X=np.array(values).T))
    return replace(design, columns=tuple(columns), units=tuple(units))
