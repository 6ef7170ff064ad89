"""Which way imports point: the rules of direction, over every import of the package, and shown to see a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

import lynchpin
from helpers.imports import Arrow, Unread, arrows, circles, files, pairs, unread

PACKAGE = Path(lynchpin.__file__).parent

GROUND = {
    "_version",
    "crew",
    "defaults",
    "errors",
    "days",
    "numbers",
    "events",
    "files",
    "later",
    "limits",
    "tabular",
    "textfile",
    "toml",
}
RESULTS = GROUND | {"results"}
ACCOUNT = RESULTS | {"record", "engine"}
MODEL = ACCOUNT | {"account"}
ANSWERS = MODEL | {"model"}
SESSION = ANSWERS | {"answers", "report"}

MAY_IMPORT = {  # wing -> the wings that it may import besides itself
    **dict.fromkeys(GROUND, GROUND),
    "results": GROUND,
    "record": RESULTS,
    "engine": RESULTS,
    "account": ACCOUNT,
    "model": MODEL,
    "answers": ANSWERS,
    "report": RESULTS,
    "session": SESSION,
    "cli": SESSION | {"session", "web"},
    "web": RESULTS | {"report", "session"},  # never the answers themselves
    "testing": ANSWERS | {"answers", "report"},
    "__init__": SESSION | {"session", "cli"},
    "__main__": {"cli"},
}
FOUND_BY_NAME = {  # a result's picture, its text and what a notebook shows: the arrows that point up, and no import
    ("results", "report/draw.py"),
    ("results", "report/notebook.py"),
    ("results", "report/text.py"),
}
UNREAD = {  # file -> what it hands to import_module, where no reader of the source can tell the module
    "__init__.py": "the public names, imported when first used",
    "later.py": "libraries from outside, loaded when something is first asked of them",
}


def wing(file: str) -> str:
    return file.split("/")[0].removesuffix(".py")


def is_allowed_by_name(arrow: Arrow) -> bool:
    return arrow.by_name and (wing(arrow.importer), arrow.imported) in FOUND_BY_NAME


def against_direction(arrow: Arrow) -> bool:
    start, end = wing(arrow.importer), wing(arrow.imported)
    return start != end and end not in MAY_IMPORT.get(start, set()) and not is_allowed_by_name(arrow)


def takes_what_is_private(arrow: Arrow) -> bool:
    """Whether it takes a name or a module with an underscore out of another wing; `_version` is everyone's."""
    if wing(arrow.importer) == wing(arrow.imported) or arrow.imported == "_version.py":
        return False
    modules = arrow.imported.removesuffix(".py").split("/")
    return any(part.startswith("_") and not part.endswith("__") for part in (*modules, arrow.name))


def rings(found: list[Arrow]) -> list[list[str]]:
    return circles(pairs(arrow for arrow in found if not is_allowed_by_name(arrow)))


# --- the package -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> list[Arrow]:
    return arrows(PACKAGE)


def test_every_file_stands_in_a_wing() -> None:
    assert sorted({wing(file) for file in files(PACKAGE)} - set(MAY_IMPORT)) == []


def test_no_import_points_up(ours: list[Arrow]) -> None:
    assert [str(arrow) for arrow in ours if against_direction(arrow)] == []


def test_nothing_private_crosses_a_wing(ours: list[Arrow]) -> None:
    assert [str(arrow) for arrow in ours if takes_what_is_private(arrow)] == []


def test_no_circle(ours: list[Arrow]) -> None:
    assert rings(ours) == []


def test_what_is_imported_by_name_can_be_read() -> None:
    assert [call for call in unread(PACKAGE) if call.importer not in UNREAD] == []


def test_the_imports_are_all_there(ours: list[Arrow]) -> None:
    """A reader that sees nothing would find no fault either."""
    assert Arrow("__init__.py", "_version.py", "__version__", ours[0].line) == ours[0]
    assert {arrow.importer for arrow in ours} | {arrow.imported for arrow in ours} >= {"errors.py", "cli/__init__.py"}
    assert any(arrow.lazy for arrow in ours)
    assert any(arrow.typing for arrow in ours)


# --- the rules -------------------------------------------------------------------------------------------------------

