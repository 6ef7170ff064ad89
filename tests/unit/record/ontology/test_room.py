"""The room keeps to its rule: the standard library, errors and days, nothing else, so that it imports fast."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from lynchpin.record import ontology


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return names


def test_it_imports_only_what_is_light() -> None:
    modules = sorted(Path(ontology.__file__).parent.glob("*.py"))
    assert len(modules) >= 9
    for path in modules:
        foreign = {name for name in _imported(path) if name.split(".")[0] not in sys.stdlib_module_names}
        outside = {name for name in foreign if not name.startswith("lynchpin.record.ontology")}
        assert outside <= {"lynchpin.days", "lynchpin.errors"}, path.name


def test_its_tables_are_plain_text_without_stray_blanks() -> None:
    tables = sorted((Path(ontology.__file__).parent / "tables").glob("*.csv"))
    assert [path.stem for path in tables] == [
        *("cameo", "conflict_acts", "contexts", "countries", "demonyms", "envoys", "leaders", "organisations"),
        *("people", "phrases", "plover_modes", "plover_types", "sectors"),
    ]
    for path in tables:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert all(line == line.strip() and "\t" not in line for line in lines), path.name
