"""Briefs to render: built once, since they never change."""

from __future__ import annotations

import pytest

from helpers.made_up import made_up_brief, smallest_brief
from lynchpin.results import Brief


@pytest.fixture(scope="session")
def full() -> Brief:
    """A made-up brief with everything in it, nasty strings and a reveal included."""
    return made_up_brief()


@pytest.fixture(scope="session")
def small() -> Brief:
    """The smallest brief that can be."""
    return smallest_brief()
