"""Our TOML files, key by key: each key has a type; a missing or unknown one is an error that points at its line."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lynchpin.days import parse_duration
from lynchpin.errors import BadData, BadValue, UnknownName, suggest


def parse_toml(content: bytes, file: str, noun: str) -> tuple[dict[str, Any], Lines]:
    """The values of a TOML file, and where they stand.

    Parameters
    ----------
    content : bytes, the whole file; a byte order mark is dropped
    file : str, the name to show
    noun : str, what the file is ("case", "scenario", "mapping")

    Raises
    ------
    BadData : it is not UTF-8, or not TOML
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the {noun} is not UTF-8 text"
        raise BadData(what, f"{file}, byte {error.start}", "save the file as UTF-8") from None
    try:
        return tomllib.loads(text), Lines(text, file)
    except tomllib.TOMLDecodeError as error:
        what = f"the {noun} is not TOML: {error}"
        raise BadData(what, file, "mend that line; https://toml.io shows the form") from None


class Table:
    """One table of a TOML file.

    Parameters
    ----------
    values : mapping, the parsed table
    lines : Lines, where its keys stand
    name, index : the table's name, "" for the top of the file, and which one it is when it repeats
    keys : the keys it may have; empty when any name may stand there (nodes, roles)
    """

    def __init__(self, values: object, lines: Lines, name: str, index: int = 0, keys: tuple[str, ...] = ()) -> None:
        self.lines, self.name, self.index = lines, name, index
        if not isinstance(values, Mapping):
            raise BadData(f"[{name}] should be a table", self.where(), f"write it as [{name}] with keys below it")
        self.values: Mapping[str, Any] = values
        for key in values:
            if keys and key not in keys:
                place = f"[{name}]" if name else "the top of the file"
                raise BadData(f"no key named {key!r} in {place}", self.where(key), suggest(key, keys, noun="key"))

    def where(self, key: str = "") -> str:
        return self.lines.where(self.name, self.index, key)

    def _get(self, key: str, kind: type | tuple[type, ...], said: str, default: Any) -> Any:
        if key not in self.values:
            if default is ...:
                raise BadData(f"[{self.name}] lacks {key!r}", self.where(), f"add {key} = {said}")
            return default
        value = self.values[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadData(f"{key} should be {said}, not {value!r}", self.where(key), f"write {key} = {said}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        return str(self._get(key, str, '"text"', default))

    def number(self, key: str, default: Any = ..., *, above: float = 0.0) -> float:
        value = float(self._get(key, (int, float), "a number", default))
        if not above < value < float("inf"):
            raise BadValue(f"{key} should be a number above {above:g}, not {value:g}", self.where(key))
        return value

    def day(self, key: str, default: Any = ...) -> date:
        value = self._get(key, date, "a day, as in 2012-07-09 without quotes", default)
        return value.date() if isinstance(value, datetime) else value

    def names(self, key: str, default: Any = ...) -> tuple[str, ...]:
        values = self._get(key, list, '["name", ...]', default)
        for value in values:
            if not isinstance(value, str):
                raise BadData(
                    f"{key} should hold names, not {value!r}", self.where(key), f'write {key} = ["name", ...]'
                )
        repeated = sorted({value for value in values if list(values).count(value) > 1})
        if repeated:
            raise BadData(f"{key} names {repeated[0]!r} twice", self.where(key), "keep one of them")
        return tuple(values)

    def one_of(self, key: str, allowed: tuple[str, ...], default: Any = ...) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise UnknownName(f"{key} cannot be {value!r}", self.where(key), suggest(value, allowed, noun=key))
        return value

    def known(
        self, key: str, known: tuple[str, ...] | frozenset[str], noun: str, default: Any = ...
    ) -> tuple[str, ...]:
        """A list of names, each of which must be one of `known`."""
        values = self.names(key, default)
        for value in values:
            if value not in known:
                raise UnknownName(f"no {noun} named {value!r}", self.where(key), suggest(value, known, noun=noun))
        return values

    def duration(self, key: str, default: Any = ...) -> float:
        """Days."""
        text = self.text(key, default)
        try:
            return parse_duration(text)
        except BadValue as error:
            raise BadValue(error.what, self.where(key), error.mend) from None


def tables(values: Mapping[str, Any], name: str, lines: Lines, keys: tuple[str, ...]) -> list[Table]:
    """The repeated tables [[name]] of a file, in order; none is an empty list."""
    found = values.get(name, [])
    if not isinstance(found, list):
        raise BadData(f"[{name}] should repeat", lines.where(name), f"write it as [[{name}]]")
    return [Table(item, lines, name, index, keys) for index, item in enumerate(found)]


def unique(found: list[Table], key: str) -> None:
    """Refuse two tables that give `key` the same value."""
    seen: dict[str, Table] = {}
    for table in found:
        value = table.text(key)
        if value in seen:
            raise BadData(f"two [[{table.name}]] have {key} = {value!r}", table.where(key), "rename one of them")
        seen[value] = table


# -- Where a key stands in a TOML file, so that an error can point at it: the parser itself keeps no positions.

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
        """Line and column (from 1) of a key's value, else of its table's header or first mention, else (1, 1)."""
        header = (table, index, "") if table else (key, 0, "")
        return self._at.get((table, index, key)) or self._at.get(header) or self._at.get(("", 0, table)) or (1, 1)

    def where(self, table: str, index: int = 0, key: str = "") -> str:
        """The same as words: "case.toml line 12, [[mechanism]] says"."""
        line, _ = self.find(table, index, key)
        return f"{self.file} line {line}, " + " ".join(filter(None, (table and f"[{table}]", key)))
