"""What the benchmarks share."""

from __future__ import annotations

import pytest

from lynchpin.session.facade import fit


@pytest.fixture(scope="session")
def fitted():
    """The embedded case as of 9 July 2012."""
    return fit("northeast-asia", as_of="2012-07-09")
