"""The documentation as a site: built without a network, whole, no link that leads nowhere, nothing asked of another host."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import json
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import ClassVar, Literal
from urllib.parse import unquote, urldefrag

import pytest
from playwright.sync_api import Browser, expect

import lynchpin
from browser.conftest import Seen, laid_out

pytest.importorskip("zensical", reason="zensical is not installed: it comes with `lynchpin[docs]`")
ROOT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
MOST_SECONDS = 90
LOOKED_AT = ("index.html", "gallery.html", "reference/python.html", "explanation/claims.html", "how-to/questions.html")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_site", ROOT / "docs" / "build_site.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site: Path = tmp_path_factory.mktemp("site") / "site"
    maker.build(site)
    return site


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[Path, Page]:
    return {file: Page(file.read_text(encoding="utf-8")) for file in sorted(built.rglob("*.html"))}


class Page(HTMLParser):
    """What a page loads, where it leads, and what can be led to."""

    LOADS: ClassVar = {
        "script": "src",
        "img": "src",
        "link": "href",
        "iframe": "src",
        "source": "src",
        "video": "src",
        "form": "action",
    }

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.anchors |= {has[name] for name in ("id", "name") if name in has}
        if (wanted := self.LOADS.get(tag)) and wanted in has and has.get("rel") != "canonical":
            self.loads.append(has[wanted])
        if tag == "a" and "href" in has:
            self.links.append(has["href"])


# --- what was built --------------------------------------------------------------------------------------------------


def test_every_page_is_on_the_site(built: Path, maker: ModuleType) -> None:
    ours = {file.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for file in (ROOT / "docs").rglob("*.md")}
    ours |= {Path(place).with_suffix(".html").as_posix() for place in maker.OUTSIDE.values()}
    there = {file.relative_to(built).as_posix() for file in built.rglob("*.html")}
    assert sorted(ours - there) == []


def test_every_page_but_notes_has_its_place_in_the_order(maker: ModuleType) -> None:
    text = json.dumps(maker.order())
    listed = {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")}
    assert sorted(page for page in listed if f'"{page}"' not in text) == []


def test_nothing_is_loaded_from_another_host(pages: dict[Path, Page], built: Path) -> None:
    outside = {load for page in pages.values() for load in page.loads if re.match(r"(https?:)?//", load)}
    assert outside == set()
    styles = [file.read_text(encoding="utf-8") for file in built.rglob("*.css")]
    assert (
        styles
        and [found for text in styles for found in re.findall(r"(?:url\(|@import )\W*(?:https?:)?//[^)]*", text)] == []
    )


def test_no_link_and_no_picture_leads_nowhere(pages: dict[Path, Page]) -> None:
    broken = []
    for file, page in pages.items():
        if file.name == "404.html":
            continue
        for link in [*page.links, *page.loads]:
            if re.match(r"[a-z]+:", link) or link.startswith("//"):
                continue
            path, anchor = urldefrag(link)
            there = (file.parent / unquote(path)).resolve() if path else file
            if there.is_dir():
                there /= "index.html"
            if not there.is_file() or (anchor and there in pages and unquote(anchor) not in pages[there].anchors):
                broken.append(f"{file.name}: {link}")
    assert broken == []


def test_a_broken_link_would_end_the_build(maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "index.md").write_text("# Start\n\n[nowhere](nowhere.md)\n", encoding="utf-8")

    monkeypatch.setattr(maker, "staged", spoiled)
    monkeypatch.setattr(maker, "order", lambda: [{"Start": "index.md"}])
    with pytest.raises(SystemExit, match="the site was not built"):
        maker.build(tmp_path / "site")


def test_tables_and_headings_come_out_as_written(built: Path) -> None:
    """What GitHub shows as a table or a heading is one here too, though the rules of the two differ."""
    for file in (ROOT / "docs").rglob("*.md"):
        if file.name in ("python.md", "index.md"):
            continue
        source = re.sub(r"^```.*?^```$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        html = (built / file.relative_to(ROOT / "docs")).with_suffix(".html").read_text(encoding="utf-8")
        body = html[html.index("<article") : html.index("</article")]
        tables = len(re.findall(r"^\|(?: *:?-+:? *\|)+$", source, re.MULTILINE))
        headings = len(re.findall(r"^#+ ", source, re.MULTILINE))
        assert (body.count("<table"), len(re.findall(r"<h[1-6]", body))) == (tables, headings), file.name


def test_the_python_page_says_what_the_docstrings_say(built: Path) -> None:
    text = (built / "reference" / "python.html").read_text(encoding="utf-8")
    for name in lynchpin.__all__:
        if name != "__version__":
            assert re.search(rf'id="lynchpin\.[\w.]*\b{name}"', text), name
    assert "Everything a brief shows, ready to be drawn and printed." in text
    assert "path of a store made by" in text  # a parameter of `fit`


def test_it_can_be_searched_and_read_by_night(built: Path) -> None:
    found = json.loads(next(built.rglob("search*.json")).read_text(encoding="utf-8"))
    texts = json.dumps(found)
    assert "half-life" in texts and "GSOMIA".lower() in texts.lower()
    assert 'data-md-color-scheme="slate"' in (built / "index.html").read_text(encoding="utf-8")


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


#: A page with generated tables, which stands for the others; all of them by day and night are among the slow tests.
WRITTEN = ("explanation/claims.html", "light")


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        pytest.param(path, scheme, marks=() if path == "index.html" or (path, scheme) == WRITTEN else pytest.mark.slow)
        for path in LOOKED_AT
        for scheme in ("light", "dark")
    ],
)
def test_a_page_asks_nothing_outside_and_has_no_serious_fault(
    browser: Browser, address: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 900}, bypass_csp=True, color_scheme=scheme
    )
    seen = Seen()
    seen.watch(context, address)
    page = context.new_page()
    page.goto(f"/{path}")
    page.wait_for_load_state("networkidle")
    night = page.evaluate("document.body.getAttribute('data-md-color-scheme')") == "slate"
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")
    page.add_script_tag(path=str(AXE))
    laid_out(page)
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:300])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    context.close()
    assert serious == []
    assert night == (scheme == "dark")
    assert seen.outside == []


def test_a_word_is_found(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    seen = Seen()
    seen.watch(context, address)
    page = context.new_page()
    page.goto("/index.html")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    page.keyboard.type("half-life", delay=20)
    expect(page.locator("a[href*='.html']", has_text=re.compile("half-life", re.IGNORECASE)).first).to_be_visible(
        timeout=20_000
    )
    context.close()
    assert seen.outside == []


@pytest.mark.slow
def test_it_is_built_in_time(maker: ModuleType, tmp_path: Path) -> None:
    assert maker.build(tmp_path / "site") < MOST_SECONDS
