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
from lynchpin.results import Ledger  # noqa: E402
from lynchpin.session.facade import fit  # noqa: E402

AS_OF = "2012-07-09"

#: Files that take longest, which several workers begin with, so that none is left with a long one at the end. Those that
#: compile kernels stand beside those that compile none: a kernel that one worker compiled is read by the next.
FIRST = (
    "browser/test_pages.py",
    "end_to_end/test_durability.py",
    "unit/record/store/test_lake.py",
    "end_to_end/test_package.py",
    "unit/record/sources/test_paths.py",
    "unit/web/test_api.py",
    "end_to_end/test_docs.py",
    "property/test_no_leakage.py",
    "property/test_statistic_laws.py",
    "end_to_end/test_screens.py",
    "end_to_end/test_command_line.py",
    "end_to_end/test_one_answer.py",
    "end_to_end/test_sensitivity_command.py",
    "end_to_end/test_scheduler.py",
    "unit/answers/evidence/test_sensitivity.py",
    "unit/answers/predict/test_predict.py",
    "unit/engine/rem/test_random_effects.py",
    "unit/web/test_hostile.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first. (With `--no-loadscope-reorder`: else pytest-xdist puts the files with most tests first.)"""
    place = {Path(__file__).parent / name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))  # what is equal stays in its order


@pytest.fixture(scope="session")
def northeast() -> Case:
    return read_case("northeast-asia")


@pytest.fixture(scope="session")
def fit_2012(northeast: Case) -> Fit:
    return fit(northeast, as_of=AS_OF)


@pytest.fixture(scope="session")
def ledger_2012(fit_2012: Fit) -> Ledger:
    return fit_2012.claims()


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
