"""A picture's specification is the one that altair itself writes, key for key."""

from __future__ import annotations

import json
from datetime import date

import altair as alt
import polars as pl
import pytest

from lynchpin.report.plots import lateral_gap
from lynchpin.report.plots._chart import Picture, Tables, framed, told

START, END = date(2012, 1, 1), date(2012, 7, 1)


def pictures() -> dict[str, alt.LayerChart]:
    """Pictures with time axes, conditions, conditions of their own and marks with and without properties."""
    gap = pl.DataFrame({"date": [START, END], "gap": [0.1, -0.2], "lower": [0.0, -0.3], "upper": [0.2, 0.1]})
    tables = Tables()
    rows = tables.chart("rows", pl.DataFrame({"day": [START, END], "n": [1, 2], "name": ["a", "b"]}))
    near = alt.selection_point(name="near", fields=["name"], on="pointerover")
    shown = rows.mark_point().encode(
        x=alt.X(field="day", type="temporal", title=None),
        y=alt.Y(field="n", type="quantitative", scale=alt.Scale(domain=[0, 3])),
        opacity=alt.condition(near, alt.value(1.0), alt.value(0.3)),
        tooltip=[alt.Tooltip(field="name", type="nominal", title="who")],
    )
    text = rows.mark_text(dx=3).encode(text=alt.Text("name:N"), x=alt.XValue(3))
    own = framed([shown, text], tables, height=90, description="both", params=[near], apart=["y"])
    return {"gap": lateral_gap.draw(gap, start=START, end=END), "own": own}


@pytest.mark.parametrize("name", ["gap", "own"])
def test_a_specification_is_what_altair_writes(name: str) -> None:
    picture = pictures()[name]
    assert isinstance(picture, Picture)
    ours = picture.to_dict(validate=False)
    assert json.dumps(ours) == json.dumps(alt.LayerChart.to_dict(picture, validate=False))
    assert ours["layer"]


def test_plain_values_and_days_are_told_as_altair_tells_them() -> None:
    axis = alt.Axis(values=[date(2012, 7, 9)], title=alt.Undefined)
    assert told(axis) == axis.to_dict(validate=False)
    assert told({"a": (1, None), "b": alt.Undefined}) == {"a": [1, None]}
