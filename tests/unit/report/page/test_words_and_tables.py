"""What is written: headlines, tables and the terminal summary say what the results say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import StringIO

import polars as pl
import pytest
from rich.console import Console

from lynchpin.report.page import headlines, tables, terminal, words
from lynchpin.results import Brief, Watch


def printed(brief: Brief, width: int) -> str:
    console = Console(file=StringIO(), width=width, force_terminal=False)
    console.print(terminal(brief))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_headlines_count_the_grades(full: Brief) -> None:
    found = headlines.claims(full)
    assert found is not None
    assert found.lead == "3 of 10 tested mechanisms with moderate or strong evidence for it"
    assert "1 strong for (C1 alliance momentum); 2 moderate for (C2 shared threat, C4 grievance brake)" in found.text
    assert "4 none; 1 moderate against (C9 burden); 1 strong against (C4 grievance blunts push)" in found.text
    assert "2 claims cannot be tested with events." in found.text


def test_headline_of_the_relation_is_its_last_row(full: Brief) -> None:
    row = full.index.series.filter(pl.col("pair") == "JPN-KOR").sort("date").row(-1, named=True)
    found = headlines.relation(full)
    assert found is not None and words.signed(row["index"]) in found.text
    turn = full.index.change_points.filter(pl.col("pair") == "JPN-KOR").sort("date").row(-1, named=True)
    assert f"last turned {'up' if turn['after'] >= turn['before'] else 'down'} in {turn['date']:%b %Y}" in found.text


def test_headline_of_the_outlook_sets_the_last_year_beside_it(full: Brief) -> None:
    source, target, name = "KOR", "JPN", "security_cooperation"
    of = (pl.col("source") == source) & (pl.col("target") == target) & (pl.col("event_class") == name)
    count = full.forecast.history.filter(of & (pl.col("month") >= -12))["count"].sum()
    found = headlines.outlook(full)
    assert found is not None and f"the last 12 months held {count}, or {count / 2:.1f} per 6 months" in found.text


def test_headlines_of_the_smallest_brief(small: Brief) -> None:
    assert [headline.lead for headline in headlines.headlines(small)] == ["Aland – Bland: warm"]


def test_three_to_five_headlines(full: Brief) -> None:
    assert 3 <= len(headlines.headlines(full)) <= 5


def test_without_totals_no_interval_is_made_up(full: Brief) -> None:
    brief = replace(full, forecast=replace(full.forecast, totals=None))
    found = headlines.outlook(brief)
    assert found is not None and "interval" not in found.text and "Chance" not in found.text
    rows = [row for _, rows in tables.outlook_groups(brief) for row in rows]
    assert {row.interval for row in rows} == {words.UNKNOWN}


def test_outlook_table_has_every_dyad_and_class(full: Brief) -> None:
    groups = tables.outlook_groups(full)
    assert len(groups) == 20
    assert all(
        [row.event_class for row in rows] == [name.replace("_", " ") for name in full.classes] for _, rows in groups
    )
    assert all(len(row.baselines) == 4 for _, rows in groups for row in rows)


def test_scores_mark_the_best_and_say_when_we_lose(full: Brief) -> None:
    scores = pl.DataFrame(
        {
            "model": ["rate model", "zero", "rate model", "zero", "rate model", "zero"],
            "metric": ["crps", "crps", "log_score", "log_score", "coverage_90", "coverage_90"],
            "value": [0.4, 0.3, 0.5, 0.7, 0.904, 0.901],
            "n": [600] * 6,
        }
    )
    forecast = replace(full.forecast, scores=scores)
    metrics, rows = tables.score_rows(forecast)
    assert metrics == ["CRPS", "Log score", "Coverage of the 90 % interval"]
    assert [[best for _, best in row.cells] for row in rows] == [[False, True, True], [True, False, True]]
    said = tables.score_sentence(forecast)
    assert "On CRPS our forecast lost to zero (0.400 against 0.300)." in said
    assert "On log score our forecast beat every baseline (next: zero, 0.500 against 0.700)." in said


def test_ledger_rows(full: Brief) -> None:
    rows = tables.ledger_rows(full.claims)
    assert rows[1].half_life == "45 days (21 to 110)"
    shows = f"Shows ×{full.claims[2].detectable:.2f}; about 60 more target acts, or 3 more years, would tell ×1.3"
    assert rows[2].shows == shows and rows[7].shows == ""
    assert (rows[0].at_least, rows[0].at_most) == ("×1.05", "×1.12")
    assert rows[0].errs == "errs 1 %" and rows[2].errs == ""
    assert [row.place for row in rows[3:5]] == ["claim-c4", ""]
    assert tables.rules(full.claims) == list(dict.fromkeys(claim.rule for claim in full.claims))


@pytest.mark.parametrize("width", [80, 120, 160])
def test_terminal_fits(full: Brief, small: Brief, width: int) -> None:
    for brief in (full, small):
        assert max(len(line) for line in printed(brief, width).splitlines()) <= width


def test_terminal_says_what_matters(full: Brief) -> None:
    text = printed(full, 160)
    for part in (
        full.title,
        "as of 2012-07-09",
        "Patron push",
        "untestable",
        "last turned",
        "setback",
    ):
        assert part in text
    for name in ("own last 12", "EWMA"):
        assert name in text


def test_terminal_is_blind(full: Brief) -> None:
    forecast = replace(full.forecast, observed=None, scores=None)
    blind = replace(full, revealed=None, revealed_agreements=(), forecast=forecast)
    assert printed(full, 100) == printed(blind, 100)


def test_a_watch_that_no_model_covers_is_left_out(full: Brief) -> None:
    brief = replace(full, watch=(Watch("XXX", "JPN", "grievance"),))
    assert headlines.outlook(brief) is None
    assert "XXX" not in printed(brief, 80)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://a.example/b", "a.example"),
        ("https://www.a.example", "a.example"),
        ("HTTPS://A.example/x", "a.example"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("//a.example", None),
        ("https://", None),
        ("https://[bad", None),
        ("https://a.example/ b", None),
        ('https://a.example/"x', None),
        ("icews:2012-07-09", None),
        ("", None),
    ],
)
def test_web_addresses(url: str, host: str | None) -> None:
    found = words.web_address(url)
    assert (found[1] if found else None) == host


def test_days_are_as_precise_as_known() -> None:
    assert [words.day(date(2012, 6, 3), p) for p in ("day", "month", "year")] == ["3 Jun 2012", "Jun 2012", "2012"]