ORDER = [  # who, whom, whether it may
    ("record/store.py", "errors.py", True),
    ("errors.py", "record/store.py", False),
    ("record/store.py", "engine/newton.py", False),
    ("engine/newton.py", "record/store.py", False),
    ("engine/newton.py", "account/cases/case.py", False),
    ("account/cases/case.py", "engine/statistics/__init__.py", True),
    ("account/cases/case.py", "model/fit.py", False),
    ("model/fit.py", "account/cases/case.py", True),
    ("answers/evidence/claims.py", "model/fit.py", True),
    ("model/fit.py", "answers/evidence/claims.py", False),
    ("answers/evidence/claims.py", "session/facade.py", False),
    ("answers/evidence/claims.py", "report/tables.py", False),
    ("report/tables.py", "results/claims.py", True),
    ("report/tables.py", "answers/evidence/claims.py", False),
    ("report/tables.py", "record/ontology/actors.py", False),
    ("results/claims.py", "toml.py", True),
    ("results/claims.py", "model/fit.py", False),
    ("results/claims.py", "report/draw.py", False),
    ("session/brief.py", "report/page/page.py", True),
    ("session/brief.py", "cli/brief.py", False),
    ("cli/brief.py", "session/brief.py", True),
    ("web/app.py", "session/brief.py", True),
    ("cli/serve.py", "web/app.py", True),
    ("web/app.py", "answers/evidence/claims.py", False),
    ("web/app.py", "cli/serve.py", False),
    ("testing/laws.py", "answers/simulate/draw.py", True),
    ("testing/laws.py", "session/brief.py", False),
    ("cli/brief.py", "testing/laws.py", False),
    ("__init__.py", "session/facade.py", True),
    ("__init__.py", "testing/laws.py", False),
    ("cli/brief.py", "__init__.py", False),
    ("cli/brief.py", "_version.py", True),
    ("cases/case.py", "errors.py", False),  # a wing that no rule knows
]


@pytest.mark.parametrize(("who", "whom", "may"), ORDER, ids=[f"{who}-{whom}" for who, whom, _ in ORDER])
@pytest.mark.parametrize("way", [{}, {"lazy": True}, {"typing": True}, {"by_name": True}], ids=str)
def test_the_order_of_the_wings(who: str, whom: str, may: bool, way: dict[str, bool]) -> None:
    allowed = may or (way == {"by_name": True} and (who, whom) == ("results/claims.py", "report/draw.py"))
    assert against_direction(Arrow(who, whom, "name", 1, **way)) is not allowed


PRIVATE = [
    ("model/fit.py", "record/_x.py", "y", True),
    ("model/fit.py", "record/_x/y.py", "z", True),
    ("model/fit.py", "record/store.py", "_y", True),
    ("model/fit.py", "record/__init__.py", "store", False),
    ("record/store.py", "record/_x.py", "_y", False),  # at home
    ("cli/_app.py", "record/store.py", "y", False),  # the private one is who imports
    ("model/fit.py", "_version.py", "__version__", False),
]


@pytest.mark.parametrize(("who", "whom", "name", "crosses"), PRIVATE, ids=[f"{p[1]}:{p[2]}" for p in PRIVATE])
def test_what_is_private(who: str, whom: str, name: str, crosses: bool) -> None:
    assert takes_what_is_private(Arrow(who, whom, name, 1)) is crosses


# --- faults planted in a small package, each seen ----------------------------------------------------------------------

SOUND = {
    "__init__.py": "from town._version import __version__\n",
    "_version.py": "__version__ = '1'\n",
    "errors.py": "class Bad(Exception): ...\n",
    "results/__init__.py": "from .base import Effect\n",
    "results/base.py": "from ..errors import Bad\n\n\ndef plot():\n"
    "    from importlib import import_module\n\n    import_module('town.report.draw')\n",
    "report/__init__.py": "",
    "report/draw.py": "from town.results import Effect\n",
    "record/__init__.py": "",
    "record/_rows.py": "ROWS = ()\n",
    "record/store.py": "from town.record._rows import ROWS\n_kept = ROWS\n",
    "model/__init__.py": "",
    "model/fit.py": "from town.record import store\nfrom town.results.base import Effect\n",
    "session/__init__.py": "from town.model.fit import store\nimport town.report.draw as draw\n",
}
TYPING = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "


def town(folder: Path, **more: str) -> Path:
    """The small package, with lines added at the end of the files named: `record__store` is record/store.py."""
    package = folder / "town"
    for file, text in SOUND.items():
        path = package / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + more.pop(file.removesuffix(".py").replace("/", "__"), ""), encoding="utf-8")
    assert not more
    return package


def test_a_sound_package_has_no_fault(tmp_path: Path) -> None:
    found = arrows(town(tmp_path))
    assert [arrow for arrow in found if against_direction(arrow) or takes_what_is_private(arrow)] == []
    assert rings(found) == []
    assert unread(tmp_path / "town") == []


