"""A picture as a file of its own: from a specification to SVG or PNG."""

from __future__ import annotations

from typing import Any

from lynchpin.errors import BadValue, MissingExtra


def drawn(spec: dict[str, Any], kind: str) -> bytes:
    """The bytes of a picture.

    Parameters
    ----------
    spec : a Vega-Lite specification with a width in pixels
    kind : "svg" or "png"

    Raises
    ------
    BadValue : another kind
    MissingExtra : no converter is installed
    """
    if kind not in ("svg", "png"):
        raise BadValue(f"{kind[:20]!r} is no kind of picture", "kind", "ask for svg or png")
    try:
        import vl_convert
    except ImportError:
        mend = "pip install 'lynchpin[pictures]'"
        raise MissingExtra("drawing to a file needs vl-convert", "the picture", mend) from None
    return (
        vl_convert.vegalite_to_svg(spec).encode() if kind == "svg" else bytes(vl_convert.vegalite_to_png(spec, scale=2))
    )
