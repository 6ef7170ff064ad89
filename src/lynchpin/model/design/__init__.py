"""Who could have acted, and what they had in mind: from events to the rows that a model is fitted to.

The way through: `acts` expands events to ordered pairs of nodes, `steps` lays the time grid, `layers` keeps decayed
counts, `evaluate` reads a mechanism off them, `build` puts the columns together. Everything is computed from events
dated before the origin.
"""

from __future__ import annotations

from lynchpin.model.design.acts import Acts, expand
from lynchpin.model.design.build import Column, Design, Unit, build_design, refuse_oversize
from lynchpin.model.design.steps import Steps

__all__ = ["Acts", "Column", "Design", "Steps", "Unit", "build_design", "expand", "refuse_oversize"]
