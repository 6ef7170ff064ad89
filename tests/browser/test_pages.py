"""The page in a browser: every page at both widths, what can be moved and asked, and that nothing breaks out of it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import WIDTHS, Open, Served, laid_out, settled

CASE = "as_of=2012-07-09"
PAGES = {  # path -> what its title holds
    f"/?{CASE}&reveal=1": "Japan-South Korea",
    f"/beside?{CASE}&other=2010-07-09": "Two days",
    f"/events?{CASE}": "Events",
    f"/events/nea-2010-11-23-01?{CASE}": "23 Nov 2010",
    f"/relations?{CASE}": "Relations",
    f"/claims?{CASE}": "Claims",
    f"/claims/shared_threat?{CASE}": "Shared threat",
    f"/theory?{CASE}&mechanism=patron_push": "Theory",
    f"/whatif?{CASE}&dial.patron_push=2": "What if",
    f"/ahead?{CASE}": "Ahead",
    "/data": "Data",
    f"/code?{CASE}": "Code an act",
    "/nothing": "Not shown",
}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.mark.parametrize("path", PAGES, ids=[path.split("?")[0] for path in PAGES])
def test_a_page_fits_both_widths(open_page: Open, path: str) -> None:
    """It is as wide as the window, and has one first heading."""
    page = open_page(path, quiet=path != "/nothing")
    settled(page)
    assert PAGES[path] in page.title()
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        laid_out(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1:visible").count() == 1


QUICK_TO_CHECK = ("/theory", "/whatif", "/data", "/events/")


@pytest.mark.parametrize(
    ("path", "width"),
    [
        pytest.param(
            path,
            width,
            id=f"{path.split('?')[0]} {width}",
            marks=() if path.startswith(QUICK_TO_CHECK) and width == 390 else pytest.mark.slow,
        )
        for path in PAGES
        for width in WIDTHS
    ],
)
def test_axe_finds_no_serious_fault(open_page: Open, path: str, width: int) -> None:
    page = open_page(path, width=width, bypass_csp=True, quiet=path != "/nothing")
    settled(page)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:300])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.slow
def test_the_night_has_no_serious_fault_either(open_page: Open) -> None:
    page = settled(open_page(f"/claims/shared_threat?{CASE}", bypass_csp=True, color_scheme="dark"))
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run({runOnly: ['color-contrast']}).then(r => r.violations)")
    assert [one["nodes"][0]["html"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_day_and_night_are_chosen_and_kept(open_page: Open) -> None:
    page = open_page("/relations")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Night").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    expect(page.get_by_role("button", name="Day")).to_be_visible()


# -- The time machine.


def test_the_time_machine_goes_back_and_reveals(open_page: Open) -> None:
    page = settled(open_page("/"))
    slider = page.get_by_role("slider", name="Day")
    slider.evaluate(
        "(e) => { e.value = 719163 + 15530; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }"
    )
    page.wait_for_url("**as_of=2012-07-09**")
    settled(page)
    expect(page.locator(".machine-day")).to_contain_text("9 July 2012")
    assert "2013" not in page.locator("#state").inner_text()
    assert page.locator("#next").count() == 0
    page.get_by_role("switch").click()
    settled(page)
    expect(page.locator("#next")).to_contain_text("What happened next")
    page.go_back()
    settled(page)
    assert page.locator("#next").count() == 0
    page.get_by_label("Beside").fill("2010-07-09")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".side-day")).to_have_count(2)
    expect(page.locator(".side-day").nth(1)).to_contain_text("9 July 2010")
    settled(page)


# -- Events.


def test_events_are_filtered_brushed_and_downloaded(open_page: Open) -> None:
    page = open_page("/events")
    whole = _count(page)
    page.locator("[name=state]").select_option("PRK")
    page.wait_for_url("**state=PRK**")
    expect(page.locator(".count")).not_to_contain_text(f"{whole:,}")
    fewer = _count(page)
    page.go_back()
    expect(page.locator(".count")).to_contain_text(f"{whole:,}")
    page.goto("/events?state=PRK")
    box = page.locator("[data-brushed] svg").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 90, steps=6)
    page.mouse.up()
    page.wait_for_url(re.compile("since=20[0-9-]+.*until=20"))
    expect(page.locator(".count")).not_to_contain_text(f"{fewer:,}")
    brushed = _count(page)
    assert 0 < brushed < fewer
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(taken.value.path().read_text(encoding="utf-8"))))
    since = re.search(r"since=([0-9-]+)", page.url)
    assert since is not None
    assert min(row["date"] for row in rows) >= since[1]
    assert all("PRK" in row["source"] + row["target"] for row in rows)
    page.locator(".list tbody a").first.click()
    expect(page.locator("h1")).to_be_visible()
    settled(page)


def _count(page: Page) -> int:
    return int(page.locator(".count").inner_text().split(" ")[0].replace(",", ""))


# -- Claims, theory, what if.


def test_acts_are_left_out_of_a_claim(open_page: Open) -> None:
    page = settled(open_page(f"/claims/shared_threat?{CASE}"))
    boxes = page.get_by_role("checkbox")
    boxes.nth(0).check()
    page.get_by_role("button", name="Leave these acts out").click()
    expect(page.locator("#row")).to_contain_text("The case fitted anew without 1 act")


def test_a_mechanism_is_edited_mended_and_saved(open_page: Open, served: Served) -> None:
    page = open_page(f"/theory?{CASE}&mechanism=patron_push")
    area = page.get_by_label("What it says")
    area.fill("patrn -- a : cooperation => a -> b : security_cooperation")
    expect(page.locator(".marked mark")).to_have_text("patrn")
    expect(page.locator("#checked")).to_contain_text("did you mean 'patron'")
    expect(area).to_have_attribute("aria-invalid", "true")
    area.fill("patron -- a : cooperation => a -> b : security_cooperation")
    expect(page.locator(".sentence")).to_contain_text("When patron (United States) and a")
    expect(page.locator(".big")).to_contain_text("×")
    expect(area).to_have_attribute("aria-invalid", "false")
    settled(page)
    page.get_by_label("Name").last.fill("from-the-page")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/claims?case=from-the-page**")
    text = (served.folder / "cases/from-the-page/case.toml").read_text(encoding="utf-8")
    assert 'says = "patron -- a : cooperation => a -> b : security_cooperation"' in text
    assert 'name = "from-the-page"' in text
    settled(page)


def test_what_if_is_asked_by_dial_and_shared_by_address(open_page: Open) -> None:
    page = open_page(f"/whatif?{CASE}")
    dial = page.get_by_label("C3 · Patron push", exact=True)
    dial.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#answer")).to_contain_text("The pull of patron_push times 2")
    page.wait_for_url("**dial.patron_push=2**")
    shared = page.url
    again = open_page(shared)
    expect(again.locator("#answer")).to_contain_text("The pull of patron_push times 2")
    assert again.get_by_label("C3 · Patron push", exact=True).input_value() == "2"
    with again.expect_download() as taken:
        again.get_by_role("link", name="scenario file").click()
    assert 'what = "patron_push"' in taken.value.path().read_text(encoding="utf-8")


# -- Data, and coding an act.


def test_bad_rows_of_an_upload_are_shown_with_their_reasons(open_page: Open, tmp_path: Path, northeast: object) -> None:
    header, *rows = northeast.events_file.read_text(encoding="utf-8").splitlines()  # type: ignore[attr-defined]
    lines = [header, *(row for row in rows if row.split(",")[1][:4] in ("2010", "2011"))][:300]
    hostile = "<script>alert(1)</script>\u202e=cmd()'\""
    file = tmp_path / "<b>own & record.csv"
    file.write_text(
        "\n".join(
            [
                *lines,
                f'x-1,not-a-day,,day,ZZZ,GOV,KOR,GOV,NOPE,,history,99,,"{hostile.replace(chr(34), chr(34) * 2)}",,verified,',
                "",
            ]
        ),
        encoding="utf-8",
    )
    page = open_page("/data")
    page.get_by_label("File: a chronology").set_input_files(file)
    page.get_by_label("Into the store").fill("own-record")
    page.get_by_role("button", name="Upload and read").click()
    expect(page.locator(".notice")).to_contain_text("1 refused", timeout=60_000)
    expect(page.locator("main")).to_contain_text("bad date")
    expect(page.locator("main code")).to_contain_text("<script>alert(1)</script>")
    page.get_by_role("link", name="Show the brief on this record").click()
    settled(page)
    expect(page.locator("h1")).to_contain_text("Japan-South Korea")


def test_an_act_is_coded_and_joins_the_chronology(open_page: Open, served: Served) -> None:
    page = open_page("/theory?mechanism=patron_push")
    page.get_by_label("Name").last.fill("to-be-coded")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**case=to-be-coded**")
    page.goto("/code?case=to-be-coded")
    page.get_by_label("What happened").fill("Foreign ministers of Japan and South Korea meet in Seoul. <b>'\"")
    page.get_by_label("Day", exact=True).first.fill("2014-03-01")
    page.get_by_role("button", name="Propose a row").click()
    expect(page.get_by_label("Who acted")).to_have_value("JPN;KOR", timeout=90_000)
    assert page.get_by_label("Type").input_value() == "CONSULT"
    page.get_by_role("button", name="Accept it").click()
    expect(page.locator(".notice").first).to_contain_text("joined the chronology")
    last = (served.folder / "cases/to-be-coded/events.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("own-2014-03-01-01,2014-03-01,,day,JPN;KOR,GOV,JPN;KOR,GOV,CONSULT")


# -- Without a mouse, without scripts, in two tabs.


def test_the_keyboard_reaches_everything(open_page: Open) -> None:
    page = open_page(f"/events?{CASE}")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("To the content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
    assert {"state", "with", "class", "text", "Find", "CSV"} <= reached


def test_the_page_can_be_read_without_scripts(open_page: Open) -> None:
    page = open_page(f"/?{CASE}&whole=1&reveal=1", java_script_enabled=False)
    for part in ("#state", "#moves", "#outlook", "#agreements", "#next"):
        expect(page.locator(part)).to_be_visible()
    assert page.locator("table").count() > 8
    page.goto(f"/whatif?{CASE}&dial.patron_push=2")
    expect(page.locator("#answer")).to_contain_text("The pull of patron_push times 2")
    page.goto(f"/events?{CASE}")
    page.get_by_label("Words").fill("information")
    page.get_by_role("button", name="Find").click()
    assert 0 < _count(page) < 100


def test_two_tabs_stand_on_two_days(open_page: Open) -> None:
    one = open_page(f"/relations?{CASE}")
    other = one.context.new_page()
    other.goto("/relations?as_of=2010-01-04")
    for _ in range(2):
        expect(one.locator(".frame:visible .title")).to_contain_text("2012")
        expect(other.locator(".frame:visible .title")).to_contain_text("201")
        assert "2012" not in other.locator(".frame:visible .title").inner_text()
        other.reload()
