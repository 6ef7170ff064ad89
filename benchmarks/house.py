"""Measures how the package is cut: files, rooms and wings, the arrows between them, circles, and ideas written twice.

    python benchmarks/house.py                 the tree that this file stands in
    python benchmarks/house.py main .          a git revision beside a folder, a column each

A folder is the root of a checkout or the package itself; anything else is a git revision, read without a checkout. How
each row is counted is printed under the table, and what stands behind the rows that should be 0 is listed below it.
Nothing of the package is run, so any revision can be read that this Python can parse.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import re
import subprocess
import sys
import tempfile
import tokenize
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "src/lynchpin"
sys.path.insert(0, str(ROOT / "tests"))

from helpers.imports import Arrow, arrows, circles, files, groups, pairs, unread  # noqa: E402  (found by the line above)

SHORT, LONG = 60, 400  # lines of a file, all of them
LIKELIHOODS = {"ordinal", "interval", "choice", "rate", "type", "nb2", "poisson", "negative binomial"}
OWN_NAMES = {"ordinal", "nb2", "poisson", "negative binomial"}  # the others are words for more than a likelihood
SUBJECTS = ("likelihood", "counts")  # what a request and a case call theirs
_TYPE_NAME = re.compile(r"_*[A-Z]\w*[a-z]\w*")  # in capitals throughout it is a constant
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def room(file: str) -> str:
    """The folder that holds the file; a module loose in the package is a room of its own."""
    return file.rpartition("/")[0] or file.removesuffix(".py")


def wing(file: str) -> str:
    """The first folder on the way to the file; a module loose in the package is a wing of its own."""
    return file.split("/")[0].removesuffix(".py")


@dataclass(frozen=True)
class House:
    """One tree of the package, read once."""

    package: Path

    @cached_property
    def texts(self) -> dict[str, str]:
        return {file: (self.package / file).read_text(encoding="utf-8") for file in files(self.package)}

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        return {file: ast.parse(text, file) for file, text in self.texts.items()}

    @cached_property
    def lines(self) -> dict[str, int]:
        return {file: len(text.splitlines()) for file, text in self.texts.items()}

    @cached_property
    def code(self) -> dict[str, int]:
        return {file: lines_of_code(text) for file, text in self.texts.items()}

    @cached_property
    def arrows(self) -> list[Arrow]:
        return arrows(self.package)

    @cached_property
    def between_files(self) -> set[tuple[str, str]]:
        return pairs(arrow for arrow in self.arrows if not arrow.by_name)

    @cached_property
    def between_rooms(self) -> set[tuple[str, str]]:
        return {(room(a), room(b)) for a, b in self.between_files if room(a) != room(b)}

    @cached_property
    def between_wings(self) -> set[tuple[str, str]]:
        return {(wing(a), wing(b)) for a, b in self.between_files if wing(a) != wing(b)}

    @cached_property
    def type_names(self) -> dict[str, list[str]]:
        """Type name -> the files that define it, for names that two files or more define."""
        places: dict[str, list[str]] = {}
        for file, tree in self.trees.items():
            for name in sorted(types_of(tree)):
                places.setdefault(name, []).append(file)
        return {name: where for name, where in sorted(places.items()) if len(where) > 1}

    @cached_property
    def comparisons(self) -> list[tuple[str, int, str, bool]]:
        """File, line, text of each comparison with a likelihood's name, and whether it is counted."""
        return [(file, *found) for file, tree in self.trees.items() for found in comparisons_of(tree)]

    @cached_property
    def comments(self) -> list[str]:
        return [t.string for text in self.texts.values() for t in _tokens(text) if t.type == tokenize.COMMENT]


def lines_of_code(text: str) -> int:
    """Lines that hold code: no blank ones, no comments, no docstrings of modules, classes and functions."""
    docs: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                docs.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    rows = text.splitlines()
    code: set[int] = set()
    for token in _tokens(text):
        if token.type not in _NO_CODE:
            code.update(n for n in range(token.start[0], token.end[0] + 1) if rows[n - 1].strip())
    return len(code - docs)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def types_of(tree: ast.Module) -> set[str]:
    """Names of types that a module defines: its classes, and its aliases, however they are written."""
    return {name for node in _of_module(tree.body) if (name := _type_name(node))}


