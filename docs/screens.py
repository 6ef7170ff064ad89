"""Takes the pictures of the page that the documentation shows.

    python docs/screens.py        serve the embedded case, look at every page in a Chromium, write docs/pictures/page/

Every page is taken at the width of a desk and of a telephone, by day; the brief by night too. The pictures are not held
against anything: they are there to be looked at, and are taken anew when a page changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).parent
TO = DOCS / "pictures" / "page"
DAY = "as_of=2012-07-09"
PAGES = {
    "brief": f"/?{DAY}&reveal=1",
    "beside": f"/beside?{DAY}&other=2010-07-09",
    "events": f"/events?{DAY}&state=PRK",
    "event": f"/events/nea-2010-11-23-01?{DAY}",
    "relations": f"/relations?{DAY}",
    "claims": f"/claims?{DAY}",
    "claim": f"/claims/shared_threat?{DAY}",
    "theory": f"/theory?{DAY}&mechanism=patron_push",
    "what-if": f"/whatif?{DAY}&dial.patron_push=2",
    "ahead": f"/ahead?{DAY}&any=PRK+-%3E+KOR+%3A+material_conflict",
    "data": "/data",
    "code": "/code?sentence=Foreign+ministers+of+Japan+and+South+Korea+meet+in+Seoul.&date=2014-03-01",
}
SIZES = {"": (1280, 900), "-narrow": (390, 844)}


def settled(page: Page) -> None:
    for _ in range(1200):
        if not page.locator("[aria-busy=true], .later-head, .htmx-request").count():
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)


def take(browser: Browser, address: str) -> None:
    for suffix, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=address)
        page = context.new_page()
        page.set_default_timeout(180_000)
        for name, path in PAGES.items():
            page.goto(path)
            settled(page)
            page.screenshot(path=TO / f"{name}{suffix}.jpg", type="jpeg", quality=60)
            print(f"{name}{suffix}.jpg", flush=True)
        context.close()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address, color_scheme="dark")
    page = context.new_page()
    page.goto(PAGES["brief"])
    settled(page)
    page.screenshot(path=TO / "brief-night.jpg", type="jpeg", quality=60)
    context.close()


def main() -> None:
    where = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if where is None:
        sys.exit("no Chromium here: install Debian's package")
    TO.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(DOCS.parent / "src")}
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "lynchpin.cli", "serve", "--port", "0", "--dir", folder]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            address = server.stdout.readline().split()[-1].rstrip("/")
            try:
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
                    take(browser, address)
                    browser.close()
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
