"""Writing one picture to a file, in the form that its name asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lynchpin.errors import BadData, BadValue, MissingExtra

if TYPE_CHECKING:
    import altair as alt

FORMS = (".html", ".svg", ".png")
WIDTH = 900  # pixels


def check_form(file: Path, option: str = "--out") -> None:
    """Refuse a name that says no form, before any work is done.

    Raises
    ------
    BadValue : it does not end with .html, .svg or .png
    """
    if file.suffix.lower() not in FORMS:
        raise BadValue(f"{file.name!r} names no form of picture", option, f"end it with {', '.join(FORMS)}")


def write_picture(file: Path, chart: alt.TopLevelMixin, *, width: int = WIDTH) -> None:
    """Write a chart on white: a page that needs no network, a drawing, or pixels.

    Raises
    ------
    MissingExtra : vl-convert is not installed
    BadData : the file cannot be written
    """
    check_form(file)
    try:
        import vl_convert
    except ImportError:
        raise MissingExtra("drawing to a file needs vl-convert", "--out", "pip install lynchpin[pictures]") from None
    spec = chart.properties(width=width, background="white").to_dict(validate=False)
    form = file.suffix.lower()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if form == ".png":
            file.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
        elif form == ".svg":
            file.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
        else:
            file.write_text(vl_convert.vegalite_to_html(spec, bundle=True), encoding="utf-8")
    except OSError as error:
        raise BadData(f"cannot write {file}: {error.strerror}", "--out", "choose another file") from None
