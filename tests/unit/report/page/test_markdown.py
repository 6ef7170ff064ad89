"""A brief as Markdown: its sentences and tables, and hostile text as text."""

from __future__ import annotations

import re

from lynchpin.report.page import headlines
from lynchpin.report.page.markdown import plain, render
from lynchpin.results import Brief


def test_it_says_what_the_page_says(full: Brief) -> None:
    text = render(full)
    for one in headlines.headlines(full):
        assert plain(one.lead) in text
    for claim in full.claims:
        if claim.effect is not None:
            assert claim.effect.text(" to ") in text
    for life in full.agreements:
        assert plain(life.title) in text


def test_hostile_text_is_text(full: Brief) -> None:
    """No tag, no link and no further cell comes out of the strings of a record."""
    text = render(full)
    assert "<" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    for line in text.splitlines():
        if line.startswith("| ") and "---" not in line:
            assert len(re.findall(r"(?<!\\)\|", line)) == 5


def test_the_smallest_brief_is_written_too(small: Brief) -> None:
    assert render(small).startswith("# ")
