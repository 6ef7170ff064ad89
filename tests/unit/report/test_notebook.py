"""A result in a notebook is small, in a paper a table; a brief is saved and says itself."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import lynchpin
import lynchpin.results.registration
import lynchpin.results.track
from helpers.made_up import made_up_brief
from helpers.records import full, sparse
from lynchpin.errors import BadValue
from lynchpin.results.base import Drawn, Shown, Tabled, Told

RECORDS = {f"{type(record).__name__}-{number}": record for number, record in enumerate((*full(), *sparse()))}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_what_a_prompt_shows_is_short(record: object) -> None:
    assert len(repr(record)) < 2000
    assert "DataFrame" not in repr(record)
    if isinstance(record, Shown):
        assert len(record._repr_html_()) < 12_000
        assert record._repr_html_().count("<tr>") == record._repr_html_().count("</tr>")


RESULTS = [module for module in vars(lynchpin.results).values() if isinstance(module, ModuleType)]
KINDS = {kind for module in RESULTS for kind in vars(module).values() if isinstance(kind, type)}


def test_every_public_result_shows_itself() -> None:
    """Whatever says itself in words, is drawn or has a frame, is small at a prompt and a table in a notebook and a paper."""
    told = {
        kind
        for kind in KINDS
        if is_dataclass(kind) and (issubclass(kind, (Told, Drawn, Tabled)) or hasattr(kind, "to_frame"))
    }
    assert len(told) >= 20
    assert {kind.__name__ for kind in told if not issubclass(kind, Shown)} == set()
    assert {kind.__name__ for kind in told if "_repr_html_" not in dir(kind) or "to_latex" not in dir(kind)} == set()
    assert {kind.__name__ for kind in told if kind.__repr__ is not Shown.__repr__} == set()  # no dataclass's own


def test_the_parts_of_a_record_are_short_too() -> None:
    brief = made_up_brief()
    for part in (brief.index, brief.forecast, *brief.claims, *brief.agreements):
        assert len(repr(part)) < 2000


def test_a_fit_and_a_case_are_short() -> None:
    case = lynchpin.load_case("northeast-asia")
    assert repr(case).startswith("<Case>\nnortheast-asia: ")
    fit = case.fit(as_of="2003-01-01")
    assert len(repr(fit)) < 2000
    assert "shared_threat" in fit.to_html()
    assert fit._repr_html_().count("<tr>") <= 22 + 7  # twenty rows of coefficients, and the dispersion of five classes
    assert re.search(r"shared\\_threat & those it moves & \d+ d & -?\d\.\d{3}", fit.to_latex())


def test_a_table_is_html_and_latex_with_its_numbers() -> None:
    shares = next(record for record in RECORDS.values() if type(record).__name__ == "Shares")
    html, latex = shares.to_html(), shares.to_latex()
    assert '<td style="text-align:left">shared_threat</td><td style="text-align:right">40</td>' in html
    assert r"shared\_threat & 40 & 41.5 & 42.0 & 25 \% & 12 \% to 38 \% & 50 \% & 38 \% to 62 \% \\" in latex
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 1
    assert "% History kept:" in latex


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    forecast = next(record for record in RECORDS.values() if type(record).__name__ == "Forecast")
    assert forecast.to_html().count("<tr>") - forecast._repr_html_().count("<tr>") == int(
        re.search(r"<p>(\d+) more rows</p>", forecast._repr_html_())[1]
    )


def test_a_brief_is_saved_and_says_itself(tmp_path: Path) -> None:
    brief = made_up_brief()
    assert "What moves it" in brief.summary()
    file = brief.save(tmp_path / "new" / "brief.html")
    assert file.read_text(encoding="utf-8") == lynchpin.render(brief)
    with pytest.raises(BadValue, match=r"brief\.doc is no page"):
        brief.save(tmp_path / "brief.doc")
