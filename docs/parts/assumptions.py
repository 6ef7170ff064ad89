"""The diagram of what is assumed: what is taken to move what, drawn as SVG from two lists."""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 390, 540

#: Colours on white, each dark enough for text of this size.
_INK, _EFFECT, _HELD, _TRUST = "#1f2933", "#0b5394", "#5f6b76", "#a61c00"


class Box(NamedTuple):
    """A thing that moves or is moved: middle, size, lines of text, and whether nobody has coded it."""

    x: int
    y: int
    w: int
    h: int
    lines: tuple[str, ...]
    hidden: bool = False


class Arrow(NamedTuple):
    """From one box to another: its kind, its label and where that stands."""

    start: tuple[int, int]
    end: tuple[int, int]
    kind: str
    label: str = ""
    at: tuple[int, int] = (0, 0)


BOXES = {
    "drift": Box(95, 46, 170, 52, ("slow drift: the era,", "attention, volume")),
    "hidden": Box(295, 46, 170, 52, ("a common cause that", "nobody coded"), hidden=True),
    "cause": Box(95, 190, 170, 52, ("acts of the cause,", "as remembered")),
    "inertia": Box(310, 190, 150, 52, ("the pair's own acts,", "as remembered")),
    "rate": Box(235, 325, 180, 40, ("rate of the outcome",)),
    "acts": Box(235, 412, 180, 40, ("what happened",)),
    "coded": Box(235, 499, 180, 40, ("what was coded",)),
}

ARROWS = (
    Arrow((95, 216), (190, 304), "effect", "1 the effect", (58, 290)),
    Arrow((310, 216), (270, 304), "held", "2 controls", (304, 270)),
    Arrow((180, 190), (234, 190), "held"),
    Arrow((60, 72), (60, 163), "held", "3 taken out", (66, 122)),
    Arrow((160, 72), (212, 304), "held"),
    Arrow((260, 72), (130, 163), "trust", "4 assumed away", (262, 122)),
    Arrow((218, 72), (234, 304), "trust"),
    Arrow((235, 345), (235, 391), "held"),
    Arrow((235, 432), (235, 478), "held"),
    Arrow((20, 216), (144, 499), "trust", "5 coders who", (6, 442)),
)

_LATE = (("seek responses:", (6, 460)), ("assumed away", (6, 478)))

ALT = (
    "What is assumed to move what. Acts of the cause and the pair's own acts, as they are remembered, move the rate of "
    "the outcome; the rate makes acts, and acts are coded. Slow drift moves both cause and outcome and is taken out. "
    "Two arrows are assumed away: a common cause that nobody coded, and coders who seek responses to the cause."
)


def diagram() -> str:
    """The picture, 390 wide, legible at that width."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" '
        'font-family="Helvetica, Arial, sans-serif" font-size="14">',
        f"<title>{escape(ALT)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        "<defs>",
        *(
            f'<marker id="{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            f'<path d="M0 0 L8 4 L0 8 z" fill="{colour}"/></marker>'
            for kind, colour in _COLOURS.items()
        ),
        "</defs>",
    ]
    for arrow in ARROWS:
        dash = ' stroke-dasharray="5 4"' if arrow.kind == "trust" else ""
        wide = 3 if arrow.kind == "effect" else 1.5
        parts.append(
            f'<line x1="{arrow.start[0]}" y1="{arrow.start[1]}" x2="{arrow.end[0]}" y2="{arrow.end[1]}" '
            f'stroke="{_COLOURS[arrow.kind]}" stroke-width="{wide}"{dash} marker-end="url(#{arrow.kind})"/>'
        )
    for box in BOXES.values():
        dash, colour = (' stroke-dasharray="5 4"', _TRUST) if box.hidden else ("", _INK)
        parts.append(
            f'<rect x="{box.x - box.w // 2}" y="{box.y - box.h // 2}" width="{box.w}" height="{box.h}" rx="6" '
            f'fill="#f7f9fb" stroke="{colour}"{dash}/>'
        )
        first = box.y + 5 - 9 * (len(box.lines) - 1)
        parts += [_text((box.x, first + 18 * k), line, colour, "middle") for k, line in enumerate(box.lines)]
    for arrow in ARROWS:
        if arrow.label:
            parts.append(_text(arrow.at, arrow.label, _COLOURS[arrow.kind]))
    parts += [_text(at, line, _TRUST) for line, at in _LATE]
    return "\n".join([*parts, "</svg>", ""])


def _text(at: tuple[int, int], line: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{at[0]}" y="{at[1]}" fill="{colour}" text-anchor="{anchor}">{escape(line)}</text>'


_COLOURS = {"effect": _EFFECT, "held": _HELD, "trust": _TRUST}


def diagram_shown() -> str:
    """The picture's line in a page, with what it shows in words."""
    return f"![{ALT}](../pictures/assumed.svg)"
