"""What can go wrong, said in three parts: what, where, how to mend.

    LynchpinError
    ├── BadData          a file or a row is not what its format promises
    ├── BadMechanism     the text of a mechanism cannot be read or does not fit its case
    ├── BadValue         an argument is out of its range
    ├── UnknownName      a name is not in the list it should come from
    ├── DidNotConverge   an estimate was asked for that the record cannot give
    └── MissingExtra     an optional package is not installed

Every error keeps its parts in ``args``, so that it survives a trip between worker processes. The command line shows
``str(error)`` and leaves with exit code 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_MOST = 60  # names that an error lists


class LynchpinError(Exception):
    """An error that a user can mend.

    Parameters
    ----------
    what : str, what is wrong, in plain words
    where : str, the file as it was named, then line and column ("events.csv, line 3, column 7"), or the argument; empty
        when there is none
    mend : str, what to do about it; empty when nothing can be said
    """

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)
        self.what, self.where, self.mend = what, where, mend

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.mend:
            lines.append(f"  to mend: {self.mend}")
        return "\n".join(lines)


class BadData(LynchpinError):
    """A file or a row is not what its format promises."""


class BadMechanism(LynchpinError):
    """The text of a mechanism cannot be read, or does not fit its case."""


class BadValue(LynchpinError):
    """An argument is out of its range."""


class UnknownName(LynchpinError):
    """A name is not in the list it should come from."""


class DidNotConverge(LynchpinError):
    """An estimate was asked for that the record cannot give."""


class MissingExtra(LynchpinError):
    """An optional package is not installed; ``mend`` names the extra to install."""


class LynchpinWarning(UserWarning):
    """Something a user should know, though the work went on."""


def several(errors: Sequence[LynchpinError]) -> None:
    """Raise what was gathered: nothing, the one error, or one that says them all."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BadData("\n".join([f"{len(errors)} faults", *map(str, errors)]))


def suggest(name: str, known: Iterable[str], *, noun: str = "") -> str:
    """Say how to mend a name that is not known: the nearest known one, else the list.

    Parameters
    ----------
    name : str, what was written
    known : iterable of str, what could have been
    noun : str, what the names are, for the list ("class"); may be empty

    Examples
    --------
    >>> suggest("reciprocty", ["inertia", "reciprocity"])
    "did you mean 'reciprocity'?"
    >>> suggest("zzz", ["b", "a"], noun="class")
    'one of (class): a, b'
    """
    names = sorted(known)
    near = get_close_matches(name[:200], names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    label = f" ({noun})" if noun else ""
    if len(names) > _MOST:
        names = [*names[:_MOST], f"and {len(names) - _MOST} more"]
    return f"one of{label}: {', '.join(names)}" if names else f"there are none{label}"
