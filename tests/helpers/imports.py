"""Reads every import of a package and leads it to the file that answers it; nothing of the package is run.

The rules of direction (`tests/unit/test_house.py`) and the measures of the house (`benchmarks/house.py`) both read imports
here. Files are named by their path under the package (`results/base.py`), and stand for the nodes of a graph.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Arrow:
    """One import of one name: the file that asks, and the file that answers.

    Attributes
    ----------
    importer, imported : str, paths under the package, with forward slashes
    name : str, what is taken from the imported file; "" where the module itself is taken, "*" where all of it is
    line : int, where the import stands in the importer, from 1
    lazy : bool, whether it stands inside a function
    typing : bool, whether it stands under `if TYPE_CHECKING`
    by_name : bool, whether the module is named in a string that is handed to `import_module` or `__import__`
    """

    importer: str
    imported: str
    name: str
    line: int
    lazy: bool = False
    typing: bool = False
    by_name: bool = False

    def __str__(self) -> str:
        how = ((", lazy", self.lazy), (", for typing", self.typing), (", by name", self.by_name))
        taken = f"{self.name} from {self.imported}" if self.name else self.imported
        return f"{self.importer}:{self.line} imports {taken}" + "".join(word for word, holds in how if holds)


@dataclass(frozen=True, slots=True)
class Unread:
    """A call of `import_module` whose module no reader of the source can tell: what is handed to it, and where."""

    importer: str
    line: int
    asked: str


def arrows(package: Path) -> list[Arrow]:
    """Every import of the package from itself, by file and line, with lazy ones, typing ones and ones by name.

    `import a.b.c` leads to the file of `a.b.c`. `from a.b import c` leads to the module `a/b/c` where that is a file and
    the `__init__` of `a.b` gives the name to nothing else; otherwise to the file of `a.b`, an `__init__` that passes the
    name on included. That a module's parents are loaded with it is not counted.

    Parameters
    ----------
    package : the folder of the package, whose name is the package's

    Raises
    ------
    SyntaxError : a file is no Python
    """
    return [arrow for arrow in _read(package) if isinstance(arrow, Arrow)]


def unread(package: Path) -> list[Unread]:
    """Every call of `import_module` or `__import__` whose module is not written as a string.

    A text that begins with the asking module's own `__name__` is read: it stays within its folder, and is no arrow.
    """
    return [call for call in _read(package) if isinstance(call, Unread)]


def files(package: Path) -> list[str]:
    """Every Python file of the package, by path under it."""
    return sorted(file.relative_to(package).as_posix() for file in package.rglob("*.py"))


def pairs(found: Iterable[Arrow]) -> set[tuple[str, str]]:
    """Who imports whom, each pair once; a file that imports itself is left out."""
    return {(arrow.importer, arrow.imported) for arrow in found if arrow.importer != arrow.imported}


def circles(edges: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """Groups of two or more nodes that all reach one another (strongly connected components), the largest first."""
    return [group for group in groups(edges) if len(group) > 1]


def groups(edges: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """All strongly connected components, single nodes too: those that a node reaches and that reach it."""
    ahead: dict[Node, set[Node]] = {}  # node -> what it leads to
    behind: dict[Node, set[Node]] = {}  # node -> what leads to it
    for start, end in edges:
        ahead.setdefault(start, set()).add(end)
        ahead.setdefault(end, set())
        behind.setdefault(end, set()).add(start)
    found: list[list[Node]] = []
    placed: set[Node] = set()
    for node in sorted(ahead, key=str):
        if node not in placed:
            after, before = _reached(ahead, node), _reached(behind, node)
            group = {node} | (after & before)
            placed |= group
            found.append(sorted(group, key=str))
    return sorted(found, key=lambda group: (-len(group), str(group[0])))


def _reached(graph: Mapping[Node, set[Node]], start: Node) -> set[Node]:
    reached: set[Node] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(graph.get(node, ()))
    return reached


def _read(package: Path) -> Iterator[Arrow | Unread]:
    trees = {file: ast.parse((package / file).read_text(encoding="utf-8"), file) for file in files(package)}
    modules = {_module(package.name, file): file for file in trees}
    bound = {
        file: _bound(tree, _module(package.name, file)) for file, tree in trees.items() if file.endswith("__init__.py")
    }
    for file, tree in trees.items():
        reader = _Reader(file, modules, bound, package.name)
        reader.visit(tree)
        yield from reader.found


def _module(package: str, file: str) -> str:
    return ".".join([package, *(part for part in file.removesuffix(".py").split("/") if part != "__init__")])


def _bound(tree: ast.Module, package: str) -> set[str]:
    """Names that a package's `__init__` gives to something of its own, or takes out of another module."""
    names: set[str] = set()
    for node in _outside_functions(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != package:  # else: its own modules
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _outside_functions(child)


class _Reader(ast.NodeVisitor):
    """Walks one file; `lazy` and `typing` say where the walk stands."""

    def __init__(self, file: str, modules: dict[str, str], bound: dict[str, set[str]], package: str) -> None:
        self.file, self.modules, self.bound, self.package = file, modules, bound, package
        self.name = _module(package, file)
        self.lazy = self.typing = False
        self.found: list[Arrow | Unread] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._walk_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._walk_function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._walk_function(node)

    def _walk_function(self, node: ast.AST) -> None:
        before, self.lazy = self.lazy, True
        self.generic_visit(node)
        self.lazy = before

    def visit_If(self, node: ast.If) -> None:
        before, self.typing = self.typing, self.typing or _is_typing(node.test)
        for child in node.body:
            self.visit(child)
        self.typing = before
        self.visit(node.test)
        for child in node.orelse:
            self.visit(child)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._lead(alias.name, "", node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self._base(node.level, node.module or "")
        for alias in node.names:
            self._lead(base, alias.name, node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and node.args:
            asked = node.args[0]
            if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
                level = len(asked.value) - len(asked.value.lstrip("."))
                self._lead(self._base(level, asked.value[level:]), "", node.lineno, by_name=True)
            elif not _is_own(asked):
                self.found.append(Unread(self.file, node.lineno, ast.unparse(asked)))
        self.generic_visit(node)

    def _base(self, level: int, module: str) -> str:
        """The full name of what a relative import starts from."""
        if not level:
            return module
        parts = self.name.split(".") + (["__init__"] if self.file.endswith("__init__.py") else [])
        return ".".join([*parts[:-level], *filter(None, [module])])

    def _lead(self, base: str, name: str, line: int, by_name: bool = False) -> None:
        if base.split(".")[0] != self.package:
            return
        whole = f"{base}.{name}"
        if name and whole in self.modules and name not in self.bound.get(self.modules.get(base, ""), ()):
            base, name = whole, ""
        while base not in self.modules:  # a name written as if it were a module: the module that holds it answers
            base, _, last = base.rpartition(".")
            name = name or last
            if not base:
                return
        self.found.append(Arrow(self.file, self.modules[base], name, line, self.lazy, self.typing, by_name))


def _is_typing(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _is_own(asked: ast.expr) -> bool:
    """Whether it is an f-string that begins with `__name__` and a dot."""
    if not isinstance(asked, ast.JoinedStr) or len(asked.values) < 2:
        return False
    first, second = asked.values[:2]
    return (
        isinstance(first, ast.FormattedValue)
        and isinstance(first.value, ast.Name)
        and first.value.id == "__name__"
        and isinstance(second, ast.Constant)
        and str(second.value).startswith(".")
    )
