"""From what a user names to the files that are read: plain, .gz and .zip alike, folders and globs.

A file that is named is read, or its fault is an error. In a folder, and in an archive of several files, those that
no source knows are left out, each with its reason, so that a README beside the data does no harm. An archive is
unpacked into a folder of its own that goes away again; nothing in an archive can name a place outside it.
"""

from __future__ import annotations

import glob
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from lynchpin.errors import BadData
from lynchpin.record.sources._text import must_be_file
from lynchpin.textfile import CHUNK, bounded, gunzipped

PART = ".part"  # what `lynchpin.record.fetch` calls a file until it is whole
_HEAD = 1 << 20  # enough for any first line
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read, perhaps within an archive.

    Attributes
    ----------
    path : Path, the file on the disk
    member : str, its path within a .zip, or ""
    """

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The name of the file once it is unpacked, without its folder."""
        if self.member:
            return PurePosixPath(self.member).name
        return self.path.stem if _kind(self.path) == ".gz" else self.path.name

    @property
    def where(self) -> str:
        """The file in words."""
        return f"{self.path}, {self.member}" if self.member else str(self.path)


@dataclass(frozen=True, slots=True)
class Search:
    """What was found: `named` must be read, `offered` is read if a source knows it; `left_out` are pairs of where and
    why, and so are `failed`: archives of a folder that are broken.
    """

    named: tuple[Found, ...]
    offered: tuple[Found, ...]
    left_out: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...] = ()


def search(paths: Iterable[str | Path], companions: Iterable[str] = ()) -> Search:
    """Find the files behind paths.

    Parameters
    ----------
    paths : files, archives, folders (with all below them) and globs
    companions : names or patterns of files that are read beside others

    Raises
    ------
    BadData : no such file, a glob that nothing fits, an empty file, a broken archive; but not of what lies in a folder
    """
    named: dict[Found, None] = {}
    offered: dict[Found, None] = {}
    left_out: dict[str, str] = {}
    failed: dict[str, str] = {}
    beside = tuple(companions)
    for path in _spread(paths):
        if path.suffix == PART and path.is_file():
            raise BadData(
                "a download that has not ended", str(path), "fetch again: it is taken up, and named when it is whole"
            )
        if path.is_dir():
            for file in sorted(part for part in path.rglob("*") if part.is_file()):
                try:
                    _offer(file, str(file.relative_to(path)), beside, offered, left_out)
                except BadData as error:
                    failed[str(file)] = error.what
        elif _kind(path) == ".zip":
            members = _members(must_be_file(path))
            if len(members) == 1:
                named[Found(path, members[0])] = None
            else:
                _offer(path, path.name, beside, offered, left_out)
        else:
            named[Found(must_be_file(path))] = None
    chosen = tuple(named)
    others = tuple(file for file in offered if file not in named)
    return Search(chosen, others, tuple(left_out.items()), tuple(failed.items()))


@contextmanager
def opened(
    found: Found, companions: Iterable[str] = (), *, head: bool = False, remark: Callable[[str], None] | None = None
) -> Iterator[Path]:
    """Give the plain file: itself, or unpacked for as long as it is needed, with its companions beside it.

    Parameters
    ----------
    found : Found
    companions : names or patterns of files to unpack with it
    head : bool, whether its beginning is enough
    remark : called with what is odd of the archive and was passed over

    Raises
    ------
    BadData : the archive is broken or locked, unpacks to more than it may, or there is no room to unpack it
    """
    if not _kind(found.path):
        yield found.path
        return
    with tempfile.TemporaryDirectory(prefix="lynchpin-") as folder:
        place = Path(folder) / _home(found)
        place.mkdir(parents=True)
        with _archive_border(found):
            beyond = _unpack(found, place, tuple(companions), _HEAD if head else None)
        if beyond and remark is not None:
            remark(f"{beyond:,} bytes after the end of the archive are no part of it")
        yield place / found.name


def _home(found: Found) -> Path:
    """The folder to unpack into: named as the one the file came from, since a source may look at that."""
    home = Path(found.path.resolve().parent.name or "files")
    return home / found.path.name.split(".")[0] / PurePosixPath(found.member).parent.name if found.member else home


def _spread(paths: Iterable[str | Path]) -> Iterator[Path]:
    """The paths, with globs replaced by what fits them."""
    for path in paths:
        text = str(path)
        if Path(path).exists() or not glob.has_magic(text):
            yield Path(path)
            continue
        fitting = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not fitting:
            raise BadData("no file fits the pattern", text, "check its spelling, and put it in quotes")
        yield from map(Path, fitting)


