"""The cases that come with the package, one folder each: `case.toml` and the files it names; and the theories."""

from __future__ import annotations

from pathlib import Path

from lynchpin.errors import BadData, UnknownName, suggest

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
    path = Path(case)
    if path.is_dir():
        path = path / "case.toml"
    if path.is_file():
        return path
    named = builtin_cases()
    if str(case) in named:
        return named[str(case)]
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise BadData("there is no case here", str(path), "`lynchpin new NAME` writes one to start from")
    raise UnknownName(f"no case named {str(case)!r}", "", f"{suggest(str(case), named)}; or give a path to a case.toml")
