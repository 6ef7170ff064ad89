"""One mechanism in many triads: what each record says, what they say together, on a log axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, together, tooltip, x_at
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import PooledClaim

ROW = 26  # pixels
OWN = "#9aa5b1"  # of what a triad's own record says
MOST_FEW = 8  # triads with too few acts that have a row of their own
TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
_NAMES, _NUMBERS = 340, 150  # pixels for the names on the left and the numbers on the right


def data(claim: PooledClaim) -> pl.DataFrame:
    """One row for each triad with an estimate, the surest first, then the mean; below it, triads with too few acts.

    Returns
    -------
    DataFrame, columns row, label, acts, ratio, lower, upper (own; null where acts are too few), shrunk, shrunk_lower,
    shrunk_upper (null where the triad is not pooled), weight, kind ("triad", "all", "few" or "rest"), text
    """
    rows: list[dict[str, Any]] = [
        {
            "label": triad.title,
            "acts": f"{triad.n_cause_events} / {triad.n_target_events}",
            "ratio": triad.rate_ratio,
            "lower": triad.rate_ratio_lower,
            "upper": triad.rate_ratio_upper,
            "shrunk": triad.shrunk,
            "shrunk_lower": triad.shrunk_lower,
            "shrunk_upper": triad.shrunk_upper,
            "weight": triad.weight,
            "kind": "triad",
        }
        for triad in claim.triads
        if triad.rate_ratio is not None
    ]
    if claim.rate_ratio is not None:
        mean = {"ratio": claim.rate_ratio, "lower": claim.rate_ratio_lower, "upper": claim.rate_ratio_upper}
        rows.append({"label": f"All {claim.n_triads} together", "acts": "", "kind": "all", **mean})
    rows += _without(claim)
    names = ("ratio", "lower", "upper", "shrunk", "shrunk_lower", "shrunk_upper", "weight")
    schema = {"label": pl.String, "acts": pl.String, **dict.fromkeys(names, pl.Float64), "kind": pl.String}
    frame = pl.DataFrame(rows, schema=schema)
    return frame.with_row_index("row").with_columns(
        pl.col("row").cast(pl.Int32),
        text=pl.struct("ratio", "lower", "upper", "kind").map_elements(_text, return_dtype=pl.String),
    )


def _without(claim: PooledClaim) -> list[dict[str, Any]]:
    """A row for each triad that has acts and too few of them, those with most first; the others in one."""
    short = [triad for triad in claim.triads if triad.rate_ratio is None]
    some = sorted(
        (triad for triad in short if triad.n_cause_events or triad.n_target_events),
        key=lambda triad: (-min(triad.n_cause_events, triad.n_target_events), triad.triad),
    )
    rows = [
        {"label": triad.title, "acts": f"{triad.n_cause_events} / {triad.n_target_events}", "kind": "few"}
        for triad in some[:MOST_FEW]
    ]
    rest = len(short) - len(rows)
    if rest:
        rows.append(
            {"label": f"{'And ' if rows else ''}{rest} more with fewer acts, or none", "acts": "", "kind": "rest"}
        )
    return rows


def _text(row: dict[str, Any]) -> str:
    """The rate ratio and its interval; an end beyond a hundred is open."""
    if row["ratio"] is None:
        return "too little data" if row["kind"] == "few" else ""
    upper = f"{row['upper']:.2f}" if row["upper"] < 100.0 else "…"
    return f"{row['ratio']:.2f} ({row['lower']:.2f}–{upper})"


#: How many pixels rows of each kind are moved down, to part them from those above.
_LOWER = {"triad": 0, "all": 8, "few": 18, "rest": 18}


@drawn
def draw(frame: pl.DataFrame, title: str = "", *, table: str = "triads", each: str = "triad") -> alt.LayerChart:
    """The picture of `data`: grey is what a triad's own record says, the dark dot what it says given all the others.

    Parameters
    ----------
    frame : DataFrame, from `data`
    title : str, of the axis
    table : str, what its data are called; pictures in one file have names of their own
    each : str, what a row is
    """
    low, high = TICKS[0], TICKS[-1]
    cut = frame.with_columns(
        pl.col("ratio", "lower", "upper", "shrunk", "shrunk_lower", "shrunk_upper").clip(low, high),
        middle=pl.col("row") * ROW + 22 + pl.col("kind").replace_strict(_LOWER, return_dtype=pl.Int32),
        shown=pl.concat_str(
            "label", pl.when(pl.col("acts") != "").then(" · " + pl.col("acts") + " acts").otherwise(pl.lit(""))
        ),
    )
    height = ROW * max(frame.height, 1) + 8 + max(_LOWER[kind] for kind in ("triad", *frame["kind"]))
    reach = alt.Scale(
        type="log",
        domain=[low, high],
        nice=False,
        range=[
            alt.ExprRef(expr=f"width > 660 ? {_NAMES} : 4"),
            alt.ExprRef(expr=f"width > 660 ? width - {_NUMBERS} : width - 4"),
        ],
    )
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    y = alt.Y("middle", type="quantitative", scale=lanes, axis=None)
    axis = alt.Axis(
        values=list(TICKS),
        grid=True,
        title=title or "rate ratio when the cause doubles (log scale)",
        labelExpr="datum.value == 1 ? 'no change' : '×' + format(datum.value, '~g')",
    )
    tables = Tables()
    base = tables.chart(table, cut).encode(y=y)
    tips = tooltip(
        ("label", sentence_case(each)),
        ("acts", "Acts of cause / target"),
        ("text", "Own rate ratio (90 %)"),
        ("weight", "Weight"),
        formats={"weight": ".0%"},
    )
    x = alt.X("ratio", type="quantitative", scale=reach, axis=axis)
    lift = alt.ExprRef(expr="width > 660 ? 0 : -9")
    one = base.transform_filter("datum.kind == 'triad'")
    every = base.transform_filter("datum.kind == 'all'")
    layers = [
        one.mark_rule(strokeWidth=2, color=OWN).encode(
            x=alt.X("lower", type="quantitative", scale=reach, axis=axis), x2=alt.X2("upper"), tooltip=tips
        ),
        one.mark_point(filled=True, shape="square", size=34, color=OWN, opacity=1).encode(x=x, tooltip=tips),
        base.transform_filter("isValid(datum.shrunk)")
        .mark_rule(strokeWidth=3.5, strokeCap="round", color=theme.ACCENT)
        .encode(x=alt.X("shrunk_lower", type="quantitative", scale=reach), x2=alt.X2("shrunk_upper"), tooltip=tips),
        base.transform_filter("isValid(datum.shrunk)")
        .mark_point(filled=True, size=70, color=theme.ACCENT, stroke="white", strokeWidth=1, opacity=1)
        .encode(x=alt.X("shrunk", type="quantitative", scale=reach), tooltip=tips),
        every.mark_rule(strokeWidth=5, color=theme.INK).encode(
            x=alt.X("lower", type="quantitative", scale=reach), x2=alt.X2("upper"), tooltip=tips
        ),
        every.mark_point(filled=True, shape="diamond", size=160, color=theme.INK, opacity=1).encode(x=x, tooltip=tips),
        base.transform_filter("datum.kind == 'triad' || datum.kind == 'all'")
        .mark_point(shape="stroke", angle=90, size=ROW**2, strokeWidth=1, opacity=1, color=theme.MUTED, aria=False)
        .encode(x=alt.X(datum=1, type="quantitative", scale=reach)),
        base.mark_text(align="left", dy=lift).encode(x=x_at(0), text=alt.Text("shown", type="nominal")),
        base.mark_text(align="right", dy=lift, color=theme.MUTED).encode(
            x=x_at(alt.ExprRef(expr="width")), text=alt.Text("text", type="nominal")
        ),
    ]
    description = (
        f"Forest of rate ratios when the cause doubles, one row for each {each}, with 90 % intervals: "
        + "; ".join(f"{row['label']} {row['acts']}: {row['text']}" for row in frame.iter_rows(named=True))
        + "."
    )
    return framed(layers, tables, height=height, description=description)


def heading(claim: PooledClaim) -> str:
    """What the picture is of."""
    return " · ".join(part for part in (claim.id, sentence_case(spoken(claim.mechanism))) if part)


def whole(claims: Sequence[PooledClaim], title: str) -> dict[str, Any]:
    """The forests of some mechanisms, one below the other, as one specification for a file."""
    return together(
        [
            (f"{heading(claim)}: expected {claim.expect}", draw(data(claim), table=f"triads-{number}"), 900)
            for number, claim in enumerate(claims)
        ],
        title,
    )
