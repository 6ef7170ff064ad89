"""What a person sees while a command works, and where its answer goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lynchpin.errors import BadData

if TYPE_CHECKING:
    from rich.console import Console

    from lynchpin.record.fetch.report import OnProgress
    from lynchpin.record.store.store import Progress


@contextmanager
def working(what: str, quiet: bool) -> Iterator[None]:
    """Show that work goes on, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} ..."):
        yield


@contextmanager
def warnings_said() -> Iterator[None]:
    """What a user should know goes to stderr as it is said, in words and without a line of code."""
    import warnings

    from lynchpin.errors import LynchpinWarning

    with warnings.catch_warnings():
        warnings.simplefilter("default", LynchpinWarning)
        usual = warnings.showwarning

        def say(message, category, *rest, **more):  # type: ignore[no-untyped-def]  # the signature of `warnings`
            if issubclass(category, LynchpinWarning):
                print(message, file=sys.stderr, flush=True)
            else:
                usual(message, category, *rest, **more)

        warnings.showwarning = say
        yield


@contextmanager
def counting(what: str, quiet: bool) -> Iterator[Progress | None]:
    """A bar of files done, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich_progress
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)


@contextmanager
def arriving(quiet: bool) -> Iterator[OnProgress | None]:
    """A bar of bytes that are here, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as shown
    from rich.console import Console

    columns = (shown.TextColumn("{task.description}"), shown.BarColumn(), shown.DownloadColumn())
    with shown.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("listing", total=None)
        yield lambda so: bar.update(task, description=so.name, completed=so.bytes_done, total=so.bytes)


def console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def write_text(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadData(f"cannot write {file}: {error.strerror}", "", "choose another folder with --out") from None
