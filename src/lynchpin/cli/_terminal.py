"""What a person sees while a command works, and where its answer goes."""

from __future__ import annotations

import codecs
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import typer

from lynchpin.errors import BadData, BadValue, MissingExtra

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from lynchpin.record.fetch.report import OnProgress
    from lynchpin.record.store.store import Progress
    from lynchpin.results import Provenance

#: What a picture can be written as.
KINDS = (".html", ".svg", ".png")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


#: What stands for a sign that a console cannot show; others become "?".
_PLAIN = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "…": "...", "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "×": "x", "·": "-", "•": "-"}
    | {"“": '"', "”": '"', "‘": "'", "’": "'", "│": "|", "─": "-", "━": "-", "█": "#", "░": ".", "▁": "_"}
)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_PLAIN)
    return text.encode(error.encoding, "replace").decode(error.encoding), error.end


def plain_where_needed() -> None:
    """A console that is not of Unicode shows what it can, and plain signs for the rest."""
    codecs.register_error("lynchpin.plain", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="lynchpin.plain")


# -- While a command works.


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


# -- Its answer.


def show(
    record: object,
    as_json: bool,
    made_from: Provenance | None = None,
    *,
    seed: int | None = None,
    written: object = None,
) -> None:
    """Print a record as JSON, or in tables and words with the name of what was written beside them.

    Parameters
    ----------
    record : any record
    as_json : bool
    made_from : Provenance, of the fit behind it; None where the record carries its own, or has none
    seed : the one that was asked for; None for that of `made_from`
    written : the file that was written, or the names of several
    """
    if as_json:
        from lynchpin.report.contract import answer

        print_json(answer(record, made_from if made_from is None else made_from.seeded(seed)))
        return
    from lynchpin.report.screen import parts

    alone = _ALONE.get()
    tellers = (made_from, *(getattr(record, name, None) for name in _KNOWN), record)
    known = next((one for one in tellers if _is_told(one)), None)
    if known is not None and not alone:
        say(f"{known.told()}\n")
    for part in parts(record, console().width):
        put(part, alone=alone)
    if written is not None:
        typer.echo(f"\nwritten to {written}")  # whole, so that it can be copied


_KNOWN = ("made_from", "provenance")


def _is_told(one: Any) -> TypeGuard[Provenance]:
    return hasattr(one, "told")


#: Whether the command was asked for its answer alone.
_ALONE: ContextVar[bool] = ContextVar("alone", default=False)


def answer_alone(context: typer.Context, asked: bool) -> bool:
    """Until the command has ended, `show` prints its answer alone; this is what `--quiet` calls."""
    before = _ALONE.set(asked)
    context.call_on_close(lambda: _ALONE.reset(before))
    return asked


def put(part: str | RenderableType, *, alone: bool = False) -> None:
    """Print one part of an answer in the width of the terminal; `alone`: nothing that stands beside the answer."""
    from rich.table import Table

    from lynchpin.report.width import Aside, laid_out

    if alone and isinstance(part, Aside):
        return
    if isinstance(part, str):
        say(part)
        return
    screen = console()
    screen.print(laid_out(part, screen.width, alone=alone) if isinstance(part, Table) else part)


def say(text: str) -> None:
    """Print text; on a terminal, or where COLUMNS is set, its lines are broken between words."""
    if not (sys.stdout.isatty() or os.environ.get("COLUMNS")):
        typer.echo(text)
        return
    from lynchpin.report.width import in_parts

    width = console().width
    if all(len(line) <= width for line in text.split("\n")):
        typer.echo(text)
        return
    for part in in_parts(text, width):
        typer.echo(part) if isinstance(part, str) else put(part)


def print_json(values: Mapping[str, Any]) -> None:
    """Print what no record holds."""
    from lynchpin.report.contract import dump

    typer.echo(dump(values))


def print_whole(values: Mapping[str, Any]) -> None:
    """Print what an engine found with every digit: a fit is compared, and a record of ours is read."""
    from json import dumps

    typer.echo(dumps(values, indent=2, ensure_ascii=False, allow_nan=False))


def console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


# -- Files that a command writes.


def check_picture(file: Path) -> None:
    """That a file can be drawn to; said before any work is done.

    Raises
    ------
    BadValue : another kind of file
    MissingExtra : no converter is installed
    """
    if file.suffix not in KINDS:
        raise BadValue(f"{file.name} is no kind of picture", "--out", f"end its name in {', '.join(KINDS)}")
    if file.suffix != ".html":
        try:
            import vl_convert  # noqa: F401
        except ImportError:
            raise MissingExtra(
                "drawing to .svg or .png needs vl-convert", "--out", "pip install lynchpin[pictures], or write .html"
            ) from None


def write(file: Path, record: object, made_from: Provenance | None = None) -> None:
    """Write a record as a page (.html) or as one picture (.svg, .png)."""
    from lynchpin.report import files

    if file.suffix == ".html":
        write_text(file, files.page(record, made_from))
    else:
        write_picture(file, files.spec(record, made_from))


def write_picture(file: Path, spec: dict[str, Any], option: str = "--out") -> None:
    """Write a specification as .svg or .png."""
    import vl_convert

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".svg":
            file.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
        else:
            file.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    except OSError as error:
        raise BadValue(f"cannot write {file}: {error.strerror}", option, "choose another file") from None


def find_browser() -> str:
    """Where a Chromium stands that can print a page.

    Raises
    ------
    MissingExtra : there is none
    """
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        mend = "install Chromium (Debian: apt-get install chromium), or print the page from your browser"
        raise MissingExtra("printing to PDF needs a Chromium", "--pdf", mend)
    return found


def print_pdf(browser: str, page: Path, file: Path) -> None:
    """Print a page as PDF: it asks nothing of anyone, and runs its own scripts only.

    Raises
    ------
    BadData : the browser does not print it
    """
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        words = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            "--virtual-time-budget=30000",
            f"--print-to-pdf={file.resolve()}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # it does not start for the superuser otherwise
        with suppress(OSError, subprocess.TimeoutExpired):  # said below
            subprocess.run(words, check=False, timeout=180, stdin=subprocess.DEVNULL, capture_output=True)
    if not file.is_file():
        raise BadData("the browser did not print the page", str(file), f"open {page} and print it yourself")


def write_text(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadData(f"cannot write {file}: {error.strerror}", "", "choose another folder with --out") from None
