"""Feeds: one file each, a path in, event columns out.

A source renames and types the columns of its feed and keeps every line; it drops nothing and judges nothing
(`lynchpin.store.check` does). To add one, put a module with a `SOURCE` into this folder: it is found by its
place, there is no list to edit. May import: errors, events, ontology.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from lynchpin.errors import BadData, BadValue, UnknownName, suggest

from ._base import Source
from ._text import first_line, must_be_file

__all__ = ["Source", "detect", "get", "sources"]


@cache
def sources() -> dict[str, Source]:
    """Every source by name.

    Raises
    ------
    BadValue : two modules use one name, or a module lacks its `SOURCE`
    """
    modules = sorted(found.name for found in iter_modules(__path__) if not found.name.startswith("_"))
    return collect((name, getattr(import_module(f"{__name__}.{name}"), "SOURCE", None)) for name in modules)


def collect(found: Iterable[tuple[str, object]]) -> dict[str, Source]:
    """Put sources under their names.

    Parameters
    ----------
    found : pairs of module name and its `SOURCE`

    Raises
    ------
    BadValue : something is not a source, or two have one name
    """
    named: dict[str, Source] = {}
    homes: dict[str, str] = {}
    for module, source in found:
        if not isinstance(source, Source):
            raise BadValue("a module of lynchpin.sources has no SOURCE", module, "define SOURCE = Source(...)")
        if source.name in named:
            both = f"{homes[source.name]} and {module}"
            raise BadValue(f"two sources are named {source.name!r}", both, "rename one of them")
        named[source.name], homes[source.name] = source, module
    return named


def get(name: str) -> Source:
    """Look a source up by name.

    Raises
    ------
    UnknownName : there is no such source

    Examples
    --------
    >>> get("icews").scale
    'goldstein-icews'
    """
    known = sources()
    if name not in known:
        raise UnknownName(f"no source named {name!r}", mend=suggest(name, known, noun="source"))
    return known[name]


def detect(path: str | Path) -> Source:
    """Tell which source a file belongs to, from its first line.

    Parameters
    ----------
    path : str or Path, a file

    Raises
    ------
    BadData : no such file, an empty file, or not exactly one source that knows it
    """
    file = must_be_file(path)
    fitting = [source for source in sources().values() if source.matches(file)]
    if len(fitting) == 1:
        return fitting[0]
    seen = first_line(file)
    known = ", ".join(f"{source.name} ({source.summary})" for source in sources().values())
    if fitting:
        names = ", ".join(source.name for source in fitting)
        raise BadData(f"the file could belong to more than one source: {names}", str(file), "name the source")
    shown = seen if len(seen) <= 80 else f"{seen[:77]}..."
    raise BadData(
        f"no source knows this file; its first line is {shown!r}",
        f"{file}, line 1",
        f"name the source if you know it; known sources: {known}",
    )
