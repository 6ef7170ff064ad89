"""A what-if as everyone asks it is the comparison with grades, and is asked as the comparison is."""

from __future__ import annotations

import inspect

from typer.testing import CliRunner

from lynchpin.answers import scenarios
from lynchpin.cli import app
from lynchpin.session.what_if import what_if


def test_it_is_asked_as_the_comparison_is_and_names_the_grades(fit_2012):
    assert inspect.signature(what_if) == inspect.signature(scenarios.what_if)
    plain = scenarios.what_if(fit_2012, "push-doubled", days=30, draws=100)
    for graded in (
        what_if(fit_2012, "push-doubled", days=30, draws=100),
        what_if(scenario="push-doubled", fit=fit_2012, days=30, draws=100),
    ):
        assert graded.table.drop("model_alone").equals(plain.table.drop("model_alone"))
        assert "evidence" in graded.headline
        assert "evidence" not in plain.headline


def test_a_page_goes_to_the_file_that_was_named(fit_2012, tmp_path, monkeypatch):
    monkeypatch.setattr("lynchpin.session.facade.fit", lambda *_, **__: fit_2012)
    file = tmp_path / "a.html"
    asked = ["whatif", "northeast-asia", "--silence", "PRK", "--draws", "100", "--days", "30", "--out", str(file)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    page = file.read_text(encoding="utf-8")
    assert "<h1>Changes from the command line</h1>" in page
    assert "PRK → KOR" in page and "PRK -> KOR" not in page  # one kind of arrow
