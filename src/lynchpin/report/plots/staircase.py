"""The life of one agreement: a step for every act, from a first proposal up to force, and down again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, tooltip
from lynchpin.report.plots.theme import spoken
from lynchpin.results import StageRow

# -- The stages of an agreement, gathered into four families, each with its colour and its mark.

#: Stages from the foot of the stairs to the top.
LADDER = (
    "ended",
    "termination_notice",
    "suspended",
    "setback",
    "proposed",
    "negotiating",
    "resumed",
    "agreed_in_principle",
    "approved",
    "signed",
    "ratified",
    "amended",
    "in_force",
)

#: Family -> (colour, mark): told apart by shape as well as by colour.
FAMILIES: dict[str, tuple[str, str]] = {
    "progress": (theme.BLUES[1], "circle"),
    "in force": (theme.BLUES[0], "square"),
    "setback": (theme.WARMS[0], "triangle-down"),
    "ended": ("#3d4651", "cross"),
}

#: Family -> the colour of its words, dark enough to read.
WORDS = {"progress": "#2a6496", "in force": theme.BLUES[0], "setback": "#9a5200", "ended": "#3d4651"}

_SETBACKS = ("setback", "suspended", "termination_notice")


def families(history: Sequence[StageRow]) -> list[str]:
    """The family of each act, in order: a pact that resumes or is amended is in force again if it was before.

    Examples
    --------
    >>> from datetime import date
    >>> life = [StageRow(date(2016, 1, day), "day", stage, "", "", "", "") for day, stage in
    ...         enumerate(["signed", "in_force", "suspended", "resumed"], start=1)]
    >>> families(life)
    ['progress', 'in force', 'setback', 'in force']
    """
    found, was_in_force = [], False
    for act in history:
        if act.stage == "ended":
            family = "ended"
            was_in_force = False
        elif act.stage in _SETBACKS:
            family = "setback"
        elif act.stage == "in_force" or (was_in_force and act.stage in ("resumed", "amended")):
            family = "in force"
            was_in_force = True
        else:
            family = "progress"
        found.append(family)
    return found


STEP = 28  # pixels


def rungs(frame: pl.DataFrame) -> list[str]:
    """The stages of one life, from the top of the stairs to their foot; a stage not on the ladder stands below it.

    A pact that was signed before it resumed comes back to where it stood: above signed, and not to the table.

    Examples
    --------
    >>> from datetime import date
    >>> acts = {"date": [date(2016, 1, day) for day in (1, 2, 3)]}
    >>> rungs(pl.DataFrame(acts | {"stage": ["signed", "suspended", "resumed"]}))
    ['resumed', 'signed', 'suspended']
    >>> rungs(pl.DataFrame(acts | {"stage": ["setback", "resumed", "signed"]}))
    ['signed', 'resumed', 'setback']
    """
    ladder = [spoken(stage) for stage in reversed(LADDER)]
    order = frame.sort("date")["stage"].to_list()
    before = order[: order.index("resumed")] if "resumed" in order else []
    if reached := [stage for stage in ladder[: ladder.index("signed") + 1] if stage in before]:
        ladder.remove("resumed")
        at = reached[0]
        ladder.insert(ladder.index(at) + (at in ("in force", "amended")), "resumed")
    stood = set(frame["stage"])
    return [stage for stage in ladder if stage in stood] + sorted(stood - set(ladder))


@drawn
def draw(frame: pl.DataFrame, title: str, *, end: date) -> alt.LayerChart:
    """The picture of one life, from shortly before the first act to `end`.

    Parameters
    ----------
    frame : DataFrame, from `swimlanes.acts` of one agreement
    title : str, the agreement's name, for the text alternative
    end : date
    """
    names = rungs(frame)
    height = STEP * len(names)
    first = min(frame["date"])
    span = max((end - first).days, 60)
    start, stop = first - timedelta(days=span // 30), end + timedelta(days=span // 60)
    y = alt.Y(
        "stage",
        type="nominal",
        scale=alt.Scale(type="point", domain=names, padding=0.5),
        axis=alt.Axis(grid=True, title=None, labelLimit=150, labelColor=theme.INK),
    )
    x = time("date", start, stop, ticks=6)
    tables = Tables()
    base = tables.chart("acts", frame).encode(y=y)
    tips = tooltip(("when", "Date"), ("stage", "Stage"), ("actor", "Moved by"), ("summary", "What"))
    tail = frame.tail(1).filter(pl.col("until") > pl.col("date"))
    layers = [
        base.mark_line(interpolate="step-after", color=theme.MUTED, strokeWidth=1.3, opacity=0.8, aria=False).encode(
            x=x, order=alt.Order("date", type="temporal")
        ),
        tables.chart("tail", tail)
        .mark_rule(color=theme.MUTED, strokeWidth=1.3, strokeDash=[2, 3])
        .encode(x=alt.X("date", type="temporal"), x2=alt.X2("until"), y=y),
        base.mark_point(filled=True, size=95, opacity=1, stroke="white", strokeWidth=1, aria=False).encode(
            x=x, color=_COLOUR, shape=_SHAPE, tooltip=tips
        ),
    ]
    listed_acts = "; ".join(f"{day}: {stage}" for day, stage in frame.select("when", "stage").iter_rows())
    return framed(layers, tables, height=height, description=f"The life of {title}, act by act: {listed_acts}.")


_COLOUR = alt.Color(
    "family",
    type="nominal",
    scale=alt.Scale(domain=list(FAMILIES), range=[colour for colour, _ in FAMILIES.values()]),
    legend=None,
)
_SHAPE = alt.Shape(
    "family",
    type="nominal",
    scale=alt.Scale(domain=list(FAMILIES), range=[shape for _, shape in FAMILIES.values()]),
    legend=None,
)
