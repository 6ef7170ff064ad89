"""Feeds: one file each, a path in, event columns out.

A source renames and types the columns of its feed and keeps every line; it drops nothing and judges nothing
(`store.check` does). To add one, put a module with a `SOURCE` into this folder (or `SOURCES`, a family in one file): it
is found by its place, there is no list to edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.record.sources._base import Source
from lynchpin.record.sources._paths import Found, opened, search
from lynchpin.record.sources._text import first_line, must_be_file

__all__ = ["Found", "Plan", "Source", "detect", "get", "plan", "sources", "unpacked"]


@cache
def sources() -> dict[str, Source]:
    """Every source by name.

    Raises
    ------
    BadValue : two modules use one name, or a module lacks its `SOURCE`
    """
    modules = sorted(found.name for found in iter_modules(__path__) if not found.name.startswith("_"))
    return collect((name, source) for name in modules for source in _sources_of(import_module(f"{__name__}.{name}")))


def _sources_of(module: ModuleType) -> tuple[object, ...]:
    """What a module of this folder brings: its `SOURCE`, or several `SOURCES` of one family."""
    return getattr(module, "SOURCES", (getattr(module, "SOURCE", None),))


def collect(found: Iterable[tuple[str, object]]) -> dict[str, Source]:
    """Put sources under their names, in alphabetical order.

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
            raise BadValue("a module of lynchpin.record.sources has no SOURCE", module, "define SOURCE = Source(...)")
        if source.name in named:
            both = f"{homes[source.name]} and {module}"
            raise BadValue(f"two sources are named {source.name!r}", both, "rename one of them")
        named[source.name], homes[source.name] = source, module
    return dict(sorted(named.items()))


def get(name: str) -> Source:
    """Look a source up by name; a name that ends in .toml is the path of a mapping file.

    Raises
    ------
    UnknownName : there is no such source
    BadData : the mapping file is missing or wrong

    Examples
    --------
    >>> get("icews").scale
    'goldstein-icews'
    """
    known = sources()
    if name.endswith(".toml"):
        from lynchpin.record.sources.mapped import from_mapping

        return _distinct(from_mapping(Path(name)), name)
    if name not in known:
        raise UnknownName(f"no source named {name!r}", mend=suggest(name, known, noun="source"))
    return known[name]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be read: pairs of file and source, by name; what is left out, with where and why; what is broken,
    alike; and those of the files that nobody named: they lie in a folder, or in an archive of several.
    """

    taken: tuple[tuple[Found, Source], ...]
    left_out: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...] = ()
    offered: frozenset[Found] = frozenset()


def plan(source: str | None, paths: str | Path | Iterable[str | Path]) -> Plan:
    """Find the files behind paths, and the source of each.

    Parameters
    ----------
    source : str, name of the source of all files, or path of a mapping file; None to tell it from each file
    paths : files, archives (.gz, .zip), folders and globs, one or several

    Raises
    ------
    UnknownName : no such source
    BadData : a file that was named is missing or empty, is a broken archive, or no source knows it; or nothing is left
        to read
    """
    known = get(source) if source is not None else None
    listed = [paths] if isinstance(paths, str | Path) else list(paths)
    found = search(listed, _companions())
    taken = [(file, _become(known, file) if known else _told(file)) for file in found.named]
    left_out, failed = list(found.left_out), list(found.failed)
    for file in found.offered:
        try:
            with unpacked(file, head=True) as plain:
                fitting = _fitting(plain)
        except BadData as error:
            failed.append((file.where, error.what))
            continue
        if known is not None and (known in fitting or known not in sources().values()):
            taken.append((file, _become(known, file)))
        elif known is None and len(fitting) == 1:
            taken.append((file, _become(fitting[0], file)))
        else:
            names = ", ".join(each.name for each in fitting)
            asked = f"it is not of {known.name}" if known else "no source knows it"
            left_out.append((file.where, f"{names} could all read it" if len(fitting) > 1 and not known else asked))
    if listed and not taken:
        why = "; ".join(f"{where}: {reason}" for where, reason in [*failed, *left_out][:3])
        where = ", ".join(map(str, listed[:3]))
        raise BadData("there is no file to read", where, f"left out: {why}" if why else "name a file or another folder")
    in_order = sorted(taken, key=lambda pair: (pair[0].name, pair[0].where))
    return Plan(tuple(in_order), tuple(sorted(left_out)), tuple(sorted(failed)), frozenset(found.offered))


@contextmanager
def unpacked(file: Found, *, head: bool = False, remark: Callable[[str], None] | None = None) -> Iterator[Path]:
    """The plain file behind a found one, for as long as it is needed; `head`: its beginning is enough.

    `remark` is called with what is odd of an archive and was passed over.

    Raises
    ------
    BadData : an archive is broken, or there is no room to unpack it
    """
    with opened(file, _companions(), head=head, remark=remark) as plain:
        yield plain


def detect(path: str | Path) -> Source:
    """Tell which source a file belongs to, from its first line; within an archive too.

    Parameters
    ----------
    path : str or Path, a file

    Raises
    ------
    BadData : no such file, an empty file, a broken archive, or not exactly one source that knows it
    """
    file = must_be_file(path)
    found = search([file], _companions())
    if found.named:
        return _told(found.named[0])
    told = {source.name: source for _, source in plan(None, file).taken}
    if len(told) > 1:
        raise BadData(f"the archive holds files of more than one source: {', '.join(told)}", str(file), "unpack it")
    return next(iter(told.values()))


def _told(file: Found) -> Source:
    """The one source that knows a file."""
    with unpacked(file, head=True) as plain:
        fitting, seen = _fitting(plain), first_line(plain)
    if len(fitting) == 1:
        return _become(fitting[0], file)
    if fitting:
        names = ", ".join(source.name for source in fitting)
        raise BadData(f"the file could belong to more than one source: {names}", file.where, "name the source")
    shown = seen if len(seen) <= 80 else f"{seen[:77]}..."
    known = ", ".join(sources())
    raise BadData(
        f"no source knows this file; its first line is {shown!r}",
        f"{file.where}, line 1",
        f"name the source if you know it, or write a mapping file for it; `lynchpin sources` tells of {known}",
    )


def _fitting(plain: Path) -> list[Source]:
    """The sources that know a file; one that a mapping beside it names goes before all others."""
    fitting = [source for source in sources().values() if source.matches(plain)]
    first = [source for source in fitting if source.for_file is not None]
    return first or fitting


def _become(source: Source, file: Found) -> Source:
    """What a source becomes for one file."""
    if source.for_file is None:
        return source
    with unpacked(file, head=True) as plain:
        return _distinct(source.for_file(plain), file.where)


def _distinct(made: Source, where: str) -> Source:
    """A source made from a mapping, which must not bear the name of one of ours."""
    if made.name in sources():
        raise BadData(f"a source of ours is named {made.name!r}", where, 'give the mapping another: name = "..."')
    return made


@cache
def _companions() -> tuple[str, ...]:
    return tuple(pattern for source in sources().values() for pattern in source.companions)
