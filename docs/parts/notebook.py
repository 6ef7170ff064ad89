"""The tutorial as a notebook: its words and its blocks, cell by cell, without outputs."""

from __future__ import annotations

import json
import re

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^<!-- (?:begin|end) .*? -->\n?", re.MULTILINE)
#: Pictures are drawn into the notebook itself, so that it shows them anywhere and asks no other host for a library.
_FIRST = """# Needs lynchpin[pictures] and Jupyter, and `lynchpin` on the path. Run it in a folder to work in.
import altair

altair.renderers.enable("svg")
"""


def notebook(page: str) -> str:
    """A notebook (nbformat 4.5, JSON) of a page.

    Text becomes cells of text, `console` blocks cells that call the shell, `python` blocks cells of code; what a block
    printed is left out, since running shows it. A picture that a block names `picture` is shown.
    """
    cells, at = [_code(_FIRST)], 0
    for block in _BLOCK.finditer(page):
        cells.append(_text(page[at : block.start()]))
        kind, text, at = block[1], block[2], block.end()
        if kind == "console":
            commands = re.findall(r"^\$ (.+)$", text, re.MULTILINE)
            cells += [_code("\n".join(f"!{command}" for command in commands))]
        elif kind == "python":
            shows = "\npicture" if re.search(r"^picture = ", text, re.MULTILINE) else ""
            cells.append(_code(text.rstrip("\n") + shows))
    cells.append(_text(page[at:]))
    kept = [cell for cell in cells if cell["source"]]
    for number, cell in enumerate(kept, 1):
        cell["id"] = f"cell-{number:02d}"
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": kept, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _text(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(_MARK.sub("", text).strip())}


def _code(text: str) -> dict[str, object]:
    source = _lines(text.strip())
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
