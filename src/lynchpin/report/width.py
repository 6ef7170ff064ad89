"""Tables and text laid out to a width: nothing is cut, and nothing is broken inside a word or a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

#: A column of words keeps so many signs; where there is less room, each row becomes lines of its own.
_WORDS = 16

#: Blanks between columns.
_GAP = 2


class Aside(str):
    """Text beside an answer: how to read it, what it rests on. `--quiet` leaves it out."""

    __slots__ = ()


def laid_out(table: Table, width: int, *, alone: bool = False) -> Group:
    """A table that fits a width: side by side where every number stays whole, else lines of its own for each row.

    Parameters
    ----------
    table : Table of text; columns that are `no_wrap` or stand to the right are never broken
    width : int, columns of the terminal
    alone : without the caption

    Returns
    -------
    Group of title, rows and caption, broken between words only; a word longer than the width stands whole

    Examples
    --------
    >>> from rich.console import Console
    >>> table = Table("pair", "mean", "median")
    >>> table.add_row("JPN->KOR", "2.25", "2")
    >>> Console(width=16).print(laid_out(table, 16))
    pair
    JPN->KOR
      mean 2.25,
      median 2
    """
    names = [_text(column.header) for column in table.columns]
    rows = list(zip(*([_text(cell) for cell in column.cells] for column in table.columns), strict=True))
    parts: list[RenderableType] = []
    if table.title:
        parts.append(_whole(broken(_text(table.title).plain, width), table.title_style or "italic"))
    gap, widths = _GAP, _widths(table, names, rows, width, _GAP)
    if widths is None:
        gap, widths = 1, _widths(table, names, rows, width, 1)
    if widths is not None:
        parts.append(_beside(table, names, rows, widths, gap))
    else:
        leading = 2 if len(names) > 2 and table.columns[1].justify == "left" and not _has_numbers(rows, 1) else 1
        head = "  ".join(name.plain for name in names[:leading] if name.plain)
        parts += [_whole(broken(head, width), "bold")] if head else []
        parts += [line for row in rows for line in _stacked(names, row, leading, width)]
    if table.caption and not alone:
        parts.append(_whole(broken(_text(table.caption).plain, width), table.caption_style or "dim italic"))
    return Group(*parts)


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def _whole(text: str, style: object = "") -> Text:
    """Text that is broken already: a word longer than the terminal stands whole."""
    return Text(text, style=str(style), no_wrap=True, overflow="ignore")


def _has_numbers(rows: Sequence[Sequence[Text]], column: int) -> bool:
    return any(re.match(r"[-+<>×]? ?\d", row[column].plain) for row in rows)


def _longest(texts: Sequence[Text]) -> int:
    return max((cell_len(line) for text in texts for line in text.plain.splitlines()), default=0)


def _widths(table: Table, names: list[Text], rows: list[tuple[Text, ...]], width: int, gap: int) -> list[int] | None:
    """The width of each column, None where the least that they need is more than there is."""
    least, natural = [], []
    for number, column in enumerate(table.columns):
        cells = [row[number] for row in rows]
        full = max(_longest([*cells, names[number]]), column.min_width or 0)
        words = [Text(word) for text in (*cells, names[number]) for word in _units(text.plain)]
        is_whole = column.no_wrap or column.justify == "right"
        head = _longest([Text(word) for word in _units(names[number].plain)])
        least.append(max(_longest(cells), head) if is_whole else max(_longest(words), min(full, _WORDS)))
        natural.append(full)
    room = width - gap * (len(least) - 1) - sum(least)
    if room < 0:
        return None
    for _ in range(room):  # a sign at a time to the column that lacks most, so that long texts are no towers
        lacks = [most - now for most, now in zip(natural, least, strict=True)]
        if max(lacks) <= 0:
            break
        least[lacks.index(max(lacks))] += 1
    return least


def _beside(table: Table, names: list[Text], rows: list[tuple[Text, ...]], widths: list[int], gap: int) -> Table:
    made = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_header=any(name.plain for name in names))
    for column, name, wide in zip(table.columns, names, widths, strict=True):
        made.add_column(name, justify=column.justify, width=wide, overflow="fold")
    for row in rows:
        made.add_row(*(_folded(cell, wide) for cell, wide in zip(row, widths, strict=True)))
    return made


def _folded(cell: Text, width: int) -> Text:
    """A cell broken by our own rule where it is too long and holds what the table would part."""
    if cell.spans or cell_len(cell.plain) <= width or _together(cell.plain) == cell.plain:
        return cell
    lines = [one for line in cell.plain.split("\n") for one in _wrapped(line, width, "", "")]
    return Text("\n".join(lines).replace(_HOLD, " "), style=cell.style)


def _stacked(names: list[Text], row: Sequence[Text], leading: int, width: int) -> Iterator[Text]:
    """What the row is of, then its numbers each with its name."""
    lead = "  ".join(text.plain for text in row[:leading] if text.plain)
    named = [
        _held(" ".join(f"{name.plain} {cell.plain}".split()), width - 3)
        for name, cell in zip(names[leading:], row[leading:], strict=True)
        if cell.plain.strip()
    ]
    if lead:
        yield _whole(broken(lead, width), next((text.style for text in row[:leading] if text.style), ""))
    if named:
        yield _whole("\n".join(_wrapped(", ".join(named), width, "  ", "  ")).replace(_HOLD, " "))


#: A blank that no line ends at: a number stays with its name.
_HOLD = "\N{NO-BREAK SPACE}"


def _held(text: str, width: int) -> str:
    return text.replace(" ", _HOLD) if cell_len(text) <= width else text


#: Blanks inside a number: "> 99.5 %", "< 0.001".
_INSIDE = re.compile(r"(?<=\d) (?=%)|(?<=[<>]) (?=[×\d])")


def _together(text: str) -> str:
    """Text with its numbers whole: no line ends before a sign of per cent, nor after "<" or ">".

    Examples
    --------
    >>> _together("a chance > 99.5 % of 3").split(" ")
    ['a', 'chance', '>\\xa099.5\\xa0%', 'of', '3']
    """
    return _INSIDE.sub(_HOLD, text)


def _units(text: str) -> list[str]:
    """What a line never ends within: words, and numbers with their signs."""
    return [unit for unit in re.split(r"[ \t\n]+", _together(text)) if unit]


def _wrapped(text: str, width: int, first: str, then: str) -> list[str]:
    return wrap(
        _together(text), width, initial_indent=first, subsequent_indent=then, break_long_words=False,
        break_on_hyphens=False, replace_whitespace=False,
    )  # fmt: skip


def broken(text: str, width: int) -> str:
    """Text whose lines are broken between words, the rest of each line set in by two.

    Examples
    --------
    >>> print(broken("C2  shared_threat raises it 1.42 times", 20))
    C2  shared_threat
      raises it 1.42
      times
    """
    lines = []
    for line in text.split("\n"):
        if cell_len(line) <= width:
            lines.append(line)
            continue
        indent = line[: len(line) - len(line.lstrip())]
        lines += _wrapped(line.strip(), width, indent, indent + "  ") or [""]
    return "\n".join(lines).replace(_HOLD, " ")


def in_parts(text: str, width: int) -> Iterator[str | Table]:
    """Text that may hold columns: a block of lines whose columns do not fit becomes a table, the rest is broken.

    A column ends where two blanks stand in every line of the block; three columns or more make a table.
    """
    for number, block in enumerate(re.split(r"(\n\n+)", text)):
        if number % 2:  # the blank lines between two blocks
            yield "\n" * (len(block) - 2)
            continue
        rows = block.split("\n")
        cuts = _gutters(rows) if len(rows) > 1 and max(map(cell_len, rows)) > width else []
        if len(cuts) < 2:
            yield broken(block, width)
            continue
        cells = [[row[a:b].strip() for a, b in zip([0, *cuts], [*cuts, None], strict=True)] for row in rows]
        has_head = not cells[0][0]
        table = Table(*(cells[0] if has_head else [""] * len(cells[0])))
        for number, column in enumerate(table.columns):
            column.no_wrap = number > 0
            is_number = all(re.match(r"[-+<>]? ?\d|$", row[number]) for row in cells[has_head:])
            column.justify = "right" if number and is_number else "left"
        for row in cells[has_head:]:
            table.add_row(*row)
        yield table


def _gutters(rows: Sequence[str]) -> list[int]:
    """Where columns begin: after two blanks that stand in every line."""
    wide = max(map(len, rows))
    blank = [all(row[at : at + 1] in ("", " ") for row in rows) for at in range(wide)]
    starts = [at for at in range(2, wide) if blank[at - 1] and blank[at - 2] and not blank[at]]
    inside = [at for at in starts if all(row[:at].rstrip().endswith((" to", "(")) for row in rows[1:] if row[at:])]
    first = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
    return [at for at in starts if at > first and at not in inside]
