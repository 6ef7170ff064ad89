"""What a run left behind, made comparable, and how two of them differ: not at all, by rounding, or otherwise."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any

Json = Any
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w)")


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that may vary from run to run, and what stands for it."""

    name: str
    pattern: re.Pattern[str]
    instead: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two outputs that are not the same bytes.

    Attributes
    ----------
    part : str, "exit code", "stdout", "stderr" or the path of a written file
    is_rounding : bool, only numbers differ, each within the bounds
    largest : float, the largest relative difference of two numbers, or NaN where more than numbers differ
    lines : tuple of str, what to show
    """

    part: str
    is_rounding: bool
    largest: float
    lines: tuple[str, ...]


def normalised(text: str, rules: list[Rule], used: Counter[str]) -> str:
    for rule in rules:
        text, times = rule.pattern.subn(rule.instead, text)
        used[rule.name] += times
    return text


def readable(file: Path) -> str:
    """A file as text: a database and Parquet by their rows, a zip by its members, other bytes by their hash."""
    data = file.read_bytes()
    if file.suffix == ".duckdb":
        return _tables(file)
    if data[:4] == b"PAR1":
        import polars as pl

        frame = pl.read_parquet(io.BytesIO(data))
        return "parquet\n" + _rows([f"{name}:{kind}" for name, kind in frame.schema.items()], frame.rows())
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(f"{name}: {_member(name, packed.read(name))}" for name in packed.namelist())
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}"


def _member(name: str, data: bytes) -> str:
    """An array of a saved fit by its values: text that was packed as bytes by that text."""
    if not name.endswith(".npy"):
        return data.decode("utf-8", errors="backslashreplace")
    import numpy as np

    array = np.load(io.BytesIO(data), allow_pickle=False)
    if array.dtype == np.uint8:
        return array.tobytes().decode("utf-8", errors="backslashreplace")
    return f"{array.dtype} {array.shape} {array.tolist()}"


def _tables(file: Path) -> str:
    import duckdb

    found = []
    try:
        with duckdb.connect(str(file), read_only=True) as database:
            names = "SELECT table_name FROM information_schema.tables ORDER BY table_name"
            for (name,) in database.execute(names).fetchall():
                asked = database.execute(f'SELECT * FROM "{name}" ORDER BY ALL')
                columns = [f"{column[0]}:{column[1]}" for column in asked.description or ()]
                found.append(f"table {name}\n" + _rows(columns, asked.fetchall()))
    except duckdb.Error as error:
        return f"no database: {type(error).__name__}"
    return "\n".join(found)


def _rows(columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    return "\n".join([", ".join(columns), *(json.dumps(row, default=str, ensure_ascii=False) for row in rows)])


def compare(part: str, old: str, new: str, relative: float, absolute: float) -> Difference | None:
    """None where they are the same."""
    if old == new:
        return None

    def is_close(a: float, b: float) -> bool:
        return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)

    try:
        pair = json.loads(old), json.loads(new)
    except ValueError:
        return _of_texts(part, old, new, is_close)
    return _of_answers(part, *pair, old, new, is_close)


def _of_answers(
    part: str, old: Json, new: Json, old_text: str, new_text: str, is_close: Callable[[float, float], bool]
) -> Difference:
    found = list(_paths(old, new, ""))
    if not found:
        shown = _of_texts(part, old_text, new_text, is_close).lines
        return Difference(part, False, math.nan, ("the same values, written otherwise (order, blanks)", *shown))
    numbers = all(_is_number(a) and _is_number(b) for _, a, b in found)
    ratios = [_apart(a, b) for _, a, b in found if _is_number(a) and _is_number(b)]
    lines = tuple(f"{path}: {_short(a)} -> {_short(b)}{_said(a, b)}" for path, a, b in found)
    is_rounding = numbers and all(is_close(a, b) for _, a, b in found)
    return Difference(part, is_rounding, max(ratios, default=math.nan), lines)


def _paths(old: Json, new: Json, path: str) -> Iterator[tuple[str, Json, Json]]:
    """Where two answers differ, with both values; a key that only one has differs from nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _paths(old.get(key, "(nothing)"), new.get(key, "(nothing)"), f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for k, pair in enumerate(zip(old, new, strict=True)):
            yield from _paths(*pair, f"{path}[{k}]")
    elif type(old) is not type(new) or old != new:
        yield path or ".", old, new


def _of_texts(part: str, old: str, new: str, is_close: Callable[[float, float], bool]) -> Difference:
    pairs = list(zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=False))
    is_rounding = _NUMBER.sub("#", old) == _NUMBER.sub("#", new)
    apart = [(float(a), float(b)) for a, b in pairs if a != b] if is_rounding else []
    return Difference(
        part,
        is_rounding and all(is_close(*pair) for pair in apart),
        max((_apart(*pair) for pair in apart), default=math.nan),
        tuple(_lines(old.splitlines(), new.splitlines())) or ("blanks at the ends of lines",),
    )


def _lines(old: list[str], new: list[str]) -> Iterator[str]:
    """Lines that differ, one above the other, from shortly before they part."""
    matched = SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matched.get_opcodes():
        if tag == "equal":
            continue
        for old_line, new_line in zip_longest(old[a:b], new[c:d]):
            if old_line is None:
                yield f"+ {_short(new_line)}"
            elif new_line is None:
                yield f"- {_short(old_line)}"
            else:
                parts = (k for k, (x, y) in enumerate(zip(old_line, new_line, strict=False)) if x != y)
                start = max(next(parts, min(len(old_line), len(new_line))) - 40, 0)
                yield f"- {_short(old_line[start:])} / + {_short(new_line[start:])}"


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _apart(a: float, b: float) -> float:
    return abs(a - b) / max(abs(a), abs(b), 1e-300)


def _said(a: Json, b: Json) -> str:
    return f" ({_apart(a, b):.1e})" if _is_number(a) and _is_number(b) else ""


def _short(value: Json, width: int = 90) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else f"{text[:width]}..."
