"""The script that measures the house, on texts small enough to count by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from helpers.load import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def house() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield load(ROOT / "benchmarks" / "house.py", monkeypatch)


CODE = [
    ("", 0),
    ("x = 1\n", 1),
    ("# a comment\n\nx = 1  # another\n", 1),
    ('"""A docstring\n\nof three lines."""\n\nx = 1\n', 1),
    ('def f():\n    """What."""\n    return 1\n', 2),
    ('async def f():\n    """What,\n    and more."""\n', 1),
    ('class A:\n    """What."""\n\n    x: int\n', 2),
    ('x = """\na text\n\nis code but for its blank line"""\n', 3),
    ("x = [\n    1,\n    # why\n    2,\n]\n", 4),
    ("def f(): 'what'; return 1\n", 0),  # code on the line of a docstring goes with it: formatted code has none
]


@pytest.mark.parametrize(("text", "lines"), CODE)
def test_lines_of_code(house: ModuleType, text: str, lines: int) -> None:
    assert house.lines_of_code(text) == lines


TYPES = [
    ("class A: ...", {"A"}),
    ("class _A: ...", {"_A"}),
    ("A: TypeAlias = int", {"A"}),
    ("A: typing.TypeAlias = int", {"A"}),
    ('Kind = Literal["a", "b"]', {"Kind"}),
    ("A = Callable[[int], None]", set()),  # a single capital is no name of a type
    (
        "Read = Callable[[int], None]\nFloats = np.typing.NDArray[np.float64]\n_Rows = int | None",
        {"Read", "Floats", "_Rows"},
    ),
    ("if TYPE_CHECKING:\n    class A: ...\nelse:\n    class B: ...", {"A", "B"}),
    ("def f():\n    class A: ...", set()),
    ("class A:\n    class B: ...", {"A"}),
    ("LEVELS = rows[0]\nNames = read()\nrows = tuple[int]", set()),
]


@pytest.mark.parametrize(("text", "names"), TYPES)
def test_types_of_a_module(house: ModuleType, text: str, names: set[str]) -> None:
    assert house.types_of(ast.parse(text)) == names


COMPARISONS = [
    ('request.likelihood == "choice"', True),
    ('"choice" != likelihood', True),
    ('likelihood in ("ordinal", "interval")', True),
    ('likelihood not in ["rate"]', True),
    ('name == "nb2"', True),
    ('case.counts == "negative binomial"', True),
    ('column == "type"', False),
    ('likelihood == "other"', None),
    ("likelihood == other", None),
    ('likelihood == rows["type"]', None),
    ('"rate" == "type"', None),
    ('SUMMED = ("ordinal", "interval")\nlikelihood in SUMMED', True),
    ('SUMMED = frozenset({"ordinal"})\nlikelihood in SUMMED', True),
    ('SUMS = {"ordinal": 1}\nlikelihood in SUMS', True),
    ('match task.likelihood:\n    case "rate" | "type": ...', True),
    ('match node.kind:\n    case "rate": ...', False),
    ('match node:\n    case Node("other"): ...', None),
]


@pytest.mark.parametrize(("text", "counted"), COMPARISONS)
def test_comparisons_with_a_likelihood(house: ModuleType, text: str, counted: bool | None) -> None:
    found = [counted for _, _, counted in house.comparisons_of(ast.parse(text))]
    assert found == ([] if counted is None else [counted])


FLOORS = [
    (set(), 1),
    ({("a", "b")}, 2),
    ({("a", "b"), ("b", "c"), ("a", "c")}, 3),
    ({("a", "b"), ("b", "a"), ("b", "c"), ("c", "d")}, 3),  # a and b are one
]


@pytest.mark.parametrize(("edges", "floors"), FLOORS)
def test_floors(house: ModuleType, edges: set[tuple[str, str]], floors: int) -> None:
    assert house.floors(edges) == floors


FILES = {
    "__init__.py": "",
    "errors.py": "class Bad(Exception): ...\n",
    "a/__init__.py": "from town.errors import Bad\nfrom town.a.one import f, g\n",
    "a/one.py": "def f():\n    from town.b.deep.two import Kind\n\n\ndef g(): ...  # pragma: no cover\n",
    "b/__init__.py": "",
    "c/one.py": "from town.c import two\n",
    "c/two.py": "import_module('town.c.one')\n",
    "b/deep/two.py": "from town.a import f\n\nclass Bad: ...  # type: ignore[misc]\n" + "x = 1\n" * 400,
}


def test_the_table(house: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file, text in FILES.items():
        (tmp_path / "town" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "town" / file).write_text(text, encoding="utf-8")
    house.main([str(tmp_path / "town")])
    told, _, lists = capsys.readouterr().out.partition("How it is counted")
    cells = dict(map(str.strip, line.rsplit("  ", 1)) for line in told.splitlines()[1:-1])
    assert cells == {
        "Python files": "8",
        "lines of code": "410",
        "lines of code a file, median": "1",
        "files under 60 lines": "7",
        "files above 400 lines": "1",
        "rooms": "6",
        "wings": "5",
        "arrows between files": "5",
        "arrows between rooms": "3",
        "arrows between wings": "3",
        "circles among files (sizes)": "1 (3)",
        "the same, found by name too": "2 (3, 2)",
        "circles among rooms (sizes)": "1 (2)",
        "circles among wings (sizes)": "1 (2)",
        "floors of rooms": "2",
        "floors of wings": "2",
        "modules found by name": "1",
        "type names in more than one module": "1",
        "lines that compare a likelihood": "0",
        "`type: ignore`": "1",
        "`pragma: no cover`": "1",
    }
    assert "a circle of 3 files\n  a/__init__.py\n  a/one.py\n  b/deep/two.py\n" in lists
    assert "Bad (2): b/deep/two.py, errors.py" in lists


def test_a_revision_is_read_without_a_checkout(house: ModuleType, tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    texts = house.opened("HEAD", tmp_path).texts
    assert {"__init__.py", "errors.py"} <= set(texts)
    assert house.lines_of_code(texts["errors.py"]) > 10


def test_two_trees_have_a_column_each(house: ModuleType) -> None:
    drawn = house.table({"before": {"files": "12", "rooms": "3"}, "after": {"files": "7", "rooms": "1,000"}})
    assert drawn.splitlines() == ["       before  after", "files      12      7", "rooms       3  1,000"]


FAULTS = [("no-such-revision", "is no folder, and git"), (str(ROOT / "benchmarks"), "holds no src/lynchpin")]


@pytest.mark.parametrize(("where", "what"), FAULTS)
def test_a_tree_that_is_none_is_refused(
    house: ModuleType, where: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        house.main([where])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert what in told
    assert "to mend: " in told
