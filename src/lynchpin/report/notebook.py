"""A record in a notebook, a paper or a prompt: as text, as HTML, as LaTeX; from the parts that a terminal shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from lynchpin.errors import BadValue
from lynchpin.report.screen import parts
from lynchpin.report.width import in_parts, laid_out

#: What a record shows at most where nobody asked for the whole: letters of its text, rows of each of its tables.
LETTERS, ROWS = 1_800, 20

_WIDTH = 100

#: Columns of plain text that are wider than this become a table.
_NARROW = 40


def whole(record: object, width: int = _WIDTH) -> str:
    """The record as a terminal shows it.

    Parameters
    ----------
    record : one that `lynchpin.report.screen` shows
    width : int, signs in a line

    Returns
    -------
    str without a line end at its end
    """
    out = StringIO()
    screen = Console(file=out, width=width, highlight=False, color_system=None)
    for part in parts(record, width):
        if isinstance(part, str):
            print(part, file=out)
        else:
            screen.print(laid_out(part, width) if isinstance(part, Table) else part)
    return re.sub(r" +$", "", out.getvalue(), flags=re.MULTILINE).rstrip()


def brief(record: object) -> str:
    """The record in less than 2,000 letters: the head of what a terminal shows; its fields where it shows nothing."""
    if not _is_shown(record):
        return _fields(record)
    text = whole(record)
    name = f"<{type(record).__name__}>"
    if len(text) <= LETTERS:
        return f"{name}\n{text}"
    head = text[:LETTERS].rsplit("\n", 1)[0]
    left = text.count("\n") - head.count("\n")
    return f"{name}\n{head[:LETTERS]}\n... {left} more lines: print(record.summary())"


def _is_shown(record: Any) -> bool:
    """Whether a terminal has a way to show the record: a forecast of nothing but its paths has none."""
    if parts.dispatch(type(record)) is parts.dispatch(object):
        return hasattr(record, "summary")
    return getattr(record, "totals", record) is not None


def _fields(record: Any) -> str:
    said = ", ".join(f"{field.name}={_short(getattr(record, field.name))}" for field in fields(record))
    return f"{type(record).__name__}({said})"[:LETTERS]


def _short(value: Any) -> str:
    if isinstance(value, pl.DataFrame):
        return f"<{value.height} rows of {', '.join(value.columns)}>"
    if isinstance(value, tuple | list | dict) and len(repr(value)) > 80:
        return f"<{len(value)} of them>"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def html(record: object, rows: int | None = None) -> str:
    """The record as HTML without style of its own: a table for each of its tables, a paragraph for each of its texts.

    rows : of each table at most, and how many are left out is said; None for all
    """
    if not _is_shown(record):
        return f"<pre>{escape(_fields(record))}</pre>"
    return "\n".join(
        _html_table(part, rows) if isinstance(part, Table) else _html_text(part) for part in _parts(record)
    )


def latex(record: object) -> str:
    """The tables of the record as LaTeX, for the booktabs package; its texts as comments."""
    made = [_latex_table(part) if isinstance(part, Table) else _comment(part) for part in _parts(record)]
    return "\n".join(part for part in made if part)


def _parts(record: object) -> Iterator[str | Table]:
    """Texts and tables; columns of plain text are a table too."""
    for part in parts(record, _WIDTH):
        if isinstance(part, str):
            for block in re.split(r"\n\n+", part):
                made = list(in_parts(block, _NARROW))
                yield from made if any(isinstance(one, Table) for one in made) else [block]
        elif isinstance(part, Table | Text):
            yield part if isinstance(part, Table) else part.plain
        else:
            yield _rendered(part)


def _rendered(part: RenderableType) -> str:
    out = StringIO()
    Console(file=out, width=_WIDTH, highlight=False, color_system=None).print(part)
    return out.getvalue().rstrip()


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _cells(table: Table) -> list[tuple[str, ...]]:
    return list(zip(*([_plain(cell) for cell in column.cells] for column in table.columns), strict=True))


def _html_text(text: str) -> str:
    if not text.strip():
        return ""
    return (
        f"<pre>{escape(text.strip(chr(10)))}</pre>"
        if "  " in text or "\n" in text.strip()
        else f"<p>{escape(text.strip())}</p>"
    )


def _html_table(table: Table, most: int | None) -> str:
    def row(cells: list[str] | tuple[str, ...], tag: str) -> str:
        sides = [column.justify for column in table.columns]
        inner = "".join(
            f'<{tag} style="text-align:{side}">{escape(cell)}</{tag}>' for cell, side in zip(cells, sides, strict=True)
        )
        return f"<tr>{inner}</tr>"

    rows = _cells(table)
    shown = rows if most is None else rows[:most]
    lines = [f"<caption>{escape(_plain(table.title).strip())}</caption>"] if table.title else []
    lines.append(f"<thead>{row([_plain(column.header) for column in table.columns], 'th')}</thead>")
    lines.append(f"<tbody>{''.join(row(cells, 'td') for cells in shown)}</tbody>")
    below = [f"<p>{len(rows) - len(shown)} more rows</p>"] if len(shown) < len(rows) else []
    below += [f"<p>{escape(_plain(table.caption).strip())}</p>"] if table.caption and table.caption != "\n" else []
    return "\n".join(["<table>", *lines, "</table>", *below])


_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$", "→": r"$\to$", "−": "--", "≥": r"$\geq$",
    "≤": r"$\leq$", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in " ".join(text.split()))


def _comment(text: str) -> str:
    return "\n".join(f"% {line}" for line in text.split("\n") if line.strip())


def _latex_table(table: Table) -> str:
    sides = "".join("r" if column.justify == "right" else "l" for column in table.columns)
    head = " & ".join(_tex(_plain(column.header)) for column in table.columns)
    lines = [_comment(_plain(table.title))] if table.title else []
    lines += [rf"\begin{{tabular}}{{{sides}}}", r"\toprule", rf"{head} \\", r"\midrule"]
    lines += [rf"{' & '.join(map(_tex, cells))} \\" for cells in _cells(table)]
    lines += [r"\bottomrule", r"\end{tabular}"]
    return "\n".join([*lines, *([_comment(_plain(table.caption))] if table.caption else [])])


def save(record: object, path: str | Path) -> Path:
    """Write a record's page, one HTML file; folders are made.

    Raises
    ------
    BadValue : the name does not end in .html
    TypeError : the record has no page
    """
    from lynchpin.report import files  # draws: not for what only prints

    file = Path(path)
    if file.suffix != ".html":
        raise BadValue(f"{file.name} is no page", "path", "end its name in .html")
    page = files.page(record)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8")
    return file