def _offer(
    file: Path, shown: str, companions: tuple[str, ...], offered: dict[Found, None], left_out: dict[str, str]
) -> None:
    """Offer a file of a folder, or the members of an archive."""
    reason = _reason(PurePosixPath(Path(shown).as_posix()), companions)
    if reason or file.stat().st_size == 0:
        left_out[str(file)] = reason or "it is empty"
    elif _kind(file) != ".zip":
        offered[Found(file)] = None
    else:
        for member in _members(file):
            found = Found(file, member)
            reason = _reason(PurePosixPath(member), companions)
            nested = "it is an archive within an archive" if _kind(Path(member)) else ""
            if reason or nested:
                left_out[found.where] = reason or nested
            else:
                offered[found] = None


def _reason(shown: PurePosixPath, companions: tuple[str, ...]) -> str:
    """Why a file of a folder is not even looked at, or ""."""
    if any(part.startswith((".", "__MACOSX")) for part in shown.parts):
        return "it is hidden"
    if shown.suffix == PART:
        return "it is a download that has not ended"
    return "it is read beside others" if _is_companion(shown.name, companions) else ""


def _is_companion(name: str, companions: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in companions)


def _kind(path: Path) -> str:
    """ ".gz", ".zip", or "" for a plain file."""
    suffix = path.suffix.lower()
    return suffix if suffix in (".gz", ".zip") else ""


def _members(path: Path) -> list[str]:
    """The files in a .zip that hold something, in name order."""
    with _archive_border(Found(path)), zipfile.ZipFile(path) as archive:
        found = [info for info in archive.infolist() if not info.is_dir() and info.file_size]
        for info in found:
            shown = PurePosixPath(info.filename.replace("\\", "/"))
            if shown.is_absolute() or ".." in shown.parts or ":" in info.filename:
                raise BadData(
                    f"a file in the archive names a place outside it: {info.filename!r}",
                    str(path),
                    "do not trust this archive; fetch it again from its publisher",
                )
    if not found:
        raise BadData("the archive holds no file", str(path), "fetch it again, or leave it out")
    return sorted(info.filename for info in found)


def _unpack(found: Found, place: Path, companions: tuple[str, ...], most: int | None) -> int:
    """Unpack a file, or its first bytes; how many bytes stand after the end of a .gz."""
    for beside in found.path.parent.iterdir():
        if _is_companion(beside.name, companions) and beside.is_file():
            shutil.copyfile(beside, place / beside.name)
    if not found.member:
        with found.path.open("rb") as stream:
            counted = [0]
            _write(gunzipped(stream, counted), place / found.name, most, found)
            return counted[0]
    with zipfile.ZipFile(found.path) as archive:
        home = PurePosixPath(found.member).parent
        for member in archive.namelist():
            shown = PurePosixPath(member)
            is_beside = shown.parent == home and _is_companion(shown.name, companions)
            if member == found.member or is_beside:
                with archive.open(member) as part:
                    chunks = iter(lambda part=part: part.read(CHUNK), b"")  # type: ignore[misc]
                    _write(chunks, place / shown.name, most if member == found.member else None, found)
    return 0


def _write(chunks: Iterator[bytes], target: Path, most: int | None, found: Found) -> None:
    """Write what is unpacked: all of it, which may not be more than the ceiling, or its first bytes."""
    with target.open("wb") as out:
        for chunk in bounded(chunks, found.where):
            out.write(chunk)
            if most is not None and out.tell() >= most:
                break
        if out.tell() == 0:
            raise EOFError("nothing in it")


@contextmanager
def _archive_border(found: Found) -> Iterator[None]:
    """Turn what goes wrong with an archive into an error with its place."""
    try:
        yield
    except _BROKEN as error:
        said = str(error) or type(error).__name__
        raise BadData(f"the archive is broken: {said}", found.where, "fetch it again, or leave it out") from None
    except RuntimeError as error:  # what zipfile says of a password
        raise BadData(f"the archive cannot be opened: {error}", found.where, "unpack it yourself") from None
    except OSError as error:
        said = error.strerror or str(error)
        mend = "make room, or name a larger folder in TMPDIR"
        raise BadData(f"the archive cannot be unpacked: {said}", found.where, mend) from None
