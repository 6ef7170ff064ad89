"""What tests share: the embedded case, one fit of it, and where the validation data lies when it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

for library in ("OPENBLAS", "OMP"):  # as the command line does: our matrices are small
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from lynchpin.cases import Case, read_case  # noqa: E402
from lynchpin.models import Fit  # noqa: E402
from lynchpin.workbench import fit  # noqa: E402

AS_OF = "2012-07-09"


@pytest.fixture(scope="session")
def northeast() -> Case:
    return read_case("northeast-asia")


@pytest.fixture(scope="session")
def fit_2012(northeast: Case) -> Fit:
    return fit(northeast, as_of=AS_OF)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of validation data beside the checkout, or LYNCHPIN_SHARED; the test is skipped without it."""
    folder = Path(os.environ.get("LYNCHPIN_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the validation data is not on this machine")
    return folder
