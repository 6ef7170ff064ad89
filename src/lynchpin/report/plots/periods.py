"""Each mechanism before and after a day: paired intervals on a log axis."""

from __future__ import annotations

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, tooltip, x_at, y_at
from lynchpin.report.plots.ledger import TICKS
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import PeriodLedger

ROW, BETWEEN, TOP = 19, 12, 26  # pixels
_NAMES, _DAYS, _NUMBERS = 216, 176, 262  # pixels: names, days, and numbers on the right


def data(found: PeriodLedger) -> pl.DataFrame:
    """One row for each mechanism and period.

    Returns
    -------
    DataFrame, columns row, claim (its number), label ("" but in the first period), period (0, 1, ...), days, ratio,
    lower, upper (null where the period says nothing), text, change (in words, with the later period), clear (whether
    the change is)
    """
    rows: list[dict[str, object]] = []
    for number, claim in enumerate(found.claims):
        label = " · ".join(part for part in (claim.id, sentence_case(spoken(claim.mechanism))) if part)
        for at, one in enumerate(claim.periods):
            change = claim.changes[at - 1] if at else None
            said = "" if one.rate_ratio is None else f"{one.rate_ratio:.2f}"
            rows.append(
                {
                    "row": len(rows),
                    "claim": number,
                    "label": label if at == 0 else "",
                    "period": at,
                    "days": f"{one.first:%b %Y} – {one.last:%b %Y}",
                    "ratio": one.rate_ratio,
                    "lower": one.rate_ratio_lower,
                    "upper": one.rate_ratio_upper,
                    "text": said or "too little data",
                    "change": ""
                    if change is None or change.ratio is None
                    else _change(change.ratio, change.ratio_lower, change.ratio_upper),
                    "clear": change is not None and change.stand in ("raises", "lowers"),
                }
            )
    text = dict.fromkeys(("label", "days", "text", "change"), pl.String)
    schema = {"row": pl.Int32, "claim": pl.Int32, "period": pl.Int32, "clear": pl.Boolean} | text
    schema |= dict.fromkeys(("ratio", "lower", "upper"), pl.Float64)
    return pl.DataFrame(rows, schema=schema)


def _change(ratio: float, lower: float | None, upper: float | None) -> str:
    return f"change ×{ratio:.2f} ({lower:.2f}–{upper:.2f})"


@drawn
def draw(frame: pl.DataFrame) -> alt.LayerChart:
    """The picture of `data`: earlier periods light, later ones dark; a change that is clear stands in bold."""
    low = max((tick for tick in TICKS if tick <= min(0.5, *frame["lower"].drop_nulls())), default=TICKS[0])
    high = min((tick for tick in TICKS if tick >= max(2.0, *frame["upper"].drop_nulls())), default=TICKS[-1])
    placed = frame.with_columns(
        pl.col("ratio", "lower", "upper").clip(low, high),
        middle=TOP + pl.col("row") * ROW + pl.col("claim") * BETWEEN + 10,
    )
    last = max(frame["period"], default=0)
    shades = [theme.tint(theme.ACCENT, 0.42 + 0.58 * at / max(last, 1)) for at in range(last + 1)]
    height = TOP + ROW * frame.height + BETWEEN * (max(frame["claim"], default=0) + 1)
    first = _NAMES + _DAYS
    reach = alt.Scale(
        type="log", domain=[low, high], nice=False,
        range=[alt.ExprRef(expr=f"{first}"), alt.ExprRef(expr=f"width - {_NUMBERS}")],
    )  # fmt: skip
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    y = alt.Y("middle", type="quantitative", scale=lanes, axis=None)
    axis = alt.Axis(
        values=[tick for tick in TICKS if low <= tick <= high and tick in (0.1, 0.25, 0.5, 1, 2, 4, 10)],
        grid=True,
        title="rate ratio when the cause doubles (log scale)",
        labelExpr="datum.value == 1 ? 'no change' : '×' + format(datum.value, '~g')",
    )
    colour = alt.Color(
        "period", type="ordinal", scale=alt.Scale(domain=list(range(last + 1)), range=shades), legend=None
    )
    tables = Tables()
    base = tables.chart("periods", placed).encode(y=y)
    tips = tooltip(("label", "Claim"), ("days", "Period"), ("text", "Rate ratio"), ("change", "Change"))
    known = base.transform_filter("isValid(datum.ratio)")
    once = tables.chart("once", ONCE)

    def head(text: str, x: alt.XValue, align: str) -> alt.Chart:
        made: alt.Chart = once.mark_text(text=text, align=align, color=theme.MUTED)  # type: ignore[arg-type]
        return made.encode(x=x, y=y_at(8))

    right = x_at(alt.ExprRef(expr="width"))
    beside = x_at(alt.ExprRef(expr=f"width - {_NUMBERS} + 52"))
    layers = [
        known.mark_rule(strokeWidth=4, strokeCap="round").encode(
            x=alt.X("lower", type="quantitative", scale=reach, axis=axis),
            x2=alt.X2("upper"),
            color=colour,
            tooltip=tips,
        ),
        known.mark_point(filled=True, size=80, opacity=1, stroke="white", strokeWidth=1.2).encode(
            x=alt.X("ratio", type="quantitative", scale=reach, axis=axis), color=colour, tooltip=tips
        ),
        base.mark_point(
            shape="stroke",
            angle=90,
            size=(ROW + BETWEEN) ** 2,
            strokeWidth=1,
            opacity=0.5,
            color=theme.MUTED,
            aria=False,
        ).encode(x=alt.X(datum=1, type="quantitative", scale=reach)),
        base.mark_text(align="left", fontWeight=600, limit=_NAMES - 6).encode(
            x=x_at(0), text=alt.Text("label", type="nominal")
        ),
        base.mark_text(align="left", color=theme.MUTED).encode(x=x_at(_NAMES), text=alt.Text("days", type="nominal")),
        base.mark_text(align="right", color=theme.MUTED).encode(x=beside, text=alt.Text("text", type="nominal")),
        base.transform_filter("!datum.clear")
        .mark_text(align="right", color=theme.MUTED)
        .encode(x=right, text=alt.Text("change", type="nominal")),
        base.transform_filter("datum.clear")
        .mark_text(align="right", fontWeight=700)
        .encode(x=right, text=alt.Text("change", type="nominal")),
        head("ratio", beside, "right"),
        head("later over earlier, 90 %; bold: clear", right, "right"),
        head("period", x_at(_NAMES), "left"),
    ]
    description = "Rate ratios when the cause doubles, by period, with 90 % intervals: " + "; ".join(
        f"{row['label'] or '…'} {row['days']}: {row['text']} {row['change']}" for row in frame.iter_rows(named=True)
    )
    return framed(layers, tables, height=height, description=description)
