"""A record on a terminal: `parts` is what a command prints of it, tables where it has some, else its text.

Each kind of record is registered in the file of its family.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from lynchpin.report.screen import agreements, ahead, claims, scores
from lynchpin.report.screen._parts import WIDTH, parts
from lynchpin.results import Brief

__all__ = ["agreements", "ahead", "claims", "parts", "scores"]


@parts.register
def _(record: Brief, width: int = WIDTH) -> Iterator[RenderableType]:
    """A screenful; what draws the page is imported for it alone."""
    from lynchpin.report.page import terminal

    yield terminal(record)
