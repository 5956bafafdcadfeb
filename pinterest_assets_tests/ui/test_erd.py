"""The diagram of tables, opened from disk in a real browser: search, click, neighbours; and with 150 tables."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from docs.erd import ERD_HTML, erd_html
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets_tests.ui.browser import browser_page, needs_chromium

pytestmark = needs_chromium

MOST_SECONDS = 2.0


@pytest.fixture(scope="module")
def open_page() -> Iterator[Page]:
    with browser_page() as page:
        yield page


@pytest.fixture
def page(open_page: Page) -> Iterator[Page]:
    """The page, which must say no error and ask for no other file."""
    troubles: list[str] = []
    asked: list[str] = []
    open_page.on("pageerror", lambda error: troubles.append(str(error)))
    open_page.on("request", lambda request: asked.append(request.url))
    open_page.goto(ERD_HTML.as_uri())
    yield open_page
    assert troubles == []
    assert {url.partition("#")[0] for url in asked} == {ERD_HTML.as_uri()}


def table(page: Page, name: str) -> str:
    return f'.table[data-table="{name}"]'


def test_every_table_is_there_and_large_enough_to_be_read(page: Page) -> None:
    drawn = page.locator(".table").evaluate_all("parts => parts.map(part => part.dataset.table)")
    assert sorted(drawn) == sorted(STREAMS)
    sides = page.locator(".table .body").evaluate_all(
        "parts => parts.map(p => p.getBoundingClientRect().width)"
    )
    assert min(sides) > 80


def test_search_finds_tables_and_columns_and_leads_to_them(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("board sec")
    expect(page.locator("#results button").first).to_contain_text("board_section")
    page.get_by_role("searchbox").fill("lifetime_spend_cap")
    expect(page.locator("[data-hit=campaign]")).to_contain_text("lifetime_spend_cap")
    page.keyboard.press("Enter")
    expect(page.locator("#details h1")).to_have_text("campaign")
    expect(page.locator(table(page, "campaign"))).to_be_in_viewport()
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.locator("#results")).to_contain_text("Nothing of that name")
    page.keyboard.press("Escape")


def test_a_click_shows_columns_key_endpoint_and_neighbours(page: Page) -> None:
    page.locator(table(page, "ad_group")).click()
    details = page.locator("#details")
    expect(details.locator("h1")).to_have_text("ad_group")
    for text in (
        "GET /ad_accounts/{ad_account_id}/ad_groups",
        "budget_in_micro_currency",
        "BIGINT",
        "ads_read",
    ):
        expect(details).to_contain_text(text)
    assert details.locator("tbody tr").count() == len(STREAMS["ad_group"].columns)
    near = page.locator(".table.near-by").evaluate_all("parts => parts.map(part => part.dataset.table)")
    assert set(near) == neighbours("ad_group")
    shown = page.locator("#details [data-go]").evaluate_all("parts => parts.map(part => part.dataset.go)")
    assert set(shown) == neighbours("ad_group")
    page.evaluate("location.hash = 'ad_targeting_analytics_gender'")
    expect(details).to_contain_text("Its values in words")
    expect(details.locator('[data-go="targeting_value"]')).to_be_visible()
    page.evaluate("location.hash = 'ad_group'")
    details.locator('[data-go="campaign"]').click()
    expect(details.locator("h1")).to_have_text("campaign")
    expect(page).to_have_url(f"{ERD_HTML.as_uri()}#campaign")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()


def neighbours(name: str) -> set[str]:
    out = {link.parent for link in STREAMS[name].foreign_keys}
    return out | {s.name for s in STREAMS.values() if any(link.parent == name for link in s.foreign_keys)}


def test_it_is_moved_and_zoomed_and_turned_dark(page: Page) -> None:
    page.keyboard.press("0")
    place = "document.getElementById('world').getBoundingClientRect()"
    page.wait_for_function(f"{place}.width > 0 && {place}.left >= 0")
    page.wait_for_timeout(400)  # the animation
    left, width = page.evaluate(f"[{place}.left, {place}.width]")
    page.mouse.move(900, 980)
    page.mouse.down()
    page.mouse.move(1000, 950, steps=4)
    page.mouse.up()
    assert page.evaluate(f"{place}.left") == pytest.approx(left + 100, abs=1)
    assert page.locator("#details").is_hidden(), "a drag is no click"
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"{place}.width > {width * 1.3}")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_hundred_and_fifty_tables_open_in_two_seconds_and_are_readable(
    open_page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "many.html"
    path.write_text(erd_html(many(150)))
    took = []
    for _ in range(3):
        open_page.goto("about:blank")
        open_page.goto(path.as_uri())
        took.append(open_page.evaluate("performance.now()"))
    assert min(took) < MOST_SECONDS * 1000
    assert open_page.locator(".table").count() == 150
    names = open_page.locator(".table .far text").evaluate_all(
        "parts => parts.map(p => p.getBoundingClientRect())"
    )
    assert min(name["height"] for name in names) > 8, (
        "names are written large where columns would be too small"
    )
    boxes = open_page.locator(".table .body").evaluate_all(
        "parts => parts.map(p => p.getBoundingClientRect())"
    )
    assert all(
        box["left"] >= 0 and box["right"] <= 1600 and box["top"] >= 0 and box["bottom"] <= 1000
        for box in boxes
    )


def many(count: int) -> dict[str, Stream]:
    """So many tables: the catalog again and again, each time in groups of its own, linked as in the catalog."""
    made: dict[str, Stream] = {}
    for turn in range(count):
        for stream in STREAMS.values():
            if len(made) < count:
                name = f"{stream.name}_{turn}" if turn else stream.name
                group = f"{stream.group} {turn}" if turn else stream.group
                made[name] = replace(stream, name=name, group=group)  # type: ignore[arg-type]
    return made
