"""A record on a terminal: `parts` is what a command prints of it, tables where it has some, else its text.

Each kind of record is registered in the file of its family.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from lynchpin.report.screen import agreements, ahead, claims, scores
from lynchpin.report.screen._parts import WIDTH, parts
from lynchpin.results import Brief, CaseList

__all__ = ["agreements", "ahead", "claims", "parts", "scores"]


@parts.register
def _(record: Brief, width: int = WIDTH) -> Iterator[RenderableType]:
    """A screenful; what draws the page is imported for it alone."""
    from lynchpin.report.page import terminal

    yield terminal(record)


@parts.register
def _(record: CaseList, width: int = WIDTH) -> Iterator[RenderableType]:
    """Two lines for each case."""
    for case in record.cases:
        account = f", account of {case.as_of}" if case.as_of is not None else ""
        yield (
            f"{case.name}: {case.title}\n"
            f"  {case.first} to {case.last}, {case.events:,} acts, {case.agreements} agreements{account}"
        )
