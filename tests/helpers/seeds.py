"""Seeds of made-up records: some in every run of the tests, all of them in the long one."""

from __future__ import annotations

from typing import Any

import pytest


def seeds(every: int, light: int) -> list[Any]:
    """The seeds 0 .. every - 1, to parametrise a test with; from `light` on among the slow ones."""
    return [*range(light), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(light, every))]
