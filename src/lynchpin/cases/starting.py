"""Writing a case to start from."""

from __future__ import annotations

import re
from pathlib import Path

from lynchpin.errors import BadData, BadValue

_TEMPLATE = Path(__file__).parent / "template"


def write_new_case(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a small case, which reads and fits as it is, into a new folder named after it.

    Parameters
    ----------
    name : str, letters, digits, - and _
    folder : Path, where the new folder goes

    Returns
    -------
    tuple of Path, the files written

    Raises
    ------
    BadValue : the name has other characters
    BadData : the folder is there already, or cannot be written
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise BadValue(f"{name!r} cannot be a case's name", "NAME", "use letters, digits, - and _, as in eastern-med")
    home = folder / name
    if home.exists():
        raise BadData(f"{home} is there already", "", "choose another name, or move it away")
    try:
        home.mkdir(parents=True)
        written = []
        for file in sorted(_TEMPLATE.iterdir()):
            text = file.read_text(encoding="utf-8").replace("CASE_NAME", name)
            (home / file.name).write_text(text, encoding="utf-8")
            written.append(home / file.name)
    except OSError as error:
        raise BadData(f"cannot write {home}: {error.strerror}", "", "choose another folder with --dir") from None
    return tuple(written)
