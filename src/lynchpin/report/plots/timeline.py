"""What happened: one lane per pair, in it one row per class, and a dot for every event.

A joint act appears in the lane of every pair it joins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, tooltip, utc, x_at
from lynchpin.report.plots.theme import pair_key, pair_name, spoken

HEAD, ROW = 20, 9  # pixels: the lane's name above its rows, and one row

#: What the page knows from its list of sources, and need not carry twice.
TEXT_COLUMNS = ("when", "who", "act", "summary", "status")


def pairs_of(source: Sequence[str], target: Sequence[str]) -> list[str]:
    """The unordered pairs an act joins: all inside one set when both sides are the same, else source by target.

    Examples
    --------
    >>> pairs_of(["JPN", "KOR", "USA"], ["JPN", "KOR", "USA"])
    ['JPN-KOR', 'JPN-USA', 'KOR-USA']
    >>> pairs_of(["PRK"], ["JPN", "KOR"])
    ['JPN-PRK', 'KOR-PRK']
    """
    if set(source) == set(target):
        return [pair_key(a, b) for a, b in combinations(sorted(set(source)), 2)]
    return sorted({pair_key(a, b) for a, b in product(source, target) if a != b})


def dots(events: pl.DataFrame, pairs: Sequence[str], classes: Sequence[str], actors: Mapping[str, str]) -> pl.DataFrame:
    """A dot for every event and pair.

    Parameters
    ----------
    events : DataFrame, columns event (any key), date, source, target, event_class, magnitude and `TEXT_COLUMNS`
    pairs : the lanes, top to bottom; events of other pairs are left out
    classes : the rows of each lane, top to bottom; an event of no class stands below the last
    actors : code -> name

    Returns
    -------
    DataFrame, columns event, date, pair (its name), event_class (its words), magnitude, size (its absolute value, 2
    when unknown), y (pixels from the top), and `TEXT_COLUMNS`; sorted by date, then lane
    """
    lane_of = {"-".join(sorted(pair.split("-"))): lane for lane, pair in enumerate(pairs)}
    row_of = {name: row for row, name in enumerate(classes)}
    lane_height = height_of_lane(classes)
    places = []
    for index, (source, target, name) in enumerate(events.select("source", "target", "event_class").iter_rows()):
        for pair in pairs_of(source or [], target or []):
            if pair in lane_of:
                lane, row = lane_of[pair], row_of.get(name, len(row_of))
                y = lane * lane_height + HEAD + row * ROW + ROW // 2
                places.append((index, pair_name(pairs[lane], actors), spoken(name or "no class"), y))
    schema = {"index": pl.UInt32, "pair": pl.String, "words": pl.String, "y": pl.Int32}
    placed = pl.DataFrame(places, schema=schema, orient="row")
    return (
        placed.join(events.with_row_index("index"), on="index", how="left", maintain_order="left")
        .with_columns(event_class=pl.col("words"), size=pl.col("magnitude").abs().fill_null(2.0))
        .sort("date", "y", maintain_order=True)
        .select("event", "date", "pair", "event_class", "magnitude", "size", "y", *TEXT_COLUMNS)
    )


def brush() -> alt.SelectionParameter:
    """What lets a reader draw over the dots to choose days: a parameter of their layer, named "brush"."""
    return alt.SelectionParameter(name="brush", select=alt.IntervalSelectionConfig(type="interval", encodings=["x"]))


def height_of_lane(classes: Sequence[str]) -> int:
    """Pixels from the top of one lane to the top of the next."""
    return HEAD + ROW * max(len(classes), 1) + 8


@drawn
def draw(
    frame: pl.DataFrame,
    pairs: Sequence[str],
    classes: Sequence[str],
    colours: Mapping[str, str],
    actors: Mapping[str, str],
    *,
    start: date,
    end: date,
    zoom: bool = True,
) -> alt.LayerChart:
    """The picture of `dots`, from `start` to `end`.

    Parameters
    ----------
    frame : DataFrame, from `dots`
    pairs, classes, actors : as given to `dots`
    colours : class -> colour
    zoom : offer to look at the last years only (in records longer than four years)
    """
    lane_height = height_of_lane(classes)
    height = lane_height * len(pairs)
    counts = dict(frame.group_by("pair").len().iter_rows())
    names = [pair_name(pair, actors) for pair in pairs]
    lanes = pl.DataFrame(
        {
            "name": names,
            "count": [f"{counts.get(name, 0):,} event{'' if counts.get(name, 0) == 1 else 's'}" for name in names],
            "top": [lane * lane_height for lane in range(len(pairs))],
        },
        schema={"name": pl.String, "count": pl.String, "top": pl.Int32},
    )
    scale = alt.Scale(domain=[0, height], reverse=True, nice=False, zero=False)
    words = [spoken(name) for name in classes]
    margin = timedelta(days=(end - start).days // 90 + 1)
    start, end = start - margin, end + margin
    years = end.year - start.year
    zoom = zoom and years > 4
    near = f"utc({end.year}-years,{end.month - 1},{end.day})"
    x = time("date", start, end, low=f"years == 0 ? {utc(start)} : {near}" if zoom else "")
    tables = Tables()
    lane = tables.chart("lanes", lanes)
    marks = [
        lane.mark_rule(color=theme.RULE).encode(y=alt.Y("top", type="quantitative", scale=scale, axis=None)),
        lane.mark_text(align="left", baseline="top", fontWeight=600, dy=5).encode(
            x=x_at(0),
            y=alt.Y("top", type="quantitative", scale=scale),
            text=alt.Text("name", type="nominal"),
        ),
        lane.mark_text(align="right", baseline="top", fill=theme.MUTED, dy=5).encode(
            x=x_at(alt.ExprRef(expr="width")),
            y=alt.Y("top", type="quantitative", scale=scale),
            text=alt.Text("count", type="nominal"),
        ),
        tables.chart("events", frame)
        .mark_circle(opacity=0.72, clip=True, aria=False)
        .encode(
            x=x,
            y=alt.Y("y", type="quantitative", scale=scale),
            color=alt.Color(
                "event_class",
                type="nominal",
                scale=alt.Scale(domain=[*words, "no class"], range=[*(colours[name] for name in classes), theme.MUTED]),
                legend=None,
            ),
            size=alt.Size("size", type="quantitative", scale=alt.Scale(domain=[0, 10], range=[10, 95]), legend=None),
            tooltip=tooltip(
                ("when", "Date"),
                ("who", "Who"),
                ("summary", "What"),
                ("act", "Type"),
                ("event_class", "Class"),
                ("magnitude", "Magnitude"),
                ("status", "Status"),
                formats={"magnitude": "+.1f"},
            ),
        ),
    ]
    choices = []
    if zoom:
        spans = [0, *(span for span in (10, 5, 2) if span < years)]
        labels = ["the whole record", *(f"the last {span} years" for span in spans[1:])]
        choice = alt.binding_select(options=spans, labels=labels, name="Show ")
        choices = [alt.param(name="years", value=0, bind=choice)]
    description = (
        f"Timeline of {frame['event'].n_unique():,} events in {len(pairs)} lanes, one per pair of actors, "
        f"from {start} to {end}; a dot per event, coloured by class, larger for larger magnitude."
    )
    return framed(marks, tables, height=height, description=description, params=choices)
