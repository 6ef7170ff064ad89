"""What tests share: the embedded case, one fit of it, and where the validation data lies when it is there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

for library in ("OPENBLAS", "OMP"):  # as the command line does: our matrices are small
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
os.environ.pop("COLUMNS", None)  # a worker of pytest-xdist is told the width of a terminal that it does not have

from lynchpin.account.cases import Case, read_case  # noqa: E402
from lynchpin.model import Fit  # noqa: E402
from lynchpin.session.facade import fit  # noqa: E402

AS_OF = "2012-07-09"


@pytest.fixture(scope="session")
def northeast() -> Case:
    return read_case("northeast-asia")


@pytest.fixture(scope="session")
def fit_2012(northeast: Case) -> Fit:
    return fit(northeast, as_of=AS_OF)


@pytest.fixture(scope="session")
def remembering(northeast: Case, tmp_path_factory: pytest.TempPathFactory) -> Fit:
    """The embedded case with a window on one mechanism, a lag on another, both on a third, a sector among them."""
    folder = tmp_path_factory.mktemp("memory")
    shutil.copytree(northeast.path.parent, folder, dirs_exist_ok=True)
    text = northeast.path.read_text(encoding="utf-8")
    for name, keys in (
        ("shared_threat", 'window = "50d"'),
        ("patron_push", 'half_life = "60d"\nlag = "17d"'),
        ("history_brake", 'half_life = "30d"\nwindow = "45d"\nlag = "10d"'),
        ("domestic_veto", 'half_life = "30d"\nlag = "3w"'),
    ):
        head, tail = text.split(f'name = "{name}"\nclaim', 1)
        start, stop = tail.index("half_life"), tail.index("\n", tail.index("half_life"))
        text = f'{head}name = "{name}"\nclaim{tail[:start]}{keys}{tail[stop:]}'
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return fit(read_case(folder / "case.toml"), as_of="2006-08-20")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of validation data beside the checkout, or LYNCHPIN_SHARED; the test is skipped without it."""
    folder = Path(os.environ.get("LYNCHPIN_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the validation data is not on this machine")
    return folder
