"""The walks through the rooms name files and functions that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import lynchpin

PACKAGE = Path(lynchpin.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "rooms.md"

#: `place/file.py`: `name` [and `name`], as far as the next file.
STOP = re.compile(r"`([\w/]+\.py)`(?::((?:(?!`[\w/]+\.py`).)*))?", re.DOTALL)


def _walks() -> list[tuple[str, list[str]]]:
    text = PAGE.read_text(encoding="utf-8")
    steps = [line for part in text.split("## The walk of ")[1:] for line in part.split("\n## ")[0].splitlines()]
    return [
        (file, re.findall(r"`([A-Za-z_]+)`", named or ""))
        for line in steps
        if re.match(r"\d+\. ", line)
        for file, named in STOP.findall(line)
    ]


def _defined(file: str) -> set[str]:
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_each_stop_of_the_walks_is_there() -> None:
    walks = _walks()
    assert len(walks) >= 24
    absent = [
        (file, name)
        for file, names in walks
        for name in names
        if name not in _defined(file) and name not in ("JPNGOV",) and not name.isupper()
    ]
    assert absent == []


def test_each_walk_takes_ten_steps() -> None:
    walks = PAGE.read_text(encoding="utf-8").split("## The walk of ")[1:]
    assert [len(re.findall(r"(?m)^\d+\. ", walk.split("\n## ")[0])) for walk in walks] == [10, 10]
