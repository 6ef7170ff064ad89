"""A page served on a free port of this machine, and a browser to look at it; skipped only where no Chromium can be had."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from helpers.light_case import light_case
from lynchpin.account.cases import Case, case_events
from lynchpin.answers.coding import held_out, learn
from lynchpin.web.app import make_app
from lynchpin.web.desk import lay
from lynchpin.web.guard import Rules
from lynchpin.web.serve import listen

expect.set_options(timeout=30_000)  # a busy machine is no fault of the page; how long it takes is measured elsewhere
WIDTHS = {1280: 900, 390: 844}


def chromium() -> str | None:
    """Where a Chromium stands: the one that is named, or the system's."""
    named = os.environ.get("CHROMIUM")
    return named or next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@dataclass
class Served:
    """The address of the page, and the folder that it writes to."""

    address: str
    folder: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, northeast: Case) -> Iterator[Served]:
    """One server for all tests: a case whose fits take a moment stands first, and those of the package beside it."""
    folder = tmp_path_factory.mktemp("served")
    desk = lay([str(light_case(northeast, folder / "given/light"))], [], folder)
    few = case_events(northeast).filter(pl.col("date").is_between(date(2011, 1, 1), date(2012, 12, 31)))
    desk.fits.get("coder", lambda: learn(few))  # the whole record takes longer, and is tried where the coder is
    desk.fits.get("coder scores", lambda: held_out(few, date(2012, 10, 1)))
    socket = listen("127.0.0.1", 0)
    port = socket.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(make_app(desk, Rules("127.0.0.1", port)), log_level="error", ws="none", lifespan="off")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[socket])), daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{port}", folder)
    server.should_exit = True
    thread.join(10)
    desk.close()


@pytest.fixture(scope="module")  # while it lives, this thread has a running loop, which other tests would trip over
def browser() -> Iterator[Browser]:
    where = chromium()
    if where is None:
        pytest.skip("no Chromium here: install Debian's package, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@dataclass
class Seen:
    """What a browser said and asked for besides what was shown."""

    messages: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext, address: str) -> None:
        context.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.messages.append(f"error: {error.error}"))
        context.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:", "about:"))
                else self.outside.append(request.url)
            ),
        )


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[Open]:
    """Open a page of the server; whatever it says to the console, and whatever it asks of another host, is a failure."""
    contexts: list[tuple[BrowserContext, Seen, bool]] = []

    def opened(path: str, *, width: int = 1280, quiet: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)}, base_url=served.address, **options
        )
        seen = Seen()
        seen.watch(context, served.address)
        contexts.append((context, seen, quiet))
        page = context.new_page()
        page.set_default_timeout(90_000)  # reached only where something is wrong
        page.goto(path)
        return page

    yield opened
    said = []
    for context, seen, quiet in contexts:
        context.close()
        said += [*seen.outside, *(seen.messages if quiet else [])]
    assert said == []


def settled(page: Page) -> Page:
    """Wait until every part that is fetched has come, and what came is laid out."""
    expect(page.locator("[aria-busy=true], .later-head, .htmx-request")).to_have_count(0, timeout=60_000)
    laid_out(page)
    return page


def laid_out(page: Page) -> None:
    """Wait for the second frame from now: what was asked of the page before has been drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
