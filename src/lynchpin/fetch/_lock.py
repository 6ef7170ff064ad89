"""A lock on a part, so that two fetches into one folder never write the same file."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def locked(part: Path) -> Iterator[bool]:
    """Hold a part while it is written; gives whether it was free. The lock ends with the process, however it ends."""
    if os.name != "posix":  # Windows cannot rename a file that is held open; its own rules keep two writers apart
        yield True
        return
    with part.open("ab") as handle:
        if not _take(handle):
            yield False
            return
        try:
            yield True
        finally:
            if part.exists() and part.stat().st_size == 0:
                part.unlink(missing_ok=True)


def _take(handle: BinaryIO) -> bool:
    fcntl = importlib.import_module("fcntl")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
