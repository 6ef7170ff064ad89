"""Pictures that a command writes to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lynchpin.errors import BadValue, MissingExtra

#: What a picture can be written as.
KINDS = (".html", ".svg", ".png")


def check_picture(file: Path) -> None:
    """That a file can be drawn to; said before any work is done.

    Raises
    ------
    BadValue : another kind of file
    MissingExtra : no converter is installed
    """
    if file.suffix not in KINDS:
        raise BadValue(f"{file.name} is no kind of picture", "--out", f"end its name in {', '.join(KINDS)}")
    if file.suffix != ".html":
        try:
            import vl_convert  # noqa: F401
        except ImportError:
            raise MissingExtra(
                "drawing to .svg or .png needs vl-convert", "--out", "pip install lynchpin[pictures], or write .html"
            ) from None


def write_picture(file: Path, spec: dict[str, Any]) -> None:
    """Write a specification as .svg or .png."""
    import vl_convert

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".svg":
            file.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
        else:
            file.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    except OSError as error:
        raise BadValue(f"cannot write {file}: {error.strerror}", "--out", "choose another file") from None
