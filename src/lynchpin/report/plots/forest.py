"""A mechanism part by part, on a log axis: a forest of dyads or triads, and paired intervals of periods."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, together, tooltip, x_at, y_at
from lynchpin.report.plots.ledger import FEW_TICKS, TICKS, ratio_axis
from lynchpin.report.plots.theme import claim_name, sentence_case
from lynchpin.results import Effect, SplitClaim, SplitLedger, SplitPart
from lynchpin.results.base import UNSEEN
from lynchpin.results.splits import SplitBy, shown

ROW = 26  # pixels
OWN = "#9aa5b1"  # of what a place's own record says
MOST_FEW = 8  # triads with too few acts that have a row of their own
_NAMES, _NUMBERS = 340, 150  # pixels for the names on the left and the numbers on the right


def data(claim: SplitClaim, each: SplitBy) -> pl.DataFrame:
    """One row for each place with an effect, then the mean; below it, places with too little data.

    Returns
    -------
    DataFrame, columns row, label, acts, ratio, lower, upper (own; null where acts are too few), shrunk, shrunk_lower,
    shrunk_upper (null where the place is not pooled), weight (of triads), kind ("triad": a place, "all", "few" or
    "rest"), text
    """
    rows = [_row(each, split) for split in claim.splits if split.effect is not None]
    if claim.pooled is not None:
        mean, label = claim.pooled.effect, f"All {claim.pooled.n} together"
        rows.append({"label": label, "acts": "", "kind": "all", "text": shown(mean), **_ratio("", mean)})
    short = [split for split in claim.splits if split.effect is None]
    rows += _few_triads(short) if each == "triad" else [_row(each, split) for split in short]
    numbers = ("ratio", "lower", "upper", "shrunk", "shrunk_lower", "shrunk_upper", "weight")
    schema = {"label": pl.String, "acts": pl.String, **dict.fromkeys(numbers, pl.Float64)}
    frame = pl.DataFrame(rows, schema=schema | {"kind": pl.String, "text": pl.String})
    return frame.with_row_index("row").with_columns(pl.col("row").cast(pl.Int32))


def _row(each: SplitBy, split: SplitPart) -> dict[str, Any]:
    of_triad = each == "triad"
    acts = f"{split.n_cause_events} / {split.n_target_events}" if of_triad else str(split.n_target_events)
    return {
        "label": split.title if of_triad else split.part.replace("->", " → "),
        "acts": acts,
        "weight": split.weight if of_triad else None,
        "kind": "few" if split.effect is None else "triad",
        "text": shown(split.effect) or "too little data",
        **_ratio("", split.effect),
        **_ratio("shrunk", split.shrunk),
    }


def _ratio(name: str, effect: Effect | None) -> dict[str, float]:
    """A rate ratio and its ends as columns; none where there is no effect."""
    if effect is None:
        return {}
    ends = {"lower": effect.rate_ratio_lower, "upper": effect.rate_ratio_upper}
    return {name or "ratio": effect.rate_ratio} | {f"{name}_{end}".lstrip("_"): value for end, value in ends.items()}


def _few_triads(short: list[SplitPart]) -> list[dict[str, Any]]:
    """A row for each triad that has acts and too few of them, those with most first; the others in one."""
    some = sorted(
        (triad for triad in short if triad.n_cause_events or triad.n_target_events),
        key=lambda triad: (-min(triad.n_cause_events, triad.n_target_events), triad.part),
    )
    rows = [_row("triad", triad) for triad in some[:MOST_FEW]]
    if rest := len(short) - len(rows):
        label = f"{'And ' if rows else ''}{rest} more with fewer acts, or none"
        rows.append({"label": label, "acts": "", "kind": "rest", "text": ""})
    return rows


#: How many pixels rows of each kind are moved down, to part them from those above.
_LOWER = {"triad": 0, "all": 8, "few": 18, "rest": 18}


@drawn
def draw(frame: pl.DataFrame, each: SplitBy, *, table: str | None = None) -> alt.LayerChart:
    """The picture of `data`: grey is what a place's own record says, the dark dot what it says given all the others.

    Parameters
    ----------
    frame : DataFrame, from `data`
    each : what a row is
    table : what its data are called; pictures in one file have names of their own
    """
    low, high = FEW_TICKS[0], FEW_TICKS[-1]
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
    axis = ratio_axis(FEW_TICKS)
    tables = Tables()
    base = tables.chart(table or ("triads" if each == "triad" else "dyads-0"), cut).encode(y=y)
    tips = tooltip(
        ("label", sentence_case(each)),
        ("acts", "Acts of cause / target"),
        ("text", "Own rate ratio (90 %)"),
        ("weight", "Weight"),
        formats={"weight": ".0%"},
    )
    x = alt.X("ratio", type="quantitative", scale=reach, axis=axis)
    lift = alt.ExprRef(expr="width > 660 ? 0 : -11")
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
        base.mark_text(align="left", dy=lift, limit=alt.ExprRef(expr=f"width > 660 ? {_NAMES} : width - 104")).encode(
            x=x_at(0), text=alt.Text("shown", type="nominal")
        ),
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


def expected(claim: SplitClaim, each: SplitBy) -> str:
    """What is expected; of dyads, how much they differ too."""
    if each == "triad":
        return f"expected {claim.expect}"
    spread = "too few dyads with data to pool" if claim.pooled is None else claim.pooled.spread_text("dyads")
    return f"expected {claim.expect}; {spread}"


def whole(ledger: SplitLedger, title: str) -> dict[str, Any]:
    """The forests of all mechanisms with an effect somewhere, one below the other, as one specification for a file."""
    each = ledger.by
    claims = [claim for claim in ledger.claims if any(split.effect for split in claim.splits)] or ledger.claims
    return together(
        [
            (
                f"{claim_name(claim.id, claim.mechanism)}: {expected(claim, each)}",
                draw(data(claim, each), each, table=f"{each}s-{number}"),
                900,
            )
            for number, claim in enumerate(claims)
        ],
        f"{title}: rate ratio when the cause doubles{'' if each == 'triad' else f', by {each}'}",
    )


# -- Periods: a line for each, those of a mechanism together.

LINE, BETWEEN, TOP = 19, 16, 32  # pixels
_LABELS, _DAYS, _CHANGES = 216, 176, 262  # pixels: names, days, and numbers on the right
_NARROW, _SHORT_DAYS = 760, 130  # no wider: names and changes stand above the lines, and days take so much


def periods(ledger: SplitLedger) -> pl.DataFrame:
    """One row for each mechanism and period.

    Returns
    -------
    DataFrame, columns row, claim (its number), label ("" but in the first period), period (0, 1, ...), days, ratio,
    lower, upper (null where the period says nothing), text, change (in words, with the later period), clear (whether
    the change is)
    """
    rows: list[dict[str, Any]] = []
    for number, claim in enumerate(ledger.claims):
        for at, one in enumerate(claim.splits):
            change = claim.before(at)
            rows.append(
                {
                    "row": len(rows),
                    "claim": number,
                    "label": claim_name(claim.id, claim.mechanism) if at == 0 else "",
                    "period": at,
                    "days": f"{one.first:%b %Y} – {one.last:%b %Y}",
                    "text": f"{one.rate_ratio:.2f}" if one.effect else "too little data",
                    "change": _change_words(change.effect if change else None),
                    "clear": change is not None and change.stand in ("raises", "lowers"),
                    **_ratio("", one.effect),
                }
            )
    text = dict.fromkeys(("label", "days", "text", "change"), pl.String)
    schema = {"row": pl.Int32, "claim": pl.Int32, "period": pl.Int32, "clear": pl.Boolean} | text
    schema |= dict.fromkeys(("ratio", "lower", "upper"), pl.Float64)
    return pl.DataFrame(rows, schema=schema)


@drawn
def draw_periods(frame: pl.DataFrame) -> alt.LayerChart:
    """The picture of `periods`: earlier periods light, later ones dark; a change that is clear stands in bold."""
    low = max((tick for tick in TICKS if tick <= min(0.5, *frame["lower"].drop_nulls())), default=TICKS[0])
    high = min((tick for tick in TICKS if tick >= max(2.0, *frame["upper"].drop_nulls())), default=TICKS[-1])
    placed = frame.with_columns(
        pl.col("ratio", "lower", "upper").clip(low, high),
        middle=TOP + pl.col("row") * LINE + pl.col("claim") * BETWEEN + 10,
    )
    last = max(frame["period"], default=0)
    shades = [theme.tint(theme.ACCENT, 0.42 + 0.58 * at / max(last, 1)) for at in range(last + 1)]
    height = TOP + LINE * frame.height + BETWEEN * (max(frame["claim"], default=0) + 1)
    first = _LABELS + _DAYS
    reach = alt.Scale(
        type="log", domain=[low, high], nice=False,
        range=[
            alt.ExprRef(expr=f"width > {_NARROW} ? {first} : {_SHORT_DAYS}"),
            alt.ExprRef(expr=f"width > {_NARROW} ? width - {_CHANGES} : width - 44"),
        ],
    )  # fmt: skip
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    y = alt.Y("middle", type="quantitative", scale=lanes, axis=None)
    axis = ratio_axis([tick for tick in TICKS if low <= tick <= high and tick in FEW_TICKS])
    colour = alt.Color(
        "period", type="ordinal", scale=alt.Scale(domain=list(range(last + 1)), range=shades), legend=None
    )
    tables = Tables()
    base = tables.chart("periods", placed).encode(y=y)
    tips = tooltip(("label", "Claim"), ("days", "Period"), ("text", "Rate ratio"), ("change", "Change"))
    known = base.transform_filter("isValid(datum.ratio)")
    once = tables.chart("once", ONCE)

    def head(text: str, x: alt.XValue, align: str) -> alt.Chart:
        placed_text: alt.Chart = once.mark_text(text=text, align=align, color=theme.MUTED)  # type: ignore[arg-type]
        return placed_text.encode(x=x, y=y_at(8))

    right = x_at(alt.ExprRef(expr="width"))
    beside = x_at(alt.ExprRef(expr=f"width > {_NARROW} ? width - {_CHANGES} + 52 : width"))
    days = x_at(alt.ExprRef(expr=f"width > {_NARROW} ? {_LABELS} : 0"))
    wide, narrow = f"width > {_NARROW}", f"width <= {_NARROW}"
    changed = base.transform_filter(f"{narrow} && datum.change != '' && datum.period == {last}")
    name, change = alt.Text("label", type="nominal"), alt.Text("change", type="nominal")
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
            shape="stroke", angle=90, size=LINE**2, strokeWidth=1, opacity=0.5, color=theme.MUTED, aria=False
        ).encode(x=alt.X(datum=1, type="quantitative", scale=reach)),
        base.transform_filter(wide)
        .mark_text(align="left", fontWeight=600, limit=_LABELS - 6)
        .encode(x=x_at(0), text=name),
        base.transform_filter(narrow)
        .mark_text(align="left", fontWeight=600, limit=alt.ExprRef(expr="width - 168"), dy=-17)
        .encode(x=x_at(0), text=name),
        base.mark_text(align="left", color=theme.MUTED).encode(x=days, text=alt.Text("days", type="nominal")),
        base.mark_text(align="right", color=theme.MUTED).encode(x=beside, text=alt.Text("text", type="nominal")),
        *(_change(base.transform_filter(wide), clear).encode(x=right, text=change) for clear in (False, True)),
        *(_change(changed, clear, up=17 + LINE * last).encode(x=right, text=change) for clear in (False, True)),
        head("ratio", beside, "right"),
        head("later over earlier, 90 %; bold: clear", right, "right").transform_filter(wide),
        head("period", days, "left"),
    ]
    description = "Rate ratios when the cause doubles, by period, with 90 % intervals: " + "; ".join(
        f"{row['label'] or '…'} {row['days']}: {row['text']} {row['change']}" for row in frame.iter_rows(named=True)
    )
    return framed(layers, tables, height=height, description=description)


def _change_words(effect: Effect | None) -> str:
    words = shown(effect)
    return words and (f"change: {words}" if words == UNSEEN else f"change ×{words}")


def _change(base: alt.Chart, clear: bool, *, up: int = 0) -> alt.Chart:
    """The words of changes that are clear, bold, or of those that are not; so many pixels above their line."""
    colour = theme.INK if clear else theme.MUTED
    chosen = base.transform_filter(f"{'' if clear else '!'}datum.clear")
    words: alt.Chart = chosen.mark_text(align="right", fontWeight=700 if clear else 400, color=colour, dy=-up)
    return words