UPWARD = [
    ("from town.session import draw", "record/store.py:3 imports draw from session/__init__.py"),
    ("import town.model.fit", "record/store.py:3 imports model/fit.py"),
    ("from ..model import fit", "record/store.py:3 imports model/fit.py"),
    ("from ..model.fit import *", "record/store.py:3 imports * from model/fit.py"),
    ("def late():\n    from town.model.fit import Effect", "record/store.py:4 imports Effect from model/fit.py, lazy"),
    ("async def late():\n    import town.model", "record/store.py:4 imports model/__init__.py, lazy"),
    (
        "class Late:\n    def it(self):\n        from town import model",
        "record/store.py:5 imports model/__init__.py, lazy",
    ),
    (f"{TYPING}from town.model.fit import Fit", "record/store.py:5 imports Fit from model/fit.py, for typing"),
    (
        "import typing\nif typing.TYPE_CHECKING:\n    import town.model.fit",
        "record/store.py:5 imports model/fit.py, for typing",
    ),
    ("try:\n    import town.model\nexcept ImportError: ...", "record/store.py:4 imports model/__init__.py"),
    ("import_module('town.report.draw')", "record/store.py:3 imports report/draw.py, by name"),
    ("importlib.import_module('..model.fit', __package__)", "record/store.py:3 imports model/fit.py, by name"),
    ("import town", "record/store.py:3 imports __init__.py"),
    ("from town import __version__", "record/store.py:3 imports __version__ from __init__.py"),
]


@pytest.mark.parametrize(("lines", "named"), UPWARD, ids=[lines for lines, _ in UPWARD])
def test_an_upward_arrow_is_named(tmp_path: Path, lines: str, named: str) -> None:
    found = arrows(town(tmp_path, record__store=f"{lines}\n"))
    assert [str(arrow) for arrow in found if against_direction(arrow)] == [named]


CROSSING = [
    ("from town.record._rows import ROWS", "model/fit.py:3 imports ROWS from record/_rows.py"),
    ("from town.record import _rows", "model/fit.py:3 imports record/_rows.py"),
    ("from ..record.store import _kept", "model/fit.py:3 imports _kept from record/store.py"),
    (f"{TYPING}import town.record._rows", "model/fit.py:5 imports record/_rows.py, for typing"),
    (
        "def late():\n    from town.record.store import _kept as kept",
        "model/fit.py:4 imports _kept from record/store.py, lazy",
    ),
]


@pytest.mark.parametrize(("lines", "named"), CROSSING, ids=[lines for lines, _ in CROSSING])
def test_an_underscore_that_crosses_is_named(tmp_path: Path, lines: str, named: str) -> None:
    found = arrows(town(tmp_path, model__fit=f"{lines}\n"))
    assert [str(arrow) for arrow in found if takes_what_is_private(arrow)] == [named]


CIRCLES = [
    "from town.record.store import ROWS",
    "from . import store",
    "def late():\n    from .store import ROWS",
    f"{TYPING}from town.record.store import ROWS",
    "import_module('town.record.store')",
]


@pytest.mark.parametrize("lines", CIRCLES)
def test_a_circle_is_named(tmp_path: Path, lines: str) -> None:
    assert rings(arrows(town(tmp_path, record___rows=f"{lines}\n"))) == [["record/_rows.py", "record/store.py"]]


def test_a_circle_through_what_an_init_passes_on_is_named(tmp_path: Path) -> None:
    found = arrows(town(tmp_path, results__base="from town.results import Effect\n"))
    assert rings(found) == [["results/__init__.py", "results/base.py"]]


def test_a_module_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    package = town(tmp_path, record__store="import_module(f'town.{ROWS}')\nimport_module(f'{__name__}.x')\n")
    assert unread(package) == [Unread("record/store.py", 3, "f'town.{ROWS}'")]


def test_a_name_that_the_init_defines_is_not_the_module_beside_it(tmp_path: Path) -> None:
    """`from town.model import fit` takes the function where the `__init__` has one, and the module otherwise."""
    package = town(tmp_path, session____init__="from town.model import fit\n")
    assert str(arrows(package)[-1]) == "session/__init__.py:3 imports model/fit.py"
    (package / "model/__init__.py").write_text("def fit(): ...\n", encoding="utf-8")
    assert str(arrows(package)[-1]) == "session/__init__.py:3 imports fit from model/__init__.py"
