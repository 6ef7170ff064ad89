"""Every picture of a brief is valid vega-lite, needs nothing from outside, and can be drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator

import altair as alt
import pytest

from helpers.made_up import made_up_brief
from lynchpin.report.page import figures, render
from lynchpin.report.plots._chart import Whole
from lynchpin.results import Brief


@pytest.fixture(scope="module")
def charts() -> Iterator[dict[str, alt.LayerChart]]:
    """The charts behind a full brief, caught on their way to the page."""
    caught: dict[str, alt.LayerChart] = {}
    plain = figures.figure

    def catch(name: str, chart: alt.LayerChart, *args: object, **more: object) -> figures.Figure:
        caught[name] = chart
        return plain(name, chart, *args, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "figure", catch)
        render(made_up_brief())
    yield caught


def test_all_kinds_are_there(charts: dict[str, alt.LayerChart]) -> None:
    for name in (
        "timeline",
        "index-0",
        "gap",
        "watch-0-fan",
        "watch-0-totals",
        "flagship",
        "lives",
        "came-0-fan",
    ):
        assert name in charts


def test_every_chart_is_valid(charts: dict[str, alt.LayerChart]) -> None:
    for chart in charts.values():
        spec = chart.to_dict(validate=True)  # altair's own check, of the whole
        assert "url" not in json.dumps(spec["layer"])


def test_every_text_is_large_enough(charts: dict[str, alt.LayerChart]) -> None:
    def sizes(node: object) -> Iterator[float]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key.lower().endswith("fontsize") and isinstance(value, (int, float)):
                    yield value
                elif key != "datasets":
                    yield from sizes(value)
        elif isinstance(node, list):
            for value in node:
                yield from sizes(value)

    for chart in charts.values():
        found = list(sizes(chart.to_dict(validate=False)))
        assert found and min(found) >= 11


def test_days_are_read_in_utc(charts: dict[str, alt.LayerChart]) -> None:
    for name, chart in charts.items():
        for layer in chart.to_dict(validate=False)["layer"]:
            x = layer["encoding"].get("x", {})
            if x.get("type") == "temporal" and "scale" in x:
                assert x["scale"]["type"] == "utc", name


@pytest.mark.parametrize(
    "name", ["timeline", "index-0", "gap", "watch-0-fan", "watch-0-totals", "flagship", "lives", "came-0-fan"]
)
def test_a_picture_can_be_drawn(charts: dict[str, alt.LayerChart], name: str) -> None:
    convert = pytest.importorskip("vl_convert")
    spec = charts[name].to_dict(validate=False) | {"width": 640}
    image = convert.vegalite_to_png(json.dumps(spec))
    assert image.startswith(b"\x89PNG") and len(image) > 2000


def test_values_go_through_untouched() -> None:
    rows = [{"a": 1}]
    assert Whole(rows).to_dict() is rows


def test_minimal_pictures(small: Brief) -> None:
    assert figures.gap_figure(small, small.provenance.first_event_date, small.provenance.origin) is None
    assert figures.outlooks(small) == []
    assert figures.lives_figure((), small.provenance.origin) is None
