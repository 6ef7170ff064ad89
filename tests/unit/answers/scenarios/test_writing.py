"""A scenario that is written reads back as the same one; a baseline that is kept gives the same answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from lynchpin.account.cases import Case
from lynchpin.answers.scenarios import (
    Scenario,
    baseline,
    changes_of,
    read_scenario,
    scenario_text,
    scenarios_of,
    what_if,
)
from lynchpin.model import Fit


def again(scenario: Scenario, case: Case, folder: Path) -> Scenario:
    file = folder / f"{scenario.name}.toml"
    file.write_text(scenario_text(scenario), encoding="utf-8")
    return read_scenario(file, case)


def test_the_scenarios_of_the_case_read_back(northeast: Case, tmp_path: Path) -> None:
    for name in scenarios_of(northeast):
        scenario = read_scenario(name, northeast)
        assert again(scenario, northeast, tmp_path) == scenario


def test_every_kind_of_change_reads_back(northeast: Case, tmp_path: Path) -> None:
    made = changes_of(
        northeast,
        inject=["2012-08-10 KOR -> JPN : grievance[territory]", "2012-08-11 PRK -> KOR.GOV : material_conflict"],
        scale=["2 patron_push", "0.5 PRK -> ally : conflict from 2012-08-01 until 2012-09-01"],
        silence=["shared_threat", "CHN"],
        hold=["JPN from 2012-08-01"],
        remove=["nea-1998-01-23-01"],
        sign=["2012-08-01 gsomia-jpn-kor"],
        postpone=["2012-08-01 gsomia-jpn-kor until 2012-12-01"],
    )
    scenario = Scenario("odd", 'A "title" \\ with\x7f signs', "", "", made)
    assert again(scenario, northeast, tmp_path) == scenario


def test_a_kept_baseline_gives_the_same_answer(fit_2012: Fit) -> None:
    changes = changes_of(fit_2012.case, scale=["2 patron_push"])
    kept = baseline(fit_2012, days=60, draws=200)
    plain = what_if(fit_2012, None, changes=changes, days=60, draws=200)
    quick = what_if(fit_2012, None, changes=changes, days=60, draws=200, kept=kept)
    for name in ("table", "monthly", "index"):
        assert pl.DataFrame.equals(getattr(plain, name), getattr(quick, name))
    assert plain.sentences == quick.sentences
    for other in ({"days": 90}, {"draws": 300}, {"seed": 5}):
        with pytest.raises(ValueError, match="another fit"):
            what_if(fit_2012, None, changes=changes, kept=kept, **({"days": 60, "draws": 200} | other))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="another fit"):
        what_if(replace(fit_2012), None, changes=changes, days=60, draws=200, kept=kept)
