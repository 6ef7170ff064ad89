"""Our TOML files, key by key: each key has a type; a missing or unknown one is an error that points at its line."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lynchpin import limits
from lynchpin.days import parse_duration
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.files import read_whole


def read_toml(path: str | Path, noun: str) -> bytes:
    """The bytes of one of our TOML files, for `parse_toml`.

    Raises
    ------
    BadData : there is no such file, it cannot be read, or it is larger than any such file needs to be
    """
    return read_whole(path, noun, limits.TOML_BYTES)


def parse_toml(content: bytes, file: str, noun: str) -> tuple[dict[str, Any], Lines]:
    """The values of a TOML file, and where they stand.

    Parameters
    ----------
    content : bytes, the whole file; a byte order mark is dropped
    file : str, the name to show
    noun : str, what the file is ("case", "scenario", "mapping")

    Raises
    ------
    BadData : it is not UTF-8, or not TOML, or nests or counts beyond all need
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the {noun} is not UTF-8 text"
        line = content.count(b"\n", 0, error.start) + 1
        raise BadData(what, f"{file}, line {line}, byte {error.start}", "save the file as UTF-8") from None
    _refuse_absurd(text, file, noun)
    try:
        return tomllib.loads(text), Lines(text, file)
    except ValueError as error:  # of tomllib, and of the numbers and days that it makes
        what = f"the {noun} is not TOML: {error}"
        said = re.search(r"at line (\d+)", str(error))
        where = f"{file}, line {said[1] if said else text.count(chr(10)) + 1}"
        raise BadData(what, where, "mend that line; https://toml.io shows the form") from None


_PART = r"""(?:[A-Za-z0-9_+-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+"""|'''
    r"""'''(?:[^']|'(?!''))*+'''|"""
    rf"(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)|#[^\n]*+|(?P<open>[\[{{])|(?P<close>[\]}}])",
    re.DOTALL,
)


def _refuse_absurd(text: str, file: str, noun: str) -> None:
    """Refuse what the parser would choke on, before it runs: keys of many parts, deep brackets, endless numbers."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        key = token["key"] or ""
        if depth > limits.DEPTH or ("." in key and len(re.findall(_PART, key)) > limits.DEPTH):
            what = f"the {noun} nests deeper than {limits.DEPTH} levels"
        elif len(key) > limits.DIGITS and re.fullmatch(r"[+-]?[0-9][0-9A-Za-z_]*", key):
            what = f"a number of {len(key)} digits stands in the {noun}"
        else:
            continue
        line = text.count("\n", 0, token.start()) + 1
        raise BadData(what, f"{file}, line {line}", f"no {noun} needs that: mend the line")


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
        if not keys and name in limits.COUNTS:
            limits.count(name, len(values), where=self.where())
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
            raise BadData(f"{key} should be {said}, not {_short(value)}", self.where(key), f"write {key} = {said}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        value = str(self._get(key, str, '"text"', default))
        if len(value) > limits.TEXT:
            raise BadData(f"{key} is a text of {len(value)} signs", self.where(key), f"keep to {limits.TEXT}")
        return value

    def label(self, key: str) -> str:
        """A text that names something: it says something, in one short line."""
        value = self.text(key)
        if not value.strip() or not value.isprintable() or len(value) > limits.NAME:
            what = f"{key} cannot be {_short(value)}"
            raise BadData(what, self.where(key), f"a name is one line of 1 to {limits.NAME} signs")
        return value

    def number(self, key: str, default: Any = ...) -> float:
        """A number within the range of its key: see `limits.NUMBERS`."""
        return limits.number(key, self._get(key, (int, float), "a number", default), where=self.where(key))

    def whole(self, key: str, default: Any = ...) -> int:
        """As `number`, of a whole number, which is kept exactly."""
        return limits.whole(key, self._get(key, (int, float), "a whole number", default), where=self.where(key))

    def day(self, key: str, default: Any = ...) -> date:
        value = self._get(key, date, "a day, as in 2012-07-09 without quotes", default)
        return limits.day(key, value.date() if isinstance(value, datetime) else value, where=self.where(key))

    def names(self, key: str, default: Any = ...) -> tuple[str, ...]:
        values = self._get(key, list, '["name", ...]', default)
        for value in values:
            if not isinstance(value, str):
                raise BadData(
                    f"{key} should hold names, not {_short(value)}", self.where(key), f'write {key} = ["name", ...]'
                )
        repeated = sorted(value for value, times in Counter(values).items() if times > 1)
        if repeated:
            raise BadData(f"{key} names {_short(repeated[0])} twice", self.where(key), "keep one of them")
        return tuple(values)

    def one_of(self, key: str, allowed: tuple[str, ...], default: Any = ...) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise UnknownName(f"{key} cannot be {_short(value)}", self.where(key), suggest(value, allowed, noun=key))
        return value

    def known(
        self, key: str, known: tuple[str, ...] | frozenset[str], noun: str, default: Any = ...
    ) -> tuple[str, ...]:
        """A list of names, each of which must be one of `known`."""
        values = self.names(key, default)
        for value in values:
            if value not in known:
                raise UnknownName(f"no {noun} named {_short(value)}", self.where(key), suggest(value, known, noun=noun))
        return values

    def duration(self, key: str, default: Any = ...) -> float:
        """Days."""
        text = self.text(key, default)
        try:
            days = parse_duration(text)
        except BadValue as error:
            raise BadValue(error.what, self.where(key), error.mend) from None
        span = limits.NUMBERS["length of time"]
        if not span.low <= days <= span.high:
            raise BadValue(f"{key} should be from 1h to 100y, not {_short(text)}", self.where(key), "mend the number")
        return days


def _short(value: object) -> str:
    """A value as it would be written, short enough to be shown."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def tables(values: Mapping[str, Any], name: str, lines: Lines, keys: tuple[str, ...]) -> list[Table]:
    """The repeated tables [[name]] of a file, in order; none is an empty list."""
    found = values.get(name, [])
    if not isinstance(found, list):
        raise BadData(f"[{name}] should repeat", lines.where(name), f"write it as [[{name}]]")
    limits.count(name, len(found), where=lines.where(name))
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
        """The same as words: "case.toml, line 12, [[mechanism]] says"."""
        line, _ = self.find(table, index, key)
        return f"{self.file}, line {line}, " + " ".join(filter(None, (table and f"[{table}]", key)))
