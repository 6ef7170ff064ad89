"""The page of a backtest: self-contained, every picture there, and plain words for a loss."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import polars as pl
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.report.page.backtest import render, verdicts
from lynchpin.report.plots import backtest as pictures
from lynchpin.results import Backtest
from lynchpin.session.backtest import backtest


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Backtest:
    folder = tmp_path_factory.mktemp("page")
    write_new_case("small", folder)
    return backtest(read_case(folder / "small"), first="2016-08-01", last="2016-10-01", horizons="1m")


def test_the_page_asks_nobody_for_anything_and_shows_every_picture(found):
    page = render(found)
    assert "default-src 'none'" in html.unescape(page)
    tags = re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.DOTALL)
    assert not re.search(r"<(script|img|iframe|source)[^>]* src=|@import|url\(", tags)
    drawn = re.findall(r'data-spec="([^"]+)">(.*?)</script>', page, re.DOTALL)
    assert {name.split("-", 1)[1] for name, _ in drawn} == {
        "skill-crps", "skill-log_score", "coverage", "reliability", "pit", "time-crps", "time-log_score",
    }  # fmt: skip
    assert all(json.loads(spec)["datasets"] for _, spec in drawn)
    assert all(name in page for name in found.baselines) and "mechanism model" in page


def test_charts_are_valid(found):
    days = found.horizons[0]
    models = [found.model, found.mechanism, "zero"]
    charts = [
        pictures.draw_skill(pictures.skill_rows(found.skill, found.model, "crps", days), "skill"),
        pictures.draw_coverage(pictures.coverage_rows(found.coverage, models, days), models, "coverage"),
        pictures.draw_reliability(pictures.reliability_rows(found.reliability, models, days), models, "reliability"),
        pictures.draw_pit(pictures.pit_rows(found.pit, found.model, days), "pit"),
        pictures.draw_time(
            pictures.time_rows(found.origins, models, "crps", days), models, "time",
            start=found.origin_days[0], end=found.origin_days[-1],
        ),
    ]  # fmt: skip
    for chart in charts:
        spec = chart.to_dict(validate=False)
        assert spec["layer"] and spec["description"]


def test_a_loss_is_said_plainly(found):
    days = found.horizons[0]
    worse = found.skill.with_columns(value=pl.lit(-0.2), lower=pl.lit(-0.3), upper=pl.lit(-0.1))
    assert all("it loses to" in said for said in verdicts(replace(found, skill=worse), days))
    better = found.skill.with_columns(value=pl.lit(0.2), lower=pl.lit(0.1), upper=pl.lit(0.3))
    assert all("beats the best baseline" in said for said in verdicts(replace(found, skill=better), days))


def test_too_few_days_are_no_interval_of_dashes(found):
    days = found.horizons[0]
    without = found.skill.with_columns(value=pl.lit(-0.05), lower=pl.lit(float("nan")), upper=pl.lit(float("nan")))
    for said in verdicts(replace(found, skill=without), days):
        assert "skill −5.0 %, too few days for an interval" in said and "cannot be told" in said
    rows = pictures.skill_rows(without, found.model, "crps", days)
    drawn = pictures.draw_skill(rows, "Skill").to_dict(validate=False)
    domains = {tuple(layer["encoding"]["x"]["scale"]["domain"]) for layer in drawn["layer"] if "x" in layer["encoding"]}
    assert all(low == pytest.approx(-0.07) and high == pytest.approx(0.02) for low, high in domains)  # all are inside


def test_the_hardest_rival_comes_first(found):
    rows = pictures.skill_rows(found.skill, found.model, "crps", found.horizons[0])
    assert rows["value"].is_sorted() and rows.height == len((*found.baselines, *found.further)) + 1


def test_the_tidy_frame_holds_every_section(found):
    frame = found.to_frame()
    assert set(frame["section"]) == {"score", "skill", "coverage", "pit", "reliability"}
    assert frame.filter(section="score").height == found.scores.height
