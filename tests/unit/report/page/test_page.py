"""The page: whole, closed to the outside, safe against every text, and blind to what is revealed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from helpers import made_up
from lynchpin.report.page import render
from lynchpin.report.page.packing import columns, script_json
from lynchpin.results import Brief

VOID = {"meta", "link", "br", "input", "img", "hr"}


class Reader(HTMLParser):
    """Tags with their attributes, text by tag, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1] if self.open else ''}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        elif not self.open or self.open[-1] != "style":
            self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.fixture(scope="module")
def page(full: Brief) -> str:
    return render(full)


@pytest.fixture(scope="module")
def reader(page: str) -> Reader:
    return read(page)


def blind(brief: Brief) -> Brief:
    """The same brief without what is revealed."""
    forecast = replace(brief.forecast, observed=None, scores=None)
    return replace(brief, revealed=None, revealed_agreements=(), forecast=forecast)


def test_every_tag_is_closed(reader: Reader) -> None:
    assert reader.open == []


def test_sections_stand_in_order(page: str) -> None:
    places = [
        page.index(f'id="{name}"')
        for name in ("top", "state", "moves", "outlook", "agreements", "next", "sources", "method", "provenance")
    ]
    assert places == sorted(places)


def test_nothing_revealed_stands_before_its_section(full: Brief, page: str) -> None:
    without = render(blind(full))
    before = page[: page.index('<section id="next"')]
    assert without.startswith(before)
    assert without[len(before) :].lstrip().startswith('<section id="sources">')
    assert 'id="next"' not in without and "REVEALED" not in without.upper().replace("REVEALED{", "").replace(
        ".REVEALED", ""
    )


def test_nothing_revealed_is_said_before_its_section(full: Brief, page: str) -> None:
    assert full.revealed is not None
    before = page[: page.index('<section id="next"')]
    for text in (*full.revealed["summary"], "A minister apologises"):
        assert text not in before


def test_two_renders_are_the_same_bytes(full: Brief, page: str) -> None:
    assert render(full) == page


def test_the_policy_names_every_script_by_its_hash(reader: Reader) -> None:
    policy = next(
        attrs["content"] for tag, attrs in reader.tags if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None and policy.startswith("default-src 'none'")
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    run = [text for attrs, text in reader.scripts if attrs.get("type") is None]
    hashes = {f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in run}
    assert len(run) == 4 and hashes == allowed
    assert "unsafe-eval" not in policy and "script-src 'unsafe-inline'" not in policy


def test_no_script_block_can_be_reopened(reader: Reader) -> None:
    for _, text in reader.scripts:
        assert "<!--" not in text and "<script" not in text.lower()


def test_nothing_outside_is_asked_for(reader: Reader) -> None:
    for tag, attrs in reader.tags:
        assert tag not in ("img", "iframe", "object", "embed", "form", "base")
        assert "src" not in attrs and "srcset" not in attrs
        assert not any(name.startswith("on") for name in attrs), attrs
        if tag == "link":
            assert (attrs.get("href") or "").startswith("data:")


def test_links_are_web_addresses_only(reader: Reader) -> None:
    links = [attrs for tag, attrs in reader.tags if tag == "a"]
    outside = [attrs for attrs in links if not (attrs["href"] or "").startswith("#")]
    assert outside
    for attrs in outside:
        assert re.match(r"https?://", attrs["href"] or "")
        assert attrs["rel"] == "noopener noreferrer"


@pytest.mark.parametrize("text", [*made_up.NASTY, *made_up.NASTY_URLS])
def test_nasty_strings_are_shown_as_text(reader: Reader, text: str) -> None:
    assert text in "\n".join(reader.words)


def test_every_specification_is_json_and_every_picture_has_a_place(page: str, reader: Reader) -> None:
    specs = {attrs["data-spec"]: json.loads(text) for attrs, text in reader.scripts if attrs.get("data-spec")}
    places = [attrs["data-picture"] for _, attrs in reader.tags if attrs.get("data-picture")]
    assert sorted(places) == sorted(specs) and len(set(places)) == len(places)
    for spec in specs.values():
        assert spec["width"] == "container" and spec["description"]
    assert len(specs) >= 27


def test_ids_are_unique(reader: Reader) -> None:
    ids = [attrs["id"] for _, attrs in reader.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_the_words_of_an_event_stand_once(full: Brief, page: str) -> None:
    assert page.count("Made-up act number 17 between") == 1


def test_dots_find_their_words(reader: Reader) -> None:
    ids = {attrs["id"] for _, attrs in reader.tags if attrs.get("id")}
    for name in ("timeline", "revealed-timeline"):
        spec = next(json.loads(text) for attrs, text in reader.scripts if attrs.get("data-spec") == name)
        column = spec["datasets"]["events"]["of"]["event"]
        assert set(column["of"] if isinstance(column, dict) else column) <= ids


def test_claims_agreements_and_provenance_are_there(full: Brief, page: str) -> None:
    words = "\n".join(read(page).words)
    for claim in full.claims:
        assert claim.claim in words
    for life in full.agreements:
        assert life.title in words
    assert full.provenance.data_hash in words and str(full.provenance.seed) in words
    assert "Association is not cause" in words


def test_the_smallest_brief_renders(small: Brief) -> None:
    reader = read(render(small))
    assert reader.open == []
    assert "The whole record, to" in "".join(reader.words)


def test_whole_page_is_small(page: str) -> None:
    assert len(page.encode()) < 2_000_000


def test_columns_turn_back_into_rows() -> None:
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}, {"a": None, "b": "x"}, {"a": 4, "b": "y"}]
    assert columns(rows) == {"n": 4, "of": {"a": [1, 2, None, 4], "b": {"of": ["x", "y"], "at": [0, 0, 0, 1]}}}
    assert columns([]) == {"n": 0, "of": {}}


def test_script_json_leaves_no_way_out() -> None:
    text = script_json({"a": "</script><!-- & \u2028\u2029"})
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == {"a": "</script><!-- & \u2028\u2029"}
