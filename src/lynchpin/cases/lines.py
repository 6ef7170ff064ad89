"""Where a key stands in a TOML file, so that an error can point at it: the parser itself keeps no positions."""

from __future__ import annotations

import re
from collections import Counter

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+)\s*=\s*')


class Lines:
    """The lines of a TOML file, by table and key.

    Parameters
    ----------
    text : str, the file's text; it need not parse
    file : str, the name to show
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._at: dict[tuple[str, int, str], tuple[int, int]] = {}
        count: Counter[str] = Counter()
        table, in_block = "", ""
        for number, line in enumerate(text.splitlines(), start=1):
            if in_block:
                in_block = "" if in_block in line else in_block
                continue
            if header := _HEADER.match(line):
                table = header.group(1).strip()
                self._at[table, count[table], ""] = (number, 1)
                count[table] += 1
            elif key := _KEY.match(line):
                name = key.group(1).strip("\"'")
                self._at[table, max(count[table] - 1, 0), name] = (number, key.end() + 1)
                for quote in ('"""', "'''"):
                    if line.count(quote) == 1:
                        in_block = quote

    def find(self, table: str, index: int = 0, key: str = "") -> tuple[int, int]:
        """Line and column (from 1) of a key's value, else of its table's header, else (1, 1)."""
        return self._at.get((table, index, key)) or self._at.get((table, index, "")) or (1, 1)

    def where(self, table: str, index: int = 0, key: str = "") -> str:
        """The same as words: "case.toml line 12, [[mechanism]] says"."""
        line, _ = self.find(table, index, key)
        return f"{self.file} line {line}, [{table}]" + (f" {key}" if key else "")