def _of_module(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            yield from _of_module([*node.body, *node.orelse])
        else:
            yield node


def _type_name(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return node.name
    if type(node).__name__ == "TypeAlias":  # the `type` statement, from Python 3.12
        return ast.unparse(node).split()[1].partition("[")[0]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id if ast.unparse(node.annotation).endswith("TypeAlias") else ""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        return name if _TYPE_NAME.fullmatch(name) and _is_type(node.value) else ""
    return ""


def _is_type(value: ast.expr) -> bool:
    """Whether it reads as a type: `Literal[...]`, `Callable[...]`, `tuple[...]`, or several joined with `|`."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return True
    return isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name | ast.Attribute)


def comparisons_of(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Line, text and whether it is counted, of each comparison of something with the name of a likelihood.

    A side is a string, a tuple, list, set or dict of strings, or a name that the module gives to one of these. A word
    that means nothing else is counted whatever it is compared with; the others with what is called likelihood or
    counts.
    """
    named = {
        node.targets[0].id: words
        for node in _of_module(tree.body)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and (words := _words(node.value, {}))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            words = set().union(*(_words(side, named) for side in sides)) & LIKELIHOODS
            subject = " ".join(ast.unparse(side) for side in sides if not _words(side, named))
            if words and subject:
                yield node.lineno, ast.unparse(node), _is_counted(words, subject)
        elif isinstance(node, ast.Match):
            subject = ast.unparse(node.subject)
            for pattern in (case.pattern for case in node.cases):
                words = {str(c.value) for c in ast.walk(pattern) if isinstance(c, ast.Constant)} & LIKELIHOODS
                if words:
                    text = f"match {subject}: case {ast.unparse(pattern)}"
                    yield pattern.lineno, text, _is_counted(words, subject)


def _words(side: ast.expr, named: dict[str, set[str]]) -> set[str]:
    if isinstance(side, ast.Name):
        return named.get(side.id, set())
    if isinstance(side, ast.Call) and getattr(side.func, "id", "") in ("frozenset", "set", "tuple") and side.args:
        return _words(side.args[0], named)
    parts: Sequence[ast.expr | None] = [side]
    if isinstance(side, ast.Tuple | ast.List | ast.Set | ast.Dict):
        parts = side.keys if isinstance(side, ast.Dict) else side.elts
    values = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return set(values) if len(values) == len(parts) else set()


def _is_counted(words: set[str], subject: str) -> bool:
    return bool(words & OWN_NAMES) or any(name in subject for name in SUBJECTS)


def floors(edges: set[tuple[str, str]]) -> int:
    """How many nodes stand on the longest way down, each circle taken as one node."""
    group = {node: k for k, members in enumerate(groups(edges)) for node in members}
    below: dict[int, set[int]] = {k: set() for k in group.values()}
    for start, end in edges:
        if group[start] != group[end]:
            below[group[start]].add(group[end])
    height: dict[int, int] = {}
    for k in TopologicalSorter(below).static_order():
        height[k] = 1 + max((height[j] for j in below[k]), default=0)
    return max(height.values(), default=1)


def measured(house: House) -> dict[str, str]:
    """Row -> what stands in the table."""
    rings = {name: circles(e) for name, e in (("files", house.between_files), ("rooms", house.between_rooms))}
    compared = {(file, line) for file, line, _, counted in house.comparisons if counted}
    return {
        "Python files": f"{len(house.texts):,}",
        "lines of code": f"{sum(house.code.values()):,}",
        "lines of code a file, median": f"{median(house.code.values()):g}",
        f"files under {SHORT} lines": f"{sum(n < SHORT for n in house.lines.values()):,}",
        f"files above {LONG} lines": f"{sum(n > LONG for n in house.lines.values()):,}",
        "rooms": f"{len({room(file) for file in house.texts}):,}",
        "wings": f"{len({wing(file) for file in house.texts}):,}",
        "arrows between files": f"{len(house.between_files):,}",
        "arrows between rooms": f"{len(house.between_rooms):,}",
        "arrows between wings": f"{len(house.between_wings):,}",
        "circles among files (sizes)": _sizes(rings["files"]),
        "the same, found by name too": _sizes(circles(pairs(house.arrows))),
        "circles among rooms (sizes)": _sizes(rings["rooms"]),
        "circles among wings (sizes)": _sizes(circles(house.between_wings)),
        "floors of rooms": f"{floors(house.between_rooms):,}",
        "floors of wings": f"{floors(house.between_wings):,}",
        "modules found by name": f"{sum(a.by_name for a in house.arrows) + len(unread(house.package)):,}",
        "type names in more than one module": f"{len(house.type_names):,}",
        "lines that compare a likelihood": f"{len(compared):,}",
        "`type: ignore`": f"{sum('type: ignore' in comment for comment in house.comments):,}",
        "`pragma: no cover`": f"{sum('pragma: no cover' in comment for comment in house.comments):,}",
    }


def _sizes(rings: list[list[str]]) -> str:
    return f"{len(rings)} ({', '.join(str(len(ring)) for ring in rings)})" if rings else "0"


HOW = f"""\
How it is counted
  lines of code   lines with code on them: no blank lines, comments, or docstrings; other strings and imports count
  under, above    by all lines of the file
  room            a folder that holds modules; a module loose in the package, `__init__` too, is a room of its own
  wing            a folder of the package with all under it; a loose module is a wing of its own
  arrow           a pair (who imports, what is imported), once however many imports make it. Every import is read: at
                  the top, in functions, under TYPE_CHECKING, and relative ones. It leads to the module that is named;
                  for `from room import name`, to the file of that name or else to the room's `__init__`, which may
                  pass it on. That a module's parents are loaded with it is no arrow
  circle          two or more that all reach one another by arrows; the sizes stand in brackets
  floors          the longest way down the arrows, a circle taken as one
  found by name   calls of import_module or `__import__` that name another module than one below them; no import, so no
                  arrow, but the circles that they would close are a row of their own
  type name       a class or an alias (`X: TypeAlias =`, `type X =`, `X = Literal[...]` and the like) at the top of a
                  module; `_X` and `X` are two names
  likelihood      lines with `==`, `!=`, `in` or `case` against a string, or several, that names one. Whatever is
                  compared: {", ".join(sorted(OWN_NAMES))}. Where what is compared is called
                  likelihood or counts: {", ".join(sorted(LIKELIHOODS - OWN_NAMES))}. The rest is listed, not counted
  comments        `type: ignore` and `pragma: no cover` are counted as comments that hold the words"""


def behind(house: House) -> Iterator[str]:
    """The lists behind the rows: circles with their members, type names with their modules, comparisons."""
    for what, edges in (("files", house.between_files), ("rooms", house.between_rooms)):
        for ring in circles(edges):
            yield f"\na circle of {len(ring)} {what}"
            yield from (f"  {member}" for member in ring)
    if long := {file: n for file, n in house.lines.items() if n > LONG}:
        yield f"\nfiles above {LONG} lines"
        yield from (f"  {n} {file}" for file, n in sorted(long.items(), key=lambda item: -item[1]))
    yield "\nmodules found by name"
    yield from (f"  {arrow}" for arrow in house.arrows if arrow.by_name)
    yield from (f"  {call.importer}:{call.line} imports {call.asked}" for call in unread(house.package))
    yield "\ntype names in more than one module"
    yield from (f"  {name} ({len(where)}): {', '.join(where)}" for name, where in house.type_names.items())
    for title, wanted in (("lines that compare a likelihood", True), ("the same words for something else", False)):
        yield f"\n{title}"
        told = Counter((file, line) for file, line, _, counted in house.comparisons if counted == wanted)
        texts = {(file, line): text for file, line, text, counted in house.comparisons if counted == wanted}
        for (file, line), times in told.items():
            yield f"  {file}:{line} {texts[file, line]}" + (f" and {times - 1} more" if times > 1 else "")


def opened(where: str, into: Path) -> House:
    """The tree that a folder or a git revision names; a revision's package is written under `into`."""
    folder = Path(where)
    if folder.is_dir():
        package = folder / PACKAGE if (folder / PACKAGE).is_dir() else folder
        if not (package / "__init__.py").is_file():
            refuse(f"{where} holds no {PACKAGE} and is no package", "name the root of a checkout")
        return House(package.resolve())
    command = ["git", "-C", str(ROOT), "archive", "--format=zip", where, PACKAGE]
    try:
        asked = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        refuse(f"{where} is no folder, and there is no git to read a revision", "install git, or name a folder")
    if asked.returncode:
        said = asked.stderr.decode(errors="replace").strip()
        refuse(f"{where} is no folder, and git reads no {PACKAGE} in it: {said}", "git log lists revisions")
    with zipfile.ZipFile(io.BytesIO(asked.stdout)) as archive:
        archive.extractall(into)
    return House(into / PACKAGE)


def refuse(what: str, mend: str) -> NoReturn:
    """Says what is wrong and how to mend it, and ends with code 2."""
    print(f"{what}\n  to mend: {mend}", file=sys.stderr)
    sys.exit(2)


def table(columns: dict[str, dict[str, str]]) -> str:
    """Rows by name, a column for each tree, numbers to the right."""
    rows = list(next(iter(columns.values())))
    first = max(len(row) for row in rows)
    widths = {name: max(len(name), *(len(cell) for cell in cells.values())) for name, cells in columns.items()}
    lines = ["  ".join([" " * first, *(name.rjust(widths[name]) for name in columns)])]
    for row in rows:
        lines.append(
            "  ".join([row.ljust(first), *(cells[row].rjust(widths[name]) for name, cells in columns.items())])
        )
    return "\n".join(lines)


def main(asked: Sequence[str]) -> None:
    """Prints the table of the trees asked for, how it is counted, and the lists behind it."""
    places = {where: where for where in asked} or {"work tree": str(ROOT)}
    with tempfile.TemporaryDirectory() as scratch:
        houses = {name: opened(where, Path(scratch) / str(k)) for k, (name, where) in enumerate(places.items())}
        try:
            print(table({name: measured(house) for name, house in houses.items()}))
        except SyntaxError as error:
            refuse(f"{error.filename}, line {error.lineno}: {error.msg}", "a newer Python may be able to read it")
        print(f"\n{HOW}")
        for name, house in houses.items():
            print(f"\n\n# {name}")
            print("\n".join(behind(house)))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("trees", nargs="*", metavar="PATH_OR_REVISION", help="default: the tree of this file")
    try:
        main(options.parse_args().trees)
        sys.stdout.flush()
    except (
        BrokenPipeError
    ):  # whoever reads has read enough; what is left goes nowhere, so that nothing is said at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
