"""Files that we are named: whether something is one, what it holds, and whether it may be read at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from lynchpin.errors import BadData

_OUTSIDE: ContextVar[bool] = ContextVar("outside", default=False)


def must_be_regular(path: str | Path, noun: str = "file", *, mend: str = "check the spelling of the path") -> Path:
    """A path at which a regular file stands.

    Parameters
    ----------
    path : str or Path
    noun : str, what it should be, for the error
    mend : str, what to do where there is none

    Raises
    ------
    BadData : there is none, or it is a folder, a device, a pipe, or a path that cannot be
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise BadData(f"a {noun} is needed, and this is a folder", shown(file), "name a file in it")
        if not (file.exists() or file.is_symlink()):
            raise BadData(f"no such {noun}", shown(file), mend)
        if not file.is_file():
            what = f"a {noun} is needed, and this is a device, a pipe or a link to nothing"
            raise BadData(what, shown(file), "copy what it gives into a file, and name that")
    except (OSError, ValueError) as error:  # too long, a circle of links, a NUL
        raise BadData(f"this cannot be the path of a {noun}: {reason(error)}", shown(file), mend) from None
    return file


def stands(path: Path) -> bool:
    """Whether anything stands at a path; a path that cannot be counts, so that it is refused for what it is."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def is_folder(path: Path) -> bool:
    """Whether a folder stands at a path; False for a path that cannot be."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def read_whole(path: str | Path, noun: str, at_most: int) -> bytes:
    """What a file holds, where that is no more than so many bytes.

    Raises
    ------
    BadData : as for `must_be_regular`; it cannot be read, or is larger
    """
    file = must_be_regular(path, noun)
    try:
        with file.open("rb") as stream:
            content = stream.read(at_most + 1)
    except OSError as error:
        raise BadData(f"the {noun} cannot be read: {reason(error)}", shown(file)) from None
    if len(content) > at_most:
        raise BadData(f"the {noun} is larger than {at_most:,} bytes", shown(file), "is it the file that you meant?")
    return content


def shown(path: str | Path) -> str:
    """A path short enough to be shown."""
    text = str(path)
    return text if len(text) <= 300 else f"{text[:140]} ... {text[-140:]}"


def reason(error: OSError | ValueError) -> str:
    """Why the system refused, in a few words."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# -- A case names files beside it. One from elsewhere could name any file of the reader's, so it may not, unless it is
# allowed to.


@contextmanager
def allowing_outside(allowed: bool | None = True) -> Iterator[None]:
    """Within this, files that a case names may lie outside its folder; None changes nothing."""
    token = _OUTSIDE.set(_OUTSIDE.get() if allowed is None else allowed)
    try:
        yield
    finally:
        _OUTSIDE.reset(token)


def beside(home: Path, name: str, where: str) -> Path:
    """The file that a case in the folder `home` names; links are followed to where they lead.

    Raises
    ------
    BadData : there is no such file, or it lies outside the folder and nothing allows that
    """
    file = home / name
    try:
        is_inside = Path(os.path.realpath(file)).is_relative_to(os.path.realpath(home))
        if not is_inside and not _OUTSIDE.get():
            what = f"the file {shown(name)!r} lies outside the folder of the case"
            raise BadData(what, where, "move it beside the case; where you trust the case, run with --allow-outside")
        if file.is_file():
            return file
        what = "what stands there is no regular file" if file.exists() else f"no file {shown(name)!r} beside the case"
    except (OSError, ValueError) as error:
        what = f"{shown(name)!r} cannot be the path of a file: {reason(error)}"
    raise BadData(what, where, "put it into the folder of the case")
