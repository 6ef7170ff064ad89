"""From a file, packed or not and in one encoding or another, to lines of text."""

from __future__ import annotations

import codecs
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lynchpin.errors import BadData

#: The most that a packed file may unpack to, in MB, unless the variable says otherwise.
MOST_MB = 50_000
MOST_VARIABLE = "LYNCHPIN_UNPACK_MB"
GZIP = b"\x1f\x8b"
CHUNK = 1 << 20

STRAYS = "lynchpin.latin-1"  # the error handler that reads bytes which are not UTF-8
_HEAD = 1 << 16
_AS_TEXT = "save it as comma-separated values (CSV) in UTF-8"
_NO_TEXT = {b"PK\x03\x04": "a workbook or a zip file", b"\xd0\xcf\x11\xe0": "an old workbook", b"%PDF": "a PDF"}


def ceiling_mb() -> int:
    """The most that a packed file may unpack to, in MB.

    Raises
    ------
    BadData : the variable holds something else than a whole number above zero
    """
    text = os.environ.get(MOST_VARIABLE, "") or str(MOST_MB)
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise BadData(f"{text!r} is not a number of MB", MOST_VARIABLE, f"write a whole number, as in {MOST_MB}")
    return int(text)


def bounded(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The same chunks, up to the ceiling.

    Raises
    ------
    BadData : there is more
    """
    most, size = ceiling_mb(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > most * 1_000_000:
            mend = f"if you trust it, unpack it yourself, or set {MOST_VARIABLE} to more"
            raise BadData(f"the archive unpacks to more than {most:,} MB", where, mend)
        yield chunk


def gunzipped(stream: IO[bytes], beyond: list[int]) -> Iterator[bytes]:
    """The bytes of a .gz in chunks, none larger than `CHUNK` however densely it is packed.

    Parameters
    ----------
    stream : open file
    beyond : list of one number, to which the count of bytes after the end of the archive is added

    Raises
    ------
    EOFError : it is cut short
    zlib.error : it is no .gz, or spoilt
    """
    unpack = zlib.decompressobj(wbits=31)
    packed = stream.read(CHUNK)
    while packed:
        yield unpack.decompress(packed, CHUNK)
        packed = unpack.unconsumed_tail
        if not unpack.eof:
            packed = packed or stream.read(CHUNK)
            continue
        rest = unpack.unused_data.lstrip(b"\x00")  # padding, as on a tape
        while len(rest) < len(GZIP) and (more := stream.read(CHUNK)):
            rest = (rest + more).lstrip(b"\x00")
        if not rest.startswith(GZIP):
            beyond[0] += len(rest) + sum(len(part) for part in iter(lambda: stream.read(CHUNK), b""))
            return
        packed, unpack = rest, zlib.decompressobj(wbits=31)
    raise EOFError("it ends before its end is reached")


# -- Encodings.


def _as_western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bytes_ = error.object[error.start : error.end]
    return "".join(_western(byte) for byte in bytes_), error.end


def _western(byte: int) -> str:
    """Windows-1252, which is latin-1 with signs where that has none; latin-1 in its gaps."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error(STRAYS, _as_western)


def encoding_of(file: Path, *, is_feed: bool = False) -> tuple[str, list[str]]:
    """How the bytes of a file are to be read, and the notes on it, by the names in `lynchpin.tabular.MENDED`.

    Parameters
    ----------
    file : Path
    is_feed : bool, whether NUL is let pass, and stray bytes are told elsewhere

    Raises
    ------
    BadData : no such file, an empty one, or one that is no text
    """
    with _stream(file) as stream:
        head = stream.read(_HEAD)
        for mark, kind in _NO_TEXT.items():
            if head.startswith(mark):
                raise BadData(f"the file is {kind}, not a text table", str(file), _AS_TEXT)
        if not head:
            raise BadData("the file is empty", str(file), "fetch it again, or leave it out")
        wide = _wide(head)
        if wide:
            return wide, ["utf_16"]
        if b"\x00" in head and not is_feed:
            line = head.count(b"\n", 0, head.index(b"\x00")) + 1
            raise BadData("the file holds NUL bytes, so it is not text", f"{file}, line {line}", _AS_TEXT)
    return "utf-8", ["latin_1"] if not is_feed and stray_bytes(file) else []


def _wide(head: bytes) -> str:
    """The kind of UTF-16, by its mark or by the zeros of plain letters; "" where it is none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    even, odd = head[0::2], head[1::2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(head) >= 8 and zeros.count(0) > 0.8 * len(zeros) and not others.count(0):
            return name
    return ""


def stray_bytes(path: Path) -> int:
    """How many bytes are not UTF-8 text: 0 for a clean file. NUL counts, since no text holds it."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    with _stream(path) as stream:
        while chunk := stream.read(CHUNK):
            if b"\x00" in chunk:
                break
            try:
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
            except UnicodeDecodeError:
                break
        else:
            if not decoder.getstate()[0]:
                return 0
    repair, count = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape"), 0
    with _stream(path) as stream:
        chunk = stream.read(CHUNK)
        while chunk:
            following = stream.read(CHUNK)
            text = repair.decode(chunk, final=not following)
            count += chunk.count(0) + sum("\udc80" <= sign <= "\udcff" for sign in text)
            chunk = following
    return count


def head_of(file: Path, encoding: str, size: int) -> str:
    """The beginning of a file as text, without a mark."""
    decoder = codecs.getincrementaldecoder(encoding)(STRAYS if encoding == "utf-8" else "replace")
    with _stream(file) as stream:
        return decoder.decode(stream.read(size)).removeprefix("\ufeff")


@contextmanager
def _stream(file: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is a .gz."""
    try:
        with file.open("rb") as stream:
            if stream.read(2) != GZIP:
                stream.seek(0)
                yield stream
                return
            stream.seek(0)
            whole = b"".join(bounded(gunzipped(stream, [0]), str(file)))
        yield io.BytesIO(whole)
    except FileNotFoundError:
        raise BadData("no such file", str(file), "check the spelling of the path") from None
    except OSError as error:
        raise BadData(f"the file cannot be read: {error.strerror or error}", str(file), "give a CSV file") from None
    except (EOFError, zlib.error) as error:
        raise BadData(f"the archive is broken: {error}", str(file), "fetch it again, or leave it out") from None


@contextmanager
def numbered_lines(file: Path, encoding: str, line_end: str) -> Iterator[Iterator[tuple[int, str]]]:
    """The lines of a file with their numbers, without their ends."""
    errors = STRAYS if encoding == "utf-8" else "replace"
    with _stream(file) as stream, io.TextIOWrapper(stream, encoding, errors, newline=line_end) as text:
        yield ((number, _bare(line, number)) for number, line in enumerate(text, 1))


def _bare(line: str, number: int) -> str:
    bare = line.rstrip("\r\n")
    bare = bare.removeprefix("\ufeff") if number == 1 else bare
    return bare.replace("\x00", "\ufffd") if "\x00" in bare else bare
