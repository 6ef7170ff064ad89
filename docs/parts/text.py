"""Plain pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill


def prose(text: str) -> str:
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)


def fence(text: str) -> str:
    return f"```text\n{text}\n```"


def as_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(heads)
    lines = [names, ["---"] * len(names), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |".replace("  |", " |") for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def block(docstring: str | None) -> str:
    """The first indented block of a docstring, without its indent."""
    lines = (docstring or "").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("    "))
    last = next((k for k in range(first, len(lines)) if lines[k] and not lines[k].startswith("    ")), len(lines))
    return "\n".join(line[4:] for line in lines[first:last]).strip()


def lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
