"""One look for every picture: type, ink, and the colours of classes, stages and verdicts.

Cooperation is blue and conflict orange to red, in every case; a class in neither group is green or grey. Within a
group the classes differ in lightness as well as hue, so that the picture survives grey print and colour blindness.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
FONT_SIZE = 11.5  # pixels; nothing on the page is smaller than 11

INK = "#1b2430"
MUTED = "#5a6573"
RULE = "#d5dbe1"
FAINT = "#eceff2"
PAPER = "#ffffff"
ACCENT = "#5b2c6f"  # ours: not a colour of cooperation or conflict

BLUES = ("#0b4a8f", "#4f9bd9", "#1f78b4", "#86b8dd")
WARMS = ("#e8912d", "#d1495b", "#8c1c13", "#f2b56b")
OTHERS = ("#4d7c5a", "#7b8794", "#93a35c", "#4a5560", "#86a7a0")
COOPERATION, CONFLICT = BLUES[0], "#b3341f"

AGAINST = "#b3341f"

#: A colour for each grade and side, as `Claim.graded` says them: the stronger, the fuller.
VERDICTS = {
    "strong for": ACCENT,
    "moderate for": "#6d3f85",
    "slight for": "#84639a",
    "none": "#66717e",
    "slight against": "#a85a49",
    "moderate against": "#b04431",
    "strong against": AGAINST,
    "the model's answer": "#66717e",
    "untestable": "#66717e",
}


def class_colours(classes: Iterable[str], groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A colour for each class, the same on every page of a case.

    Parameters
    ----------
    classes : iterable of str, in the case's order
    groups : mapping of group name to its classes; "cooperation" and "conflict" are the ones that have a colour. A class
        in both, or in neither, is neither blue nor red.

    Examples
    --------
    >>> class_colours(["talks", "talk", "raid"], {"cooperation": ["talks"], "conflict": ["raid"]})
    {'talks': '#0b4a8f', 'talk': '#4d7c5a', 'raid': '#e8912d'}
    """
    warm, cool = set(groups.get("conflict", ())), set(groups.get("cooperation", ()))
    used = {BLUES: 0, WARMS: 0, OTHERS: 0}
    colours: dict[str, str] = {}
    for name in classes:
        ramp = BLUES if name in cool - warm else WARMS if name in warm - cool else OTHERS
        colours[name] = ramp[used[ramp] % len(ramp)]
        used[ramp] += 1
    return colours


def tint(colour: str, share: float) -> str:
    """`colour` mixed with white: share 1 is the colour itself, 0 is white.

    Examples
    --------
    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


def dark(colour: str) -> str:
    """The colour that stands for `colour` on a dark page: the same hue, its lightness turned over.

    `page.js` does the same to the colours of pictures.

    Examples
    --------
    >>> dark("#ffffff"), dark("#1b2430"), dark("#5b2c6f")
    ('#171717', '#c5d0df', '#bd8dd2')
    """
    hue, light, full = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    parts = colorsys.hls_to_rgb(hue, 0.95 - 0.86 * light, min(full, 0.75))
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def config() -> dict[str, Any]:
    """The vega-lite configuration that every picture shares."""
    return {
        "font": FONT,
        "background": "transparent",
        "padding": {"left": 2, "right": 6, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "ticks": False,
            "grid": False,
            "gridColor": FAINT,
            "labelColor": MUTED,
            "labelFontSize": FONT_SIZE,
            "labelPadding": 5,
            "titleColor": MUTED,
            "titleFontSize": FONT_SIZE,
            "titleFontWeight": "normal",
        },
        "axisX": {"domain": True, "domainColor": RULE, "ticks": True, "tickColor": RULE, "tickSize": 4},
        "text": {"font": FONT, "fontSize": FONT_SIZE, "fill": INK},
        "rule": {"color": RULE},
        "locale": {"number": _NUMBERS},
    }


#: How d3 writes numbers: its own way, but with a blank before the sign of per cent, as all our sentences have it.
_NUMBERS = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "percent": " %"}


# -- What a code is called on the page: pairs, classes, stages.


def actor_name(code: str, actors: Mapping[str, str]) -> str:
    """The actor's name, or its code when the case names none."""
    return actors.get(code, code)


def pair_key(a: str, b: str) -> str:
    """The key of an unordered pair: its codes in alphabetical order.

    Examples
    --------
    >>> pair_key("KOR", "JPN")
    'JPN-KOR'
    """
    return "-".join(sorted((a, b)))


def pair_name(pair: str, actors: Mapping[str, str]) -> str:
    """A pair by the names of its actors.

    Examples
    --------
    >>> pair_name("JPN-KOR", {"JPN": "Japan", "KOR": "South Korea"})
    'Japan – South Korea'
    """
    return " – ".join(actor_name(code, actors) for code in pair.split("-"))


def spoken(name: str) -> str:
    """An identifier as words.

    Examples
    --------
    >>> spoken("security_cooperation")
    'security cooperation'
    """
    return name.replace("_", " ").replace("-", " ")


def claim_name(claim: str, mechanism: str) -> str:
    """A claim's id and the mechanism that states it, as they are said of a picture.

    Examples
    --------
    >>> claim_name("C3", "patron_push"), claim_name("", "burden")
    ('C3 · Patron push', 'Burden')
    """
    return " · ".join(part for part in (claim, sentence_case(spoken(mechanism))) if part)


def slug(text: str) -> str:
    """A text as the name of a style or a place on a page.

    Examples
    --------
    >>> slug("the model's answer"), slug("C3")
    ('the-models-answer', 'c3')
    """
    return text.lower().replace("'", "").replace(" ", "-")


def sentence_case(text: str) -> str:
    """The first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]
