"""One mechanism of a case written anew in the text of its file; every other line stays as it is, comments included."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from lynchpin.account.cases.case import Case
from lynchpin.account.cases.reading import build_case
from lynchpin.errors import BadData
from lynchpin.toml import Lines, parse_toml, read_toml


def read_text(path: Path) -> str:
    """The text of a case file."""
    return read_toml(path, "case").decode("utf-8-sig")


def with_name(text: str, file: str, name: str) -> str:
    """The text with another name of the case."""
    rows = text.splitlines(keepends=True)
    line, column = Lines(text, file).find("case", key="name")
    at = rows[line - 1]
    rows[line - 1] = at[: column - 1] + re.sub(r"""(['"]).*?\1""", f'"{name}"', at[column - 1 :], count=1)
    return "".join(rows)


def with_mechanism(text: str, file: str, name: str, values: Mapping[str, str]) -> str:
    """The text with keys of one mechanism set; the mechanism is added at the end where there is none of its name.

    Parameters
    ----------
    text : str, of the case file, which reads
    file : str, its name, for errors
    name : str, of the mechanism
    values : key -> value; "" takes the key away

    Returns
    -------
    str

    Raises
    ------
    BadData : the text is not TOML, or its mechanisms do not stand as tables of their own
    """
    parsed, lines = parse_toml(text.encode(), file, "case")
    sections = parsed.get("mechanism", [])
    if not isinstance(sections, list):
        raise BadData("mechanisms should be tables of their own", file, "write [[mechanism]] before each")
    for index, section in enumerate(sections):
        if isinstance(section, dict) and section.get("name") == name:
            return _set(text.splitlines(keepends=True), lines, index, section, values)
    kept = {"name": name} | {key: value for key, value in values.items() if value}
    block = "".join(f"{key} = {_string(value)}\n" for key, value in kept.items())
    return f"{text.rstrip()}\n\n[[mechanism]]\n{block}"


def _set(rows: list[str], lines: Lines, index: int, section: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """Replace, add and take away keys of one table, from the last line to the first so that places stay."""
    head, _ = lines.find("mechanism", index)
    first, _ = lines.find("mechanism", index, "name")
    edits: list[tuple[int, int, str]] = []  # first row, row after the last, what stands there instead
    for key, value in values.items():
        new = f"{key} = {_string(value)}\n" if value else ""
        if key in section:
            at = lines.find("mechanism", index, key)[0] - 1
            edits.append((at, at + _height(rows, at), new))
        elif value:
            edits.append((first, first, new))  # after the name
    if first <= head:
        raise BadData("the mechanism's keys do not stand on lines of their own", lines.where("mechanism", index), "")
    for start, stop, new in sorted(edits, reverse=True):
        rows[start:stop] = [new] if new else []
    return "".join(rows)


def _height(rows: list[str], at: int) -> int:
    """How many lines a key and its value take, a text over several lines included."""
    for height in range(1, len(rows) - at + 1):
        try:
            tomllib.loads("".join(rows[at : at + height]))
        except tomllib.TOMLDecodeError:
            continue
        return height
    raise BadData("a value has no end", f"line {at + 1}", "close its quotes")


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def case_of_text(text: str, path: Path) -> Case:
    """The case that a text says, as if it stood in the file at `path`; errors as for `read_case`."""
    content = text.encode()
    values, lines = parse_toml(content, path.name, "case")
    return build_case(values, lines, path, sha256(content).hexdigest())
