"""The cases that come with the package, one folder each: `case.toml` and the files it names; and the theories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

from lynchpin import limits
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.files import is_folder, must_be_regular, reason, shown, stands

_HERE = Path(__file__).parent


def builtin_cases() -> dict[str, Path]:
    """Case name -> its TOML file, for every case that comes with the package."""
    return {folder.parent.name.replace("_", "-"): folder for folder in sorted(_HERE.glob("*/case.toml"))}


def builtin_theories() -> dict[str, Path]:
    """Theory name -> its TOML file, for every theory that comes with the package."""
    return {file.stem.replace("_", "-"): file for file in sorted(_HERE.glob("theories/*.toml"))}


def case_path(case: str | Path) -> Path:
    """Where a case's TOML file lies.

    Parameters
    ----------
    case : str or Path, the name of a built-in case, a TOML file, or a folder that holds `case.toml`

    Raises
    ------
    UnknownName : neither a built-in case nor something that looks like a path
    BadData : a path at which there is no case
    """
    path, named = Path(case), builtin_cases()
    if is_folder(path):
        path = path / "case.toml"
    if stands(path):
        return must_be_regular(path, "case")
    if str(case) in named:
        return named[str(case)]
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise BadData("there is no case here", shown(path), "`lynchpin new NAME` writes one to start from")
    raise UnknownName(
        f"no case named {str(case)!r}", "", f"{suggest(str(case), named).rstrip('?')}, or give a path to a case.toml"
    )


def check_name(name: str, where: str) -> str:
    """A name that a case may have: it becomes the name of a folder, so it holds no part of a path.

    Raises
    ------
    BadValue : it has other signs than letters, digits, - and _, begins with none of the letters, or is too long
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) or len(name) > limits.NAME:
        mend = "use letters, digits, - and _, as in eastern-med"
        raise BadValue(f"{shown(name)!r} cannot be a case's name", where, mend)
    return name


# -- Writing a case to start from.

_TEMPLATE = _HERE.parent / "template"


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
    files = {file.name: file.read_bytes() for file in sorted(_TEMPLATE.iterdir())}
    return write_case(name, folder, {of: text.replace(b"CASE_NAME", name.encode()) for of, text in files.items()})


def write_case(name: str, folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write the files of a case, all or none, into a new folder named after it.

    Parameters
    ----------
    name, folder : as for `write_new_case`
    files : path within the new folder -> what it holds

    Raises
    ------
    BadValue, BadData : as for `write_new_case`
    """
    home = folder / check_name(name, "NAME")
    if home.exists():
        raise BadData(f"{shown(home)} is there already", "", "choose another name, or move it away")
    try:
        home.mkdir(parents=True)
        for of, content in files.items():
            (home / of).parent.mkdir(exist_ok=True)
            (home / of).write_bytes(content)
    except OSError as error:
        rmtree(home, ignore_errors=True)
        what = f"cannot write {shown(home)}: {reason(error)}"
        raise BadData(what, "", "choose another folder with --dir") from None
    return tuple(home / of for of in files)
