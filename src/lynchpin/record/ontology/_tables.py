"""Reads the tables that ship with this room, each once."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `tables/<name>.csv` in file order; an empty cell is ``""``."""
    text = files(__package__).joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def many(cell: str) -> tuple[str, ...]:
    """A cell that holds several values joined by ``;``, taken apart; an empty cell holds none."""
    return tuple(cell.split(";")) if cell else ()


def number(cell: str) -> float | None:
    """A cell that holds a number, or None when it is empty."""
    return float(cell) if cell else None
