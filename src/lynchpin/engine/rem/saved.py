"""A file of plain arrays and a JSON text that holds a fitted stream. Nothing but such a file is ever written over."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from lynchpin._version import __version__
from lynchpin.errors import BadData

_FORMAT = "lynchpin rem 1"


def write(path: str | Path, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Path:
    """Write a fit, whole or not at all.

    Raises
    ------
    BadData : as for `refuse_to_overwrite`, or the place is full or not ours
    """
    file = Path(path)
    about = {"format": _FORMAT, "version": __version__, **about}
    text = np.frombuffer(json.dumps(about, default=str).encode(), np.uint8)
    refuse_to_overwrite(file)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as out:
            try:
                np.savez_compressed(out, about=text, **arrays)
                out.flush()
                part.replace(file)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadData(f"cannot write {file}: {reason}", str(file), "choose another place") from None
    return file


def refuse_to_overwrite(path: str | Path) -> None:
    """Only a saved fit may be replaced by one.

    Raises
    ------
    BadData : something else is there, or there is no such folder
    """
    file = Path(path)
    try:
        if not file.parent.is_dir():
            raise BadData(f"no folder {file.parent}", str(file), "make it, or choose another place")
        if not file.exists():
            return
    except (OSError, ValueError) as error:
        raise BadData(f"cannot write there: {error}", str(path)[:200], "choose another place") from None
    if not file.is_file() or not _is_saved_fit(file):
        raise BadData(
            f"{file} is there and is no saved fit", str(file), "choose another name: nothing else is replaced"
        )


def _is_saved_fit(file: Path) -> bool:
    try:
        read(file)
    except BadData:
        return False
    return True


def read(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `write` wrote.

    Raises
    ------
    BadData : no such file, or another kind of file
    """
    file = Path(path)
    try:
        if file.exists() and not file.is_file():
            raise ValueError("not a file")
        with np.load(file, allow_pickle=False) as held:
            about = json.loads(bytes(held["about"]).decode())
            arrays = {name: held[name] for name in held.files if name != "about"}
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadData(f"not a saved fit: {error}", str(file), "give a file that save() wrote") from None
    if about.get("format") != _FORMAT:
        raise BadData(f"a fit of another format: {about.get('format')}", str(file), "fit it again")
    return about, arrays
