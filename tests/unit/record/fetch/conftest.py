"""A publisher on this machine for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpers.publisher import Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server
